//! Ensures the invoice of an order: look up, intend, create, confirm, record.

use crate::canonical::{CustomerId, InvoiceNumber, InvoiceRecord};
use crate::finding::Code;
use crate::host::Host;
use crate::remote::{CallFailure, FailureClass};

use super::books::Books;
use super::journal::{Journal, JournalEntry, Phase};
use super::plan::Plan;

/// The invoice that stands in the books.
pub(super) struct Ensured {
    pub number: InvoiceNumber,
    /// Whether this event created it, in this delivery or in one that was cut short.
    pub created: bool,
}

pub(super) fn ensure(
    host: &mut dyn Host,
    books: &dyn Books,
    journal: &mut Journal,
    plan: &Plan,
    customer: CustomerId,
) -> Result<Ensured, CallFailure> {
    let was_intended = journal.entry.as_ref().is_some_and(|entry| entry.phase == Phase::Intended);
    if let Some(record) = look_up(host, books, plan, customer)? {
        compare(plan, &record)?;
        write(host, journal, plan, Phase::Recorded(record.number))?;
        // An intent without a record is our own creation, whose answer was lost.
        return Ok(Ensured { number: record.number, created: was_intended });
    }
    write(host, journal, plan, Phase::Intended)?;
    let number = books.create_invoice(host, &plan.invoice, customer)?;
    confirm(host, books, plan, number)?;
    write(host, journal, plan, Phase::Recorded(number))?;
    Ok(Ensured { number, created: true })
}

fn write(host: &mut dyn Host, journal: &mut Journal, plan: &Plan, phase: Phase) -> Result<(), CallFailure> {
    journal.write(host, JournalEntry { phase, fingerprint: plan.fingerprint.clone() })
}

/// Finds the invoice by the reference that is written into it.
///
/// The shared customer of a marketplace has thousands of invoices and the books do not page them, so
/// there the date alone is asked for: it is the same for every delivery of an order.
fn look_up(
    host: &mut dyn Host,
    books: &dyn Books,
    plan: &Plan,
    customer: CustomerId,
) -> Result<Option<InvoiceRecord>, CallFailure> {
    let mut found = books.invoices_dated(host, plan.invoice.date)?;
    if !plan.customer.shared {
        found.extend(books.invoices_of(host, customer)?);
    }
    found.retain(|record| record.reference == plan.invoice.reference.as_str());
    found.sort_by_key(|record| record.number);
    found.dedup_by_key(|record| record.number);
    if found.len() > 1 {
        let numbers: Vec<String> = found.iter().map(|record| record.number.to_string()).collect();
        return Err(CallFailure::new(
            FailureClass::Conflict,
            Code::InvoiceDoubled,
            plan.invoice.reference.as_str(),
            format!(
                "the books hold the invoices {} of this order: keep one of them, then release the event",
                numbers.join(" and ")
            ),
        ));
    }
    Ok(found.pop())
}

fn compare(plan: &Plan, record: &InvoiceRecord) -> Result<(), CallFailure> {
    if (record.net, record.vat) == (plan.invoice.net(), plan.invoice.vat()) {
        return Ok(());
    }
    Err(differs(
        plan,
        format!(
            "stands in the books as invoice {} with {} net and {} VAT; Amazon's figures make {} net and {} VAT",
            record.number,
            record.net,
            record.vat,
            plan.invoice.net(),
            plan.invoice.vat()
        ),
    ))
}

fn differs(plan: &Plan, what: String) -> CallFailure {
    CallFailure::new(
        FailureClass::Conflict,
        Code::InvoiceDiffers,
        plan.invoice.reference.as_str(),
        format!("{what}: correct the one that is wrong, then release the event; nothing was changed"),
    )
}

/// Reads a new invoice back: the books answer OK to things that they then do not keep.
fn confirm(
    host: &mut dyn Host,
    books: &dyn Books,
    plan: &Plan,
    number: InvoiceNumber,
) -> Result<(), CallFailure> {
    let record = books.invoice(host, number)?;
    let is_kept = record.as_ref().is_some_and(|record| {
        record.reference == plan.invoice.reference.as_str()
            && (record.net, record.vat) == (plan.invoice.net(), plan.invoice.vat())
    });
    if is_kept {
        return Ok(());
    }
    let kept = record
        .map_or_else(|| "nothing".to_owned(), |record| format!("{} net and {} VAT", record.net, record.vat));
    Err(CallFailure::new(
        FailureClass::Conflict,
        Code::NotReadBack,
        plan.invoice.reference.as_str(),
        format!(
            "invoice {number} was written with {} net and {} VAT and reads back as {kept}: \
             look at it in KashFlow, then release the event",
            plan.invoice.net(),
            plan.invoice.vat()
        ),
    ))
}
