//! The ledger of stock: the standing of every product, in a few dozen values of the connection's state.
//!
//! A value a product would make a sweep of a large catalogue read thousands; one value for all would outgrow what a
//! host keeps in one. So a product's code says which of the values it is in. The stored form is `stored`'s.

mod stored;

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use sha2::{Digest, Sha256};

use crate::canonical::{ProductCode, ProductStanding};
use crate::finding::Code;
use crate::host::{Host, StateError};
use crate::limits::STOCK_SHARDS;
use crate::remote::CallFailure;

use super::super::journal::{state_failure_of, unreadable_state};

/// What is known of all products, as far as it has been read.
#[derive(Default)]
pub struct StockLedger {
    shards: BTreeMap<u8, Shard>,
}

struct Shard {
    revision: Option<u64>,
    standings: BTreeMap<ProductCode, ProductStanding>,
    /// Whether it says something that is not stored.
    is_changed: bool,
}

impl StockLedger {
    /// Reads what is stored of all products.
    pub fn read_all(&mut self, host: &mut dyn Host) -> Result<(), CallFailure> {
        (0..STOCK_SHARDS).try_for_each(|number| self.shard(host, number).map(|_| ()))
    }

    /// What is known of a product; nothing where nothing is.
    pub fn standing(
        &mut self,
        host: &mut dyn Host,
        product: &ProductCode,
    ) -> Result<ProductStanding, CallFailure> {
        let shard = self.shard(host, shard_of(product))?;
        Ok(shard.standings.get(product).cloned().unwrap_or_default())
    }

    /// Replaces what is known of a product; `write` stores it.
    pub fn set(
        &mut self,
        host: &mut dyn Host,
        product: &ProductCode,
        standing: ProductStanding,
    ) -> Result<(), CallFailure> {
        let shard = self.shard(host, shard_of(product))?;
        if shard.standings.get(product) != Some(&standing) {
            shard.is_changed = true;
            shard.standings.insert(product.clone(), standing);
        }
        Ok(())
    }

    /// The standings that were read, by product within each value.
    pub fn iter(&self) -> impl Iterator<Item = (&ProductCode, &ProductStanding)> {
        self.shards.values().flat_map(|shard| &shard.standings)
    }

    /// Stores what has changed.
    pub fn write(&mut self, host: &mut dyn Host) -> Result<(), CallFailure> {
        for (number, shard) in self.shards.iter_mut().filter(|(_, shard)| shard.is_changed) {
            let key = key(*number);
            let bytes = stored::to_bytes(&shard.standings);
            let written = match shard.revision {
                None => host.state().create(&key, &bytes, None),
                Some(revision) => host.state().update(&key, &bytes, revision, None),
            };
            shard.revision = Some(written.map_err(|error| failure(&key, &error))?);
            shard.is_changed = false;
        }
        Ok(())
    }

    fn shard(&mut self, host: &mut dyn Host, number: u8) -> Result<&mut Shard, CallFailure> {
        match self.shards.entry(number) {
            Entry::Occupied(known) => Ok(known.into_mut()),
            Entry::Vacant(unread) => Ok(unread.insert(read(host, &key(number))?)),
        }
    }
}

fn read(host: &mut dyn Host, key: &str) -> Result<Shard, CallFailure> {
    let entry = host.state().get(key).map_err(|error| failure(key, &error))?;
    let (revision, standings) = match entry {
        None => (None, BTreeMap::new()),
        Some(entry) => {
            let standings = stored::from_bytes(&entry.value).ok_or_else(|| unreadable(key))?;
            (Some(entry.revision), standings)
        }
    };
    Ok(Shard { revision, standings, is_changed: false })
}

fn key(number: u8) -> String {
    format!("stock/ledger/{number:02}")
}

fn shard_of(product: &ProductCode) -> u8 {
    Sha256::digest(product.as_str().as_bytes())[0] % STOCK_SHARDS
}

pub(super) fn failure(key: &str, error: &StateError) -> CallFailure {
    state_failure_of(key, error, Code::StockInWork)
}

pub(super) fn unreadable(key: &str) -> CallFailure {
    unreadable_state(key, "what is known of the stock")
}
