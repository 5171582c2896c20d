//! What the contract says about state and queues, checked on both implementations.

use std::sync::Arc;

use chrono::DateTime;
use tempfile::TempDir;

use super::{
    Entry, MemoryStore, Message, MessageQueue, SendError, Sent, SqliteStore, StateError, StateKey, StateStore,
};
use crate::clock::{Clock, ManualClock};
use crate::connection::ConnectionName;
use crate::limits::{DEDUPLICATION_MEMORY_MS, MESSAGE_BYTES, STATE_KEYS_LISTED, STATE_VALUE_BYTES};

trait Store: StateStore + MessageQueue {}
impl<T: StateStore + MessageQueue> Store for T {}

struct Bench {
    store: Box<dyn Store>,
    clock: Arc<ManualClock>,
    acme: ConnectionName,
    other: ConnectionName,
    _folder: Option<TempDir>,
}

impl Bench {
    fn memory() -> Self {
        Bench::with(|clock| (Box::new(MemoryStore::new(clock)), None))
    }

    fn sqlite() -> Self {
        Bench::with(|clock| {
            let folder = tempfile::tempdir().unwrap();
            let store = SqliteStore::open(folder.path().join("store.sqlite"), clock).unwrap();
            (Box::new(store), Some(folder))
        })
    }

    fn with(make: impl FnOnce(Arc<dyn Clock>) -> (Box<dyn Store>, Option<TempDir>)) -> Self {
        let clock = Arc::new(ManualClock::at(DateTime::from_timestamp_millis(1_750_000_000_000).unwrap()));
        let (store, folder) = make(Arc::clone(&clock) as Arc<dyn Clock>);
        let name = |name| ConnectionName::new(name).unwrap();
        Bench { store, clock, acme: name("acme-uk"), other: name("other-uk"), _folder: folder }
    }

    async fn create(&self, name: &str, value: &[u8], ttl_ms: Option<u64>) -> Result<u64, u64> {
        stale(self.store.create(&self.acme, &key(name), value, ttl_ms).await)
    }

    async fn update(&self, name: &str, value: &[u8], revision: u64, ttl_ms: Option<u64>) -> Result<u64, u64> {
        stale(self.store.update(&self.acme, &key(name), value, revision, ttl_ms).await)
    }

    async fn delete(&self, name: &str, revision: u64) -> Result<(), u64> {
        stale(self.store.delete(&self.acme, &key(name), revision).await)
    }

    async fn get(&self, name: &str) -> Option<Entry> {
        self.store.get(&self.acme, &key(name)).await.unwrap()
    }

    async fn value(&self, name: &str) -> Option<Vec<u8>> {
        self.get(name).await.map(|entry| entry.value)
    }

    async fn keys(&self, prefix: &str, after: Option<&str>, limit: u32) -> Vec<String> {
        self.store.list_keys(&self.acme, prefix, after, limit).await.unwrap()
    }

    async fn send(&self, queue: &str, body: &[u8], key: Option<&str>, delay_ms: u64) -> Sent {
        self.store.send(&self.acme, queue, &message(body, key, delay_ms)).await.unwrap()
    }

    async fn bodies(&self, queue: &str) -> Vec<String> {
        let messages = self.store.all(&self.acme, queue).await.unwrap();
        messages.into_iter().map(|message| String::from_utf8(message.body).unwrap()).collect()
    }

    async fn next_body(&self, queue: &str) -> Option<String> {
        let message = self.store.peek(&self.acme, queue).await.unwrap()?;
        Some(String::from_utf8(message.body).unwrap())
    }
}

fn key(name: &str) -> StateKey {
    StateKey::new(name).unwrap()
}

fn message(body: &[u8], key: Option<&str>, delay_ms: u64) -> Message {
    Message {
        content_type: "text/plain".to_owned(),
        body: body.to_owned(),
        deduplication_key: key.map(str::to_owned),
        delay_ms,
    }
}

/// Only staleness is an expected refusal here.
fn stale<T>(result: Result<T, StateError>) -> Result<T, u64> {
    result.map_err(|error| match error {
        StateError::Stale(revision) => revision,
        other => panic!("{other:?}"),
    })
}

/// Runs one check on every implementation, as a test of its own each.
macro_rules! on_every_store {
    ($($check:ident),+ $(,)?) => {
        mod memory { $(#[tokio::test] async fn $check() { super::$check(super::Bench::memory()).await; })+ }
        mod sqlite { $(#[tokio::test] async fn $check() { super::$check(super::Bench::sqlite()).await; })+ }
    };
}

on_every_store! {
    a_created_key_is_read_back_with_its_revision,
    every_write_gives_a_greater_revision,
    a_write_that_names_another_revision_is_stale,
    an_absent_key_is_stale_at_revision_zero,
    a_revision_never_comes_twice,
    an_expired_key_is_absent_for_every_operation,
    an_update_sets_the_life_anew,
    two_writers_cannot_both_create,
    a_value_may_be_empty_but_not_too_large,
    keys_are_listed_in_byte_order_page_by_page,
    connections_do_not_see_each_other,
    messages_come_in_order_of_arrival_once_due,
    a_remembered_key_drops_a_message,
    a_removed_message_is_gone_and_its_key_is_remembered,
    a_large_message_is_refused,
}

async fn a_created_key_is_read_back_with_its_revision(bench: Bench) {
    assert_eq!(bench.get("order/1").await, None);
    let revision = bench.create("order/1", b"\x00intent\xff", None).await.unwrap();
    assert!(revision > 0);
    assert_eq!(bench.get("order/1").await, Some(Entry { value: b"\x00intent\xff".to_vec(), revision }));
}

async fn every_write_gives_a_greater_revision(bench: Bench) {
    let first = bench.create("order/1", b"one", None).await.unwrap();
    let second = bench.update("order/1", b"two", first, None).await.unwrap();
    let third = bench.update("order/1", b"two", second, None).await.unwrap();
    assert!(first < second && second < third);
    assert_eq!(bench.get("order/1").await, Some(Entry { value: b"two".to_vec(), revision: third }));
}

async fn a_write_that_names_another_revision_is_stale(bench: Bench) {
    let first = bench.create("order/1", b"one", None).await.unwrap();
    assert_eq!(bench.create("order/1", b"again", None).await, Err(first));
    let second = bench.update("order/1", b"two", first, None).await.unwrap();
    assert_eq!(bench.update("order/1", b"late", first, None).await, Err(second));
    assert_eq!(bench.update("order/1", b"early", second + 1, None).await, Err(second));
    assert_eq!(bench.delete("order/1", first).await, Err(second));
    assert_eq!(bench.value("order/1").await.as_deref(), Some(&b"two"[..]));
}

async fn an_absent_key_is_stale_at_revision_zero(bench: Bench) {
    assert_eq!(bench.update("order/1", b"one", 1, None).await, Err(0));
    assert_eq!(bench.update("order/1", b"one", 0, None).await, Err(0), "an update never creates");
    assert_eq!(bench.delete("order/1", 1).await, Err(0));
    assert_eq!(bench.delete("order/1", 0).await, Err(0));
    assert_eq!(bench.get("order/1").await, None);
}

async fn a_revision_never_comes_twice(bench: Bench) {
    let first = bench.create("order/1", b"one", None).await.unwrap();
    bench.delete("order/1", first).await.unwrap();
    assert_eq!(bench.get("order/1").await, None);
    let second = bench.create("order/1", b"two", None).await.unwrap();
    assert!(second > first);
    assert_eq!(bench.update("order/1", b"by the first writer", first, None).await, Err(second));
}

async fn an_expired_key_is_absent_for_every_operation(bench: Bench) {
    let lease = bench.create("lease/1", b"mine", Some(1_000)).await.unwrap();
    bench.clock.advance_ms(999);
    assert_eq!(bench.value("lease/1").await.as_deref(), Some(&b"mine"[..]));
    bench.clock.advance_ms(1);
    assert_eq!(bench.get("lease/1").await, None);
    assert_eq!(bench.keys("lease/", None, 10).await, Vec::<String>::new());
    assert_eq!(bench.update("lease/1", b"mine", lease, None).await, Err(0));
    assert_eq!(bench.delete("lease/1", lease).await, Err(0));
    assert!(bench.create("lease/1", b"yours", Some(1_000)).await.unwrap() > lease);
    assert_eq!(bench.create("lease/2", b"over at once", Some(0)).await.map(|_| ()), Ok(()));
    assert_eq!(bench.get("lease/2").await, None);
    bench.create("lease/3", b"for ever", Some(u64::MAX)).await.unwrap();
    assert_eq!(bench.value("lease/3").await.as_deref(), Some(&b"for ever"[..]));
}

async fn an_update_sets_the_life_anew(bench: Bench) {
    let first = bench.create("lease/1", b"mine", Some(1_000)).await.unwrap();
    bench.clock.advance_ms(900);
    let second = bench.update("lease/1", b"mine", first, Some(1_000)).await.unwrap();
    bench.clock.advance_ms(900);
    bench.update("lease/1", b"kept", second, None).await.unwrap();
    bench.clock.advance_ms(1_000_000_000);
    assert_eq!(bench.value("lease/1").await.as_deref(), Some(&b"kept"[..]));
}

async fn two_writers_cannot_both_create(bench: Bench) {
    let attempts = (0..16).map(|_| bench.create("lease/1", b"mine", Some(1_000)));
    let won = futures::future::join_all(attempts).await.into_iter().filter(Result::is_ok).count();
    assert_eq!(won, 1);
}

async fn a_value_may_be_empty_but_not_too_large(bench: Bench) {
    let first = bench.create("empty", b"", None).await.unwrap();
    assert_eq!(bench.value("empty").await.as_deref(), Some(&b""[..]));
    let largest = vec![7; STATE_VALUE_BYTES];
    bench.create("largest", &largest, None).await.unwrap();
    assert_eq!(bench.value("largest").await, Some(largest));
    let too_large = vec![7; STATE_VALUE_BYTES + 1];
    let created = bench.store.create(&bench.acme, &key("too-large"), &too_large, None).await;
    let updated = bench.store.update(&bench.acme, &key("empty"), &too_large, first, None).await;
    for refused in [created, updated] {
        assert!(matches!(refused, Err(StateError::TooLarge(limit)) if limit == STATE_VALUE_BYTES as u64));
    }
    assert!(StateKey::new("").is_err());
    assert!(StateKey::new("k".repeat(512)).is_ok());
    assert!(StateKey::new("é".repeat(257)).is_err(), "the limit is in bytes");
}

async fn keys_are_listed_in_byte_order_page_by_page(bench: Bench) {
    for name in ["order/b", "order/B", "order/é", "order/a", "order", "orders/a", "order/%", "order/_"] {
        bench.create(name, b"", None).await.unwrap();
    }
    let all = ["order/%", "order/B", "order/_", "order/a", "order/b", "order/é"];
    assert_eq!(bench.keys("order/", None, 100).await, all);
    assert_eq!(bench.keys("order/", None, 2).await, all[..2]);
    assert_eq!(bench.keys("order/", Some("order/B"), 3).await, all[2..5]);
    assert_eq!(bench.keys("order/", Some("order/é"), 3).await, Vec::<String>::new());
    assert_eq!(bench.keys("order/", Some("a"), 1).await, all[..1], "before all of the prefix");
    assert_eq!(bench.keys("order/", None, 0).await, Vec::<String>::new());
    assert_eq!(bench.keys("", None, 100).await.len(), 8);
    let refused = bench.store.list_keys(&bench.acme, "", None, STATE_KEYS_LISTED + 1).await;
    assert!(matches!(refused, Err(StateError::TooLarge(limit)) if limit == u64::from(STATE_KEYS_LISTED)));
}

async fn connections_do_not_see_each_other(bench: Bench) {
    let revision = bench.create("order/1", b"ours", None).await.unwrap();
    bench.send("alert", b"ours", Some("one"), 0).await;
    let other = &bench.other;
    assert_eq!(bench.store.get(other, &key("order/1")).await.unwrap(), None);
    assert_eq!(bench.store.list_keys(other, "", None, 10).await.unwrap(), Vec::<String>::new());
    assert_eq!(stale(bench.store.delete(other, &key("order/1"), revision).await), Err(0));
    bench.store.create(other, &key("order/1"), b"theirs", None).await.unwrap();
    assert_eq!(bench.value("order/1").await.as_deref(), Some(&b"ours"[..]));

    assert_eq!(bench.store.all(other, "alert").await.unwrap(), Vec::new());
    let sent = bench.store.send(other, "alert", &message(b"theirs", Some("one"), 0)).await.unwrap();
    assert_eq!(sent, Sent::Stored);
    assert_eq!(bench.bodies("alert").await, ["ours"]);
}

async fn messages_come_in_order_of_arrival_once_due(bench: Bench) {
    assert_eq!(bench.next_body("settlement").await, None);
    bench.send("settlement", b"later", None, 5_000).await;
    bench.send("settlement", b"now", None, 0).await;
    bench.send("alert", b"elsewhere", None, 0).await;
    assert_eq!(bench.bodies("settlement").await, ["later", "now"]);
    assert_eq!(bench.next_body("settlement").await.as_deref(), Some("now"));
    bench.clock.advance_ms(5_000);
    assert_eq!(bench.next_body("settlement").await.as_deref(), Some("later"));
    let first = bench.store.peek(&bench.acme, "settlement").await.unwrap().unwrap();
    assert_eq!((first.content_type.as_str(), first.not_before_ms), ("text/plain", 1_750_000_005_000));
}

async fn a_remembered_key_drops_a_message(bench: Bench) {
    assert_eq!(bench.send("alert", b"one", Some("key"), 0).await, Sent::Stored);
    assert_eq!(bench.send("alert", b"two", Some("key"), 0).await, Sent::Duplicate);
    assert_eq!(bench.send("alert", b"three", Some("other key"), 0).await, Sent::Stored);
    assert_eq!(bench.send("alert", b"four", None, 0).await, Sent::Stored);
    assert_eq!(bench.send("alert", b"five", None, 0).await, Sent::Stored);
    assert_eq!(bench.send("settlement", b"six", Some("key"), 0).await, Sent::Stored, "a key is of one queue");
    bench.clock.advance_ms(DEDUPLICATION_MEMORY_MS);
    assert_eq!(bench.send("alert", b"seven", Some("key"), 0).await, Sent::Stored);
    assert_eq!(bench.bodies("alert").await, ["one", "three", "four", "five", "seven"]);
}

async fn a_removed_message_is_gone_and_its_key_is_remembered(bench: Bench) {
    bench.send("alert", b"one", Some("key"), 0).await;
    bench.send("alert", b"two", None, 0).await;
    let first = bench.store.peek(&bench.acme, "alert").await.unwrap().unwrap().sequence;
    assert!(!bench.store.remove(&bench.other, "alert", first).await.unwrap(), "it is another connection's");
    assert!(!bench.store.remove(&bench.acme, "settlement", first).await.unwrap(), "it is another queue's");
    assert!(bench.store.remove(&bench.acme, "alert", first).await.unwrap());
    assert!(!bench.store.remove(&bench.acme, "alert", first).await.unwrap());
    assert_eq!(bench.bodies("alert").await, ["two"]);
    assert_eq!(bench.send("alert", b"three", Some("key"), 0).await, Sent::Duplicate);
}

async fn a_large_message_is_refused(bench: Bench) {
    let largest = vec![b'x'; MESSAGE_BYTES];
    bench.send("alert", &largest, None, 0).await;
    let refused = bench
        .store
        .send(&bench.acme, "alert", &message(&vec![b'x'; MESSAGE_BYTES + 1], Some("key"), 0))
        .await;
    assert!(matches!(refused, Err(SendError::TooLarge(limit)) if limit == MESSAGE_BYTES as u64));
    assert_eq!(bench.send("alert", b"small", Some("key"), 0).await, Sent::Stored, "its key was not taken");
}
