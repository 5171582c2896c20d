//! Requests over a socket, as a sender makes them.

use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::*;
use crate::captured_log::Log;
use crate::clock::{Clock, ManualClock};
use crate::code::Code;
use crate::connection::WebhookSecret;
use crate::limits::EVENT_BYTES;
use crate::source::intake::tests::MemoryIntake;
use crate::source::status::SourceStatus;

const SECRET: &str = "correct horse battery";
const NOW_SECONDS: i64 = 1_777_777_777;
const EVENT: &str = r#"{"NotificationType":"ORDER_CHANGE","NotificationMetadata":{"NotificationId":"n-1"}}"#;

struct Bench {
    address: SocketAddr,
    intake: Arc<MemoryIntake>,
    status: Arc<SourceStatus>,
    stop: watch::Sender<bool>,
    serving: JoinHandle<()>,
}

impl Bench {
    async fn shared() -> Bench {
        Bench::with(WebhookSecret::Shared(SecretString::from(SECRET)), Duration::from_secs(10)).await
    }

    async fn hmac() -> Bench {
        Bench::with(WebhookSecret::Hmac(SecretString::from(SECRET)), Duration::from_secs(10)).await
    }

    async fn with(secret: WebhookSecret, timeout: Duration) -> Bench {
        let listen = "127.0.0.1:0".parse().unwrap();
        let settings = WebhookSettings { listen, path: "/events".to_owned(), secret };
        let (intake, status) = (Arc::new(MemoryIntake::default()), Arc::new(SourceStatus::new("webhook")));
        let clock: Arc<dyn Clock> =
            Arc::new(ManualClock::at(chrono::DateTime::from_timestamp(NOW_SECONDS, 0).unwrap()));
        let reception = Reception { intake: intake.clone(), clock, status: status.clone() };
        let webhook = Webhook::bind_with(&settings, reception, timeout).await.unwrap();
        let address = webhook.address().unwrap();
        let (stop, receiver) = watch::channel(false);
        let serving = tokio::spawn(webhook.run(Shutdown::new(receiver)));
        Bench { address, intake, status, stop, serving }
    }

    /// Sends the text as it is, and gives the whole answer.
    async fn raw(&self, text: &str) -> String {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(text.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        String::from_utf8(answer).unwrap()
    }

    async fn post(&self, headers: &str, body: &str) -> String {
        let length = body.len();
        self.raw(&format!(
            "POST /events HTTP/1.1\r\nhost: h\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n{body}"
        ))
        .await
    }
}

fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).unwrap().parse().unwrap()
}

fn signed(text: &str) -> String {
    use hmac::{Hmac, KeyInit, Mac};
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(text.as_bytes());
    let signature = data_encoding::HEXLOWER.encode(&mac.finalize().into_bytes());
    format!("x-webhook-signature: sha256={signature}\r\n")
}

#[tokio::test]
async fn an_event_is_accepted_once_it_is_stored_and_again_as_a_duplicate() {
    let bench = Bench::shared().await;
    let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let headers = format!("x-webhook-secret: {SECRET}\r\ntraceparent: {trace}\r\n");
    let answer = bench.post(&headers, EVENT).await;
    assert_eq!(status(&answer), 202, "{answer}");
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    let body: serde_json::Value = serde_json::from_str(body).unwrap();
    assert_eq!(body, serde_json::json!({"eventId": "n-1", "duplicate": false}));
    let stored = bench.intake.stored();
    assert_eq!(
        (stored[0].body.as_slice(), stored[0].traceparent.as_deref()),
        (EVENT.as_bytes(), Some(trace))
    );

    let again = bench.post(&format!("authorization: bearer {SECRET}\r\n"), EVENT).await;
    assert!(status(&again) == 202 && again.contains(r#""duplicate":true"#), "{again}");
    assert_eq!((bench.status.stored(), bench.status.duplicates()), (1, 1));
}

#[tokio::test]
async fn without_the_secret_nothing_is_taken_and_nothing_is_said() {
    let (log, _guard) = Log::collect();
    let bench = Bench::shared().await;
    let right = format!("x-webhook-secret: {SECRET}");
    for headers in [
        String::new(),
        format!("{right}x\r\n"),
        format!("{}\r\n", &right[..right.len() - 1]),
        "x-webhook-secret: \r\n".to_owned(),
        format!("authorization: Basic {SECRET}\r\n"),
        format!("authorization: {SECRET}\r\n"),
        signed(EVENT),
    ] {
        let answer = bench.post(&headers, EVENT).await;
        assert_eq!(status(&answer), 401, "{headers}");
        assert!(answer.ends_with("\r\n\r\n") && answer.contains("www-authenticate: Bearer"), "{answer}");
    }
    assert_eq!((bench.intake.stored().len(), bench.status.refused()), (0, 7));
    assert_eq!(bench.status.last_error().unwrap().code, Code::WebhookNotAuthentic);
    assert!(!log.text().contains(SECRET) && !log.text().contains("ORDER_CHANGE"), "{}", log.text());
}

#[tokio::test]
async fn a_signature_is_over_the_raw_body() {
    let bench = Bench::hmac().await;
    assert_eq!(status(&bench.post(&signed(EVENT), EVENT).await), 202);
    let upper =
        signed(EVENT).to_uppercase().replace("X-WEBHOOK-SIGNATURE: SHA256", "x-webhook-signature: sha256");
    assert_eq!(status(&bench.post(&upper, EVENT).await), 202);
    for headers in [
        signed("{}"),
        signed(EVENT).replace("sha256=", ""),
        signed(EVENT).replace("sha256=", "sha1="),
        "x-webhook-signature: sha256=\r\n".to_owned(),
        "x-webhook-signature: sha256=zz\r\n".to_owned(),
        format!("x-webhook-secret: {SECRET}\r\n"),
    ] {
        let answer = bench.post(&headers, EVENT).await;
        assert!(status(&answer) == 401 && answer.contains("www-authenticate: HMAC-SHA256"), "{headers}");
    }
    assert_eq!(bench.status.stored(), 1);
}

#[tokio::test]
async fn a_timestamp_is_signed_too_and_holds_for_five_minutes() {
    let bench = Bench::hmac().await;
    let request = |age: i64| {
        let timestamp = NOW_SECONDS - age;
        format!("x-webhook-timestamp: {timestamp}\r\n{}", signed(&format!("{timestamp}.{EVENT}")))
    };
    for (age, expected) in [(0, 202), (299, 202), (-299, 202), (301, 401), (-301, 401)] {
        assert_eq!(status(&bench.post(&request(age), EVENT).await), expected, "{age} s old");
    }
    let without_timestamp = signed(&format!("{NOW_SECONDS}.{EVENT}"));
    assert_eq!(status(&bench.post(&without_timestamp, EVENT).await), 401);
    let not_signed = format!("x-webhook-timestamp: {NOW_SECONDS}\r\n{}", signed(EVENT));
    assert_eq!(status(&bench.post(&not_signed, EVENT).await), 401);
    let no_number = format!("x-webhook-timestamp: now\r\n{}", signed(&format!("now.{EVENT}")));
    assert_eq!(status(&bench.post(&no_number, EVENT).await), 401);
}

#[tokio::test]
async fn a_body_is_read_as_far_as_an_event_can_be_long() {
    let bench = Bench::shared().await;
    let secret = format!("x-webhook-secret: {SECRET}\r\n");
    assert_eq!(status(&bench.post(&secret, &" ".repeat(EVENT_BYTES)).await), 202);
    // Announced, and not even sent.
    let announced =
        format!("POST /events HTTP/1.1\r\nhost: h\r\ncontent-length: {}\r\n{secret}\r\n", EVENT_BYTES + 1);
    assert_eq!(status(&bench.raw(&announced).await), 413);
    // Not announced: a chunk that is one byte too long, and no end of the body.
    let chunk = EVENT_BYTES + 1;
    let chunked = format!(
        "POST /events HTTP/1.1\r\nhost: h\r\ntransfer-encoding: chunked\r\n{secret}\r\n{chunk:x}\r\n{}",
        " ".repeat(chunk)
    );
    assert_eq!(status(&bench.raw(&chunked).await), 413);
    assert_eq!(bench.status.stored(), 1);
}

#[tokio::test]
async fn a_store_that_fails_makes_the_sender_try_again() {
    let bench = Bench::shared().await;
    bench.intake.fail_next(1);
    let secret = format!("x-webhook-secret: {SECRET}\r\n");
    let answer = bench.post(&secret, EVENT).await;
    assert!(status(&answer) == 503 && answer.contains("retry-after: 30"), "{answer}");
    assert_eq!(bench.status.last_error().unwrap().code, Code::StoreFull);
    assert_eq!(status(&bench.post(&secret, EVENT).await), 202);
}

#[tokio::test]
async fn other_paths_and_methods_are_refused() {
    let bench = Bench::shared().await;
    for (line, expected) in
        [("POST /", 404), ("POST /events/", 404), ("GET /events", 405), ("PUT /events", 405)]
    {
        let text =
            format!("{line} HTTP/1.1\r\nhost: h\r\nconnection: close\r\nx-webhook-secret: {SECRET}\r\n\r\n");
        assert_eq!(status(&bench.raw(&text).await), expected, "{line}");
    }
}

#[tokio::test]
async fn who_is_too_slow_is_sent_away() {
    let shared = WebhookSecret::Shared(SecretString::from(SECRET));
    let bench = Bench::with(shared, Duration::from_millis(50)).await;
    let half_a_body = format!(
        "POST /events HTTP/1.1\r\nhost: h\r\ncontent-length: 9\r\nx-webhook-secret: {SECRET}\r\n\r\n{{"
    );
    assert_eq!(status(&bench.raw(&half_a_body).await), 408);
    assert_eq!(bench.raw("POST /events HTTP/1.1\r\nhost").await, "", "half a head is not answered");
}

#[tokio::test]
async fn what_is_in_hand_is_finished_before_it_stops() {
    let bench = Bench::shared().await;
    let mut stream = TcpStream::connect(bench.address).await.unwrap();
    let head = format!(
        "POST /events HTTP/1.1\r\nhost: h\r\ncontent-length: {}\r\nexpect: 100-continue\r\nx-webhook-secret: {SECRET}\r\n\r\n",
        EVENT.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    // The server asks for the body: it has the request in hand.
    let mut interim = [0; 25];
    stream.read_exact(&mut interim).await.unwrap();
    assert!(interim.starts_with(b"HTTP/1.1 100"));
    bench.stop.send(true).unwrap();
    while TcpStream::connect(bench.address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    stream.write_all(EVENT.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert_eq!(status(&answer), 202, "{answer}");
    bench.serving.await.unwrap();
    assert_eq!(bench.intake.stored().len(), 1);
}
