//! Reports API 2021-06-30: what became of a report, where its document is, and the document itself.
//!
//! Absent on purpose: asking for a report (settlements cannot be asked for, Amazon makes them by itself), searching
//! for reports, and what is in one.

mod document_url;
mod download_document;
mod get_report;
mod get_report_document;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::finding::Code;
use crate::remote::{CallFailure, FailureClass};

pub use document_url::{DocumentUrl, DocumentUrlProblem};
pub use download_document::DownloadDocument;
pub use get_report::{GetReport, Report};
pub use get_report_document::{Compression, GetReportDocument, ReportDocument};

/// How far Amazon is with a report (Reports API 2021-06-30, `processingStatus`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProcessingStatus {
    InQueue,
    InProgress,
    Done,
    /// By the seller, or because there was nothing to report.
    Cancelled,
    Fatal,
    /// A status that is new, by its name.
    Other(String),
}

impl ProcessingStatus {
    /// The status of this name.
    pub fn named(name: &str) -> Self {
        match name {
            "IN_QUEUE" => ProcessingStatus::InQueue,
            "IN_PROGRESS" => ProcessingStatus::InProgress,
            "DONE" => ProcessingStatus::Done,
            "CANCELLED" => ProcessingStatus::Cancelled,
            "FATAL" => ProcessingStatus::Fatal,
            other => ProcessingStatus::Other(other.to_owned()),
        }
    }
}

/// What needs no percent-encoding within a path (RFC 3986, section 2.3).
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The id as one segment of a path.
fn segment(id: &str) -> String {
    utf8_percent_encode(id, ENCODED).to_string()
}

/// The failure of what Amazon does not keep any more, or never had.
fn gone(operation: &str, subject: &str, status: u16) -> CallFailure {
    CallFailure::new(
        FailureClass::Rejected,
        Code::ReportGone,
        subject,
        format!(
            "{operation} for {subject} answered {status}: Amazon keeps reports for 90 days, and only shows a \
             seller's own; download the settlement in Seller Central and hand in the file"
        ),
    )
}

#[cfg(test)]
mod tests;
