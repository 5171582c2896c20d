//! What probes, Prometheus and people are answered, over the network.

use std::sync::Mutex;

use async_trait::async_trait;
use bytes::Bytes;
use chrono::DateTime;
use http::{Request, Response};
use http_body_util::Full;

use super::*;
use crate::connection::ConnectionName;
use crate::gateway::{Bounds, HttpClient};
use crate::limits::Limits;
use crate::telemetry::PluginIdentity;
use crate::telemetry::metrics::{BreakerState, QueueCounts, Upstream};

/// Says what it is given; `None`: never comes to an end.
struct Told(Mutex<Option<StatusSnapshot>>);

#[async_trait]
impl StatusSource for Told {
    async fn snapshot(&self) -> StatusSnapshot {
        let told = self.0.lock().unwrap().clone();
        match told {
            Some(snapshot) => snapshot,
            None => std::future::pending().await,
        }
    }
}

struct Bench {
    health: Health,
    told: Arc<Told>,
    stop: watch::Sender<bool>,
    running: RunningServer,
}

fn well() -> StatusSnapshot {
    let acme = ConnectionStatus {
        name: ConnectionName::new("acme-uk").unwrap(),
        queue: Ok(QueueCounts { ready: 7, held: 2, ..QueueCounts::default() }),
        breakers: vec![(Upstream::KashFlow, BreakerState::Open)],
        last_errors: vec![LastError {
            code: ErrorCode::parse("KA-0401").unwrap(),
            at: DateTime::from_timestamp_millis(1_750_000_000_000).unwrap(),
        }],
    };
    StatusSnapshot {
        plugin: Some(PluginIdentity { version: "1.2.3<b>".to_owned(), digest: "ab".repeat(32) }),
        sources_run: true,
        dispatcher_runs: true,
        connections: vec![acme],
    }
}

async fn bench(told: Option<StatusSnapshot>) -> Bench {
    let (health, told) = (Health::new(), Arc::new(Told(Mutex::new(told))));
    let (stop, stopped) = watch::channel(false);
    let server = OperationsServer {
        metrics: Metrics::new(),
        health: health.clone(),
        status: Arc::clone(&told) as Arc<dyn StatusSource>,
    };
    let running = server.start("127.0.0.1:0".parse().unwrap(), false, stopped).await.unwrap();
    Bench { health, told, stop, running }
}

impl Bench {
    async fn get(&self, path: &str) -> Response<Bytes> {
        let request = Request::get(format!("http://{}{path}", self.running.address));
        let request = request.header("accept", "text/html").body(Full::new(Bytes::new())).unwrap();
        HttpClient::new().exchange(request, Bounds::of(&Limits::default())).await.unwrap()
    }

    /// Status code and body.
    async fn answer(&self, path: &str) -> (u16, String) {
        let response = self.get(path).await;
        (response.status().as_u16(), String::from_utf8(response.body().to_vec()).unwrap())
    }

    fn tell(&self, change: impl FnOnce(&mut StatusSnapshot)) {
        change(self.told.0.lock().unwrap().as_mut().unwrap());
    }
}

#[tokio::test]
async fn a_host_that_works_is_healthy_and_ready() {
    let bench = bench(Some(well())).await;
    bench.health.heartbeat("dispatcher");
    assert_eq!(bench.answer("/healthz").await, (200, "{\"status\":\"healthy\"}".to_owned()));
    assert_eq!(bench.answer("/readyz").await, (200, "{\"status\":\"ready\"}".to_owned()));
    assert_eq!(bench.answer("/elsewhere").await.0, 404);
}

#[tokio::test]
async fn what_stands_in_the_way_is_named() {
    let bench = bench(Some(well())).await;
    bench.tell(|snapshot| {
        snapshot.plugin = None;
        snapshot.dispatcher_runs = false;
        snapshot.connections[0].queue = Err(Code::StoreLocked);
    });
    let (status, body) = bench.answer("/readyz").await;
    let reasons = r#"["no plugin is loaded","the dispatcher does not run","the store of acme-uk does not answer (HH-0204)"]"#;
    assert_eq!((status, body), (503, format!("{{\"status\":\"not ready\",\"reasons\":{reasons}}}")));
    assert_eq!(bench.answer("/healthz").await.0, 200, "it lives all the same");
}

#[tokio::test]
async fn metrics_come_in_the_form_that_is_asked_for() {
    let response = bench(Some(well())).await.get("/metrics").await;
    assert_eq!(response.headers()["content-type"], "text/plain; version=0.0.4; charset=utf-8");
    assert!(response.body().windows(16).any(|text| text == b"kashflow_amazon_"));
}

#[tokio::test]
async fn the_page_shows_the_state_and_loads_nothing() {
    let bench = bench(Some(well())).await;
    let response = bench.get("/").await;
    assert_eq!(response.headers()["refresh"], "10");
    assert!(response.headers()["content-security-policy"].to_str().unwrap().contains("default-src 'none'"));
    let page = String::from_utf8(response.body().to_vec()).unwrap();
    for text in [
        "<h1>kashflow-amazon: ready</h1>",
        "1.2.3&lt;b&gt; (abababababab)",
        "<th scope=\"row\">acme-uk</th><td class=\"count\">7</td>",
        "<td>kashflow</td><td>open</td>",
        "<td>KA-0401</td><td>2025-06-15 15:06:40 UTC</td>",
    ] {
        assert!(page.contains(text), "{text} is missing in:\n{page}");
    }
    for text in ["http:", "https:", "src=", "<script"] {
        assert!(!page.contains(text), "{text} is in:\n{page}");
    }
}

#[tokio::test]
async fn the_server_ends_when_it_is_told_to() {
    let bench = bench(Some(well())).await;
    bench.stop.send(true).unwrap();
    bench.running.task.await.unwrap();
    assert!(tokio::net::TcpStream::connect(bench.running.address).await.is_err());
}

#[tokio::test]
async fn a_status_that_does_not_come_is_told() {
    let status = Arc::new(Told(Mutex::new(None)));
    let server = OperationsServer { metrics: Metrics::new(), health: Health::new(), status };
    assert_eq!(server.snapshot_within(Duration::from_millis(1)).await, None);
    assert_eq!(status::obstacles(None), ["the status cannot be gathered in time"]);
    let page = page::render(None, &server.health);
    assert!(page.contains("not ready") && page.contains("cannot be gathered in time"), "{page}");
}

#[test]
fn an_unhealthy_host_says_why() {
    let refused = answer("healthy", "unhealthy", vec!["the dispatcher stands still".to_owned()]);
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer("healthy", "unhealthy", Vec::new()).status(), StatusCode::OK);
}

#[tokio::test]
async fn other_machines_are_let_in_only_by_those_who_say_so() {
    let server = |told| OperationsServer {
        metrics: Metrics::new(),
        health: Health::new(),
        status: Arc::new(Told(Mutex::new(told))),
    };
    let (_stop, stopped) = watch::channel(false);
    let everywhere = "0.0.0.0:0".parse().unwrap();
    let refused = server(None).start(everywhere, false, stopped.clone()).await.err().unwrap();
    assert_eq!(refused.code().code(), "HH-0601");
    assert!(refused.to_string().contains("--allow-remote"), "{refused}");

    let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = taken.local_addr().unwrap();
    let refused = server(None).start(address, false, stopped).await.err().unwrap();
    assert_eq!(refused.code().code(), "HH-0602");
    assert!(refused.to_string().contains(&address.to_string()), "{refused}");
}

#[test]
fn only_a_code_is_a_code() {
    for text in ["KA-401", "ka-0401", "KA-0401 Ada", "026-1234567", "K-00401", ""] {
        assert_eq!(ErrorCode::parse(text), None, "{text}");
    }
    assert_eq!(ErrorCode::from(Code::AlertNotSent).as_str(), "HH-0606");
}
