//! Access tokens: one at a time, in time, and what happens when there is none.

use std::sync::Arc;

use futures::future::join_all;
use http::StatusCode;
use serde_json::Value;

use super::bench::{AMAZON, Bench, gateway, order};
use crate::clock::SystemClock;
use crate::gateway::{GATEWAY_CODE, GatewayCode, Patience};
use crate::limits::Limits;

const EXPIRED: &str = r#"{"errors":[{"code":"Unauthorized","message":"Access to requested resource is denied.","details":"The access token you provided has expired."}]}"#;
const ROLE_MISSING: &str = r#"{"errors":[{"code":"Unauthorized","message":"Access to requested resource is denied.","details":""}]}"#;

#[tokio::test]
async fn callers_at_the_same_time_share_one_fetch() {
    let bench = Bench::start().await;
    let held_back = bench.lwa.permits.forget_permits(usize::MAX);
    let callers: Vec<_> = (0..20)
        .map(|_| {
            let gateway = Arc::clone(&bench.gateway);
            tokio::spawn(async move { gateway.send(order(), Patience::default()).await })
        })
        .collect();
    // Everyone is waiting once the endpoint has been asked and the callers have had their turn.
    while bench.token_fetches() == 0 {
        tokio::task::yield_now().await;
    }
    bench.lwa.permits.add_permits(held_back);
    for response in join_all(callers).await {
        assert_eq!(response.unwrap().unwrap().status(), StatusCode::OK);
    }
    assert_eq!(bench.token_fetches(), 1);
    assert_eq!(bench.upstream.calls().len(), 20);
}

#[tokio::test]
async fn the_fetch_outlives_the_caller_that_began_it() {
    let bench = Bench::start().await;
    let held_back = bench.lwa.permits.forget_permits(usize::MAX);
    let gateway = Arc::clone(&bench.gateway);
    let first = tokio::spawn(async move { gateway.send(order(), Patience::default()).await });
    while bench.token_fetches() == 0 {
        tokio::task::yield_now().await;
    }
    first.abort();
    assert!(first.await.unwrap_err().is_cancelled());
    bench.lwa.permits.add_permits(held_back);
    assert_eq!(bench.send(order()).await.unwrap().status(), StatusCode::OK);
    assert_eq!(bench.token_fetches(), 1);
}

#[tokio::test]
async fn a_token_is_renewed_a_minute_before_it_expires() {
    let bench = Bench::start().await;
    bench.send(order()).await.unwrap();
    bench.clock.advance_ms(3_539_999);
    bench.send(order()).await.unwrap();
    assert_eq!(bench.token_fetches(), 1);
    bench.clock.advance_ms(1);
    bench.send(order()).await.unwrap();
    assert_eq!(bench.token_fetches(), 2);
    assert_eq!(bench.upstream.calls()[2].header("x-amz-access-token"), Some("Atza|token-2"));
}

#[tokio::test]
async fn the_request_is_the_documented_form() {
    let bench = Bench::start().await;
    bench.send(order()).await.unwrap();
    let asked = bench.lwa.only_call();
    assert_eq!(asked.path_and_query, "/auth/o2/token");
    assert_eq!(
        asked.body_text(),
        "grant_type=refresh_token&refresh_token=Atzr%7Crefresh-token\
         &client_id=amzn1.application-oa2-client.example&client_secret=client-secret-1"
    );
    assert!(asked.header("content-type").unwrap().starts_with("application/x-www-form-urlencoded"));
}

#[tokio::test]
async fn a_refused_token_is_replaced_and_a_read_repeated_once() {
    let bench = Bench::start().await;
    bench.upstream.answer_next(StatusCode::FORBIDDEN, EXPIRED);
    assert_eq!(bench.send(order()).await.unwrap().status(), StatusCode::OK);
    let tokens: Vec<_> = bench
        .upstream
        .calls()
        .iter()
        .map(|call| call.header("x-amz-access-token").unwrap().to_owned())
        .collect();
    assert_eq!(tokens, ["Atza|token-1", "Atza|token-2"]);

    for _ in 0..2 {
        bench.upstream.answer_next(StatusCode::UNAUTHORIZED, EXPIRED);
    }
    assert_eq!(bench.send(order()).await.unwrap().status(), StatusCode::UNAUTHORIZED, "once, not for ever");
    assert_eq!(bench.upstream.calls().len(), 4);
}

#[tokio::test]
async fn a_write_is_not_repeated_but_the_next_call_has_a_new_token() {
    let bench = Bench::start().await;
    let mut write = order();
    *write.method_mut() = http::Method::POST;
    bench.upstream.answer_next(StatusCode::FORBIDDEN, EXPIRED);
    assert_eq!(bench.send(write).await.unwrap().status(), StatusCode::FORBIDDEN);
    assert_eq!(bench.upstream.calls().len(), 1);
    bench.send(order()).await.unwrap();
    assert_eq!(bench.upstream.calls()[1].header("x-amz-access-token"), Some("Atza|token-2"));
}

#[tokio::test]
async fn a_missing_role_is_the_upstreams_answer_and_keeps_the_token() {
    let bench = Bench::start().await;
    bench.upstream.answer_next(StatusCode::FORBIDDEN, ROLE_MISSING);
    let response = bench.send(order()).await.unwrap();
    assert_eq!(response.status(), StatusCode::FORBIDDEN);
    assert!(!response.headers().contains_key(GATEWAY_CODE));
    bench.send(order()).await.unwrap();
    assert_eq!(bench.token_fetches(), 1);
}

#[tokio::test]
async fn the_gateway_answers_when_there_is_no_token() {
    let oauth = |error: &str| format!(r#"{{"error":"{error}","error_description":"About {error}"}}"#);
    for (status, body, expected_status, code) in [
        (StatusCode::BAD_REQUEST, oauth("invalid_grant"), 401, GatewayCode::RefreshTokenRefused),
        (StatusCode::UNAUTHORIZED, oauth("invalid_client"), 401, GatewayCode::ClientRefused),
        (StatusCode::BAD_REQUEST, oauth("unauthorized_client"), 401, GatewayCode::ClientRefused),
        (StatusCode::BAD_REQUEST, oauth("invalid_request"), 401, GatewayCode::TokenRequestRefused),
        (StatusCode::BAD_REQUEST, oauth("temporarily_unavailable"), 503, GatewayCode::TokenEndpointBusy),
        (StatusCode::TOO_MANY_REQUESTS, String::new(), 503, GatewayCode::TokenEndpointBusy),
        (StatusCode::INTERNAL_SERVER_ERROR, "<html>".to_owned(), 503, GatewayCode::TokenEndpointBusy),
        (StatusCode::OK, "<html>".to_owned(), 503, GatewayCode::TokenAnswerUnreadable),
        (StatusCode::FOUND, String::new(), 503, GatewayCode::TokenAnswerUnreadable),
    ] {
        let bench = Bench::start().await;
        bench.lwa.answer_next(status, &body);
        let response = bench.send(order()).await.unwrap();
        assert_eq!(response.status().as_u16(), expected_status, "{body}");
        assert_eq!(response.headers()[GATEWAY_CODE], code.code());
        assert_eq!(response.headers()["content-type"], "application/problem+json");
        let problem: Value = serde_json::from_slice(response.body()).unwrap();
        assert_eq!(problem["status"], expected_status);
        assert_eq!(problem["code"], code.code());
        assert_eq!(problem["title"], code.title());
        assert!(problem["detail"].as_str().unwrap().contains(code.remedy()), "{problem}");
        assert_eq!(bench.upstream.calls().len(), 0);
        assert_eq!(bench.send(order()).await.unwrap().status(), StatusCode::OK, "a failure is not kept");
    }
}

#[tokio::test]
async fn an_unreachable_token_endpoint_is_told_apart() {
    // A port that was free a moment ago refuses connections.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let token_endpoint = format!("http://{free}/auth/o2/token");
    let gateway =
        gateway(&format!("https://{AMAZON}"), &token_endpoint, Arc::new(SystemClock), Limits::default());
    let response = gateway.send(order(), Patience::default()).await.unwrap();
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(response.headers()[GATEWAY_CODE], GatewayCode::TokenEndpointUnreachable.code());
}
