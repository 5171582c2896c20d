//! What goes wrong in the books: nothing is posted twice, and nothing is left out.

use super::ledger::{Fault, Held};
use super::office::{Office, SETTLEMENT, code, day, gbp, order, payment, payments, transaction};
use crate::canonical::{
    BalanceLine, BalanceMovements, ClearingTransaction, FeeLine, FeePurchase, NominalCode, OrderRefund,
    RefundedItem, SettlementPosting, TransactionPurpose, VatRate,
};
use crate::finding::Code;
use crate::limits::SETTLING_MS;
use crate::orchestration::settlement::{Reached, SETTLEMENT_KEYS, Stage, keep, kept};
use crate::remote::FailureClass;

pub(super) fn fees() -> SettlementPosting {
    let line = FeeLine {
        nominal: NominalCode(7000),
        net: gbp(150),
        vat: gbp(30),
        vat_rate: Some(VatRate::from_basis_points(2000)),
        description: "Amazon selling fees".into(),
    };
    SettlementPosting::Purchase(FeePurchase { date: day(), lines: vec![line] })
}

pub(super) fn payout() -> SettlementPosting {
    SettlementPosting::Transaction(ClearingTransaction {
        purpose: TransactionPurpose::Payout,
        ordinal: 1,
        date: day(),
        amount: gbp(-1020),
        vat: gbp(0),
        vat_rate: None,
        nominal: NominalCode(1200),
        description: "Amazon payout".into(),
    })
}

pub(super) fn reserve() -> SettlementPosting {
    let line = |nominal, pence| BalanceLine {
        nominal: NominalCode(nominal),
        amount: gbp(pence),
        description: "kept".into(),
    };
    SettlementPosting::Movements(BalanceMovements {
        date: day(),
        lines: vec![line(7010, -500), line(7011, 20)],
    })
}

pub(super) fn refund(number: u32) -> SettlementPosting {
    let item = RefundedItem { sku: "MUG".into(), goods: gbp(600), delivery: gbp(0), gift_wrap: gbp(0) };
    SettlementPosting::Refund(OrderRefund {
        order: order(number),
        refunded_on: day(),
        items: vec![item],
        goodwill: gbp(0),
        stated_vat: gbp(0),
    })
}

#[test]
fn what_may_be_on_its_way_is_waited_for_and_no_longer() {
    let mut office = Office::new(vec![payment(1)]).with_orders(1..2);
    office.ledger.fails("pay", 1, Fault::CallLost);
    office.deliver(1).expect_err("nobody knows");
    assert!(matches!(office.items()[0].payment, Stage::Intended(_)));
    let settling = i64::try_from(SETTLING_MS).expect("minutes");
    office.world().pass(settling - 1);
    let failure = office.deliver(2).expect_err("it may still come");
    assert_eq!(failure.class, FailureClass::Throttled { retry_after_ms: Some(1) });
    assert_eq!((failure.finding.code, office.paid()), (Code::AnswerLost, 0));
    office.world().pass(1);
    assert_eq!(office.deliver(3), Ok(Reached::TheEnd));
    assert_eq!(office.paid(), 1);
}

#[test]
fn a_lost_answer_is_found_at_once() {
    let mut office = Office::new(payments(1..4)).with_orders(1..4);
    office.ledger.fails("pay", 2, Fault::AnswerLost);
    office.deliver(1).expect_err("the answer is lost");
    // The third was intended too, and is known not to have been sent.
    let stages: Vec<bool> = office.items().iter().map(|item| item.payment == Stage::Waiting).collect();
    assert_eq!(stages, [false, false, true]);
    assert_eq!(office.deliver(2), Ok(Reached::TheEnd));
    assert_eq!(office.paid(), 3);
}

#[test]
fn a_refused_creation_waits_for_a_person_and_stops_no_other() {
    let mut office = Office::new(payments(1..5)).with_orders(1..5);
    office.ledger.fails("pay", 2, Fault::Refused);
    assert_eq!(office.deliver(1), Ok(Reached::TheEnd));
    let items = office.items();
    assert_eq!((items[1].payment, items[1].waits_for_a_person()), (Stage::Waiting, true));
    assert_eq!(items[1].remark.as_ref().map(|remark| remark.code), Some(Code::KashFlowRefused));
    assert_eq!(office.paid(), 3);
    // Nobody has to wait for what is known not to be on its way.
    office.finish();
    assert_eq!(office.paid(), 4);
}

#[test]
fn what_is_refused_one_after_the_other_is_about_all_of_them_and_stops() {
    let mut office = Office::new(payments(1..12)).with_orders(1..12);
    for call in 2..12 {
        office.ledger.fails("pay", call, Fault::Refused);
    }
    let failure = office.deliver(1).expect_err("it is refused");
    assert_eq!((failure.class, failure.finding.code), (FailureClass::Rejected, Code::KashFlowRefused));
    assert_eq!(office.paid(), 1);
    let items = office.items();
    assert!(items[1..].iter().all(|item| item.payment == Stage::Waiting && !item.waits_for_a_person()));
}

#[test]
fn what_the_books_say_to_have_kept_and_have_not_is_made_again_once_it_is_certain() {
    for (posting, operation) in [
        (payment(1), "pay"),
        (refund(1), "create document"),
        (fees(), "create purchase"),
        (payout(), "create transaction"),
        (reserve(), "create journal"),
    ] {
        let mut office = Office::new(vec![posting]).with_orders(1..2);
        office.ledger.fails(operation, 1, Fault::Forgotten);
        let failure = office.deliver(1).expect_err("it cannot be read back");
        assert_eq!((failure.class, failure.finding.code), (FailureClass::Ambiguous, Code::NotReadBack));
        assert_eq!(code(office.deliver(2)), Code::AnswerLost, "{operation}: it may still be on its way");
        office.settle();
        assert_eq!(office.deliver(3), Ok(Reached::TheEnd), "{operation}");
        let written = office.ledger.written.borrow();
        assert_eq!(written.iter().filter(|one| **one == operation).count(), 1, "{operation}");
    }
}

/// Somebody changes what was posted before the plugin has read it back: nothing is posted beside it.
#[test]
fn what_the_books_hold_otherwise_is_for_a_person() {
    type Edit = fn(&mut Held);
    let cases: [(SettlementPosting, &'static str, Edit, Code); 8] = [
        (payment(1), "pay", |held| held.payments[0].1.amount = gbp(1100), Code::BooksHoldAnother),
        (
            payment(1),
            "pay",
            |held| {
                let again = held.payments[0].clone();
                held.payments.push(again);
            },
            Code::BooksHoldAnother,
        ),
        (fees(), "create purchase", |held| held.purchases[0].vat = gbp(0), Code::BooksHoldAnother),
        (
            fees(),
            "create purchase",
            |held| {
                let again = held.purchases[0].clone();
                held.purchases.push(again);
            },
            Code::BooksHoldAnother,
        ),
        (
            payout(),
            "create transaction",
            |held| held.transactions[0].amount = gbp(-1),
            Code::BooksHoldAnother,
        ),
        (
            payout(),
            "create transaction",
            |held| held.transactions.push(transaction(99, "AMZ 50011020300 PAYOUT 1: by hand", -1020)),
            Code::BooksHoldAnother,
        ),
        (reserve(), "create journal", |held| held.journals[0].lines[0].1 = gbp(1), Code::BooksHoldAnother),
        (refund(1), "create document", |held| held.documents[1].net = gbp(-1), Code::InvoiceDiffers),
    ];
    for (posting, operation, edit, expected) in cases {
        let name = posting.to_string();
        let mut office = Office::new(vec![posting]).with_orders(1..2);
        office.ledger.fails(operation, 1, Fault::AnswerLost);
        office.deliver(1).expect_err("the answer is lost");
        edit(&mut office.ledger.held.borrow_mut());
        let before = office.ledger.all();
        let failure = office.deliver(2).expect_err(&name);
        assert_eq!((failure.class, failure.finding.code), (FailureClass::Conflict, expected), "{name}");
        assert_eq!(office.ledger.all(), before, "{name}: nothing was posted beside it");
    }
}

/// References that begin alike are not the same: `PAYOUT 1` is not `PAYOUT 11`.
#[test]
fn a_transaction_is_known_by_its_whole_reference() {
    let mut office = Office::new(vec![payout()]);
    let other = transaction(9, "AMZ 50011020300 PAYOUT 11: Amazon payout", -5);
    office.ledger.held.borrow_mut().transactions.push(other);
    assert_eq!(office.deliver(1), Ok(Reached::TheEnd));
    assert_eq!(office.ledger.held.borrow().transactions.len(), 2);
}

#[test]
fn a_supplier_that_somebody_else_makes_in_between_is_taken() {
    for fault in [Fault::AnswerLost, Fault::CallLost, Fault::Down] {
        let mut office = Office::new(vec![fees()]);
        office.ledger.fails("create supplier", 1, fault);
        let attempts = office.finish();
        assert_eq!(attempts, if fault == Fault::AnswerLost { 1 } else { 2 }, "{fault:?}");
        assert_eq!(office.ledger.held.borrow().suppliers.len(), 1, "{fault:?}");
        assert_eq!(office.ledger.held.borrow().purchases.len(), 1, "{fault:?}");
    }
}

#[test]
fn two_deliveries_that_write_at_once_do_not_both_go_on() {
    let mut office = Office::new(vec![payment(1)]).with_orders(1..2);
    let mut known = office.kept();
    known.write(&mut office.desk).expect("the first is written");
    let mut stale = office.kept();
    known.write(&mut office.desk).expect("and once more");
    let failure = stale.write(&mut office.desk).expect_err("another was first");
    assert_eq!((failure.class, failure.finding.code), (FailureClass::Transient, Code::SettlementInWork));
}

#[test]
fn a_plan_that_was_not_kept_whole_is_kept_anew() {
    let office = Office::new(payments(0..450));
    let mut desk = office.desk;
    desk.entries.remove(&format!("{SETTLEMENT_KEYS}{SETTLEMENT}"));
    assert!(kept(&mut desk, SETTLEMENT).expect("readable").is_none());
    let known = keep(&mut desk, super::office::manifest(), payments(0..201)).expect("it is kept");
    assert_eq!((known.manifest.parts, known.manifest.postings), (2, 201));
}

#[test]
fn what_a_newer_version_wrote_is_not_touched() {
    for key in ["settlement/50011020300", "settlement/50011020300/part/0"] {
        let mut office = Office::new(vec![payment(1)]).with_orders(1..2);
        let entry = office.desk.entries.get_mut(key).expect("it is kept");
        let text = String::from_utf8(entry.value.clone()).expect("it is text");
        assert!(text.contains(r#""version":1"#));
        entry.value = text.replace(r#""version":1"#, r#""version":2"#).into_bytes();
        let before = office.desk.entries.clone();
        let failure = office.deliver(1).expect_err("it is of a newer version");
        assert_eq!((failure.class, failure.finding.code), (FailureClass::Conflict, Code::StateUnavailable));
        assert_eq!((office.desk.entries, office.ledger.held.borrow().payments.len()), (before, 0));
    }
}
