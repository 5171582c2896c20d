//! Faults over HTTP.

use http::Method;
use serde_json::json;

use super::super::fault::{Fault, When};
use super::super::operation::OperationId;
use super::client::{ORDERS, Setting, USER_AGENT};

async fn path(setting: &Setting) -> String {
    format!("{ORDERS}/{}", setting.snapshot().orders()[0].id)
}

#[tokio::test]
async fn refusals_carry_the_bodies_of_the_real_ones() {
    let setting = Setting::new().await;
    let (token, path) = (setting.access_token().await, path(&setting).await);
    let expected = [
        (Fault::QuotaExceeded, 429, "QuotaExceeded"),
        (Fault::InternalFailure, 500, "InternalFailure"),
        (Fault::ServiceUnavailable, 503, "ServiceUnavailable"),
        (Fault::Revoked, 403, "Unauthorized"),
    ];
    for (fault, status, code) in expected {
        setting.twin.faults().inject(Some(OperationId::GetOrder), When::Nth(1), fault);
        let (refused_status, refused_code, _) = setting.get(&token, &path, &[]).await.error();
        assert_eq!((refused_status, refused_code.as_str()), (status, code));
        assert_eq!(setting.get(&token, &path, &[]).await.status, 200, "the next call is sound");
    }
}

#[tokio::test]
async fn the_token_endpoint_refuses_in_its_own_shape() {
    let setting = Setting::new().await;
    let expected = [
        (Fault::QuotaExceeded, 429, "temporarily_unavailable"),
        (Fault::InternalFailure, 500, "server_error"),
        (Fault::ServiceUnavailable, 503, "temporarily_unavailable"),
        (Fault::Revoked, 400, "invalid_grant"),
    ];
    for (fault, status, error) in expected {
        setting.twin.faults().inject(Some(OperationId::Token), When::Nth(1), fault);
        let reply = setting.refresh().await;
        assert_eq!((reply.status.as_u16(), reply.json()["error"].as_str()), (status, Some(error)));
    }
    assert_eq!(setting.refresh().await.status, 200);
}

#[tokio::test]
async fn bodies_can_be_pages_nonsense_or_cut_short() {
    let setting = Setting::new().await;
    let (token, path) = (setting.access_token().await, path(&setting).await);
    let faults = setting.twin.faults();
    faults.inject(None, When::Nth(1), Fault::ServiceUnavailablePage);
    let page = setting.get(&token, &path, &[]).await;
    assert_eq!((page.status.as_u16(), page.header("content-type")), (503, Some("text/html")));
    assert!(page.text.starts_with("<!DOCTYPE html>"));

    faults.inject(None, When::Nth(1), Fault::NotJson);
    let nonsense = setting.get(&token, &path, &[]).await;
    assert_eq!((nonsense.status.as_u16(), nonsense.header("content-type")), (200, Some("application/json")));
    assert!(serde_json::from_str::<serde_json::Value>(&nonsense.text).is_err());

    faults.inject(None, When::Nth(1), Fault::TruncatedJson);
    let cut = setting.get(&token, &path, &[]).await;
    let whole = setting.get(&token, &path, &[]).await;
    assert_eq!(cut.status, 200);
    assert!(whole.text.starts_with(&cut.text) && cut.text.len() * 2 <= whole.text.len());
}

#[tokio::test]
async fn a_dropped_connection_gives_no_answer() {
    let setting = Setting::new().await;
    let (token, path) = (setting.access_token().await, path(&setting).await);
    for fault in [Fault::DropCall, Fault::DropAnswer] {
        setting.twin.faults().inject(Some(OperationId::GetOrder), When::Nth(1), fault);
        assert!(setting.get_raw(&token, &path).await.is_err(), "{fault:?}");
        assert_eq!(setting.get(&token, &path, &[]).await.status, 200, "{fault:?}");
    }
    assert_eq!(setting.twin.calls().of(OperationId::GetOrder), 4, "a lost call has been counted");
}

#[tokio::test]
async fn a_dropped_answer_has_been_given_and_a_dropped_call_has_not() {
    let setting = Setting::with_factor(1).await;
    let token = setting.access_token().await;
    let path = path(&setting).await;
    let left = async |fault| {
        setting.twin.faults().inject(Some(OperationId::GetOrder), When::Next(10), fault);
        for _ in 0..10 {
            assert!(setting.get_raw(&token, &path).await.is_err());
        }
        setting.twin.faults().clear();
    };
    left(Fault::DropCall).await;
    left(Fault::DropAnswer).await;
    let mut sound = 0;
    while setting.get(&token, &path, &[]).await.status == 200 {
        sound += 1;
    }
    assert_eq!(sound, 20, "of a burst of 30, ten lost answers were handled and ten lost calls were not");
}

#[tokio::test]
async fn faults_strike_by_operation_and_number() {
    let setting = Setting::new().await;
    let (token, path) = (setting.access_token().await, path(&setting).await);
    let query = [("createdAfter", "2026-10-20")];
    setting.twin.faults().inject(Some(OperationId::SearchOrders), When::Nth(2), Fault::InternalFailure);
    let mut statuses = Vec::new();
    for _ in 0..3 {
        statuses.push(setting.get(&token, &path, &[]).await.status.as_u16());
        statuses.push(setting.get(&token, ORDERS, &query).await.status.as_u16());
    }
    assert_eq!(statuses, [200, 200, 200, 500, 200, 200]);
}

#[tokio::test]
async fn every_operation_of_stock_and_feeds_can_be_struck_and_is_counted() {
    let setting = Setting::new().await;
    let token = setting.access_token().await;
    let listings = format!("/listings/2021-08-01/items/{}", setting.snapshot().seller().id);
    let listing = format!("{listings}/A");
    let headers = [("x-amz-access-token", token.as_str()), ("user-agent", USER_AGENT)];
    for (operation, method, path) in [
        (OperationId::GetInventorySummaries, Method::GET, "/fba/inventory/v1/summaries"),
        (OperationId::SearchListingsItems, Method::GET, listings.as_str()),
        (OperationId::GetListingsItem, Method::GET, &listing),
        (OperationId::PatchListingsItem, Method::PATCH, &listing),
        (OperationId::CreateFeedDocument, Method::POST, "/feeds/2021-06-30/documents"),
        (OperationId::CreateFeed, Method::POST, "/feeds/2021-06-30/feeds"),
        (OperationId::GetFeed, Method::GET, "/feeds/2021-06-30/feeds/1"),
        (OperationId::GetFeedDocument, Method::GET, "/feeds/2021-06-30/documents/1"),
    ] {
        let body = if method == Method::GET { String::new() } else { json!({}).to_string() };
        for (fault, expected) in [
            (Fault::QuotaExceeded, Some(429)),
            (Fault::InternalFailure, Some(500)),
            (Fault::ServiceUnavailable, Some(503)),
            (Fault::Revoked, Some(403)),
            (Fault::DropCall, None),
            (Fault::DropAnswer, None),
        ] {
            setting.twin.faults().inject(Some(operation), When::Nth(1), fault);
            let reply = setting.send(method.clone(), path, &headers, &body).await;
            assert_eq!(reply.ok().map(|reply| reply.status.as_u16()), expected, "{operation:?} {fault:?}");
            setting.twin.faults().clear();
        }
        assert_eq!(setting.twin.calls().of(operation), 6, "{operation:?}");
    }
}
