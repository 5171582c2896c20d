//! The documents of feeds: links to send them by, faults in the way, and what is refused.

use chrono::Duration;
use http::Method;
use serde_json::json;

use super::super::super::fault::{Fault, When};
use super::super::super::operation::OperationId;
use super::super::client::{Setting, USER_AGENT};
use super::{CONTENT_TYPE, DOCUMENTS, FEEDS, new_document, put, setting};
use crate::twin::world::marketplace::UNITED_KINGDOM;

#[tokio::test]
async fn a_link_to_send_by_takes_one_content_type_for_five_minutes_and_no_token() {
    let (setting, token) = setting(&[]).await;
    let (id, path) = new_document(&setting, &token).await;
    let right = ("content-type", CONTENT_TYPE);
    let code = async |path: &str, headers: &[(&str, &str)]| {
        let reply = put(&setting, path, headers, "{}").await;
        let code = reply.text.split("<Code>").nth(1).and_then(|rest| rest.split("</Code>").next());
        (reply.status.as_u16(), code.unwrap_or_default().to_owned())
    };
    let mismatch = (403, "SignatureDoesNotMatch".to_owned());
    assert_eq!(code(&path, &[("content-type", "application/json")]).await, mismatch);
    assert_eq!(code(&path, &[]).await, mismatch);
    assert_eq!(code(path.split('?').next().unwrap(), &[right]).await, mismatch);
    let with_token = [right, ("x-amz-access-token", token.as_str()), ("user-agent", USER_AGENT)];
    assert_eq!(code(&path, &with_token).await, (400, "InvalidArgument".to_owned()));
    let received = setting.send(Method::GET, &path, &[], "").await.expect("an answer");
    assert_eq!(received.status, 403, "it is no link to receive by");

    setting.advance(Duration::seconds(299));
    assert_eq!(code(&path, &[right]).await, (200, String::new()));
    let told = setting.get(&token, &format!("{DOCUMENTS}/{id}"), &[]).await.json();
    assert!(told.get("compressionAlgorithm").is_none(), "what was sent is given back as it came");
    setting.advance(Duration::seconds(1));
    assert_eq!(code(&path, &[right]).await, (403, "AccessDenied".to_owned()));
}

#[tokio::test]
async fn faults_can_be_in_the_way_of_what_is_sent() {
    let (setting, token) = setting(&[]).await;
    let headers = [("content-type", CONTENT_TYPE)];
    for (fault, expected, taken) in [
        (Fault::DropCall, None, false),
        (Fault::QuotaExceeded, Some(503), false),
        (Fault::InternalFailure, Some(500), false),
        (Fault::DropAnswer, None, true),
    ] {
        let (id, path) = new_document(&setting, &token).await;
        setting.twin.faults().inject(Some(OperationId::UploadDocument), When::Nth(1), fault);
        let sent = setting.send(Method::PUT, &path, &headers, "{}").await;
        assert_eq!(sent.ok().map(|reply| reply.status.as_u16()), expected, "{fault:?}");
        let known = setting.get(&token, &format!("{DOCUMENTS}/{id}"), &[]).await.status;
        assert_eq!(known, if taken { 200 } else { 404 }, "{fault:?}");
        setting.twin.faults().clear();
    }
    assert_eq!(setting.twin.calls().of(OperationId::UploadDocument), 4);
    for operation in [OperationId::CreateFeedDocument, OperationId::GetFeedDocument] {
        assert_eq!(setting.twin.calls().of(operation), 4, "{operation:?}");
    }
}

#[tokio::test]
async fn what_the_model_does_not_allow_is_refused() {
    let (setting, token) = setting(&[]).await;
    let (id, _) = new_document(&setting, &token).await;
    let sound = json!({
        "feedType": "JSON_LISTINGS_FEED", "marketplaceIds": [UNITED_KINGDOM.id], "inputFeedDocumentId": id,
    });
    for (name, value) in [
        ("feedType", json!("POST_INVENTORY_AVAILABILITY_DATA")),
        ("marketplaceIds", json!([])),
        ("marketplaceIds", json!(vec![UNITED_KINGDOM.id; 26])),
        ("marketplaceIds", json!(["ATVPDKIKX0DER"])),
        ("inputFeedDocumentId", json!("amzn1.tortuga.unknown")),
        ("inputFeedDocumentId", json!(null)),
    ] {
        let mut body = sound.clone();
        body[name] = value;
        let (status, code, _) = setting.call(Method::POST, &token, FEEDS, &body).await.error();
        assert_eq!((status, code.as_str()), (400, "InvalidInput"), "{body}");
    }
    assert_eq!(setting.call(Method::POST, &token, DOCUMENTS, &json!({})).await.error().0, 400);
    for path in [format!("{FEEDS}/1"), format!("{DOCUMENTS}/1")] {
        assert_eq!(setting.get(&token, &path, &[]).await.error().0, 404, "{path}");
    }
}

#[tokio::test]
async fn feeds_can_be_created_fifteen_times_and_then_one_in_two_minutes() {
    let setting = Setting::with_factor(1).await;
    let token = setting.access_token().await;
    let status = async || setting.call(Method::POST, &token, FEEDS, &json!({})).await.status.as_u16();
    for _ in 0..15 {
        assert_eq!(status().await, 400);
    }
    assert_eq!(status().await, 429);
    setting.advance(Duration::seconds(120));
    assert_eq!(status().await, 429);
    setting.advance(Duration::seconds(1));
    assert_eq!(status().await, 400);
}
