//! Runs an order to its end, step by step. A step that is done already is passed over, so a run can stop
//! anywhere and begin again.

use chrono::{DateTime, NaiveDate, Utc};

use crate::canonical::{CustomerId, DocumentKind, DocumentReference, OrderId};
use crate::finding::{Code, Finding};
use crate::host::Host;
use crate::limits::{CORRECTIONS_MAX, STEPS_MAX};
use crate::remote::{CallFailure, FailureClass};

use super::books::Books;
use super::chain::{Chain, ChainDocument, Phase, Step};
use super::customer;
use super::document::{Ensured, Wanted, await_settled, differs, the_one};
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
}

/// What a run has come to so far.
#[derive(Default)]
struct Progress {
    made: Vec<Effect>,
    findings: Vec<Finding>,
    partly_held: bool,
    /// Who the documents of the order are made out to, once that is known.
    customer: Option<CustomerId>,
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
            Step::FindOut => find_out(host, books, journal, asked)?,
            Step::PostInvoice { ordinal } => {
                let plan = plans.plan(host, asked, ordinal)?;
                post_invoice(host, books, journal, asked, plan, &mut progress)?;
            }
            Step::PostCreditNote { ordinal } => {
                // Planned before anything is taken back: an order that cannot be posted anew is left as it is.
                let plan = match asked.wanted {
                    Some(_) => Some(plans.plan(host, asked, ordinal + 1)?),
                    None => None,
                };
                let taken_back = reversal::credit(host, books, journal, asked, ordinal, plan)?;
                if let TakenBack::ByCreditNote { note, customer } = taken_back {
                    progress.customer = Some(customer);
                    progress.taken_back(asked, ordinal, note);
                }
            }
            Step::ApplyCreditNote { ordinal } => reversal::apply(host, books, journal, asked, ordinal)?,
        }
    }
    Err(Stop::Failed(CallFailure::new(
        FailureClass::Throttled { retry_after_ms: None },
        Code::StepsExceeded,
        asked.order.as_str(),
        format!("took the {STEPS_MAX} steps that one delivery makes: the next one goes on"),
    )))
}

/// The plan of a run, made once.
struct Plans<'a> {
    planner: &'a mut dyn Planner,
    made: Option<(u32, Plan)>,
}

impl Plans<'_> {
    fn plan(&mut self, host: &mut dyn Host, asked: &Asked<'_>, ordinal: u32) -> Result<&Plan, Stop> {
        if ordinal > CORRECTIONS_MAX {
            return Err(Stop::Held(Finding::new(
                Code::CorrectedTooOften,
                asked.order.as_str(),
                format!(
                    "has been corrected {} times: look at its documents in KashFlow and at the order in Seller \
                     Central, correct it by hand, then discard the event",
                    CORRECTIONS_MAX - 1
                ),
            )));
        }
        let plan = match self.made.take() {
            Some((made, plan)) if made == ordinal => plan,
            _ => self.planner.plan(host, ordinal)?,
        };
        Ok(&self.made.insert((ordinal, plan)).1)
    }
}

/// Keeps which version of the order the books follow, so that an older one is known as such.
fn remember(host: &mut dyn Host, journal: &mut Journal, asked: &Asked<'_>) -> Result<(), CallFailure> {
    let is_newer = journal.entry().and_then(|entry| entry.as_of).is_none_or(|known| known < asked.as_of);
    let entry = asked.entry(journal.chain());
    if is_newer || journal.entry().is_some_and(|known| known.wanted != entry.wanted) {
        journal.write(host, entry)?;
    }
    Ok(())
}

/// An invoice that is not wanted any more and may have been created: records it where it was, forgets it
/// where it was not.
fn find_out(
    host: &mut dyn Host,
    books: &dyn Books,
    journal: &mut Journal,
    asked: &Asked<'_>,
) -> Result<(), CallFailure> {
    let chain = journal.chain();
    let Some((kind, ordinal, known)) = chain.last() else { return Ok(()) };
    let reference = DocumentReference { order: asked.order.clone(), kind, ordinal };
    let date = known.date.unwrap_or(asked.invoice_date);
    let found = books.documents_dated(host, date, &reference)?;
    let Some(posted) = the_one(&reference, found)? else {
        await_settled(host, Some(known), asked.order.as_str())?;
        return journal.write(host, asked.entry(chain.without_last()));
    };
    if known.amounts.is_some_and(|intended| intended != posted.amounts()) {
        return Err(differs(&reference, &posted, known.amounts));
    }
    let recorded = ChainDocument {
        phase: Phase::Recorded(posted.number),
        date: Some(posted.date),
        amounts: Some(posted.amounts()),
        fingerprint: known.fingerprint.clone(),
    };
    journal.write(host, asked.entry(chain.with(kind, ordinal, recorded)))
}

fn post_invoice(
    host: &mut dyn Host,
    books: &dyn Books,
    journal: &mut Journal,
    asked: &Asked<'_>,
    plan: &Plan,
    progress: &mut Progress,
) -> Result<(), Stop> {
    let reference = &plan.invoice.reference;
    let known = journal.document(reference.kind, reference.ordinal);
    let fingerprint = asked.wanted.unwrap_or_default();
    // What was intended keeps its date: under another one it would not be found.
    let dated = known.as_ref().and_then(|known| known.date).filter(|date| *date != plan.invoice.date);
    let redated = dated.map(|date| plan.invoice.dated(date));
    let document = redated.as_ref().unwrap_or(&plan.invoice);
    let wanted = Wanted { document, fingerprint, known };
    let ensured = if reference.ordinal == 1 {
        first_invoice(host, books, journal, asked, plan, &wanted, progress)?
    } else {
        later_invoice(host, books, journal, asked, &wanted, progress)?
    };
    progress.posted(reference, ensured, plan);
    Ok(())
}

/// The order's first invoice, unless somebody has posted it already.
fn first_invoice(
    host: &mut dyn Host,
    books: &dyn Books,
    journal: &mut Journal,
    asked: &Asked<'_>,
    plan: &Plan,
    wanted: &Wanted<'_>,
    progress: &mut Progress,
) -> Result<Ensured, CallFailure> {
    let reference = &plan.invoice.reference;
    // By date first: an order that was posted to another customer must not make one of its own.
    let mut found = books.documents_dated(host, wanted.document.date, reference)?;
    // One that was posted by hand may have a second under another date.
    if let Some(customer) = found.first().map(|posted| posted.customer).filter(|_| !plan.customer.shared) {
        found.extend(books.documents_of(host, customer, reference)?);
    }
    if let Some(ensured) = wanted.adopt(host, journal, asked, found)? {
        return Ok(ensured);
    }
    await_settled(host, wanted.known.as_ref(), asked.order.as_str())?;
    let customer = customer::ensure(host, books, &plan.customer, asked.order.as_str())?;
    if customer.created {
        progress.made.push(Effect::customer(&plan.customer, asked.order));
    }
    progress.findings.extend(customer.finding);
    // The shared customer of a marketplace has thousands of invoices and the books do not page them, so there
    // the date has to be enough: it is the same for every delivery of an order.
    if !plan.customer.shared {
        let of_customer = books.documents_of(host, customer.id, reference)?;
        if let Some(ensured) = wanted.adopt(host, journal, asked, of_customer)? {
            return Ok(ensured);
        }
    }
    wanted.create(host, books, journal, asked, customer.id)
}

/// An invoice that replaces one that was taken back, made out to the same customer.
fn later_invoice(
    host: &mut dyn Host,
    books: &dyn Books,
    journal: &mut Journal,
    asked: &Asked<'_>,
    wanted: &Wanted<'_>,
    progress: &mut Progress,
) -> Result<Ensured, Stop> {
    let reference = &wanted.document.reference;
    let found = books.documents_dated(host, wanted.document.date, reference)?;
    if let Some(ensured) = wanted.adopt(host, journal, asked, found)? {
        return Ok(ensured);
    }
    await_settled(host, wanted.known.as_ref(), asked.order.as_str())?;
    let customer = match progress.customer {
        Some(customer) => customer,
        None => customer_of(host, books, journal, asked, reference.ordinal - 1)?,
    };
    Ok(wanted.create(host, books, journal, asked, customer)?)
}

/// Who the invoice `ordinal` is made out to.
fn customer_of(
    host: &mut dyn Host,
    books: &dyn Books,
    journal: &Journal,
    asked: &Asked<'_>,
    ordinal: u32,
) -> Result<CustomerId, CallFailure> {
    let number = journal.document(DocumentKind::Invoice, ordinal).and_then(|invoice| invoice.number());
    let posted = match number {
        Some(number) => books.document(host, number)?,
        None => None,
    };
    posted.map(|posted| posted.customer).ok_or_else(|| {
        super::document::conflict(
            &DocumentReference::invoice(asked.order, ordinal),
            "was taken back, and the invoice that tells its customer is no longer in the books".to_owned(),
        )
    })
}

impl Progress {
    fn posted(&mut self, reference: &DocumentReference, ensured: Ensured, plan: &Plan) {
        self.findings.extend(plan.findings.iter().cloned());
        if ensured.created {
            self.made.push(Effect::document(reference, ensured.number));
            self.partly_held |= plan.partly_held;
        }
    }

    fn taken_back(&mut self, asked: &Asked<'_>, ordinal: u32, note: Ensured) {
        let reference = DocumentReference::credit_note(asked.order, ordinal);
        let number = note.number;
        let finding = match asked.wanted {
            Some(_) => Finding::new(
                Code::OrderCorrected,
                asked.order.as_str(),
                format!(
                    "changed after it was posted: credit note {number} takes its invoice back, a new one replaces it"
                ),
            ),
            None => Finding::new(
                Code::PostedOrderCancelled,
                asked.order.as_str(),
                format!(
                    "will not be sold after all and was posted: credit note {number} takes its invoice back"
                ),
            ),
        };
        self.findings.push(finding);
        self.made.push(Effect::document(&reference, number));
    }
}

fn outcome(journal: &Journal, asked: &Asked<'_>, progress: Progress) -> Outcome {
    let Progress { made, findings, partly_held, .. } = progress;
    if made.iter().all(|effect| effect.document == "customer") {
        let stands = journal.chain().effects(asked.order).pop();
        return Outcome {
            disposition: Disposition::AlreadyDone,
            effects: made.into_iter().chain(stands).collect(),
            findings,
        };
    }
    let disposition = if partly_held { Disposition::PartlyHeld } else { Disposition::Completed };
    Outcome { disposition, effects: made, findings }
}
