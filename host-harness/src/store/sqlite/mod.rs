//! State, queues and parked events in one SQLite file, durable before any write returns.
//!
//! Write-ahead log with `synchronous = FULL`: a write that was answered survives a loss of power. Every
//! write is one immediate transaction, so several processes may share the file. Deliberately absent: a
//! connection pool. One writer at a time is what SQLite has anyway, and reads are single-key look-ups.

mod migrations;
mod parking;
mod queue;
mod state;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::{Connection as Database, Transaction, TransactionBehavior};

use super::StoreError;
use crate::clock::Clock;
use crate::limits::STORE_BUSY_TIMEOUT_MS;

/// A store in one file.
#[derive(Clone)]
pub struct SqliteStore {
    clock: Arc<dyn Clock>,
    path: Arc<PathBuf>,
    database: Arc<Mutex<Database>>,
}

impl SqliteStore {
    /// Opens the file, creates it where it is absent, and brings its schema up to date.
    pub fn open(path: impl Into<PathBuf>, clock: Arc<dyn Clock>) -> Result<Self, StoreError> {
        SqliteStore::open_waiting(path.into(), clock, Duration::from_millis(STORE_BUSY_TIMEOUT_MS))
    }

    fn open_waiting(path: PathBuf, clock: Arc<dyn Clock>, wait: Duration) -> Result<Self, StoreError> {
        let database = open_database(&path, wait)?;
        Ok(SqliteStore { clock, path: Arc::new(path), database: Arc::new(Mutex::new(database)) })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    async fn read<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> rusqlite::Result<T> + Send + 'static,
    {
        self.transact(TransactionBehavior::Deferred, work).await
    }

    async fn write<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> rusqlite::Result<T> + Send + 'static,
    {
        self.transact(TransactionBehavior::Immediate, work).await
    }

    /// Runs one transaction on a thread that may block. A caller that goes away does not interrupt it.
    async fn transact<T, F>(&self, behavior: TransactionBehavior, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> rusqlite::Result<T> + Send + 'static,
    {
        let (database, path) = (Arc::clone(&self.database), Arc::clone(&self.path));
        let done = tokio::task::spawn_blocking(move || {
            // A panic inside of a transaction rolls it back, so the database is sound after one.
            let mut database = database.lock().unwrap_or_else(PoisonError::into_inner);
            let transaction = database.transaction_with_behavior(behavior)?;
            let value = work(&transaction)?;
            transaction.commit()?;
            Ok(value)
        });
        done.await
            .expect("a transaction neither panics nor is aborted")
            .map_err(|source| StoreError::from_sqlite(&path, source))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemClock;
    use crate::code::Code;
    use crate::connection::ConnectionName;
    use crate::store::{StateKey, StateStore};

    fn open(path: &Path) -> Result<SqliteStore, StoreError> {
        SqliteStore::open_waiting(path.to_owned(), Arc::new(SystemClock), Duration::ZERO)
    }

    fn code(result: Result<SqliteStore, StoreError>) -> Code {
        result.map(|_| "opened").expect_err("the file must be refused").code()
    }

    #[tokio::test]
    async fn what_was_written_is_there_after_reopening_and_revisions_go_on() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("acme.sqlite");
        let connection = ConnectionName::new("acme-uk").unwrap();
        let key = StateKey::new("order/1").unwrap();

        let first = open(&path).unwrap().create(&connection, &key, b"one", None).await.unwrap();
        let reopened = open(&path).unwrap();
        let entry = reopened.get(&connection, &key).await.unwrap().unwrap();
        assert_eq!((entry.value.as_slice(), entry.revision), (&b"one"[..], first));
        assert!(reopened.update(&connection, &key, b"two", first, None).await.unwrap() > first);
    }

    #[test]
    fn the_file_is_durable_by_configuration() {
        let folder = tempfile::tempdir().unwrap();
        let store = open(&folder.path().join("acme.sqlite")).unwrap();
        let database = store.database.lock().unwrap();
        let journal: String = database.pragma_query_value(None, "journal_mode", |row| row.get(0)).unwrap();
        let synchronous: i64 = database.pragma_query_value(None, "synchronous", |row| row.get(0)).unwrap();
        assert_eq!((journal.as_str(), synchronous), ("wal", 2), "2 is FULL");
    }

    #[test]
    fn a_folder_that_is_absent_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("absent").join("acme.sqlite");
        let error = open(&path).map(|_| "opened").unwrap_err();
        assert_eq!(error.code(), Code::StoreCannotOpen);
        assert!(error.to_string().contains(&path.display().to_string()), "{error}");
    }

    #[test]
    fn a_file_that_is_no_database_is_left_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("acme.sqlite");
        let content = "no database, but somebody's notes\n".repeat(200);
        std::fs::write(&path, &content).unwrap();
        assert_eq!(code(open(&path)), Code::StoreCorrupt);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), content);
    }

    #[tokio::test]
    async fn a_file_that_another_process_holds_is_locked() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("acme.sqlite");
        let store = open(&path).unwrap();
        let other = Database::open(&path).unwrap();
        other.execute_batch("BEGIN IMMEDIATE").unwrap();

        let connection = ConnectionName::new("acme-uk").unwrap();
        let key = StateKey::new("order/1").unwrap();
        let refused = store.create(&connection, &key, b"one", None).await.unwrap_err();
        assert!(
            matches!(&refused, crate::store::StateError::Unavailable(StoreError::Locked { .. })),
            "{refused:?}"
        );
        other.execute_batch("ROLLBACK").unwrap();
        store.create(&connection, &key, b"one", None).await.unwrap();
    }

    #[tokio::test]
    async fn a_write_to_a_read_only_file_is_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let store = open(&folder.path().join("acme.sqlite")).unwrap();
        // The permissions of a file do not bind the superuser that tests may run as; this pragma binds everyone.
        store.database.lock().unwrap().pragma_update(None, "query_only", true).unwrap();
        let error = store.write(next_number).await.unwrap_err();
        assert_eq!(error.code(), Code::StoreReadOnly);
    }

    #[test]
    fn a_file_of_a_newer_version_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("acme.sqlite");
        drop(open(&path).unwrap());
        Database::open(&path).unwrap().execute("UPDATE schema_version SET version = 99", []).unwrap();
        assert_eq!(code(open(&path)), Code::StoreNewer);
    }
}
