//! The download of a document: the file, from where its link says.
//!
//! Absent on purpose: unpacking, and any token: the link carries what opens the document, and a request that carries
//! an access token besides is refused (Reports API, "Retrieve a report").

use crate::finding::Code;
use crate::limits::RESPONSE_BYTES_MAX;
use crate::remote::{Call, CallFailure, FailureClass, HttpRequest, HttpResponse, Method};

use super::{ReportDocument, gone};

/// `GET` of the link that `getReportDocument` gave.
pub struct DownloadDocument<'a> {
    pub document: &'a ReportDocument,
}

const OPERATION: &str = "downloadDocument";

impl Call for DownloadDocument<'_> {
    /// The file as it stands, packed or not.
    type Answer = Vec<u8>;

    fn request(&self) -> HttpRequest {
        let url = &self.document.url;
        HttpRequest {
            operation: OPERATION,
            method: Method::Get,
            host: url.host().to_owned().into(),
            path: url.path_and_query().to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
            writes: false,
        }
    }

    fn parse(&self, response: &HttpResponse) -> Result<Vec<u8>, CallFailure> {
        self.check(response).map(|()| response.body.clone())
    }

    fn take(&self, response: HttpResponse) -> Result<Vec<u8>, CallFailure> {
        self.check(&response).map(|()| response.body)
    }

    fn answer_bytes_max(&self) -> usize {
        RESPONSE_BYTES_MAX
    }
}

impl DownloadDocument<'_> {
    /// Amazon S3 answers, not SP-API: errors are XML, and a link that has expired is a 403 (Amazon S3, "Error
    /// responses").
    fn check(&self, response: &HttpResponse) -> Result<(), CallFailure> {
        let subject = self.document.document.as_str();
        let status = response.status;
        let (class, code, advice) = match status {
            200 => return Ok(()),
            404 | 410 => return Err(gone(OPERATION, subject, status)),
            403 => expired(),
            400 if is_about_a_link(&response.body) => expired(),
            429 => (
                FailureClass::Throttled { retry_after_ms: response.retry_after_ms() },
                Code::AmazonThrottled,
                "too many downloads for now",
            ),
            500..=599 => (FailureClass::Transient, Code::AmazonUnavailable, "nothing was changed"),
            _ => (
                FailureClass::Rejected,
                Code::AmazonRejected,
                "report it: the request should not have been made",
            ),
        };
        Err(CallFailure::new(
            class,
            code,
            subject,
            format!("the download of {subject} answered {status}; {advice}"),
        ))
    }
}

fn expired() -> (FailureClass, Code, &'static str) {
    (FailureClass::Transient, Code::ReportLinkExpired, "its link has expired and is asked for anew")
}

/// Whether an error of Amazon S3 is about the link and not about the document: only the code is looked for, because
/// the rest of it repeats parts of the link.
fn is_about_a_link(body: &[u8]) -> bool {
    let text = String::from_utf8_lossy(body);
    ["AccessDenied", "ExpiredToken", "Request has expired", "AuthorizationQueryParametersError"]
        .iter()
        .any(|word| text.contains(word))
}
