//! Products of the seller's at Amazon: named by SKUs that can hold anything, changed by PATCH and PUT.

use bytes::Bytes;
use http::{Method, Request, StatusCode};

use super::bench::{AMAZON, Bench};
use crate::gateway::GatewayCode;

const PATH: &str = "/listings/2021-08-01/items/A1EXAMPLE/SK%2FU%20%c3%a9%25";
const QUERY: &str = "?marketplaceIds=A1F83G8C2ARO7P&issueLocale=en_GB";

fn listing(method: Method, body: &'static str) -> Request<Bytes> {
    Request::builder()
        .method(method)
        .uri(format!("https://{AMAZON}{PATH}{QUERY}"))
        .header("content-type", "application/json")
        .body(Bytes::from_static(body.as_bytes()))
        .unwrap()
}

#[tokio::test]
async fn a_change_reaches_amazon_as_the_plugin_wrote_it() {
    let body = r#"{"productType":"PRODUCT","patches":[{"op":"replace","path":"/attributes/fulfillment_availability"}]}"#;
    for method in [Method::PATCH, Method::PUT] {
        let bench = Bench::start().await;
        let response = bench.send(listing(method.clone(), body)).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        let seen = bench.upstream.only_call();
        assert_eq!(
            (&seen.method, seen.path_and_query.as_str()),
            (&method, format!("{PATH}{QUERY}").as_str())
        );
        assert_eq!(seen.body_text(), body);
        assert_eq!(seen.header("content-type"), Some("application/json"));
        assert_eq!(seen.header("content-length"), Some(body.len().to_string().as_str()));
        assert_eq!(seen.header("x-amz-access-token"), Some("Atza|token-1"));
    }
}

#[tokio::test]
async fn a_change_is_not_sent_again_with_a_new_token() {
    let refused =
        r#"{"errors":[{"code":"Unauthorized","details":"The access token you provided has expired"}]}"#;
    for (method, calls) in [(Method::GET, 2), (Method::PATCH, 1), (Method::PUT, 1)] {
        let bench = Bench::start().await;
        bench.upstream.answer_next(StatusCode::FORBIDDEN, refused);
        bench.send(listing(method.clone(), "")).await.unwrap();
        assert_eq!(bench.upstream.calls().len(), calls, "{method}");
    }
}

#[tokio::test]
async fn what_is_granted_for_a_product_is_granted_for_no_other_method() {
    let bench = Bench::start().await;
    for method in [Method::DELETE, Method::POST] {
        let error = bench.send(listing(method, "")).await.unwrap_err();
        assert_eq!(error.code(), GatewayCode::NotGranted);
    }
    assert_eq!(bench.upstream.calls().len(), 0);
}
