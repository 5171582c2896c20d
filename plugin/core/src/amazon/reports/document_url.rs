//! The link to a document, as far as it is followed: `https://HOST/PATH?QUERY` and nothing else.
//!
//! A library for URLs would accept, and repair, much that must be refused here.

use std::fmt;

/// Longer than any link: those of Amazon S3 with a security token have some two thousand characters.
const CHARACTERS_MAX: usize = 8_192;

/// A link that leads to one document of one public host over TLS. It can carry a signature, so it is never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct DocumentUrl {
    host: String,
    path_and_query: String,
}

/// Why a text is no such link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DocumentUrlProblem {
    #[error("the link to the document is not one of https")]
    NotHttps,
    #[error("the link to the document names no plain host")]
    Host,
    #[error("the link to the document has no path, or characters that no link has")]
    Path,
}

impl DocumentUrl {
    /// Reads a link. A port, a user name, an address in brackets and a fragment are all refused.
    pub fn parse(text: &str) -> Result<Self, DocumentUrlProblem> {
        let rest = text.strip_prefix("https://").ok_or(DocumentUrlProblem::NotHttps)?;
        let (host, path) = rest.split_at(rest.find('/').ok_or(DocumentUrlProblem::Path)?);
        let is_label = |label: &str| {
            !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        };
        if !host.contains('.') || !host.split('.').all(is_label) {
            return Err(DocumentUrlProblem::Host);
        }
        // Printable and in one line; what is not has to be percent-encoded (RFC 3986, section 2).
        let is_sound = |byte: u8| byte.is_ascii_graphic() && !b"#\"<>\\^`{|}".contains(&byte);
        if path.len() > CHARACTERS_MAX || path.len() < 2 || !path.bytes().all(is_sound) {
            return Err(DocumentUrlProblem::Path);
        }
        Ok(DocumentUrl { host: host.to_ascii_lowercase(), path_and_query: path.to_owned() })
    }

    pub fn host(&self) -> &str {
        &self.host
    }

    /// Percent-encoded as given: a signature covers it as it stands.
    pub fn path_and_query(&self) -> &str {
        &self.path_and_query
    }
}

impl fmt::Debug for DocumentUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DocumentUrl({})", self.host)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_host_path_and_query_as_they_stand() {
        let text = "https://Documents.example.org/a%2Fb/1?X-Amz-Expires=300&X-Amz-Signature=5e0";
        let url = DocumentUrl::parse(text).unwrap();
        assert_eq!(url.host(), "documents.example.org");
        assert_eq!(url.path_and_query(), "/a%2Fb/1?X-Amz-Expires=300&X-Amz-Signature=5e0");
        assert_eq!(format!("{url:?}"), "DocumentUrl(documents.example.org)");
    }

    #[test]
    fn what_could_lead_elsewhere_is_refused() {
        for (text, problem) in [
            ("http://example.org/a", DocumentUrlProblem::NotHttps),
            ("HTTPS://example.org/a", DocumentUrlProblem::NotHttps),
            ("//example.org/a", DocumentUrlProblem::NotHttps),
            ("", DocumentUrlProblem::NotHttps),
            ("https://example.org", DocumentUrlProblem::Path),
            ("https://example.org/", DocumentUrlProblem::Path),
            ("https://example.org?a=/b", DocumentUrlProblem::Host),
            ("https://localhost/a", DocumentUrlProblem::Host),
            ("https:///a", DocumentUrlProblem::Host),
            ("https://a..b/c", DocumentUrlProblem::Host),
            ("https://user@example.org/a", DocumentUrlProblem::Host),
            ("https://example.org:8443/a", DocumentUrlProblem::Host),
            ("https://[::1]/a", DocumentUrlProblem::Host),
            ("https://example.org\\@evil.org/a", DocumentUrlProblem::Host),
            ("https://exämple.org/a", DocumentUrlProblem::Host),
            ("https://example.org/a#b", DocumentUrlProblem::Path),
            ("https://example.org/a b", DocumentUrlProblem::Path),
            ("https://example.org/a\r\nx-header: 1", DocumentUrlProblem::Path),
            ("https://example.org/ä", DocumentUrlProblem::Path),
        ] {
            assert_eq!(DocumentUrl::parse(text), Err(problem), "{text}");
        }
        let long = format!("https://example.org/{}", "a".repeat(CHARACTERS_MAX));
        assert_eq!(DocumentUrl::parse(&long), Err(DocumentUrlProblem::Path));
    }
}
