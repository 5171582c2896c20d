//! Reports API 2021-06-30: what became of a report, where its document is, and the document itself.
//!
//! Absent on purpose: asking for a report (settlements cannot be asked for, Amazon makes them by itself), searching
//! for reports, and what is in one.

mod document_url;
mod download_document;
mod get_report;
mod get_report_document;

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
