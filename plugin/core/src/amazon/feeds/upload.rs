//! The transfer of documents: to where Amazon takes a file, and from where it gives one.
//!
//! Absent on purpose: any token. The link carries what opens the document.

use crate::finding::Code;
use crate::remote::{Call, CallFailure, FailureClass, HttpRequest, HttpResponse, Method};

use super::{CONTENT_TYPE, FeedDocument, UploadTarget};

/// `PUT` of the file to the link that `createFeedDocument` gave.
pub struct UploadFeedDocument<'a> {
    pub target: &'a UploadTarget,
    pub file: &'a [u8],
}

impl Call for UploadFeedDocument<'_> {
    type Answer = ();

    fn request(&self) -> HttpRequest {
        let url = &self.target.url;
        HttpRequest {
            operation: "uploadFeedDocument",
            method: Method::Put,
            host: url.host().to_owned().into(),
            path: url.path_and_query().to_owned(),
            headers: vec![("content-type", CONTENT_TYPE.into())],
            body: self.file.to_vec(),
            // Nothing comes of it before it is made a feed.
            writes: false,
        }
    }

    fn parse(&self, response: &HttpResponse) -> Result<(), CallFailure> {
        check("uploadFeedDocument", self.target.document.as_str(), response)
    }
}

/// `GET` of the link that `getFeedDocument` gave.
pub struct DownloadFeedDocument<'a> {
    pub document: &'a FeedDocument,
}

impl Call for DownloadFeedDocument<'_> {
    /// The file as it stands, packed or not.
    type Answer = Vec<u8>;

    fn request(&self) -> HttpRequest {
        let url = &self.document.url;
        HttpRequest {
            operation: "downloadFeedDocument",
            method: Method::Get,
            host: url.host().to_owned().into(),
            path: url.path_and_query().to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
            writes: false,
        }
    }

    fn parse(&self, response: &HttpResponse) -> Result<Vec<u8>, CallFailure> {
        check("downloadFeedDocument", self.document.document.as_str(), response)?;
        Ok(response.body.clone())
    }
}

/// Amazon S3 answers, not SP-API: a link that has expired is a 403, and the next delivery asks for a new one.
fn check(operation: &str, subject: &str, response: &HttpResponse) -> Result<(), CallFailure> {
    let class = match response.status {
        200..=299 => return Ok(()),
        429 => FailureClass::Throttled { retry_after_ms: response.retry_after_ms() },
        400 | 403 | 404 | 410 | 500..=599 => FailureClass::Transient,
        _ => FailureClass::Rejected,
    };
    let message = format!(
        "{operation} for {subject} answered {}; nothing was changed, and a new link is asked for",
        response.status
    );
    Err(CallFailure::new(class, Code::FeedDocumentRefused, subject, message))
}
