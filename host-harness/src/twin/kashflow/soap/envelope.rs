//! The two SOAP versions and what is inside an envelope.

use super::element::{Element, Position, XmlError, parse};
use super::fault::Fault;

/// SOAP 1.1 travels as `text/xml`, SOAP 1.2 as `application/soap+xml`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SoapVersion {
    V1_1,
    V1_2,
}

impl SoapVersion {
    /// The version that a `Content-Type` header announces.
    pub fn of_content_type(content_type: &str) -> Option<Self> {
        let media_type = content_type.split(';').next().unwrap_or_default().trim();
        if media_type.eq_ignore_ascii_case("text/xml") {
            Some(Self::V1_1)
        } else if media_type.eq_ignore_ascii_case("application/soap+xml") {
            Some(Self::V1_2)
        } else {
            None
        }
    }

    /// The action that a SOAP 1.2 `Content-Type` states; SOAP 1.1 has a header of its own.
    pub fn action_of_content_type(content_type: &str) -> Option<&str> {
        let mut parameters =
            content_type.split(';').skip(1).filter_map(|parameter| parameter.split_once('='));
        parameters
            .find(|(name, _)| name.trim().eq_ignore_ascii_case("action"))
            .map(|(_, action)| action.trim())
    }

    pub const fn content_type(self) -> &'static str {
        match self {
            Self::V1_1 => "text/xml; charset=utf-8",
            Self::V1_2 => "application/soap+xml; charset=utf-8",
        }
    }

    pub const fn namespace(self) -> &'static str {
        match self {
            Self::V1_1 => "http://schemas.xmlsoap.org/soap/envelope/",
            Self::V1_2 => "http://www.w3.org/2003/05/soap-envelope",
        }
    }
}

/// The first element in the body of the envelope: the call.
///
/// # Errors
/// When the message is not XML in UTF-8, is not an envelope of this version, has no call in it, or has a header entry
/// that must be understood.
pub fn call_in(message: &[u8], version: SoapVersion) -> Result<Element, Fault> {
    let document = std::str::from_utf8(message).map_err(|_| {
        unreadable(Position { line: 1, column: 1 }, "Invalid character in the given encoding.".to_owned())
    })?;
    let envelope = parse(document).map_err(Fault::Unreadable)?;
    let namespace = version.namespace();
    if envelope.name.local != "Envelope" {
        let message =
            format!("<{} xmlns='{}'> was not expected.", envelope.name.local, envelope.name.namespace);
        return Err(unreadable(envelope.position, message));
    }
    if envelope.name.namespace != namespace {
        return Err(Fault::VersionMismatch { found: envelope.name.namespace, expected: namespace });
    }
    let position = envelope.position;
    let mut call = None;
    for part in envelope.children {
        if part.name.is(namespace, "Header") {
            if let Some(entry) = part.children.iter().find(|entry| entry.must_understand) {
                return Err(Fault::NotUnderstood(entry.name.local.clone()));
            }
        } else if part.name.is(namespace, "Body") && call.is_none() {
            call = part.children.into_iter().next();
        }
    }
    call.ok_or_else(|| unreadable(position, "The SOAP body has no request element.".to_owned()))
}

fn unreadable(position: Position, message: String) -> Fault {
    Fault::Unreadable(XmlError { position, message })
}
