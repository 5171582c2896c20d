//! The queue of events: nothing is lost, nothing is had by two, and everything is on record.

use std::sync::Arc;

use chrono::DateTime;
use tempfile::TempDir;

use super::SqliteStore;
use crate::Ending;
use crate::clock::{Clock, ManualClock};
use crate::connection::ConnectionName;
use crate::engine::{Effect, Export, Source};
use crate::limits::UPLOAD_BYTES;
use crate::source::{ArrivedEvent, Taken};
use crate::store::{
    After, ClaimedEvent, Message, MessageQueue, Reason, RecordedCall, Settlement, Stand, Waits,
};

const START_MS: u64 = 1_750_000_000_000;
const CLAIMED_FOR_MS: u64 = 120_000;

struct Bench {
    store: SqliteStore,
    clock: Arc<ManualClock>,
    acme: ConnectionName,
    folder: TempDir,
}

impl Bench {
    fn new() -> Self {
        let clock = Arc::new(ManualClock::at(DateTime::from_timestamp_millis(START_MS as i64).unwrap()));
        let folder = tempfile::tempdir().unwrap();
        let store = open(&folder, &clock);
        Bench { store, clock, acme: ConnectionName::new("acme-uk").unwrap(), folder }
    }

    /// As a process that comes after this one finds the file.
    fn reopened(self) -> Self {
        let Bench { store, clock, acme, folder } = self;
        drop(store);
        Bench { store: open(&folder, &clock), clock, acme, folder }
    }

    async fn take_in(&self, event_id: &str, key: Option<&str>) -> Taken {
        self.store.take_in(&self.acme, &event(event_id, key)).await.unwrap()
    }

    async fn claim(&self, most: usize) -> Vec<ClaimedEvent> {
        self.store.claim(&self.acme, most, CLAIMED_FOR_MS, "0.1.0 abc").await.unwrap()
    }

    async fn claimed_ids(&self, most: usize) -> Vec<String> {
        self.claim(most).await.into_iter().map(|event| event.delivery.event_id).collect()
    }

    async fn settle(&self, event: &ClaimedEvent, after: After) -> bool {
        self.store.settle(&self.acme, event, &settlement(after)).await.unwrap()
    }

    async fn stand(&self, event_id: &str) -> (Stand, u32) {
        let story = self.store.story(&self.acme, event_id).await.unwrap().expect("it was taken");
        (story.event.stand, story.event.attempt)
    }
}

fn open(folder: &TempDir, clock: &Arc<ManualClock>) -> SqliteStore {
    let clock = Arc::clone(clock) as Arc<dyn Clock>;
    SqliteStore::open(folder.path().join("acme.sqlite"), clock).unwrap()
}

/// Its body is no UTF-8: it is kept as it came.
fn event(event_id: &str, key: Option<&str>) -> ArrivedEvent {
    ArrivedEvent {
        event_id: event_id.to_owned(),
        export: Export::OnOrder,
        source: Source::AmazonNotification,
        content_type: "application/json".to_owned(),
        occurred_at: Some("2025-06-15T15:00:00Z".to_owned()),
        ordering_key: key.map(str::to_owned),
        traceparent: None,
        body: b"{\"NotificationType\":\xff\x00".to_vec(),
    }
}

fn invoice() -> Effect {
    Effect {
        document: "sales-invoice".to_owned(),
        number: "1001".to_owned(),
        reference: "026-1234567-1234567".to_owned(),
    }
}

fn settlement(after: After) -> Settlement {
    let ending = match after {
        After::Finished => Ending::Completed,
        After::Again { .. } => Ending::Retry,
        After::Parked(Waits::Held) => Ending::Held,
        After::Parked(Waits::DeadLetter) => Ending::DeadLetter,
    };
    let reason = Reason {
        code: "KA-0401".to_owned(),
        subject: "026-1234567-1234567".to_owned(),
        message: "SKU MYSTERY has no product in KashFlow".to_owned(),
    };
    let call = RecordedCall {
        kind: "http".to_owned(),
        subject: "POST securedwebapp.com KashFlow/InsertInvoice".to_owned(),
        answer: Some("200".to_owned()),
    };
    Settlement {
        reason: (after != After::Finished).then_some(reason),
        after,
        ending,
        documents: vec![invoice()],
        traceparent: Some("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".to_owned()),
        host_calls: vec![call],
    }
}

fn later(milliseconds: u64) -> After {
    After::Again { not_before_ms: START_MS + milliseconds, plugin_failures: 0 }
}

#[tokio::test]
async fn an_event_is_taken_once_and_delivered_as_it_came() {
    let bench = Bench::new();
    assert_eq!(bench.take_in("a", None).await, Taken::Stored);
    assert_eq!(bench.take_in("a", None).await, Taken::Duplicate);
    let bench = bench.reopened();
    let [claimed] = &bench.claim(8).await[..] else { panic!("one event") };
    assert_eq!((claimed.delivery.attempt, claimed.number), (1, 1));
    assert_eq!(claimed.delivery.body, event("a", None).body);
    assert!(bench.settle(claimed, After::Finished).await);
    assert_eq!(bench.take_in("a", None).await, Taken::Duplicate, "an event that is over is remembered");
    assert_eq!(bench.claim(8).await, []);
    let other = ConnectionName::new("other-uk").unwrap();
    assert_eq!(bench.store.take_in(&other, &event("a", None)).await.unwrap(), Taken::Stored);
    assert_eq!(bench.claim(8).await, [], "it is another connection's");
}

#[tokio::test]
async fn events_of_one_key_go_one_at_a_time() {
    let bench = Bench::new();
    for (event_id, key) in [
        ("a1", Some("order/a")),
        ("a2", Some("order/a")),
        ("b1", Some("order/b")),
        ("c1", None),
        ("c2", None),
    ] {
        bench.take_in(event_id, key).await;
    }
    let first = bench.claim(8).await;
    let ids: Vec<_> = first.iter().map(|event| event.delivery.event_id.as_str()).collect();
    assert_eq!(ids, ["a1", "b1", "c1", "c2"]);
    assert_eq!(bench.claim(8).await, []);
    // The one that comes again later gives way to the next of its key.
    assert!(bench.settle(&first[0], later(60_000)).await);
    assert_eq!(bench.claimed_ids(8).await, ["a2"]);
    bench.clock.advance_ms(60_000);
    assert_eq!(bench.claim(8).await, [], "another of its key is in work");
}

#[tokio::test]
async fn a_retry_comes_back_at_its_time_and_no_sooner() {
    let bench = Bench::new();
    bench.take_in("a", None).await;
    let claimed = bench.claim(1).await.remove(0);
    assert!(bench.settle(&claimed, later(5_000)).await);
    assert_eq!(bench.store.next_due_ms(&bench.acme).await.unwrap(), Some(START_MS + 5_000));
    bench.clock.advance_ms(4_999);
    assert_eq!(bench.claim(1).await, []);
    bench.clock.advance_ms(1);
    let again = bench.claim(1).await.remove(0);
    assert_eq!((again.delivery.attempt, again.number), (2, 2));
    assert_eq!(
        again.traceparent,
        settlement(After::Finished).traceparent,
        "one trace for all its deliveries"
    );
    let story = bench.store.story(&bench.acme, "a").await.unwrap().unwrap();
    assert_eq!(story.deliveries[0].trace_id.as_deref(), Some("0af7651916cd43dd8448eb211c80319c"));
}

#[tokio::test]
async fn a_claim_that_runs_out_costs_an_attempt_and_settles_nothing_any_more() {
    let bench = Bench::new();
    bench.take_in("a", Some("order/a")).await;
    let lost = bench.claim(1).await.remove(0);
    bench.clock.advance_ms(CLAIMED_FOR_MS - 1);
    assert_eq!(bench.claim(1).await, []);
    bench.clock.advance_ms(1);
    let again = bench.claim(1).await.remove(0);
    assert_eq!((again.delivery.attempt, again.number), (2, 2));
    assert!(!bench.settle(&lost, After::Finished).await, "another delivery has it");
    assert_eq!(bench.stand("a").await, (Stand::InWork, 2));
    assert!(bench.settle(&again, After::Finished).await);
    let story = bench.store.story(&bench.acme, "a").await.unwrap().unwrap();
    assert_eq!(story.deliveries.len(), 2, "both are on record");
}

#[tokio::test]
async fn what_a_dead_process_had_in_work_comes_again_and_what_is_given_back_is_the_same_attempt() {
    let bench = Bench::new();
    for event_id in ["a", "b"] {
        bench.take_in(event_id, None).await;
    }
    let claimed = bench.claim(2).await;
    assert!(bench.store.give_back(&bench.acme, &claimed[0]).await.unwrap());
    assert!(!bench.store.give_back(&bench.acme, &claimed[0]).await.unwrap());
    let bench = bench.reopened();
    assert_eq!(bench.store.take_back_all(&bench.acme).await.unwrap(), 1);
    let attempts: Vec<_> = bench.claim(2).await.iter().map(|event| event.delivery.attempt).collect();
    assert_eq!(attempts, [1, 2], "given back, and interrupted");
    let story = bench.store.story(&bench.acme, "b").await.unwrap().unwrap();
    assert_eq!(story.deliveries[0].ending.as_deref(), Some("interrupted"));
}

#[tokio::test]
async fn what_waits_for_a_person_is_kept_whole_until_it_is_released_or_given_up() {
    let bench = Bench::new();
    for event_id in ["held", "dead"] {
        bench.take_in(event_id, None).await;
    }
    let claimed = bench.claim(2).await;
    for (event, waits) in claimed.iter().zip([Waits::Held, Waits::DeadLetter]) {
        assert!(bench.settle(event, After::Parked(waits)).await);
    }
    let held = bench.store.parked(&bench.acme, Waits::Held).await.unwrap();
    let [event] = &held[..] else { panic!("one is held") };
    assert_eq!(event.arrived.body, super::event_tests::event("held", None).body);
    assert_eq!(event.reason.as_ref().unwrap().code, "KA-0401");
    assert_eq!(event.done, [invoice()]);
    assert_eq!(bench.claim(2).await, []);

    assert!(!bench.store.release(&bench.acme, "held", Waits::DeadLetter).await.unwrap());
    assert!(bench.store.release(&bench.acme, "held", Waits::Held).await.unwrap());
    let released = bench.claim(2).await.remove(0);
    assert_eq!((released.delivery.event_id.as_str(), released.delivery.attempt), ("held", 1));
    assert!(bench.store.discard(&bench.acme, "dead", Waits::DeadLetter).await.unwrap());
    assert_eq!(bench.stand("dead").await.0, Stand::Discarded);
    let counts = bench.store.counts(&bench.acme).await.unwrap();
    assert_eq!((counts.in_work, counts.held, counts.dead_letter), (1, 0, 0));
}

#[tokio::test]
async fn the_audit_trail_names_the_first_event_and_never_changes() {
    let bench = Bench::new();
    for event_id in ["first", "second"] {
        bench.take_in(event_id, None).await;
        let claimed = bench.claim(1).await.remove(0);
        assert!(bench.settle(&claimed, After::Finished).await);
    }
    let documents =
        async |event_id| bench.store.story(&bench.acme, event_id).await.unwrap().unwrap().documents;
    let [posted] = &documents("first").await[..] else { panic!("one document") };
    assert_eq!((&posted.document, posted.plugin.as_str()), (&invoice(), "0.1.0 abc"));
    assert_eq!(documents("second").await, [], "it was there already");
    for (document, events) in [("1001", 1), ("026-1234567-1234567", 1), ("1002", 0)] {
        let found = bench.store.recent(&bench.acme, None, Some(document), 10).await.unwrap();
        assert_eq!(found.len(), events, "{document}");
        assert!(found.iter().all(|event| event.arrived.event_id == "first"));
    }
    for statement in ["DELETE FROM posted_document", "UPDATE posted_document SET number = '1'"] {
        let refused = bench.store.write(move |transaction| transaction.execute(statement, [])).await;
        assert!(format!("{:?}", refused.unwrap_err()).contains("only ever added to"), "{statement}");
    }
}

#[tokio::test]
async fn a_finished_event_keeps_its_story_and_loses_its_body_and_is_forgotten_in_time() {
    let bench = Bench::new();
    for event_id in ["over", "held"] {
        bench.take_in(event_id, None).await;
    }
    let claimed = bench.claim(2).await;
    assert!(bench.settle(&claimed[0], After::Finished).await);
    assert!(bench.settle(&claimed[1], After::Parked(Waits::Held)).await);
    let story = bench.store.story(&bench.acme, "over").await.unwrap().unwrap();
    assert_eq!((story.event.arrived.body.len(), story.deliveries.len()), (0, 1));
    assert_eq!(story.deliveries[0].host_calls, settlement(After::Finished).host_calls);

    assert_eq!(bench.store.forget_ended(&bench.acme, START_MS).await.unwrap(), 0);
    assert_eq!(bench.store.forget_ended(&bench.acme, START_MS + 1).await.unwrap(), 1);
    assert_eq!(bench.store.story(&bench.acme, "over").await.unwrap(), None);
    assert_eq!(bench.stand("held").await.0, Stand::Held, "what waits for a person waits");
}

#[tokio::test]
async fn a_message_that_the_plugin_queued_becomes_an_event_at_its_time() {
    let bench = Bench::new();
    let message = Message {
        content_type: "application/json".to_owned(),
        body: br#"{"order":"026-1"}"#.to_vec(),
        deduplication_key: Some("order/026-1/1".to_owned()),
        delay_ms: 1_000,
    };
    bench.store.send(&bench.acme, "on-order", &message).await.unwrap();
    let take = || {
        let key = crate::source::queued_order_key;
        bench.store.take_messages(&bench.acme, "on-order", Export::OnOrder, key)
    };
    assert_eq!(take().await.unwrap(), 0);
    bench.clock.advance_ms(1_000);
    assert_eq!((take().await.unwrap(), take().await.unwrap()), (1, 0));
    let claimed = bench.claim(8).await.remove(0);
    assert_eq!(claimed.delivery.event_id, "on-order/order/026-1/1");
    assert_eq!(
        (claimed.delivery.source, claimed.ordering_key.as_deref()),
        (Source::Queue, Some("order/026-1"))
    );
    assert_eq!(bench.store.all(&bench.acme, "on-order").await.unwrap(), []);
}

#[tokio::test]
async fn an_event_that_waits_can_be_taken_on_as_its_next_attempt() {
    let bench = Bench::new();
    let on = async || bench.store.claim_waiting(&bench.acme, "a", CLAIMED_FOR_MS, "0.1.0 abc").await.unwrap();
    assert_eq!(on().await, None);
    bench.take_in("a", None).await;
    let claimed = bench.claim(8).await.remove(0);
    assert_eq!(on().await, None, "a delivery has it");
    let again = After::Again { not_before_ms: START_MS + 60_000, plugin_failures: 0 };
    assert!(bench.settle(&claimed, again).await);
    let next = on().await.expect("it waits");
    assert_eq!((next.delivery.attempt, next.number), (2, 2));
    assert_eq!(next.delivery.body, event("a", None).body);
    assert!(bench.settle(&next, After::Finished).await);
    assert_eq!(on().await, None);
}

#[tokio::test]
async fn a_body_as_large_as_any_that_a_person_hands_in_comes_through() {
    let bench = Bench::new();
    let body: Vec<u8> = (0..UPLOAD_BYTES as usize).map(|index| index as u8).collect();
    let large = ArrivedEvent { body, ..event("a", None) };
    assert_eq!(bench.store.take_in(&bench.acme, &large).await.unwrap(), Taken::Stored);
    assert!(bench.claim(8).await.remove(0).delivery.body == large.body);
}

#[tokio::test]
async fn an_event_can_be_delivered_at_once_whatever_it_waits_for() {
    let bench = Bench::new();
    let now = async |event_id| {
        bench.store.claim_now(&bench.acme, &event(event_id, None), CLAIMED_FOR_MS, "0.1.0 abc").await.unwrap()
    };
    let claimed = now("a").await;
    assert!(bench.settle(&claimed, After::Finished).await);
    let again = now("a").await;
    assert_eq!((again.delivery.attempt, again.number), (1, 2));
    assert_eq!(again.delivery.body, event("a", None).body, "the body is there again");
    assert!(bench.settle(&again, After::Parked(Waits::Held)).await);
    assert_eq!(bench.stand("a").await, (Stand::Held, 1));
}
