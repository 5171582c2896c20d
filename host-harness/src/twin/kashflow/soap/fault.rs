//! Why a call never reached its operation: the SOAP faults of ASP.NET.
//!
//! A refusal by KashFlow itself is not a fault: it answers HTTP 200 with `Status` `NO`.

use super::element::XmlError;

/// A fault, answered with HTTP 500 in either SOAP version.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    #[error("Server was unable to read request. ---> {0}")]
    Unreadable(#[source] XmlError),
    #[error("Server did not recognize the value of HTTP Header SOAPAction: {0}.")]
    UnknownAction(String),
    #[error(
        "Possible SOAP version mismatch: Envelope namespace {found} was unexpected. Expecting {expected}."
    )]
    VersionMismatch { found: String, expected: &'static str },
    #[error("SOAP header {0} was not understood.")]
    NotUnderstood(String),
    /// A line that arrived as something other than the type that the operation casts it to.
    #[error(
        "Server was unable to process request. ---> Unable to cast object of type '{found}' to type 'KashFlow.{expected}'."
    )]
    WrongItemType { found: String, expected: &'static str },
}

impl Fault {
    /// The local part of the SOAP 1.1 fault code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unreadable(_) | Self::UnknownAction(_) => "Client",
            Self::VersionMismatch { .. } => "VersionMismatch",
            Self::NotUnderstood(_) => "MustUnderstand",
            Self::WrongItemType { .. } => "Server",
        }
    }

    /// The local part of the SOAP 1.2 fault code.
    pub fn code_1_2(&self) -> &'static str {
        match self.code() {
            "Client" => "Sender",
            "Server" => "Receiver",
            code => code,
        }
    }
}
