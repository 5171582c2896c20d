//! Which headers belong to the gateway, on the way out and on the way back.

use http::header::{self, HeaderMap, HeaderName, HeaderValue};

/// Carries the gateway's code on an answer that the gateway gives itself.
pub const GATEWAY_CODE: HeaderName = HeaderName::from_static("x-gateway-code");

/// Carries Amazon's access token (SP-API: "Include a user agent header", "Call the SP-API").
pub(super) const ACCESS_TOKEN: HeaderName = HeaderName::from_static("x-amz-access-token");

pub(super) const SOAP_ACTION: HeaderName = HeaderName::from_static("soapaction");

/// Headers that carry credentials or decide where a request goes. The plugin must not set them.
const FORBIDDEN: [HeaderName; 15] = [
    header::AUTHORIZATION,
    header::COOKIE,
    header::HOST,
    header::FORWARDED,
    header::PROXY_AUTHENTICATE,
    header::PROXY_AUTHORIZATION,
    header::UPGRADE,
    header::EXPECT,
    ACCESS_TOKEN,
    HeaderName::from_static("x-amz-security-token"),
    HeaderName::from_static("x-forwarded-for"),
    HeaderName::from_static("x-forwarded-host"),
    HeaderName::from_static("x-original-url"),
    HeaderName::from_static("x-rewrite-url"),
    HeaderName::from_static("x-http-method-override"),
];

/// Headers of one connection between two hops; each hop sets its own.
const HOP_BY_HOP: [HeaderName; 7] = [
    header::CONNECTION,
    header::TRANSFER_ENCODING,
    header::TE,
    header::TRAILER,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
    HeaderName::from_static("http2-settings"),
];

/// Whether the plugin may not set this header.
pub fn is_forbidden(name: &HeaderName) -> bool {
    FORBIDDEN.contains(name) || HOP_BY_HOP.contains(name)
}

/// Makes the plugin's headers those of the request, or names the one that must not be there.
pub(super) fn prepare_request(headers: &mut HeaderMap) -> Result<(), HeaderName> {
    if let Some(forbidden) = headers.keys().find(|name| FORBIDDEN.contains(name)) {
        return Err(forbidden.clone());
    }
    // The length is that of the body with the credentials in it, and only the client knows it.
    remove(headers, &[header::CONTENT_LENGTH, GATEWAY_CODE]);
    remove(headers, &HOP_BY_HOP);
    headers.insert(header::USER_AGENT, user_agent());
    Ok(())
}

/// Takes from an answer what is not the plugin's: cookies, hop-by-hop headers, and a code that only
/// the gateway may set.
pub(super) fn clean_response(headers: &mut HeaderMap) {
    remove(headers, &HOP_BY_HOP);
    remove(headers, &[header::SET_COOKIE, GATEWAY_CODE]);
}

fn remove(headers: &mut HeaderMap, names: &[HeaderName]) {
    for name in names {
        headers.remove(name);
    }
}

/// The user agent in the form that SP-API asks for: `AppId/AppVersion (Language=…; Platform=…)`, at most
/// 500 characters, with `/ ( = ) ;` escaped inside of the values.
pub(super) fn user_agent() -> HeaderValue {
    let version = env!("CARGO_PKG_VERSION");
    let platform = format!("{}-{}", std::env::consts::OS, std::env::consts::ARCH);
    HeaderValue::try_from(format!("kashflow-amazon/{version} (Language=Rust; Platform={platform})"))
        .expect("names of platforms are ASCII")
}

/// A header value that is not printed for debugging.
pub(super) fn sensitive(value: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::try_from(value).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// The value of `SOAPAction` without its quotation marks.
pub fn soap_action(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(SOAP_ACTION)?.to_str().ok()?.trim();
    Some(value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gateways_own_headers_cannot_be_set() {
        for name in ["authorization", "cookie", "host", "x-amz-access-token", "proxy-authorization"] {
            let mut headers = HeaderMap::new();
            headers.insert(HeaderName::from_static(name), HeaderValue::from_static("value"));
            assert_eq!(prepare_request(&mut headers).unwrap_err().as_str(), name);
        }
        assert!(is_forbidden(&header::TRANSFER_ENCODING));
        assert!(!is_forbidden(&GATEWAY_CODE), "the plugin must be able to read it");
    }

    #[test]
    fn lengths_and_hops_are_replaced_and_the_rest_stays() {
        let mut headers = HeaderMap::new();
        for (name, value) in
            [("content-length", "3"), ("te", "trailers"), ("soapaction", "\"A/B\""), ("user-agent", "me")]
        {
            headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        prepare_request(&mut headers).unwrap();
        assert_eq!(headers.len(), 2);
        assert_eq!(soap_action(&headers), Some("A/B"));
        let user_agent = headers[header::USER_AGENT].to_str().unwrap();
        assert!(user_agent.starts_with("kashflow-amazon/") && user_agent.len() <= 500, "{user_agent}");
        assert!(user_agent.contains("(Language=Rust; Platform="), "{user_agent}");
    }

    #[test]
    fn an_upstream_cannot_speak_for_the_gateway() {
        let mut headers = HeaderMap::new();
        headers.insert(GATEWAY_CODE, HeaderValue::from_static("GW-0401"));
        headers.insert(header::SET_COOKIE, HeaderValue::from_static("session=1"));
        headers.insert(header::RETRY_AFTER, HeaderValue::from_static("3"));
        clean_response(&mut headers);
        assert_eq!(headers.keys().collect::<Vec<_>>(), [header::RETRY_AFTER]);
    }
}
