//! `on-financial-event`: a settlement report is ready, or a person hands in a settlement file.
//!
//! Both are the same work: the file is kept, read, planned, and posted as far as one delivery goes; the event comes
//! back until all is done. A settlement is known by its id and its rows, however it came. Absent on purpose: single
//! transactions (`TRANSACTION_UPDATE`). They post nothing, so that nothing is counted twice.

use crate::amazon::notification::{Notification, decode};
use crate::amazon::report_finished::ReportFinished;
use crate::canonical::SettlementId;
use crate::finding::{Code, Finding};
use crate::host::{Host, LogLevel};
use crate::limits::SETTLEMENT_PAUSE_MS;
use crate::orchestration::settlement::{KeptSettlement, Reached, Summary, kept, look_again, post};
use crate::orchestration::{Attempt, Claim, Disposition, Failure, Lease, Outcome, Stop, Unfinished, verdict};
use crate::remote::CallFailure;
use crate::settings::{Settings, Settlements, UnknownOrders};

use super::kashflow_books::KashFlowBooks;
use super::settlement_intake::{NoPlan, Surveyed};
use super::{
    Delivery, Source, not_handled_finding, settings, settlement_file, settlement_report, settlement_terms,
};

pub(super) fn handle(host: &mut dyn Host, delivery: &Delivery) -> Result<Outcome, Failure> {
    if is_file(delivery) {
        return FinancialEvent::new(host, delivery)?.file(host, &delivery.body, End::of_file);
    }
    let decoded = decode(&delivery.body, &delivery.event_id);
    match decoded.map_err(|finding| Failure::DeadLetter(finding.into()))? {
        Notification::ReportFinished(report) if settlement_report::is_settlement(&report) => {
            FinancialEvent::new(host, delivery)?.report(host, &report)
        }
        Notification::ReportFinished(report) => {
            let name = format!("REPORT_PROCESSING_FINISHED of {}", report.report_type);
            Ok(Outcome::ignored(not_handled_finding(&name, delivery)))
        }
        other => Ok(Outcome::ignored(not_handled_finding(other.name(), delivery))),
    }
}

/// Whether the event is a file and no notification. What a person hands in is a file unless it is JSON; through
/// another door only what looks like a settlement is.
fn is_file(delivery: &Delivery) -> bool {
    let body = delivery.body.as_slice();
    let first = body.iter().find(|byte| !byte.is_ascii_whitespace());
    let is_json = matches!(first, None | Some(b'{' | b'['));
    let is_packed = body.starts_with(&[0x1f, 0x8b]);
    let header = body.split(|byte| *byte == b'\n').next().unwrap_or_default().to_ascii_lowercase();
    let has_header = header.windows(SETTLEMENT_ID.len()).any(|cell| cell == SETTLEMENT_ID);
    !is_json && (delivery.source == Source::Upload || is_packed || has_header)
}

/// A column of every settlement file.
const SETTLEMENT_ID: &[u8] = b"settlement-id";

/// Why the work on a settlement stops before its end.
enum End {
    Stop(Stop),
    /// A file that no delivery can read.
    DeadLetter(Finding),
}

impl End {
    /// A file that a person handed in is the event itself.
    fn of_file(no_plan: NoPlan) -> Self {
        match no_plan {
            NoPlan::Unreadable(finding) => End::DeadLetter(finding),
            other => End::of_report(other),
        }
    }

    /// A report can be asked for again.
    fn of_report(no_plan: NoPlan) -> Self {
        End::Stop(match no_plan {
            NoPlan::Unreadable(finding) | NoPlan::Held(finding) => Stop::Held(finding),
            NoPlan::Failed(failure) => Stop::Failed(failure),
        })
    }
}

/// One delivery with the settings that it needs.
struct FinancialEvent<'a> {
    delivery: &'a Delivery,
    attempt: Attempt<'a>,
    settings: Settings,
    settlements: Settlements,
}

impl<'a> FinancialEvent<'a> {
    fn new(host: &mut dyn Host, delivery: &'a Delivery) -> Result<Self, Failure> {
        let attempt = delivery.attempt(host);
        let settings = settings(host, attempt)?;
        let settlements = settings.settlements.clone().ok_or_else(|| {
            let message = "the settings have no section `settlement`: set it and release the event, or unsubscribe from it";
            Failure::Held(Finding::new(Code::SettlementNotConfigured, &delivery.event_id, message).into())
        })?;
        Ok(FinancialEvent { delivery, attempt, settings, settlements })
    }

    fn report(&self, host: &mut dyn Host, report: &ReportFinished) -> Result<Outcome, Failure> {
        if let Some(finding) = settlement_report::not_made(report) {
            return Ok(Outcome::ignored(finding));
        }
        let known =
            settlement_report::settlement_of(host, report).map_err(|failure| self.failed(host, failure))?;
        if let Some(settlement) = known {
            return self.owning(host, settlement, |_, _| Ok(None));
        }
        let fetched = settlement_report::fetch(host, self.settings.region.host(), report);
        let bytes = match fetched {
            Ok(Ok(bytes)) => bytes,
            Ok(Err(finding)) => return Ok(Outcome::ignored(finding)),
            Err(Stop::Held(finding)) => return Err(Failure::Held(finding.into())),
            Err(Stop::Failed(failure)) => return Err(self.failed(host, failure)),
        };
        let remember =
            |host: &mut dyn Host, settlement| settlement_report::belongs_to(host, report, settlement);
        self.file_then(host, &bytes, &settlement_file::hash(&bytes), End::of_report, remember)
    }

    fn file(&self, host: &mut dyn Host, bytes: &[u8], end: fn(NoPlan) -> End) -> Result<Outcome, Failure> {
        let hash = settlement_file::hash(bytes);
        let known =
            settlement_file::settlement_of(host, &hash).map_err(|failure| self.failed(host, failure))?;
        match known {
            Some(settlement) => self.owning(host, settlement, |_, _| Ok(None)),
            None => self.file_then(host, bytes, &hash, end, |_, _| Ok(())),
        }
    }

    /// Keeps, reads and plans a file, and posts what it says.
    fn file_then(
        &self,
        host: &mut dyn Host,
        bytes: &[u8],
        hash: &str,
        end: fn(NoPlan) -> End,
        remember: impl FnOnce(&mut dyn Host, SettlementId) -> Result<(), CallFailure>,
    ) -> Result<Outcome, Failure> {
        settlement_file::keep(host, hash, bytes).map_err(|failure| self.failed(host, failure))?;
        let surveyed = Surveyed::of(bytes, hash, &self.delivery.event_id);
        let surveyed = surveyed.map_err(|no_plan| self.ended(host, end(no_plan)))?;
        self.owning(host, surveyed.settlement(), |host, event| {
            let planned = surveyed.plan(host, &event.settings, &event.settlements).map_err(end)?;
            remember(host, planned.manifest.settlement)
                .map_err(|failure| End::Stop(Stop::Failed(failure)))?;
            Ok(Some(planned))
        })
    }

    /// Works on a settlement that no other delivery works on. `plan` gives it where it may not be kept yet.
    fn owning(
        &self,
        host: &mut dyn Host,
        settlement: SettlementId,
        plan: impl FnOnce(&mut dyn Host, &Self) -> Result<Option<KeptSettlement>, End>,
    ) -> Result<Outcome, Failure> {
        let failed = |failure| End::Stop(about(Stop::Failed(failure), settlement));
        let lease = Lease::take(host, Claim::Settlement(settlement), self.attempt)?;
        let result = plan(host, self).and_then(|planned| {
            let known = match planned {
                Some(planned) => Some(planned),
                None => kept(host, settlement).map_err(failed)?,
            };
            let known = known.ok_or_else(|| End::Stop(Stop::Failed(vanished(settlement))))?;
            Ok(self.post(host, known))
        });
        lease.release(host);
        match result {
            Ok(ending) => ending,
            Err(end) => Err(self.ended(host, end)),
        }
    }

    fn post(&self, host: &mut dyn Host, mut known: KeptSettlement) -> Result<Outcome, Failure> {
        let settlement = known.manifest.settlement;
        let was_finished = known.manifest.is_finished();
        let base = known.manifest.progressed_at_attempt;
        if !was_finished
            && let Some(pause) = self.post_some(host, &mut known).map_err(|stop| {
                let attempt =
                    Attempt { number: self.attempt.number.saturating_sub(base).max(1), ..self.attempt };
                self.stopped(host, about(stop, settlement), attempt)
            })?
        {
            return Err(pause);
        }
        let waits = self.settlements.unknown_orders == UnknownOrders::Suspense;
        let summary =
            Summary::of(host, &known.manifest, waits).map_err(|failure| self.failed(host, failure))?;
        if summary.waiting > 0 {
            return Err(Failure::Held(unfinished(&known, summary)));
        }
        let disposition = match (summary.has_suspense, was_finished) {
            (true, _) => Disposition::PartlyHeld,
            (false, true) => Disposition::AlreadyDone,
            (false, false) => Disposition::Completed,
        };
        let mut findings = summary.findings;
        if summary.findings_left_out > 0 {
            let message = format!(
                "{} more findings are not told one by one: see `harness reconcile`",
                summary.findings_left_out
            );
            findings.push(Finding::new(
                Code::FindingsLeftOut,
                known.manifest.settlement.to_string(),
                message,
            ));
        }
        Ok(Outcome { disposition, effects: summary.effects, findings })
    }

    /// Posts as far as this delivery goes; gives the pause where more is left.
    fn post_some(&self, host: &mut dyn Host, known: &mut KeptSettlement) -> Result<Option<Failure>, Stop> {
        let chart = settlement_terms::chart(host, &self.settings, &self.settlements)?;
        let terms =
            settlement_terms::terms(host, &self.settings, &self.settlements, &known.manifest, &chart)?;
        let (books, number) = ((&KashFlowBooks as _, &KashFlowBooks as _), self.attempt.number);
        let reached = if known.manifest.is_worked_through() {
            let reached = look_again(host, books, known, &terms, number)?;
            if reached == Reached::TheEnd {
                known.manifest.looked_at = 0;
                known.write(host)?;
            }
            reached
        } else {
            post(host, books, known, &terms, number)?
        };
        Ok((reached == Reached::ThePause).then(|| {
            let manifest = &known.manifest;
            let reason = format!(
                "settlement {}: {} of {} parts are posted, and it goes on",
                manifest.settlement, manifest.parts_done, manifest.parts
            );
            Failure::Retry { after_ms: SETTLEMENT_PAUSE_MS, reason }
        }))
    }

    fn ended(&self, host: &mut dyn Host, end: End) -> Failure {
        match end {
            End::Stop(stop) => self.stopped(host, stop, self.attempt),
            End::DeadLetter(finding) => Failure::DeadLetter(finding.into()),
        }
    }

    fn failed(&self, host: &mut dyn Host, failure: CallFailure) -> Failure {
        self.stopped(host, Stop::Failed(failure), self.attempt)
    }

    fn stopped(&self, host: &mut dyn Host, stop: Stop, attempt: Attempt<'_>) -> Failure {
        match stop {
            Stop::Held(finding) => Failure::Held(finding.into()),
            Stop::Failed(failure) => {
                let (code, class) = (failure.finding.code.as_str(), format!("{:?}", failure.class));
                host.log(LogLevel::Warn, "a call failed", &[("code", code), ("class", &class)]);
                verdict(&failure, attempt)
            }
        }
    }
}

/// The failure with the settlement as its subject: the name of an operation alone helps nobody to find it.
fn about(stop: Stop, settlement: SettlementId) -> Stop {
    match stop {
        Stop::Failed(mut failure) => {
            let finding = &mut failure.finding;
            let subject = std::mem::replace(&mut finding.subject, settlement.to_string());
            // Which order or which posting it was about is told all the same.
            if subject != finding.subject && !finding.message.contains(&subject) {
                finding.message = format!("{subject}: {}", finding.message);
            }
            Stop::Failed(failure)
        }
        held @ Stop::Held(_) => held,
    }
}

/// All is posted but what waits for a person.
fn unfinished(known: &KeptSettlement, summary: Summary) -> Unfinished {
    let all = summary.posted + summary.waiting;
    let example = summary.waits_for.map(|finding| format!("; for example {finding}")).unwrap_or_default();
    let message = format!(
        "{} of its {all} postings wait for a person and come to {}; the rest is posted{example}",
        summary.waiting, summary.waiting_amount
    );
    let settlement = known.manifest.settlement.to_string();
    let finding = Finding::new(Code::SettlementUnfinished, settlement, message);
    Unfinished { finding, done: summary.effects }
}

fn vanished(settlement: SettlementId) -> CallFailure {
    use crate::remote::FailureClass;
    CallFailure::new(
        FailureClass::Conflict,
        Code::StateUnavailable,
        &settlement.to_string(),
        "its file is kept and its plan is not: restore the state from a backup, then release the event",
    )
}
