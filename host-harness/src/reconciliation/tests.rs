//! Right books have no problem; each rule, broken once, is found.

mod kept;
mod kept_settlement;
mod settlements;

use super::*;
use crate::twin::kashflow::InvoiceSnapshot;
use crate::twin::world::expected_sale::{PostOn, UnknownSku};
use crate::twin::world::order::FulfilmentStatus;

use kept::{Kept, payment, world};

const POLICY: PostingPolicy = PostingPolicy { post_on: PostOn::Shipped, unknown_sku: UnknownSku::Hold };
const SHARED: &str = "AMAZONUK";

/// Breaks something in the books with a corrected order and expects the one problem to say so.
fn check(break_one: impl FnOnce(&mut Kept), told: &str) {
    let mut kept = Kept::corrected();
    break_one(&mut kept);
    let problem = kept.problem();
    assert!(problem.contains(told), "`{problem}` does not tell that `{told}`");
}

#[test]
fn right_books_have_no_problem() {
    assert_eq!(Kept::of(world()).problems(), [""; 0]);
    let corrected = Kept::corrected();
    let result = reconcile_snapshot(&corrected.world, &POLICY, &corrected.books, SHARED, &Settled::nothing());
    assert_eq!(result.problems(), [""; 0]);
    assert_eq!((result.credit_notes, result.corrected_invoices), (1, 1));
    assert_eq!(result.expected_gross_pence, result.booked_gross_pence);
    assert!(result.posted > 30 && result.held > 0 && result.not_posted > 0);
}

#[test]
fn an_order_that_is_off_is_reversed_whole_or_was_never_posted() {
    let mut kept = Kept::of(world());
    let (place, order) = (kept.place(), kept.order());
    kept.world.order_mut(&order.id).expect("it is there").status = FulfilmentStatus::Cancelled;
    kept.move_stock(&order, 1);
    assert!(kept.problem().contains("the first invoice stands, and must not: Cancelled"));
    kept.reverse(place, &format!("{} CN1", order.id));
    kept.balance();
    assert_eq!(kept.problems(), [""; 0]);
}

#[test]
fn an_order_that_waits_for_a_person_has_no_document() {
    let mut kept = Kept::of(world());
    let held = kept
        .world
        .orders()
        .iter()
        .find(|order| matches!(kept.world.expected_sale(order, &POLICY), Expected::Held(_)));
    let id = held.expect("one of twenty products is unknown").id.clone();
    kept.books.invoices[0].reference = id.as_str().to_owned();
    let problems = kept.problems();
    assert_eq!(problems.len(), 2, "{problems:?}");
    assert!(problems.iter().any(|problem| problem.contains("must wait for a person")));
    assert!(problems.iter().any(|problem| problem.contains("has 0 invoices that stand")));
}

#[test]
fn the_invoice_that_stands_must_be_the_one_that_is_expected() {
    let last = |kept: &mut Kept| kept.books.invoices.len() - 1;
    let change = |change: fn(&mut InvoiceSnapshot)| {
        move |kept: &mut Kept| {
            let place = last(kept);
            change(&mut kept.books.invoices[place]);
            kept.balance();
        }
    };
    check(change(|invoice| invoice.net_pence += 1), "(net, VAT, currency)");
    check(change(|invoice| invoice.vat_pence -= 1), "(net, VAT, currency)");
    check(change(|invoice| invoice.currency = "EUR".to_owned()), "(net, VAT, currency)");
    check(change(|invoice| invoice.customer_code = "NOBODY".to_owned()), "is made out to another customer");
    let paid = |invoice: &mut InvoiceSnapshot| {
        invoice.paid_pence = 1;
        invoice.payments.push(payment(1));
    };
    check(change(paid), "1 pence are paid on invoice");
}

#[test]
fn an_invoice_too_few_or_too_many_is_found() {
    let lost = |kept: &mut Kept| {
        kept.books.invoices.pop();
        kept.balance();
    };
    check(lost, "has 0 invoices that stand");
    let not_reversed = |kept: &mut Kept| {
        let (place, credit_note) = (kept.place_of_the_corrected(), kept.books.invoices.len() - 2);
        kept.books.invoices.remove(credit_note);
        (kept.books.invoices[place].paid_pence, kept.books.invoices[place].payments) = (0, Vec::new());
        kept.balance();
    };
    check(not_reversed, "has 2 invoices that stand");
    let doubled = |kept: &mut Kept| {
        let again = kept.books.invoices.last().expect("there are some").clone();
        kept.books.invoices.push(InvoiceSnapshot { number: 5000, ..again });
    };
    check(doubled, "invoice R2 is there 2 times");
    let credited_twice = |kept: &mut Kept| {
        let place = kept.books.invoices.len() - 2;
        let again = kept.books.invoices[place].clone();
        kept.books.invoices.push(again);
    };
    check(credited_twice, "credit note CN1 is there 2 times");
}

#[test]
fn references_leave_no_gap_and_belong_to_an_order() {
    let renumbered = |kept: &mut Kept| {
        let invoice = kept.books.invoices.last_mut().expect("there are some");
        invoice.reference = invoice.reference.replace("R2", "R3");
    };
    check(renumbered, "invoice R3 is there, and invoice R2 is not");
    let of_nothing = |kept: &mut Kept| {
        let place = kept.books.invoices.len() - 2;
        let credit_note = &mut kept.books.invoices[place];
        credit_note.reference = credit_note.reference.replace("CN1", "CN3");
    };
    let mut kept = Kept::corrected();
    of_nothing(&mut kept);
    assert!(
        kept.problems().iter().any(|problem| problem.contains("CN3 reverses an invoice that is not there"))
    );
    let strange = |kept: &mut Kept| {
        let (place, mut note) = (kept.books.invoices.len() - 2, kept.books.invoices[0].clone());
        note.reference = "WEB-1".to_owned();
        (note.net_pence, note.vat_pence, note.paid_pence) = (0, 0, 0);
        kept.books.invoices.insert(place, note);
    };
    check(strange, "the reference `WEB-1`");
}

#[test]
fn a_credit_note_must_undo_its_invoice() {
    let change = |change: fn(&mut InvoiceSnapshot)| {
        move |kept: &mut Kept| {
            let place = kept.books.invoices.len() - 2;
            change(&mut kept.books.invoices[place]);
        }
    };
    check(change(|note| note.lines[0].net_pence -= 1), "are not those of the invoice with the sign turned");
    check(change(|note| note.lines[0].vat_pence += 1), "are not those of the invoice with the sign turned");
    check(change(|note| note.lines[0].quantity = "2.0000".to_owned()), "the sign turned");
    check(change(|note| note.lines[0].nominal_code = 4001), "the sign turned");
    check(change(|note| note.lines.clear()), "the sign turned");
    check(change(|note| note.customer_code = "NOBODY".to_owned()), "customer and currency");
    check(change(|note| note.currency = "EUR".to_owned()), "customer and currency");
    check(change(|note| note.paid_pence = 0), "is not applied");
    let not_applied = |kept: &mut Kept| {
        let place = kept.place_of_the_corrected();
        kept.books.invoices[place].paid_pence -= 1;
    };
    check(not_applied, "is not applied");
}

#[test]
fn the_first_invoice_is_dated_when_the_order_was_placed() {
    let later = |kept: &mut Kept| {
        let place = kept.place_of_the_corrected();
        kept.books.invoices[place].date += chrono::Duration::days(1);
    };
    check(later, "is dated");
    // The invoice that takes its place is of a later day.
    let mut kept = Kept::corrected();
    kept.books.invoices.last_mut().expect("there are some").date += chrono::Duration::days(9);
    assert_eq!(kept.problems(), [""; 0]);
}

#[test]
fn the_books_as_a_whole_must_be_right() {
    let twice = |kept: &mut Kept| {
        let mut customer = kept.books.customers[0].clone();
        (customer.code, customer.email) = ("AGAIN".to_owned(), customer.email.to_uppercase());
        kept.books.customers.push(customer);
    };
    check(twice, "have one e-mail address");
    let stock = |kept: &mut Kept| kept.books.products[0].quantity_in_stock -= 1;
    check(stock, "are in stock, and must be");
    let lost_product = |kept: &mut Kept| {
        kept.books.products.remove(0);
    };
    check(lost_product, "is not in the books any more");
    check(|kept| kept.books.trial_balance[1].credit_pence += 1, "the trial balance is off");
    let debtors = |kept: &mut Kept| {
        kept.books.trial_balance[0].debit_pence += 1;
        kept.books.trial_balance[1].credit_pence += 1;
    };
    check(debtors, "the debtors control account holds");
}
