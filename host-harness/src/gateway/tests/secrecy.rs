//! No secret reaches the plugin, a log, or a debugging print.

use http::StatusCode;

use super::bench::{Bench, SECRETS, get, order, soap};
use crate::captured_log::Log;

fn assert_no_secret(text: &str) {
    for secret in SECRETS.into_iter().chain(["p&amp;ss-word-1", "Atzr%7Crefresh-token"]) {
        assert!(!text.contains(secret), "`{secret}` in: {text}");
    }
}

#[tokio::test]
async fn no_secret_is_logged_whatever_happens() {
    let (log, _guard) = Log::collect();
    let bench = Bench::start().await;
    bench.lwa.answer_next(
        StatusCode::BAD_REQUEST,
        r#"{"error":"invalid_grant","error_description":"Atzr|refresh-token of client-secret-1 is revoked"}"#,
    );
    let problem = bench.send(order()).await.unwrap();
    assert_no_secret(&String::from_utf8_lossy(problem.body()));

    bench.send(get("/orders/2026-01-01/orders/echo?email=buyer@example.com")).await.unwrap();
    bench.send(soap("GetCustomer", "<Email>buyer@example.com</Email>")).await.unwrap();
    bench.send(soap("GetCustomer", "<Password>p&amp;ss-word-1</Password>")).await.unwrap_err();
    bench.send(get("/not-granted?email=buyer@example.com")).await.unwrap_err();

    let text = log.text();
    assert!(text.contains("GW-0401") && text.contains("GW-0101") && text.contains("GW-0107"), "{text}");
    assert_no_secret(&text);
    assert!(!text.contains("buyer@example.com"), "neither query nor body is logged: {text}");
    assert!(!text.contains("bookkeeper"), "{text}");
}

#[tokio::test]
async fn a_secret_that_an_upstream_repeats_is_taken_out() {
    let bench = Bench::start().await;
    let response = bench.send(get("/orders/2026-01-01/orders/echo")).await.unwrap();
    assert_eq!(response.body(), "you sent [redacted] ");
    assert!(!response.headers().contains_key("content-length"), "the length is no longer that");

    let response = bench.send(soap("GetCustomer", "<Code>A</Code>")).await.unwrap();
    let text = String::from_utf8_lossy(response.body()).into_owned();
    assert_no_secret(&text);
    assert!(text.contains("<Password>[redacted]</Password><Code>A</Code>"), "{text}");
}

#[tokio::test]
async fn nothing_secret_is_printed_for_debugging() {
    let bench = Bench::start().await;
    bench.send(order()).await.unwrap();
    assert_no_secret(&format!("{:?}", bench.gateway));
}
