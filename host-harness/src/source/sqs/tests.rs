//! The source against an independent SQS, moto, and against answers that moto does not give.

mod moto;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use aws_sdk_sqs::types::{MessageAttributeValue, QueueAttributeName, SendMessageBatchRequestEntry};
use axum::Router;
use axum::response::IntoResponse;
use secrecy::SecretString;
use tokio::sync::watch;
use tokio::task::JoinSet;
use url::Url;

use self::moto::Moto;
use super::*;
use crate::clock::SystemClock;
use crate::code::Code;
use crate::connection::{AwsCredentials, SqsSettings};
use crate::source::intake::tests::MemoryIntake;
use crate::source::status::SourceStatus;

const TRACE: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

fn settings(endpoint: &str, queue_url: &str) -> SqsSettings {
    let (id, secret) = (SecretString::from("access-key-id"), SecretString::from("secret-access-key"));
    SqsSettings {
        queue_url: Url::parse(queue_url).unwrap(),
        region: "eu-west-1".to_owned(),
        endpoint: Some(Url::parse(endpoint).unwrap()),
        credentials: Some(AwsCredentials { access_key_id: id, secret_access_key: secret }),
        receivers: 1,
    }
}

fn notification(id: usize) -> String {
    format!(r#"{{"NotificationType":"ORDER_CHANGE","NotificationMetadata":{{"NotificationId":"n-{id}"}}}}"#)
}

/// Receivers of one queue at work, over an intake that a test looks into.
struct Bench {
    intake: Arc<MemoryIntake>,
    status: Arc<SourceStatus>,
    stop: watch::Sender<bool>,
    receivers: JoinSet<()>,
}

impl Bench {
    fn start(queue: Queue, intake: MemoryIntake, offers: usize, receivers: usize) -> Bench {
        let (intake, status) = (Arc::new(intake), Arc::new(SourceStatus::new("sqs")));
        let (stop, shutdown) = watch::channel(false);
        let reception =
            Reception { intake: intake.clone(), clock: Arc::new(SystemClock), status: status.clone() };
        let sqs = Sqs { queue, reception, patience: PAUSES.with_max_times(offers) };
        let receivers = (0..receivers).map(|_| sqs.clone().run(Shutdown::new(shutdown.clone()))).collect();
        Bench { intake, status, stop, receivers }
    }

    /// A receiver in the middle of a long poll stops at once.
    async fn stop(self) {
        self.stop.send(true).unwrap();
        let stopped = tokio::time::timeout(Duration::from_secs(5), self.receivers.join_all()).await;
        stopped.expect("a stop does not wait for messages");
    }

    async fn last_code(&self) -> Code {
        let mut code = None;
        until("something goes wrong", async || {
            code = self.status.last_error().map(|trouble| trouble.code);
            code.is_some()
        })
        .await;
        code.unwrap()
    }
}

/// Asks again until it is so; that it never becomes so fails the test.
async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let deadline = std::time::Instant::now() + Duration::from_secs(60);
    while !is_so().await {
        assert!(std::time::Instant::now() < deadline, "{what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn an_independent_server_sees_every_message_stored_and_then_deleted() {
    let Some(moto) = Moto::start() else { return };
    // One server, and a queue for each.
    tokio::join!(
        every_message_is_stored_once(&moto),
        a_store_that_fails_leaves_the_messages(&moto),
        a_store_that_recovers_is_offered_the_same_message(&moto),
        a_message_stays_hidden_while_the_store_is_slow(&moto),
        a_queue_that_is_not_there_is_named(&moto),
    );
}

async fn every_message_is_stored_once(moto: &Moto) {
    let queue = moto.queue("all").await;
    let bodies: Vec<String> = (0..20)
        .map(notification)
        .chain((0..3).map(notification))
        .chain(["rubbish".to_owned(), "{".to_owned()])
        .collect();
    assert_eq!(bodies.len(), 25);
    moto.send(&queue, &bodies).await;
    let bench = Bench::start(moto.source(&queue, 60).await, MemoryIntake::default(), 8, 2);
    until("every message is stored", async || bench.intake.stored().len() == 22).await;
    until("the queue is empty", async || moto.count(&queue).await == (0, 0)).await;
    let stored = bench.intake.stored();
    let first = stored.iter().find(|event| event.event_id == "n-0").expect("it was sent");
    assert_eq!((first.body.as_slice(), first.traceparent.as_deref()), (bodies[0].as_bytes(), Some(TRACE)));
    assert!(stored.iter().any(|event| event.body == b"rubbish"), "nothing is dropped");
    assert_eq!((bench.status.stored(), bench.status.duplicates()), (22, 3));
    bench.stop().await;
}

async fn a_store_that_fails_leaves_the_messages(moto: &Moto) {
    let queue = moto.queue("failing").await;
    moto.send(&queue, &[notification(1), notification(2)]).await;
    let intake = MemoryIntake::default();
    intake.fail_next(1);
    let bench = Bench::start(moto.source(&queue, 2).await, intake, 0, 1);
    assert_eq!(bench.last_code().await, Code::StoreFull);
    let (visible, hidden) = moto.count(&queue).await;
    assert_eq!(visible + hidden, 2, "nothing is deleted");
    until("they come again", async || bench.intake.stored().len() == 2).await;
    until("the queue is empty", async || moto.count(&queue).await == (0, 0)).await;
    assert_eq!(bench.status.duplicates(), 0);
    bench.stop().await;
}

async fn a_store_that_recovers_is_offered_the_same_message(moto: &Moto) {
    let queue = moto.queue("recovering").await;
    moto.send(&queue, &[notification(1)]).await;
    let intake = MemoryIntake::default();
    intake.fail_next(2);
    // Two receivers, and pauses that are longer than a message is hidden without an extension.
    let bench = Bench::start(moto.source(&queue, 2).await, intake, 8, 2);
    until("it is stored", async || bench.intake.stored().len() == 1).await;
    until("the queue is empty", async || moto.count(&queue).await == (0, 0)).await;
    assert_eq!(bench.intake.offers(), 3, "it never left the hand");
    bench.stop().await;
}

async fn a_message_stays_hidden_while_the_store_is_slow(moto: &Moto) {
    let queue = moto.queue("slow").await;
    moto.send(&queue, &[notification(1)]).await;
    let intake = MemoryIntake::slow(Duration::from_secs(3));
    let bench = Bench::start(moto.source(&queue, 2).await, intake, 8, 2);
    until("it is stored", async || bench.intake.stored().len() == 1).await;
    until("the queue is empty", async || moto.count(&queue).await == (0, 0)).await;
    assert_eq!(bench.intake.offers(), 1, "the other receiver never saw it");
    bench.stop().await;
}

async fn a_queue_that_is_not_there_is_named(moto: &Moto) {
    let queue = format!("{}/123456789012/absent", moto.endpoint());
    let bench = Bench::start(moto.source(&queue, 60).await, MemoryIntake::default(), 8, 1);
    assert_eq!(bench.last_code().await, Code::QueueMissing);
    bench.stop().await;
}

/// Gives every request the same answer, and remembers where each was to go.
struct Stub {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Stub {
    async fn start(status: u16, body: &'static str) -> Stub {
        let asked = Arc::new(Mutex::new(Vec::new()));
        let remembered = asked.clone();
        let router = Router::new().fallback(async move |request: axum::extract::Request| {
            remembered.lock().unwrap().push(request.uri().to_string());
            let status = http::StatusCode::from_u16(status).unwrap();
            (status, [("content-type", "application/x-amz-json-1.0")], body).into_response()
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await });
        Stub { address, asked }
    }
}

async fn code_at(endpoint: &str) -> Code {
    let queue = Queue::new(&settings(endpoint, "https://sqs.test/1/q"), None).await.unwrap();
    let bench = Bench::start(queue, MemoryIntake::default(), 8, 1);
    let code = bench.last_code().await;
    bench.stop().await;
    code
}

#[tokio::test]
async fn refusals_are_told_apart() {
    let denied = r#"{"__type":"com.amazon.coral.service#AccessDeniedException","message":"no"}"#;
    let throttled = r#"{"__type":"com.amazonaws.sqs#KmsThrottled","message":"slowly"}"#;
    for (body, expected) in [(denied, Code::QueueAccessDenied), (throttled, Code::QueueFailed)] {
        let stub = Stub::start(400, body).await;
        assert_eq!(code_at(&format!("http://{}", stub.address)).await, expected, "{body}");
    }
    let gone = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    assert_eq!(code_at(&format!("http://{gone}")).await, Code::QueueUnreachable);
}

#[tokio::test]
async fn calls_go_through_the_proxy_but_not_to_this_machine() {
    let (proxy, local) = (Stub::start(200, "{}").await, Stub::start(200, "{}").await);
    let proxy_url = Url::parse(&format!("http://{}", proxy.address)).unwrap();
    let here = format!("http://{}", local.address);
    for endpoint in ["http://sqs.test", &here] {
        let queue = Queue::new(&settings(endpoint, "https://sqs.test/1/q"), Some(&proxy_url)).await.unwrap();
        assert!(queue.receive().await.unwrap().is_empty());
    }
    assert_eq!(*proxy.asked.lock().unwrap(), ["http://sqs.test/"]);
    assert_eq!(local.asked.lock().unwrap().len(), 1);
    let unusable = Url::parse("socks5://127.0.0.1:1080").unwrap();
    assert!(Queue::new(&settings(&here, "https://sqs.test/1/q"), Some(&unusable)).await.is_err());
}
