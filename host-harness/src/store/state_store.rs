//! The revisioned key–value store behind `clarity:ipaas/state`.

use std::fmt;

use async_trait::async_trait;

use super::StoreError;
use crate::connection::ConnectionName;
use crate::limits::{STATE_KEY_BYTES, STATE_VALUE_BYTES};

/// A stored value with the revision that a later write must name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    pub value: Vec<u8>,
    pub revision: u64,
}

/// A key of 1 to [`STATE_KEY_BYTES`] bytes.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct StateKey(String);

/// A key that the contract does not allow.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("a state key has 1 to {STATE_KEY_BYTES} bytes, and this one has {0}")]
pub struct KeyError(pub usize);

impl StateKey {
    pub fn new(key: impl Into<String>) -> Result<Self, KeyError> {
        let key = key.into();
        match key.len() {
            1..=STATE_KEY_BYTES => Ok(StateKey(key)),
            length => Err(KeyError(length)),
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for StateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a state call did not do what was asked. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    #[error("another writer was first: the stored revision is {0} (0: the key is absent)")]
    Stale(u64),
    #[error("larger than the host keeps: the limit is {0}")]
    TooLarge(u64),
    #[error("the state store is not available")]
    Unavailable(#[source] StoreError),
}

/// A durable key–value store with compare-and-set; every key belongs to one connection.
///
/// Revisions come from one counter for the whole store, so that a key which is deleted and created again
/// never shows an old revision: a writer that still holds one can never win by accident.
/// A time to live is in milliseconds; an expired key is absent for every operation.
#[async_trait]
pub trait StateStore: Send + Sync {
    async fn get(&self, connection: &ConnectionName, key: &StateKey) -> Result<Option<Entry>, StateError>;

    async fn create(
        &self,
        connection: &ConnectionName,
        key: &StateKey,
        value: &[u8],
        ttl_ms: Option<u64>,
    ) -> Result<u64, StateError>;

    async fn update(
        &self,
        connection: &ConnectionName,
        key: &StateKey,
        value: &[u8],
        revision: u64,
        ttl_ms: Option<u64>,
    ) -> Result<u64, StateError>;

    async fn delete(
        &self,
        connection: &ConnectionName,
        key: &StateKey,
        revision: u64,
    ) -> Result<(), StateError>;

    /// Keys with the prefix, in byte order, after `after`, `limit` at most.
    async fn list_keys(
        &self,
        connection: &ConnectionName,
        prefix: &str,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<String>, StateError>;
}

/// What a write must find, or another writer was first.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Expected {
    Absent,
    Revision(u64),
}

impl Expected {
    /// `stored` is 0 where the key is absent.
    pub(super) fn is_met_by(self, stored: u64) -> bool {
        match self {
            Expected::Absent => stored == 0,
            Expected::Revision(revision) => stored != 0 && stored == revision,
        }
    }
}

pub(super) fn check_value(value: &[u8]) -> Result<(), StateError> {
    if value.len() > STATE_VALUE_BYTES {
        return Err(StateError::TooLarge(STATE_VALUE_BYTES as u64));
    }
    Ok(())
}

/// When a key written at `now_ms` expires. What lies beyond the range of SQLite's integers never does.
pub(super) fn expiry_ms(now_ms: u64, ttl_ms: Option<u64>) -> Option<u64> {
    ttl_ms.map(|ttl_ms| now_ms.saturating_add(ttl_ms)).filter(|expiry_ms| i64::try_from(*expiry_ms).is_ok())
}
