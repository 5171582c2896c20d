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
    /// Not yet: the credit note that was intended is certain not to be there, and everything is looked at anew.
    NotCreated,
    /// A person has deleted it, which leaves nothing to take back.
    IsGone,
}

/// Ensures the credit note of the invoice `ordinal`. `plan` is the invoice that is to take its place, where the
/// credit note was not intended before.
pub(super) fn credit(
    host: &mut dyn Host,
    books: &dyn Books,
    journal: &mut Journal,
    asked: &Asked<'_>,
    ordinal: u32,
    plan: Option<&Plan>,
) -> Result<TakenBack, Stop> {
    let of_invoice = DocumentReference::invoice(asked.order, ordinal);
    let invoice = recorded(journal, DocumentKind::Invoice, ordinal)?;
    let known = journal.document(DocumentKind::CreditNote, ordinal);
    let Some(posted) = read(host, books, &invoice)? else {
        if asked.wanted.is_some() || known.is_some() {
            return Err(gone(&of_invoice, &invoice).into());
        }
        journal.write(host, asked.entry(journal.chain().without_last()))?;
        return Ok(TakenBack::IsGone);
    };
    let reference = DocumentReference::credit_note(asked.order, ordinal);
    let date = known.as_ref().and_then(|known| known.date).unwrap_or(asked.correction_date);
    let found = books.documents_dated(host, date, &reference)?;
    if found.is_empty() {
        if known.is_some() {
            await_settled(host, known.as_ref(), asked)?;
            journal.write(host, asked.entry(journal.chain().without_last()))?;
            return Ok(TakenBack::NotCreated);
        }
        if let Some(plan) = plan.filter(|plan| says_what_is_wanted(&posted, &invoice, plan)) {
            adopt(host, journal, asked, (ordinal, &posted), plan)?;
            return Ok(TakenBack::SaysWhatIsWanted);
        }
    }
    check_untouched(&of_invoice, &posted, &invoice, plan)?;
    if found.is_empty() {
        check_unpaid(asked, &posted)?;
        asked.check_corrections(ordinal)?;
    }
    let document = SalesDocument::reversal(&posted, reference, date).map_err(|error| {
        let message = format!(
            "invoice {} is to be taken back and {error}: credit it by hand, post the order anew by hand where it is \
             still sold, then discard the event",
            posted.number
        );
        Stop::Held(Finding::new(Code::InvoiceNotReversible, asked.order.as_str(), message))
    })?;
    let wanted = Wanted { document: &document, fingerprint: &invoice.fingerprint, partly_held: false, known };
    let note = match wanted.adopt(host, journal, asked, found)? {
        Some(note) => note,
        None => wanted.create(host, books, journal, asked, posted.customer)?,
    };
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
    let of_invoice = DocumentReference::invoice(asked.order, ordinal);
    let of_note = DocumentReference::credit_note(asked.order, ordinal);
    let invoice = recorded(journal, DocumentKind::Invoice, ordinal)?;
    let credit_note = recorded(journal, DocumentKind::CreditNote, ordinal)?;
    // The invoice first: an application that is carried out in between settles both, and shows at the note.
    let posted = read(host, books, &invoice)?.ok_or_else(|| gone(&of_invoice, &invoice))?;
    let mut note = read(host, books, &credit_note)?.ok_or_else(|| gone(&of_note, &credit_note))?;
    if !note.is_settled() {
        check_untouched(&of_invoice, &posted, &invoice, None)?;
        check_unpaid(asked, &posted)?;
        let applied = books.apply_credit_note(host, posted.id, note.id);
        // An application whose answer was lost may have been carried out a moment ago; this one is refused then.
        if applied.as_ref().is_err_and(|failure| failure.class != FailureClass::Rejected) {
            return Ok(applied?);
        }
        note = read(host, books, &credit_note)?.ok_or_else(|| gone(&of_note, &credit_note))?;
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

/// The document as the books show it now, where it has a number and is still there.
pub(super) fn read(
    host: &mut dyn Host,
    books: &dyn Books,
    document: &ChainDocument,
) -> Result<Option<PostedDocument>, CallFailure> {
    document.number().map_or(Ok(None), |number| books.document(host, number))
}

fn gone(reference: &DocumentReference, document: &ChainDocument) -> CallFailure {
    let name = reference.kind.name();
    let number = document.number().map_or_else(String::new, |number| number.to_string());
    conflict(
        reference,
        format!(
            "has changed at Amazon, and its {name} {number} is no longer in the books: post or credit the order by \
             hand as it is now, then discard the event"
        ),
    )
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
    (ordinal, posted): (u32, &PostedDocument),
    plan: &Plan,
) -> Result<(), CallFailure> {
    let document = ChainDocument {
        phase: Phase::Recorded(posted.number),
        fingerprint: asked.wanted.unwrap_or_default().to_owned(),
        date: Some(posted.date),
        amounts: Some(posted.amounts()),
        partly_held: plan.partly_held,
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
    let message = format!(
        "has changed at Amazon, and {} of its invoice {} is paid or credited already: what was paid is refunded and \
         not taken back, so correct it by hand where no refund does, then discard the event",
        posted.paid, posted.number
    );
    Err(Stop::Held(Finding::new(Code::InvoicePaid, asked.order.as_str(), message)))
}
