//! Runs a plan. A step that is done already is passed over, so a run can stop anywhere and begin again.

use crate::host::Host;
use crate::remote::CallFailure;

use super::books::Books;
use super::journal::Journal;
use super::outcome::{Disposition, Effect, Outcome};
use super::plan::Plan;
use super::{customer, invoice};

pub fn run(host: &mut dyn Host, books: &dyn Books, plan: &Plan) -> Result<Outcome, CallFailure> {
    let order = plan.invoice.reference.as_str();
    let mut journal = Journal::open(host, &plan.invoice_key())?;
    if let Some(number) = invoice::recorded(&journal, plan)? {
        return Ok(Outcome {
            disposition: Disposition::AlreadyDone,
            effects: vec![invoice_effect(plan, number.to_string())],
            findings: Vec::new(),
        });
    }
    let customer = customer::ensure(host, books, &plan.customer, order)?;
    let invoice = invoice::ensure(host, books, &mut journal, plan, customer.id)?;
    let mut effects = Vec::new();
    if customer.created {
        effects.push(Effect {
            document: "customer",
            number: plan.customer.code.to_string(),
            reference: order.to_owned(),
        });
    }
    effects.push(invoice_effect(plan, invoice.number.to_string()));
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

fn invoice_effect(plan: &Plan, number: String) -> Effect {
    Effect { document: "sales-invoice", number, reference: plan.invoice.reference.to_string() }
}
