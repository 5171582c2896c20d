//! The way out of this machine: directly to addresses that are allowed, or through a proxy.
//!
//! Deliberately absent: `HTTPS_PROXY` and its like. Where credentials go is said in the connection file alone.
//! Of proxies only those that take `CONNECT`: one that reads along would hold every credential.

use std::time::Duration;

use data_encoding::BASE64;
use http::{HeaderValue, Uri};
use hyper_rustls::{HttpsConnectorBuilder, MaybeHttpsStream};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::rt::TokioIo;
use ipnet::IpNet;
use secrecy::{ExposeSecret, SecretString};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tower::util::BoxCloneSyncService;
use tower::{Service, ServiceExt};

use super::address::{CheckedNames, GrantedNetworks, Names};
use super::headers::sensitive;
use crate::limits::CONNECT_TIMEOUT_MS;

/// How a connection reaches its services.
#[derive(Clone, Debug, Default)]
pub struct Egress {
    /// What every connection beyond this machine goes through.
    pub proxy: Option<Proxy>,
    /// Networks beside the public internet that endpoints may be in.
    pub private_networks: Vec<IpNet>,
}

/// A proxy that takes `CONNECT` (RFC 9110, section 9.3.6).
#[derive(Clone, Debug)]
pub struct Proxy {
    /// `http://HOST:PORT`.
    pub address: Uri,
    pub credential: Option<ProxyCredential>,
}

/// A user name and password for a proxy, sent as `Basic` (RFC 7617).
#[derive(Clone, Debug)]
pub struct ProxyCredential {
    /// `USER:PASSWORD`.
    pair: SecretString,
    header: HeaderValue,
}

impl ProxyCredential {
    /// `None` where there is no colon between a user name and a password.
    pub fn new(pair: SecretString) -> Option<Self> {
        let (user_name, _password) = pair.expose_secret().split_once(':')?;
        let header = sensitive(&format!("Basic {}", BASE64.encode(pair.expose_secret().as_bytes())))?;
        (!user_name.is_empty()).then_some(ProxyCredential { pair, header })
    }

    /// The user name and the password, for a client that puts them together by itself.
    pub fn parts(&self) -> Option<(&str, &str)> {
        self.pair.expose_secret().split_once(':')
    }

    /// Every form in which it could be met: as it is, the password alone, and as it is sent.
    pub fn secrets(&self) -> [SecretString; 3] {
        let pair = self.pair.expose_secret();
        let password = pair.split_once(':').map_or("", |(_, password)| password);
        [pair, password, &BASE64.encode(pair.as_bytes())].map(SecretString::from)
    }
}

/// Makes connections over TLS.
pub(super) type SecureConnector =
    BoxCloneSyncService<Uri, MaybeHttpsStream<TokioIo<TcpStream>>, ConnectFailure>;

type ConnectFailure = Box<dyn std::error::Error + Send + Sync>;

/// Longer than a connection may take to be made.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("no connection within the time-out")]
pub(super) struct ConnectTimeout;

/// Makes TCP connections to allowed addresses.
pub(super) fn direct(names: &Names, granted: &GrantedNetworks) -> HttpConnector<CheckedNames> {
    let names = CheckedNames { names: names.clone(), granted: granted.clone() };
    prepared(HttpConnector::new_with_resolver(names))
}

/// The same over TLS. `None` where this machine has no root certificates.
pub(super) fn direct_over_tls(names: &Names, granted: &GrantedNetworks) -> Option<SecureConnector> {
    over_tls(direct(names, granted))
}

/// TLS through a tunnel of the proxy, whose own address is granted by being configured.
pub(super) fn through_proxy(names: &Names, proxy: &Proxy) -> Option<SecureConnector> {
    let tunnel =
        Tunnel::new(proxy.address.clone(), prepared(HttpConnector::new_with_resolver(names.clone())));
    over_tls(match &proxy.credential {
        Some(credential) => tunnel.with_auth(credential.header.clone()),
        None => tunnel,
    })
}

fn prepared<R>(mut connector: HttpConnector<R>) -> HttpConnector<R> {
    connector.enforce_http(false);
    connector.set_nodelay(true);
    connector.set_connect_timeout(Some(Duration::from_millis(CONNECT_TIMEOUT_MS)));
    connector
}

fn over_tls<C>(connector: C) -> Option<SecureConnector>
where
    C: Service<Uri, Response = TokioIo<TcpStream>> + Clone + Send + Sync + 'static,
    C::Future: Send + 'static,
    C::Error: Into<ConnectFailure>,
{
    let builder = HttpsConnectorBuilder::new()
        .with_native_roots()
        .inspect_err(|error| tracing::error!(%error, "no root certificates"))
        .ok()?;
    let connector = builder.https_only().enable_http1().wrap_connector(connector);
    // Name, tunnel and handshake count too: what hangs in them was never sent, and must not look as if it was.
    let in_time = move |uri: Uri| {
        let connecting = connector.clone().oneshot(uri);
        async move {
            timeout(Duration::from_millis(CONNECT_TIMEOUT_MS), connecting)
                .await
                .unwrap_or_else(|_elapsed| Err(ConnectTimeout.into()))
        }
    };
    Some(BoxCloneSyncService::new(tower::service_fn(in_time)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_credential_is_a_pair_and_is_never_printed() {
        let credential = ProxyCredential::new(SecretString::from("walter:open:sesame")).unwrap();
        assert_eq!(credential.header, "Basic d2FsdGVyOm9wZW46c2VzYW1l");
        let printed = format!("{credential:?}");
        for secret in credential.secrets() {
            assert!(!printed.contains(secret.expose_secret()), "{printed}");
        }
        for text in ["walter", ":sesame", ""] {
            assert!(ProxyCredential::new(SecretString::from(text)).is_none(), "{text}");
        }
    }
}
