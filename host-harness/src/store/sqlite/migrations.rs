//! The schema of the store file and the way from each version to the next.
//!
//! A migration that has been released is never changed; a new one is added below it.

use std::path::Path;

use rusqlite::{Connection as Database, OptionalExtension, Transaction, TransactionBehavior};

use crate::store::StoreError;

/// The statements that lead from version `n` to version `n + 1`, at index `n`.
const MIGRATIONS: &[&str] = &[
    "
    -- Revisions and sequences are numbers of one counter: they never come twice.
    CREATE TABLE counter (value INTEGER NOT NULL) STRICT;
    INSERT INTO counter (value) VALUES (0);

    CREATE TABLE state (
        connection    TEXT NOT NULL,
        key           TEXT NOT NULL,
        value         BLOB NOT NULL,
        revision      INTEGER NOT NULL,
        expires_at_ms INTEGER,
        PRIMARY KEY (connection, key)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX state_expiry ON state (expires_at_ms) WHERE expires_at_ms IS NOT NULL;

    CREATE TABLE message (
        sequence          INTEGER PRIMARY KEY,
        connection        TEXT NOT NULL,
        queue             TEXT NOT NULL,
        content_type      TEXT NOT NULL,
        body              BLOB NOT NULL,
        deduplication_key TEXT,
        not_before_ms     INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX message_queue ON message (connection, queue, sequence);

    CREATE TABLE remembered_key (
        connection        TEXT NOT NULL,
        queue             TEXT NOT NULL,
        deduplication_key TEXT NOT NULL,
        forget_at_ms      INTEGER NOT NULL,
        PRIMARY KEY (connection, queue, deduplication_key)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX remembered_key_expiry ON remembered_key (forget_at_ms);
",
    "
    -- Held events and dead letters, whole.
    CREATE TABLE parked_event (
        connection   TEXT NOT NULL,
        event_id     TEXT NOT NULL,
        waits        TEXT NOT NULL,
        export       TEXT NOT NULL,
        source       TEXT NOT NULL,
        content_type TEXT NOT NULL,
        occurred_at  TEXT,
        attempt      INTEGER NOT NULL,
        body         BLOB NOT NULL,
        code         TEXT NOT NULL,
        subject      TEXT NOT NULL,
        message      TEXT NOT NULL,
        done         TEXT NOT NULL,
        parked_at_ms INTEGER NOT NULL,
        PRIMARY KEY (connection, event_id)
    ) STRICT;
",
];

/// Brings the schema up to date, in one transaction: a file is never left between two versions.
pub(super) fn run(path: &Path, database: &mut Database) -> Result<(), StoreError> {
    let failed = |source| StoreError::from_sqlite(path, source);
    let known = i64::try_from(MIGRATIONS.len()).expect("there are few migrations");
    let transaction = database.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
    let found = version(&transaction).map_err(failed)?;
    if found > known {
        return Err(StoreError::Newer { path: path.to_owned(), found, known });
    }
    for (version, migration) in (0..known).zip(MIGRATIONS) {
        if version >= found {
            transaction.execute_batch(migration).map_err(failed)?;
            transaction.execute("UPDATE schema_version SET version = ?1", [version + 1]).map_err(failed)?;
        }
    }
    transaction.commit().map_err(failed)
}

/// The version of the file; 0 for a new one.
fn version(transaction: &Transaction<'_>) -> rusqlite::Result<i64> {
    transaction
        .execute_batch("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL) STRICT")?;
    let version =
        transaction.query_row("SELECT version FROM schema_version", [], |row| row.get(0)).optional()?;
    if version.is_none() {
        transaction.execute("INSERT INTO schema_version (version) VALUES (0)", [])?;
    }
    Ok(version.unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn running_twice_changes_nothing() {
        let mut database = Database::open_in_memory().unwrap();
        let path = Path::new("memory");
        run(path, &mut database).unwrap();
        database.execute("UPDATE counter SET value = 7", []).unwrap();
        run(path, &mut database).unwrap();
        let counter: i64 = database.query_row("SELECT value FROM counter", [], |row| row.get(0)).unwrap();
        assert_eq!(counter, 7);
    }
}
