//! Reports API 2021-06-30: `getReports`, `getReport`, `createReport` and `getReportDocument`.
//!
//! Settlements cannot be asked for: Amazon makes them by itself, and answers whoever asks with a message of its own
//! (reported by integrators). Absent on purpose: making any report, schedules, and the document itself (`document`).

use std::collections::BTreeMap;

use bytes::Bytes;
use chrono::{DateTime, Duration, SecondsFormat, Utc};
use serde_json::{Value, json};

use super::document;
use super::operation::Call;
use super::parameters::Query;
use super::problem::Problem;
use crate::twin::world::marketplace::UNITED_KINGDOM;
use crate::twin::world::report::Report;
use crate::twin::world::settlement::file::{Dress, FileForm};
use crate::twin::world::settlement::{SETTLEMENT_REPORT, Settlement};

/// Amazon keeps reports for so long.
const KEPT_DAYS: i64 = 90;
const PAGE_SIZE_DEFAULT: usize = 10;
const PAGE_SIZE_AT_MOST: usize = 100;

/// What is in a report.
pub(super) enum Content {
    Nothing,
    /// Written as it is in the United Kingdom, and packed, when it is fetched.
    Settlement(Box<Settlement>),
    File(Bytes),
}

/// A file as it is given out.
pub(super) struct Document {
    pub bytes: Bytes,
    pub packed: bool,
}

impl Content {
    fn document(&self) -> Option<Document> {
        match self {
            Content::Nothing => None,
            Content::Settlement(settlement) => {
                let form = FileForm { packed: true, ..Dress::UnitedKingdom.into() };
                Some(Document { bytes: settlement.to_file(form).into(), packed: true })
            }
            Content::File(bytes) => {
                // What gzip begins with (RFC 1952, section 2.3.1).
                Some(Document { bytes: bytes.clone(), packed: bytes.starts_with(&[0x1f, 0x8b]) })
            }
        }
    }
}

/// The reports of the seller, and the pages of searches.
#[derive(Default)]
pub(super) struct Reports {
    all: Vec<(Report, Content)>,
    pages: BTreeMap<String, (Selection, usize)>,
}

impl Reports {
    pub fn add(&mut self, report: Report, content: Content) {
        self.all.push((report, content));
    }

    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// The file of a document that Amazon still keeps.
    pub fn document(&self, document_id: &str, now: DateTime<Utc>) -> Option<Document> {
        let has_it =
            |report: &Report| report.document_id.as_ref().is_some_and(|id| id.as_str() == document_id);
        let (_, content) = self.all.iter().find(|(report, _)| has_it(report) && is_kept(report, now))?;
        content.document()
    }

    /// The newest first.
    fn selected(&self, selection: &Selection, now: DateTime<Utc>) -> Vec<&Report> {
        let all = self.all.iter().map(|(report, _)| report);
        let mut found: Vec<&Report> =
            all.filter(|report| is_kept(report, now) && selection.includes(report)).collect();
        found.sort_by_key(|report| std::cmp::Reverse((report.created_at, report.id.clone())));
        found
    }
}

fn is_kept(report: &Report, now: DateTime<Utc>) -> bool {
    now - report.created_at < Duration::days(KEPT_DAYS)
}

/// What a search is for.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Selection {
    report_types: Vec<String>,
    statuses: Vec<String>,
    marketplaces: Vec<String>,
    since: Option<DateTime<Utc>>,
    until: Option<DateTime<Utc>>,
    page_size: usize,
}

impl Selection {
    fn parse(query: &Query) -> Result<Self, Problem> {
        let texts = |name: &str| query.list(name, |text| Some(text.to_owned()));
        let report_types = texts("reportTypes")?;
        if report_types.is_empty() || report_types.len() > 10 {
            return Err(Problem::invalid_input("Give nextToken, or one to ten reportTypes."));
        }
        let page_size = match query.one("pageSize")? {
            None => PAGE_SIZE_DEFAULT,
            Some(text) => text
                .parse()
                .ok()
                .filter(|size| (1..=PAGE_SIZE_AT_MOST).contains(size))
                .ok_or_else(|| Problem::invalid_input("pageSize has an invalid value."))?,
        };
        Ok(Selection {
            report_types,
            statuses: texts("processingStatuses")?,
            marketplaces: texts("marketplaceIds")?,
            since: query.time("createdSince")?,
            until: query.time("createdUntil")?,
            page_size,
        })
    }

    fn includes(&self, report: &Report) -> bool {
        let wanted = |list: &[String], text: &str| list.is_empty() || list.iter().any(|known| known == text);
        wanted(&self.report_types, &report.report_type)
            && wanted(&self.statuses, report.status.name())
            && wanted(&self.marketplaces, UNITED_KINGDOM.id)
            && self.since.is_none_or(|since| since <= report.created_at)
            && self.until.is_none_or(|until| report.created_at <= until)
    }
}

pub(super) fn get_reports(call: &Call<'_>) -> Result<Value, Problem> {
    let mut reports = call.service.reports();
    let (selection, place) = match call.query.one("nextToken")? {
        Some(_) if call.query.len() > 1 => {
            return Err(Problem::invalid_input("nextToken must be the only parameter."));
        }
        Some(token) => {
            let unknown = || Problem::invalid_input("nextToken has an invalid value.");
            reports.pages.get(token).cloned().ok_or_else(unknown)?
        }
        None => (Selection::parse(&call.query)?, 0),
    };
    let found = reports.selected(&selection, call.now);
    let end = (place + selection.page_size).min(found.len());
    let page: Vec<Value> = found[place.min(end)..end].iter().map(|report| report_json(report)).collect();
    let mut answer = json!({ "reports": page });
    if end < found.len() {
        let token = document::page_token(call.service.seed(), reports.pages.len());
        answer["nextToken"] = token.clone().into();
        reports.pages.insert(token, (selection, end));
    }
    Ok(answer)
}

pub(super) fn get_report(call: &Call<'_>) -> Result<Value, Problem> {
    let id = call.path_parameter("reportId");
    let reports = call.service.reports();
    let known = reports.all.iter().map(|(report, _)| report);
    let mut kept = known.filter(|report| is_kept(report, call.now));
    kept.find(|report| report.id.as_str() == id).map(report_json).ok_or_else(Problem::not_found)
}

pub(super) fn get_report_document(call: &Call<'_>) -> Result<Value, Problem> {
    let id = call.path_parameter("reportDocumentId");
    let document = call.service.reports().document(id, call.now).ok_or_else(Problem::not_found)?;
    let url = document::link(call.service.endpoint(), id, (call.service.seed(), call.now));
    let mut answer = json!({ "reportDocumentId": id, "url": url });
    if document.packed {
        answer["compressionAlgorithm"] = "GZIP".into();
    }
    Ok(answer)
}

/// Settlements are refused as Amazon refuses them, and everything else because the twin makes no reports.
pub(super) fn create_report(call: &Call<'_>) -> Result<Value, Problem> {
    let body: Value = serde_json::from_slice(&call.body)
        .map_err(|_| Problem::invalid_input("The body is not a report specification."))?;
    match body["reportType"].as_str() {
        Some(SETTLEMENT_REPORT) => Err(Problem::report_not_allowed()),
        _ => Err(Problem::invalid_input("reportType has an invalid value.")),
    }
}

fn report_json(report: &Report) -> Value {
    let time = |time: DateTime<Utc>| time.to_rfc3339_opts(SecondsFormat::Secs, true);
    let mut json = json!({
        "reportId": report.id.as_str(),
        "reportType": report.report_type,
        "marketplaceIds": [UNITED_KINGDOM.id],
        "dataStartTime": time(report.created_at - Duration::days(14)),
        "dataEndTime": time(report.created_at),
        "createdTime": time(report.created_at),
        "processingStartTime": time(report.created_at),
        "processingEndTime": time(report.created_at),
        "processingStatus": report.status.name(),
    });
    if let Some(id) = &report.document_id {
        json["reportDocumentId"] = id.as_str().into();
    }
    json
}
