//! From the section of the gateway to the way out and the patience with an upstream.

use std::time::Duration;

use http::Uri;
use ipnet::IpNet;
use toml::Spanned;
use url::Url;

use super::credential::CredentialSource;
use super::document::GatewaySection;
use super::load::Reader;
use crate::code::Code;
use crate::gateway::{BreakerThresholds, Egress, Proxy, ProxyCredential};
use crate::limits::{BREAKER_FAILURES_MAX, BREAKER_OPEN_MS_MAX};

impl Reader<'_> {
    pub(super) fn gateway(&mut self, section: GatewaySection) -> (Egress, BreakerThresholds) {
        let mut breaker = BreakerThresholds::default();
        // The cast is exact: the bound is within the type.
        self.limit(
            "gateway.breaker-failures",
            section.breaker_failures,
            BREAKER_FAILURES_MAX.into(),
            |value| {
                breaker.failures = value as u32;
            },
        );
        let (open, longest) = (section.breaker_open_ms, section.breaker_open_max_ms);
        let span = longest.as_ref().or(open.as_ref()).map(Spanned::span);
        self.limit("gateway.breaker-open-ms", open, BREAKER_OPEN_MS_MAX, |value| {
            breaker.open = Duration::from_millis(value);
        });
        self.limit("gateway.breaker-open-max-ms", longest, BREAKER_OPEN_MS_MAX, |value| {
            breaker.open_max = Duration::from_millis(value);
        });
        if breaker.open_max < breaker.open {
            let message = "the longest rest is shorter than the first one, gateway.breaker-open-ms";
            self.problem(Code::ConnectionValue, span, "gateway.breaker-open-max-ms", message);
        }
        let private_networks =
            section.private_networks.iter().filter_map(|network| self.network(network)).collect();
        let proxy = self.proxy(section.proxy, section.proxy_authorization);
        (Egress { proxy, private_networks }, breaker)
    }

    fn network(&mut self, written: &Spanned<String>) -> Option<IpNet> {
        let network = written.get_ref().parse().ok();
        if network.is_none() {
            let message = "a network is written as ADDRESS/BITS: for example \"10.1.0.0/16\"";
            self.problem(Code::ConnectionValue, Some(written.span()), "gateway.private-networks", message);
        }
        network
    }

    fn proxy(
        &mut self,
        written: Option<Spanned<String>>,
        authorization: Option<Spanned<CredentialSource>>,
    ) -> Option<Proxy> {
        let key = "gateway.proxy-authorization";
        let span = authorization.as_ref().map(Spanned::span);
        let pair = authorization.and_then(|source| self.credential(key, Some(source)));
        let credential = pair.and_then(|pair| {
            let credential = ProxyCredential::new(pair);
            if credential.is_none() {
                let message = "not the credential of a proxy: it has the form USER:PASSWORD";
                self.problem(Code::ConnectionValue, span.clone(), key, message);
            }
            credential
        });
        let Some(written) = written else {
            if span.is_some() {
                let message = "there is no proxy that it could be for; add gateway.proxy, or remove this key";
                self.problem(Code::ConnectionValue, span, key, message);
            }
            return None;
        };
        Some(Proxy { address: self.proxy_address(&written)?, credential })
    }

    fn proxy_address(&mut self, written: &Spanned<String>) -> Option<Uri> {
        let (key, span) = ("gateway.proxy", Some(written.span()));
        let url = Url::parse(written.get_ref()).ok().filter(|url| url.scheme() == "http" && url.has_host());
        if url.as_ref().is_some_and(|url| !url.username().is_empty() || url.password().is_some()) {
            let message = "a credential must not be written here; it is now known to everyone who can read this \
                           file, so replace it, and point to the new one with gateway.proxy-authorization";
            self.problem(Code::CredentialLiteral, span, key, message);
            return None;
        }
        let bare = url.filter(|url| url.path() == "/" && url.query().is_none() && url.fragment().is_none());
        let address = bare.and_then(|url| url.as_str().parse().ok());
        if address.is_none() {
            let message = "a proxy is written as http://HOST:PORT, and nothing after that";
            self.problem(Code::ConnectionValue, span, key, message);
        }
        address
    }
}
