//! The capabilities as the plugin calls them, without a plugin.

use std::collections::BTreeSet;
use std::sync::Arc;

use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::Frame;
use secrecy::SecretString;
use wasmtime_wasi_http::{Error as WasiHttpError, WasiBody, WasiHttpHooks};

use super::{HttpCapability, LogCapability, QueueCapability, StateCapability};
use crate::captured_log::Log;
use crate::engine::since_v0_1::clarity::ipaas::{log, queue, state};
use crate::engine::{ContractBroken, HostCall, HostCallMeter, HostCallObserver, ObserveNothing, Verdict};
use crate::limits::{LOG_LINES, LOG_TEXT_CHARACTERS, MESSAGE_BYTES, STATE_VALUE_BYTES};
use crate::redactor::Redactor;
use crate::runtime::ConnectionRuntime;

struct Bench {
    connection: ConnectionRuntime,
    meter: Arc<HostCallMeter>,
}

impl Bench {
    fn new() -> Self {
        Bench::observed(Arc::new(ObserveNothing))
    }

    fn observed(observer: Arc<dyn HostCallObserver>) -> Self {
        let redactor = Redactor::new(&[&SecretString::from("hunter22")], &[]);
        let connection = ConnectionRuntime {
            queues: Arc::new(BTreeSet::from(["alert".to_owned()])),
            redactor: Arc::new(redactor),
            ..ConnectionRuntime::nothing_granted()
        };
        Bench { connection, meter: Arc::new(HostCallMeter::new(1_000, observer)) }
    }

    fn calls(&self) -> Vec<String> {
        let records = self.meter.take_records();
        records
            .into_iter()
            .map(|record| format!("{} = {}", record.call, record.answer.unwrap_or_default()))
            .collect()
    }
}

#[tokio::test]
async fn state_is_the_store_of_the_connection() {
    use state::{Error, Host};
    let bench = Bench::new();
    let mut state = StateCapability::new(&bench.connection, &bench.meter);
    let key = || "order/1".to_owned();
    let revision = state.create(key(), b"intent".to_vec(), Some(60_000)).await.unwrap().unwrap();
    assert!(
        matches!(state.create(key(), Vec::new(), None).await.unwrap(), Err(Error::Stale(stored)) if stored == revision)
    );
    let entry = state.get(key()).await.unwrap().unwrap().unwrap();
    assert_eq!((entry.value.as_slice(), entry.revision), (&b"intent"[..], revision));
    let next = state.update(key(), b"done".to_vec(), revision, None).await.unwrap().unwrap();
    let large = state.update(key(), vec![0; STATE_VALUE_BYTES + 1], next, None).await.unwrap();
    assert!(matches!(large, Err(Error::TooLarge(limit)) if limit == STATE_VALUE_BYTES as u64));
    assert_eq!(state.list_keys("order/".to_owned(), None, 10).await.unwrap().unwrap(), ["order/1"]);
    state.delete(key(), next).await.unwrap().unwrap();
    assert!(state.get(key()).await.unwrap().unwrap().is_none());
    assert_eq!(
        bench.calls(),
        [
            "1 state-create order/1 = revision 1",
            "2 state-create order/1 = stale 1",
            "3 state-get order/1 = revision 1",
            "4 state-update order/1 = revision 2",
            "5 state-update order/1 = too-large",
            "6 state-list order/ = 1 keys",
            "7 state-delete order/1 = deleted",
            "8 state-get order/1 = absent",
        ]
    );
}

#[tokio::test]
async fn a_key_outside_of_the_contract_ends_the_instance() {
    use state::Host;
    let bench = Bench::new();
    let mut state = StateCapability::new(&bench.connection, &bench.meter);
    for key in [String::new(), "k".repeat(513)] {
        let error = state.get(key).await.unwrap_err();
        assert!(error.downcast_ref::<ContractBroken>().is_some(), "{error}");
    }
    assert!(bench.calls().is_empty());
}

#[tokio::test]
async fn only_granted_queues_take_messages() {
    use queue::{Error, Host, Message};
    let bench = Bench::new();
    let mut queue = QueueCapability::new(&bench.connection, &bench.meter);
    let message = |length| Message {
        content_type: "text/plain".to_owned(),
        body: vec![b'x'; length],
        deduplication_key: Some("key".to_owned()),
        delay_ms: 0,
    };
    let mut send = async |name: &str, length| queue.send(name.to_owned(), message(length)).await.unwrap();
    assert!(matches!(send("settlement", 1).await, Err(Error::NotGranted(name)) if name == "settlement"));
    assert!(matches!(send("alert", MESSAGE_BYTES + 1).await, Err(Error::TooLarge(_))));
    send("alert", 1).await.unwrap();
    send("alert", 1).await.unwrap();
    assert_eq!(
        bench.calls(),
        [
            "1 queue-send settlement = not-granted",
            "2 queue-send alert = too-large",
            "3 queue-send alert = stored",
            "4 queue-send alert = duplicate",
        ]
    );
    let connection = &bench.connection;
    assert_eq!(connection.queue.all(&connection.name, "alert").await.unwrap().len(), 1);
}

#[tokio::test]
async fn log_lines_are_redacted_shortened_and_counted() {
    use log::{Field, Host, Level};
    let (captured, _guard) = Log::collect();
    let bench = Bench::new();
    let mut log = LogCapability::new(&bench.connection);
    let fields = vec![
        Field { name: "order".to_owned(), value: "026-1".to_owned() },
        Field { name: "reason".to_owned(), value: "hunter22".to_owned() },
    ];
    log.emit(Level::Warn, "with hunter22".to_owned(), fields).await.unwrap();
    log.emit(Level::Info, "é".repeat(LOG_TEXT_CHARACTERS + 1), Vec::new()).await.unwrap();
    for _ in 0..LOG_LINES {
        log.emit(Level::Debug, "again".to_owned(), Vec::new()).await.unwrap();
    }
    let text = captured.text();
    let first = text.lines().next().unwrap();
    for part in ["WARN", "with [redacted]", "order=026-1 reason=[redacted]", "no-connection"] {
        assert!(first.contains(part), "{part}: {first}");
    }
    assert!(!text.contains("hunter22"));
    assert!(text.contains(&format!("{}…", "é".repeat(LOG_TEXT_CHARACTERS))));
    assert_eq!(text.matches("again").count(), LOG_LINES as usize - 2);
    assert_eq!(text.matches("the rest is dropped").count(), 1);
}

async fn handle(bench: &Bench, body: WasiBody) -> Result<u16, WasiHttpError> {
    let mut http = HttpCapability::new(&bench.connection, &bench.meter);
    let request = Request::post("https://example.org/path?email=buyer@example.com").body(body).unwrap();
    let exchange = http.send_request(request, None, Box::new(async { Ok(()) }));
    Ok(Box::into_pin(exchange).await?.0.status().as_u16())
}

#[tokio::test]
async fn a_request_that_is_not_granted_is_denied_and_recorded_without_its_query() {
    let bench = Bench::new();
    let denied = handle(&bench, Full::from("body").map_err(WasiHttpError::from).boxed_unsync()).await;
    assert!(matches!(denied, Err(WasiHttpError::HttpRequestDenied)), "{denied:?}");
    assert_eq!(bench.calls(), ["1 http POST example.org/path = no answer GW-0101"]);
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_read_to_its_end_and_not_sent() {
    let bench = Bench::new();
    let limit = bench.connection.limits.request_bytes;
    let chunk = Bytes::from(vec![b'x'; 1024 * 1024]);
    let chunks = (0..=limit / chunk.len()).map(move |_| Ok(Frame::data(chunk.clone())));
    let body = StreamBody::new(futures::stream::iter(chunks)).boxed_unsync();
    let refused = handle(&bench, body).await;
    assert!(
        matches!(refused, Err(WasiHttpError::HttpRequestBodySize(Some(most))) if most == limit as u64),
        "{refused:?}"
    );
    assert_eq!(bench.calls(), ["1 http POST example.org/path = no answer GW-0108"]);
}

/// Loses every answer.
struct LoseAnswers;

impl HostCallObserver for LoseAnswers {
    fn before(&self, _call: &HostCall) -> Verdict {
        Verdict::Continue
    }

    fn after(&self, _call: &HostCall, _answer: &str) -> Verdict {
        Verdict::LoseAnswer
    }
}

#[tokio::test]
async fn a_lost_answer_is_a_store_that_does_not_answer_and_has_done_what_was_asked() {
    use queue::Host as _;
    use state::Host as _;
    let bench = Bench::observed(Arc::new(LoseAnswers));
    let connection = &bench.connection;
    let created = StateCapability::new(connection, &bench.meter)
        .create("order/1".to_owned(), b"intent".to_vec(), None)
        .await
        .unwrap();
    assert!(
        matches!(&created, Err(state::Error::Unavailable(why)) if why == "the store did not answer"),
        "{created:?}"
    );
    let message = queue::Message {
        content_type: "text/plain".to_owned(),
        body: b"x".to_vec(),
        deduplication_key: None,
        delay_ms: 0,
    };
    let sent =
        QueueCapability::new(connection, &bench.meter).send("alert".to_owned(), message).await.unwrap();
    assert!(matches!(sent, Err(queue::Error::Unavailable(_))), "{sent:?}");
    assert_eq!(bench.calls(), ["1 state-create order/1 = answer lost", "2 queue-send alert = answer lost"]);
    assert_eq!(connection.state.list_keys(&connection.name, "", None, 10).await.unwrap(), ["order/1"]);
    assert_eq!(connection.queue.all(&connection.name, "alert").await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_lost_answer_is_a_connection_that_ended() {
    let bench = Bench::observed(Arc::new(LoseAnswers));
    let lost = handle(&bench, Full::from("body").map_err(WasiHttpError::from).boxed_unsync()).await;
    assert!(matches!(lost, Err(WasiHttpError::ConnectionTerminated)), "{lost:?}");
    assert_eq!(bench.calls(), ["1 http POST example.org/path = answer lost"]);
}
