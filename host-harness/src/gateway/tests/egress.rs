//! The way out: a proxy that is gone through, and addresses that nobody is led to.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::Request;
use http_body_util::Full;
use secrecy::SecretString;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tower::util::BoxCloneSyncService;

use super::bench::{Bench, gateway_with, order, soap};
use crate::captured_log::Log;
use crate::clock::SystemClock;
use crate::gateway::address::Names;
use crate::gateway::{
    Bounds, Egress, GATEWAY_CODE, GatewayCode, GatewayError, HttpClient, Patience, Proxy, ProxyCredential,
    TransportError,
};
use crate::limits::Limits;

/// What a proxy was asked, and what came through the tunnel after that.
type Asked = (String, Vec<u8>);

/// A proxy that answers every `CONNECT` with this, and remembers what it saw.
struct ProxyServer {
    address: SocketAddr,
    seen: Arc<Mutex<Vec<Asked>>>,
}

impl ProxyServer {
    async fn start(answer: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = ProxyServer { address: listener.local_addr().unwrap(), seen: Arc::default() };
        let seen = Arc::clone(&server.seen);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                serve(stream, answer, &seen).await;
            }
        });
        server
    }

    fn egress(&self, pair: Option<&str>) -> Egress {
        let credential = pair.map(|pair| ProxyCredential::new(SecretString::from(pair)).unwrap());
        let address = format!("http://{}", self.address).parse().unwrap();
        Egress { proxy: Some(Proxy { address, credential }), ..Egress::default() }
    }

    fn seen(&self) -> Vec<Asked> {
        self.seen.lock().unwrap().clone()
    }
}

/// Whatever the client can see happens after it was remembered. An empty answer ends the connection.
async fn serve(mut stream: TcpStream, answer: &str, seen: &Mutex<Vec<Asked>>) {
    let mut asked = Vec::new();
    while !asked.ends_with(b"\r\n\r\n") {
        asked.push(stream.read_u8().await.unwrap());
    }
    seen.lock().unwrap().push((String::from_utf8(asked).unwrap(), Vec::new()));
    stream.write_all(answer.as_bytes()).await.unwrap();
    if !answer.is_empty() {
        let mut through = vec![0; 4096];
        let length = stream.read(&mut through).await.unwrap_or(0);
        seen.lock().unwrap().last_mut().unwrap().1.extend_from_slice(&through[..length]);
    }
}

async fn exchange(client: &HttpClient, uri: &str) -> Result<Bytes, TransportError> {
    let request = Request::get(uri).body(Full::default()).unwrap();
    client.exchange(request, Bounds::of(&Limits::default())).await.map(http::Response::into_body)
}

const ESTABLISHED: &str = "HTTP/1.1 200 Connection established\r\n\r\n";

#[tokio::test]
async fn calls_and_tokens_go_through_the_proxy_in_tls_and_its_password_is_seen_nowhere_else() {
    let (log, _guard) = Log::collect();
    let proxy = ProxyServer::start(ESTABLISHED).await;
    let client = HttpClient::over(&proxy.egress(Some("walter:open-sesame")));
    let (amazon, token) = ("https://upstream.test", "https://token.test:8443/auth/o2/token");
    let gateway = gateway_with(client, amazon, token, Arc::new(SystemClock), Limits::default());
    // The tunnel ends at once, so that no secure connection comes about.
    let error = gateway.send(soap("GetCustomer", ""), Patience::default()).await.unwrap_err();
    assert!(!error.may_have_arrived(), "{error}");
    let no_token = gateway.send(order(), Patience::default()).await.unwrap();
    assert_eq!(no_token.headers()[GATEWAY_CODE], GatewayCode::TokenEndpointUnreachable.code());

    let seen = proxy.seen();
    let expected = [("upstream.test:443", "upstream.test"), ("token.test:8443", "token.test")];
    for ((asked, through), (authority, server_name)) in seen.iter().zip(expected) {
        assert!(asked.starts_with(&format!("CONNECT {authority} HTTP/1.1\r\n")), "{asked}");
        assert!(asked.contains("Proxy-Authorization: Basic d2FsdGVyOm9wZW4tc2VzYW1l\r\n"), "{asked}");
        assert_eq!(through.first(), Some(&22), "a TLS handshake, and nothing in the clear before it");
        assert!(through.windows(server_name.len()).any(|window| window == server_name.as_bytes()));
    }
    assert_eq!(seen.len(), 2);
    let told = format!("{} {error:?} {gateway:?} {:?}", log.text(), proxy.egress(Some("walter:open-sesame")));
    for secret in ["open-sesame", "d2FsdGVyOm9wZW4tc2VzYW1l"] {
        assert!(!told.contains(secret), "{told}");
    }
}

#[tokio::test]
async fn what_a_proxy_refuses_is_told_apart_and_was_never_sent() {
    for (answer, expected) in [
        ("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", TransportError::ProxyCredentialRefused),
        ("HTTP/1.1 403 Forbidden\r\n\r\n", TransportError::ProxyRefused),
        ("HTTP/1.1 502 Bad Gateway\r\n\r\n", TransportError::ProxyRefused),
        ("", TransportError::ProxyRefused),
    ] {
        let proxy = ProxyServer::start(answer).await;
        let error = exchange(&HttpClient::over(&proxy.egress(None)), "https://upstream.test/").await;
        let error = error.expect_err("no tunnel");
        assert_eq!(error, expected);
        assert!(!error.may_have_arrived());
        assert!(!proxy.seen()[0].0.to_lowercase().contains("authorization"));
    }
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let absent = ProxyServer { address: free, seen: Arc::default() };
    let error = exchange(&HttpClient::over(&absent.egress(None)), "https://upstream.test/").await;
    assert_eq!(error.unwrap_err(), TransportError::ProxyNotReached);
}

#[tokio::test]
async fn what_is_on_this_machine_is_not_asked_of_the_proxy() {
    let proxy = ProxyServer::start(ESTABLISHED).await;
    let bench = Bench::start().await;
    let client = HttpClient::over(&proxy.egress(None));
    exchange(&client, &format!("http://{}/", bench.upstream.address)).await.unwrap();
    let secure = exchange(&client, &format!("https://localhost:{}/", bench.upstream.address.port())).await;
    assert!(
        matches!(secure, Err(TransportError::TlsFailed | TransportError::NoRootCertificates)),
        "{secure:?}"
    );
    assert!(proxy.seen().is_empty());
}

/// A name service that leads every name to this machine.
fn names() -> Names {
    let answer = |_name| async { Ok(vec![SocketAddr::from(([127, 0, 0, 1], 0))].into_iter()) };
    BoxCloneSyncService::new(tower::service_fn(answer))
}

#[tokio::test]
async fn a_name_that_leads_into_a_private_network_is_refused_unless_it_is_granted() {
    let bench = Bench::start().await;
    let uri = format!("http://upstream.test:{}/", bench.upstream.address.port());
    let nothing = HttpClient::with_names(&Egress::default(), names());
    assert_eq!(exchange(&nothing, &uri).await, Err(TransportError::AddressRefused));
    let secure = uri.replace("http:", "https:");
    let error = exchange(&nothing, &secure).await.unwrap_err();
    assert!(matches!(error, TransportError::AddressRefused | TransportError::NoRootCertificates), "{error}");
    assert_eq!(bench.upstream.calls().len(), 0);

    let egress = |network: &str| Egress { private_networks: vec![network.parse().unwrap()], proxy: None };
    let other = HttpClient::with_names(&egress("10.0.0.0/8"), names());
    assert_eq!(exchange(&other, &uri).await, Err(TransportError::AddressRefused));
    let granted = HttpClient::with_names(&egress("127.0.0.0/8"), names());
    assert_eq!(exchange(&granted, &uri).await.as_deref(), Ok(&b"{}"[..]));
    assert_eq!(bench.upstream.calls().len(), 1);
}

#[tokio::test]
async fn a_private_address_as_an_endpoint_is_refused_with_a_code_of_its_own() {
    let token = "http://127.0.0.1:9/";
    for endpoint in ["https://169.254.169.254", "https://[fd00::1]", "https://[::ffff:10.0.0.1]"] {
        let gateway =
            gateway_with(HttpClient::new(), endpoint, token, Arc::new(SystemClock), Limits::default());
        let error = gateway.send(soap("GetCustomer", ""), Patience::default()).await.unwrap_err();
        assert_eq!(error, GatewayError::Transport(TransportError::AddressRefused), "{endpoint}");
        assert_eq!(error.code().code(), "GW-0109");
        assert!(!error.may_have_arrived());
    }
}
