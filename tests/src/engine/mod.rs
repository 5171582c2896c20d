//! The engine, tried with a component that does what a test tells it to (`tests/guest`).
//!
//! One host serves all of these tests: what one delivery breaks, another one would notice. Deliberately
//! absent: what an event means.

mod limits;
mod loading;
mod powers;
#[cfg(target_os = "linux")]
mod without_pool;

use std::path::Path;
use std::sync::{Arc, OnceLock};

use host_harness::artifact::{build_package, workspace};
use host_harness::clock::{Clock, ManualClock};
use host_harness::connection::Connection;
use host_harness::engine::{Delivery, Export, PluginEngine, Source};
use host_harness::store::MemoryStore;
use host_harness::{ConnectionRuntime, DeliveryReport, Host};

pub(crate) const CONNECTION: &str = r#"connection = "acme-uk"

[amazon]
region = "eu"
endpoint = "http://{upstream}"
token-endpoint = "http://{upstream}/auth/o2/token"
client-id = { env = "AMAZON_CLIENT_ID" }
client-secret = { env = "AMAZON_CLIENT_SECRET" }
refresh-token = { env = "AMAZON_REFRESH_TOKEN" }

[kashflow]
endpoint = "http://{upstream}/api/service.asmx"
user-name = { env = "KASHFLOW_USER_NAME" }
password = { env = "KASHFLOW_PASSWORD" }

[[grants.http]]
host = "sellingpartnerapi-eu.amazon.com"
methods = ["GET"]
paths = ["/orders/2026-01-01/orders/*"]

[limits]
"#;

pub(crate) const AMAZON: &str = "sellingpartnerapi-eu.amazon.com";

/// Nobody listens there: port 1 is reserved.
pub(crate) const NOWHERE: &str = "127.0.0.1:1";

pub(crate) fn component() -> &'static [u8] {
    static COMPONENT: OnceLock<Vec<u8>> = OnceLock::new();
    COMPONENT.get_or_init(|| build_package("guest", &[], |_| {}).unwrap_or_else(|error| panic!("{error}")))
}

pub(crate) fn engine() -> PluginEngine {
    PluginEngine::new(Some(workspace().join("target/plugin/cache"))).expect("the engine starts")
}

fn host() -> &'static Host {
    static HOST: OnceLock<Host> = OnceLock::new();
    HOST.get_or_init(|| Host::new(&engine(), component()).expect("the guest is a plugin"))
}

fn store() -> Arc<MemoryStore> {
    Arc::new(MemoryStore::new(clock()))
}

fn clock() -> Arc<dyn Clock> {
    Arc::new(ManualClock::at(chrono::DateTime::UNIX_EPOCH))
}

fn connection(store: &Arc<MemoryStore>, limits: &str, upstream: &str) -> ConnectionRuntime {
    let text = CONNECTION.replace("{upstream}", upstream) + limits;
    let credential = |name: &str| Some(format!("the-secret-{name}"));
    let connection = Connection::from_text(&text, Path::new(""), credential);
    let connection = connection.unwrap_or_else(|error| panic!("{error}"));
    ConnectionRuntime::with_store(&connection, Arc::clone(store), clock())
}

async fn deliver_to(host: &Host, connection: &ConnectionRuntime, script: &str) -> DeliveryReport {
    let delivery = Delivery {
        event_id: "event-1".to_owned(),
        source: Source::AmazonNotification,
        content_type: "text/plain".to_owned(),
        occurred_at: None,
        attempt: 1,
        body: script.as_bytes().to_vec(),
    };
    host.deliver(connection, Export::OnOrder, &delivery).await
}

async fn deliver(connection: &ConnectionRuntime, script: &str) -> DeliveryReport {
    deliver_to(host(), connection, script).await
}

/// What the guest says of a script that it finished.
fn said(report: &DeliveryReport) -> &str {
    match &report.result {
        Ok(Ok(outcome)) => &outcome.findings[0].message,
        other => panic!("the guest did not finish: {other:?}"),
    }
}

async fn keys(connection: &ConnectionRuntime) -> Vec<String> {
    connection.state.list_keys(&connection.name, "", None, 1000).await.expect("the store works")
}
