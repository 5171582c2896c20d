//! Exchanges that fail, each told apart by whether the request may have arrived.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, StatusCode};
use http_body_util::Full;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::bench::{Bench, gateway, soap};
use crate::clock::SystemClock;
use crate::gateway::{Bounds, Gateway, GatewayError, HttpClient, Patience, TransportError};
use crate::limits::Limits;

/// What a server does with a connection after it has read a request.
#[derive(Clone, Copy)]
enum Behaviour {
    Close,
    Say(&'static str),
    SayAndHold(&'static str),
}

async fn server(behaviour: Behaviour) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(behave(stream, behaviour));
        }
    });
    format!("http://{address}")
}

async fn behave(mut stream: TcpStream, behaviour: Behaviour) {
    let mut buffer = vec![0; 65_536];
    let _read = stream.read(&mut buffer).await;
    match behaviour {
        Behaviour::Close => {}
        Behaviour::Say(text) => stream.write_all(text.as_bytes()).await.unwrap(),
        Behaviour::SayAndHold(text) => {
            stream.write_all(text.as_bytes()).await.unwrap();
            // Until the client goes away.
            let _read = stream.read(&mut buffer).await;
        }
    }
}

fn limits() -> Limits {
    Limits { first_byte_timeout_ms: 100, total_timeout_ms: 150, ..Limits::default() }
}

/// A gateway to this address. The calls here are KashFlow's: they need no token.
fn gateway_to(endpoint: &str, limits: Limits) -> Gateway {
    gateway(endpoint, "http://127.0.0.1:9/", Arc::new(SystemClock), limits)
}

async fn failure(endpoint: &str) -> TransportError {
    let gateway = gateway_to(endpoint, limits());
    match gateway.send(soap("GetCustomer", ""), Patience::default()).await {
        Err(GatewayError::Transport(error)) => error,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_request_that_never_left() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    assert_eq!(failure(&format!("http://{free}")).await, TransportError::ConnectionRefused);
    assert!(!TransportError::ConnectionRefused.may_have_arrived());
    // A label has at most 63 characters, so no name service has to be asked.
    let name = format!("http://{}.example.org", "a".repeat(64));
    assert_eq!(failure(&name).await, TransportError::HostNotFound);
}

#[tokio::test]
async fn a_server_that_does_not_speak_tls() {
    let endpoint = server(Behaviour::Say("HTTP/1.1 400 Bad Request\r\n\r\n")).await;
    let error = failure(&endpoint.replace("http:", "https:")).await;
    assert!(matches!(error, TransportError::TlsFailed | TransportError::NoRootCertificates), "{error:?}");
    assert!(!error.may_have_arrived());
}

/// Time passes at once here: whatever waits, waits for a time-out.
#[tokio::test(start_paused = true)]
async fn a_secure_connection_that_is_never_made_was_not_sent() {
    // Connections are accepted by the machine, and nobody ever reads from them.
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("https://{}", silent.local_addr().unwrap());
    let gateway = gateway_to(&endpoint, Limits::default());
    let error = gateway.send(soap("GetCustomer", ""), Patience::default()).await.unwrap_err();
    let expected = [TransportError::ConnectionTimeout, TransportError::NoRootCertificates];
    assert!(expected.map(GatewayError::Transport).contains(&error), "{error:?}");
    assert!(!error.may_have_arrived());
}

#[tokio::test]
async fn a_request_that_may_have_arrived() {
    for (behaviour, expected) in [
        (Behaviour::Close, TransportError::ConnectionLost),
        (Behaviour::Say("HTTP/1.1 200 OK\r\ncontent-le"), TransportError::ConnectionLost),
        (Behaviour::Say("SSH-2.0-server\r\n\r\n"), TransportError::AnswerUnreadable),
        (
            Behaviour::Say("HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\nhalf"),
            TransportError::AnswerIncomplete,
        ),
        (
            Behaviour::Say("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n"),
            TransportError::AnswerIncomplete,
        ),
        (Behaviour::SayAndHold(""), TransportError::NoAnswerInTime),
        (
            Behaviour::SayAndHold("HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\nhalf"),
            TransportError::NoAnswerInTime,
        ),
    ] {
        let error = failure(&server(behaviour).await).await;
        assert_eq!(error, expected);
        assert!(error.may_have_arrived());
    }
}

#[tokio::test]
async fn head_and_body_may_come_in_pieces() {
    let endpoint = server(Behaviour::Say("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nwhole")).await;
    let response = gateway_to(&endpoint, limits()).send(soap("GetCustomer", ""), Patience::default()).await;
    assert_eq!(response.unwrap().body(), &Bytes::from_static(b"whole"));
}

#[tokio::test]
async fn the_plugin_may_be_less_patient_than_the_connection() {
    let endpoint = server(Behaviour::SayAndHold("")).await;
    let gateway = gateway_to(&endpoint, Limits::default());
    let patience = Patience { first_byte: Some(Duration::from_millis(20)) };
    let error = gateway.send(soap("GetCustomer", ""), patience).await.unwrap_err();
    assert_eq!(error, GatewayError::Transport(TransportError::NoAnswerInTime));
}

#[tokio::test]
async fn an_answer_that_stalls_is_given_up_before_its_whole_time_is_over() {
    let endpoint = server(Behaviour::SayAndHold("HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\nhalf")).await;
    let bounds = Bounds { read_timeout: Duration::from_millis(20), ..Bounds::of(&Limits::default()) };
    let request = Request::get(endpoint).body(Full::default()).unwrap();
    let error = HttpClient::new().exchange(request, bounds).await.unwrap_err();
    assert_eq!(error, TransportError::NoAnswerInTime);
}

#[tokio::test]
async fn an_answer_has_a_bound_announced_or_not() {
    let limits = Limits { response_bytes: 4, ..limits() };
    for (answer, expected) in [
        ("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nfour", Ok(())),
        ("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nfive!", Err(TransportError::AnswerTooLarge(4))),
        // The announcement is enough: nothing of the body has to come.
        ("HTTP/1.1 200 OK\r\ncontent-length: 5000000000\r\n\r\n", Err(TransportError::AnswerTooLarge(4))),
        (
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
            Err(TransportError::AnswerTooLarge(4)),
        ),
    ] {
        let endpoint = server(Behaviour::SayAndHold(answer)).await;
        let result = gateway_to(&endpoint, limits).send(soap("GetCustomer", ""), Patience::default()).await;
        assert_eq!(result.map(|_| ()), expected.map_err(GatewayError::Transport));
    }
}

#[tokio::test]
async fn a_request_has_a_bound_too() {
    let bench = Bench::with_limits(Limits { request_bytes: 100, ..limits() }).await;
    let error = bench.send(soap("GetCustomer", &"x".repeat(100))).await.unwrap_err();
    assert_eq!(error, GatewayError::Transport(TransportError::RequestTooLarge(100)));
    assert!(!error.may_have_arrived());
    assert_eq!(bench.upstream.calls().len(), 0);
}

#[tokio::test]
async fn a_connection_is_kept_for_the_next_call() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    // Accepts once only: a second connection would never be answered.
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut buffer = vec![0; 65_536];
        while stream.read(&mut buffer).await.is_ok_and(|read| read > 0) {
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").await.unwrap();
        }
    });
    let gateway = gateway_to(&endpoint, limits());
    for _ in 0..3 {
        let response = gateway.send(soap("GetCustomer", ""), Patience::default()).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
    }
}
