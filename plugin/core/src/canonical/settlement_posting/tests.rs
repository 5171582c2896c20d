//! Plans that balance and plans that do not, and the keys of postings.

use chrono::DateTime;

use super::*;
use crate::canonical::{Currency, RowsDigest};

const SETTLEMENT: SettlementId = SettlementId(50_011_020_300);

fn gbp(minor: i64) -> Money {
    Money::new(minor, Currency::GBP)
}

fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 10, 29).expect("a date")
}

fn order() -> OrderId {
    OrderId::new("026-1").expect("an id")
}

fn settlement() -> Settlement {
    let moment = DateTime::from_timestamp(1_793_000_000, 0).expect("a moment");
    Settlement {
        id: SETTLEMENT,
        starts_at: moment,
        ends_at: moment,
        deposited_at: moment,
        total: gbp(1200),
        rows: 2,
        digest: RowsDigest([0; 32]),
    }
}

fn payment(amount: Money) -> SettlementPosting {
    SettlementPosting::Payment(OrderPayment { order: order(), amount })
}

fn transaction(purpose: TransactionPurpose, amount: Money) -> SettlementPosting {
    SettlementPosting::Transaction(ClearingTransaction {
        purpose,
        ordinal: 2,
        date: day(),
        amount,
        vat: gbp(0),
        vat_rate: None,
        nominal: NominalCode(1200),
        description: "Amazon payout".to_owned(),
    })
}

fn refund() -> SettlementPosting {
    let item = RefundedItem { sku: "MUG".to_owned(), goods: gbp(300), delivery: gbp(20), gift_wrap: gbp(1) };
    let (items, goodwill) = (vec![item], gbp(50));
    SettlementPosting::Refund(OrderRefund {
        order: order(),
        refunded_on: day(),
        items,
        goodwill,
        stated_vat: gbp(0),
    })
}

fn fees(lines: &[(i64, i64)]) -> SettlementPosting {
    let line = |(net, vat): &(i64, i64)| FeeLine {
        nominal: NominalCode(6100),
        net: gbp(*net),
        vat: gbp(*vat),
        vat_rate: None,
        description: "fees".to_owned(),
    };
    SettlementPosting::Purchase(FeePurchase { date: day(), lines: lines.iter().map(line).collect() })
}

fn balances(amounts: &[i64]) -> SettlementPosting {
    let line = |minor: &i64| BalanceLine {
        nominal: NominalCode(1250),
        amount: gbp(*minor),
        description: "reserve".to_owned(),
    };
    let lines = amounts.iter().map(line).collect();
    SettlementPosting::Movements(BalanceMovements { date: day(), lines })
}

#[test]
fn each_posting_says_what_it_does_to_clearing_and_its_key() {
    for (posting, clearing, reference) in [
        (payment(gbp(1200)), 1200, "Amazon settlement 50011020300"),
        (refund(), -371, "026-1 RF50011020300"),
        (fees(&[(150, 30), (-50, 0)]), -130, "AMZ 50011020300 FEES 2026-10"),
        (transaction(TransactionPurpose::Payout, gbp(-1200)), -1200, "AMZ 50011020300 PAYOUT 2"),
        (transaction(TransactionPurpose::Income, gbp(5)), 5, "AMZ 50011020300 INCOME 2"),
        (transaction(TransactionPurpose::Suspense, gbp(5)), 5, "AMZ 50011020300 SUSPENSE 2"),
        (transaction(TransactionPurpose::Bank, gbp(5)), 5, "AMZ 50011020300 BANK 2"),
        (balances(&[-500, 300]), -200, "AMZ 50011020300 BALANCES"),
    ] {
        assert_eq!(posting.clearing(), Ok(gbp(clearing)), "{posting}");
        assert_eq!(posting.reference(SETTLEMENT), reference);
    }
}

#[test]
fn a_plan_leaves_nothing_on_the_clearing_account() {
    let payout = |minor| transaction(TransactionPurpose::Payout, gbp(minor));
    let euros = Money::new(1200, Currency::EUR);
    let leaves = |minor| Err(UnbalancedPlan::Leaves(gbp(minor)));
    let cases = [
        ("what comes in goes out", vec![payment(gbp(1200)), payout(-1200)], Ok(())),
        ("nothing at all", vec![], Ok(())),
        ("a penny is left", vec![payment(gbp(1201)), payout(-1200)], leaves(1)),
        ("a penny is missing", vec![payment(gbp(1199)), payout(-1200)], leaves(-1)),
        ("a refund is left out", vec![payment(gbp(1200)), refund(), payout(-1200)], leaves(-371)),
    ];
    for (name, postings, expected) in cases {
        assert_eq!(SettlementPlan::new(settlement(), postings).map(drop), expected, "{name}");
    }
    for unaddable in [payment(euros), fees(&[]), balances(&[]), fees(&[(i64::MAX, 1)])] {
        let plan = SettlementPlan::new(settlement(), vec![unaddable]);
        assert!(matches!(plan, Err(UnbalancedPlan::Amounts(_))), "{plan:?}");
    }
}
