//! A presigned link: whether it is followed, and what of it must not be told.

use bytes::Bytes;
use http::uri::Scheme;
use http::{HeaderValue, Response, Uri, header};
use percent_encoding::percent_decode_str;
use secrecy::SecretString;
use url::{Host, Url};

use crate::gateway::client::is_loopback;
use crate::redactor::Redactor;

/// The address that a link leads to, if it is one that the gateway goes to: a host by its name, over TLS, whose
/// addresses are judged when it connects; or this machine, where the connection's own endpoint is on it.
pub(super) fn followed(link: &str, endpoint: &Url) -> Option<Uri> {
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

/// What can be told of a link that is not followed: it opens nothing without its query.
pub(super) fn without_query(link: &str) -> &str {
    link.split(['?', '#']).next().unwrap_or_default()
}

/// An answer from the place of a document without the parts of the link that it repeats: a refusal does in its
/// body, a redirect in a header. A document that is given out stays as it is.
pub(super) fn without_link(target: &Uri, is_upload: bool, mut response: Response<Bytes>) -> Response<Bytes> {
    let values: Vec<SecretString> = target
        .query()
        .unwrap_or_default()
        .split('&')
        .filter_map(|parameter| parameter.split_once('='))
        .flat_map(|(_, value)| [value.to_owned(), percent_decode_str(value).decode_utf8_lossy().into_owned()])
        .map(SecretString::from)
        .collect();
    let redactor = Redactor::new(&values.iter().collect::<Vec<_>>(), &[]);
    for value in response.headers_mut().values_mut() {
        if let Some(redacted) = redactor.redact_data(value.as_bytes()) {
            *value =
                HeaderValue::from_maybe_shared(redacted).expect("parts of a value and a word are a value");
        }
    }
    let is_document = response.status().is_success() && !is_upload;
    if !is_document && let Some(redacted) = redactor.redact_data(response.body()) {
        *response.body_mut() = redacted;
        response.headers_mut().remove(header::CONTENT_LENGTH);
    }
    response
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

    const TARGET: &str = "https://example.org/1?X-Amz-Credential=AKIAEXAMPLE%2F20261028&X-Amz-Expires=300&X-Amz-Signature=5e0fa9c1d2";

    #[test]
    fn neither_a_refusal_nor_a_redirect_repeats_the_link() {
        let body = "<Error><Code>AccessDenied</Code>AKIAEXAMPLE/20261028 AKIAEXAMPLE%2F20261028</Error>";
        let refused = Response::builder()
            .status(307)
            .header("location", TARGET.replace("example.org", "eu.example.org"))
            .header("content-length", body.len())
            .body(Bytes::from(body))
            .unwrap();
        let told = without_link(&Uri::from_static(TARGET), true, refused);
        let location = "https://eu.example.org/1?X-Amz-Credential=[redacted]&X-Amz-Expires=300&X-Amz-Signature=[redacted]";
        assert_eq!(told.headers()["location"], location);
        assert!(!told.headers().contains_key("content-length"));
        assert_eq!(told.body(), "<Error><Code>AccessDenied</Code>[redacted] [redacted]</Error>");
    }

    #[test]
    fn a_document_that_is_given_out_stays_as_it_is() {
        for (is_upload, expected) in [(false, "row 5e0fa9c1d2"), (true, "row [redacted]")] {
            let response = Response::new(Bytes::from("row 5e0fa9c1d2"));
            let told = without_link(&Uri::from_static(TARGET), is_upload, response);
            assert_eq!(told.into_body(), expected);
        }
    }

    #[test]
    fn what_is_told_of_a_link_ends_before_its_query() {
        for link in [TARGET, "https://example.org/1#X-Amz-Signature=5e0fa9c1d2", "https://example.org/1"] {
            assert_eq!(without_query(link), "https://example.org/1");
        }
    }
}
