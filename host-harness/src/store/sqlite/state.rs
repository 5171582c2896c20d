//! `StateStore` over SQLite.

use async_trait::async_trait;
use rusqlite::{OptionalExtension, Transaction, params};

use super::{SqliteStore, from_integer, next_number, to_integer};
use crate::connection::ConnectionName;
use crate::limits::STATE_KEYS_LISTED;
use crate::store::state_store::{Expected, check_value, expiry_ms};
use crate::store::{Entry, StateError, StateKey, StateStore};

/// What a compare-and-set found.
enum Compared<T> {
    Done(T),
    /// The stored revision, 0 where the key is absent.
    Stale(i64),
}

impl<T> Compared<T> {
    fn into_result(self) -> Result<T, StateError> {
        match self {
            Compared::Done(value) => Ok(value),
            Compared::Stale(revision) => Err(StateError::Stale(from_integer(revision))),
        }
    }
}

impl SqliteStore {
    async fn put(
        &self,
        connection: &ConnectionName,
        key: &StateKey,
        value: &[u8],
        expected: Expected,
        ttl_ms: Option<u64>,
    ) -> Result<u64, StateError> {
        check_value(value)?;
        let (connection, key, value) = (connection.clone(), key.clone(), value.to_vec());
        let now_ms = self.clock.now_ms();
        let expires_at_ms = expiry_ms(now_ms, ttl_ms).map(to_integer);
        self.write(move |transaction| {
            forget_expired(transaction, to_integer(now_ms))?;
            let stored = stored_revision(transaction, &connection, &key)?;
            if !expected.is_met_by(from_integer(stored)) {
                return Ok(Compared::Stale(stored));
            }
            let next = next_number(transaction)?;
            transaction.execute(
                "INSERT OR REPLACE INTO state (connection, key, value, revision, expires_at_ms)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
                params![connection.as_str(), key.as_str(), value, next, expires_at_ms],
            )?;
            Ok(Compared::Done(from_integer(next)))
        })
        .await
        .map_err(StateError::Unavailable)?
        .into_result()
    }
}

#[async_trait]
impl StateStore for SqliteStore {
    async fn get(&self, connection: &ConnectionName, key: &StateKey) -> Result<Option<Entry>, StateError> {
        let (connection, key) = (connection.clone(), key.clone());
        let now_ms = to_integer(self.clock.now_ms());
        self.read(move |transaction| {
            transaction
                .query_row(
                    "SELECT value, revision FROM state
                     WHERE connection = ?1 AND key = ?2 AND (expires_at_ms IS NULL OR expires_at_ms > ?3)",
                    params![connection.as_str(), key.as_str(), now_ms],
                    |row| Ok(Entry { value: row.get(0)?, revision: from_integer(row.get(1)?) }),
                )
                .optional()
        })
        .await
        .map_err(StateError::Unavailable)
    }

    async fn create(
        &self,
        connection: &ConnectionName,
        key: &StateKey,
        value: &[u8],
        ttl_ms: Option<u64>,
    ) -> Result<u64, StateError> {
        self.put(connection, key, value, Expected::Absent, ttl_ms).await
    }

    async fn update(
        &self,
        connection: &ConnectionName,
        key: &StateKey,
        value: &[u8],
        revision: u64,
        ttl_ms: Option<u64>,
    ) -> Result<u64, StateError> {
        self.put(connection, key, value, Expected::Revision(revision), ttl_ms).await
    }

    async fn delete(
        &self,
        connection: &ConnectionName,
        key: &StateKey,
        revision: u64,
    ) -> Result<(), StateError> {
        let (connection, key) = (connection.clone(), key.clone());
        let now_ms = to_integer(self.clock.now_ms());
        self.write(move |transaction| {
            forget_expired(transaction, now_ms)?;
            let stored = stored_revision(transaction, &connection, &key)?;
            if !Expected::Revision(revision).is_met_by(from_integer(stored)) {
                return Ok(Compared::Stale(stored));
            }
            transaction.execute(
                "DELETE FROM state WHERE connection = ?1 AND key = ?2",
                params![connection.as_str(), key.as_str()],
            )?;
            Ok(Compared::Done(()))
        })
        .await
        .map_err(StateError::Unavailable)?
        .into_result()
    }

    async fn list_keys(
        &self,
        connection: &ConnectionName,
        prefix: &str,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<String>, StateError> {
        if limit > STATE_KEYS_LISTED {
            return Err(StateError::TooLarge(STATE_KEYS_LISTED.into()));
        }
        let (connection, prefix) = (connection.clone(), prefix.to_owned());
        let after = after.map(str::to_owned);
        let now_ms = to_integer(self.clock.now_ms());
        self.read(move |transaction| {
            // Text compares byte by byte, so the keys with the prefix stand together, the first of them first.
            let mut statement = transaction.prepare_cached(
                "SELECT key FROM state
                 WHERE connection = ?1 AND key >= ?2 AND (?3 IS NULL OR key > ?3)
                   AND (expires_at_ms IS NULL OR expires_at_ms > ?4)
                 ORDER BY key LIMIT ?5",
            )?;
            let mut rows = statement.query(params![connection.as_str(), prefix, after, now_ms, limit])?;
            let mut keys = Vec::new();
            while let Some(row) = rows.next()? {
                let key: String = row.get(0)?;
                if !key.starts_with(&prefix) {
                    break;
                }
                keys.push(key);
            }
            Ok(keys)
        })
        .await
        .map_err(StateError::Unavailable)
    }
}

/// Removes what has expired, so that every row that is left counts.
fn forget_expired(transaction: &Transaction<'_>, now_ms: i64) -> rusqlite::Result<()> {
    transaction.prepare_cached("DELETE FROM state WHERE expires_at_ms <= ?1")?.execute([now_ms])?;
    Ok(())
}

fn stored_revision(
    transaction: &Transaction<'_>,
    connection: &ConnectionName,
    key: &StateKey,
) -> rusqlite::Result<i64> {
    let revision = transaction
        .query_row(
            "SELECT revision FROM state WHERE connection = ?1 AND key = ?2",
            params![connection.as_str(), key.as_str()],
            |row| row.get(0),
        )
        .optional()?;
    Ok(revision.unwrap_or(0))
}
