//! Runs a plan. A step that is done already is passed over, so a run can stop anywhere and begin again.

use crate::canonical::InvoiceNumber;
use crate::finding::Finding;
use crate::host::Host;
use crate::remote::CallFailure;

use super::books::Books;
use super::journal::{Journal, Phase};
use super::outcome::{Disposition, Effect, Outcome};
use super::plan::{BusinessKey, Plan};
use super::{customer, invoice};

/// The outcome of an order whose invoice is recorded already, or `None` where it is not.
///
/// Asked before anything is looked up, so that a repeated event costs the books no call, and what changes
/// later in the settings or the catalogue never reopens an order. The fingerprint tells a repetition from
/// a change at Amazon; a changed order goes on, and is compared with what the books hold.
pub fn already_done(journal: &Journal, key: &BusinessKey, fingerprint: &str) -> Option<Outcome> {
    let entry = journal.entry.as_ref().filter(|entry| entry.fingerprint == fingerprint)?;
    let Phase::Recorded(number) = entry.phase else { return None };
    Some(Outcome {
        disposition: Disposition::AlreadyDone,
        effects: vec![invoice_effect(key.order.as_str(), number)],
        findings: Vec::new(),
    })
}

/// Ensures the plan's documents: look up, intend, create, confirm, record.
pub fn run(
    host: &mut dyn Host,
    books: &dyn Books,
    plan: &Plan,
    journal: &mut Journal,
) -> Result<Outcome, CallFailure> {
    let order = plan.invoice.reference.as_str();
    if let Some(Phase::Recorded(number)) = journal.entry.as_ref().map(|entry| entry.phase) {
        let ensured = invoice::recorded_before(host, books, journal, plan, number)?;
        return Ok(outcome(plan, ensured, Vec::new(), None));
    }
    // By date first: an order that was posted to another customer must not make one of its own.
    if let Some(ensured) = invoice::adopt_dated(host, books, journal, plan)? {
        return Ok(outcome(plan, ensured, Vec::new(), None));
    }
    invoice::await_settled(host, journal, order)?;
    let customer = customer::ensure(host, books, &plan.customer, order)?;
    let ensured = invoice::ensure(host, books, journal, plan, customer.id)?;
    let made = customer.created.then(|| Effect {
        document: "customer",
        number: plan.customer.code.to_string(),
        reference: order.to_owned(),
    });
    Ok(outcome(plan, ensured, made.into_iter().collect(), customer.finding))
}

fn outcome(
    plan: &Plan,
    invoice: invoice::Ensured,
    mut effects: Vec<Effect>,
    finding: Option<Finding>,
) -> Outcome {
    effects.push(invoice_effect(plan.invoice.reference.as_str(), invoice.number));
    let mut findings = plan.findings.clone();
    findings.extend(finding);
    Outcome {
        disposition: match (invoice.created, plan.partly_held) {
            (false, _) => Disposition::AlreadyDone,
            (true, true) => Disposition::PartlyHeld,
            (true, false) => Disposition::Completed,
        },
        effects,
        findings,
    }
}

fn invoice_effect(order: &str, number: InvoiceNumber) -> Effect {
    Effect { document: "sales-invoice", number: number.to_string(), reference: order.to_owned() }
}
