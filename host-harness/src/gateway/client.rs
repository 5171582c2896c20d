//! The HTTP client: pooled connections, time-outs, a bound on the answer, no redirects.
//!
//! Deliberately absent: retries (the plugin decides them, by the class of the failure), decompression
//! (nothing asks for it) and HTTP/2 (neither service gains by it).

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{Request, Response, Uri};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::{Client, ResponseFuture};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tokio::time::{Instant, timeout_at};

use super::TransportError;
use super::transport::{from_connector, from_exchange};
use crate::limits::{CONNECT_TIMEOUT_MS, Limits};

/// A client with its connections; clones share them.
#[derive(Clone)]
pub struct HttpClient {
    plain: Client<HttpConnector, Full<Bytes>>,
    /// Made when first needed: reading the machine's certificates takes a while, and twins do without.
    secure: Arc<OnceLock<Option<SecureClient>>>,
}

type SecureClient = Client<HttpsConnector<HttpConnector>, Full<Bytes>>;

/// The bounds of one exchange.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Bounds {
    /// From the beginning to the head of the answer.
    pub first_byte_timeout: Duration,
    /// From the beginning to the end of the answer.
    pub total_timeout: Duration,
    pub response_bytes: usize,
}

impl Bounds {
    pub fn of(limits: &Limits) -> Self {
        Bounds {
            first_byte_timeout: Duration::from_millis(limits.first_byte_timeout_ms),
            total_timeout: Duration::from_millis(limits.total_timeout_ms),
            response_bytes: limits.response_bytes,
        }
    }
}

impl Default for HttpClient {
    fn default() -> Self {
        HttpClient::new()
    }
}

impl HttpClient {
    pub fn new() -> Self {
        HttpClient { plain: pooled().build(connector()), secure: Arc::default() }
    }

    /// Sends one request and takes in the whole answer.
    pub async fn exchange(
        &self,
        request: Request<Full<Bytes>>,
        bounds: Bounds,
    ) -> Result<Response<Bytes>, TransportError> {
        let start = Instant::now();
        let total_end = start + bounds.total_timeout;
        let head_end = (start + bounds.first_byte_timeout).min(total_end);
        let response = timeout_at(head_end, self.start(request)?)
            .await
            .map_err(|_elapsed| TransportError::NoAnswerInTime)?
            .map_err(|error| match error.is_connect() {
                true => from_connector(&error),
                false => from_exchange(&error),
            })?;
        let (head, body) = response.into_parts();
        let body = timeout_at(total_end, read_body(body, bounds.response_bytes))
            .await
            .map_err(|_elapsed| TransportError::NoAnswerInTime)??;
        Ok(Response::from_parts(head, body))
    }

    fn start(&self, request: Request<Full<Bytes>>) -> Result<ResponseFuture, TransportError> {
        if request.uri().scheme() != Some(&http::uri::Scheme::HTTPS) {
            return Ok(self.plain.request(request));
        }
        let secure = self.secure.get_or_init(secure_client).as_ref();
        Ok(secure.ok_or(TransportError::NoRootCertificates)?.request(request))
    }
}

impl std::fmt::Debug for HttpClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("HttpClient")
    }
}

/// Takes in the body up to the bound. An announced length is believed before anything is read.
async fn read_body(mut body: Incoming, bytes_max: usize) -> Result<Bytes, TransportError> {
    let too_large = TransportError::AnswerTooLarge(bytes_max as u64);
    if hyper::body::Body::size_hint(&body).lower() > bytes_max as u64 {
        return Err(too_large);
    }
    let mut content = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| match error.is_parse() {
            true => TransportError::AnswerUnreadable,
            false => TransportError::AnswerIncomplete,
        })?;
        let Ok(data) = frame.into_data() else {
            continue; // Trailers: neither service sends any that matter.
        };
        if content.len() + data.len() > bytes_max {
            return Err(too_large);
        }
        content.extend_from_slice(&data);
    }
    Ok(content.freeze())
}

fn pooled() -> hyper_util::client::legacy::Builder {
    let mut builder = Client::builder(TokioExecutor::new());
    builder.pool_timer(TokioTimer::new()).pool_idle_timeout(Duration::from_secs(60));
    builder
}

fn connector() -> HttpConnector {
    let mut connector = HttpConnector::new();
    connector.enforce_http(false);
    connector.set_nodelay(true);
    connector.set_connect_timeout(Some(Duration::from_millis(CONNECT_TIMEOUT_MS)));
    connector
}

fn secure_client() -> Option<SecureClient> {
    let builder = HttpsConnectorBuilder::new()
        .with_native_roots()
        .inspect_err(|error| tracing::error!(%error, "no root certificates"))
        .ok()?;
    Some(pooled().build(builder.https_only().enable_http1().wrap_connector(connector())))
}

/// Whether secrets may be sent to this address: over TLS, or without leaving the machine.
pub fn is_confidential(uri: &Uri) -> bool {
    let loopback = || {
        let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
        host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
    };
    uri.scheme() == Some(&http::uri::Scheme::HTTPS)
        || (uri.scheme() == Some(&http::uri::Scheme::HTTP) && loopback())
}
