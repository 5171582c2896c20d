//! Takes an invoice back: a credit note that mirrors it as it was posted, set off against it.
//!
//! Only an invoice that nobody has paid or changed is taken back. What was paid is refunded, and a refund has
//! its own documents; what somebody changed is theirs to judge.

use crate::canonical::{CustomerId, DocumentKind, DocumentReference, PostedDocument, SalesDocument};
use crate::finding::{Code, Finding};
use crate::host::Host;
use crate::remote::{CallFailure, FailureClass};

use super::books::Books;
use super::chain::{ChainDocument, Phase};
use super::document::{Ensured, Wanted, await_settled, conflict, differs};
use super::journal::Journal;
use super::plan::Plan;
use super::run::Asked;
use super::stop::Stop;

/// What became of an invoice that should be taken back.
pub(super) enum TakenBack {
    ByCreditNote {
        note: Ensured,
        /// Who both are made out to.
        customer: CustomerId,
    },
    /// Not at all: a person has made it say what the order says now.
    SaysWhatIsWanted,
}

/// Ensures the credit note of the invoice `ordinal`.
pub(super) fn credit(
    host: &mut dyn Host,
    books: &dyn Books,
    journal: &mut Journal,
    asked: &Asked<'_>,
    ordinal: u32,
    plan: Option<&Plan>,
) -> Result<TakenBack, Stop> {
    let invoice = recorded(journal, DocumentKind::Invoice, ordinal)?;
    let of_invoice = DocumentReference::invoice(asked.order, ordinal);
    let posted = read(host, books, &of_invoice, &invoice)?;
    let known = journal.document(DocumentKind::CreditNote, ordinal);
    if known.is_none() {
        if let Some(plan) = plan
            && says_what_is_wanted(&posted, &invoice, plan)
        {
            adopt(host, journal, asked, ordinal, &posted)?;
            return Ok(TakenBack::SaysWhatIsWanted);
        }
        check_untouched(&of_invoice, &posted, &invoice, plan)?;
    }
    let reference = DocumentReference::credit_note(asked.order, ordinal);
    let date = known.as_ref().and_then(|known| known.date).unwrap_or(asked.correction_date);
    let document = SalesDocument::reversal(&posted, reference.clone(), date).map_err(|error| {
        held(
            Code::InvoiceNotReversible,
            asked,
            format!(
                "invoice {} is to be taken back and {error}: credit it by hand, then release the event",
                posted.number
            ),
        )
    })?;
    let wanted = Wanted { document: &document, fingerprint: &invoice.fingerprint, known };
    let found = books.documents_dated(host, date, &reference)?;
    if let Some(ensured) = wanted.adopt(host, journal, asked, found)? {
        return Ok(TakenBack::ByCreditNote { note: ensured, customer: posted.customer });
    }
    await_settled(host, wanted.known.as_ref(), asked.order.as_str())?;
    check_unpaid(asked, &posted)?;
    let note = wanted.create(host, books, journal, asked, posted.customer)?;
    Ok(TakenBack::ByCreditNote { note, customer: posted.customer })
}

/// Ensures that the credit note of the invoice `ordinal` has settled it.
pub(super) fn apply(
    host: &mut dyn Host,
    books: &dyn Books,
    journal: &mut Journal,
    asked: &Asked<'_>,
    ordinal: u32,
) -> Result<(), Stop> {
    let of_credit_note = DocumentReference::credit_note(asked.order, ordinal);
    let credit_note = recorded(journal, DocumentKind::CreditNote, ordinal)?;
    let mut note = read(host, books, &of_credit_note, &credit_note)?;
    if !note.is_settled() {
        let of_invoice = DocumentReference::invoice(asked.order, ordinal);
        let invoice = recorded(journal, DocumentKind::Invoice, ordinal)?;
        let posted = read(host, books, &of_invoice, &invoice)?;
        check_unpaid(asked, &posted)?;
        let applied = books.apply_credit_note(host, posted.id, note.id);
        // An application whose answer was lost may have been carried out a moment ago; this one is refused then.
        if applied.as_ref().is_err_and(|failure| failure.class != FailureClass::Rejected) {
            return Ok(applied?);
        }
        note = read(host, books, &of_credit_note, &credit_note)?;
        if !note.is_settled() {
            applied?;
        }
    }
    if !note.is_settled() {
        return Err(Stop::Failed(CallFailure::new(
            FailureClass::Conflict,
            Code::NotReadBack,
            asked.order.as_str(),
            format!(
                "credit note {} was applied to its invoice and is not used up: look at both in KashFlow, then \
                 release the event",
                note.number
            ),
        )));
    }
    let applied = ChainDocument { phase: Phase::Applied(note.number), ..credit_note };
    let chain = journal.chain().with(DocumentKind::CreditNote, ordinal, applied);
    Ok(journal.write(host, asked.entry(chain))?)
}

/// A document that `Chain::next_step` says is there.
fn recorded(journal: &Journal, kind: DocumentKind, ordinal: u32) -> Result<ChainDocument, CallFailure> {
    journal.document(kind, ordinal).filter(|document| document.number().is_some()).ok_or_else(|| {
        CallFailure::new(
            FailureClass::Conflict,
            Code::StateUnavailable,
            "journal",
            format!("the journal has no number of {} {ordinal}", kind.name()),
        )
    })
}

fn read(
    host: &mut dyn Host,
    books: &dyn Books,
    reference: &DocumentReference,
    document: &ChainDocument,
) -> Result<PostedDocument, CallFailure> {
    let name = reference.kind.name();
    let gone = |number| {
        conflict(
            reference,
            format!(
                "was posted as {name} {number}, which is no longer in the books, and has changed at Amazon since"
            ),
        )
    };
    match document.number() {
        Some(number) => books.document(host, number)?.ok_or_else(|| gone(number.to_string())),
        None => Err(gone("of unknown number".to_owned())),
    }
}

/// Whether the invoice sells what the plan sells already, or a person has made it come to what the plan does.
fn says_what_is_wanted(posted: &PostedDocument, invoice: &ChainDocument, plan: &Plan) -> bool {
    let was_changed = invoice.amounts.is_some_and(|recorded| recorded != posted.amounts());
    posted.says_the_same_as(&plan.invoice) || (was_changed && posted.amounts() == plan.invoice.amounts())
}

fn adopt(
    host: &mut dyn Host,
    journal: &mut Journal,
    asked: &Asked<'_>,
    ordinal: u32,
    posted: &PostedDocument,
) -> Result<(), CallFailure> {
    let document = ChainDocument {
        phase: Phase::Recorded(posted.number),
        fingerprint: asked.wanted.unwrap_or_default().to_owned(),
        date: Some(posted.date),
        amounts: Some(posted.amounts()),
    };
    let chain = journal.chain().with(DocumentKind::Invoice, ordinal, document);
    journal.write(host, asked.entry(chain))
}

/// Fails where somebody changed the invoice since it was posted.
fn check_untouched(
    reference: &DocumentReference,
    posted: &PostedDocument,
    invoice: &ChainDocument,
    plan: Option<&Plan>,
) -> Result<(), CallFailure> {
    if invoice.amounts.is_none_or(|recorded| recorded == posted.amounts()) {
        return Ok(());
    }
    Err(differs(reference, posted, plan.map(|plan| plan.invoice.amounts())))
}

fn check_unpaid(asked: &Asked<'_>, posted: &PostedDocument) -> Result<(), Stop> {
    if posted.paid.is_zero() {
        return Ok(());
    }
    Err(held(
        Code::InvoicePaid,
        asked,
        format!(
            "has changed at Amazon, and {} of its invoice {} is paid or credited already: what was paid is refunded \
             and not taken back, so correct it by hand where no refund does, then discard the event",
            posted.paid, posted.number
        ),
    ))
}

fn held(code: Code, asked: &Asked<'_>, message: String) -> Stop {
    Stop::Held(Finding::new(code, asked.order.as_str(), message))
}
