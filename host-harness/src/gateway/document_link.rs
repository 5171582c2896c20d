//! The links under which Amazon gives out the documents of reports: kept here, used once they are asked for.
//!
//! A link is presigned: whoever has it has the document. So the plugin gets another one in its place, to
//! [`DOCUMENT_HOST`] and the id of the document, and the real one does not leave the gateway. Deliberately absent:
//! links on disk. They are good for five minutes, and after a restart the plugin asks Amazon for a new one.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::time::Duration;

use bytes::Bytes;
use http::uri::Scheme;
use http::{Response, StatusCode, Uri, header};
use percent_encoding::percent_decode_str;
use secrecy::SecretString;
use serde_json::Value;
use tokio::time::Instant;
use url::{Host, Url};

use super::client::is_loopback;
use super::{GATEWAY_CODE, GatewayCode, answer};
use crate::limits::{DOCUMENT_LINK_MS, DOCUMENT_LINKS};
use crate::redactor::Redactor;

/// The host that stands for wherever Amazon keeps the documents of reports. No such host exists.
pub const DOCUMENT_HOST: &str = "report-documents.amazon";

/// The host that stands for wherever Amazon takes and keeps the documents of feeds. No such host exists.
pub const FEED_DOCUMENT_HOST: &str = "feed-documents.amazon";

/// The operation whose answers hold links (Reports API 2021-06-30).
pub(super) const GET_REPORT_DOCUMENT: &str = "getReportDocument";

/// The links of one connection. Each document has one at most, the newest.
#[derive(Default)]
pub struct DocumentLinks(Mutex<VecDeque<Link>>);

struct Link {
    /// `/` and the id of the document, percent-encoded as the plugin sent it.
    path: String,
    target: Uri,
    until: Instant,
}

impl DocumentLinks {
    /// Keeps the link in an answer of `getReportDocument`, and puts one to [`DOCUMENT_HOST`] in its place. An answer
    /// without a link that can be followed stays as it is: what is in it then opens nothing.
    pub(super) fn keep(&self, path: &str, endpoint: &Url, mut response: Response<Bytes>) -> Response<Bytes> {
        if response.status() != StatusCode::OK || response.headers().contains_key(GATEWAY_CODE) {
            return response;
        }
        let Some(id) = path.rsplit('/').next().filter(|id| !id.is_empty()) else {
            return response;
        };
        let Ok(Value::Object(mut document)) = serde_json::from_slice(response.body()) else {
            return response;
        };
        let Some(target) =
            document.get("url").and_then(Value::as_str).and_then(|link| followed(link, endpoint))
        else {
            tracing::warn!("an answer of getReportDocument has no link that is followed");
            return response;
        };
        document.insert("url".to_owned(), Value::String(format!("https://{DOCUMENT_HOST}/{id}")));
        self.remember(Link {
            path: format!("/{id}"),
            target,
            until: Instant::now() + Duration::from_millis(DOCUMENT_LINK_MS),
        });
        *response.body_mut() = Value::Object(document).to_string().into();
        response.headers_mut().remove(header::CONTENT_LENGTH);
        response
    }

    /// Where the document is that the plugin asks for.
    pub(super) fn target(&self, path_and_query: &str) -> Option<Uri> {
        let now = Instant::now();
        let links = self.0.lock().expect("no holder of this lock can panic");
        links
            .iter()
            .find(|link| link.path == path_and_query && now < link.until)
            .map(|link| link.target.clone())
    }

    fn remember(&self, link: Link) {
        let now = Instant::now();
        let mut links = self.0.lock().expect("no holder of this lock can panic");
        links.retain(|known| known.path != link.path && now < known.until);
        links.push_back(link);
        while links.len() > DOCUMENT_LINKS {
            links.pop_front();
        }
    }
}

/// The answer in the place of a document whose link is not kept.
pub(super) fn unknown() -> Response<Bytes> {
    let code = GatewayCode::DocumentLinkUnknown;
    let detail = format!("{}: {}", code.title(), code.remedy());
    answer::problem(code, StatusCode::GONE, &detail, None)
}

/// A refusal of Amazon S3 without the parts of the link that it repeats.
pub(super) fn without_link(target: &Uri, mut response: Response<Bytes>) -> Response<Bytes> {
    if response.status().is_success() {
        return response;
    }
    let values: Vec<SecretString> = target
        .query()
        .unwrap_or_default()
        .split('&')
        .filter_map(|parameter| parameter.split_once('='))
        .flat_map(|(_, value)| [value.to_owned(), percent_decode_str(value).decode_utf8_lossy().into_owned()])
        .map(SecretString::from)
        .collect();
    let redactor = Redactor::new(&values.iter().collect::<Vec<_>>(), &[]);
    if let Some(redacted) = redactor.redact_data(response.body()) {
        *response.body_mut() = redacted;
        response.headers_mut().remove(header::CONTENT_LENGTH);
    }
    response
}

/// The address that a link leads to, if it is one that the gateway goes to: a host by its name, over TLS, whose
/// addresses are judged when it connects; or this machine, where the connection's own endpoint is on it.
fn followed(link: &str, endpoint: &Url) -> Option<Uri> {
    let url = Url::parse(link).ok()?;
    let target: Uri = link.parse().ok()?;
    // What two readers understand differently leads who knows where.
    let understood = url.host_str() == target.host() && url.username().is_empty() && url.password().is_none();
    let here = |url: &Url| url.host_str().is_some_and(is_loopback);
    let allowed = match url.host()? {
        _ if here(&url) => here(endpoint),
        Host::Domain(_) => target.scheme() == Some(&Scheme::HTTPS) && url.port().is_none(),
        Host::Ipv4(_) | Host::Ipv6(_) => false,
    };
    (understood && allowed).then_some(target)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_leads_to_a_name_over_tls_or_to_this_machine_where_amazon_is_there_too() {
        let (amazon, twin) = ("https://sellingpartnerapi-eu.amazon.com", "http://127.0.0.1:8401");
        for (link, from_amazon, from_a_twin) in [
            ("https://tortuga-prod-eu.s3-eu-west-1.amazonaws.com/a?X-Amz-Signature=1", true, true),
            ("https://documents.example.org:443/a", true, true),
            ("http://127.0.0.1:8401/documents/1?X-Amz-Signature=1", false, true),
            ("https://localhost/a", false, true),
            ("http://[::1]:9/a", false, true),
            ("http://documents.example.org/a", false, false),
            ("https://documents.example.org:8443/a", false, false),
            ("https://user@documents.example.org/a", false, false),
            ("https://169.254.169.254/latest/meta-data", false, false),
            ("https://[::ffff:127.0.0.1]/a", false, false),
            ("https://0x7f.1/a", false, false),
            ("https://2130706433/a", false, false),
            ("https://52.95.116.1/a", false, false),
            ("file:///etc/passwd", false, false),
            ("/documents/1", false, false),
        ] {
            for (endpoint, expected) in [(amazon, from_amazon), (twin, from_a_twin)] {
                let endpoint = Url::parse(endpoint).unwrap();
                assert_eq!(followed(link, &endpoint).is_some(), expected, "{link} from {endpoint}");
            }
        }
    }

    fn answer(body: &str) -> Response<Bytes> {
        Response::new(Bytes::from(body.to_owned()))
    }

    #[tokio::test(start_paused = true)]
    async fn a_bounded_number_of_links_is_kept_for_a_while() {
        let (links, amazon) = (DocumentLinks::default(), Url::parse("https://amazon.example").unwrap());
        let path = |number: usize| format!("/reports/2021-06-30/documents/{number}");
        let told = |number: usize| answer(&format!(r#"{{"url":"https://example.org/{number}?s=1"}}"#));
        for number in 0..=DOCUMENT_LINKS {
            let passed = links.keep(&path(number), &amazon, told(number));
            let expected = format!(r#"{{"url":"https://{DOCUMENT_HOST}/{number}"}}"#);
            assert_eq!(passed.into_body(), expected);
        }
        assert_eq!(links.target("/0"), None, "the oldest made room");
        assert_eq!(links.target("/1").unwrap(), "https://example.org/1?s=1");
        for other in ["/1?", "/1?s=1", "/1/", "/", ""] {
            assert_eq!(links.target(other), None, "{other}");
        }
        links.keep(&path(1), &amazon, told(7));
        assert_eq!(links.target("/1").unwrap(), "https://example.org/7?s=1", "the newest link counts");
        tokio::time::advance(Duration::from_millis(DOCUMENT_LINK_MS)).await;
        assert_eq!(links.target("/1"), None);
    }

    #[tokio::test]
    async fn an_answer_without_a_link_is_passed_on_as_it_is() {
        let (links, amazon) = (DocumentLinks::default(), Url::parse("https://amazon.example").unwrap());
        let path = "/reports/2021-06-30/documents/1";
        for body in ["", "not JSON", "[]", "{}", r#"{"url":1}"#, r#"{"url":"http://127.0.0.1/a"}"#] {
            assert_eq!(links.keep(path, &amazon, answer(body)).into_body(), body);
        }
        let mut refused = answer(r#"{"url":"https://example.org/1"}"#);
        *refused.status_mut() = StatusCode::FORBIDDEN;
        links.keep(path, &amazon, refused);
        assert_eq!(links.target("/1"), None);
    }

    #[test]
    fn a_refusal_does_not_repeat_the_link() {
        let target = Uri::from_static(
            "https://example.org/1?X-Amz-Credential=AKIAEXAMPLE%2F20261028&X-Amz-Expires=300&X-Amz-Signature=5e0fa9",
        );
        let mut refused =
            answer("<Error><Code>AccessDenied</Code>AKIAEXAMPLE/20261028 AKIAEXAMPLE%2F20261028</Error>");
        *refused.status_mut() = StatusCode::FORBIDDEN;
        let told = without_link(&target, refused).into_body();
        assert_eq!(told, "<Error><Code>AccessDenied</Code>[redacted] [redacted]</Error>");
    }
}
