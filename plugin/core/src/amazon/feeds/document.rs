//! `createFeedDocument` and `getFeedDocument`: where a file goes to, and where one comes from.

use std::fmt;

use serde::Deserialize;
use serde_json::json;

use crate::amazon::failure;
use crate::amazon::path_segment::segment;
use crate::amazon::reports::{Compression, DocumentUrl};
use crate::amazon::usage_plan::{CREATE_FEED_DOCUMENT, GET_FEED_DOCUMENT};
use crate::canonical::FeedDocumentId;
use crate::remote::{Call, CallFailure, HttpRequest, HttpResponse, Method, describe_json_error};

use super::CONTENT_TYPE;

/// `POST /feeds/2021-06-30/documents`; usage plan 0.5 a second, burst 15. One that is never used does nothing.
pub struct CreateFeedDocument {
    pub host: &'static str,
}

/// Where a file can be sent to, for five minutes.
#[derive(Clone, PartialEq, Eq)]
pub struct UploadTarget {
    pub document: FeedDocumentId,
    pub url: DocumentUrl,
}

impl fmt::Debug for UploadTarget {
    /// Without the link: it opens the document.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UploadTarget({})", self.document)
    }
}

/// `GET /feeds/2021-06-30/documents/{feedDocumentId}`; usage plan 0.0222 a second, burst 10.
pub struct GetFeedDocument<'a> {
    pub host: &'static str,
    pub document: &'a FeedDocumentId,
}

/// A document that can be downloaded now.
#[derive(Clone, PartialEq, Eq)]
pub struct FeedDocument {
    pub document: FeedDocumentId,
    pub url: DocumentUrl,
    pub compression: Option<Compression>,
}

impl fmt::Debug for FeedDocument {
    /// Without the link: it opens the document.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FeedDocument({}, {:?})", self.document, self.compression)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    feed_document_id: String,
    url: String,
    compression_algorithm: Option<String>,
}

const CREATE: &str = "createFeedDocument";
const GET: &str = "getFeedDocument";

impl Call for CreateFeedDocument {
    type Answer = UploadTarget;

    fn request(&self) -> HttpRequest {
        HttpRequest {
            operation: CREATE,
            method: Method::Post,
            host: self.host.into(),
            path: "/feeds/2021-06-30/documents".to_owned(),
            headers: vec![("accept", "application/json".into()), ("content-type", "application/json".into())],
            body: json!({ "contentType": CONTENT_TYPE }).to_string().into_bytes(),
            writes: false,
        }
    }

    fn parse(&self, response: &HttpResponse) -> Result<UploadTarget, CallFailure> {
        if !matches!(response.status, 200 | 201) {
            return Err(failure::classify(CREATE, CREATE_FEED_DOCUMENT, "quantities", response));
        }
        let unreadable = |problem: &str| failure::unreadable(CREATE, "quantities", problem);
        let answer: Answer = serde_json::from_slice(&response.body)
            .map_err(|error| unreadable(&describe_json_error(&error)))?;
        let document = FeedDocumentId::new(answer.feed_document_id);
        Ok(UploadTarget {
            document: document.ok_or_else(|| unreadable("it names no document"))?,
            url: DocumentUrl::parse(&answer.url).map_err(|problem| unreadable(&problem.to_string()))?,
        })
    }
}

impl Call for GetFeedDocument<'_> {
    type Answer = FeedDocument;

    fn request(&self) -> HttpRequest {
        HttpRequest {
            operation: GET,
            method: Method::Get,
            host: self.host.into(),
            path: format!("/feeds/2021-06-30/documents/{}", segment(self.document.as_str())),
            headers: vec![("accept", "application/json".into())],
            body: Vec::new(),
            writes: false,
        }
    }

    fn parse(&self, response: &HttpResponse) -> Result<FeedDocument, CallFailure> {
        let subject = self.document.as_str();
        if response.status != 200 {
            return Err(failure::classify(GET, GET_FEED_DOCUMENT, subject, response));
        }
        let unreadable = |problem: &str| failure::unreadable(GET, subject, problem);
        let answer: Answer = serde_json::from_slice(&response.body)
            .map_err(|error| unreadable(&describe_json_error(&error)))?;
        if answer.feed_document_id != subject {
            return Err(unreadable("it is about another document"));
        }
        let compression = match answer.compression_algorithm.as_deref() {
            None => None,
            Some("GZIP") => Some(Compression::Gzip),
            Some(_) => return Err(unreadable("the document is packed in a way that is new")),
        };
        let url = DocumentUrl::parse(&answer.url).map_err(|problem| unreadable(&problem.to_string()))?;
        Ok(FeedDocument { document: self.document.clone(), url, compression })
    }
}
