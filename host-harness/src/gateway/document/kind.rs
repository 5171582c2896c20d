//! The kinds of documents: which operation gives the link to one, and what the plugin may do there.
//!
//! Sources: Reports API 2021-06-30 and Feeds API 2021-06-30, the models of the three operations.

use http::header::{self, HeaderMap};
use http::{HeaderName, Method};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};

use crate::gateway::operation::Operation;

/// The host that stands for wherever Amazon keeps the documents of reports. No such host exists.
pub const REPORT_DOCUMENT_HOST: &str = "report-documents.amazon";

/// The host that stands for wherever Amazon takes and keeps the documents of feeds. No such host exists.
pub const FEED_DOCUMENT_HOST: &str = "feed-documents.amazon";

/// Every host that stands for the places of documents.
pub const DOCUMENT_HOSTS: [&str; 2] = [REPORT_DOCUMENT_HOST, FEED_DOCUMENT_HOST];

/// What a link to a document is for.
#[derive(Debug)]
pub(in crate::gateway) struct DocumentKind {
    /// The operation of SP-API whose answers hold the link, as its usage plan names it.
    pub announced_by: &'static str,
    /// Where the id of the document stands.
    id: IdPlace,
    /// The host that the plugin names in the place of the real one.
    pub host: &'static str,
    /// The only method that the link was signed for.
    pub method: Method,
    /// What becomes of the plugin's call. No usage plan counts it.
    pub transfer: Operation<'static>,
}

#[derive(Debug)]
enum IdPlace {
    /// The last segment of the path of the call.
    Path,
    /// This member of the answer.
    Answer(&'static str),
}

static KINDS: [DocumentKind; 3] = [
    DocumentKind {
        announced_by: "getReportDocument",
        id: IdPlace::Path,
        host: REPORT_DOCUMENT_HOST,
        method: Method::GET,
        transfer: Operation::DOWNLOAD,
    },
    DocumentKind {
        announced_by: "createFeedDocument",
        id: IdPlace::Answer("feedDocumentId"),
        host: FEED_DOCUMENT_HOST,
        method: Method::PUT,
        transfer: Operation::UPLOAD,
    },
    DocumentKind {
        announced_by: "getFeedDocument",
        id: IdPlace::Path,
        host: FEED_DOCUMENT_HOST,
        method: Method::GET,
        transfer: Operation::DOWNLOAD,
    },
];

/// All but what RFC 3986 calls unreserved (section 2.3): an id is one segment, whatever is in it.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What of the plugin's headers goes with an upload. A signature can cover others, and is then broken by them.
const UPLOAD_HEADERS: [HeaderName; 2] = [header::CONTENT_TYPE, header::USER_AGENT];

/// The kind of the documents whose links the answers of this operation hold.
pub(in crate::gateway) fn announced_by(operation: &str) -> Option<&'static DocumentKind> {
    KINDS.iter().find(|kind| kind.announced_by == operation)
}

/// The kind of the document that a call of the plugin is about.
pub(in crate::gateway) fn asked_for(host: &str, method: &Method) -> Option<&'static DocumentKind> {
    KINDS.iter().find(|kind| kind.host == host && kind.method == *method)
}

impl DocumentKind {
    /// Whether the plugin sends the document.
    pub(super) fn is_upload(&self) -> bool {
        self.method == Method::PUT
    }

    /// The id of a document as one segment of a path, percent-encoded. `path` is that of the call, as sent.
    pub(super) fn id(&self, path: &str, answer: &Map<String, Value>) -> Option<String> {
        let id = match self.id {
            IdPlace::Path => path.rsplit('/').next()?.to_owned(),
            IdPlace::Answer(member) => {
                utf8_percent_encode(answer.get(member)?.as_str()?, ENCODED).to_string()
            }
        };
        (!id.is_empty()).then_some(id)
    }

    /// The headers that go to the place of the document; the plugin's are checked already.
    pub(super) fn headers(&self, headers: &HeaderMap) -> HeaderMap {
        if !self.is_upload() {
            return headers.clone();
        }
        let kept = |name: &HeaderName| Some((name.clone(), headers.get(name)?.clone()));
        UPLOAD_HEADERS.iter().filter_map(kept).collect()
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;
    use crate::gateway::usage_plan::PLANS;

    #[test]
    fn every_kind_is_announced_by_an_operation_that_the_gateway_knows_and_asked_for_in_one_way() {
        for kind in &KINDS {
            assert!(PLANS.iter().any(|plan| plan.operation == kind.announced_by), "{}", kind.announced_by);
            assert!(DOCUMENT_HOSTS.contains(&kind.host));
            assert_eq!(asked_for(kind.host, &kind.method).unwrap().announced_by, kind.announced_by);
            assert_eq!(kind.transfer.reads, kind.method == Method::GET, "an upload is never repeated");
        }
        for (host, method) in [
            (REPORT_DOCUMENT_HOST, Method::PUT),
            (FEED_DOCUMENT_HOST, Method::POST),
            (FEED_DOCUMENT_HOST, Method::HEAD),
            ("feed-documents.amazon.example.org", Method::PUT),
        ] {
            assert!(asked_for(host, &method).is_none(), "{method} {host}");
        }
        assert!(announced_by("getFeed").is_none());
    }

    #[test]
    fn an_id_is_one_segment_wherever_it_comes_from() {
        let id = |operation: &str, path: &str, answer: &str| {
            announced_by(operation).unwrap().id(path, &serde_json::from_str(answer).unwrap())
        };
        let path = "/feeds/2021-06-30/documents/amzn1.tortuga.4.eu%2F1";
        let answer = r#"{"feedDocumentId":"amzn1.tortuga/4?#%~é"}"#;
        let of_the_path = Some("amzn1.tortuga.4.eu%2F1".to_owned());
        assert_eq!(id("getFeedDocument", path, answer), of_the_path);
        assert_eq!(id("getReportDocument", path, "{}"), of_the_path);
        let of_the_answer = Some("amzn1.tortuga%2F4%3F%23%25~%C3%A9".to_owned());
        assert_eq!(id("createFeedDocument", "/feeds/2021-06-30/documents", answer), of_the_answer);
        for answer in ["{}", r#"{"feedDocumentId":""}"#, r#"{"feedDocumentId":1}"#] {
            assert_eq!(id("createFeedDocument", "/feeds/2021-06-30/documents", answer), None, "{answer}");
        }
    }

    #[test]
    fn of_the_plugins_headers_the_content_type_goes_with_an_upload() {
        let mut headers = HeaderMap::new();
        for name in ["content-type", "user-agent", "accept", "x-amz-acl", "range"] {
            headers.insert(HeaderName::from_static(name), HeaderValue::from_static("value"));
        }
        let sent = |method: Method| asked_for(FEED_DOCUMENT_HOST, &method).unwrap().headers(&headers);
        let uploaded = sent(Method::PUT);
        assert!(uploaded.len() == 2 && uploaded.contains_key("content-type"), "{uploaded:?}");
        assert_eq!(sent(Method::GET), headers);
    }
}
