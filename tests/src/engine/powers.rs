//! What a plugin can see and reach: nothing of the machine, and of the network what its connection grants.

use std::io::ErrorKind;
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use host_harness::engine::HostCallKind;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
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

/// Amazon and its token endpoint in one: grants every token, and gives the requests that it saw besides.
async fn amazon(listener: TcpListener, seen: Arc<Mutex<Vec<String>>>) {
    let listener = tokio::net::TcpListener::from_std(listener).expect("the listener does not block");
    loop {
        let (mut stream, _) = listener.accept().await.expect("a connection");
        let request = read_request(&mut stream).await;
        let answer = match request.contains("/auth/o2/token") {
            true => r#"{"access_token":"Atza|1","token_type":"bearer","expires_in":3600}"#,
            false => "{}",
        };
        if answer == "{}" {
            seen.lock().expect("no holder of this lock can panic").push(request);
        }
        let head =
            format!("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", answer.len());
        stream.write_all((head + answer).as_bytes()).await.expect("the gateway reads the answer");
    }
}

/// One request whose length is announced.
async fn read_request(stream: &mut tokio::net::TcpStream) -> String {
    let (mut request, mut buffer) = (String::new(), [0; 4096]);
    loop {
        let read = stream.read(&mut buffer).await.expect("the gateway sends a request");
        request += std::str::from_utf8(&buffer[..read]).expect("these requests are text");
        let Some((head, body)) = request.split_once("\r\n\r\n") else { continue };
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        if length.is_none_or(|length| length.parse() == Ok(body.len())) {
            return request;
        }
    }
}

#[tokio::test]
async fn a_change_leaves_the_component_as_it_was_written_and_reaches_amazon_so() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.set_nonblocking(true).expect("a listener for a runtime");
    let address = listener.local_addr().expect("an address").to_string();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let server = tokio::spawn(amazon(listener, Arc::clone(&seen)));
    let grant = format!(
        "\n[[grants.http]]\nhost = \"{AMAZON}\"\nmethods = [\"PATCH\", \"PUT\"]\npaths = [\"/listings/2021-08-01/items/*/*\"]\n"
    );
    let connection = connection(&store(), &grant, &address);
    let path = "/listings/2021-08-01/items/A1/SK%2FU%20%c3%a9?marketplaceIds=A1F83G8C2ARO7P";
    for method in ["PATCH", "PUT"] {
        let body = format!(r#"{{"by":"{method}"}}"#);
        let report = deliver(&connection, &format!("http {method} {AMAZON} {path} {body}")).await;
        assert_eq!(said(&report), "200");
        let request = seen.lock().expect("no holder of this lock can panic").pop().expect("it arrived");
        assert!(request.starts_with(&format!("{method} {path} HTTP/1.1\r\n")), "{request}");
        assert!(request.ends_with(&format!("\r\n\r\n{body}")), "{request}");
    }
    assert_eq!(
        said(&deliver(&connection, &format!("http DELETE {AMAZON} {path}")).await),
        "ErrorCode::HttpRequestDenied"
    );
    assert_eq!(seen.lock().expect("no holder of this lock can panic").len(), 0);
    server.abort();
}
