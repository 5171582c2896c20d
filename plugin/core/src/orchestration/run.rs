//! Runs an order to its end, step by step. A step that is done already is passed over, so a run can stop
//! anywhere and begin again.

use chrono::{DateTime, NaiveDate, Utc};

use crate::canonical::{CustomerId, DocumentKind, DocumentReference, OrderId};
use crate::finding::{Code, Finding};
use crate::host::Host;
use crate::limits::{CORRECTIONS_MAX, STEPS_MAX};
use crate::remote::{CallFailure, FailureClass};

use super::books::Books;
use super::chain::{Chain, Step};
use super::document::Ensured;
use super::invoice;
use super::journal::{Journal, JournalEntry};
use super::outcome::{Disposition, Effect, Outcome};
use super::plan::{Plan, Planner};
use super::reversal::{self, TakenBack};
use super::stop::Stop;

/// What one version of an order asks of the books.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    pub order: &'a OrderId,
    /// When this version was made.
    pub as_of: DateTime<Utc>,
    /// The digest of the sale that is to stand in the books; `None` where none is.
    pub wanted: Option<&'a str>,
    /// The date of the order's first invoice.
    pub invoice_date: NaiveDate,
    /// The date of documents that correct an earlier one.
    pub correction_date: NaiveDate,
}

impl Asked<'_> {
    /// The journal entry of this version with these documents.
    pub(super) fn entry(&self, chain: Chain) -> JournalEntry {
        JournalEntry { as_of: Some(self.as_of), wanted: self.wanted.map(str::to_owned), chain }
    }

    /// Holds an order whose invoice `ordinal` would be taken back or replaced once more than is plausible.
    pub(super) fn check_corrections(&self, ordinal: u32) -> Result<(), Stop> {
        if ordinal < CORRECTIONS_MAX {
            return Ok(());
        }
        let message = format!(
            "has had {CORRECTIONS_MAX} invoices: look at its documents in KashFlow and at the order in Seller Central, \
             correct it by hand, then discard the event"
        );
        Err(Stop::Held(Finding::new(Code::CorrectedTooOften, self.order.as_str(), message)))
    }
}

/// Makes the books hold what the order asks for.
pub fn run(
    host: &mut dyn Host,
    books: &dyn Books,
    journal: &mut Journal,
    asked: &Asked<'_>,
    planner: &mut dyn Planner,
) -> Result<Outcome, Stop> {
    let mut progress = Progress::default();
    let mut plans = Plans { planner, made: None };
    for _ in 0..STEPS_MAX {
        match journal.chain().next_step(asked.wanted) {
            Step::Nothing => {
                remember(host, journal, asked)?;
                return Ok(outcome(journal, asked, progress));
            }
            Step::FindOut => invoice::find_out(host, books, journal, asked)?,
            Step::PostInvoice { ordinal } => {
                let plan = plans.plan(host, ordinal)?;
                invoice::post(host, books, journal, asked, plan, &mut progress)?;
            }
            Step::PostCreditNote { ordinal } => {
                // Planned before anything is taken back: an order that cannot be posted anew is left as it is. A
                // credit note that may be there already is looked for first.
                let is_new = journal.document(DocumentKind::CreditNote, ordinal).is_none();
                let plan = match asked.wanted {
                    Some(_) if is_new => Some(plans.plan(host, ordinal + 1)?),
                    _ => None,
                };
                let taken_back = reversal::credit(host, books, journal, asked, ordinal, plan)?;
                progress.taken_back(asked, ordinal, &taken_back);
            }
            Step::ApplyCreditNote { ordinal } => reversal::apply(host, books, journal, asked, ordinal)?,
        }
    }
    Err(Stop::Failed(CallFailure::new(
        FailureClass::Conflict,
        Code::StepsExceeded,
        asked.order.as_str(),
        format!(
            "took {STEPS_MAX} steps without coming to an end: look at its documents in KashFlow, and report it"
        ),
    )))
}

/// The plan of a run, made once.
struct Plans<'a> {
    planner: &'a mut dyn Planner,
    made: Option<(u32, Plan)>,
}

impl Plans<'_> {
    fn plan(&mut self, host: &mut dyn Host, ordinal: u32) -> Result<&Plan, Stop> {
        let plan = match self.made.take() {
            Some((made, plan)) if made == ordinal => plan,
            _ => self.planner.plan(host, ordinal)?,
        };
        Ok(&self.made.insert((ordinal, plan)).1)
    }
}

/// Keeps which version of the order the books follow, so that an older one is known as such.
fn remember(host: &mut dyn Host, journal: &mut Journal, asked: &Asked<'_>) -> Result<(), CallFailure> {
    let known = journal.entry();
    let is_newer = known.and_then(|entry| entry.as_of).is_none_or(|as_of| as_of < asked.as_of);
    let is_another = known.is_some_and(|entry| entry.wanted.as_deref() != asked.wanted);
    if is_newer || is_another {
        journal.write(host, asked.entry(journal.chain()))?;
    }
    Ok(())
}

/// What a run has come to so far.
#[derive(Default)]
pub(super) struct Progress {
    pub made: Vec<Effect>,
    pub findings: Vec<Finding>,
    /// Who the documents of the order are made out to, once that is known.
    pub customer: Option<CustomerId>,
}

impl Progress {
    pub fn posted(&mut self, reference: &DocumentReference, ensured: Ensured, plan: &Plan) {
        self.findings.extend(plan.findings.iter().cloned());
        if ensured.created {
            self.made.push(Effect::document(reference, ensured.number));
        }
    }

    fn taken_back(&mut self, asked: &Asked<'_>, ordinal: u32, taken_back: &TakenBack) {
        let told = |code, message: String| Finding::new(code, asked.order.as_str(), message);
        match taken_back {
            TakenBack::ByCreditNote { note, customer } => {
                self.customer = Some(*customer);
                let number = note.number;
                self.made.push(Effect::document(&DocumentReference::credit_note(asked.order, ordinal), number));
                self.findings.push(match asked.wanted {
                    Some(_) => told(
                        Code::OrderCorrected,
                        format!("changed after it was posted: credit note {number} takes its invoice back, a new one replaces it"),
                    ),
                    None => told(
                        Code::PostedOrderCancelled,
                        format!("is not to be invoiced as it is now and was posted: credit note {number} takes its invoice back"),
                    ),
                });
            }
            TakenBack::IsGone => self.findings.push(told(
                Code::PostedOrderCancelled,
                "is not to be invoiced as it is now, and somebody has deleted its invoice: there is nothing to take back"
                    .into(),
            )),
            TakenBack::SaysWhatIsWanted | TakenBack::NotCreated => {}
        }
    }
}

fn outcome(journal: &Journal, asked: &Asked<'_>, progress: Progress) -> Outcome {
    let Progress { made, mut findings, .. } = progress;
    let chain = journal.chain();
    let has_documents = made.iter().any(|effect| effect.document != "customer");
    let is_partly_held = chain.last().is_some_and(|(_, _, document)| document.partly_held);
    if is_partly_held && findings.iter().all(|finding| finding.code != Code::SkuUnknown) {
        let message = "has lines of a SKU without product, which were posted to `nominals.unknown-sku`: correct them there";
        let finding = Finding::new(Code::SkuUnknown, asked.order.as_str(), message);
        // Which SKU it was is forgotten by now: all such orders are one thing to look at.
        findings.push(finding.caused_by("nominals.unknown-sku"));
    }
    let disposition = match (is_partly_held, has_documents) {
        (true, _) => Disposition::PartlyHeld,
        (false, true) => Disposition::Completed,
        (false, false) => Disposition::AlreadyDone,
    };
    let stands = if has_documents { None } else { chain.effects(asked.order).pop() };
    Outcome { disposition, effects: made.into_iter().chain(stands).collect(), findings }
}
