//! The payload of `REPORT_PROCESSING_FINISHED`: which report to fetch.
//!
//! Only what tells whether the report is wanted is taken; the report itself is asked for again. Absent on purpose:
//! which types of report are handled.

use serde::Deserialize;

use crate::canonical::{ReportDocumentId, ReportId};
use crate::finding::{Code, Finding};
use crate::remote::describe_json_error;

use super::reports::ProcessingStatus;

/// A report that Amazon is done with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportFinished {
    pub report: ReportId,
    /// As Amazon names it: `GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2`.
    pub report_type: String,
    pub status: ProcessingStatus,
    /// `None` where there is nothing to fetch.
    pub document: Option<ReportDocumentId>,
}

#[derive(Deserialize)]
struct Payload {
    #[serde(rename = "reportProcessingFinishedNotification", alias = "ReportProcessingFinishedNotification")]
    notification: Option<Body>,
}

#[derive(Deserialize)]
struct Body {
    #[serde(rename = "reportId", alias = "ReportId")]
    report: Option<String>,
    #[serde(rename = "reportType", alias = "ReportType")]
    report_type: Option<String>,
    #[serde(rename = "processingStatus", alias = "ProcessingStatus")]
    status: Option<String>,
    #[serde(rename = "reportDocumentId", alias = "ReportDocumentId")]
    document: Option<String>,
}

pub(super) fn decode(payload: &str, event_id: &str) -> Result<ReportFinished, Finding> {
    let incomplete = |what: &str| {
        Finding::new(
            Code::EventIncomplete,
            event_id,
            format!(
                "the REPORT_PROCESSING_FINISHED notification {what}: no report can be fetched, so keep it for a \
                 person"
            ),
        )
    };
    let payload: Option<Payload> = serde_json::from_str(payload).map_err(|error| {
        incomplete(&format!("has an unreadable payload ({})", describe_json_error(&error)))
    })?;
    let body = payload
        .and_then(|payload| payload.notification)
        .ok_or_else(|| incomplete("has no reportProcessingFinishedNotification"))?;
    let report = body.report.and_then(ReportId::new).ok_or_else(|| incomplete("has no reportId"))?;
    let filled = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
    let report_type = filled(body.report_type).ok_or_else(|| incomplete("has no reportType"))?;
    let status = filled(body.status).ok_or_else(|| incomplete("has no processingStatus"))?;
    Ok(ReportFinished {
        report,
        report_type,
        status: ProcessingStatus::named(&status),
        document: body.document.and_then(ReportDocumentId::new),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(fields: &str) -> String {
        format!(r#"{{"reportProcessingFinishedNotification":{{{fields}}}}}"#)
    }

    #[test]
    fn a_report_is_named_with_its_type_and_how_it_ended() {
        let fields = r#""accountId":"amzn1.merchant.o.EXAMPLE","sellerId":"AEXAMPLE","reportId":"54517018502",
            "reportType":"GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2","processingStatus":"DONE",
            "reportDocumentId":"amzn1.spdoc.1.4.eu.example.T1""#;
        let expected = ReportFinished {
            report: ReportId::new("54517018502").unwrap(),
            report_type: "GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2".into(),
            status: ProcessingStatus::Done,
            document: ReportDocumentId::new("amzn1.spdoc.1.4.eu.example.T1"),
        };
        assert_eq!(decode(&body(fields), "event"), Ok(expected));
        let cancelled = r#""reportId":"1","reportType":"GET_X","processingStatus":"CANCELLED""#;
        let cancelled = decode(&body(cancelled), "event").unwrap();
        assert_eq!((cancelled.status, cancelled.document), (ProcessingStatus::Cancelled, None));
    }

    #[test]
    fn what_names_no_report_is_incomplete() {
        for payload in [
            "null",
            "{}",
            "[]",
            &body(""),
            &body(r#""reportId":"","reportType":"GET_X","processingStatus":"DONE""#),
            &body(r#""reportId":"1","processingStatus":"DONE""#),
            &body(r#""reportId":"1","reportType":"GET_X","processingStatus":" ""#),
            &body(r#""reportId":1,"reportType":"GET_X","processingStatus":"DONE""#),
        ] {
            assert_eq!(decode(payload, "event").expect_err(payload).code, Code::EventIncomplete);
        }
    }
}
