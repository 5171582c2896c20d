//! `getReport`: what became of a report.

use serde::Deserialize;

use crate::amazon::failure;
use crate::amazon::path_segment::segment;
use crate::amazon::usage_plan::GET_REPORT;
use crate::canonical::{ReportDocumentId, ReportId};
use crate::remote::{Call, CallFailure, HttpRequest, HttpResponse, Method, describe_json_error};

use super::{ProcessingStatus, gone};

/// `GET /reports/2021-06-30/reports/{reportId}`; usage plan 2 a second, burst 15.
pub struct GetReport<'a> {
    pub host: &'static str,
    pub report: &'a ReportId,
}

/// What Amazon says of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    pub report: ReportId,
    /// As Amazon names it: `GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2`.
    pub report_type: String,
    pub status: ProcessingStatus,
    /// `None` while the report is not done, and where there is nothing in it.
    pub document: Option<ReportDocumentId>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    report_id: String,
    report_type: String,
    processing_status: String,
    report_document_id: Option<String>,
}

const OPERATION: &str = "getReport";

impl Call for GetReport<'_> {
    type Answer = Report;

    fn request(&self) -> HttpRequest {
        HttpRequest {
            operation: OPERATION,
            method: Method::Get,
            host: self.host.into(),
            path: format!("/reports/2021-06-30/reports/{}", segment(self.report.as_str())),
            headers: vec![("accept", "application/json".into())],
            body: Vec::new(),
            writes: false,
        }
    }

    fn parse(&self, response: &HttpResponse) -> Result<Report, CallFailure> {
        let subject = self.report.as_str();
        match response.status {
            200 => {}
            404 | 410 => return Err(gone(OPERATION, subject, response.status)),
            _ => return Err(failure::classify(OPERATION, GET_REPORT, subject, response)),
        }
        let answer: Answer = serde_json::from_slice(&response.body)
            .map_err(|error| failure::unreadable(OPERATION, subject, &describe_json_error(&error)))?;
        if answer.report_id != subject {
            return Err(failure::unreadable(OPERATION, subject, "it is about another report"));
        }
        Ok(Report {
            report: self.report.clone(),
            report_type: answer.report_type,
            status: ProcessingStatus::named(&answer.processing_status),
            document: answer.report_document_id.and_then(ReportDocumentId::new),
        })
    }
}
