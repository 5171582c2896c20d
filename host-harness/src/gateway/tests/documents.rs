//! Documents of reports: fetched for the plugin, which never sees where they are.

use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response, StatusCode};

use super::bench::{AMAZON, Bench, KASHFLOW, Server, get};
use crate::captured_log::Log;
use crate::gateway::{
    BreakerThresholds, DOCUMENT_HOSTS, GATEWAY_CODE, Gateway, GatewayCode, Patience, REPORT_DOCUMENT_HOST,
    Resilience, Unobserved,
};
use crate::limits::Limits;

const SIGNATURE: &str = "5e0fa9c1d2";

fn ask() -> Request<Bytes> {
    get("/reports/2021-06-30/documents/amzn1.spdoc.1%2F2")
}

fn fetch(path: &str) -> Request<Bytes> {
    Request::get(format!("https://{REPORT_DOCUMENT_HOST}{path}")).body(Bytes::new()).unwrap()
}

/// The next answer of Amazon has a link to the server of this address.
fn announce(bench: &Bench, authority: &str) {
    let link = format!("http://{authority}/bucket/1?X-Amz-Expires=300&X-Amz-Signature={SIGNATURE}");
    let body =
        format!(r#"{{"compressionAlgorithm":"GZIP","reportDocumentId":"amzn1.spdoc.1/2","url":"{link}"}}"#);
    bench.upstream.answer_next(StatusCode::OK, &body);
}

fn text(response: &Response<Bytes>) -> String {
    String::from_utf8_lossy(response.body()).into_owned()
}

#[tokio::test]
async fn a_document_is_fetched_by_its_id_and_without_a_token() {
    let (log, _guard) = Log::collect();
    let (bench, documents) =
        (Bench::start().await, Server::start(|_, _| Response::new("a file".into())).await);
    announce(&bench, &documents.authority());
    let told = bench.send(ask()).await.unwrap();
    let link = format!("https://{REPORT_DOCUMENT_HOST}/amzn1.spdoc.1%2F2");
    let expected =
        format!(r#"{{"compressionAlgorithm":"GZIP","reportDocumentId":"amzn1.spdoc.1/2","url":"{link}"}}"#);
    assert_eq!(text(&told), expected);
    assert!(!told.headers().contains_key("content-length"));

    for _ in 0..2 {
        let file = bench.send(fetch("/amzn1.spdoc.1%2F2")).await.unwrap();
        assert_eq!((file.status(), text(&file).as_str()), (StatusCode::OK, "a file"));
    }
    let seen = documents.calls();
    assert_eq!(seen.len(), 2);
    assert_eq!(seen[0].path_and_query, format!("/bucket/1?X-Amz-Expires=300&X-Amz-Signature={SIGNATURE}"));
    assert_eq!(seen[0].header("x-amz-access-token"), None);
    assert_eq!(seen[0].header("host"), Some(documents.authority().as_str()));
    assert!(!log.text().contains(SIGNATURE), "{}", log.text());
    assert!(log.text().contains("/amzn1.spdoc.1%2F2"), "{}", log.text());
}

#[tokio::test]
async fn what_was_not_announced_is_not_fetched() {
    let bench = Bench::start().await;
    announce(&bench, &bench.upstream.authority());
    bench.send(ask()).await.unwrap();
    for path in ["/amzn1.spdoc.1", "/amzn1.spdoc.1%2F2?x=1", "/another"] {
        let answer = bench.send(fetch(path)).await.unwrap();
        assert_eq!(answer.status(), StatusCode::GONE, "{path}");
        assert_eq!(answer.headers()[GATEWAY_CODE], GatewayCode::DocumentLinkUnknown.code());
    }
    let mut with_token = fetch("/amzn1.spdoc.1%2F2");
    with_token.headers_mut().insert("x-amz-access-token", "mine".parse().unwrap());
    let mut written = fetch("/amzn1.spdoc.1%2F2");
    *written.method_mut() = http::Method::POST;
    for (request, code) in [(with_token, GatewayCode::HeaderRefused), (written, GatewayCode::NoRoute)] {
        assert_eq!(bench.send(request).await.unwrap_err().code(), code);
    }
    assert_eq!(bench.upstream.calls().len(), 1, "only the announcement");
}

#[tokio::test]
async fn a_redirect_and_a_refusal_are_answers_and_a_document_has_a_bound() {
    let bench = Bench::with_limits(Limits { response_bytes: 300, ..Limits::default() }).await;
    let documents = Server::start(|_, _| {
        let answer = Response::builder()
            .status(302)
            .header("location", "https://example.org/")
            .header("set-cookie", "a=b");
        answer.body("".into()).unwrap()
    })
    .await;
    announce(&bench, &documents.authority());
    bench.send(ask()).await.unwrap();
    let moved = bench.send(fetch("/amzn1.spdoc.1%2F2")).await.unwrap();
    assert_eq!(moved.status(), StatusCode::FOUND);
    assert!(!moved.headers().contains_key("set-cookie"));

    let refusal =
        format!("<Error><Code>AccessDenied</Code><SignatureProvided>{SIGNATURE}</SignatureProvided></Error>");
    documents.answer_next(StatusCode::FORBIDDEN, &refusal);
    let refused = bench.send(fetch("/amzn1.spdoc.1%2F2")).await.unwrap();
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    assert_eq!(text(&refused), refusal.replace(SIGNATURE, "[redacted]"));
    assert!(!refused.headers().contains_key(GATEWAY_CODE));

    documents.answer_next(StatusCode::OK, &"x".repeat(301));
    let error = bench.send(fetch("/amzn1.spdoc.1%2F2")).await.unwrap_err();
    assert_eq!(error.code(), GatewayCode::AnswerTooLarge);
    assert_eq!(documents.calls().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn documents_that_cannot_be_had_hold_back_no_order() {
    let bench = Bench::start().await;
    let thresholds = BreakerThresholds { failures: 1, ..BreakerThresholds::default() };
    let upstreams = [AMAZON, KASHFLOW].into_iter().chain(DOCUMENT_HOSTS).map(str::to_owned);
    let resilience = Resilience::new(upstreams, thresholds, Arc::new(Unobserved));
    let plain = Arc::into_inner(bench.gateway).expect("nobody else holds it");
    let gateway = Gateway { resilience: Some(resilience), ..plain };
    let link = format!("http://{}/documents/1", bench.upstream.authority());
    bench.upstream.answer_next(StatusCode::OK, &format!(r#"{{"url":"{link}"}}"#));
    gateway.send(ask(), Patience::default()).await.unwrap();
    bench.upstream.answer_next(StatusCode::SERVICE_UNAVAILABLE, "");
    gateway.send(fetch("/amzn1.spdoc.1%2F2"), Patience::default()).await.unwrap();
    let resting = gateway.send(fetch("/amzn1.spdoc.1%2F2"), Patience::default()).await.unwrap();
    assert_eq!(resting.headers()[GATEWAY_CODE], GatewayCode::UpstreamResting.code());
    assert_eq!(gateway.hold_back_for(), None);
}
