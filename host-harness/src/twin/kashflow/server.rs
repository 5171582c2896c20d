//! The running twin: a real HTTP server in front of an account.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::response::Response;
use chrono::{DateTime, Utc};
use http::StatusCode;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::account::Account;
use super::books::Books;
use super::connection::{CuttableListener, Peer};
use super::faults::Faults;
use super::service::{Answer, Counters, PATH, Service, lock};

/// Where the twin takes the time from.
pub type Clock = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// ASP.NET's usual limit of a request, 4 MB.
pub const BODY_LIMIT_BYTES: usize = 4 * 1024 * 1024;

/// What `StatusDetail` says beside `OK`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SuccessDetails {
    /// Sometimes a phrase such as "Found Customer", sometimes nothing: a client that judges by it fails.
    #[default]
    Varied,
    Empty,
}

#[derive(Clone)]
pub struct Options {
    pub clock: Clock,
    pub success_details: SuccessDetails,
    /// Longer requests are answered with HTTP 413.
    pub body_limit_bytes: usize,
}

impl Options {
    pub fn with_clock(clock: Clock) -> Self {
        Self { clock, success_details: SuccessDetails::default(), body_limit_bytes: BODY_LIMIT_BYTES }
    }
}

/// Why a twin does not run.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("failed to listen on {address}")]
    Listen {
        address: SocketAddr,
        #[source]
        source: io::Error,
    },
}

/// A KashFlow on loopback. Dropping it stops it as well, without waiting for open calls.
pub struct KashFlowTwin {
    service: Arc<Service>,
    stop: oneshot::Sender<()>,
    server: JoinHandle<io::Result<()>>,
}

impl KashFlowTwin {
    /// Opens the account to HTTP; port 0 picks a free port.
    ///
    /// # Errors
    /// When the address cannot be listened on.
    pub async fn start(account: Account, address: SocketAddr, options: Options) -> Result<Self, StartError> {
        let listen = |source| StartError::Listen { address, source };
        let listener = TcpListener::bind(address).await.map_err(listen)?;
        let local_address = listener.local_addr().map_err(listen)?;
        let service = Arc::new(Service {
            account: Arc::new(Mutex::new(account)),
            faults: Faults::default(),
            options,
            url: format!("http://{local_address}{PATH}"),
            counters: Mutex::new(Counters::default()),
        });
        let router = Router::new().fallback(handle).with_state(Arc::clone(&service));
        let (stop, stopped) = oneshot::channel::<()>();
        let serve =
            axum::serve(CuttableListener(listener), router.into_make_service_with_connect_info::<Peer>())
                .with_graceful_shutdown(async {
                    // A dropped sender stops the twin too.
                    let _ = stopped.await;
                });
        let server = tokio::spawn(serve.into_future());
        tracing::info!(url = service.url, "the KashFlow twin is up");
        Ok(Self { service, stop, server })
    }

    /// The address of the service, without a query.
    pub fn url(&self) -> String {
        self.service.url.clone()
    }

    /// A view of the books that outlives the twin.
    pub fn books(&self) -> Books {
        Books::new(Arc::clone(&self.service.account))
    }

    pub fn faults(&self) -> Faults {
        self.service.faults.clone()
    }

    /// How often each operation was called, refused and faulty calls included.
    pub fn calls(&self) -> BTreeMap<&'static str, u64> {
        lock(&self.service.counters).calls().clone()
    }

    /// Changes the account the way a person does on KashFlow's own screens.
    pub fn edit<R>(&self, change: impl FnOnce(&mut Account) -> R) -> R {
        change(&mut lock(&self.service.account))
    }

    /// Stops accepting, lets calls in progress finish, and returns when all connections are closed.
    pub async fn stop(self) {
        // The server may have ended on its own; then there is nobody to tell.
        let _ = self.stop.send(());
        let _ = self.server.await;
    }
}

async fn handle(
    State(service): State<Arc<Service>>,
    ConnectInfo(peer): ConnectInfo<Peer>,
    request: Request,
) -> Response {
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(body, service.options.body_limit_bytes).await else {
        return status_only(StatusCode::PAYLOAD_TOO_LARGE);
    };
    match service.respond(&head.method, &head.uri, &head.headers, &body, peer.address.ip()) {
        Answer::Http(response) => response.map(Body::from),
        Answer::Nothing => {
            peer.cut.throw();
            // Never written: the connection is cut.
            status_only(StatusCode::OK)
        }
    }
}

fn status_only(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}
