//! What a plugin can see and reach: nothing of the machine, and of the network what its connection grants.

use std::io::ErrorKind;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use host_harness::engine::HostCallKind;
use tracing_subscriber::filter::LevelFilter;

use super::{AMAZON, NOWHERE, connection, deliver, said, store};

#[tokio::test]
async fn environment_arguments_and_input_are_empty() {
    let report = deliver(&connection(&store(), "", NOWHERE), "surroundings").await;
    assert_eq!(said(&report), "0 variables, 0 arguments, input Ok(0)");
}

#[tokio::test]
async fn what_the_plugin_logs_and_prints_is_kept_without_secrets() {
    crate::logging::offer_every_line();
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
async fn what_happens_in_a_call_is_logged_inside_of_its_delivery() {
    crate::logging::offer_every_line();
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    let writer = Arc::new(file.reopen().expect("the file is there"));
    let subscriber =
        tracing_subscriber::fmt().with_max_level(LevelFilter::DEBUG).with_ansi(false).with_writer(writer);
    let guard = tracing::subscriber::set_default(subscriber.finish());
    deliver(&connection(&store(), "", NOWHERE), "http GET example.com /orders/2026-01-01/orders/1").await;
    drop(guard);
    let text = std::fs::read_to_string(file.path()).expect("a log");
    let line = text.lines().find(|line| line.contains("call refused")).expect("the refusal is logged");
    let (delivery, call) = line.split_once("host_call{").expect("it is inside of its call");
    assert!(
        delivery.contains("delivery{connection=acme-uk") && delivery.contains("event_id=\"event-1\""),
        "{line}"
    );
    assert!(call.contains("number=1") && call.contains("kind=\"http\""), "{line}");
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
