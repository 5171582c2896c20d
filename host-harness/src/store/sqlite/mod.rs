//! State, queues and events in one SQLite file, durable before any write returns.
//!
//! Write-ahead log with `synchronous = FULL`: a write that was answered survives a loss of power. One thread
//! writes and another connection reads, so that no look-up waits for a disk; several processes may share the
//! file. Deliberately absent: a connection pool. One writer at a time is what SQLite has anyway, and reads are
//! short.

mod event_queue;
mod event_rows;
mod event_settlement;
mod event_stories;
#[cfg(test)]
mod event_tests;
mod figures;
mod migrations;
mod queue;
mod state;
#[cfg(test)]
mod tests;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::{Connection as Database, Transaction, TransactionBehavior};

use self::writer::Writer;
use super::StoreError;
use crate::clock::Clock;
use crate::limits::STORE_BUSY_TIMEOUT_MS;

/// A store in one file. Clones share it.
#[derive(Clone)]
pub struct SqliteStore {
    clock: Arc<dyn Clock>,
    path: Arc<PathBuf>,
    writer: Writer,
    reader: Arc<Mutex<Database>>,
}

impl SqliteStore {
    /// Opens the file, creates it where it is absent, and brings its schema up to date.
    pub fn open(path: impl Into<PathBuf>, clock: Arc<dyn Clock>) -> Result<Self, StoreError> {
        SqliteStore::open_waiting(path.into(), clock, Duration::from_millis(STORE_BUSY_TIMEOUT_MS))
    }

    fn open_waiting(path: PathBuf, clock: Arc<dyn Clock>, wait: Duration) -> Result<Self, StoreError> {
        let writing = open_database(&path, wait)?;
        let reading = open_for_reading(&path, wait)?;
        let path = Arc::new(path);
        let writer = Writer::start(Arc::clone(&path), writing);
        Ok(SqliteStore { clock, path, writer, reader: Arc::new(Mutex::new(reading)) })
    }

    /// Tells how long each commit takes, from the first write in it to the disk.
    pub fn observe_commits(&self, observer: impl Fn(Duration) + Send + Sync + 'static) {
        self.writer.observe(Box::new(observer));
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Runs a read on a thread that may block.
    async fn read<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> rusqlite::Result<T> + Send + 'static,
    {
        let (reader, path) = (Arc::clone(&self.reader), Arc::clone(&self.path));
        let done = tokio::task::spawn_blocking(move || {
            // A panic inside of a transaction rolls it back, so the database is sound after one.
            let mut database = reader.lock().unwrap_or_else(PoisonError::into_inner);
            let transaction = database.transaction_with_behavior(TransactionBehavior::Deferred)?;
            work(&transaction)
        });
        done.await
            .expect("a read neither panics nor is aborted")
            .map_err(|source| StoreError::from_sqlite(&path, source))
    }

    /// Comes back when the write is durable. A caller that goes away does not interrupt it.
    async fn write<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> rusqlite::Result<T> + Send + 'static,
    {
        self.writer.write(work).await
    }
}

fn open_database(path: &Path, wait: Duration) -> Result<Database, StoreError> {
    let failed = |source| StoreError::from_sqlite(path, source);
    let mut database = Database::open(path).map_err(failed)?;
    database.busy_timeout(wait).map_err(failed)?;
    // Where the file cannot be written SQLite opens it for reading and says nothing.
    if database.is_readonly("main").map_err(failed)? {
        return Err(StoreError::ReadOnly { path: path.to_owned() });
    }
    database.pragma_update(None, "journal_mode", "WAL").map_err(failed)?;
    database.pragma_update(None, "synchronous", "FULL").map_err(failed)?;
    migrations::run(path, &mut database)?;
    Ok(database)
}

fn open_for_reading(path: &Path, wait: Duration) -> Result<Database, StoreError> {
    let failed = |source| StoreError::from_sqlite(path, source);
    let database = Database::open(path).map_err(failed)?;
    database.busy_timeout(wait).map_err(failed)?;
    database.pragma_update(None, "query_only", true).map_err(failed)?;
    Ok(database)
}

/// SQLite's integers are signed. Times and revisions stay far below the limit.
fn to_integer(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

fn from_integer(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}

/// The next number of the counter that revisions and sequences share.
fn next_number(transaction: &Transaction<'_>) -> rusqlite::Result<i64> {
    transaction.query_row("UPDATE counter SET value = value + 1 RETURNING value", [], |row| row.get(0))
}
