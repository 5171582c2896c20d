//! Amazon's real quotas over HTTP.

use chrono::Duration;

use http::Method;
use serde_json::json;

use super::client::{ORDERS, Setting};

#[tokio::test]
async fn a_burst_is_followed_by_429_until_the_bucket_refills() {
    let setting = Setting::with_factor(1).await;
    let token = setting.access_token().await;
    let path = format!("{ORDERS}/{}", setting.snapshot().orders()[0].id);
    for _ in 0..30 {
        assert_eq!(setting.get(&token, &path, &[]).await.status, 200);
    }
    let reply = setting.get(&token, &path, &[]).await;
    assert_eq!(reply.error(), (429, "QuotaExceeded".into(), Some(String::new())));
    let message = "You exceeded your quota for the requested resource.";
    assert_eq!(reply.json()["errors"][0]["message"], message);
    assert!(reply.header("x-amzn-ratelimit-limit").is_none() && reply.header("x-amzn-requestid").is_some());

    // The other operation has its own bucket.
    assert_eq!(setting.get(&token, ORDERS, &[("createdAfter", "2026-10-20")]).await.status, 200);
    setting.advance(Duration::seconds(2));
    assert_eq!(setting.get(&token, &path, &[]).await.status, 200);
    assert_eq!(setting.get(&token, &path, &[]).await.status, 429);
}

#[tokio::test]
async fn a_search_comes_back_every_three_minutes_and_refused_input_counts() {
    let setting = Setting::with_factor(1).await;
    let token = setting.access_token().await;
    for _ in 0..20 {
        assert_eq!(setting.get(&token, ORDERS, &[]).await.status, 400);
    }
    let query = [("createdAfter", "2026-10-20")];
    assert_eq!(setting.get(&token, ORDERS, &query).await.status, 429);
    setting.advance(Duration::seconds(178));
    assert_eq!(setting.get(&token, ORDERS, &query).await.status, 429);
    setting.advance(Duration::seconds(1));
    assert_eq!(setting.get(&token, ORDERS, &query).await.status, 200);
}

#[tokio::test]
async fn a_call_without_a_good_token_costs_nothing() {
    let setting = Setting::with_factor(1).await;
    for _ in 0..40 {
        assert_eq!(setting.get("bad", ORDERS, &[]).await.status, 403);
    }
    let token = setting.access_token().await;
    assert_eq!(setting.get(&token, ORDERS, &[("createdAfter", "2026-10-20")]).await.status, 200);
}

#[tokio::test]
async fn listings_and_documents_of_feeds_have_plans_of_their_own() {
    let setting = Setting::with_factor(1).await;
    let token = setting.access_token().await;
    let listings = format!("/listings/2021-08-01/items/{}", setting.snapshot().seller().id);
    let listing = format!("{listings}/A");
    let (documents, document) = ("/feeds/2021-06-30/documents", "/feeds/2021-06-30/documents/1");
    for (method, path, burst, rate) in [
        (Method::GET, listings.as_str(), 5, "5.0"),
        (Method::GET, &listing, 10, "5.0"),
        (Method::PATCH, &listing, 5, "5.0"),
        (Method::GET, "/feeds/2021-06-30/feeds/1", 15, "2.0"),
        (Method::POST, documents, 15, "0.5"),
        (Method::GET, document, 10, "0.0222"),
    ] {
        let call = async || match method {
            Method::GET => setting.get(&token, path, &[]).await,
            _ => setting.call(method.clone(), &token, path, &json!({})).await,
        };
        for _ in 0..burst {
            let reply = call().await;
            assert!([400, 404].contains(&reply.status.as_u16()), "{method} {path}: {}", reply.status);
            assert_eq!(reply.header("x-amzn-ratelimit-limit"), Some(rate), "{method} {path}");
        }
        assert_eq!(call().await.status, 429, "{method} {path}");
    }
}
