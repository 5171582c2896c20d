//! The token endpoint.

use chrono::Duration;
use http::Method;

use super::client::{ORDERS, Setting};

const SCOPE: &str = "sellingpartnerapi::notifications";

/// Status and OAuth error of a request in which `change` has spoilt the fields of a good one.
async fn refusal(setting: &Setting, change: impl FnOnce(&mut Vec<(String, String)>)) -> (u16, String) {
    let credentials = setting.twin.credentials();
    let good = [
        ("grant_type", "refresh_token"),
        ("refresh_token", credentials.refresh_token.as_str()),
        ("client_id", credentials.client_id.as_str()),
        ("client_secret", credentials.client_secret.as_str()),
    ];
    let mut fields: Vec<(String, String)> =
        good.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    change(&mut fields);
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let reply = setting.post_form(&fields).await;
    let json = reply.json();
    assert!(json["error_description"].is_string() && json.get("errors").is_none(), "OAuth's shape: {json}");
    (reply.status.as_u16(), json["error"].as_str().expect("an error").to_owned())
}

fn set(name: &'static str, value: &'static str) -> impl FnOnce(&mut Vec<(String, String)>) {
    move |fields| {
        let field = fields.iter_mut().find(|(field, _)| field == name).expect("a field of a good request");
        field.1 = value.to_owned();
    }
}

#[tokio::test]
async fn a_refresh_token_buys_an_access_token_for_an_hour() {
    let setting = Setting::new().await;
    let reply = setting.refresh().await;
    let json = reply.json();
    assert_eq!(reply.status, 200);
    assert!(json["access_token"].as_str().is_some_and(|token| token.starts_with("Atza|")));
    assert_eq!((json["token_type"].as_str(), json["expires_in"].as_i64()), (Some("bearer"), Some(3600)));
    assert_eq!(json["refresh_token"].as_str(), Some(setting.twin.credentials().refresh_token.as_str()));
    assert_ne!(setting.access_token().await, json["access_token"], "every grant gives a new token");
}

#[tokio::test]
async fn refusals_have_the_shape_and_codes_of_oauth() {
    let setting = Setting::new().await;
    let drop = |name: &'static str| {
        move |fields: &mut Vec<_>| fields.retain(|(field, _): &(String, _)| field != name)
    };
    let refused = |status: u16, error: &str| (status, error.to_owned());
    assert_eq!(refusal(&setting, set("client_secret", "wrong")).await, refused(401, "invalid_client"));
    assert_eq!(refusal(&setting, set("client_id", "wrong")).await, refused(401, "invalid_client"));
    assert_eq!(refusal(&setting, set("refresh_token", "Atzr|wrong")).await, refused(400, "invalid_grant"));
    assert_eq!(
        refusal(&setting, set("grant_type", "password")).await,
        refused(400, "unsupported_grant_type")
    );
    assert_eq!(
        refusal(&setting, set("grant_type", "authorization_code")).await,
        refused(400, "invalid_grant")
    );
    for name in ["grant_type", "client_id", "refresh_token"] {
        assert_eq!(refusal(&setting, drop(name)).await, refused(400, "invalid_request"), "{name}");
    }
    assert_eq!(refusal(&setting, drop("client_secret")).await, refused(401, "invalid_client"));
    let repeat = |fields: &mut Vec<(String, String)>| fields.push(fields[0].clone());
    assert_eq!(refusal(&setting, repeat).await, refused(400, "invalid_request"));
}

#[tokio::test]
async fn only_a_posted_form_is_taken() {
    let setting = Setting::new().await;
    let json = r#"{"grant_type":"refresh_token"}"#;
    let headers = [("content-type", "application/json")];
    let reply = setting.send(Method::POST, "/auth/o2/token", &headers, json).await.expect("an answer");
    assert_eq!((reply.status.as_u16(), reply.json()["error"].as_str()), (400, Some("invalid_request")));
    let reply = setting.send(Method::GET, "/auth/o2/token", &[], "").await.expect("an answer");
    assert_eq!((reply.status.as_u16(), reply.json()["error"].as_str()), (405, Some("invalid_request")));
}

#[tokio::test]
async fn a_grantless_token_needs_a_scope_and_opens_no_orders() {
    let setting = Setting::new().await;
    let credentials = setting.twin.credentials().clone();
    let ask = |scope: &'static str| {
        let credentials = credentials.clone();
        let setting = &setting;
        async move {
            setting
                .post_form(&[
                    ("grant_type", "client_credentials"),
                    ("scope", scope),
                    ("client_id", &credentials.client_id),
                    ("client_secret", &credentials.client_secret),
                ])
                .await
        }
    };
    let reply = ask("profile").await;
    assert_eq!((reply.status.as_u16(), reply.json()["error"].as_str()), (400, Some("invalid_scope")));
    let json = ask(SCOPE).await.json();
    assert!(json.get("refresh_token").is_none());
    let token = json["access_token"].as_str().expect("a token").to_owned();
    let reply = setting.get(&token, ORDERS, &[("createdAfter", "2026-10-20")]).await;
    assert_eq!(reply.error(), (403, "Unauthorized".into(), Some(String::new())));
}

#[tokio::test]
async fn an_access_token_ends_after_an_hour_of_the_twins_clock() {
    let setting = Setting::new().await;
    let token = setting.access_token().await;
    let query = [("createdAfter", "2026-10-20")];
    setting.advance(Duration::seconds(3599));
    assert_eq!(setting.get(&token, ORDERS, &query).await.status, 200);
    setting.advance(Duration::seconds(1));
    let expired = "The access token you provided has expired.".to_owned();
    assert_eq!(
        setting.get(&token, ORDERS, &query).await.error(),
        (403, "Unauthorized".into(), Some(expired))
    );
}
