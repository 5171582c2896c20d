//! A twin of Amazon's Selling Partner API over the world, on loopback HTTP or without a socket.
//!
//! It answers as Amazon does, refusals included, so that other people's clients cannot tell the difference,
//! and it takes faults that tests put in its way. It shares no code with the plugin. One listener stands for
//! both hosts, that of Login with Amazon and that of the API. Absent on purpose: TLS, restricted data tokens
//! (Orders 2026-01-01 needs none), and operations that `operation` does not list.

mod answer;
pub mod calls;
mod connection;
mod delivery_json;
mod document;
pub mod fault;
mod feed_operations;
mod feeds;
mod get_order;
mod in_process;
mod inventory_summaries;
mod item_json;
mod listing_json;
mod listing_patch;
mod listings_feed;
pub mod login;
pub mod operation;
mod order_json;
mod page_tokens;
mod pagination;
mod parameters;
mod patch_listing;
mod problem;
mod proceeds_json;
mod reports;
mod routes;
mod search_listings;
mod search_orders;
mod service;
mod stock;
mod stock_handles;
mod told_order;
pub mod usage_plan;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::world::SharedWorld;
use super::world::report::{Report, ReportStatus};
use super::world::seller::Credentials;
use calls::Calls;
use connection::{CutSwitch, CuttableListener};
use fault::Faults;
use login::TOKEN_PATH;
use reports::Content;
use routes::router;
use service::Service;

/// Tells the present.
pub type Clock = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// How a twin behaves.
#[derive(Clone)]
pub struct AmazonOptions {
    /// Tokens, quotas and periods go by it.
    pub clock: Clock,
    /// Multiplies the rates and bursts of all usage plans; 1 gives Amazon's own.
    pub usage_plan_factor: u32,
}

impl AmazonOptions {
    /// Amazon's own usage plans on this clock.
    pub fn new(clock: impl Fn() -> DateTime<Utc> + Send + Sync + 'static) -> Self {
        AmazonOptions { clock: Arc::new(clock), usage_plan_factor: 1 }
    }
}

/// Why a twin does not start or stop.
#[derive(Debug, thiserror::Error)]
pub enum AmazonError {
    #[error("the Amazon twin cannot listen on {address}: choose another address, or port 0 for any")]
    Listen {
        address: SocketAddr,
        #[source]
        source: io::Error,
    },
    #[error("the Amazon twin ended with an error")]
    Serve(#[source] io::Error),
}

/// A running twin. It stops when it is dropped.
pub struct AmazonTwin {
    address: SocketAddr,
    service: Arc<Service>,
    router: Router,
    credentials: Credentials,
    /// `None` for a twin without a socket.
    server: Option<Server>,
}

struct Server {
    stop: oneshot::Sender<()>,
    ended: JoinHandle<io::Result<()>>,
}

/// The address of a twin without a socket. The port is reserved, so nothing else answers there by chance.
const NO_SOCKET: (Ipv4Addr, u16) = (Ipv4Addr::LOCALHOST, 9);

impl AmazonTwin {
    /// Starts a twin of the world on `address`; port 0 lets the system choose. Needs a tokio runtime.
    pub async fn start(
        world: SharedWorld,
        address: SocketAddr,
        options: AmazonOptions,
    ) -> Result<Self, AmazonError> {
        let listen_error = |source| AmazonError::Listen { address, source };
        let listener = TcpListener::bind(address).await.map_err(listen_error)?;
        let address = listener.local_addr().map_err(listen_error)?;
        let mut twin = AmazonTwin::at(address, world, options);
        let router = twin.router.clone().into_make_service_with_connect_info::<CutSwitch>();
        let (stop, stopped) = oneshot::channel();
        let serve = axum::serve(CuttableListener(listener), router).with_graceful_shutdown(async {
            // Dropping the sender stops the twin as well.
            let _ = stopped.await;
        });
        twin.server = Some(Server { stop, ended: tokio::spawn(serve.into_future()) });
        tracing::info!(%address, "amazon twin listens");
        Ok(twin)
    }

    /// A twin of the world without a socket, for [`AmazonTwin::answer_in_process`]. Its URLs are made up.
    pub fn in_process(world: SharedWorld, options: AmazonOptions) -> Self {
        AmazonTwin::at(SocketAddr::from(NO_SOCKET), world, options)
    }

    fn at(address: SocketAddr, world: SharedWorld, options: AmazonOptions) -> Self {
        let credentials = {
            let world = world.read().unwrap_or_else(std::sync::PoisonError::into_inner);
            world.seller().credentials.clone()
        };
        let service = Arc::new(Service::new(world, options, format!("http://{address}")));
        let router = router(Arc::clone(&service));
        AmazonTwin { address, service, router, credentials, server: None }
    }

    /// The base URL of the Selling Partner API, without a slash at its end.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The URL of Login with Amazon's token endpoint.
    pub fn token_endpoint(&self) -> String {
        format!("{}{TOKEN_PATH}", self.endpoint())
    }

    /// What a client needs to be let in.
    pub fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// Lets `getOrder` tell this of an order, whatever the world knows: for what Amazon has not done yet. Searches
    /// find the order as it is told.
    pub fn tell_instead(&self, order: impl Into<String>, told: Value) {
        self.service.told_instead().insert(order.into(), told);
    }

    /// Gives at most so many orders a page, whatever a search asks for: Amazon promises no page to be full.
    pub fn limit_pages(&self, orders: usize) {
        self.service.limit_pages(orders);
    }

    /// Has a report of this file, made now. It is given out as packed where it begins as gzip does, whole or not.
    pub fn put_report(&self, report_type: &str, file: impl Into<Bytes>) -> Report {
        self.service.put_report(report_type, ReportStatus::Done, Content::File(file.into()))
    }

    /// Has a report that was cancelled or failed.
    pub fn put_report_without_document(&self, report_type: &str, status: ReportStatus) -> Report {
        self.service.put_report(report_type, status, Content::Nothing)
    }

    pub fn calls(&self) -> &Calls {
        &self.service.calls
    }

    pub fn faults(&self) -> &Faults {
        &self.service.faults
    }

    /// Stops the twin after the answers that are under way.
    pub async fn stop(self) -> Result<(), AmazonError> {
        let Some(Server { stop, ended }) = self.server else {
            return Ok(());
        };
        drop(stop);
        match ended.await {
            Ok(served) => served.map_err(AmazonError::Serve),
            Err(ended) => Err(AmazonError::Serve(io::Error::other(ended))),
        }
    }
}

#[cfg(test)]
mod tests;
