//! Feeds of quantities as the Feeds API has them.

use std::collections::BTreeMap;

use super::*;
use crate::canonical::{FeedDocumentId, FeedId, MarketplaceId, SellerId, SellerSku, Units};
use crate::finding::Code;
use crate::remote::{Call, FailureClass, HttpResponse, Method};

const HOST: &str = "sellingpartnerapi-eu.amazon.com";

fn answer(status: u16, body: &str) -> HttpResponse {
    HttpResponse { status, headers: Vec::new(), body: body.into() }
}

fn document() -> FeedDocumentId {
    FeedDocumentId::new("amzn1.tortuga.4.eu.example/T1").expect("an id")
}

fn feed() -> FeedId {
    FeedId::new("53000018502").expect("an id")
}

fn target() -> UploadTarget {
    let body = r#"{"feedDocumentId":"amzn1.tortuga.4.eu.example/T1","url":"https://example.org/1?X-Amz-Signature=5e0"}"#;
    CreateFeedDocument { host: HOST }.parse(&answer(201, body)).expect("a target")
}

#[test]
fn a_document_is_asked_for_and_sent_as_what_it_is() {
    let request = CreateFeedDocument { host: HOST }.request();
    assert_eq!((request.method, request.path.as_str()), (Method::Post, "/feeds/2021-06-30/documents"));
    assert_eq!(request.body, br#"{"contentType":"application/json; charset=UTF-8"}"#);
    let target = target();
    assert_eq!((&target.document, format!("{target:?}").contains("5e0")), (&document(), false));
    let upload = UploadFeedDocument { target: &target, file: b"{}" };
    let request = upload.request();
    assert_eq!((request.method, request.host.as_ref()), (Method::Put, "example.org"));
    assert_eq!(request.headers, [("content-type", "application/json; charset=UTF-8".to_owned())]);
    assert_eq!(upload.parse(&answer(200, "")), Ok(()));
    let failure = upload.parse(&answer(403, "<Error>5e0</Error>")).expect_err("expired");
    assert_eq!((failure.class, failure.finding.code), (FailureClass::Transient, Code::FeedDocumentRefused));
    assert!(!failure.finding.message.contains("5e0"));
}

#[test]
fn a_feed_is_made_of_a_document() {
    let marketplace = MarketplaceId::new("A1F83G8C2ARO7P").expect("an id");
    let call = CreateFeed { host: HOST, marketplace: &marketplace, document: &document() };
    let body: serde_json::Value = serde_json::from_slice(&call.request().body).expect("JSON");
    let expected = r#"{"feedType":"JSON_LISTINGS_FEED","marketplaceIds":["A1F83G8C2ARO7P"],
        "inputFeedDocumentId":"amzn1.tortuga.4.eu.example/T1"}"#;
    assert_eq!(body, serde_json::from_str::<serde_json::Value>(expected).expect("JSON"));
    assert_eq!(call.parse(&answer(202, r#"{"feedId":"53000018502"}"#)), Ok(feed()));
    for (status, class) in [
        (429, FailureClass::Throttled { retry_after_ms: Some(120_482) }),
        (500, FailureClass::Transient),
        (400, FailureClass::Rejected),
    ] {
        assert_eq!(call.parse(&answer(status, "{}")).expect_err("refused").class, class);
    }
}

#[test]
fn a_feed_is_under_way_until_it_is_done_or_has_failed() {
    let call = |body: &str| GetFeed { host: HOST, feed: &feed() }.parse(&answer(200, body));
    let told = |status: &str| {
        call(&format!(r#"{{"feedId":"53000018502","feedType":"X","processingStatus":"{status}"}}"#))
            .expect("a feed")
            .status
    };
    for status in ["IN_QUEUE", "IN_PROGRESS", "SOMETHING_NEW"] {
        assert_eq!(told(status), FeedStatus::Underway);
    }
    assert_eq!((told("FATAL"), told("CANCELLED")), (FeedStatus::Failed, FeedStatus::Failed));
    let done = r#"{"feedId":"53000018502","processingStatus":"DONE","resultFeedDocumentId":"amzn1.tortuga.4.eu.example/T1"}"#;
    assert_eq!(call(done), Ok(Feed { status: FeedStatus::Done, results: Some(document()) }));
    let gone = GetFeed { host: HOST, feed: &feed() }.parse(&answer(404, "{}"));
    assert_eq!(gone, Ok(Feed { status: FeedStatus::Failed, results: None }));
    assert_eq!(
        call(r#"{"feedId":"1","processingStatus":"DONE"}"#).expect_err("another").class,
        FailureClass::Transient
    );
}

#[test]
fn the_document_patches_each_listing_under_a_number() {
    let seller = SellerId::new("A2EXAMPLE").expect("an id");
    let message = |number, sku: &str, units| FeedMessage {
        number,
        sku: SellerSku::new(sku).expect("a sku"),
        units: Units(units),
    };
    let written = quantities(&seller, &[message(1, "MUG \"RED\"", 7), message(2, "LAMP", 0)]);
    let written: serde_json::Value = serde_json::from_slice(&written).expect("JSON");
    let patch = |units: i64| {
        format!(
            r#"[{{"op":"merge","path":"/attributes/fulfillment_availability",
                "value":[{{"fulfillment_channel_code":"DEFAULT","quantity":{units}}}]}}]"#
        )
    };
    let expected = format!(
        r#"{{"header":{{"sellerId":"A2EXAMPLE","version":"2.0","issueLocale":"en_GB"}},"messages":[
            {{"messageId":1,"sku":"MUG \"RED\"","operationType":"PATCH","productType":"PRODUCT","patches":{}}},
            {{"messageId":2,"sku":"LAMP","operationType":"PATCH","productType":"PRODUCT","patches":{}}}]}}"#,
        patch(7),
        patch(0)
    );
    assert_eq!(written, serde_json::from_str::<serde_json::Value>(&expected).expect("JSON"));
}

#[test]
fn the_results_name_what_was_refused() {
    let file = r#"{"header":{"sellerId":"A2EXAMPLE","version":"2.0","feedId":"1"},"issues":[
        {"messageId":2,"code":"90220","severity":"ERROR","message":"no such listing","attributeNames":[]},
        {"messageId":2,"code":"90221","severity":"ERROR","message":"a second reason"},
        {"messageId":3,"code":"1","severity":"WARNING","message":"slow"},
        {"code":"4","severity":"ERROR","message":"the header is old"}],
        "summary":{"errors":3,"warnings":1,"messagesProcessed":3,"messagesAccepted":2,"messagesInvalid":1}}"#;
    let read = results(&document(), file.as_bytes()).expect("results");
    assert_eq!(read.refused, BTreeMap::from([(2, "no such listing".to_owned())]));
    assert_eq!(read.of_the_feed.as_deref(), Some("the header is old"));
    let nothing = results(&document(), br#"{"header":{},"summary":{}}"#).expect("results");
    assert_eq!(nothing, FeedResults::default());
    assert_eq!(results(&document(), b"<html>").expect_err("no JSON").class, FailureClass::Transient);
}

#[test]
fn the_results_are_where_amazon_says() {
    let call = GetFeedDocument { host: HOST, document: &document() };
    assert_eq!(call.request().path, "/feeds/2021-06-30/documents/amzn1.tortuga.4.eu.example%2FT1");
    let body = |more: &str| {
        format!(
            r#"{{"feedDocumentId":"amzn1.tortuga.4.eu.example/T1","url":"https://example.org/2?s=1"{more}}}"#
        )
    };
    let packed = call.parse(&answer(200, &body(r#","compressionAlgorithm":"GZIP""#))).expect("a document");
    assert!(packed.compression.is_some() && !format!("{packed:?}").contains("s=1"));
    let download = DownloadFeedDocument { document: &packed };
    assert_eq!(download.request().path, "/2?s=1");
    assert_eq!(download.parse(&answer(200, "file")), Ok(b"file".to_vec()));
    for broken in [body(r#","compressionAlgorithm":"ZIP""#), body("").replace("T1", "T2"), "{".to_owned()] {
        assert_eq!(call.parse(&answer(200, &broken)).expect_err("broken").class, FailureClass::Transient);
    }
}
