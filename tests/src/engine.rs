//! The engine's limits, tried with a component that breaks them on purpose (`tests/guest`).
//!
//! Whatever a plugin does, it costs its event one attempt and nothing else: the next delivery to the same
//! host works, and the state holds what it held. Deliberately absent: what an event means.

use std::io::ErrorKind;
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use host_harness::artifact::{build_package, workspace};
use host_harness::clock::{Clock, ManualClock};
use host_harness::code::Code;
use host_harness::connection::Connection;
use host_harness::engine::{
    CallError, Delivery, Export, HostCallKind, Moment, PluginEngine, PluginError, Source,
};
use host_harness::limits::INSTANCES;
use host_harness::store::MemoryStore;
use host_harness::{ConnectionRuntime, DeliveryReport, Host};
use tracing_subscriber::filter::LevelFilter;

use crate::stage::Recorder;

const CONNECTION: &str = r#"connection = "acme-uk"

[amazon]
region = "eu"
endpoint = "http://{upstream}"
token-endpoint = "http://{upstream}/auth/o2/token"
client-id = { env = "AMAZON_CLIENT_ID" }
client-secret = { env = "AMAZON_CLIENT_SECRET" }
refresh-token = { env = "AMAZON_REFRESH_TOKEN" }

[kashflow]
endpoint = "http://{upstream}/api/service.asmx"
user-name = { env = "KASHFLOW_USER_NAME" }
password = { env = "KASHFLOW_PASSWORD" }

[[grants.http]]
host = "sellingpartnerapi-eu.amazon.com"
methods = ["GET"]
paths = ["/orders/2026-01-01/orders/*"]

[limits]
"#;

const AMAZON: &str = "sellingpartnerapi-eu.amazon.com";

/// Nobody listens there: port 1 is reserved.
const NOWHERE: &str = "127.0.0.1:1";

/// Set in the child process that has too little address space for a pool: where the guest lies.
const WITHOUT_POOL: &str = "GUEST_FOR_AN_ENGINE_WITHOUT_POOL";

fn component() -> &'static [u8] {
    static COMPONENT: OnceLock<Vec<u8>> = OnceLock::new();
    COMPONENT.get_or_init(|| build_package("guest", &[], |_| {}).unwrap_or_else(|error| panic!("{error}")))
}

fn engine() -> PluginEngine {
    PluginEngine::new(Some(workspace().join("target/plugin/cache"))).expect("the engine starts")
}

/// One host for all tests: what one delivery breaks, another one would notice.
fn host() -> &'static Host {
    static HOST: OnceLock<Host> = OnceLock::new();
    HOST.get_or_init(|| Host::new(&engine(), component()).expect("the guest is a plugin"))
}

fn store() -> Arc<MemoryStore> {
    Arc::new(MemoryStore::new(clock()))
}

fn clock() -> Arc<dyn Clock> {
    Arc::new(ManualClock::at(chrono::DateTime::UNIX_EPOCH))
}

fn connection(store: &Arc<MemoryStore>, limits: &str, upstream: &str) -> ConnectionRuntime {
    let text = CONNECTION.replace("{upstream}", upstream) + limits;
    let credential = |name: &str| Some(format!("the-secret-{name}"));
    let connection = Connection::from_text(&text, Path::new(""), credential);
    let connection = connection.unwrap_or_else(|error| panic!("{error}"));
    ConnectionRuntime::with_store(&connection, Arc::clone(store), clock())
}

async fn deliver_to(host: &Host, connection: &ConnectionRuntime, script: &str) -> DeliveryReport {
    let delivery = Delivery {
        event_id: "event-1".to_owned(),
        source: Source::AmazonNotification,
        content_type: "text/plain".to_owned(),
        occurred_at: None,
        attempt: 1,
        body: script.as_bytes().to_vec(),
    };
    host.deliver(connection, Export::OnOrder, &delivery).await
}

async fn deliver(connection: &ConnectionRuntime, script: &str) -> DeliveryReport {
    deliver_to(host(), connection, script).await
}

/// What the guest says of a script that it finished.
fn said(report: &DeliveryReport) -> &str {
    match &report.result {
        Ok(Ok(outcome)) => &outcome.findings[0].message,
        other => panic!("the guest did not finish: {other:?}"),
    }
}

async fn keys(connection: &ConnectionRuntime) -> Vec<String> {
    connection.state.list_keys(&connection.name, "", None, 1000).await.expect("the store works")
}

/// Runs a script that must not finish between two that must, and gives the error and the host calls of it.
async fn breaks(limits: &str, script: &str) -> (CallError, usize) {
    let store = store();
    let connection_without_limits = connection(&store, "", NOWHERE);
    assert_eq!(said(&deliver(&connection_without_limits, "create before").await), "Ok(1)");
    let report = deliver(&connection(&store, limits, NOWHERE), script).await;
    let error = report.result.expect_err("the script breaks a limit");
    let next = deliver(&connection_without_limits, "get before absent").await;
    assert_eq!(said(&next), r#"Ok(Some("by the guest")) Ok(None)"#);
    assert_eq!(next.host_calls.len(), 2, "the calls of a delivery are its own");
    // Revisions count over the whole store: nothing was written in between.
    assert_eq!(said(&deliver(&connection_without_limits, "create after").await), "Ok(2)");
    assert_eq!(keys(&connection_without_limits).await, ["after", "before"]);
    (error, report.host_calls.len())
}

#[tokio::test]
async fn a_crash_ends_with_its_delivery() {
    let (error, calls) = breaks("", "panic as told").await;
    assert!(matches!(&error, CallError::Trapped { message } if message.contains("unreachable")), "{error}");
    assert_eq!((error.code(), calls), (Code::PluginTrapped, 0));
}

#[tokio::test]
async fn an_exit_ends_the_plugin_and_not_the_host() {
    let (error, calls) = breaks("", "exit").await;
    assert!(matches!(&error, CallError::Trapped { message } if message.contains("exit")), "{error}");
    assert_eq!((error.code(), calls), (Code::PluginTrapped, 0));
}

#[tokio::test]
async fn an_endless_loop_ends_when_its_time_is_over() {
    let (error, calls) = breaks("wall-time-ms = 100", "loop").await;
    assert!(matches!(error, CallError::TimeLimit { limit_ms: 100 }), "{error}");
    assert_eq!((error.code(), calls), (Code::PluginTimeLimit, 0));
}

#[tokio::test]
async fn memory_ends_at_its_limit() {
    let (error, calls) = breaks("memory-bytes = 16_777_216", "grow").await;
    assert!(matches!(error, CallError::OutOfMemory { limit_bytes: 16_777_216 }), "{error}");
    assert_eq!((error.code(), calls), (Code::PluginOutOfMemory, 0));
}

#[tokio::test]
async fn one_host_call_too_many_is_not_carried_out() {
    let (error, calls) = breaks("host-calls = 3", "get a b c d").await;
    assert!(matches!(error, CallError::HostCallLimit { limit: 3 }), "{error}");
    assert_eq!((error.code(), calls), (Code::PluginHostCallLimit, 3));
    let enough = deliver(&connection(&store(), "host-calls = 3", NOWHERE), "get a b c").await;
    assert_eq!(said(&enough), "Ok(None) Ok(None) Ok(None)");
}

#[tokio::test]
async fn an_empty_key_breaks_the_contract() {
    // The word after the space is the key.
    let (error, calls) = breaks("", "create ").await;
    assert!(matches!(&error, CallError::BrokeContract { reason } if reason.contains("state key")), "{error}");
    assert_eq!((error.code(), calls), (Code::PluginBrokeContract, 0));
}

#[tokio::test]
async fn a_crash_gives_its_place_in_the_pool_back() {
    let connection = connection(&store(), "", NOWHERE);
    for _ in 0..=INSTANCES {
        let error = deliver(&connection, "panic as told").await.result.expect_err("a panic");
        assert_eq!(error.code(), Code::PluginTrapped);
    }
    assert_eq!(said(&deliver(&connection, "create after").await), "Ok(1)");
}

#[tokio::test]
async fn environment_arguments_and_input_are_empty() {
    let report = deliver(&connection(&store(), "", NOWHERE), "surroundings").await;
    assert_eq!(said(&report), "0 variables, 0 arguments, input Ok(0)");
}

#[tokio::test]
async fn what_the_plugin_logs_and_prints_is_kept_without_secrets() {
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    let writer = Arc::new(file.reopen().expect("the file is there"));
    let subscriber =
        tracing_subscriber::fmt().with_max_level(LevelFilter::DEBUG).with_ansi(false).with_writer(writer);
    let guard = tracing::subscriber::set_default(subscriber.finish());
    let connection = connection(&store(), "", NOWHERE);
    let logged = deliver(&connection, "log it is the-secret-KASHFLOW_PASSWORD there").await;
    assert_eq!((said(&logged), logged.host_calls.len()), ("logged", 0));
    deliver(&connection, "panic over the-secret-AMAZON_REFRESH_TOKEN again")
        .await
        .result
        .expect_err("a panic");
    drop(guard);
    let text = std::fs::read_to_string(file.path()).expect("a log");
    let is_there = |parts: [&str; 3]| text.lines().any(|line| parts.iter().all(|part| line.contains(part)));
    assert!(is_there(["WARN", "it is [redacted] there", "acme-uk"]), "{text}");
    assert!(is_there(["DEBUG", "over [redacted] again", "stderr"]), "{text}");
    assert!(!text.contains("the-secret-"), "{text}");
}

#[tokio::test]
async fn a_call_that_is_not_granted_is_denied_and_reaches_nobody() {
    let upstream = TcpListener::bind("127.0.0.1:0").expect("a free port");
    upstream.set_nonblocking(true).expect("a listener that can be asked");
    let address = upstream.local_addr().expect("an address").to_string();
    let connection = connection(&store(), "", &address);
    for call in [
        "http GET example.com /orders/2026-01-01/orders/1".to_owned(),
        format!("http GET {AMAZON} /sellers/v1/account"),
        format!("http DELETE {AMAZON} /orders/2026-01-01/orders/1"),
    ] {
        let report = deliver(&connection, &call).await;
        assert_eq!(said(&report), "ErrorCode::HttpRequestDenied", "{call}");
        assert_eq!(report.host_calls[0].call.kind, HostCallKind::Http);
        // A connection to loopback waits here from the moment in which it is made.
        let reached = upstream.accept().map(|(_, from)| from).map_err(|error| error.kind());
        assert_eq!(reached, Err(ErrorKind::WouldBlock), "{call}");
    }
    let upstream = tokio::net::TcpListener::from_std(upstream).expect("the same listener");
    let granted = format!("http GET {AMAZON} /orders/2026-01-01/orders/1");
    let (report, reached) = tokio::join!(deliver(&connection, &granted), async {
        // Hangs up at once: that it was called is enough.
        tokio::time::timeout(Duration::from_secs(30), upstream.accept()).await.map(drop)
    });
    assert!(reached.is_ok() && said(&report) != "ErrorCode::HttpRequestDenied", "{report:?}");
}

#[tokio::test]
async fn an_observer_ends_a_delivery_before_or_after_any_of_its_calls() {
    let order = ["a", "b", "c"];
    for number in 1..=3 {
        for (moment, done) in [(Moment::BeforeTheCall, number - 1), (Moment::AfterTheCall, number)] {
            let recorder = Arc::new(Recorder::default());
            let connection = connection(&store(), "", NOWHERE).with_observer(recorder.clone());
            recorder.crash_at(Some((number as u32, moment)));
            let report = deliver(&connection, "create a b c").await;
            let error = report.result.expect_err("it was stopped");
            assert_eq!(error.code(), Code::PluginStopped);
            let call = format!("{number} state-create {}", order[number - 1]);
            assert_eq!(error.to_string(), format!("the instance was stopped {moment} the call {call}"));
            let answered: Vec<bool> = report.host_calls.iter().map(|call| call.answer.is_some()).collect();
            assert_eq!(answered, (1..=number).map(|call| call < number).collect::<Vec<_>>());
            assert_eq!(keys(&connection).await, order[..done]);

            recorder.crash_at(None);
            deliver(&connection, "create a b c")
                .await
                .result
                .expect("it is not stopped")
                .expect("an outcome");
            assert_eq!(keys(&connection).await, order);
        }
    }
}

#[test]
fn a_plugin_that_asks_for_files_and_sockets_is_refused() {
    let bytes = build_package("guest", &["excess"], |_| {}).unwrap_or_else(|error| panic!("{error}"));
    let error = Host::new(&engine(), &bytes).expect_err("nobody is given files and sockets");
    assert_eq!(error.code(), Code::PluginImports);
    let message = error.to_string();
    let PluginError::Imports { excess } = error else { panic!("{message}") };
    for name in ["wasi:filesystem/preopens@0.2.", "wasi:filesystem/types@0.2.", "wasi:sockets/tcp@0.2."] {
        assert!(excess.iter().any(|import| import.starts_with(name)) && message.contains(name), "{message}");
    }
    let in_excess =
        |import: &String| import.starts_with("wasi:filesystem/") || import.starts_with("wasi:sockets/");
    assert!(excess.iter().all(in_excess), "{message}");
}

#[test]
fn a_file_that_is_no_component_is_refused() {
    let half = &component()[..component().len() / 2];
    // The third is the smallest core module: WebAssembly, and no component.
    for file in [b"" as &[u8], b"connection = \"acme-uk\"", b"\0asm\x01\0\0\0", half] {
        let error = Host::new(&engine(), file).expect_err("no component");
        assert_eq!(error.code(), Code::PluginNotLoadable);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_deliveries_at_once_do_not_disturb_one_another() {
    let connection = connection(&store(), "", NOWHERE);
    let deliveries: Vec<_> = (0..50)
        .map(|number| {
            let connection = connection.clone();
            let script = match number % 5 {
                0 => "panic as told".to_owned(),
                _ => format!("create order/{number:02} shared"),
            };
            tokio::spawn(async move { deliver(&connection, &script).await })
        })
        .collect();
    let (mut crashed, mut first) = (0, 0);
    for delivery in deliveries {
        let report = delivery.await.expect("the host does not panic");
        if report.result.is_err() {
            crashed += 1;
            continue;
        }
        let (own, shared) = said(&report).split_once(' ').expect("two answers");
        assert!(own.starts_with("Ok"), "{own}");
        first += usize::from(shared.starts_with("Ok"));
        let numbers: Vec<u32> = report.host_calls.iter().map(|record| record.call.number).collect();
        assert_eq!(numbers, [1, 2]);
    }
    assert_eq!((crashed, first, keys(&connection).await.len()), (10, 1, 41));
}

/// The test starts itself once more, with 64 GiB of address space: enough for everything but the pool.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn without_room_for_a_pool_each_instance_is_allocated_when_needed() {
    if let Some(guest) = std::env::var_os(WITHOUT_POOL) {
        return runs_without_pool(&std::fs::read(guest).expect("the guest")).await;
    }
    let guest = tempfile::NamedTempFile::new().expect("a temporary file");
    std::fs::write(guest.path(), component()).expect("a writable file");
    let output = Command::new("bash")
        .args(["-c", r#"ulimit -v 67108864 && exec "$0" "$@""#])
        .arg(std::env::current_exe().expect("this program"))
        .args(["--exact", "engine::without_room_for_a_pool_each_instance_is_allocated_when_needed"])
        .env(WITHOUT_POOL, guest.path())
        .output()
        .expect("bash runs");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && text.contains("1 passed"), "{text}");
}

async fn runs_without_pool(guest: &[u8]) {
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    let writer = Arc::new(file.reopen().expect("the file is there"));
    let guard = tracing::subscriber::set_default(tracing_subscriber::fmt().with_writer(writer).finish());
    let host = Host::new(&engine(), guest).expect("the guest is a plugin");
    drop(guard);
    let log = std::fs::read_to_string(file.path()).expect("a log");
    assert!(log.contains("no pool of instances"), "{log}");
    let connection = connection(&store(), "", NOWHERE);
    let crash = deliver_to(&host, &connection, "panic as told").await.result.expect_err("a panic");
    assert_eq!(crash.code(), Code::PluginTrapped);
    assert_eq!(said(&deliver_to(&host, &connection, "create after").await), "Ok(1)");
}
