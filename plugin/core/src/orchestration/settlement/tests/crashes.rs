//! Deliveries that end after any of their calls: the books are those of one that did not.

use proptest::prelude::*;

use super::faults::{fees, payout, refund, reserve};
use super::ledger::Fault;
use super::office::{Office, payments};
use crate::canonical::SettlementPosting;
use crate::orchestration::settlement::{SETTLEMENT_KEYS, keep};

/// A settlement with every kind of posting, orders in two batches, and one order that is not in the books.
fn everything() -> Vec<SettlementPosting> {
    let mut postings = payments(1..26);
    postings.extend([refund(1), refund(2), refund(99), fees(), payout(), reserve()]);
    postings
}

fn office() -> Office {
    let mut office = Office::new(everything()).with_orders(1..25);
    office.unknown_orders = Some(crate::canonical::NominalCode(7013));
    office
}

/// The books of a run in which nothing goes wrong, and how many calls it takes.
fn undisturbed() -> (Vec<String>, u32) {
    let mut office = office();
    let before = office.world().calls.get();
    assert_eq!(office.finish(), 1);
    (office.ledger.all(), office.world().calls.get() - before)
}

#[test]
fn a_delivery_that_ends_after_any_call_leaves_the_books_of_one_that_does_not() {
    let (books, calls) = undisturbed();
    assert!(calls > 100, "{calls} calls");
    for end in 0..calls {
        let mut office = office();
        office.world().end_after(Some(end));
        office.deliver(1).expect_err("it ends");
        office.world().end_after(None);
        office.finish();
        assert_eq!(office.ledger.all(), books, "ended after {end} calls");
    }
}

#[test]
fn an_answer_that_is_lost_anywhere_leaves_the_books_of_one_that_is_not() {
    let (books, _) = undisturbed();
    let operations = [
        ("pay", 26),
        ("pay purchase", 1),
        ("create document", 2),
        ("create purchase", 1),
        ("create supplier", 1),
        ("create transaction", 3),
        ("create journal", 1),
    ];
    for (operation, times) in operations {
        for (nth, fault) in (1..=times).flat_map(|nth| {
            [Fault::AnswerLost, Fault::CallLost, Fault::Down, Fault::Refused, Fault::Forgotten]
                .map(|fault| (nth, fault))
        }) {
            // A supplier is looked up by its code: one that was not kept is no supplier of anything.
            if (operation, fault) == ("create supplier", Fault::Forgotten) {
                continue;
            }
            let mut office = office();
            office.ledger.fails(operation, nth, fault);
            office.finish();
            // What was refused waits until the event is released.
            office.finish();
            assert!(office.ledger.faults.borrow().is_empty(), "{operation} {nth} happens");
            assert_eq!(office.ledger.all(), books, "{operation} {nth} {fault:?}");
        }
    }
}

/// Even where all that was kept of it is lost: what stands in the books is found by its reference.
#[test]
fn a_second_run_posts_nothing() {
    let mut office = office();
    office.finish();
    let books = office.ledger.all();
    office.ledger.written.borrow_mut().clear();
    assert_eq!(office.finish(), 1);
    assert_eq!(office.ledger.written.borrow().as_slice(), [""; 0]);
    office.desk.entries.retain(|key, _| !key.starts_with(SETTLEMENT_KEYS));
    keep(&mut office.desk, super::office::manifest(), everything()).expect("it is kept");
    assert_eq!(office.finish(), 1);
    assert_eq!(office.ledger.written.borrow().as_slice(), [""; 0]);
    assert_eq!(office.ledger.all(), books);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn deliveries_that_end_again_and_again_leave_the_same_books(
        ends in prop::collection::vec((0_u32..160, 0_i64..200_000), 1..8), orders in 1_u32..60,
    ) {
        let make = || {
            let mut postings = payments(1..orders + 1);
            postings.extend([refund(1), fees(), payout(), reserve()]);
            Office::new(postings).with_orders(1..orders + 1)
        };
        let mut undisturbed = make();
        undisturbed.finish();
        let mut office = make();
        for (attempt, (end, pause)) in (1..).zip(ends) {
            office.world().end_after(Some(end));
            let _ = office.deliver(attempt);
            office.world().end_after(None);
            office.world().pass(pause);
        }
        office.finish();
        prop_assert_eq!(office.ledger.all(), undisturbed.ledger.all());
    }
}
