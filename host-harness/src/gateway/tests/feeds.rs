//! Documents of feeds: sent and fetched for the plugin, which never sees where they are.

use std::sync::Arc;

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};

use super::bench::{AMAZON, Bench, KASHFLOW, Server, get};
use crate::captured_log::Log;
use crate::gateway::{
    BreakerThresholds, DOCUMENT_HOSTS, FEED_DOCUMENT_HOST, GATEWAY_CODE, Gateway, GatewayCode, Patience,
    Resilience, Unobserved,
};
use crate::limits::Limits;

const SIGNATURE: &str = "5e0fa9c1d2";
const ID: &str = "amzn1.tortuga.4.eu/1";
const STAND_IN: &str = "/amzn1.tortuga.4.eu%2F1";

/// Where a link is for.
#[derive(Clone, Copy)]
enum Link {
    Upload,
    Download,
}

/// Has Amazon announce a link to the server of this address, and gives what the plugin is told.
async fn announced(bench: &Bench, link: Link, authority: &str) -> Response<Bytes> {
    let (request, status, place) = match link {
        Link::Upload => {
            let uri = format!("https://{AMAZON}/feeds/2021-06-30/documents");
            let body = r#"{"contentType":"application/json; charset=UTF-8"}"#;
            (Request::post(uri).body(Bytes::from(body)).unwrap(), StatusCode::CREATED, "in")
        }
        Link::Download => (get(&format!("/feeds/2021-06-30/documents{STAND_IN}")), StatusCode::OK, "out"),
    };
    let url = format!("http://{authority}/bucket/{place}?X-Amz-Expires=300&X-Amz-Signature={SIGNATURE}");
    bench.upstream.answer_next(status, &format!(r#"{{"feedDocumentId":"{ID}","url":"{url}"}}"#));
    bench.send(request).await.unwrap()
}

fn transfer(method: Method, path: &str, body: impl Into<Bytes>) -> Request<Bytes> {
    Request::builder()
        .method(method)
        .uri(format!("https://{FEED_DOCUMENT_HOST}{path}"))
        .header("content-type", "application/json; charset=UTF-8")
        .header("x-amz-acl", "public-read")
        .body(body.into())
        .unwrap()
}

fn text(response: &Response<Bytes>) -> String {
    String::from_utf8_lossy(response.body()).into_owned()
}

async fn documents() -> Server {
    Server::start(|seen, _| Response::new(format!("{} of a file", seen.method).into())).await
}

#[tokio::test]
async fn a_feed_is_sent_under_the_id_of_its_document_with_its_content_type_and_without_a_token() {
    let (bench, documents) = (Bench::start().await, documents().await);
    let told = announced(&bench, Link::Upload, &documents.authority()).await;
    assert_eq!(told.status(), StatusCode::CREATED);
    let stand_in = format!("https://{FEED_DOCUMENT_HOST}{STAND_IN}");
    assert_eq!(text(&told), format!(r#"{{"feedDocumentId":"{ID}","url":"{stand_in}"}}"#));

    let answer = bench.send(transfer(Method::PUT, STAND_IN, r#"{"messages":[]}"#)).await.unwrap();
    assert_eq!((answer.status(), text(&answer).as_str()), (StatusCode::OK, "PUT of a file"));
    let seen = documents.only_call();
    assert_eq!(seen.method, Method::PUT);
    assert_eq!(seen.path_and_query, format!("/bucket/in?X-Amz-Expires=300&X-Amz-Signature={SIGNATURE}"));
    assert_eq!(seen.body_text(), r#"{"messages":[]}"#);
    assert_eq!(seen.header("content-type"), Some("application/json; charset=UTF-8"));
    assert_eq!(seen.header("host"), Some(documents.authority().as_str()));
    assert_eq!(seen.header_names(), ["content-length", "content-type", "host", "user-agent"]);
}

#[tokio::test]
async fn a_feed_of_twenty_thousand_messages_is_sent_whole_and_a_larger_one_has_a_bound() {
    let (bench, documents) = (Bench::start().await, documents().await);
    announced(&bench, Link::Upload, &documents.authority()).await;
    let feed = Bytes::from(vec![b'x'; 20_000 * 300]);
    bench.send(transfer(Method::PUT, STAND_IN, feed.clone())).await.unwrap();
    assert_eq!(documents.only_call().body_text().len(), feed.len());
    let too_large = vec![b'x'; Limits::default().request_bytes + 1];
    let error = bench.send(transfer(Method::PUT, STAND_IN, too_large)).await.unwrap_err();
    assert_eq!(error.code(), GatewayCode::RequestTooLarge);
    assert_eq!(documents.calls().len(), 1);
}

#[tokio::test]
async fn a_link_serves_the_method_that_it_was_given_for() {
    let (bench, documents) = (Bench::start().await, documents().await);
    let authority = documents.authority();
    let status = async |method: Method| {
        let answer = bench.send(transfer(method, STAND_IN, "a feed")).await.unwrap();
        let code = answer.headers().get(GATEWAY_CODE).cloned();
        assert_eq!(code.is_some_and(|code| code == "GW-0404"), answer.status() == StatusCode::GONE);
        answer.status().as_u16()
    };
    assert_eq!((status(Method::PUT).await, status(Method::GET).await), (410, 410));
    announced(&bench, Link::Download, &authority).await;
    assert_eq!((status(Method::PUT).await, status(Method::GET).await), (410, 200));
    announced(&bench, Link::Upload, &authority).await;
    assert_eq!((status(Method::PUT).await, status(Method::GET).await), (200, 200));
    let seen = documents.calls();
    let places: Vec<_> = seen
        .iter()
        .map(|seen| (seen.method.as_str(), &seen.path_and_query[..11], seen.body_text()))
        .collect();
    let (out, sent) = (("GET", "/bucket/out", String::new()), ("PUT", "/bucket/in?", "a feed".to_owned()));
    assert_eq!(places, [out.clone(), sent, out]);
}

#[tokio::test]
async fn what_no_link_is_for_is_not_sent() {
    let bench = Bench::start().await;
    announced(&bench, Link::Upload, &bench.upstream.authority()).await;
    for path in ["/amzn1.tortuga.4.eu/1", "/amzn1.tortuga.4.eu%2F1?x=1", "/another"] {
        let answer = bench.send(transfer(Method::PUT, path, "a feed")).await.unwrap();
        assert_eq!(answer.status(), StatusCode::GONE, "{path}");
    }
    let mut with_token = transfer(Method::PUT, STAND_IN, "a feed");
    with_token.headers_mut().insert("x-amz-access-token", "mine".parse().unwrap());
    let mut with_cookie = transfer(Method::PUT, STAND_IN, "a feed");
    with_cookie.headers_mut().insert("cookie", "a=b".parse().unwrap());
    for (request, code) in [
        (with_token, GatewayCode::HeaderRefused),
        (with_cookie, GatewayCode::HeaderRefused),
        (transfer(Method::POST, STAND_IN, "a feed"), GatewayCode::NoRoute),
        (transfer(Method::DELETE, STAND_IN, ""), GatewayCode::NotGranted),
    ] {
        assert_eq!(bench.send(request).await.unwrap_err().code(), code);
    }
    assert_eq!(bench.upstream.calls().len(), 1, "only the announcement");
}

#[tokio::test]
async fn an_upload_is_sent_once_and_a_download_again() {
    let (bench, documents) = (Bench::start().await, documents().await);
    let upstreams = [AMAZON, KASHFLOW].into_iter().chain(DOCUMENT_HOSTS).map(str::to_owned);
    let resilience = Resilience::new(upstreams, BreakerThresholds::default(), Arc::new(Unobserved));
    for link in [Link::Upload, Link::Download] {
        announced(&bench, link, &documents.authority()).await;
    }
    let plain = Arc::into_inner(bench.gateway).expect("nobody else holds it");
    let gateway = Gateway { resilience: Some(resilience), ..plain };
    for (method, status, calls) in [(Method::PUT, 503, 1), (Method::GET, 200, 3)] {
        documents.answer_next(StatusCode::SERVICE_UNAVAILABLE, "");
        let request = transfer(method.clone(), STAND_IN, "a feed");
        let answer = gateway.send(request, Patience::default()).await.unwrap();
        assert_eq!((answer.status().as_u16(), documents.calls().len()), (status, calls), "{method}");
    }
}

/// Sends the plugin on to another place, with the link as Amazon S3 would repeat it.
fn elsewhere(seen: &super::bench::Seen, _count: usize) -> Response<axum::body::Body> {
    let location = format!("https://eu.example.org{}", seen.path_and_query);
    let body = format!("<Error><Code>TemporaryRedirect</Code>{location}</Error>");
    Response::builder().status(307).header("location", location).body(body.into()).unwrap()
}

#[tokio::test]
async fn no_part_of_a_link_reaches_the_plugin_the_log_or_an_error() {
    let (log, _guard) = Log::collect();
    let (bench, documents) = (Bench::start().await, Server::start(elsewhere).await);
    let mut told = String::new();
    for link in [Link::Upload, Link::Download] {
        told += &format!("{:?}\n", announced(&bench, link, &documents.authority()).await);
    }
    for method in [Method::PUT, Method::GET] {
        let moved = bench.send(transfer(method, STAND_IN, "a feed")).await.unwrap();
        assert_eq!(moved.status(), StatusCode::TEMPORARY_REDIRECT);
        assert!(!moved.headers().contains_key(GATEWAY_CODE));
        told += &format!("{moved:?}\n");
    }
    assert_eq!(documents.calls().len(), 2, "no redirect is followed");

    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    // The second is not followed, because it leads to a port.
    for authority in [free.to_string(), "example.org:8443".to_owned()] {
        told += &format!("{:?}\n", announced(&bench, Link::Upload, &authority).await);
        let request = transfer(Method::PUT, STAND_IN, "a feed");
        told +=
            &bench.send(request).await.map_or_else(|error| format!("{error} {error:?}"), |told| text(&told));
    }
    told += &format!("{:?}", bench.gateway);
    for (place, text) in [("the plugin", told), ("the log", log.text())] {
        assert!(text.contains("feed-documents.amazon"), "{place}: {text}");
        assert!(!text.contains(SIGNATURE), "{place}: {text}");
    }
}
