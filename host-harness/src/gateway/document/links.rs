//! The links of one connection, until they are asked for.
//!
//! Deliberately absent: links on disk. They are good for five minutes, and after a restart the plugin asks Amazon
//! for a new one.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::time::Duration;

use http::Uri;
use tokio::time::Instant;

use super::DocumentKind;
use crate::limits::{DOCUMENT_LINK_MS, DOCUMENT_LINKS};

/// The links that are kept. Of each kind a document has one at most, the newest.
#[derive(Default)]
pub struct DocumentLinks(Mutex<VecDeque<Link>>);

struct Link {
    kind: &'static DocumentKind,
    /// `/` and the id of the document, percent-encoded.
    path: String,
    target: Uri,
    until: Instant,
}

impl Link {
    fn is_for(&self, kind: &DocumentKind, path: &str) -> bool {
        (self.kind.host, &self.kind.method) == (kind.host, &kind.method) && self.path == path
    }
}

impl DocumentLinks {
    /// Where the document is that the plugin asks for.
    pub(super) fn target(&self, kind: &DocumentKind, path_and_query: &str) -> Option<Uri> {
        let now = Instant::now();
        let links = self.0.lock().expect("no holder of this lock can panic");
        links
            .iter()
            .find(|link| link.is_for(kind, path_and_query) && now < link.until)
            .map(|link| link.target.clone())
    }

    /// Keeps a link to the document of this id, in the place of one that it has already.
    pub(super) fn remember(&self, kind: &'static DocumentKind, id: &str, target: Uri) {
        let now = Instant::now();
        let path = format!("/{id}");
        let mut links = self.0.lock().expect("no holder of this lock can panic");
        links.retain(|known| !known.is_for(kind, &path) && now < known.until);
        links.push_back(Link { kind, path, target, until: now + Duration::from_millis(DOCUMENT_LINK_MS) });
        while links.len() > DOCUMENT_LINKS {
            links.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::announced_by;
    use super::*;

    fn link(number: usize) -> Uri {
        format!("https://example.org/{number}?s=1").parse().unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn a_bounded_number_of_links_is_kept_for_a_while() {
        let links = DocumentLinks::default();
        let report = announced_by("getReportDocument").unwrap();
        for number in 0..=DOCUMENT_LINKS {
            links.remember(report, &number.to_string(), link(number));
        }
        assert_eq!(links.target(report, "/0"), None, "the oldest made room");
        assert_eq!(links.target(report, "/1"), Some(link(1)));
        for other in ["/1?", "/1?s=1", "/1/", "/", ""] {
            assert_eq!(links.target(report, other), None, "{other}");
        }
        links.remember(report, "1", link(7));
        assert_eq!(links.target(report, "/1"), Some(link(7)), "the newest link counts");
        tokio::time::advance(Duration::from_millis(DOCUMENT_LINK_MS)).await;
        assert_eq!(links.target(report, "/1"), None);
    }

    #[tokio::test]
    async fn a_link_is_kept_for_its_own_host_and_method() {
        let links = DocumentLinks::default();
        let [report, upload, download] = ["getReportDocument", "createFeedDocument", "getFeedDocument"]
            .map(|by| announced_by(by).unwrap());
        links.remember(upload, "1", link(1));
        assert_eq!(links.target(upload, "/1"), Some(link(1)));
        assert_eq!(links.target(download, "/1"), None);
        assert_eq!(links.target(report, "/1"), None);
        links.remember(download, "1", link(2));
        assert_eq!(
            (links.target(upload, "/1"), links.target(download, "/1")),
            (Some(link(1)), Some(link(2)))
        );
    }
}
