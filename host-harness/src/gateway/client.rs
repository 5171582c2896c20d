//! The HTTP client: pooled connections, time-outs, a bound on the answer, no redirects. An [`Exchange`] can
//! stand in for its connections.
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

use super::transport::{from_connector, from_exchange};
use super::{Exchange, TransportError};
use crate::limits::{CONNECT_TIMEOUT_MS, Limits};

/// A client with its connections; clones share them.
#[derive(Clone)]
pub struct HttpClient(Way);

/// What a client's requests go through.
#[derive(Clone)]
enum Way {
    Network(Network),
    Exchange(Arc<dyn Exchange>),
}

#[derive(Clone)]
struct Network {
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
    /// Over the network.
    pub fn new() -> Self {
        HttpClient(Way::Network(Network { plain: pooled().build(connector()), secure: Arc::default() }))
    }

    /// Every request goes through this exchange; no connection is ever made.
    pub fn through(exchange: Arc<dyn Exchange>) -> HttpClient {
        HttpClient(Way::Exchange(exchange))
    }

    /// Sends one request and takes in the whole answer.
    pub async fn exchange(
        &self,
        request: Request<Full<Bytes>>,
        bounds: Bounds,
    ) -> Result<Response<Bytes>, TransportError> {
        let exchange = match &self.0 {
            Way::Network(network) => return network.exchange(request, bounds).await,
            Way::Exchange(exchange) => exchange,
        };
        let (head, body) = request.into_parts();
        let Ok(body) = body.collect().await;
        let response = exchange.exchange(Request::from_parts(head, body.to_bytes())).await?;
        if response.body().len() > bounds.response_bytes {
            return Err(TransportError::AnswerTooLarge(bounds.response_bytes as u64));
        }
        Ok(response)
    }
}

impl Network {
    async fn exchange(
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

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use async_trait::async_trait;

    use super::*;

    /// Repeats what it is sent, and remembers where to.
    #[derive(Default)]
    struct Echo(Mutex<Vec<Uri>>);

    #[async_trait]
    impl Exchange for Echo {
        async fn exchange(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
            let (head, body) = request.into_parts();
            self.0.lock().unwrap().push(head.uri);
            Ok(Response::new(body))
        }
    }

    #[tokio::test]
    async fn an_exchange_takes_every_request_and_the_bound_on_the_answer_holds() {
        let echo = Arc::new(Echo::default());
        let client = HttpClient::through(echo.clone());
        let bounds = Bounds { response_bytes: 5, ..Bounds::of(&Limits::default()) };
        let post = |uri: &str, body: &str| Request::post(uri).body(Full::from(body.to_owned())).unwrap();
        let answer = client.exchange(post("https://example.org/a", "right"), bounds).await;
        assert_eq!(answer.unwrap().into_body(), "right");
        let answer = client.clone().exchange(post("http://127.0.0.1:9/b", "longer"), bounds).await;
        assert_eq!(answer.unwrap_err(), TransportError::AnswerTooLarge(5));
        assert_eq!(*echo.0.lock().unwrap(), ["https://example.org/a", "http://127.0.0.1:9/b"]);
    }
}
