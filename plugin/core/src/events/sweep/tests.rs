//! Sweeps against an Amazon that answers as it is told to: what only a certain answer at a certain page shows.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::*;
use crate::events::Source;
use crate::host::{Entry, State, StateError};
use crate::limits::{SWEEP_PAGES_MAX, SWEEP_PAUSE_MS};
use crate::remote::{HttpRequest, HttpResponse, TransportFailure};

const SETTINGS: [(&str, &str); 10] = [
    ("vat.registered", "true"),
    ("nominals.sales", "4000"),
    ("nominals.shipping", "4905"),
    ("nominals.gift-wrap", "4001"),
    ("nominals.discounts", "4009"),
    ("nominals.marketplace-liable", "4010"),
    ("nominals.exports", "4020"),
    ("nominals.outside-uk", "4030"),
    ("marketplaces.A1F83G8C2ARO7P.customer-code", "AMAZONUK"),
    ("marketplaces.A1F83G8C2ARO7P.clearing-account", "1249"),
];

const PROGRESS: &str = "sweep/orders";

/// A host in memory.
struct Desk {
    now: DateTime<Utc>,
    /// What Amazon answers, in order.
    answers: VecDeque<(u16, String)>,
    /// The queries that it was asked.
    queries: Vec<String>,
    entries: BTreeMap<String, Entry>,
    revision: u64,
    /// The deduplication keys of the messages in the queue.
    asked_for: BTreeSet<String>,
    /// The queue is out of order after so many messages.
    queue_takes: usize,
    /// Another delivery writes the progress at the first answer.
    is_overtaken: bool,
}

impl Desk {
    fn new(answers: impl IntoIterator<Item = (u16, String)>) -> Self {
        Desk {
            now: "2026-10-28T12:00:00Z".parse().expect("a time"),
            answers: answers.into_iter().collect(),
            queries: Vec::new(),
            entries: BTreeMap::new(),
            revision: 0,
            asked_for: BTreeSet::new(),
            queue_takes: usize::MAX,
            is_overtaken: false,
        }
    }

    fn sweep(&mut self, body: &str) -> Result<Outcome, Failure> {
        let delivery = Delivery {
            event_id: "sweep-1".into(),
            source: Source::Schedule,
            occurred_at: None,
            attempt: 1,
            body: body.into(),
        };
        let result = handle(self, &delivery);
        assert!(!self.entries.contains_key("lease/sweep/orders"), "the lease is given back");
        result
    }

    fn progress(&self) -> String {
        self.entries
            .get(PROGRESS)
            .map(|entry| String::from_utf8_lossy(&entry.value).into_owned())
            .unwrap_or_default()
    }
}

impl Host for Desk {
    fn now(&mut self) -> DateTime<Utc> {
        self.now
    }

    fn settings(&mut self) -> Result<BTreeMap<String, String>, String> {
        Ok(SETTINGS.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect())
    }

    fn send(&mut self, request: &HttpRequest) -> Result<HttpResponse, TransportFailure> {
        self.queries.push(request.path.split_once('?').expect("a search has a query").1.to_owned());
        let (status, body) = self.answers.pop_front().expect("Amazon is asked as often as the test says");
        if std::mem::take(&mut self.is_overtaken) {
            self.create(PROGRESS, b"another delivery's", None).expect("it was absent");
        }
        Ok(HttpResponse { status, headers: Vec::new(), body: body.into_bytes() })
    }

    fn state(&mut self) -> &mut dyn State {
        self
    }

    fn enqueue(&mut self, queue: &str, _: &[u8], deduplication_key: &str) -> Result<(), QueueError> {
        assert_eq!(queue, "on-order");
        if self.asked_for.len() == self.queue_takes {
            return Err(QueueError::Unavailable("out of order".into()));
        }
        self.asked_for.insert(deduplication_key.to_owned());
        Ok(())
    }

    fn log(&mut self, _: LogLevel, _: &str, _: &[(&str, &str)]) {}
}

impl State for Desk {
    fn get(&mut self, key: &str) -> Result<Option<Entry>, StateError> {
        Ok(self.entries.get(key).cloned())
    }

    fn create(&mut self, key: &str, value: &[u8], _: Option<u64>) -> Result<u64, StateError> {
        if self.entries.contains_key(key) {
            return Err(StateError::Stale);
        }
        self.revision += 1;
        self.entries.insert(key.to_owned(), Entry { value: value.to_vec(), revision: self.revision });
        Ok(self.revision)
    }

    fn update(
        &mut self,
        key: &str,
        value: &[u8],
        revision: u64,
        ttl: Option<u64>,
    ) -> Result<u64, StateError> {
        self.delete(key, revision)?;
        self.create(key, value, ttl)
    }

    fn delete(&mut self, key: &str, revision: u64) -> Result<(), StateError> {
        if self.entries.get(key).is_none_or(|entry| entry.revision != revision) {
            return Err(StateError::Stale);
        }
        self.entries.remove(key);
        Ok(())
    }
}

/// A page of one order, and of a token where another page follows.
fn page(order: u32, next: Option<&str>) -> (u16, String) {
    let order = format!(r#"{{"orderId":"026-{order}","lastUpdatedTime":"2026-10-28T11:00:00Z"}}"#);
    let next = next.map_or(String::new(), |token| format!(r#","pagination":{{"nextToken":"{token}"}}"#));
    (200, format!(r#"{{"orders":[{order}],"lastUpdatedBefore":"2026-10-28T11:58:00Z"{next}}}"#))
}

fn scheduled(desk: &mut Desk) -> Result<Outcome, Failure> {
    desk.sweep(r#"{"sweep":"orders"}"#)
}

fn retry(result: Result<Outcome, Failure>) -> (u64, String) {
    match result {
        Err(Failure::Retry { after_ms, reason }) => (after_ms, reason),
        other => panic!("{other:?} is no retry"),
    }
}

#[test]
fn a_sweep_goes_from_page_to_page_and_repeats_what_it_asked_for() {
    let mut desk = Desk::new([page(1, Some("t1")), page(2, None)]);
    assert_eq!(scheduled(&mut desk).map(|outcome| outcome.disposition), Ok(Disposition::Completed));
    let first =
        "lastUpdatedAfter=2026%2D10%2D26T12%3A00%3A00Z&maxResultsPerPage=100&marketplaceIds=A1F83G8C2ARO7P";
    assert_eq!(desk.queries, [first.to_owned(), format!("{first}&paginationToken=t1")]);
    assert_eq!(
        desk.asked_for.iter().map(String::as_str).collect::<Vec<_>>(),
        ["order/026-1/2026-10-28T11:00:00Z", "order/026-2/2026-10-28T11:00:00Z"]
    );
    assert_eq!(desk.progress(), r#"{"version":1,"seenUntil":"2026-10-28T11:58:00Z","underway":null}"#);
}

#[test]
fn one_delivery_reads_some_pages_and_the_next_goes_on_until_the_end_that_the_first_page_gave() {
    let tokens: Vec<String> = (1..=SWEEP_PAGES_MAX).map(|number| format!("t{number}")).collect();
    let mut desk = Desk::new(tokens.iter().zip(1..).map(|(token, order)| page(order, Some(token))));
    assert_eq!(retry(scheduled(&mut desk)).0, SWEEP_PAUSE_MS);
    assert_eq!((desk.queries.len(), desk.asked_for.len()), (5, 5));

    desk.now += chrono::Duration::hours(1);
    let later = page(6, None).1.replace("11:58:00", "12:58:00");
    desk.answers.push_back((200, later));
    assert!(scheduled(&mut desk).is_ok());
    assert!(desk.queries[5].ends_with("&paginationToken=t5"), "{}", desk.queries[5]);
    assert_eq!(desk.progress(), r#"{"version":1,"seenUntil":"2026-10-28T11:58:00Z","underway":null}"#);
}

#[test]
fn a_page_counts_as_seen_once_all_its_orders_are_asked_for() {
    let mut desk = Desk::new([page(1, Some("t1")), page(2, None), page(2, None)]);
    desk.queue_takes = 1;
    assert!(retry(scheduled(&mut desk)).1.starts_with("KA-0711 on-order: the queue is unavailable"));
    assert!(desk.progress().contains(r#""token":"t1""#), "{}", desk.progress());
    desk.queue_takes = usize::MAX;
    assert!(scheduled(&mut desk).is_ok());
    assert_eq!(desk.queries[1], desk.queries[2], "the second page is read again, the first is not");
}

#[test]
fn a_place_that_amazon_does_not_take_is_left_and_the_window_begun_again() {
    let refused = (400, r#"{"errors":[{"code":"InvalidInput","message":"expired"}]}"#.to_owned());
    let mut desk = Desk::new([page(1, Some("t1")), refused.clone(), page(1, None), refused]);
    assert!(retry(scheduled(&mut desk)).1.contains("KA-0603"));
    desk.now += chrono::Duration::hours(30);
    assert!(scheduled(&mut desk).is_ok());
    assert_eq!(desk.queries[0], desk.queries[2], "the window is the same, though two days ago is later now");
    // Without a place there is nothing to leave: a person has to look.
    assert!(
        matches!(scheduled(&mut desk), Err(Failure::Held(held)) if held.finding.code == Code::AmazonRejected)
    );
}

#[test]
fn of_two_sweeps_that_write_one_comes_back() {
    let mut desk = Desk::new([page(1, None)]);
    desk.is_overtaken = true;
    assert!(retry(scheduled(&mut desk)).1.starts_with("KA-0712 sweep/orders: another writer was first"));
}

#[test]
fn a_sweep_waits_for_one_that_is_at_work() {
    let mut desk = Desk::new([]);
    let attempt = crate::orchestration::Attempt { event_id: "other", number: 1, event_age_ms: None };
    let lease =
        Lease::take(&mut desk, Claim::Sweep(ORDERS), attempt).unwrap_or_else(|failure| panic!("{failure:?}"));
    let delivery = Delivery {
        event_id: "sweep-1".into(),
        source: Source::Schedule,
        occurred_at: None,
        attempt: 1,
        body: br#"{"sweep":"orders"}"#.to_vec(),
    };
    assert_eq!(retry(handle(&mut desk, &delivery)).1, "KA-0712 orders: another delivery is sweeping");
    lease.release(&mut desk);
}

#[test]
fn a_sweep_by_hand_leaves_no_trace_and_its_messages_are_its_own() {
    let mut desk = Desk::new([page(1, Some("t1")), page(2, None)]);
    let body = r#"{"sweep":"orders","since":"2026-10-01T00:00:00Z","until":"2026-10-28T11:30:00Z"}"#;
    assert!(desk.sweep(body).is_ok());
    assert!(
        desk.queries[1].contains("&lastUpdatedBefore=2026%2D10%2D28T11%3A30%3A00Z"),
        "{}",
        desk.queries[1]
    );
    assert!(desk.asked_for.contains("order/026-1/2026-10-28T11:00:00Z/sweep-1"), "{:?}", desk.asked_for);
    assert!(desk.entries.is_empty(), "{:?}", desk.entries.keys());
}

#[test]
fn where_there_is_nothing_to_search_yet_amazon_is_not_asked() {
    let mut desk = Desk::new([]);
    let result = desk.sweep(r#"{"sweep":"orders","since":"2026-10-28T11:59:00Z"}"#);
    assert_eq!(result.map(|outcome| outcome.disposition), Ok(Disposition::AlreadyDone));
}

#[test]
fn progress_that_cannot_be_read_is_held_and_left_as_it_is() {
    let mut desk = Desk::new([]);
    desk.create(PROGRESS, br#"{"version":9}"#, None).expect("it is absent");
    assert!(
        matches!(scheduled(&mut desk), Err(Failure::Held(held)) if held.finding.code == Code::StateUnavailable)
    );
    assert_eq!(desk.progress(), r#"{"version":9}"#);
}
