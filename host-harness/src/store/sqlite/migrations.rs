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
    "
    -- Every event in one place, wherever it stands. A finished one keeps its id and its story, not its body.
    CREATE TABLE event (
        sequence         INTEGER PRIMARY KEY,
        connection       TEXT NOT NULL,
        event_id         TEXT NOT NULL,
        export           TEXT NOT NULL,
        source           TEXT NOT NULL,
        content_type     TEXT NOT NULL,
        occurred_at      TEXT,
        ordering_key     TEXT,
        traceparent      TEXT,
        body             BLOB NOT NULL,
        arrived_at_ms    INTEGER NOT NULL,
        stand            TEXT NOT NULL,
        since_ms         INTEGER NOT NULL,
        attempt          INTEGER NOT NULL,
        not_before_ms    INTEGER NOT NULL,
        claimed_until_ms INTEGER,
        deliveries       INTEGER NOT NULL DEFAULT 0,
        plugin_failures  INTEGER NOT NULL DEFAULT 0,
        ending           TEXT,
        code             TEXT,
        subject          TEXT,
        message          TEXT,
        done             TEXT NOT NULL DEFAULT '[]',
        UNIQUE (connection, event_id)
    ) STRICT;
    CREATE INDEX event_due ON event (connection, not_before_ms, sequence) WHERE stand = 'waiting';
    CREATE INDEX event_in_work ON event (connection, ordering_key) WHERE stand = 'in-work';
    CREATE INDEX event_stand ON event (connection, stand, since_ms);

    CREATE TABLE delivery (
        event       INTEGER NOT NULL REFERENCES event (sequence),
        number      INTEGER NOT NULL,
        attempt     INTEGER NOT NULL,
        began_at_ms INTEGER NOT NULL,
        ended_at_ms INTEGER,
        ending      TEXT,
        code        TEXT,
        subject     TEXT,
        message     TEXT,
        plugin      TEXT NOT NULL,
        trace_id    TEXT,
        host_calls  TEXT NOT NULL DEFAULT '[]',
        PRIMARY KEY (event, number)
    ) STRICT, WITHOUT ROWID;

    -- The audit trail: what stands in the books, and the event that put it there. Lines are only ever added.
    CREATE TABLE posted_document (
        sequence       INTEGER PRIMARY KEY,
        connection     TEXT NOT NULL,
        event_id       TEXT NOT NULL,
        document       TEXT NOT NULL,
        number         TEXT NOT NULL,
        reference      TEXT NOT NULL,
        recorded_at_ms INTEGER NOT NULL,
        plugin         TEXT NOT NULL,
        UNIQUE (connection, document, number, reference)
    ) STRICT;
    CREATE INDEX posted_document_event ON posted_document (connection, event_id);
    CREATE TRIGGER posted_document_stays BEFORE UPDATE ON posted_document
        BEGIN SELECT RAISE(ABORT, 'the audit trail is only ever added to'); END;
    CREATE TRIGGER posted_document_is_kept BEFORE DELETE ON posted_document
        BEGIN SELECT RAISE(ABORT, 'the audit trail is only ever added to'); END;

    INSERT INTO event (sequence, connection, event_id, export, source, content_type, occurred_at, body,
                       arrived_at_ms, stand, since_ms, attempt, not_before_ms, deliveries, ending,
                       code, subject, message, done)
        SELECT (SELECT value FROM counter) + row_number() OVER (ORDER BY parked_at_ms, event_id),
               connection, event_id, export, source, content_type, occurred_at, body,
               parked_at_ms, waits, parked_at_ms, attempt, parked_at_ms, 0, waits,
               code, subject, message, done
        FROM parked_event;
    UPDATE counter SET value = max(value, (SELECT coalesce(max(sequence), 0) FROM event));
    DROP TABLE parked_event;
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

    #[test]
    fn what_waited_for_a_person_goes_on_waiting_in_the_newer_schema() {
        let mut database = Database::open_in_memory().unwrap();
        database
            .execute_batch("CREATE TABLE schema_version (version INTEGER NOT NULL) STRICT; INSERT INTO schema_version VALUES (2)")
            .unwrap();
        MIGRATIONS[..2].iter().for_each(|migration| database.execute_batch(migration).unwrap());
        database
            .execute_batch(
                "UPDATE counter SET value = 40;
                 INSERT INTO parked_event VALUES
                    ('acme-uk', 'b', 'dead-letter', 'on-order', 'upload', 'application/json', NULL, 3, x'ff00',
                     'KA-0101', 'b', 'cannot be read', '[]', 200),
                    ('acme-uk', 'a', 'held', 'on-order', 'upload', 'application/json', NULL, 1, x'7b7d',
                     'KA-0401', '026-1', 'has no product', '[]', 100);",
            )
            .unwrap();
        run(Path::new("memory"), &mut database).unwrap();
        let mut statement = database
            .prepare("SELECT sequence, event_id, stand, attempt, hex(body) FROM event ORDER BY sequence")
            .unwrap();
        let rows = statement
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?)));
        let rows: Vec<(i64, String, String, i64, String)> = rows.unwrap().map(Result::unwrap).collect();
        let row = |sequence, id: &str, stand: &str, attempt, body: &str| {
            (sequence, id.to_owned(), stand.to_owned(), attempt, body.to_owned())
        };
        assert_eq!(rows, [row(41, "a", "held", 1, "7B7D"), row(42, "b", "dead-letter", 3, "FF00")]);
        let counter: i64 = database.query_row("SELECT value FROM counter", [], |row| row.get(0)).unwrap();
        assert_eq!(counter, 42, "no number comes twice");
    }
}
