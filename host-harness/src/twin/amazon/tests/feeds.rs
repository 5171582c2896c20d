//! Feeds over HTTP: a document sent, worked off, and reported on.

mod documents;

use chrono::Duration;
use http::Method;
use serde_json::{Value, json};

use super::client::{Reply, Setting};
use crate::twin::world::ids::Asin;
use crate::twin::world::marketplace::UNITED_KINGDOM;
use crate::twin::world::stock::{Availability, Listing};

const FEEDS: &str = "/feeds/2021-06-30/feeds";
const DOCUMENTS: &str = "/feeds/2021-06-30/documents";
const CONTENT_TYPE: &str = "application/json; charset=UTF-8";

/// A twin with merchant-fulfilled offers of one unit each, and an access token.
async fn setting(skus: &[&str]) -> (Setting, String) {
    let setting = Setting::new().await;
    let at = setting.now();
    for sku in skus {
        let listing = Listing {
            asin: Asin::new("B0TESTTEST"),
            product_type: "HOME".to_owned(),
            item_name: "A thing".to_owned(),
            availability: Availability::merchant(1),
            issues: Vec::new(),
            created_at: at,
            last_updated_at: at,
        };
        setting.twin.put_listing(sku, listing);
    }
    let token = setting.access_token().await;
    (setting, token)
}

/// The id of a new document, and path and query of the link to send it by.
async fn new_document(setting: &Setting, token: &str) -> (String, String) {
    let reply = setting.call(Method::POST, token, DOCUMENTS, &json!({ "contentType": CONTENT_TYPE })).await;
    assert_eq!((reply.status.as_u16(), reply.header("x-amzn-ratelimit-limit")), (201, Some("500.0")));
    let told = reply.json();
    let url = told["url"].as_str().expect("a link");
    let path = url.strip_prefix(&setting.twin.endpoint()).expect("it leads to the twin").to_owned();
    (told["feedDocumentId"].as_str().expect("an id").to_owned(), path)
}

async fn put(setting: &Setting, path: &str, headers: &[(&str, &str)], body: &str) -> Reply {
    setting.send(Method::PUT, path, headers, body).await.expect("an answer")
}

async fn create(setting: &Setting, token: &str, document: &str) -> Reply {
    let body = json!({
        "feedType": "JSON_LISTINGS_FEED", "marketplaceIds": [UNITED_KINGDOM.id], "inputFeedDocumentId": document,
    });
    setting.call(Method::POST, token, FEEDS, &body).await
}

/// Sends a document and gives the id of its feed.
async fn submit(setting: &Setting, token: &str, document: &str) -> String {
    let (id, path) = new_document(setting, token).await;
    let sent = put(setting, &path, &[("content-type", CONTENT_TYPE)], document).await;
    assert_eq!((sent.status.as_u16(), sent.text.as_str(), sent.header("content-type")), (200, "", None));
    let reply = create(setting, token, &id).await;
    assert_eq!(reply.status, 202);
    reply.json()["feedId"].as_str().expect("an id").to_owned()
}

fn message(id: u32, sku: &str, quantity: i64) -> Value {
    let value = json!([{ "fulfillment_channel_code": "DEFAULT", "quantity": quantity }]);
    let patch = json!({ "op": "merge", "path": "/attributes/fulfillment_availability", "value": value });
    json!({
        "messageId": id, "sku": sku, "operationType": "PATCH", "productType": "PRODUCT", "patches": [patch],
    })
}

fn document(setting: &Setting, messages: &[Value]) -> String {
    let seller = setting.snapshot().seller().id.to_string();
    let header = json!({ "sellerId": seller, "version": "2.0", "issueLocale": "en_GB" });
    json!({ "header": header, "messages": messages }).to_string()
}

async fn feed(setting: &Setting, token: &str, id: &str) -> Value {
    setting.get(token, &format!("{FEEDS}/{id}"), &[]).await.json()
}

/// The report on a feed that is done.
async fn report(setting: &Setting, token: &str, feed_id: &str) -> Value {
    let told = feed(setting, token, feed_id).await;
    let document = told["resultFeedDocumentId"].as_str().unwrap_or_else(|| panic!("{told}"));
    let told = setting.get(token, &format!("{DOCUMENTS}/{document}"), &[]).await.json();
    assert_eq!((&told["feedDocumentId"], &told["compressionAlgorithm"]), (&document.into(), &"GZIP".into()));
    let request =
        http::Request::get(told["url"].as_str().expect("a link")).body(bytes::Bytes::new()).unwrap();
    let packed = setting.twin.answer_in_process(request).await.expect("an answer").into_body();
    serde_json::from_reader(flate2::read::GzDecoder::new(&packed[..])).expect("a report")
}

fn offered(setting: &Setting, sku: &str) -> Option<u32> {
    setting.twin.listing(sku).expect("it is listed").quantity()
}

#[tokio::test]
async fn a_feed_waits_is_worked_on_and_is_done_a_minute_after_it_was_created() {
    let (setting, token) = setting(&["A", "B"]).await;
    let text = document(&setting, &[message(1, "A", 7), message(2, "B", 0)]);
    let id = submit(&setting, &token, &text).await;
    let created = setting.now();
    let time =
        |seconds| (created + Duration::seconds(seconds)).to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    let mut expected = json!({
        "feedId": id, "feedType": "JSON_LISTINGS_FEED", "marketplaceIds": [UNITED_KINGDOM.id],
        "createdTime": time(0), "processingStatus": "IN_QUEUE",
    });
    setting.advance(Duration::seconds(19));
    assert_eq!(feed(&setting, &token, &id).await, expected);
    setting.advance(Duration::seconds(1));
    expected["processingStatus"] = "IN_PROGRESS".into();
    expected["processingStartTime"] = time(20).into();
    assert_eq!(feed(&setting, &token, &id).await, expected);
    setting.advance(Duration::seconds(39));
    assert_eq!((feed(&setting, &token, &id).await, offered(&setting, "A")), (expected.clone(), Some(1)));
    assert!(setting.twin.feed_notification(&id).is_none());

    setting.advance(Duration::seconds(1));
    assert_eq!((offered(&setting, "A"), offered(&setting, "B")), (Some(7), Some(0)));
    let done = feed(&setting, &token, &id).await;
    assert_eq!((&done["processingStatus"], &done["processingEndTime"]), (&"DONE".into(), &time(60).into()));
    let report = report(&setting, &token, &id).await;
    let seller = setting.snapshot().seller().id.to_string();
    assert_eq!(
        report,
        json!({
            "header": { "sellerId": seller, "version": "2.0", "feedId": id },
            "issues": [],
            "summary": {
                "errors": 0, "warnings": 0, "messagesProcessed": 2, "messagesAccepted": 2, "messagesInvalid": 0,
            },
        })
    );
    let told = setting.twin.feed_notification(&id).expect("it is done");
    let told = &told["payload"]["feedProcessingFinishedNotification"];
    assert_eq!(
        (&told["feedId"], &told["resultFeedDocumentId"]),
        (&done["feedId"], &done["resultFeedDocumentId"])
    );
}

#[tokio::test]
async fn each_message_is_judged_by_itself() {
    let (setting, token) = setting(&["A", "B", "C"]).await;
    let other_operation =
        json!({ "messageId": 4, "sku": "C", "operationType": "UPDATE", "productType": "PRODUCT" });
    let messages = [
        message(1, "A", 7),
        message(2, "NOBODY", 7),
        message(3, "B", -1),
        other_operation,
        message(1, "C", 7),
        message(0, "C", 7),
        message(5, "C", 9),
    ];
    let id = submit(&setting, &token, &document(&setting, &messages)).await;
    setting.advance(Duration::seconds(60));
    let report = report(&setting, &token, &id).await;
    let issues: Vec<(Option<u64>, &str)> = report["issues"]
        .as_array()
        .expect("issues")
        .iter()
        .map(|issue| (issue["messageId"].as_u64(), issue["code"].as_str().expect("a code")))
        .collect();
    let expected = [
        (Some(2), "13013"),
        (Some(3), "4000001"),
        (Some(4), "BAD_REQUEST"),
        (Some(1), "BAD_REQUEST"),
        (None, "BAD_REQUEST"),
    ];
    assert_eq!(issues, expected);
    assert_eq!(report["issues"][1]["attributeNames"], json!(["fulfillment_availability"]));
    let summary = &report["summary"];
    assert_eq!((&summary["errors"], &summary["messagesProcessed"]), (&5.into(), &7.into()));
    assert_eq!((&summary["messagesAccepted"], &summary["messagesInvalid"]), (&2.into(), &5.into()));
    assert_eq!(["A", "B", "C"].map(|sku| offered(&setting, sku)), [Some(7), Some(1), Some(9)]);
}

#[tokio::test]
async fn a_feed_of_nothing_or_of_rubbish_is_fatal() {
    let (setting, token) = setting(&[]).await;
    let (empty, _) = new_document(&setting, &token).await;
    let nothing = create(&setting, &token, &empty).await.json()["feedId"].as_str().expect("an id").to_owned();
    let rubbish = submit(&setting, &token, "sku\tquantity\nA\t7\n").await;
    let (late, path) = new_document(&setting, &token).await;
    let late = create(&setting, &token, &late).await.json()["feedId"].as_str().expect("an id").to_owned();
    setting.advance(Duration::seconds(20));
    let sent = put(&setting, &path, &[("content-type", CONTENT_TYPE)], &document(&setting, &[])).await;
    assert_eq!(sent.status, 200, "though the work has begun without it");
    setting.advance(Duration::seconds(40));
    for id in [nothing, rubbish, late] {
        let told = feed(&setting, &token, &id).await;
        assert_eq!(told["processingStatus"], "FATAL");
        assert!(told.get("resultFeedDocumentId").is_none());
        let notification = setting.twin.feed_notification(&id).expect("it has ended");
        let told = &notification["payload"]["feedProcessingFinishedNotification"];
        assert_eq!(told["processingStatus"], "FATAL");
    }
    assert_eq!(setting.get(&token, &format!("{DOCUMENTS}/{empty}"), &[]).await.error().0, 404);
}

#[tokio::test]
async fn a_header_that_is_not_sound_spoils_the_whole_feed() {
    let (setting, token) = setting(&["A"]).await;
    let seller = setting.snapshot().seller().id.to_string();
    for header in [
        json!(null),
        json!({ "sellerId": "A0OTHERSELLER", "version": "2.0" }),
        json!({ "sellerId": seller, "version": "1.0" }),
    ] {
        let text = json!({ "header": header, "messages": [message(1, "A", 7)] }).to_string();
        let id = submit(&setting, &token, &text).await;
        setting.advance(Duration::seconds(60));
        let report = report(&setting, &token, &id).await;
        assert_eq!(
            (&report["issues"][0]["code"], report["issues"][0].get("messageId")),
            (&"4002005".into(), None)
        );
        assert_eq!(
            (&report["summary"]["messagesProcessed"], &report["summary"]["errors"]),
            (&0.into(), &1.into())
        );
    }
    assert_eq!(offered(&setting, "A"), Some(1));
}

#[tokio::test]
async fn a_refused_quantity_of_a_feed_is_accepted_and_becomes_an_issue() {
    let (setting, token) = setting(&["A"]).await;
    setting.twin.refuse_quantities("A", "The offer is under review.");
    let id = submit(&setting, &token, &document(&setting, &[message(1, "A", 7)])).await;
    setting.advance(Duration::seconds(60));
    assert_eq!(report(&setting, &token, &id).await["summary"]["messagesAccepted"], 1);
    let listing = setting.twin.listing("A").unwrap();
    assert_eq!(
        (listing.quantity(), listing.issues[0].message.as_str()),
        (Some(1), "The offer is under review.")
    );
}

#[tokio::test]
async fn patches_and_feeds_take_effect_in_the_order_in_which_they_are_done() {
    let (setting, token) = setting(&["A"]).await;
    submit(&setting, &token, &document(&setting, &[message(1, "A", 7)])).await;
    let path = format!(
        "/listings/2021-08-01/items/{}/A?marketplaceIds={}",
        setting.snapshot().seller().id,
        UNITED_KINGDOM.id
    );
    let patch = async |quantity| {
        let told = setting.call(Method::PATCH, &token, &path, &message(1, "A", quantity)).await.json();
        assert_eq!(told["status"], "ACCEPTED");
    };
    setting.advance(Duration::seconds(10));
    patch(3).await;
    setting.advance(Duration::seconds(35));
    assert_eq!(offered(&setting, "A"), Some(3), "the patch is quicker than the feed before it");
    patch(4).await;
    setting.advance(Duration::minutes(5));
    assert_eq!(offered(&setting, "A"), Some(4), "the feed was done in between, and then the second patch");
}

#[tokio::test]
async fn a_feed_is_kept_for_ninety_days() {
    let (setting, token) = setting(&[]).await;
    let id = submit(&setting, &token, "{}").await;
    setting.advance(Duration::days(90) - Duration::seconds(1));
    let token = setting.access_token().await;
    assert_eq!(feed(&setting, &token, &id).await["processingStatus"], "DONE");
    setting.advance(Duration::seconds(1));
    assert_eq!(setting.get(&token, &format!("{FEEDS}/{id}"), &[]).await.error().0, 404);
}
