//! The same answers without a socket as over HTTP.

use bytes::Bytes;
use http::{HeaderMap, Method, Request};

use super::super::fault::{Fault, When};
use super::client::{ORDERS, Setting, USER_AGENT};

/// Without what only a wire adds, and the id that no two answers share.
fn comparable(mut headers: HeaderMap) -> HeaderMap {
    headers.remove("date");
    headers.remove("x-amzn-requestid").expect("every answer of the API has an id");
    headers
}

fn request(method: &Method, path: &str, headers: &[(&str, &str)], body: &str) -> Request<Bytes> {
    let mut request = Request::builder().method(method).uri(format!("http://127.0.0.1:9{path}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Bytes::from(body.to_owned())).unwrap()
}

#[tokio::test]
async fn an_answer_is_the_one_that_the_wire_brings() {
    let setting = Setting::new().await;
    let token = setting.access_token().await;
    let order = format!("{ORDERS}/{}?includedData=BUYER,RECIPIENT", setting.snapshot().orders()[0].id);
    let seller = setting.snapshot().seller().id.clone();
    let listing = format!("/listings/2021-08-01/items/{seller}/A%2FB?marketplaceIds=A1F83G8C2ARO7P");
    let allowed = [("x-amz-access-token", token.as_str()), ("user-agent", USER_AGENT)];
    let form = [("content-type", "application/x-www-form-urlencoded")];
    for (method, path, headers, body) in [
        (Method::GET, order.as_str(), &allowed[..], ""),
        (Method::GET, &order, &allowed[..1], ""),
        (Method::GET, &order, &allowed[1..], ""),
        (Method::GET, &order, &allowed[..], "a body"),
        (Method::GET, "/orders/2026-01-01/orders/a%2Fb", &allowed[..], ""),
        (Method::POST, &order, &allowed[..], "{}"),
        (Method::GET, "/fba/inventory/v1/summaries", &allowed[..], ""),
        (Method::GET, &listing, &allowed[..], ""),
        (Method::PUT, "/documents/amzn1.tortuga.4.eu.1", &form[..], "a body"),
        (Method::GET, "/nothing", &allowed[..], ""),
        (Method::GET, "/auth/o2/token", &[], ""),
        (Method::POST, "/auth/o2/token", &[], ""),
        (Method::POST, "/auth/o2/token", &form[..], "grant_type=refresh_token&client_id=me"),
    ] {
        let sent = setting.send(method.clone(), path, headers, body).await.unwrap();
        let handed_over =
            setting.twin.answer_in_process(request(&method, path, headers, body)).await.unwrap();
        let (head, handed_over) = handed_over.into_parts();
        assert_eq!((head.status, &handed_over[..]), (sent.status, sent.text.as_bytes()), "{method} {path}");
        assert_eq!(comparable(head.headers), comparable(sent.headers), "{method} {path}");
    }
}

#[tokio::test]
async fn only_the_body_decides_what_length_is_stated() {
    let setting = Setting::new().await;
    let token = setting.access_token().await;
    let path = format!("{ORDERS}/{}", setting.snapshot().orders()[0].id);
    let headers =
        [("x-amz-access-token", token.as_str()), ("user-agent", USER_AGENT), ("content-length", "0")];
    let get = |body| setting.twin.answer_in_process(request(&Method::GET, &path, &headers, body));
    assert_eq!(get("").await.unwrap().status(), 200);
    assert_eq!(get("x").await.unwrap().status(), 400);
    setting.twin.faults().inject(None, When::Next(1), Fault::DropAnswer);
    assert!(get("").await.is_none());
    assert_eq!(get("").await.unwrap().status(), 200);
}
