//! The HTTP client: pooled connections, time-outs, a bound on the answer, no redirects. An [`Exchange`] can
//! stand in for its connections.
//!
//! Deliberately absent: repetitions ([`super::repetition`] decides them), decompression (nothing asks for it) and
//! HTTP/2 (neither service gains by it).

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{Request, Response, Uri};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::{Client, ResponseFuture};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tokio::time::{Instant, timeout, timeout_at};

use super::address::{CheckedNames, GrantedNetworks, Names, machine_names};
use super::egress::{self, Proxy, SecureConnector};
use super::transport::{from_connector, from_exchange};
use super::{Egress, Exchange, TransportError};
use crate::limits::{Limits, READ_TIMEOUT_MS};

/// A client with its connections; clones share them.
#[derive(Clone)]
pub struct HttpClient(Way);

/// What a client's requests go through.
#[derive(Clone)]
enum Way {
    Network(Arc<Network>),
    Exchange(Arc<dyn Exchange>),
}

struct Network {
    names: Names,
    granted: GrantedNetworks,
    proxy: Option<Proxy>,
    plain: Client<HttpConnector<CheckedNames>, Full<Bytes>>,
    /// Made when first needed: reading the machine's certificates takes a while, and twins do without.
    secure: OnceLock<Option<SecureClient>>,
    /// The same through the proxy.
    tunnelled: OnceLock<Option<SecureClient>>,
}

type SecureClient = Client<SecureConnector, Full<Bytes>>;

/// The bounds of one exchange.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Bounds {
    /// From the beginning to the head of the answer.
    pub first_byte_timeout: Duration,
    /// From the beginning to the end of the answer.
    pub total_timeout: Duration,
    /// From one piece of the answer to the next.
    pub read_timeout: Duration,
    pub response_bytes: usize,
}

impl Bounds {
    /// All of an exchange within this time.
    pub fn within(timeout: Duration, response_bytes: usize) -> Self {
        Bounds { first_byte_timeout: timeout, read_timeout: timeout, total_timeout: timeout, response_bytes }
    }

    pub fn of(limits: &Limits) -> Self {
        Bounds {
            first_byte_timeout: Duration::from_millis(limits.first_byte_timeout_ms),
            total_timeout: Duration::from_millis(limits.total_timeout_ms),
            read_timeout: Duration::from_millis(READ_TIMEOUT_MS),
            response_bytes: limits.response_bytes,
        }
    }

    /// What is left of them after this time.
    pub(super) fn after(self, elapsed: Duration) -> Self {
        Bounds {
            first_byte_timeout: self.first_byte_timeout.saturating_sub(elapsed),
            total_timeout: self.total_timeout.saturating_sub(elapsed),
            ..self
        }
    }
}

impl Default for HttpClient {
    fn default() -> Self {
        HttpClient::new()
    }
}

impl HttpClient {
    /// Over the network, directly, to public addresses and to this machine where an endpoint says so.
    pub fn new() -> Self {
        HttpClient::over(&Egress::default())
    }

    /// Over the network in the way that a connection says.
    pub fn over(egress: &Egress) -> Self {
        HttpClient::with_names(egress, machine_names())
    }

    /// With a name service of one's own.
    pub(super) fn with_names(egress: &Egress, names: Names) -> Self {
        let granted = GrantedNetworks::new(&egress.private_networks);
        HttpClient(Way::Network(Arc::new(Network {
            plain: pooled().build(egress::direct(&names, &granted)),
            names,
            granted,
            proxy: egress.proxy.clone(),
            secure: OnceLock::new(),
            tunnelled: OnceLock::new(),
        })))
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
        let body = timeout_at(total_end, read_body(body, bounds))
            .await
            .map_err(|_elapsed| TransportError::NoAnswerInTime)??;
        Ok(Response::from_parts(head, body))
    }

    fn start(&self, request: Request<Full<Bytes>>) -> Result<ResponseFuture, TransportError> {
        let host = request.uri().host().unwrap_or_default();
        self.granted.check_literal(host).map_err(|_refused| TransportError::AddressRefused)?;
        if request.uri().scheme() != Some(&http::uri::Scheme::HTTPS) {
            return Ok(self.plain.request(request));
        }
        let client = match &self.proxy {
            Some(proxy) if !is_loopback(host) => self.tunnelled.get_or_init(|| {
                egress::through_proxy(&self.names, proxy).map(|connector| pooled().build(connector))
            }),
            _ => self.secure.get_or_init(|| {
                egress::direct_over_tls(&self.names, &self.granted).map(|connector| pooled().build(connector))
            }),
        };
        Ok(client.as_ref().ok_or(TransportError::NoRootCertificates)?.request(request))
    }
}

impl std::fmt::Debug for HttpClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("HttpClient")
    }
}

/// Takes in the body within its bounds. An announced length is believed before anything is read.
async fn read_body(mut body: Incoming, bounds: Bounds) -> Result<Bytes, TransportError> {
    let bytes_max = bounds.response_bytes;
    let too_large = TransportError::AnswerTooLarge(bytes_max as u64);
    if hyper::body::Body::size_hint(&body).lower() > bytes_max as u64 {
        return Err(too_large);
    }
    let mut content = BytesMut::new();
    loop {
        let frame = timeout(bounds.read_timeout, body.frame()).await;
        let Some(frame) = frame.map_err(|_elapsed| TransportError::NoAnswerInTime)? else {
            return Ok(content.freeze());
        };
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
}

fn pooled() -> hyper_util::client::legacy::Builder {
    let mut builder = Client::builder(TokioExecutor::new());
    builder.pool_timer(TokioTimer::new()).pool_idle_timeout(Duration::from_secs(60));
    builder
}

/// Whether secrets may be sent to this address: over TLS, or without leaving the machine.
pub fn is_confidential(uri: &Uri) -> bool {
    uri.scheme() == Some(&http::uri::Scheme::HTTPS)
        || (uri.scheme() == Some(&http::uri::Scheme::HTTP) && is_loopback(uri.host().unwrap_or_default()))
}

/// Whether the host says by itself that it is this machine.
pub(super) fn is_loopback(host: &str) -> bool {
    let host = host.trim_matches(['[', ']']);
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
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
