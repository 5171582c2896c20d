//! Requests and responses as plain values.

use std::borrow::Cow;
use std::fmt;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Method {
    Get,
    Post,
    Put,
    Patch,
}

impl Method {
    pub fn as_str(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Post => "POST",
            Method::Put => "PUT",
            Method::Patch => "PATCH",
        }
    }
}

/// A request without credentials: the gateway adds them.
#[derive(Clone, PartialEq, Eq)]
pub struct HttpRequest {
    /// The name of the remote operation, for logs and messages: `getOrder`, `InsertInvoice`.
    pub operation: &'static str,
    pub method: Method,
    /// The host by its public name; the gateway decides where that is. Amazon names the host of a document itself.
    pub host: Cow<'static, str>,
    /// Path and query, percent-encoded.
    pub path: String,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
    /// Whether sending it twice can change the books twice.
    pub writes: bool,
}

impl fmt::Debug for HttpRequest {
    /// Without body: it may hold personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}{} ({})", self.method.as_str(), self.host, self.path, self.operation)
    }
}

#[derive(Clone, PartialEq, Eq)]
pub struct HttpResponse {
    pub status: u16,
    /// Names are lower-case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl HttpResponse {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(header, _)| header.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// The delay that the server asks for, in milliseconds: `Retry-After` in seconds.
    pub fn retry_after_ms(&self) -> Option<u64> {
        self.header("retry-after")?.trim().parse::<u64>().ok()?.checked_mul(1000)
    }
}

/// Why there is no response.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TransportFailure {
    /// The host refuses the call: the connection does not grant it. Nothing was sent.
    #[error("the host does not grant this call")]
    NotGranted,
    /// The request did not leave: name, connection or TLS failed.
    #[error("no connection: {0}")]
    NotSent(String),
    /// The request may have arrived; no whole answer came back.
    #[error("no answer: {0}")]
    NoAnswer(String),
}
