//! From the sections of the services and the limits to the parts of a connection.

use http::Uri;
use secrecy::SecretString;
use toml::Spanned;
use url::Url;

use super::document::{AmazonSection, KashFlowSection, LimitsSection};
use super::load::Reader;
use super::{AMAZON_REGIONS, Amazon, KASHFLOW_HOST, KASHFLOW_PATH, KashFlow, amazon_host};
use crate::code::Code;
use crate::gateway::is_confidential;
use crate::limits::{
    HOST_CALLS_MAX, Limits, MEMORY_BYTES_MAX, RESPONSE_BYTES_MAX, TABLE_ELEMENTS_MAX, TIMEOUT_MS_MAX,
    WALL_TIME_MS_MAX,
};

const TOKEN_ENDPOINT: &str = "https://api.amazon.com/auth/o2/token";

/// Amazon's section: its host is needed to judge the grants, whether the rest is complete or not.
pub(super) struct AmazonParts {
    pub host: Option<String>,
    endpoint: Option<Url>,
    token_endpoint: Option<Url>,
    client_id: Option<SecretString>,
    client_secret: Option<SecretString>,
    refresh_token: Option<SecretString>,
}

impl AmazonParts {
    pub(super) fn whole(self) -> Option<Amazon> {
        Some(Amazon {
            host: self.host?,
            endpoint: self.endpoint?,
            token_endpoint: self.token_endpoint?,
            client_id: self.client_id?,
            client_secret: self.client_secret?,
            refresh_token: self.refresh_token?,
        })
    }
}

impl Reader<'_> {
    pub(super) fn amazon(&mut self, section: AmazonSection) -> AmazonParts {
        let host = self.region(section.region);
        let default_endpoint = host.as_ref().map(|host| format!("https://{host}"));
        AmazonParts {
            endpoint: self.endpoint("amazon.endpoint", section.endpoint, default_endpoint.as_deref()),
            token_endpoint: self.endpoint(
                "amazon.token-endpoint",
                section.token_endpoint,
                Some(TOKEN_ENDPOINT),
            ),
            client_id: self.credential("amazon.client-id", section.client_id),
            client_secret: self.credential("amazon.client-secret", section.client_secret),
            refresh_token: self.credential("amazon.refresh-token", section.refresh_token),
            host,
        }
    }

    /// The region's host (SP-API: "SP-API Endpoints").
    fn region(&mut self, region: Option<Spanned<String>>) -> Option<String> {
        let key = "amazon.region";
        let Some(region) = region else {
            self.missing(key, "the region is missing; the United Kingdom is in \"eu\"");
            return None;
        };
        if !AMAZON_REGIONS.contains(&region.get_ref().as_str()) {
            self.problem(Code::ConnectionValue, Some(region.span()), key, "the regions are eu, na and fe");
            return None;
        }
        Some(amazon_host(region.get_ref()))
    }

    pub(super) fn kashflow(&mut self, section: KashFlowSection) -> Option<KashFlow> {
        let default_endpoint = format!("https://{KASHFLOW_HOST}{KASHFLOW_PATH}");
        let endpoint = self.endpoint("kashflow.endpoint", section.endpoint, Some(&default_endpoint));
        let user_name = self.credential("kashflow.user-name", section.user_name);
        let password = self.credential("kashflow.password", section.password);
        Some(KashFlow { endpoint: endpoint?, user_name: user_name?, password: password? })
    }

    pub(super) fn endpoint(
        &mut self,
        key: &str,
        written: Option<Spanned<String>>,
        default: Option<&str>,
    ) -> Option<Url> {
        let span = written.as_ref().map(Spanned::span);
        let text = written.map(Spanned::into_inner).or(default.map(str::to_owned))?;
        let url = Url::parse(&text).ok().filter(|url| {
            let plain = url.username().is_empty() && url.password().is_none();
            plain && url.query().is_none() && url.fragment().is_none()
        });
        // Credentials go there: in the clear they may only go to this machine, to a twin.
        let confidential = text.parse::<Uri>().is_ok_and(|uri| is_confidential(&uri));
        if url.is_none() || !confidential {
            let message = "not an address that credentials may be sent to: write https://HOST/PATH, \
                           or http:// with a loopback address, without user name and query";
            self.problem(Code::ConnectionValue, span, key, message);
            return None;
        }
        url
    }

    pub(super) fn limits(&mut self, section: LimitsSection) -> Limits {
        let mut limits = Limits::default();
        // The casts are exact: each bound is within the type.
        self.limit("limits.memory-bytes", section.memory_bytes, MEMORY_BYTES_MAX as u64, |value| {
            limits.memory_bytes = value as usize;
        });
        self.limit("limits.table-elements", section.table_elements, TABLE_ELEMENTS_MAX as u64, |value| {
            limits.table_elements = value as usize;
        });
        self.limit("limits.wall-time-ms", section.wall_time_ms, WALL_TIME_MS_MAX, |value| {
            limits.wall_time_ms = value;
        });
        self.limit("limits.host-calls", section.host_calls, HOST_CALLS_MAX.into(), |value| {
            limits.host_calls = value as u32;
        });
        self.limit("limits.response-bytes", section.response_bytes, RESPONSE_BYTES_MAX as u64, |value| {
            limits.response_bytes = value as usize;
        });
        self.limit("limits.first-byte-timeout-ms", section.first_byte_timeout_ms, TIMEOUT_MS_MAX, |value| {
            limits.first_byte_timeout_ms = value;
        });
        self.limit("limits.total-timeout-ms", section.total_timeout_ms, TIMEOUT_MS_MAX, |value| {
            limits.total_timeout_ms = value;
        });
        limits
    }

    pub(super) fn limit(
        &mut self,
        key: &str,
        written: Option<Spanned<u64>>,
        most: u64,
        set: impl FnOnce(u64),
    ) {
        let Some(written) = written else {
            return;
        };
        match *written.get_ref() {
            value if (1..=most).contains(&value) => set(value),
            _ => {
                let message = format!("a number from 1 to {most} is needed");
                self.problem(Code::LimitOutOfRange, Some(written.span()), key, message);
            }
        }
    }
}
