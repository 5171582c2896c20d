//! A plain HTTP client, a clock to set, and a twin to ask.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use chrono::{DateTime, Duration, Utc};
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;

use super::super::{AmazonOptions, AmazonTwin};
use crate::twin::world::{SharedWorld, World, WorldSize};

pub const ORDERS: &str = "/orders/2026-01-01/orders";
pub const USER_AGENT: &str = "TwinTest/1.0 (Language=Rust)";

/// A twin with a world of 300 orders, whose clock stands at the world's present.
pub struct Setting {
    pub world: SharedWorld,
    pub twin: AmazonTwin,
    clock: Arc<Mutex<DateTime<Utc>>>,
    client: Client<HttpConnector, Full<Bytes>>,
}

#[derive(Debug)]
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Reply {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error} in {}", self.text))
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// Status, code and details of an SP-API error.
    pub fn error(&self) -> (u16, String, Option<String>) {
        let error = &self.json()["errors"][0];
        let text = |name: &str| error[name].as_str().map(str::to_owned);
        assert!(text("message").is_some_and(|message| !message.is_empty()), "{error}");
        (self.status.as_u16(), text("code").expect("a code"), text("details"))
    }
}

impl Setting {
    /// Usage plans a thousand times as wide as Amazon's, so that only the tests of plans meet them.
    pub async fn new() -> Self {
        Setting::with_factor(1000).await
    }

    pub async fn with_factor(usage_plan_factor: u32) -> Self {
        let world = World::generate(4, WorldSize::orders(300));
        let clock = Arc::new(Mutex::new(world.epoch()));
        let shown = Arc::clone(&clock);
        let now = move || *shown.lock().unwrap_or_else(PoisonError::into_inner);
        let options = AmazonOptions { usage_plan_factor, ..AmazonOptions::new(now) };
        let world = world.shared();
        let address = "127.0.0.1:0".parse().expect("an address");
        let twin = AmazonTwin::start(Arc::clone(&world), address, options).await.expect("a free port");
        let client = Client::builder(TokioExecutor::new()).build_http();
        Setting { world, twin, clock, client }
    }

    /// A copy of the world as it is now.
    pub fn snapshot(&self) -> World {
        self.world.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub fn now(&self) -> DateTime<Utc> {
        *self.clock.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn advance(&self, by: Duration) {
        *self.clock.lock().unwrap_or_else(PoisonError::into_inner) += by;
    }

    pub async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Result<Reply, hyper_util::client::legacy::Error> {
        let mut request = Request::builder().method(method).uri(format!("{}{path}", self.twin.endpoint()));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Full::new(Bytes::from(body.to_owned()))).expect("a request");
        let (parts, body) = self.client.request(request).await?.into_parts();
        let bytes = body.collect().await.expect("a whole body").to_bytes();
        let text = String::from_utf8(bytes.to_vec()).expect("UTF-8");
        Ok(Reply { status: parts.status, headers: parts.headers, text })
    }

    pub async fn post_form(&self, fields: &[(&str, &str)]) -> Reply {
        let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let headers = [("content-type", "application/x-www-form-urlencoded;charset=UTF-8")];
        self.send(Method::POST, "/auth/o2/token", &headers, &form).await.expect("an answer")
    }

    pub async fn refresh(&self) -> Reply {
        let credentials = self.twin.credentials().clone();
        self.post_form(&[
            ("grant_type", "refresh_token"),
            ("refresh_token", &credentials.refresh_token),
            ("client_id", &credentials.client_id),
            ("client_secret", &credentials.client_secret),
        ])
        .await
    }

    pub async fn access_token(&self) -> String {
        let reply = self.refresh().await;
        reply.json()["access_token"].as_str().expect("a token").to_owned()
    }

    /// An authorised GET with these query parameters.
    pub async fn get(&self, token: &str, path: &str, query: &[(&str, &str)]) -> Reply {
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
        self.get_raw(token, &format!("{path}?{query}")).await.expect("an answer")
    }

    /// An authorised call with a JSON body.
    pub async fn call(&self, method: Method, token: &str, path: &str, body: &Value) -> Reply {
        let headers =
            [("x-amz-access-token", token), ("user-agent", USER_AGENT), ("content-type", "application/json")];
        self.send(method, path, &headers, &body.to_string()).await.expect("an answer")
    }

    pub async fn get_raw(&self, token: &str, path: &str) -> Result<Reply, hyper_util::client::legacy::Error> {
        let headers = [("x-amz-access-token", token), ("user-agent", USER_AGENT)];
        self.send(Method::GET, path, &headers, "").await
    }
}
