//! Reports that Amazon has made for the seller: what they are called, not what is in them.

use chrono::{DateTime, Utc};

use super::World;
use super::ids::{ReportDocumentId, ReportId};
use super::settlement::{SETTLEMENT_REPORT, Settlement};
use super::stream::{Purpose, Stream};

/// A report and how Amazon's work on it ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Report {
    pub id: ReportId,
    /// As Amazon names it.
    pub report_type: String,
    pub status: ReportStatus,
    /// `None` where there is nothing to fetch.
    pub document_id: Option<ReportDocumentId>,
    pub created_at: DateTime<Utc>,
}

/// How Amazon's work on a report ended (Reports API 2021-06-30, `processingStatus`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ReportStatus {
    Done,
    Cancelled,
    Fatal,
}

impl ReportStatus {
    pub fn name(self) -> &'static str {
        match self {
            ReportStatus::Done => "DONE",
            ReportStatus::Cancelled => "CANCELLED",
            ReportStatus::Fatal => "FATAL",
        }
    }
}

/// Which row of numbers a report is from, so that no two have one id.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::twin) enum ReportOrigin {
    Settlement,
    /// Announced, and of no interest to anybody.
    Other,
    /// Put there by a test or a person.
    Put,
}

impl Report {
    /// Report number `number` of its origin. A done one has a document.
    pub(in crate::twin) fn generate(
        seed: u64,
        (origin, number): (ReportOrigin, u64),
        report_type: &str,
        status: ReportStatus,
        created_at: DateTime<Utc>,
    ) -> Self {
        let mut stream = Stream::new(seed, Purpose::Report, (origin as u64) << 32 | number);
        let id = ReportId::new(format!("5{}", stream.digits(10)));
        let document_id = format!("amzn1.spdoc.1.4.eu.{}.T{}", stream.uuid(), stream.digits(13));
        Report {
            id,
            report_type: report_type.to_owned(),
            status,
            document_id: (status == ReportStatus::Done).then(|| ReportDocumentId::new(document_id)),
            created_at,
        }
    }
}

impl World {
    /// The settlements of the world with the reports that they come as, which are made when the period ends.
    pub fn settlement_reports(&self) -> Vec<(Report, Settlement)> {
        let report = |(number, settlement): (u64, Settlement)| {
            let origin = (ReportOrigin::Settlement, number);
            let (status, at) = (ReportStatus::Done, settlement.ends_at);
            (Report::generate(self.seed(), origin, SETTLEMENT_REPORT, status, at), settlement)
        };
        (0_u64..).zip(self.settlements()).map(report).collect()
    }
}
