//! Why an exchange brought no answer, told apart by what a caller must know: was the request sent?

use std::error::Error;
use std::io;

use super::GatewayCode;
use super::address::AddressRefused;
use super::egress::ConnectTimeout;

/// An exchange without a whole answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum TransportError {
    #[error("the name cannot be resolved")]
    HostNotFound,
    #[error("the connection was refused")]
    ConnectionRefused,
    #[error("no connection within the time-out")]
    ConnectionTimeout,
    #[error("no connection can be made")]
    NotConnected,
    #[error("the certificate of the upstream is not trusted")]
    CertificateRefused,
    #[error("no secure connection can be made")]
    TlsFailed,
    #[error("this machine has no root certificates to trust")]
    NoRootCertificates,
    #[error("{AddressRefused}")]
    AddressRefused,
    #[error("the proxy cannot be reached")]
    ProxyNotReached,
    #[error("the proxy refuses its user name and password")]
    ProxyCredentialRefused,
    #[error("the proxy makes no tunnel to the upstream")]
    ProxyRefused,
    #[error("the request body is larger than {0} bytes")]
    RequestTooLarge(u64),
    #[error("no answer within the time-out")]
    NoAnswerInTime,
    #[error("the connection ended before an answer came")]
    ConnectionLost,
    #[error("the answer ended before it was whole")]
    AnswerIncomplete,
    #[error("the answer is not HTTP")]
    AnswerUnreadable,
    #[error("the answer is larger than {0} bytes")]
    AnswerTooLarge(u64),
}

impl TransportError {
    pub fn code(self) -> GatewayCode {
        match self {
            TransportError::HostNotFound => GatewayCode::HostNotFound,
            TransportError::ConnectionRefused
            | TransportError::ConnectionTimeout
            | TransportError::NotConnected => GatewayCode::NotConnected,
            TransportError::CertificateRefused
            | TransportError::TlsFailed
            | TransportError::NoRootCertificates => GatewayCode::TlsFailed,
            TransportError::AddressRefused => GatewayCode::AddressRefused,
            TransportError::ProxyNotReached => GatewayCode::ProxyNotReached,
            TransportError::ProxyCredentialRefused => GatewayCode::ProxyCredentialRefused,
            TransportError::ProxyRefused => GatewayCode::ProxyRefused,
            TransportError::RequestTooLarge(_) => GatewayCode::RequestTooLarge,
            TransportError::NoAnswerInTime => GatewayCode::NoAnswerInTime,
            TransportError::ConnectionLost => GatewayCode::ConnectionLost,
            TransportError::AnswerIncomplete => GatewayCode::AnswerIncomplete,
            TransportError::AnswerUnreadable => GatewayCode::AnswerUnreadable,
            TransportError::AnswerTooLarge(_) => GatewayCode::AnswerTooLarge,
        }
    }

    /// Whether the request may have reached the upstream. Where it is not certain it may have.
    pub fn may_have_arrived(self) -> bool {
        matches!(
            self,
            TransportError::NoAnswerInTime
                | TransportError::ConnectionLost
                | TransportError::AnswerIncomplete
                | TransportError::AnswerUnreadable
                | TransportError::AnswerTooLarge(_)
        )
    }
}

/// The failure to connect that is behind an error of the client's connector: a proxy or TCP first, then TLS.
pub(super) fn from_connector(error: &(dyn Error + 'static)) -> TransportError {
    let causes: Vec<_> = causes(error).collect();
    let says = |text| say(&causes, text);
    if causes.iter().any(|cause| cause.is::<AddressRefused>()) {
        return TransportError::AddressRefused;
    }
    if causes.iter().any(|cause| cause.is::<ConnectTimeout>()) {
        return TransportError::ConnectionTimeout;
    }
    if says("tunnel error") {
        return from_tunnel(&causes);
    }
    if says("dns error") {
        return TransportError::HostNotFound;
    }
    if says("tcp ") {
        let kind = causes.iter().find_map(|cause| cause.downcast_ref::<io::Error>()).map(io::Error::kind);
        return match kind {
            Some(io::ErrorKind::ConnectionRefused) => TransportError::ConnectionRefused,
            Some(io::ErrorKind::TimedOut) => TransportError::ConnectionTimeout,
            _ => TransportError::NotConnected,
        };
    }
    if says("invalid peer certificate") {
        return TransportError::CertificateRefused;
    }
    TransportError::TlsFailed
}

/// The failure to be let through by a proxy. The type of the error is not public; its words are.
fn from_tunnel(causes: &[&(dyn Error + 'static)]) -> TransportError {
    if say(causes, "failed to create underlying connection") {
        return TransportError::ProxyNotReached;
    }
    if say(causes, "proxy authorization required") {
        return TransportError::ProxyCredentialRefused;
    }
    TransportError::ProxyRefused
}

fn say(causes: &[&(dyn Error + 'static)], text: &str) -> bool {
    causes.iter().any(|cause| cause.to_string().contains(text))
}

/// The failure behind an error after the request began to be sent.
pub(super) fn from_exchange(error: &(dyn Error + 'static)) -> TransportError {
    match causes(error).find_map(|cause| cause.downcast_ref::<hyper::Error>()) {
        Some(error) if error.is_parse() => TransportError::AnswerUnreadable,
        _ => TransportError::ConnectionLost,
    }
}

fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error: &&'a (dyn Error + 'static)| (*error).source())
}
