//! The file itself: durable, told apart when it cannot be used, and shared between writers.

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
    let database = open_database(store.path(), Duration::ZERO).unwrap();
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
    store.write(|transaction| transaction.pragma_update(None, "query_only", true)).await.unwrap();
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

#[tokio::test]
async fn a_full_disk_is_told_apart_and_what_was_written_before_stays() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder.path().join("acme.sqlite")).unwrap();
    let connection = ConnectionName::new("acme-uk").unwrap();
    let key = |number: usize| StateKey::new(format!("order/{number}")).unwrap();
    store.create(&connection, &key(0), b"kept", None).await.unwrap();
    let pages_at_most =
        |pages: i64| store.write(move |transaction| transaction.pragma_update(None, "max_page_count", pages));
    pages_at_most(1).await.unwrap(); // SQLite takes the number of pages that there are.
    let large = vec![b'x'; 100_000];
    // Together in one commit, so that one that fits is there beside those that do not.
    let (first, second, third) = (key(1), key(2), key(3));
    let (small, too_large, after) = tokio::join!(
        store.create(&connection, &first, b"small", None),
        store.create(&connection, &second, &large, None),
        store.create(&connection, &third, b"after", None),
    );
    let Err(crate::store::StateError::Unavailable(error)) = too_large else { panic!("{too_large:?}") };
    assert_eq!(error.code(), Code::StoreFull);
    assert_eq!(store.get(&connection, &key(0)).await.unwrap().unwrap().value, b"kept");
    for (number, result) in [(1, small), (3, after)] {
        let is_there = store.get(&connection, &key(number)).await.unwrap().is_some();
        assert_eq!(is_there, result.is_ok(), "{number}: what was answered is what is so");
    }
    pages_at_most(100_000).await.unwrap();
    store.create(&connection, &key(2), &large, None).await.unwrap();
}

#[tokio::test]
async fn a_write_that_fails_takes_no_other_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder.path().join("acme.sqlite")).unwrap();
    let connection = ConnectionName::new("acme-uk").unwrap();
    let key = |number: usize| StateKey::new(format!("order/{number}")).unwrap();
    let (keys, mut writes) = ((0..50).map(key), Vec::new());
    for key in keys {
        let (store, connection) = (store.clone(), connection.clone());
        writes.push(tokio::spawn(async move { store.create(&connection, &key, b"x", None).await.is_ok() }));
    }
    let broken = store.write(|transaction| {
        next_number(transaction)?;
        transaction.execute("INSERT INTO state (connection) VALUES (NULL)", [])
    });
    assert_eq!(broken.await.unwrap_err().code(), Code::StoreFailed);
    for write in writes {
        assert!(write.await.unwrap());
    }
    assert_eq!(store.list_keys(&connection, "order/", None, 100).await.unwrap().len(), 50);
}

#[test]
fn a_file_of_a_store_that_is_open_can_be_opened_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("acme.sqlite");
    let _first = open(&path).unwrap();
    open(&path).unwrap();
}
