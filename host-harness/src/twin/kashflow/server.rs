//! The running twin: a real HTTP server in front of an account, or the account alone for calls without a
//! socket.

use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{Response, StatusCode};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::account::Account;
use super::books::Books;
use super::connection::{CuttableListener, Peer};
use super::faults::Faults;
use super::late_calls::LateCalls;
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
    /// `None` for a twin without a socket.
    server: Option<Server>,
}

struct Server {
    stop: oneshot::Sender<()>,
    ended: JoinHandle<io::Result<()>>,
}

/// The address of a twin without a socket, another than that of the Amazon twin. The port is reserved, so
/// nothing else answers there by chance.
const NO_SOCKET: (Ipv4Addr, u16) = (Ipv4Addr::LOCALHOST, 10);

impl KashFlowTwin {
    /// Opens the account to HTTP; port 0 picks a free port.
    ///
    /// # Errors
    /// When the address cannot be listened on.
    pub async fn start(account: Account, address: SocketAddr, options: Options) -> Result<Self, StartError> {
        let listen = |source| StartError::Listen { address, source };
        let listener = TcpListener::bind(address).await.map_err(listen)?;
        let local_address = listener.local_addr().map_err(listen)?;
        let mut twin = Self::at(local_address, account, options);
        let router = Router::new().fallback(handle).with_state(Arc::clone(&twin.service));
        let (stop, stopped) = oneshot::channel::<()>();
        let serve =
            axum::serve(CuttableListener(listener), router.into_make_service_with_connect_info::<Peer>())
                .with_graceful_shutdown(async {
                    // A dropped sender stops the twin too.
                    let _ = stopped.await;
                });
        twin.server = Some(Server { stop, ended: tokio::spawn(serve.into_future()) });
        tracing::info!(url = twin.service.url, "the KashFlow twin is up");
        Ok(twin)
    }

    /// The account without a socket, for `answer_in_process`. Its URL is made up.
    pub fn in_process(account: Account, options: Options) -> Self {
        Self::at(SocketAddr::from(NO_SOCKET), account, options)
    }

    fn at(address: SocketAddr, account: Account, options: Options) -> Self {
        let service = Service {
            books: Mutex::new(account),
            faults: Faults::default(),
            late_calls: LateCalls::default(),
            options,
            url: format!("http://{address}{PATH}"),
            counters: Mutex::new(Counters::default()),
        };
        Self { service: Arc::new(service), server: None }
    }

    /// Answers a request as over the wire, from a caller on this machine; `None` where the connection would
    /// have closed without an answer.
    pub fn answer_in_process(&self, request: http::Request<Bytes>) -> Option<Response<Bytes>> {
        let (head, body) = request.into_parts();
        if body.len() > self.service.options.body_limit_bytes {
            return Some(status_only(StatusCode::PAYLOAD_TOO_LARGE));
        }
        let caller = IpAddr::from(Ipv4Addr::LOCALHOST);
        match self.service.respond(&head.method, &head.uri, &head.headers, &body, caller) {
            Answer::Http(response) => Some(response.map(Bytes::from)),
            Answer::Nothing => None,
        }
    }

    /// The address of the service, without a query.
    pub fn url(&self) -> String {
        self.service.url.clone()
    }

    /// A view of the books that outlives the twin.
    pub fn books(&self) -> Books {
        Books::new(Arc::clone(&self.service))
    }

    pub fn faults(&self) -> Faults {
        self.service.faults.clone()
    }

    /// Carries out the calls of [`FaultEffect::ProcessedLater`](super::FaultEffect::ProcessedLater) that are
    /// due by the twin's clock. Every call, every look at the books and every edit does so first.
    pub fn settle_late_calls(&self) {
        self.service.settle_late_calls();
    }

    /// How many late calls were not carried out yet, due or not.
    pub fn late_calls_pending(&self) -> usize {
        self.service.late_calls.pending()
    }

    /// How often each operation was called, refused and faulty calls included.
    pub fn calls(&self) -> BTreeMap<&'static str, u64> {
        lock(&self.service.counters).calls().clone()
    }

    /// Changes the account the way a person does on KashFlow's own screens.
    pub fn edit<R>(&self, change: impl FnOnce(&mut Account) -> R) -> R {
        change(&mut self.service.account())
    }

    /// Stops accepting, lets calls in progress finish, and returns when all connections are closed.
    pub async fn stop(self) {
        let Some(Server { stop, ended }) = self.server else {
            return;
        };
        // The server may have ended on its own; then there is nobody to tell.
        let _ = stop.send(());
        let _ = ended.await;
    }
}

async fn handle(
    State(service): State<Arc<Service>>,
    ConnectInfo(peer): ConnectInfo<Peer>,
    request: Request,
) -> Response<Body> {
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

fn status_only<B: Default>(status: StatusCode) -> Response<B> {
    let mut response = Response::new(B::default());
    *response.status_mut() = status;
    response
}
