//! Ensures the invoice of an order: look up, intend, create, confirm, record.

use crate::canonical::{CustomerId, InvoiceNumber, InvoiceRecord};
use crate::finding::Code;
use crate::host::Host;
use crate::limits::SETTLING_MS;
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

/// An order whose invoice is recorded and that has changed at Amazon since: the record is right again if
/// the invoice says what Amazon says now; otherwise a person decides. Nothing is created.
pub(super) fn recorded_before(
    host: &mut dyn Host,
    books: &dyn Books,
    journal: &mut Journal,
    plan: &Plan,
    number: InvoiceNumber,
) -> Result<Ensured, CallFailure> {
    let record = books.invoice(host, number)?.ok_or_else(|| {
        differs(
            plan,
            format!("was posted as invoice {number}, which is no longer in the books, and has changed at Amazon since"),
        )
    })?;
    compare(plan, &record)?;
    write(host, journal, plan, Phase::Recorded(number))?;
    Ok(Ensured { number, created: false })
}

/// Fails while an earlier creation may still be on its way: an answer that was lost says nothing about when
/// the books will have carried it out, so until then they are looked at and nothing is created.
pub fn await_settled(host: &mut dyn Host, journal: &Journal, order: &str) -> Result<(), CallFailure> {
    let Some(JournalEntry { phase: Phase::Intended(at), .. }) = journal.entry else { return Ok(()) };
    let age_ms = u64::try_from((host.now() - at).num_milliseconds()).unwrap_or(0);
    if age_ms >= SETTLING_MS {
        return Ok(());
    }
    Err(CallFailure::new(
        FailureClass::Throttled { retry_after_ms: Some(SETTLING_MS - age_ms) },
        Code::AnswerLost,
        order,
        "an earlier delivery may have created the invoice and the books do not show it yet: they are looked at again",
    ))
}

/// Adopts the order's invoice of the plan's date, whoever it is made out to.
pub(super) fn adopt_dated(
    host: &mut dyn Host,
    books: &dyn Books,
    journal: &mut Journal,
    plan: &Plan,
) -> Result<Option<Ensured>, CallFailure> {
    let reference = plan.invoice.reference.as_str();
    let mut found = books.invoices_dated(host, plan.invoice.date, reference)?;
    // One that was posted by hand may have a second under another date.
    if let Some(customer) = found.first().map(|record| record.customer).filter(|_| !plan.customer.shared) {
        found.extend(books.invoices_of(host, customer, reference)?);
    }
    adopt(host, journal, plan, found)
}

/// Creates the invoice, unless the customer has it under another date.
///
/// The shared customer of a marketplace has thousands of invoices and the books do not page them, so
/// there the date has to be enough: it is the same for every delivery of an order.
pub(super) fn ensure(
    host: &mut dyn Host,
    books: &dyn Books,
    journal: &mut Journal,
    plan: &Plan,
    customer: CustomerId,
) -> Result<Ensured, CallFailure> {
    if !plan.customer.shared {
        let of_customer = books.invoices_of(host, customer, plan.invoice.reference.as_str())?;
        if let Some(ensured) = adopt(host, journal, plan, of_customer)? {
            return Ok(ensured);
        }
    }
    let now = host.now();
    write(host, journal, plan, Phase::Intended(now))?;
    let number = match books.create_invoice(host, &plan.invoice, customer) {
        Ok(number) => number,
        Err(failure) => {
            if failure.class != FailureClass::Ambiguous {
                // Where this is not written, the next delivery only waits for longer than it need.
                let _ = write(host, journal, plan, Phase::Refused);
            }
            return Err(failure);
        }
    };
    confirm(host, books, plan, number)?;
    write(host, journal, plan, Phase::Recorded(number))?;
    Ok(Ensured { number, created: true })
}

/// Takes over the one invoice with the order's reference, if its amounts are right.
fn adopt(
    host: &mut dyn Host,
    journal: &mut Journal,
    plan: &Plan,
    found: Vec<InvoiceRecord>,
) -> Result<Option<Ensured>, CallFailure> {
    // An intent without a record is our own creation, whose answer was lost.
    let created = journal.entry.as_ref().is_some_and(|entry| matches!(entry.phase, Phase::Intended(_)));
    let Some(record) = the_one(plan, found)? else { return Ok(None) };
    compare(plan, &record)?;
    write(host, journal, plan, Phase::Recorded(record.number))?;
    Ok(Some(Ensured { number: record.number, created }))
}

fn write(host: &mut dyn Host, journal: &mut Journal, plan: &Plan, phase: Phase) -> Result<(), CallFailure> {
    journal.write(host, JournalEntry { phase, fingerprint: plan.fingerprint.clone() })
}

/// The invoice that carries the order's reference.
fn the_one(plan: &Plan, mut found: Vec<InvoiceRecord>) -> Result<Option<InvoiceRecord>, CallFailure> {
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
    let Some(record) = books.invoice(host, number)? else {
        // Written and not readable yet: the next delivery finds it by its reference.
        return Err(CallFailure::new(
            FailureClass::Ambiguous,
            Code::NotReadBack,
            plan.invoice.reference.as_str(),
            format!("invoice {number} was written and cannot be read back yet"),
        ));
    };
    let is_kept = record.reference == plan.invoice.reference.as_str()
        && (record.net, record.vat) == (plan.invoice.net(), plan.invoice.vat());
    if is_kept {
        return Ok(());
    }
    Err(CallFailure::new(
        FailureClass::Conflict,
        Code::NotReadBack,
        plan.invoice.reference.as_str(),
        format!(
            "invoice {number} was written with {} net and {} VAT and reads back with {} net and {} VAT: \
             look at it in KashFlow, then release the event",
            plan.invoice.net(),
            plan.invoice.vat(),
            record.net,
            record.vat
        ),
    ))
}
