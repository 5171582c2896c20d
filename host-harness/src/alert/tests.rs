//! Alerts from the queue to their targets: who is told, how often, and what happens when one fails.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use bytes::Bytes;
use governor::clock::FakeRelativeClock;
use http::{HeaderMap, StatusCode};
use secrecy::SecretString;
use serde_json::{Value, json};
use tokio::sync::watch;

use super::hourly_limit::hourly_limit;
use super::*;
use crate::captured_log::Log;
use crate::clock::{Clock, ManualClock};
use crate::connection::{AlertSettings, AlertWebhook};
use crate::gateway::HttpClient;
use crate::runtime::ConnectionRuntime;
use crate::store::MemoryStore;
use crate::telemetry::metrics::{Metrics, MetricsFormat};

const SECRET: &str = "pa55-w0rd";

/// A webhook on this machine: what it was told, and what it answers.
struct Hook {
    told: Mutex<Vec<(HeaderMap, Value)>>,
    answers: AtomicU16,
}

async fn take(State(hook): State<Arc<Hook>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    hook.told.lock().unwrap().push((headers, serde_json::from_slice(&body).unwrap()));
    StatusCode::from_u16(hook.answers.load(Ordering::Relaxed)).unwrap()
}

async fn hook() -> (SocketAddr, Arc<Hook>) {
    let hook = Arc::new(Hook { told: Mutex::default(), answers: AtomicU16::new(204) });
    let router = Router::new().route("/alerts", axum::routing::post(take)).with_state(Arc::clone(&hook));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(axum::serve(listener, router).into_future());
    (address, hook)
}

struct Bench {
    connection: ConnectionRuntime,
    clock: FakeRelativeClock,
    hook: Arc<Hook>,
    metrics: Arc<Metrics>,
    settings: AlertSettings,
}

/// A connection whose alerts go to a webhook, two in an hour.
async fn bench() -> Bench {
    let (address, hook) = hook().await;
    let now = DateTime::from_timestamp_millis(1_750_000_000_000).unwrap();
    let clock: Arc<dyn Clock> = Arc::new(ManualClock::at(now));
    let redactor = Arc::new(Redactor::new(&[&SecretString::from(SECRET)], &[]));
    let queue = Arc::new(MemoryStore::new(Arc::clone(&clock)));
    let connection = ConnectionRuntime { queue, clock, redactor, ..ConnectionRuntime::nothing_granted() };
    let webhook = AlertWebhook {
        address: SecretString::from(format!("http://{address}/alerts")),
        authorization: Some(SecretString::from("Bearer of-the-hook")),
    };
    let per_hour = NonZeroU32::new(2).unwrap();
    let settings = AlertSettings { webhook: Some(webhook), command: Vec::new(), per_hour };
    Bench { connection, clock: FakeRelativeClock::default(), hook, metrics: Metrics::new(), settings }
}

impl Bench {
    fn sender(&self) -> AlertSender {
        let (client, metrics) = (HttpClient::new(), Arc::clone(&self.metrics));
        let limit = hourly_limit(self.settings.per_hour, self.clock.clone());
        AlertSender::with_limit(&self.connection, &self.settings, client, metrics, limit)
    }

    /// As the plugin writes it.
    async fn put(&self, code: &str, subject: &str) {
        let body = json!({
            "kind": "held", "code": code, "title": "a SKU", "subject": subject,
            "message": format!("{subject} waits for {SECRET}"), "eventId": "event-1", "done": [],
        });
        self.put_body(body.to_string().into_bytes()).await;
    }

    async fn put_body(&self, body: Vec<u8>) {
        let (content_type, deduplication_key) = ("application/json".to_owned(), None);
        let message = Message { content_type, body, deduplication_key, delay_ms: 0 };
        self.connection.queue.send(&self.connection.name, ALERT_QUEUE, &message).await.unwrap();
    }

    async fn waiting(&self) -> usize {
        self.connection.queue.all(&self.connection.name, ALERT_QUEUE).await.unwrap().len()
    }

    /// The subjects that the webhook was told of since the last time.
    fn told(&self) -> Vec<String> {
        let told = std::mem::take(&mut *self.hook.told.lock().unwrap());
        told.into_iter().map(|(_, body)| body["subject"].as_str().unwrap().to_owned()).collect()
    }

    fn counts(&self, result: &str, count: u32) -> bool {
        let line = format!("kashflow_amazon_alerts_total{{result=\"{result}\"}} {count}");
        self.metrics.render(MetricsFormat::PrometheusText).lines().any(|rendered| rendered == line)
    }
}

/// Until it would pause.
async fn drain(sender: &mut AlertSender) -> Duration {
    loop {
        let pause = sender.step().await;
        if !pause.is_zero() {
            return pause;
        }
    }
}

#[tokio::test]
async fn a_webhook_is_told_without_secrets_and_the_queue_lets_go() {
    let bench = bench().await;
    bench.put("KA-0401", "026-1").await;
    drain(&mut bench.sender()).await;
    let [(headers, body)] = bench.hook.told.lock().unwrap().clone().try_into().unwrap();
    let expected = json!({
        "code": "KA-0401", "subject": "026-1", "message": "026-1 waits for [redacted]",
        "connection": "no-connection", "occurredAt": "2025-06-15T15:06:40.000Z", "count": 1,
    });
    assert_eq!(body, expected);
    assert_eq!(
        (&headers["authorization"], &headers["content-type"]),
        (&"Bearer of-the-hook".parse().unwrap(), &"application/json".parse().unwrap())
    );
    assert_eq!(bench.waiting().await, 0);
    assert!(bench.counts("sent", 1));
}

#[tokio::test]
async fn what_is_beyond_the_limit_waits_and_comes_as_one() {
    let bench = bench().await;
    let mut sender = bench.sender();
    for subject in ["one", "two", "three", "four"] {
        bench.put("KA-0401", subject).await;
    }
    bench.put("KA-0402", "five").await;
    drain(&mut sender).await;
    assert_eq!((bench.told(), bench.waiting().await), (vec!["one".to_owned(), "two".to_owned()], 3));
    bench.clock.advance(Duration::from_secs(29 * 60));
    drain(&mut sender).await;
    assert_eq!(bench.told(), Vec::<String>::new());
    bench.clock.advance(Duration::from_secs(60));
    drain(&mut sender).await;
    let body = bench.hook.told.lock().unwrap()[0].1.clone();
    assert_eq!(
        (&body["code"], &body["subject"], &body["count"]),
        (&"HH-0608".into(), &"3 further alerts".into(), &3.into())
    );
    let message = body["message"].as_str().unwrap();
    assert!(message.contains("2 × KA-0401 (three, four); 1 × KA-0402 (five)"), "{message}");
    assert_eq!((bench.told().len(), bench.waiting().await), (1, 0));
    assert!(bench.counts("sent", 2) && bench.counts("combined", 3));

    bench.put("KA-0401", "six").await;
    bench.clock.advance(Duration::from_secs(30 * 60));
    drain(&mut sender).await;
    assert_eq!(bench.told(), ["six"], "the hour has room again");
}

#[tokio::test]
async fn a_target_that_fails_is_tried_again_after_longer_and_longer() {
    let bench = bench().await;
    let mut sender = bench.sender();
    bench.put("KA-0401", "026-1").await;
    bench.hook.answers.store(500, Ordering::Relaxed);
    let mut pauses = Vec::new();
    for _ in 0..10 {
        pauses.push(sender.step().await.as_secs());
    }
    assert_eq!(pauses, [2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
    assert_eq!((bench.told().len(), bench.waiting().await), (10, 1));
    bench.hook.answers.store(200, Ordering::Relaxed);
    drain(&mut sender).await;
    assert_eq!((bench.told().len(), bench.waiting().await), (1, 0));
    assert!(bench.counts("failed", 10) && bench.counts("sent", 1));
}

#[cfg(unix)]
#[tokio::test]
async fn a_target_that_was_told_is_not_told_again_for_the_sake_of_another() {
    let mut bench = bench().await;
    let folder = tempfile::tempdir().unwrap();
    let (told, ready) = (folder.path().join("told"), folder.path().join("ready"));
    let script = format!("cat >> {}; test -e {}", told.display(), ready.display());
    bench.settings.command = ["sh", "-c", &script].map(str::to_owned).to_vec();
    let mut sender = bench.sender();
    bench.put("KA-0401", "026-1").await;
    assert_eq!(sender.step().await, Duration::from_secs(2));
    std::fs::write(ready, "").unwrap();
    drain(&mut sender).await;
    assert_eq!((bench.told(), bench.waiting().await), (vec!["026-1".to_owned()], 0));
    let told = std::fs::read_to_string(told).unwrap();
    assert_eq!(told.matches("026-1 waits for [redacted]").count(), 2, "{told}");
}

#[tokio::test]
async fn without_a_target_the_log_is_told_of_each() {
    let mut bench = bench().await;
    bench.settings.webhook = None;
    let (log, _guard) = Log::collect();
    for subject in ["one", "two", "three"] {
        bench.put("KA-0401", subject).await;
    }
    drain(&mut bench.sender()).await;
    let text = log.text();
    assert!(text.contains("WARN") && text.contains("three waits for [redacted]"), "{text}");
    assert!(!text.contains(SECRET), "{text}");
    assert_eq!((text.matches("KA-0401").count(), bench.waiting().await), (3, 0));
    assert!(bench.counts("logged", 3));
}

#[tokio::test]
async fn a_message_that_is_no_alert_is_told_of_without_its_content() {
    let bench = bench().await;
    bench.put_body(b"{\"buyer\":\"Ada Lovelace\"}".to_vec()).await;
    drain(&mut bench.sender()).await;
    let body = bench.hook.told.lock().unwrap()[0].1.clone();
    assert_eq!(body["code"], "HH-0607");
    assert!(!body.to_string().contains("Ada"), "{body}");
    assert_eq!(bench.waiting().await, 0);
}

#[tokio::test]
async fn the_host_raises_a_cause_once_a_day() {
    let bench = bench().await;
    let (name, queue) = (&bench.connection.name, bench.connection.queue.as_ref());
    let now = bench.connection.clock.now();
    let alert =
        Alert::of_host(Code::PluginNotLoadable, "kashflow-amazon-2.wasm", "it was refused", name, now);
    assert_eq!(raise(queue, &alert).await.unwrap(), Sent::Stored);
    assert_eq!(raise(queue, &alert).await.unwrap(), Sent::Duplicate);
    let tomorrow = Alert { occurred_at: now + chrono::TimeDelta::days(1), ..alert.clone() };
    assert_eq!(raise(queue, &tomorrow).await.unwrap(), Sent::Stored);
    let queued = queue.peek(name, ALERT_QUEUE).await.unwrap().unwrap();
    assert_eq!(Alert::from_queue_message(name, &queued), alert);
}

#[tokio::test]
async fn the_loop_sends_until_it_is_told_to_stop() {
    let bench = bench().await;
    bench.put("KA-0401", "026-1").await;
    let (stop, stopped) = watch::channel(true);
    run(bench.sender(), stopped).await;
    assert_eq!(bench.told(), ["026-1"]);
    drop(stop);
}

#[test]
fn a_combined_alert_names_a_bounded_number_of_causes() {
    let name = ConnectionName::new("acme-uk").unwrap();
    let alert = |number: usize| {
        let at = DateTime::UNIX_EPOCH;
        let alert = Alert::of_host(Code::AlertNotSent, format!("subject-{number}"), "a cause", &name, at);
        Alert { code: format!("KA-{:04}", number % 50), ..alert }
    };
    let alerts: Vec<Alert> = (0..500).map(alert).collect();
    let combined = Alert::combined(&alerts).unwrap();
    assert_eq!((combined.count, combined.message.matches("10 × KA-").count()), (500, CAUSES_NAMED));
    assert!(
        combined.message.contains("(subject-0, subject-50, subject-100 and others)"),
        "{}",
        combined.message
    );
    assert_eq!(Alert::combined(&[]), None);
}
