//! Amazon's real quotas over HTTP.

use chrono::Duration;

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
