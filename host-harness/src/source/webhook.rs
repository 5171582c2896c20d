//! An HTTP server as a source, for EventBridge API destinations and whatever else can send a request.
//!
//! A sender hears 202 once its event is in the store, and never before. Deliberately absent: TLS. The webhook
//! listens on this machine; what reaches it from elsewhere comes through something that speaks TLS.

mod authenticity;
mod request;
#[cfg(test)]
mod tests;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::post;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use self::authenticity::Authenticity;
use self::request::{Receiver, receive};
use super::reception::Reception;
use super::shutdown::Shutdown;
use crate::connection::WebhookSettings;
use crate::limits::{WEBHOOK_CONNECTIONS, WEBHOOK_REQUEST_TIMEOUT_MS, WEBHOOK_SHUTDOWN_MS};

/// After an accept fails, because the process has no file left to open, for example.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// A webhook that is bound, and not served yet.
pub(super) struct Webhook {
    listener: TcpListener,
    router: Router,
    request_timeout: Duration,
}

impl Webhook {
    pub(super) async fn bind(settings: &WebhookSettings, reception: Reception) -> io::Result<Self> {
        Webhook::bind_with(settings, reception, Duration::from_millis(WEBHOOK_REQUEST_TIMEOUT_MS)).await
    }

    async fn bind_with(
        settings: &WebhookSettings,
        reception: Reception,
        request_timeout: Duration,
    ) -> io::Result<Self> {
        let authenticity = Authenticity::new(settings.secret.clone());
        let receiver = Receiver { authenticity, reception, body_timeout: request_timeout };
        let router = Router::new().route(&settings.path, post(receive)).with_state(Arc::new(receiver));
        let listener = TcpListener::bind(settings.listen).await?;
        Ok(Webhook { listener, router, request_timeout })
    }

    pub(super) fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Serves until it is told to stop, and then finishes the requests in hand.
    pub(super) async fn run(self, mut shutdown: Shutdown) {
        // HTTP/1 has one request at a time on a connection: this bounds the requests, and the memory, as well.
        let permits = Arc::new(Semaphore::new(WEBHOOK_CONNECTIONS));
        let mut connections = JoinSet::new();
        loop {
            let accept = async {
                let permit = Arc::clone(&permits).acquire_owned().await.expect("nobody closes it");
                (permit, self.listener.accept().await)
            };
            let (permit, accepted) = tokio::select! {
                biased;
                () = shutdown.requested() => break,
                accepted = accept => accepted,
            };
            while connections.try_join_next().is_some() {}
            let Ok((stream, _)) = accepted else {
                tokio::time::sleep(ACCEPT_PAUSE).await;
                continue;
            };
            let serving = serve(stream, self.router.clone(), self.request_timeout, shutdown.clone());
            connections.spawn(async move {
                serving.await;
                drop(permit);
            });
        }
        drop(self.listener);
        let finishing = async { while connections.join_next().await.is_some() {} };
        // Whoever is not done by then has heard no 202, and sends again.
        let _ = tokio::time::timeout(Duration::from_millis(WEBHOOK_SHUTDOWN_MS), finishing).await;
        connections.shutdown().await;
    }
}

/// One connection, until its peer or the host has enough of it. How it ends is the peer's affair.
async fn serve(stream: TcpStream, router: Router, head_timeout: Duration, mut shutdown: Shutdown) {
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(head_timeout)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    let mut connection = std::pin::pin!(connection);
    tokio::select! {
        _ = connection.as_mut() => {}
        () = shutdown.requested() => {
            connection.as_mut().graceful_shutdown();
            let _ = connection.await;
        }
    }
}
