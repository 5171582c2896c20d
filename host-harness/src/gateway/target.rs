//! From the address that the plugin names to the endpoint that the connection is configured with.
//!
//! The plugin names logical hosts only. Where they are, a real service or a twin on loopback, is decided here.

use http::Uri;
use http::uri::{PathAndQuery, Scheme};
use percent_encoding::percent_decode_str;
use url::Url;

use super::{Credential, GatewayCode};

/// Where a logical host leads to, and which credential opens it.
pub struct Route {
    /// The host as the plugin names it.
    pub host: String,
    pub endpoint: Url,
    pub path: RoutePath,
    pub credential: Credential,
}

/// How the path of a request becomes a path at the endpoint.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum RoutePath {
    /// It is appended to the endpoint's own path.
    Appended,
    /// Only this path exists, and the endpoint is its whole address.
    Only(String),
}

impl Route {
    /// The address at the endpoint; `None` where the route has no such path.
    pub(super) fn target(&self, path_and_query: &PathAndQuery) -> Option<Uri> {
        let path = match &self.path {
            RoutePath::Appended => {
                format!("{}{}", self.endpoint.path().trim_end_matches('/'), path_and_query.path())
            }
            RoutePath::Only(path) if path == path_and_query.path() => self.endpoint.path().to_owned(),
            RoutePath::Only(_) => return None,
        };
        let query = path_and_query.query().map(|query| format!("?{query}")).unwrap_or_default();
        Uri::builder()
            .scheme(self.endpoint.scheme())
            .authority(self.endpoint.authority())
            .path_and_query(format!("{path}{query}"))
            .build()
            .ok()
    }
}

/// The host and path that the plugin asks for, checked for everything that could lead elsewhere.
pub(super) fn logical_address(uri: &Uri) -> Result<(&str, &PathAndQuery), GatewayCode> {
    let (Some(authority), Some(path_and_query)) = (uri.authority(), uri.path_and_query()) else {
        return Err(GatewayCode::UrlRefused);
    };
    let plain_https = uri.scheme() == Some(&Scheme::HTTPS)
        && !authority.as_str().contains('@')
        && matches!(authority.port_u16(), None | Some(443));
    if !plain_https || has_dot_segment(path_and_query.path()) {
        return Err(GatewayCode::UrlRefused);
    }
    Ok((authority.host(), path_and_query))
}

/// An upstream may resolve `..` after the grant was checked, encoded or not, with either slash.
fn has_dot_segment(path: &str) -> bool {
    let decoded = percent_decode_str(path).decode_utf8_lossy();
    decoded.split(['/', '\\']).any(|segment| matches!(segment, "." | ".."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route(endpoint: &str, path: RoutePath) -> Route {
        Route {
            host: "example.org".to_owned(),
            endpoint: Url::parse(endpoint).unwrap(),
            path,
            credential: Credential::None,
        }
    }

    fn target(route: &Route, path: &'static str) -> Option<String> {
        route.target(&PathAndQuery::from_static(path)).map(|uri| uri.to_string())
    }

    #[test]
    fn a_path_is_appended_to_the_endpoint() {
        let plain = route("https://sellingpartnerapi-eu.amazon.com", RoutePath::Appended);
        assert_eq!(
            target(&plain, "/orders/1?includedData=BUYER%2CTAX").as_deref(),
            Some("https://sellingpartnerapi-eu.amazon.com/orders/1?includedData=BUYER%2CTAX")
        );
        let twin = route("http://127.0.0.1:8401/amazon/", RoutePath::Appended);
        assert_eq!(target(&twin, "/orders/1").as_deref(), Some("http://127.0.0.1:8401/amazon/orders/1"));
    }

    #[test]
    fn what_is_encoded_stays_so_byte_for_byte() {
        let path = "/listings/2021-08-01/items/A1/SK%2FU%20%c3%a9%25?issueLocale=en_GB&x=a%2Fb+c";
        for (endpoint, expected) in [
            ("https://sellingpartnerapi-eu.amazon.com", "https://sellingpartnerapi-eu.amazon.com"),
            ("http://127.0.0.1:8401/amazon/", "http://127.0.0.1:8401/amazon"),
        ] {
            let route = route(endpoint, RoutePath::Appended);
            assert_eq!(target(&route, path), Some(format!("{expected}{path}")));
        }
    }

    #[test]
    fn a_service_has_one_path() {
        let only = RoutePath::Only("/api/service.asmx".to_owned());
        let twin = route("http://[::1]:8402/kashflow/service.asmx", only);
        assert_eq!(
            target(&twin, "/api/service.asmx").as_deref(),
            Some("http://[::1]:8402/kashflow/service.asmx")
        );
        assert_eq!(target(&twin, "/api/other.asmx"), None);
    }

    #[test]
    fn an_address_that_could_lead_elsewhere_is_refused() {
        for (uri, allowed) in [
            ("https://example.org/orders/1?x=..", true),
            ("https://example.org:443/orders/a%2Fb", true),
            ("https://example.org/items/A1/%2FSK%2F%2FU%2F", true),
            ("https://example.org/orders/a..b/...", true),
            ("http://example.org/orders/1", false),
            ("https://example.org:8443/orders/1", false),
            ("https://user@example.org/orders/1", false),
            ("https://example.org/orders/../secret", false),
            ("https://example.org/orders/%2e%2E/secret", false),
            ("https://example.org/orders/..%2Fsecret", false),
            ("https://example.org/orders/..%5csecret", false),
            ("https://example.org/./orders", false),
            ("/orders/1", false),
        ] {
            assert_eq!(logical_address(&uri.parse().unwrap()).is_ok(), allowed, "{uri}");
        }
    }
}
