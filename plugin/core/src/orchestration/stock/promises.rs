//! What buyers were promised: the units of orders that the merchant sends and no invoice has taken off the books.
//!
//! Amazon takes the units off its offer when the order is placed, the books take theirs when it is invoiced; between
//! the two they must not be offered again. Every order of the merchant's leaves a note here, so that a sweep also
//! knows which offers changed by themselves. Several orders share a value, which each of them reads and writes whole.

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::canonical::{OrderId, SellerSku, Units};
use crate::host::{Host, StateError};
use crate::limits::{PROMISE_SHARDS, PROMISE_TTL_MS, PROMISE_WRITES_MAX};
use crate::remote::CallFailure;

use super::ledger::{failure, unreadable};
use super::stored_time;

const VERSION: u32 = 1;

/// The units of one order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Promise {
    pub units: BTreeMap<SellerSku, Units>,
    /// Whether they still have to be taken off the books.
    pub is_open: bool,
    /// When it was last written.
    pub at: DateTime<Utc>,
}

/// All promises, as they were read.
#[derive(Default)]
pub struct Promises {
    shards: BTreeMap<u8, (Option<u64>, Shard)>,
}

#[derive(Serialize, Deserialize, Clone, PartialEq, Eq)]
struct Shard {
    version: u32,
    orders: BTreeMap<String, Stored>,
}

#[derive(Serialize, Deserialize, Clone, PartialEq, Eq)]
struct Stored {
    units: BTreeMap<String, i64>,
    open: bool,
    #[serde(with = "stored_time")]
    at: DateTime<Utc>,
}

/// Notes the units of an order. What is noted already is not written again.
pub fn keep_promise(host: &mut dyn Host, order: &OrderId, promise: &Promise) -> Result<(), CallFailure> {
    let key = key(shard_of(order));
    let stored = Stored {
        units: promise.units.iter().map(|(sku, units)| (sku.to_string(), units.0)).collect(),
        open: promise.is_open,
        at: promise.at,
    };
    let mut attempts = 0;
    loop {
        let (revision, mut shard) = read(host, &key)?;
        let known = shard.orders.get(order.as_str());
        let is_known = known.is_some_and(|known| (&known.units, known.open) == (&stored.units, stored.open));
        // An order that was never promised has nothing to be taken back, but its units are gone from the offer.
        if is_known {
            return Ok(());
        }
        shard.orders.insert(order.to_string(), stored.clone());
        match write(host, &key, &shard, revision) {
            Err(StateError::Stale) if attempts < PROMISE_WRITES_MAX => attempts += 1,
            written => return written.map(|_| ()).map_err(|error| failure(&key, &error)),
        }
    }
}

impl Promises {
    pub fn read_all(host: &mut dyn Host) -> Result<Self, CallFailure> {
        let read = |number| Ok((number, read(host, &key(number))?));
        Ok(Promises { shards: (0..PROMISE_SHARDS).map(read).collect::<Result<_, CallFailure>>()? })
    }

    /// The units that are promised, by SKU.
    pub fn open(&self, now: DateTime<Utc>) -> BTreeMap<SellerSku, Units> {
        let mut open: BTreeMap<SellerSku, Units> = BTreeMap::new();
        let orders = self.shards.values().flat_map(|(_, shard)| shard.orders.values());
        for (sku, units) in
            orders.filter(|order| order.open && !is_forgotten(order, now)).flat_map(|order| &order.units)
        {
            if let Some(sku) = SellerSku::new(sku) {
                let sum = open.entry(sku).or_default();
                *sum = sum.plus(Units(*units));
            }
        }
        open
    }

    /// When each SKU was last bought or taken back: its offer changed by itself then.
    pub fn last_noted(&self) -> BTreeMap<SellerSku, DateTime<Utc>> {
        let mut noted: BTreeMap<SellerSku, DateTime<Utc>> = BTreeMap::new();
        for order in self.shards.values().flat_map(|(_, shard)| shard.orders.values()) {
            for sku in order.units.keys().filter_map(SellerSku::new) {
                let at = noted.entry(sku).or_insert(order.at);
                *at = order.at.max(*at);
            }
        }
        noted
    }

    /// Forgets what has been taken off the books, and whose offers were read since. What an order wrote meanwhile
    /// stays: the next sweep sees to it.
    pub fn tidy(
        &mut self,
        host: &mut dyn Host,
        now: DateTime<Utc>,
        is_since: impl Fn(&SellerSku, DateTime<Utc>) -> bool,
    ) -> Result<(), CallFailure> {
        for (number, (revision, shard)) in &mut self.shards {
            let mut kept = shard.clone();
            kept.orders.retain(|_, order| {
                let mut skus = order.units.keys().filter_map(SellerSku::new);
                !is_forgotten(order, now) && (order.open || skus.any(|sku| is_since(&sku, order.at)))
            });
            if kept == *shard {
                continue;
            }
            match write(host, &key(*number), &kept, *revision) {
                Ok(written) => (*revision, *shard) = (Some(written), kept),
                Err(StateError::Stale) => {}
                Err(error) => return Err(failure(&key(*number), &error)),
            }
        }
        Ok(())
    }
}

fn is_forgotten(order: &Stored, now: DateTime<Utc>) -> bool {
    now - order.at > Duration::milliseconds(PROMISE_TTL_MS)
}

fn read(host: &mut dyn Host, key: &str) -> Result<(Option<u64>, Shard), CallFailure> {
    let entry = host.state().get(key).map_err(|error| failure(key, &error))?;
    let Some(entry) = entry else {
        return Ok((None, Shard { version: VERSION, orders: BTreeMap::new() }));
    };
    let shard: Option<Shard> = serde_json::from_slice(&entry.value).ok();
    let shard = shard.filter(|shard| shard.version == VERSION).ok_or_else(|| unreadable(key))?;
    Ok((Some(entry.revision), shard))
}

fn write(host: &mut dyn Host, key: &str, shard: &Shard, revision: Option<u64>) -> Result<u64, StateError> {
    let bytes = serde_json::to_vec(shard).expect("a struct of texts serialises");
    match revision {
        None => host.state().create(key, &bytes, None),
        Some(revision) => host.state().update(key, &bytes, revision, None),
    }
}

fn key(number: u8) -> String {
    format!("stock/promised/{number:02}")
}

fn shard_of(order: &OrderId) -> u8 {
    Sha256::digest(order.as_str().as_bytes())[0] % PROMISE_SHARDS
}

#[cfg(test)]
mod tests;
