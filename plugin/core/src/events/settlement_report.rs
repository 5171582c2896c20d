//! From the notification of a report to the file: Amazon is asked for the report, its document and the file itself.

use crate::amazon::report_finished::ReportFinished;
use crate::amazon::reports::{DownloadDocument, GetReport, GetReportDocument, ProcessingStatus};
use crate::canonical::SettlementId;
use crate::finding::{Code, Finding};
use crate::host::{Host, StateError};
use crate::orchestration::Stop;
use crate::remote::{CallFailure, FailureClass, perform};

/// The report type of settlements (Reports API, "Settlement reports").
const SETTLEMENT: &str = "GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2";

pub(super) fn is_settlement(report: &ReportFinished) -> bool {
    report.report_type == SETTLEMENT
}

/// What a person should know where Amazon says that there is no report.
pub(super) fn not_made(report: &ReportFinished) -> Option<Finding> {
    (report.status != ProcessingStatus::Done).then(|| failed(report))
}

fn failed(report: &ReportFinished) -> Finding {
    let message = "was not made by Amazon: if the settlement is missing, download it in Seller Central and hand in the file";
    Finding::new(Code::ReportFailed, report.report.as_str(), message)
}

fn key(report: &ReportFinished) -> String {
    format!("settlement-report/1/{}", report.report)
}

/// The settlement that was planned from the report.
pub(super) fn settlement_of(
    host: &mut dyn Host,
    report: &ReportFinished,
) -> Result<Option<SettlementId>, CallFailure> {
    let key = key(report);
    let entry = host.state().get(&key).map_err(|error| unavailable(&key, &error))?;
    let text = entry.and_then(|entry| String::from_utf8(entry.value).ok());
    Ok(text.and_then(|text| text.parse().ok()).map(SettlementId))
}

/// Takes down which settlement was planned from it.
pub(super) fn belongs_to(
    host: &mut dyn Host,
    report: &ReportFinished,
    settlement: SettlementId,
) -> Result<(), CallFailure> {
    let key = key(report);
    match host.state().create(&key, settlement.to_string().as_bytes(), None) {
        Ok(_) | Err(StateError::Stale) => Ok(()),
        Err(error) => Err(unavailable(&key, &error)),
    }
}

/// The file of the report; a finding where there is none although the notification says so.
pub(super) fn fetch(
    host: &mut dyn Host,
    amazon: &'static str,
    report: &ReportFinished,
) -> Result<Result<Vec<u8>, Finding>, Stop> {
    let read = perform(host, &GetReport { host: amazon, report: &report.report })?;
    let document = read.document.as_ref().filter(|_| read.status == ProcessingStatus::Done);
    let Some(document) = document else { return Ok(Err(failed(report))) };
    let document = perform(host, &GetReportDocument { host: amazon, document })?;
    Ok(Ok(perform(host, &DownloadDocument { document: &document })?))
}

fn unavailable(key: &str, error: &StateError) -> CallFailure {
    let message = format!("{error}; the event is delivered again");
    CallFailure::new(FailureClass::Transient, Code::StateUnavailable, key, message)
}
