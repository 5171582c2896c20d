//! A gateway before an upstream and a token endpoint that remember what they saw.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::response::IntoResponse;
use bytes::Bytes;
use chrono::DateTime;
use http::{HeaderMap, Method, Request, Response, StatusCode, Uri};
use secrecy::SecretString;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

use crate::clock::{Clock, ManualClock};
use crate::connection::ConnectionName;
use crate::gateway::{
    Credential, DocumentLinks, FEED_DOCUMENT_HOST, Gateway, GatewayError, HttpClient, HttpGrant,
    LwaCredentials, LwaToken, Patience, Pattern, REPORT_DOCUMENT_HOST, Route, RoutePath, Unobserved,
};
use crate::limits::Limits;
use crate::redactor::Redactor;

pub const AMAZON: &str = "sellingpartnerapi-eu.amazon.com";
pub const KASHFLOW: &str = "securedwebapp.com";
pub const SECRETS: [&str; 4] = ["Atzr|refresh-token", "client-secret-1", "p&ss-word-1", "Atza|token-1"];

/// One call as a server saw it.
#[derive(Clone)]
pub struct Seen {
    pub method: Method,
    pub path_and_query: String,
    headers: HeaderMap,
    body: Bytes,
}

impl Seen {
    /// Their names, in the order of the alphabet.
    pub fn header_names(&self) -> Vec<&str> {
        let mut names: Vec<_> = self.headers.keys().map(http::HeaderName::as_str).collect();
        names.sort_unstable();
        names
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    pub fn body_text(&self) -> String {
        String::from_utf8(self.body.to_vec()).unwrap()
    }
}

/// A server with scripted answers; without a script it answers by path.
#[derive(Clone)]
pub struct Server {
    pub address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
    script: Arc<Mutex<VecDeque<(StatusCode, String)>>>,
    /// An answer takes one permit, so that a test can hold answers back.
    pub permits: Arc<Semaphore>,
}

impl Server {
    pub async fn start(answer: fn(&Seen, usize) -> Response<axum::body::Body>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Server {
            address: listener.local_addr().unwrap(),
            seen: Arc::default(),
            script: Arc::default(),
            permits: Arc::new(Semaphore::new(10_000)),
        };
        let handler = move |State(server): State<Server>,
                            method: Method,
                            uri: Uri,
                            headers: HeaderMap,
                            body: Bytes| async move {
            let path_and_query = uri.path_and_query().unwrap().to_string();
            let seen = Seen { method, path_and_query, headers, body };
            let count = {
                let mut all = server.seen.lock().unwrap();
                all.push(seen.clone());
                all.len()
            };
            server.permits.acquire().await.unwrap().forget();
            let scripted = server.script.lock().unwrap().pop_front();
            scripted.map_or_else(|| answer(&seen, count), IntoResponse::into_response)
        };
        let router =
            Router::new().fallback(handler).layer(DefaultBodyLimit::disable()).with_state(server.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        server
    }

    pub fn authority(&self) -> String {
        self.address.to_string()
    }

    pub fn answer_next(&self, status: StatusCode, body: &str) {
        self.script.lock().unwrap().push_back((status, body.to_owned()));
    }

    pub fn calls(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    pub fn only_call(&self) -> Seen {
        let mut calls = self.calls();
        assert_eq!(calls.len(), 1);
        calls.remove(0)
    }
}

pub struct Bench {
    pub gateway: Arc<Gateway>,
    pub clock: Arc<ManualClock>,
    pub upstream: Server,
    pub lwa: Server,
}

impl Bench {
    pub async fn start() -> Self {
        Bench::with_limits(Limits::default()).await
    }

    pub async fn with_limits(limits: Limits) -> Self {
        let upstream = Server::start(upstream_answer).await;
        let lwa = Server::start(token_answer).await;
        let (amazon, token) =
            (format!("http://{}", upstream.address), format!("http://{}/auth/o2/token", lwa.address));
        let clock = Arc::new(ManualClock::at(DateTime::from_timestamp_millis(1_750_000_000_000).unwrap()));
        let gateway = gateway(&amazon, &token, Arc::clone(&clock) as Arc<dyn Clock>, limits);
        Bench { gateway: Arc::new(gateway), clock, upstream, lwa }
    }

    pub async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, GatewayError> {
        self.gateway.send(request, Patience::default()).await
    }

    pub fn token_fetches(&self) -> usize {
        self.lwa.calls().len()
    }
}

pub fn gateway(amazon: &str, token_endpoint: &str, clock: Arc<dyn Clock>, limits: Limits) -> Gateway {
    gateway_with(HttpClient::new(), amazon, token_endpoint, clock, limits)
}

pub fn gateway_with(
    client: HttpClient,
    amazon: &str,
    token_endpoint: &str,
    clock: Arc<dyn Clock>,
    limits: Limits,
) -> Gateway {
    let [refresh_token, client_secret, password, _] = SECRETS.map(SecretString::from);
    let user_name = SecretString::from("bookkeeper");
    let redactor = Arc::new(Redactor::new(&[&refresh_token, &client_secret, &password], &[&user_name]));
    let credentials = LwaCredentials {
        token_endpoint: token_endpoint.parse().unwrap(),
        client_id: SecretString::from("amzn1.application-oa2-client.example"),
        client_secret,
        refresh_token,
    };
    let token = LwaToken::new(credentials, client.clone(), clock, Arc::clone(&redactor));
    let route = |host: &str, endpoint: String, path, credential| Route {
        host: host.to_owned(),
        endpoint: endpoint.parse().unwrap(),
        path,
        credential,
    };
    let kashflow = Credential::SoapUserNamePassword { user_name, password };
    Gateway {
        connection: ConnectionName::new("acme-uk").unwrap(),
        routes: vec![
            route(AMAZON, amazon.to_owned(), RoutePath::Appended, Credential::LwaToken(token)),
            route(
                KASHFLOW,
                format!("{amazon}/kashflow/service.asmx"),
                RoutePath::Only("/api/service.asmx".to_owned()),
                kashflow,
            ),
        ],
        grants: vec![
            grant(AMAZON, &[Method::GET, Method::POST], "/orders/2026-01-01/orders/*", None),
            grant(AMAZON, &[Method::GET], "/reports/2021-06-30/documents/*", None),
            grant(REPORT_DOCUMENT_HOST, &[Method::GET, Method::POST], "/*", None),
            grant(AMAZON, &[Method::GET, Method::PUT, Method::PATCH], "/listings/2021-08-01/items/*/*", None),
            grant(AMAZON, &[Method::GET, Method::POST], "/feeds/2021-06-30/*", None),
            grant(FEED_DOCUMENT_HOST, &[Method::GET, Method::PUT, Method::POST], "/*", None),
            grant(
                KASHFLOW,
                &[Method::POST],
                "/api/service.asmx",
                Some(&["KashFlow/Get*", "KashFlow/Insert*"]),
            ),
        ],
        client,
        redactor,
        limits,
        resilience: None,
        documents: DocumentLinks::default(),
        observer: Arc::new(Unobserved),
    }
}

fn grant(host: &str, methods: &[Method], path: &str, actions: Option<&[&str]>) -> HttpGrant {
    HttpGrant {
        host: host.to_owned(),
        methods: methods.to_vec(),
        paths: vec![Pattern::new(path)],
        soap_actions: actions.map(|actions| actions.iter().map(|action| Pattern::new(*action)).collect()),
    }
}

fn upstream_answer(seen: &Seen, _count: usize) -> Response<axum::body::Body> {
    if seen.path_and_query.ends_with("/redirect") {
        let headers = [("location", "https://example.org/elsewhere"), ("x-gateway-code", "GW-0401")];
        return (StatusCode::FOUND, headers, "").into_response();
    }
    if seen.path_and_query.ends_with("/echo") || seen.path_and_query.ends_with(".asmx") {
        let token = seen.header("x-amz-access-token").unwrap_or_default();
        return format!("you sent {token} {}", seen.body_text()).into_response();
    }
    "{}".into_response()
}

fn token_answer(_seen: &Seen, count: usize) -> Response<axum::body::Body> {
    format!(r#"{{"access_token":"Atza|token-{count}","token_type":"bearer","expires_in":3600}}"#)
        .into_response()
}

pub fn get(path: &str) -> Request<Bytes> {
    Request::get(format!("https://{AMAZON}{path}")).body(Bytes::new()).unwrap()
}

pub fn order() -> Request<Bytes> {
    get("/orders/2026-01-01/orders/026-1")
}

pub fn soap(operation: &str, arguments: &str) -> Request<Bytes> {
    let body = format!(
        "<soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Body>\
         <{operation} xmlns=\"KashFlow\">{arguments}</{operation}></soap:Body></soap:Envelope>"
    );
    Request::post(format!("https://{KASHFLOW}/api/service.asmx"))
        .header("soapaction", format!("\"KashFlow/{operation}\""))
        .header("content-type", "text/xml; charset=utf-8")
        .header("content-length", body.len())
        .body(body.into())
        .unwrap()
}
