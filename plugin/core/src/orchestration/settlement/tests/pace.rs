//! How far one delivery goes, what waits, and what a person is told.

use super::office::{Office, SETTLEMENT, code, day, gbp, order, payment, payments};
use crate::canonical::{
    ClearingTransaction, FeeLine, FeePurchase, NominalCode, OrderPayment, SettlementPosting,
    TransactionPurpose,
};
use crate::finding::{Code, Finding};
use crate::limits::{
    SETTLEMENT_BATCH, SETTLEMENT_FINDINGS_MAX, SETTLEMENT_POSTING_MS, SETTLEMENT_POSTINGS_MAX,
};
use crate::orchestration::settlement::tests::ledger::Fault;
use crate::orchestration::settlement::{Reached, Stage, kept};

#[test]
fn a_delivery_makes_bounded_progress_until_all_is_posted() {
    let mut office = Office::new(payments(0..450)).with_orders(0..450);
    assert_eq!(office.kept().manifest.parts, 3);
    let mut posted = Vec::new();
    for attempt in 1.. {
        let before = office.paid();
        let reached = office.deliver(attempt).expect("nothing is in the way");
        posted.push(office.paid() - before);
        assert_eq!(office.kept().manifest.progressed_at_attempt, attempt);
        if reached == Reached::TheEnd {
            break;
        }
    }
    assert_eq!(posted, [SETTLEMENT_POSTINGS_MAX as usize, 200, 50]);
    assert!(office.kept().manifest.is_finished());
    let summary = office.summary(false);
    assert_eq!((summary.posted, summary.waiting, summary.findings.len()), (450, 0, 0));
    assert_eq!(summary.effects.len(), 0, "each payment is at its invoice");
}

#[test]
fn a_delivery_ends_in_time_where_the_books_are_slow() {
    let mut office = Office::new(payments(0..100)).with_orders(0..100);
    office.world().call_ms.set(500);
    let before = office.world().elapsed_ms();
    assert_eq!(office.deliver(1), Ok(Reached::ThePause));
    // Whole batches, and no more than one that begins within the time.
    assert_eq!(office.paid() % SETTLEMENT_BATCH, 0);
    assert!(office.paid() > 0);
    let a_batch = 500 * i64::try_from(SETTLEMENT_BATCH * 5 + 2).expect("few calls");
    assert!(office.world().elapsed_ms() - before < SETTLEMENT_POSTING_MS + a_batch);
    assert!(office.finish() > 1);
    assert_eq!(office.paid(), 100);
}

#[test]
fn what_waits_for_a_person_is_passed_over_and_looked_at_again_on_release() {
    let mut office = Office::new(payments(0..3)).with_orders(0..1).with_orders(2..3);
    assert_eq!(office.deliver(1), Ok(Reached::TheEnd));
    assert_eq!(office.paid(), 2);
    let manifest = office.kept().manifest;
    assert!(manifest.is_worked_through() && !manifest.is_finished());
    assert_eq!(manifest.parts_waiting, [0]);
    let summary = office.summary(false);
    assert_eq!((summary.posted, summary.waiting, summary.waiting_amount), (2, 1, gbp(1200)));
    assert_eq!(summary.findings[0].code, Code::SettledOrderUnknown);
    assert_eq!(summary.findings[0].subject, order(1).to_string());
    // Released without anything done: it waits as before.
    assert_eq!(office.deliver(1), Ok(Reached::TheEnd));
    assert_eq!((office.paid(), office.kept().manifest.looked_at), (2, 0));
    office.post_order(1);
    assert_eq!(office.deliver(1), Ok(Reached::TheEnd));
    assert_eq!(office.paid(), 3);
    assert!(office.kept().manifest.is_finished());
    assert_eq!(office.summary(false).findings, []);
}

#[test]
fn the_money_of_an_invoice_that_somebody_deleted_waits_alone_and_has_a_way_out() {
    let mut office = Office::new(payments(0..3)).with_orders(0..3);
    let gone = office.ledger.held.borrow_mut().documents.remove(1);
    assert_eq!(office.deliver(1), Ok(Reached::TheEnd));
    assert_eq!(office.paid(), 2);
    let finding = office.summary(false).findings.remove(0);
    assert_eq!((finding.code, finding.subject), (Code::SettledOrderUnknown, order(1).to_string()));
    assert!(finding.message.contains("no longer in the books"), "{}", finding.message);
    // Released without anything done: it waits as before.
    assert_eq!(office.deliver(1), Ok(Reached::TheEnd));
    assert!(!office.kept().manifest.is_finished());
    office.unknown_orders = Some(NominalCode(7013));
    assert_eq!(office.deliver(1), Ok(Reached::TheEnd));
    assert!(office.kept().manifest.is_finished());
    let transactions = office.ledger.held.borrow().transactions.clone();
    let amounts: Vec<_> = transactions.iter().map(|one| (one.amount, one.nominal)).collect();
    assert_eq!((office.paid(), amounts.len(), amounts[0].0), (2, 1, gbp(1200)));
    assert!(!office.ledger.held.borrow().payments.iter().any(|(number, _)| *number == gone.number));
}

#[test]
fn the_place_among_what_is_looked_at_again_survives_a_pause() {
    let mut office = Office::new(payments(0..500));
    while office.deliver(1) != Ok(Reached::TheEnd) {}
    assert_eq!(office.kept().manifest.parts_waiting, [0, 1, 2]);
    // One order of the first part came into the books: the part waits for the others still.
    office.post_order(7);
    office.world().call_ms.set(250);
    let mut places = Vec::new();
    loop {
        let reached = office.deliver(2).expect("nothing is in the way");
        places.push(office.kept().manifest.looked_at);
        if reached == Reached::TheEnd {
            break;
        }
    }
    assert_eq!(places, [1, 2, 0]);
    assert_eq!((office.paid(), office.kept().manifest.parts_waiting), (1, vec![0, 1, 2]));
}

#[test]
fn attempts_are_counted_from_the_last_progress() {
    let mut office = Office::new(payments(0..60)).with_orders(0..60);
    let progressed = |office: &mut Office| office.kept().manifest.progressed_at_attempt;
    office.ledger.fails("payments", 1, Fault::Down);
    assert_eq!(code(office.deliver(1)), Code::KashFlowUnavailable);
    assert_eq!(progressed(&mut office), 0, "nothing was done");
    // One batch goes well, the next one does not.
    office.ledger.fails("pay", 25, Fault::Down);
    assert_eq!(code(office.deliver(2)), Code::KashFlowUnavailable);
    assert_eq!((progressed(&mut office), office.paid()), (2, 24));
    for attempt in 3..6 {
        office.ledger.fails("payments", 1, Fault::Down);
        assert_eq!(code(office.deliver(attempt)), Code::KashFlowUnavailable);
        assert_eq!(progressed(&mut office), 2, "attempt {attempt} got nothing done");
    }
    assert_eq!(office.deliver(6), Ok(Reached::TheEnd));
    assert_eq!(progressed(&mut office), 6);
}

/// What is found anew in each delivery must not count as progress each time, or a failure would be tried for ever.
#[test]
fn what_was_found_before_a_failure_counts_once() {
    let mut office = Office::new(payments(0..2)).with_orders(0..2);
    office.ledger.fails("pay", 1, Fault::AnswerLost);
    office.deliver(1).expect_err("the answer is lost");
    office.settle();
    for attempt in 2..5 {
        // The first is found, or needs no look any more; the look at the second fails.
        office.ledger.fails("payments", if attempt == 2 { 2 } else { 1 }, Fault::Down);
        office.deliver(attempt).expect_err("the books are down");
        assert_eq!(office.kept().manifest.progressed_at_attempt, 2);
    }
    assert!(matches!(office.items()[0].payment, Stage::Recorded(_)));
}

#[test]
fn a_summary_tells_some_findings_and_counts_the_rest() {
    let many = u32::try_from(SETTLEMENT_FINDINGS_MAX).expect("few") + 10;
    let mut office = Office::new(payments(0..many));
    let mut known = kept(&mut office.desk, SETTLEMENT).expect("readable").expect("kept");
    known.manifest.findings = vec![Finding::new(Code::RowsInSuspense, SETTLEMENT.to_string(), "two rows")];
    known.write(&mut office.desk).expect("it is written");
    assert_eq!(office.deliver(1), Ok(Reached::TheEnd));
    let summary = office.summary(false);
    assert_eq!((summary.posted, summary.waiting), (0, many));
    assert_eq!(summary.waiting_amount, gbp(1200 * i64::from(many)));
    assert_eq!(summary.findings.len(), SETTLEMENT_FINDINGS_MAX);
    assert_eq!(summary.findings[0].code, Code::RowsInSuspense, "the plan's come first");
    assert_eq!(summary.findings_left_out, 11);
    assert!(summary.has_suspense);
}

#[test]
fn money_of_unknown_orders_goes_to_its_nominal_and_is_one_transaction_an_order() {
    let many = u32::try_from(SETTLEMENT_FINDINGS_MAX).expect("few") + 3;
    let mut office = Office::new(payments(0..many));
    office.unknown_orders = Some(NominalCode(7009));
    office.finish();
    let held = office.ledger.held.borrow().transactions.clone();
    assert_eq!(held.len(), many as usize);
    assert!(held.iter().all(|one| (one.amount, one.nominal) == (gbp(1200), NominalCode(7009))));
    assert_eq!(held[0].comment.split(':').next(), Some("AMZ 50011020300 ORDER 026-0"));
    // Suspense awaits a person, earlier sales do not.
    for (unknown_orders_wait, has_suspense) in [(true, true), (false, false)] {
        let summary = office.summary(unknown_orders_wait);
        assert_eq!((summary.posted, summary.waiting), (many, 0));
        assert_eq!(summary.effects, [], "each is told by its finding");
        assert_eq!(summary.has_suspense, has_suspense);
    }
}

#[test]
fn a_summary_names_each_document_under_its_reference() {
    let line = FeeLine {
        nominal: NominalCode(7000),
        net: gbp(100),
        vat: gbp(-100),
        vat_rate: None,
        description: "fees that come to nothing".into(),
    };
    let income = ClearingTransaction {
        purpose: TransactionPurpose::Income,
        ordinal: 1,
        date: day(),
        amount: gbp(50),
        vat: gbp(0),
        vat_rate: None,
        nominal: NominalCode(7006),
        description: "Reimbursements".into(),
    };
    let mut office = Office::new(vec![
        payment(1),
        SettlementPosting::Purchase(FeePurchase { date: day(), lines: vec![line] }),
        SettlementPosting::Transaction(income),
    ])
    .with_orders(1..2);
    assert_eq!(office.finish(), 1);
    let effects = office.summary(false).effects;
    let named: Vec<(&str, &str)> =
        effects.iter().map(|effect| (effect.document, effect.reference.as_str())).collect();
    assert_eq!(
        named,
        [("purchase", "AMZ 50011020300 FEES 2026-10"), ("bank-transaction", "AMZ 50011020300 INCOME 1")]
    );
    assert!(office.ledger.held.borrow().purchase_payments.is_empty(), "nothing is to be paid");
}

/// The invoice comes to twelve pounds and Amazon pays five of them now.
#[test]
fn a_part_of_an_invoice_is_told_until_the_whole_is_paid() {
    let part = OrderPayment { order: order(1), amount: gbp(500) };
    let mut office = Office::new(vec![SettlementPosting::Payment(part)]).with_orders(1..2);
    office.finish();
    let summary = office.summary(false);
    assert_eq!((summary.posted, summary.findings[0].code), (1, Code::PaymentDiffers));
    assert!(!summary.has_suspense);
}
