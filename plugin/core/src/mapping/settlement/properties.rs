//! What holds for the plan of any settlement.

use proptest::prelude::*;

use super::fixture::{ANOTHER, ORDER, Row, in_lines, planned, planned_lines, row, settings};
use crate::canonical::{Fulfilment, NominalCode, SettlementPosting};

/// One kind of row for each way of posting.
const KINDS: [&str; 24] = [
    "Order/ItemPrice/Principal",
    "Order/ItemPrice/Tax",
    "Order/ItemPrice/ShippingTax",
    "Order/Promotion/Shipping",
    "Order/ItemWithheldTax/MarketplaceFacilitatorVAT-Principal",
    "Refund/ItemPrice/Principal",
    "Refund/ItemPrice/Shipping",
    "Refund/ItemPrice/GiftWrap",
    "Refund/ItemPrice/Goodwill",
    "Refund/ItemPrice/ReturnShipping",
    "Refund/ItemPrice/RestockingFee",
    "Refund/ItemWithheldTax/MarketplaceFacilitatorVAT-Shipping",
    "Order/ItemFees/Commission",
    "Order/ItemFees/FBAPerUnitFulfillmentFee",
    "FBAFees/FBA Inventory Storage Fee/Base fee",
    "FBAFees/FBA Inventory Storage Fee/Tax on fee",
    "ServiceFee/Cost of Advertising/TransactionTotalAmount",
    "other-transaction/FBA Inventory Reimbursement/WAREHOUSE_DAMAGE",
    "Liquidations/ItemPrice/Principal",
    "Liquidations/ItemPrice/Tax",
    "other-transaction/other-transaction/Current Reserve Amount",
    "other-transaction/other-transaction/Payable to Amazon",
    "other-transaction/other-transaction/Successful charge",
    "New/Newer/Newest",
];

fn any_row() -> impl Strategy<Value = Row> {
    let orders = [ORDER, ANOTHER, "026-3333333-3333333", "S02-1-1", ""];
    let days = ["2024-07-31", "2024-08-01", "2026-10-31", "2026-11-01", "2026-12-31", "2027-01-01"];
    let fulfilments = [None, Some(Fulfilment::ByAmazon), Some(Fulfilment::ByMerchant)];
    let texts = (prop::sample::select(&KINDS[..]), prop::sample::select(orders.to_vec()));
    let rest = (
        prop::sample::select(vec!["MUG", "ATLAS", ""]),
        prop::sample::select(days.to_vec()),
        prop::sample::select(fulfilments.to_vec()),
        prop_oneof![-300_i64..300, -30_000_i64..30_000],
    );
    (texts, rest).prop_map(|((kind, order), (sku, day, fulfilment, pence))| Row {
        fulfilment,
        ..row(kind, pence).of(order).sku(sku).on(day)
    })
}

/// What the clearing account gets of everything but the payout and a debt that is carried on: what the rows come to.
fn of_the_rows(postings: &[SettlementPosting], total: i64) -> i64 {
    let clearing = |posting: &SettlementPosting| posting.clearing().expect("pence").minor();
    let all: i64 = postings.iter().map(clearing).sum();
    assert_eq!(all, 0, "nothing is left on the clearing account");
    let is_payout = |posting: &&SettlementPosting| matches!(posting, SettlementPosting::Transaction(one) if one.purpose.word() == "PAYOUT");
    let payout: i64 = postings.iter().filter(is_payout).map(clearing).sum();
    let debt = if total < 0 { -total } else { 0 };
    all - payout - debt
}

/// What the balances of the plan of these rows do to a nominal.
fn moved(rows: &[Row], nominal: i64) -> i64 {
    let planned = planned(rows);
    let movements = planned.plan.postings().iter().filter_map(|posting| match posting {
        SettlementPosting::Movements(movements) => Some(&movements.lines),
        _ => None,
    });
    let lines = movements.flatten().filter(|line| line.nominal == NominalCode(nominal));
    // What leaves the clearing account arrives there.
    -lines.map(|line| line.amount.minor()).sum::<i64>()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_penny_is_posted_once_and_clearing_ends_at_nothing(
        rows in prop::collection::vec(any_row(), 1..120), registered: bool,
    ) {
        let planned = planned_lines(&in_lines(&rows), &settings(), registered);
        let total: i64 = rows.iter().map(|row| row.pence).sum();
        prop_assert_eq!(planned.plan.settlement().total.minor(), total);
        prop_assert_eq!(of_the_rows(planned.plan.postings(), total), total);
    }

    /// References are what keeps a posting from being made twice.
    #[test]
    fn no_two_postings_of_a_plan_have_one_reference(rows in prop::collection::vec(any_row(), 1..120)) {
        let planned = planned(&rows);
        let settlement = planned.plan.settlement().id;
        let mut names: Vec<String> = planned.plan.postings().iter().map(|posting| match posting {
            SettlementPosting::Payment(payment) => payment.order.to_string(),
            posting => posting.reference(settlement),
        }).collect();
        let all = names.len();
        names.sort();
        names.dedup();
        prop_assert_eq!(names.len(), all);
    }

    /// A seller who is not registered reclaims nothing and owes nothing on what is no sale.
    #[test]
    fn a_seller_who_is_not_registered_has_no_vat(rows in prop::collection::vec(any_row(), 1..80)) {
        let planned = planned_lines(&in_lines(&rows), &settings(), false);
        for posting in planned.plan.postings() {
            let vat = match posting {
                SettlementPosting::Purchase(purchase) => purchase.lines.iter().any(|line| !line.vat.is_zero()),
                SettlementPosting::Transaction(one) => !one.vat.is_zero() || one.vat_rate.is_some(),
                _ => false,
            };
            prop_assert!(!vat, "{posting:?}");
        }
    }

    #[test]
    fn the_order_of_the_rows_changes_nothing(
        (rows, shuffled) in prop::collection::vec(any_row(), 1..80)
            .prop_map(|rows| in_lines(&rows))
            .prop_flat_map(|rows| (Just(rows.clone()), Just(rows).prop_shuffle())),
    ) {
        let plan = |rows| planned_lines(rows, &settings(), true);
        prop_assert_eq!(plan(&rows), plan(&shuffled));
    }

    /// Each settlement gives the reserve of the one before free and keeps its own back: what is left on the nominal
    /// is the last one.
    #[test]
    fn a_chain_of_reserves_leaves_the_last_one(
        reserves in prop::collection::vec(0_i64..100_000, 1..12), sale in 100_001_i64..300_000,
    ) {
        let (mut before, mut on_the_nominal) = (0, 0);
        for reserve in &reserves {
            let rows = [
                row("Order/ItemPrice/Principal", sale).of(ORDER),
                row("other-transaction/other-transaction/Previous Reserve Amount Balance", before),
                row("other-transaction/other-transaction/Current Reserve Amount", -reserve),
            ];
            on_the_nominal += moved(&rows, 7010);
            before = *reserve;
        }
        prop_assert_eq!(on_the_nominal, *reserves.last().expect("one or more"));
    }

    /// A settlement that owes, and the next one that begins with it: nothing is owed in the end.
    #[test]
    fn a_debt_that_is_carried_on_is_gone_once_it_is_made_up_for(debt in 1_i64..50_000, sale in 50_001_i64..100_000) {
        let owing = [row("other-transaction/other-transaction/Subscription Fee", -debt)];
        let next = [
            row("Order/ItemPrice/Principal", sale).of(ORDER),
            row("other-transaction/other-transaction/Payable to Amazon", -debt),
        ];
        prop_assert_eq!(moved(&owing, 7010), -debt);
        prop_assert_eq!(moved(&owing, 7010) + moved(&next, 7010), 0);
    }
}
