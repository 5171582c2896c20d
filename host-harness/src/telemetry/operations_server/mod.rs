//! The server for those who look after the host: `/healthz`, `/readyz`, `/metrics`, and a page for people.
//!
//! It shows names of connections, counts and codes; there is nothing in its types that could hold a secret, a
//! buyer or an order. Deliberately absent: anything that changes something, and a password. It listens on the
//! machine itself; who opens it to others puts something in front of it that knows who may look.

mod health;
mod page;
mod status;
#[cfg(test)]
mod tests;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Json, Response};
use axum::routing::get;
use axum::{Router, serve};
use serde::Serialize;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;

pub use health::{Health, Heartbeat};
pub use status::{ConnectionStatus, ErrorCode, LastError, StatusSnapshot, StatusSource};

use super::metrics::{Metrics, MetricsFormat};
use crate::code::Code;
use crate::limits::STATUS_TIMEOUT_MS;

/// Where the server listens unless told otherwise.
pub const DEFAULT_ADDRESS: &str = "127.0.0.1:9464";

/// What the server shows.
#[derive(Clone)]
pub struct OperationsServer {
    pub metrics: Arc<Metrics>,
    pub health: Health,
    pub status: Arc<dyn StatusSource>,
}

/// A server that runs until it is told to stop.
pub struct RunningServer {
    /// With the port that was found, where 0 was asked for.
    pub address: SocketAddr,
    /// Ends once the requests that were under way are answered.
    pub task: JoinHandle<()>,
}

/// Why the server does not run.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    #[error(
        "{address} can be reached from other machines: listen on 127.0.0.1, or allow it with --allow-remote"
    )]
    NotLoopback { address: SocketAddr },
    #[error("cannot listen at {address}: end what holds the port, or give --listen another one")]
    CannotListen {
        address: SocketAddr,
        #[source]
        source: std::io::Error,
    },
}

impl ListenError {
    pub fn code(&self) -> Code {
        match self {
            ListenError::NotLoopback { .. } => Code::OperationsNotLoopback,
            ListenError::CannotListen { .. } => Code::OperationsCannotListen,
        }
    }
}

impl OperationsServer {
    /// Listens, and serves until `stop` says true or its sender is gone.
    pub async fn start(
        self,
        address: SocketAddr,
        allow_remote: bool,
        mut stop: watch::Receiver<bool>,
    ) -> Result<RunningServer, ListenError> {
        if !address.ip().is_loopback() && !allow_remote {
            return Err(ListenError::NotLoopback { address });
        }
        let failed = |source| ListenError::CannotListen { address, source };
        let listener = TcpListener::bind(address).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let until = async move {
            // An error says that the sender is gone, and with it the host.
            _ = stop.wait_for(|stop| *stop).await;
        };
        let server = serve(listener, self.router()).with_graceful_shutdown(until);
        let task = tokio::spawn(async move {
            if let Err(error) = server.await {
                tracing::error!("the operations server ended: {error}");
            }
        });
        tracing::info!(%address, "the operations server listens");
        Ok(RunningServer { address, task })
    }

    fn router(self) -> Router {
        Router::new()
            .route("/healthz", get(healthz))
            .route("/readyz", get(readyz))
            .route("/metrics", get(metrics))
            .route("/", get(page))
            .with_state(Arc::new(self))
    }

    async fn snapshot(&self) -> Option<StatusSnapshot> {
        self.snapshot_within(Duration::from_millis(STATUS_TIMEOUT_MS)).await
    }

    /// `None` where it takes longer: a probe must have its answer.
    async fn snapshot_within(&self, longest: Duration) -> Option<StatusSnapshot> {
        timeout(longest, self.status.snapshot()).await.ok()
    }
}

/// What a probe is answered.
#[derive(Serialize)]
struct Answer {
    status: &'static str,
    /// Why not, one sentence each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    reasons: Vec<String>,
}

fn answer(well: &'static str, not_well: &'static str, reasons: Vec<String>) -> Response {
    let (code, status) = match reasons.is_empty() {
        true => (StatusCode::OK, well),
        false => (StatusCode::SERVICE_UNAVAILABLE, not_well),
    };
    (code, [(header::CACHE_CONTROL, "no-store")], Json(Answer { status, reasons })).into_response()
}

/// Whether the process should live: where this fails, a supervisor starts it again.
async fn healthz(State(server): State<Arc<OperationsServer>>) -> Response {
    answer("healthy", "unhealthy", server.health.silences())
}

/// Whether events are taken and worked on.
async fn readyz(State(server): State<Arc<OperationsServer>>) -> Response {
    let snapshot = server.snapshot().await;
    answer("ready", "not ready", status::obstacles(snapshot.as_ref()))
}

async fn metrics(State(server): State<Arc<OperationsServer>>, headers: HeaderMap) -> Response {
    let accept = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    let format = MetricsFormat::accepted(accept);
    ([(header::CONTENT_TYPE, format.content_type())], server.metrics.render(format)).into_response()
}

async fn page(State(server): State<Arc<OperationsServer>>) -> Response {
    let html = page::render(server.snapshot().await.as_ref(), &server.health);
    // Nothing is loaded, run or framed; the page shows the state anew by itself.
    let headers = [
        (header::REFRESH, "10"),
        (header::CACHE_CONTROL, "no-store"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, Html(html)).into_response()
}
