//! The same answers without a socket as over HTTP.

use bytes::Bytes;
use http::Request;

use super::super::{Fault, FaultEffect, SuccessDetails};
use super::*;

fn request(method: &str, path: &str, body: &str) -> Request<Bytes> {
    Request::builder()
        .method(method)
        .uri(format!("http://127.0.0.1:10{path}"))
        .header("content-type", "text/xml; charset=utf-8")
        .body(Bytes::from(body.to_owned()))
        .unwrap()
}

fn body_of(operation: &str) -> String {
    envelope(&format!(
        r#"<{operation} xmlns="KashFlow"><UserName>acme</UserName><Password>correct horse</Password></{operation}>"#
    ))
}

#[tokio::test]
async fn an_answer_is_the_one_that_the_wire_brings() {
    let mut options = options();
    options.body_limit_bytes = 1_000;
    options.success_details = SuccessDetails::Empty;
    let twin =
        KashFlowTwin::start(account(), SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), options).await.unwrap();
    let path = "/api/service.asmx";
    let long = envelope(&"<!-- -->".repeat(200));
    for (method, path, body) in [
        ("POST", path, &*body_of("GetCurrencies")),
        ("POST", path, &body_of("GetUnicorns")),
        ("POST", path, "not xml"),
        ("POST", path, &long),
        ("POST", "/", ""),
        ("PUT", path, ""),
        ("GET", path, ""),
        ("GET", "/api/service.asmx?WSDL", ""),
    ] {
        let head = format!(
            "{method} {path} HTTP/1.1\r\nContent-Type: text/xml; charset=utf-8\r\nContent-Length: {}\r\n",
            body.len()
        );
        let sent = send(&twin, &head, body).await;
        let handed_over = twin.answer_in_process(request(method, path, body)).unwrap();
        assert_eq!(handed_over.status().as_str(), sent.http_status(), "{method} {path}");
        assert_eq!(String::from_utf8_lossy(handed_over.body()), sent.body(), "{method} {path}");
    }
}

#[test]
fn a_connection_that_would_close_gives_no_answer() {
    let twin = KashFlowTwin::in_process(account(), options());
    let effects = [
        FaultEffect::DropBeforeProcessing,
        FaultEffect::DropAfterProcessing,
        FaultEffect::ProcessedLater { after_ms: 1 },
    ];
    for effect in effects {
        twin.faults().push(Fault::on("GetCurrencies", effect));
        let call = || twin.answer_in_process(request("POST", "/api/service.asmx", &body_of("GetCurrencies")));
        assert!(call().is_none(), "{effect:?}");
        assert_eq!(call().unwrap().status(), 200);
    }
    assert_eq!(twin.calls()["GetCurrencies"], 6);
}
