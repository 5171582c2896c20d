//! The gateway against servers on loopback.

mod bench;
mod documents;
mod egress;
mod exchanges;
mod feeds;
mod listings;
mod resilience;
mod secrecy;
mod tokens;

use http::StatusCode;

use self::bench::{Bench, get, soap};
use super::{GATEWAY_CODE, GatewayCode};

#[tokio::test]
async fn a_granted_call_goes_to_the_endpoint_with_token_and_user_agent() {
    let bench = Bench::start().await;
    let response = bench.send(get("/orders/2026-01-01/orders/026-1?includedData=BUYER")).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    let seen = bench.upstream.only_call();
    assert_eq!(seen.path_and_query, "/orders/2026-01-01/orders/026-1?includedData=BUYER");
    assert_eq!(seen.header("x-amz-access-token"), Some("Atza|token-1"));
    assert!(seen.header("user-agent").unwrap().starts_with("kashflow-amazon/"));
    assert_eq!(seen.header("host"), Some(bench.upstream.authority().as_str()));
}

#[tokio::test]
async fn a_soap_call_goes_to_the_endpoint_with_user_name_and_password_and_the_right_length() {
    let bench = Bench::start().await;
    bench.send(soap("GetCustomer", "<Code>A</Code>")).await.unwrap();
    let seen = bench.upstream.only_call();
    assert_eq!(seen.path_and_query, "/kashflow/service.asmx");
    let body = seen.body_text();
    assert!(
        body.contains("<UserName>bookkeeper</UserName><Password>p&amp;ss-word-1</Password><Code>A</Code>")
    );
    assert_eq!(seen.header("content-length"), Some(body.len().to_string().as_str()));
    assert_eq!(seen.header("x-amz-access-token"), None);
}

#[tokio::test]
async fn what_is_not_granted_is_not_sent() {
    let bench = Bench::start().await;
    let mut forbidden_header = get("/orders/2026-01-01/orders/026-1");
    forbidden_header.headers_mut().insert("x-amz-access-token", "mine".parse().unwrap());
    let mut without_action = soap("GetCustomer", "");
    without_action.headers_mut().remove("soapaction");
    for (request, code) in [
        (get("/reports/2021-06-30/reports"), GatewayCode::NotGranted),
        (get("/orders/2026-01-01/orders/../../../secret"), GatewayCode::UrlRefused),
        (forbidden_header, GatewayCode::HeaderRefused),
        (soap("DeleteInvoice", ""), GatewayCode::SoapActionNotGranted),
        (without_action, GatewayCode::SoapActionNotGranted),
        (soap("GetCustomer", "<UserName>x</UserName>"), GatewayCode::CredentialsInRequest),
        (soap("GetCustomer", "</broken>"), GatewayCode::NotSoap),
    ] {
        let subject = request.uri().clone();
        let error = bench.send(request).await.expect_err("refused");
        assert_eq!(error.code(), code, "{subject}");
        assert!(!error.may_have_arrived());
    }
    assert_eq!(bench.upstream.calls().len(), 0);
    assert_eq!(bench.token_fetches(), 0, "not even a token was asked for");
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_a_code_is_only_the_gateways() {
    let bench = Bench::start().await;
    let moved = bench.send(get("/orders/2026-01-01/orders/redirect")).await.unwrap();
    assert_eq!(moved.status(), StatusCode::FOUND);
    assert_eq!(moved.headers()["location"], "https://example.org/elsewhere");
    assert!(!moved.headers().contains_key(GATEWAY_CODE), "the upstream's header was taken out");
    assert_eq!(bench.upstream.calls().len(), 1);
}
