//! Posts the invoices of an order: the first one, and those that replace one that was taken back.

use crate::canonical::{CustomerId, DocumentKind, DocumentReference};
use crate::host::Host;
use crate::remote::CallFailure;

use super::books::Books;
use super::chain::{ChainDocument, Phase};
use super::customer;
use super::document::{Ensured, Wanted, await_settled, the_one};
use super::journal::Journal;
use super::outcome::Effect;
use super::plan::Plan;
use super::reversal::read;
use super::run::{Asked, Progress};
use super::stop::Stop;

/// An invoice that is not wanted any more and may have been created: records it where it was, forgets it
/// where it was not. What it says is looked at when it is taken back.
pub(super) fn find_out(
    host: &mut dyn Host,
    books: &dyn Books,
    journal: &mut Journal,
    asked: &Asked<'_>,
) -> Result<(), CallFailure> {
    let chain = journal.chain();
    let Some((kind, ordinal, known)) = chain.last() else { return Ok(()) };
    let reference = DocumentReference { order: asked.order.clone(), kind, ordinal, settlement: None };
    let found = books.documents_dated(host, known.date.unwrap_or(asked.invoice_date), &reference)?;
    let Some(posted) = the_one(&reference, found)? else {
        await_settled(host, Some(known), asked)?;
        return journal.write(host, asked.entry(chain.without_last()));
    };
    let recorded = ChainDocument {
        phase: Phase::Recorded(posted.number),
        date: Some(posted.date),
        amounts: known.amounts.or(Some(posted.amounts())),
        ..known.clone()
    };
    journal.write(host, asked.entry(chain.with(kind, ordinal, recorded)))
}

/// Ensures the invoice of the plan.
pub(super) fn post(
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
    let wanted = Wanted { document, fingerprint, partly_held: plan.partly_held, known };
    let ensured = if reference.ordinal == 1 {
        first(host, books, journal, asked, plan, &wanted, progress)?
    } else {
        later(host, books, journal, asked, plan, &wanted, progress)?
    };
    progress.posted(reference, ensured, plan);
    Ok(())
}

/// The order's first invoice, unless somebody has posted it already.
fn first(
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
    await_settled(host, wanted.known.as_ref(), asked)?;
    let customer = ensure_customer(host, books, asked, plan, progress)?;
    // The shared customer of a marketplace has thousands of invoices and the books do not page them, so there
    // the date has to be enough: it is the same for every delivery of an order.
    if !plan.customer.shared {
        let of_customer = books.documents_of(host, customer, reference)?;
        if let Some(ensured) = wanted.adopt(host, journal, asked, of_customer)? {
            return Ok(ensured);
        }
    }
    wanted.create(host, books, journal, asked, customer)
}

/// An invoice that replaces one that was taken back, made out to the same customer.
fn later(
    host: &mut dyn Host,
    books: &dyn Books,
    journal: &mut Journal,
    asked: &Asked<'_>,
    plan: &Plan,
    wanted: &Wanted<'_>,
    progress: &mut Progress,
) -> Result<Ensured, Stop> {
    let reference = &wanted.document.reference;
    let found = books.documents_dated(host, wanted.document.date, reference)?;
    if let Some(ensured) = wanted.adopt(host, journal, asked, found)? {
        return Ok(ensured);
    }
    await_settled(host, wanted.known.as_ref(), asked)?;
    asked.check_corrections(reference.ordinal - 1)?;
    let of_replaced = match progress.customer {
        Some(customer) => Some(customer),
        None => customer_of(host, books, journal, reference.ordinal - 1)?,
    };
    let customer = match of_replaced {
        Some(customer) => customer,
        // A person has deleted what was replaced.
        None => ensure_customer(host, books, asked, plan, progress)?,
    };
    Ok(wanted.create(host, books, journal, asked, customer)?)
}

/// Who the invoice `ordinal` is made out to, while it is in the books.
fn customer_of(
    host: &mut dyn Host,
    books: &dyn Books,
    journal: &Journal,
    ordinal: u32,
) -> Result<Option<CustomerId>, CallFailure> {
    let invoice = journal.document(DocumentKind::Invoice, ordinal);
    let posted = invoice.map_or(Ok(None), |invoice| read(host, books, &invoice))?;
    Ok(posted.map(|posted| posted.customer))
}

fn ensure_customer(
    host: &mut dyn Host,
    books: &dyn Books,
    asked: &Asked<'_>,
    plan: &Plan,
    progress: &mut Progress,
) -> Result<CustomerId, CallFailure> {
    let customer = customer::ensure(host, books, &plan.customer, asked.order.as_str())?;
    if customer.created {
        progress.made.push(Effect::customer(&plan.customer, asked.order));
    }
    progress.findings.extend(customer.finding);
    Ok(customer.id)
}
