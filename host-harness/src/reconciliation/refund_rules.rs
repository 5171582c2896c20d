//! What must be true of the refunds of one settlement: each a credit note that takes its part of the sale back.
//!
//! Absent on purpose: goods that come back (`whole_books`).

use crate::twin::kashflow::InvoiceSnapshot;
use crate::twin::world::ids::OrderId;
use crate::twin::world::settlement::expected::ExpectedRefund;

use super::documents::gross_pence;
use super::expected_credit_note::expected_credit_note;
use super::settlement_documents::Purpose;
use super::settlement_rules::{Place, Rules};

/// What the VAT of a refund may differ by of which the seller keeps a part, for each line of the credit note: the parts
/// of a line were each rounded when they were sold.
const LEEWAY_OF_A_LINE_PENCE: u64 = 1;

pub(super) fn problems(rules: &Rules<'_>) -> Vec<String> {
    let expected = rules.expected.refunds.iter().filter(|(_, refund)| refund.total_pence() != 0);
    let wrong = expected.filter_map(|(order, refund)| {
        Some(format!("the refund of order {order} {}", problem(rules, order, *refund)?))
    });
    let is_refunded = |order: &&str| rules.expected.refunds.contains_key(&OrderId::new(*order));
    let beyond = rules.found.refunds.keys().copied().filter(|order| !is_refunded(order));
    wrong
        .chain(beyond.map(|order| format!("order {order} is refunded, and Amazon refunded nothing of it")))
        .collect()
}

fn problem(rules: &Rules<'_>, order: &OrderId, refund: ExpectedRefund) -> Option<String> {
    let credited = rules.found.refunds.get(order.as_str()).map_or(&[][..], Vec::as_slice);
    let suspended = rules.found.of_purpose(Purpose::Refund(order.as_str()));
    match (credited, suspended, rules.place(order)) {
        ([credit_note], [], Place::Books | Place::Either) => {
            credit_note_problem(rules, order, refund, credit_note)
        }
        ([], [one], Place::Suspense | Place::Either) => {
            let pence = refund.total_pence();
            (!rules.is_suspended(one, pence))
                .then(|| format!("is {} pence on suspense, and must be {pence}", one.amount_pence))
        }
        (_, _, place) => Some(format!(
            "must be there once ({place:?}): it has {} credit notes, and {} times its money is on suspense",
            credited.len(),
            suspended.len()
        )),
    }
}

fn credit_note_problem(
    rules: &Rules<'_>,
    order: &OrderId,
    refund: ExpectedRefund,
    credit_note: &InvoiceSnapshot,
) -> Option<String> {
    let order = rules.world.order(order)?;
    let expected = expected_credit_note(rules.world, order, rules.settlement, refund);
    let (gross, vat) = (gross_pence(credit_note), credit_note.vat_pence);
    if gross != expected.gross_pence {
        return Some(format!("is {gross} pence, and must be {}", expected.gross_pence));
    }
    let lines = credit_note.lines.len() as u64;
    let leeway = if expected.is_exact { 0 } else { lines * LEEWAY_OF_A_LINE_PENCE };
    if vat.abs_diff(expected.vat_pence) > leeway {
        return Some(format!("has {vat} pence of VAT, and must have {}", expected.vat_pence));
    }
    if credit_note.lines.iter().any(|line| line.product_code.is_some()) {
        return Some("moves stock, and only Amazon knows what came back".to_owned());
    }
    (!rules.is_paid_by_this(&credit_note.payments, gross))
        .then(|| format!("of {gross} pence is not paid out once by the settlement"))
}
