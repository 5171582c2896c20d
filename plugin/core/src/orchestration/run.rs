//! Runs a plan. A step that is done already is passed over, so a run can stop anywhere and begin again.

use crate::finding::Code;
use crate::host::Host;
use crate::remote::{CallFailure, FailureClass};

use super::books::Books;
use super::journal::{Journal, Phase};
use super::outcome::{Disposition, Effect, Outcome};
use super::plan::{BusinessKey, Plan};
use super::{customer, invoice};

/// The outcome of an order whose invoice is recorded already, or `None` where it is not.
///
/// Asked before anything is looked up, so that a repeated event costs the books no call, and what changes
/// later in the settings or the catalogue never reopens an order. The fingerprint tells a repetition from
/// a change at Amazon.
pub fn already_done(
    journal: &Journal,
    key: &BusinessKey,
    fingerprint: &str,
) -> Result<Option<Outcome>, CallFailure> {
    let Some(entry) = &journal.entry else { return Ok(None) };
    let Phase::Recorded(number) = entry.phase else { return Ok(None) };
    if entry.fingerprint == fingerprint {
        return Ok(Some(Outcome {
            disposition: Disposition::AlreadyDone,
            effects: vec![invoice_effect(key.order.as_str(), number.to_string())],
            findings: Vec::new(),
        }));
    }
    Err(CallFailure::new(
        FailureClass::Conflict,
        Code::InvoiceDiffers,
        key.order.as_str(),
        format!(
            "was posted as invoice {number} and has changed at Amazon since: \
             correct the invoice in KashFlow; nothing was changed"
        ),
    ))
}

/// Ensures the plan's documents: look up, intend, create, confirm, record.
pub fn run(
    host: &mut dyn Host,
    books: &dyn Books,
    plan: &Plan,
    journal: &mut Journal,
) -> Result<Outcome, CallFailure> {
    let order = plan.invoice.reference.as_str();
    let customer = customer::ensure(host, books, &plan.customer, order)?;
    let invoice = invoice::ensure(host, books, journal, plan, customer.id)?;
    let mut effects = Vec::new();
    if customer.created {
        effects.push(Effect {
            document: "customer",
            number: plan.customer.code.to_string(),
            reference: order.to_owned(),
        });
    }
    effects.push(invoice_effect(order, invoice.number.to_string()));
    let mut findings = plan.findings.clone();
    findings.extend(customer.finding);
    Ok(Outcome {
        disposition: match (invoice.created, plan.partly_held) {
            (false, _) => Disposition::AlreadyDone,
            (true, true) => Disposition::PartlyHeld,
            (true, false) => Disposition::Completed,
        },
        effects,
        findings,
    })
}

fn invoice_effect(order: &str, number: String) -> Effect {
    Effect { document: "sales-invoice", number, reference: order.to_owned() }
}
