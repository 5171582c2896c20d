//! `getReportDocument`: where a document is, for five minutes, and how it is packed.

use std::fmt;

use serde::Deserialize;

use crate::amazon::failure;
use crate::amazon::path_segment::segment;
use crate::amazon::usage_plan::GET_REPORT_DOCUMENT;
use crate::canonical::ReportDocumentId;
use crate::remote::{Call, CallFailure, HttpRequest, HttpResponse, Method, describe_json_error};

use super::{DocumentUrl, gone};

/// `GET /reports/2021-06-30/documents/{reportDocumentId}`; usage plan 0.0167 a second, burst 15.
pub struct GetReportDocument<'a> {
    pub host: &'static str,
    pub document: &'a ReportDocumentId,
}

/// A document that can be downloaded now.
#[derive(Clone, PartialEq, Eq)]
pub struct ReportDocument {
    pub document: ReportDocumentId,
    pub url: DocumentUrl,
    pub compression: Option<Compression>,
}

/// How a document is packed (Reports API 2021-06-30, `compressionAlgorithm`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Compression {
    Gzip,
}

impl fmt::Debug for ReportDocument {
    /// Without the link: it opens the document.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ReportDocument({}, {:?})", self.document, self.compression)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    report_document_id: String,
    url: String,
    compression_algorithm: Option<String>,
}

const OPERATION: &str = "getReportDocument";

impl Call for GetReportDocument<'_> {
    type Answer = ReportDocument;

    fn request(&self) -> HttpRequest {
        HttpRequest {
            operation: OPERATION,
            method: Method::Get,
            host: self.host.into(),
            path: format!("/reports/2021-06-30/documents/{}", segment(self.document.as_str())),
            headers: vec![("accept", "application/json".into())],
            body: Vec::new(),
            writes: false,
        }
    }

    fn parse(&self, response: &HttpResponse) -> Result<ReportDocument, CallFailure> {
        let subject = self.document.as_str();
        let unreadable = |problem: &str| failure::unreadable(OPERATION, subject, problem);
        match response.status {
            200 => {}
            404 | 410 => return Err(gone(OPERATION, subject, response.status)),
            _ => return Err(failure::classify(OPERATION, GET_REPORT_DOCUMENT, subject, response)),
        }
        let answer: Answer = serde_json::from_slice(&response.body)
            .map_err(|error| unreadable(&describe_json_error(&error)))?;
        if answer.report_document_id != subject {
            return Err(unreadable("it is about another document"));
        }
        let compression = match answer.compression_algorithm.as_deref() {
            None => None,
            Some("GZIP") => Some(Compression::Gzip),
            Some(_) => return Err(unreadable("the document is packed in a way that is new")),
        };
        let url = DocumentUrl::parse(&answer.url).map_err(|problem| unreadable(&problem.to_string()))?;
        Ok(ReportDocument { document: self.document.clone(), url, compression })
    }
}
