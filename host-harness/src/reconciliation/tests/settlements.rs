//! A settlement that is posted right has no problem; each part of it, broken once, is found.

use super::super::*;
use super::kept::Kept;
use super::kept_settlement::NOMINALS;
use super::{POLICY, SHARED};
use crate::twin::kashflow::{BankTransactionSnapshot, InvoiceSnapshot};
use crate::twin::world::settlement::Settlement;

fn result(kept: &Kept) -> Reconciliation {
    reconcile_snapshot(&kept.world, &POLICY, &kept.books, SHARED, &kept.settled)
}

fn settlement(kept: &Kept) -> Settlement {
    kept.settled.settlements[0].clone()
}

/// A document that somebody broke.
type Breaks = fn(&mut Kept);

/// Breaks something and expects to be told, in these words among others.
fn check(break_one: Breaks, told: &str) {
    let mut kept = Kept::settled();
    break_one(&mut kept);
    kept.balance();
    let problems = kept.problems();
    assert!(problems.iter().any(|problem| problem.contains(told)), "`{told}` is not in {problems:#?}");
}

/// The first invoice that Amazon paid.
fn paid(kept: &mut Kept) -> &mut InvoiceSnapshot {
    let mut invoices = kept.books.invoices.iter_mut();
    invoices.find(|invoice| invoice.paid_pence > 0).expect("most are paid")
}

fn refund(kept: &mut Kept) -> &mut InvoiceSnapshot {
    let mut invoices = kept.books.invoices.iter_mut();
    invoices.find(|invoice| invoice.reference.contains(" RF")).expect("some orders are refunded")
}

fn transaction<'a>(kept: &'a mut Kept, key: &str) -> &'a mut BankTransactionSnapshot {
    let mut transactions = kept.books.bank_transactions.iter_mut();
    transactions.find(|one| one.comment.contains(key)).expect("there is one")
}

#[test]
fn a_settlement_that_is_posted_right_explains_the_clearing_account() {
    let kept = Kept::settled();
    let reconciliation = result(&kept);
    assert_eq!(reconciliation.problems(), [""; 0]);
    assert_eq!(reconciliation.expected_gross_pence, reconciliation.booked_gross_pence);
    assert_eq!((reconciliation.credit_notes, reconciliation.corrected_invoices), (0, 0));
    let [settled] = &reconciliation.settlements[..] else { panic!("there is one settlement") };
    let table = settled.table;
    assert_eq!(table.left_pence(), 0);
    assert_eq!(table.payout_pence, -settlement(&kept).total_pence);
    assert!(table.paid_orders > 20 && table.refunded_orders > 0 && table.suspended_orders > 0, "{table:?}");
    assert!(table.sales_pence > 0 && table.refunds_pence < 0 && table.fees_pence < 0, "{table:?}");
    assert!(table.fees_vat_pence > 0 && table.income_pence > 0 && table.balances_pence != 0, "{table:?}");
}

#[test]
fn an_order_is_paid_once_and_as_amazon_paid_it() {
    let doubled: Breaks = |kept| {
        let invoice = paid(kept);
        let again = invoice.payments[0].clone();
        invoice.paid_pence += again.amount_pence;
        invoice.payments.push(again);
    };
    check(doubled, "must be paid once");
    check(doubled, "the clearing account (1249) holds");
    check(|kept| drop(paid(kept).payments.pop()), "must be paid once (Books)");
    check(|kept| paid(kept).payments[0].amount_pence += 1, "must be paid once");
    check(|kept| paid(kept).payments[0].bank_nominal_code = NOMINALS.bank, "must be paid once");
    check(|kept| paid(kept).payments[0].note = "by hand".to_owned(), "by no settlement");
    let held_and_paid: Breaks = |kept| {
        let key = transaction(kept, " ORDER ").comment.clone();
        kept.books.bank_transactions.retain(|one| one.comment != key);
    };
    check(held_and_paid, "must be paid once (Suspense)");
    check(|kept| transaction(kept, " ORDER ").nominal_code = NOMINALS.other_income, "must be paid once");
    let of_nobody: Breaks = |kept| {
        let invoice = paid(kept).clone();
        kept.books.invoices.push(InvoiceSnapshot { reference: "026-1".to_owned(), ..invoice });
    };
    check(of_nobody, "Amazon paid nothing for it");
}

#[test]
fn a_refund_is_credited_once_with_the_vat_of_its_sale() {
    let missing: Breaks = |kept| kept.books.invoices.retain(|invoice| !invoice.reference.contains(" RF"));
    check(missing, "it has 0 credit notes");
    let doubled: Breaks = |kept| {
        let again = refund(kept).clone();
        kept.books.invoices.push(again);
    };
    check(doubled, "it has 2 credit notes");
    check(doubled, "is there 2 times");
    check(|kept| refund(kept).net_pence -= 1, "the refund of order");
    let vat: Breaks = |kept| {
        let refund = refund(kept);
        (refund.net_pence, refund.vat_pence) = (refund.net_pence - 5, refund.vat_pence + 5);
    };
    check(vat, "pence of VAT, and must have");
    check(|kept| drop(refund(kept).payments.pop()), "is not paid out once");
    let stock: Breaks = |kept| refund(kept).lines[0].product_code = Some("MUG".to_owned());
    check(stock, "moves stock");
    let of_another: Breaks = |kept| {
        let mut again = refund(kept).clone();
        again.reference = again.reference.replace(" RF2", " RF3");
        kept.books.invoices.push(again);
    };
    check(of_another, "belongs to no settlement");
}

#[test]
fn fees_have_their_net_and_vat_and_are_paid_once() {
    let vat: Breaks = |kept| {
        kept.books.purchases[0].vat_pence += 1;
        kept.books.purchases[0].lines[0].vat_pence += 1;
    };
    check(vat, "fees of nominal 6100 are (net, VAT)");
    check(|kept| kept.books.purchases[0].lines[0].nominal_code = 6130, "fees of nominal 6130");
    check(|kept| kept.books.purchases[0].supplier_code = "ELSE".to_owned(), "must be of AMAZONEU");
    check(|kept| kept.books.purchases[0].date += chrono::Duration::days(9), "and is of 2026-10");
    check(|kept| kept.books.purchases[0].payments.clear(), "is not paid once");
    check(|kept| kept.books.purchases.clear(), "fees of nominal 6110");
    let doubled: Breaks = |kept| {
        let again = kept.books.purchases[0].clone();
        kept.books.purchases.push(again);
    };
    check(doubled, "one more of the fees of 2026-10");
    check(doubled, "pence on the clearing account, and must leave nothing");
}

#[test]
fn income_balances_suspense_and_payout_are_booked_once() {
    check(|kept| transaction(kept, "INCOME").amount_pence += 1, "income:");
    check(|kept| transaction(kept, "INCOME").vat_pence += 1, "without VAT");
    check(|kept| transaction(kept, "PAYOUT").nominal_code = NOMINALS.suspense, "between clearing and 1200");
    let doubled: Breaks = |kept| {
        let again = transaction(kept, "PAYOUT").clone();
        kept.books.bank_transactions.push(again);
    };
    check(doubled, "the payout:");
    check(doubled, "pence on the clearing account, and must leave nothing");
    check(|kept| drop(kept.books.journals.pop()), "movements between balances:");
    let twice: Breaks = |kept| {
        let again = kept.books.journals[0].clone();
        kept.books.journals.push(again);
    };
    check(twice, "has 2 journals of balances");
    let unknown: Breaks = |kept| {
        let settlement = settlement(kept);
        kept.transact(&settlement, "SUSPENSE 1", 5, NOMINALS.suspense);
    };
    check(unknown, "what nobody knows: 5 pence");
    check(|kept| transaction(kept, "INCOME").comment = "by hand".to_owned(), "belongs to no settlement");
}

#[test]
fn what_no_reference_tells_is_found_on_the_clearing_account() {
    let mut kept = Kept::settled();
    let row = |code: i32, kept: &Kept| {
        kept.books.trial_balance.iter().position(|row| row.code == code).expect("there is one")
    };
    let (bank, reserve) = (row(1200, &kept), row(2201, &kept));
    kept.books.trial_balance[bank].debit_pence += 7;
    kept.books.trial_balance[reserve].debit_pence -= 7;
    let problems = kept.problems();
    assert!(problems.iter().any(|problem| problem.contains("the bank (1200) holds")), "{problems:?}");
    assert!(problems.iter().any(|problem| problem.contains("purchase tax (2201) holds")), "{problems:?}");
    let mut kept = Kept::settled();
    let (mut clearing, bank) = (kept.books.trial_balance[0].clone(), row(1200, &kept));
    (clearing.code, clearing.debit_pence, clearing.credit_pence) = (1249, 5, 0);
    kept.books.trial_balance.push(clearing);
    kept.books.trial_balance[bank].debit_pence -= 5;
    let problems = kept.problems();
    assert!(problems.iter().any(|problem| problem.contains("(1249) holds 5 pence")), "{problems:?}");
}

#[test]
fn money_that_came_before_its_order_may_wait_in_suspense() {
    let mut kept = Kept::settled();
    let reference = paid(&mut kept).reference.clone();
    let invoice = kept.invoice(&reference);
    let payment = invoice.payments.pop().expect("it is paid");
    invoice.paid_pence = 0;
    let settlement = settlement(&kept);
    kept.transact(&settlement, &format!("ORDER {reference}"), payment.amount_pence, NOMINALS.suspense);
    kept.balance();
    assert!(kept.problem().contains("must be paid once (Books)"));
    kept.settled.arrival = Arrival::AmongOrders;
    assert_eq!(kept.problems(), [""; 0]);
}
