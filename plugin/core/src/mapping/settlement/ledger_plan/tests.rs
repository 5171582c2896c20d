//! Golden cases of plans: the rows of a settlement and the postings that they make.

use super::super::fixture::{ANOTHER, ORDER, Row, in_lines, planned, planned_lines, row, settings, written};
use crate::canonical::Money;
use crate::finding::Code;

const PRINCIPAL: &str = "Order/ItemPrice/Principal";
const TAX: &str = "Order/ItemPrice/Tax";
const WITHHELD: &str = "Order/ItemWithheldTax/MarketplaceFacilitatorVAT-Principal";

const PAYOUT: &str = "PAYOUT 1 2026-10-29";

/// A name, the rows, the postings without the payout, and the messages of findings.
type Case = (&'static str, Vec<Row>, Vec<&'static str>, Vec<&'static str>);

fn check(cases: Vec<Case>) {
    for (name, rows, expected, messages) in cases {
        let planned = planned(&rows);
        let postings = written(&planned);
        let (payouts, others): (Vec<String>, Vec<String>) =
            postings.into_iter().partition(|posting| posting.starts_with(PAYOUT));
        assert_eq!(others, expected, "{name}");
        let total: i64 = rows.iter().map(|row| row.pence).sum();
        assert_eq!(payouts.len(), usize::from(total > 0), "{name}: only a positive total is paid out");
        let told: Vec<String> = planned.findings.iter().map(|finding| finding.message.clone()).collect();
        let expected: Vec<String> = messages
            .iter()
            .map(|what| format!("{what}: decide what it is, and move it from the suspense nominal 7013"))
            .collect();
        assert_eq!(told, expected, "{name}");
        assert!(planned.findings.iter().all(|finding| finding.code == Code::RowsInSuspense));
    }
}

#[test]
fn sales() {
    check(vec![
        (
            "all that a buyer paid for an order is one payment",
            vec![
                row(PRINCIPAL, 1000).of(ORDER).sku("MUG"),
                row(TAX, 200).of(ORDER).sku("MUG"),
                row("Order/ItemPrice/Shipping", 300).of(ORDER).sku("MUG"),
                row("Order/Promotion/Shipping", -300).of(ORDER).sku("MUG"),
                row(PRINCIPAL, 500).of(ANOTHER).sku("MUG"),
                row(PRINCIPAL, 999).of(ORDER).sku("ATLAS"),
            ],
            vec!["payment 21.99 of 026-1111111-1111111", "payment 5.00 of 026-2222222-2222222"],
            vec![],
        ),
        (
            "VAT that Amazon owes and withholds is not paid",
            vec![row(PRINCIPAL, 1000).of(ORDER), row(TAX, 200).of(ORDER), row(WITHHELD, -200).of(ORDER)],
            vec!["payment 10.00 of 026-1111111-1111111"],
            vec![],
        ),
        (
            "an order whose rows cancel is left out: a retrocharge",
            vec![
                row("Order_Retrocharge/ItemPrice/Tax", 200).of(ORDER),
                row("Order_Retrocharge/ItemWithheldTax/MarketplaceFacilitatorVAT-Principal", -200).of(ORDER),
            ],
            vec![],
            vec![],
        ),
        (
            "an order that is charged is for a person",
            vec![row(PRINCIPAL, -100).of(ORDER)],
            vec![
                "SUSPENSE 1 2026-10-29 -1.00 with 0.00 at - | 7013: To be decided: order 026-1111111-1111111 was charged \
                 and not paid",
                "balances 2026-10-29 | 7010 1.00: Owed to Amazon, carried to the next settlement",
            ],
            vec!["order 026-1111111-1111111 was charged and not paid, -1.00 GBP"],
        ),
        (
            "money of a sale that names no order is for a person",
            vec![row(PRINCIPAL, 700), row(PRINCIPAL, 300)],
            vec![
                "SUSPENSE 1 2026-10-29 10.00 with 0.00 at - | 7013: To be decided: Order / ItemPrice / Principal: 2 rows, \
                 the first in line 3",
            ],
            vec!["Order / ItemPrice / Principal: 2 rows, the first in line 3, 10.00 GBP"],
        ),
    ]);
}

#[test]
fn refunds() {
    let sold = || row(PRINCIPAL, 10_000).of(ANOTHER);
    let paid = "payment 100.00 of 026-2222222-2222222";
    check(vec![
        (
            "parts of the sale by SKU, and what is given beyond it; the last day counts",
            vec![
                sold(),
                row("Refund/ItemPrice/Principal", -1000).of(ORDER).sku("MUG").on("2026-10-26"),
                row("Refund/ItemPrice/Tax", -200).of(ORDER).sku("MUG"),
                row("Refund/ItemPrice/Shipping", -250).of(ORDER).sku("MUG"),
                row("Refund/ItemPrice/ShippingTax", -50).of(ORDER).sku("MUG"),
                row("Refund/ItemPrice/GiftWrap", -100).of(ORDER).sku("ATLAS"),
                row("Refund/ItemPrice/Goodwill", -500).of(ORDER).sku("MUG"),
            ],
            vec![
                paid,
                "refund 026-1111111-1111111 2026-10-26 | ATLAS 0.00 delivery 0.00 wrap 1.00 | MUG 12.00 delivery 3.00 \
                 wrap 0.00 | goodwill 5.00",
            ],
            vec![],
        ),
        (
            "what is kept for restocking lessens the refund",
            vec![
                sold(),
                row("Refund/ItemPrice/Principal", -1200).of(ORDER).sku("MUG"),
                row("Refund/ItemPrice/RestockingFee", 240).of(ORDER).sku("MUG"),
            ],
            vec![
                paid,
                "refund 026-1111111-1111111 2026-10-22 | MUG 9.60 delivery 0.00 wrap 0.00 | goodwill 0.00",
            ],
            vec![],
        ),
        (
            "the way back that the seller pays is beyond the price",
            vec![
                sold(),
                row("Refund/ItemPrice/Principal", -1200).of(ORDER).sku("MUG"),
                row("Refund/ItemPrice/ReturnShipping", -295).of(ORDER).sku("MUG"),
            ],
            vec![
                paid,
                "refund 026-1111111-1111111 2026-10-22 | MUG 12.00 delivery 0.00 wrap 0.00 | goodwill 2.95",
            ],
            vec![],
        ),
        (
            "the way back that the buyer pays lessens the refund",
            vec![
                sold(),
                row("Refund/ItemPrice/Principal", -1200).of(ORDER).sku("MUG"),
                row("Refund/ItemPrice/ReturnShipping", 295).of(ORDER).sku("MUG"),
            ],
            vec![
                paid,
                "refund 026-1111111-1111111 2026-10-22 | MUG 9.05 delivery 0.00 wrap 0.00 | goodwill 0.00",
            ],
            vec![],
        ),
        (
            "VAT that Amazon withheld is not the seller's to pay back",
            vec![
                sold(),
                row("Refund/ItemPrice/Principal", -1000).of(ORDER).sku("MUG"),
                row("Refund/ItemPrice/Tax", -200).of(ORDER).sku("MUG"),
                row("Refund/ItemWithheldTax/MarketplaceFacilitatorVAT-Principal", 200).of(ORDER).sku("MUG"),
            ],
            vec![
                paid,
                "refund 026-1111111-1111111 2026-10-22 | MUG 10.00 delivery 0.00 wrap 0.00 | goodwill 0.00",
            ],
            vec![],
        ),
        (
            "VAT withheld on the delivery alone does not make the goods negative",
            vec![
                sold(),
                row("Refund/ItemPrice/Shipping", -250).of(ORDER).sku("MUG"),
                row("Refund/ItemPrice/ShippingTax", -50).of(ORDER).sku("MUG"),
                row("Refund/ItemWithheldTax/MarketplaceFacilitatorVAT-Shipping", 50).of(ORDER).sku("MUG"),
            ],
            vec![
                paid,
                "refund 026-1111111-1111111 2026-10-22 | MUG 0.00 delivery 2.50 wrap 0.00 | goodwill 0.00",
            ],
            vec![],
        ),
        (
            "a refund that is taken back is for a person",
            vec![sold(), row("Refund/ItemPrice/Principal", 1200).of(ORDER).sku("MUG")],
            vec![
                paid,
                "SUSPENSE 1 2026-10-29 12.00 with 0.00 at - | 7013: To be decided: the refund of order \
                 026-1111111-1111111 was taken back",
            ],
            vec!["the refund of order 026-1111111-1111111 was taken back, 12.00 GBP"],
        ),
        (
            "a refund whose rows cancel is left out",
            vec![
                sold(),
                row("Refund_Retrocharge/ItemPrice/Tax", -200).of(ORDER).sku("MUG"),
                row("Refund_Retrocharge/ItemWithheldTax/MarketplaceFacilitatorVAT-Principal", 200)
                    .of(ORDER)
                    .sku("MUG"),
            ],
            vec![paid],
            vec![],
        ),
        (
            "what is refunded of one SKU and taken back of another is for a person, with its sum",
            vec![
                sold(),
                row("Refund/ItemPrice/Principal", -1200).of(ORDER).sku("MUG"),
                row("Refund/ItemPrice/Principal", 1200).of(ORDER).sku("ATLAS"),
            ],
            vec![paid],
            vec!["the refund of order 026-1111111-1111111 was taken back, 0.00 GBP"],
        ),
    ]);
}

#[test]
fn income() {
    let reimbursed = "other-transaction/FBA Inventory Reimbursement/WAREHOUSE_LOST";
    check(vec![
        (
            "one transaction a nominal and name, whatever the days",
            vec![
                row(reimbursed, 1000),
                row(reimbursed, 500).on("2026-10-25"),
                row("SAFE-T Reimbursement/SAFE-T Reimbursement/SAFE-T Reimbursement", 250),
            ],
            vec![
                "INCOME 1 2026-10-29 15.00 with 0.00 at - | 7006: Reimbursements for stock",
                "INCOME 2 2026-10-29 2.50 with 0.00 at - | 7006: Other income from Amazon",
            ],
            vec![],
        ),
        (
            "stock sold to liquidators has its VAT in it",
            vec![row("Liquidations/ItemPrice/Principal", 1000), row("Liquidations/ItemPrice/Tax", 200)],
            vec!["INCOME 1 2026-10-29 12.00 with 2.00 at 20 | 7007: Stock sold to liquidators"],
            vec![],
        ),
        (
            "VAT that Amazon withholds of it is none of the seller's",
            vec![
                row("Liquidations/ItemPrice/Principal", 1000),
                row("Liquidations/ItemPrice/Tax", 200),
                row("Liquidations/ItemWithheldTax/MarketplaceFacilitatorVAT-Principal", -200),
            ],
            vec!["INCOME 1 2026-10-29 10.00 with 0.00 at - | 7007: Stock sold to liquidators"],
            vec![],
        ),
        (
            "income that is taken back again comes to nothing",
            vec![row(reimbursed, 1000), row(reimbursed, -1000), row(PRINCIPAL, 100).of(ORDER)],
            vec!["payment 1.00 of 026-1111111-1111111"],
            vec![],
        ),
    ]);
}

/// A seller who is not registered owes no VAT on what a liquidator paid.
#[test]
fn stock_sold_to_liquidators_has_no_vat_where_the_seller_is_not_registered() {
    let rows = [row("Liquidations/ItemPrice/Principal", 1000), row("Liquidations/ItemPrice/Tax", 200)];
    let planned = planned_lines(&in_lines(&rows), &settings(), false);
    assert_eq!(
        written(&planned)[0],
        "INCOME 1 2026-10-29 12.00 with 0.00 at - | 7007: Stock sold to liquidators"
    );
}

#[test]
fn movements() {
    let other = |description: &'static str, pence| row(description, pence);
    let reserve = "other-transaction/other-transaction/Current Reserve Amount";
    let released = "other-transaction/other-transaction/Previous Reserve Amount Balance";
    let charge = "other-transaction/other-transaction/Successful charge";
    let sale = || row(PRINCIPAL, 10_000).of(ORDER);
    let paid = "payment 100.00 of 026-1111111-1111111";
    check(vec![
        (
            "a reserve that is kept back and one that is given free are one line",
            vec![sale(), other(reserve, -5000), other(released, 3000)],
            vec![paid, "balances 2026-10-29 | 7010 -20.00: Amazon reserve"],
            vec![],
        ),
        (
            "a reserve that is kept as it was moves nothing",
            vec![sale(), other(reserve, -3000), other(released, 3000)],
            vec![paid],
            vec![],
        ),
        (
            "money between the bank and Amazon is one transaction a day, by its own day",
            vec![
                sale(),
                other(charge, 500).on("2026-10-20"),
                other(charge, 700).on("2026-10-20"),
                other(charge, 100).on("2026-10-21"),
            ],
            vec![
                paid,
                "BANK 1 2026-10-20 12.00 with 0.00 at - | 1200: Between Amazon and the seller's bank",
                "BANK 2 2026-10-21 1.00 with 0.00 at - | 1200: Between Amazon and the seller's bank",
            ],
            vec![],
        ),
        (
            "a debt of before is made up for, and each other balance has its nominal",
            vec![
                sale(),
                other("other-transaction/other-transaction/Payable to Amazon", -800),
                other("other-transaction/other-transaction/Loan repayment", -150),
                other("Debt Adjustment/Debt Adjustment/Cross-Account Debt Adjustment", -50),
            ],
            vec![
                paid,
                "balances 2026-10-29 | 7010 -8.00: Owed to Amazon from the settlement before | 7011 -1.50: Amazon loan | \
                 7012 -0.50: Between marketplaces",
            ],
            vec![],
        ),
        (
            "what is owed at the end is carried on",
            vec![row("other-transaction/other-transaction/Subscription Fee", -3000)],
            vec![
                "fees 2026-10-22 | 7000 25.00 + 5.00 at 20: Amazon selling fees",
                "balances 2026-10-29 | 7010 30.00: Owed to Amazon, carried to the next settlement",
            ],
            vec![],
        ),
        (
            "a settlement that comes to nothing pays nothing",
            vec![sale(), other(reserve, -10_000)],
            vec![paid, "balances 2026-10-29 | 7010 -100.00: Amazon reserve"],
            vec![],
        ),
        (
            "rows that no rule knows are one transaction a kind; those that cancel are told and not posted",
            vec![
                sale(),
                other("New/Newer/Newest", 55),
                other("New/Newer/Older", 10),
                other("New/Newer/Older", -10),
            ],
            vec![
                paid,
                "SUSPENSE 1 2026-10-29 0.55 with 0.00 at - | 7013: To be decided: New / Newer / Newest: row, the first \
                 in line 4",
            ],
            vec![
                "New / Newer / Newest: row, the first in line 4, 0.55 GBP",
                "New / Newer / Older: 2 rows, the first in line 5, 0.00 GBP",
            ],
        ),
    ]);
}

#[test]
fn what_is_paid_out_goes_to_the_payout_account() {
    let planned = planned(&[row(PRINCIPAL, 1200).of(ORDER)]);
    assert_eq!(
        written(&planned),
        [
            "payment 12.00 of 026-1111111-1111111",
            "PAYOUT 1 2026-10-29 -12.00 with 0.00 at - | 1200: Amazon payout"
        ]
    );
    assert_eq!(planned.plan.settlement().total, Money::new(1200, crate::canonical::Currency::GBP));
}
