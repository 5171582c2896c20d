//! What every call meets before its operation.

use http::Method;

use super::super::operation::OperationId;
use super::client::{ORDERS, Reply, Setting, USER_AGENT};

const QUERY: &str = "createdAfter=2026-10-20";

async fn get(setting: &Setting, headers: &[(&str, &str)]) -> Reply {
    setting.send(Method::GET, &format!("{ORDERS}?{QUERY}"), headers, "").await.expect("an answer")
}

#[tokio::test]
async fn a_missing_or_unknown_access_token_is_refused() {
    let setting = Setting::new().await;
    let missing = "Access token is missing in the request header.".to_owned();
    let invalid = "The access token you provided is revoked, malformed or invalid.".to_owned();
    let agent = ("user-agent", USER_AGENT);
    let reply = get(&setting, &[agent]).await;
    assert_eq!(reply.error(), (403, "Unauthorized".into(), Some(missing)));
    assert_eq!(reply.json()["errors"][0]["message"], "Access to requested resource is denied.");
    let reply = get(&setting, &[agent, ("x-amz-access-token", "Atza|IwEBnonsense")]).await;
    assert_eq!(reply.error(), (403, "Unauthorized".into(), Some(invalid)));
}

#[tokio::test]
async fn a_user_agent_is_required_and_bounded() {
    let setting = Setting::new().await;
    let token = setting.access_token().await;
    let token = ("x-amz-access-token", token.as_str());
    let (longest, too_long) = ("a".repeat(500), "a".repeat(501));
    assert_eq!(get(&setting, &[token]).await.error().0, 400);
    assert_eq!(get(&setting, &[token, ("user-agent", &too_long)]).await.error().1, "InvalidInput");
    assert_eq!(get(&setting, &[token, ("user-agent", &longest)]).await.status, 200);
}

#[tokio::test]
async fn what_is_no_operation_is_denied_before_any_token_is_looked_at() {
    let setting = Setting::new().await;
    let token = setting.access_token().await;
    let headers = [("x-amz-access-token", token.as_str()), ("user-agent", USER_AGENT)];
    let unknown = [(Method::GET, "/orders/2026-01-01/order"), (Method::GET, "/"), (Method::POST, ORDERS)];
    for (method, path) in unknown {
        let reply = setting.send(method, path, &headers, "").await.expect("an answer");
        assert_eq!(reply.error(), (403, "MissingAuthenticationToken".into(), None), "{path}");
    }
}

#[tokio::test]
async fn a_get_with_a_body_is_refused_by_the_front_door() {
    let setting = Setting::new().await;
    let token = setting.access_token().await;
    let headers = [("x-amz-access-token", token.as_str()), ("user-agent", USER_AGENT)];
    let path = format!("{ORDERS}?{QUERY}");
    let reply = setting.send(Method::GET, &path, &headers, "{}").await.expect("an answer");
    assert_eq!((reply.status.as_u16(), reply.header("content-type")), (400, Some("text/html")));
    assert!(reply.header("x-amzn-requestid").is_some());
    assert!(reply.header("x-amzn-ratelimit-limit").is_none());
}

#[tokio::test]
async fn every_answer_has_a_request_id_and_the_rated_ones_their_rate() {
    let setting = Setting::with_factor(1).await;
    let token = setting.access_token().await;
    let mut ids = Vec::new();
    let mut rate = |reply: &Reply| {
        ids.push(reply.header("x-amzn-requestid").expect("an id").to_owned());
        reply.header("x-amzn-ratelimit-limit").map(str::to_owned)
    };
    let found = setting.get(&token, ORDERS, &[("createdAfter", "2026-10-20")]).await;
    assert_eq!((found.status.as_u16(), rate(&found).as_deref()), (200, Some("0.0056")));
    assert_eq!(found.header("content-type"), Some("application/json"));
    let invalid = setting.get(&token, ORDERS, &[]).await;
    assert_eq!((invalid.status.as_u16(), rate(&invalid).as_deref()), (400, Some("0.0056")));
    let unknown = setting.get(&token, &format!("{ORDERS}/000-0000000-0000000"), &[]).await;
    assert_eq!((unknown.status.as_u16(), rate(&unknown).as_deref()), (404, Some("0.5")));
    let denied = setting.get("Atza|no", ORDERS, &[]).await;
    assert_eq!((denied.status.as_u16(), rate(&denied)), (403, None));
    let nowhere = setting.get(&token, "/nowhere", &[]).await;
    assert_eq!((nowhere.status.as_u16(), rate(&nowhere)), (403, None));
    assert!(ids.iter().all(|id| id.len() == 36), "{ids:?}");
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 5, "each answer has its own id");
}

#[tokio::test]
async fn calls_are_counted_by_operation() {
    let setting = Setting::new().await;
    let token = setting.access_token().await;
    setting.get(&token, ORDERS, &[]).await;
    setting.get(&token, &format!("{ORDERS}/1"), &[]).await;
    setting.get("none", &format!("{ORDERS}/1"), &[]).await;
    let calls = setting.twin.calls();
    let counts =
        [OperationId::Token, OperationId::SearchOrders, OperationId::GetOrder].map(|id| calls.of(id));
    assert_eq!(counts, [1, 1, 2]);
}

#[tokio::test]
async fn a_stopped_twin_listens_no_more() {
    let setting = Setting::new().await;
    let endpoint = setting.twin.endpoint();
    assert!(endpoint.starts_with("http://127.0.0.1:"));
    assert_eq!(setting.twin.token_endpoint(), format!("{endpoint}/auth/o2/token"));
    let address = endpoint.trim_start_matches("http://").to_owned();
    // A client that keeps its connection open must not keep the twin alive.
    assert_eq!(setting.refresh().await.status, 200);
    setting.twin.stop().await.expect("an orderly end");
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
}
