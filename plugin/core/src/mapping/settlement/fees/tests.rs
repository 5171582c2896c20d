//! Golden cases of fees: what is bought of Amazon, and with which VAT.

use super::super::fixture::{Row, day, in_lines, planned, planned_lines, row, settings, written};
use crate::canonical::{Fulfilment, SettlementPosting};

/// The purchases of these rows.
fn fees(rows: &[Row]) -> Vec<String> {
    written(&planned(rows)).into_iter().filter(|posting| posting.starts_with("fees")).collect()
}

const COMMISSION: &str = "Order/ItemFees/Commission";
const STORAGE: &str = "other-transaction/other-transaction/Storage Fee";
const ADVERTISING: &str = "ServiceFee/Cost of Advertising/TransactionTotalAmount";

#[test]
fn vat_that_is_contained_is_rounded_row_by_row() {
    // 0.10 contains 0.0166…, so three rows of it contain 0.06, and 0.30 as one amount only 0.05.
    let three = [row(COMMISSION, -10), row(COMMISSION, -10), row(COMMISSION, -10)];
    assert_eq!(fees(&three), ["fees 2026-10-22 | 7000 0.24 + 0.06 at 20: Amazon selling fees"]);
    let one = [row(COMMISSION, -30)];
    assert_eq!(fees(&one), ["fees 2026-10-22 | 7000 0.25 + 0.05 at 20: Amazon selling fees"]);
}

#[test]
fn golden_cases() {
    let cases: [(&str, Vec<Row>, Vec<&str>); 9] = [
        (
            "VAT that is stated beside a fee is never computed again",
            vec![
                row("FBAFees/FBA Inventory Storage Fee/Base fee", -3333),
                row("FBAFees/FBA Inventory Storage Fee/Tax on fee", -666),
            ],
            vec!["fees 2026-10-22 | 7002 33.33 + 6.66 at 20: Amazon storage fees, VAT as stated"],
        ),
        (
            "a stated fee whose VAT is nothing is at 0 %",
            vec![row("FBAFees/FBA Inventory Storage Fee/Base fee", -3333)],
            vec!["fees 2026-10-22 | 7002 33.33 + 0.00 at 0: Amazon storage fees, VAT as stated"],
        ),
        (
            "contained and stated VAT of one nominal are two lines",
            vec![
                row(STORAGE, -1200),
                row("FBAFees/FBA Inventory Storage Fee/Base fee", -100),
                row("FBAFees/FBA Inventory Storage Fee/Tax on fee", -20),
            ],
            vec![
                "fees 2026-10-22 | 7002 10.00 + 2.00 at 20: Amazon storage fees | 7002 1.00 + 0.20 at 20: Amazon storage \
                 fees, VAT as stated",
            ],
        ),
        (
            "before August 2024 the supplier was abroad, except for advertising",
            vec![
                row(COMMISSION, -180).on("2024-07-31"),
                row(ADVERTISING, -1200).on("2024-07-31"),
                row(COMMISSION, -180).on("2024-08-01"),
            ],
            vec![
                "fees 2024-07-31 | 7000 1.80 + 0.00 at -: Amazon selling fees, reverse charge | 7003 10.00 + 2.00 at 20: \
                 Amazon advertising",
                "fees 2024-08-01 | 7000 1.50 + 0.30 at 20: Amazon selling fees",
            ],
        ),
        (
            "a purchase has the last day of its month, whatever the order of the rows",
            vec![
                row(COMMISSION, -120).on("2026-10-31"),
                row(COMMISSION, -120).on("2026-10-02"),
                row(COMMISSION, -120).on("2026-11-01"),
            ],
            vec![
                "fees 2026-10-31 | 7000 2.00 + 0.40 at 20: Amazon selling fees",
                "fees 2026-11-01 | 7000 1.00 + 0.20 at 20: Amazon selling fees",
            ],
        ),
        (
            "the end of a year is the end of a month",
            vec![row(COMMISSION, -120).on("2027-01-01"), row(COMMISSION, -240).on("2026-12-31")],
            vec![
                "fees 2026-12-31 | 7000 2.00 + 0.40 at 20: Amazon selling fees",
                "fees 2027-01-01 | 7000 1.00 + 0.20 at 20: Amazon selling fees",
            ],
        ),
        ("what cancels buys nothing", vec![row(COMMISSION, -120), row(COMMISSION, 120)], vec![]),
        (
            "a line that cancels is left out, and the others stay",
            vec![row(COMMISSION, -120), row(COMMISSION, 120), row(STORAGE, -600)],
            vec!["fees 2026-10-22 | 7002 5.00 + 1.00 at 20: Amazon storage fees"],
        ),
        (
            "more given back than charged is a negative purchase",
            vec![row(COMMISSION, 180), row("Refund/ItemFees/RefundCommission", -36)],
            vec!["fees 2026-10-22 | 7000 -1.20 + -0.24 at 20: Amazon selling fees"],
        ),
    ];
    for (name, rows, expected) in cases {
        assert_eq!(fees(&rows), expected, "{name}");
    }
}

#[test]
fn a_seller_who_is_not_registered_has_no_vat_on_fees_of_any_form() {
    let rows = [
        row(COMMISSION, -120),
        row("FBAFees/FBA Inventory Storage Fee/Base fee", -100),
        row("FBAFees/FBA Inventory Storage Fee/Tax on fee", -20),
        row(COMMISSION, -120).on("2024-07-31"),
    ];
    let planned = planned_lines(&in_lines(&rows), &settings(), false);
    let fees: Vec<String> = written(&planned).into_iter().filter(|one| one.starts_with("fees")).collect();
    assert_eq!(
        fees,
        [
            "fees 2024-07-31 | 7000 1.20 + 0.00 at -: Amazon selling fees",
            "fees 2026-10-22 | 7000 1.20 + 0.00 at -: Amazon selling fees | 7002 1.20 + 0.00 at -: Amazon storage fees",
        ]
    );
}

/// The connection's own rule decides, down to zero-rated and to who fulfils.
#[test]
fn own_rules_change_nominal_and_vat() {
    let mut settings = settings();
    settings.posting_rules =
        "id\tcategory\tmarketplace\tfulfilment\tfrom\tuntil\tvat\tnominal\tsource\tnote\n\
         abroad\tfee-fulfilment*\t*\tamazon\t2018-01-01\t\tzero\tpostage\tour tax adviser\tgoods go abroad\n"
            .to_owned();
    let fulfilment = "Order/ItemFees/FBAPerUnitFulfillmentFee";
    let by_amazon = Row { fulfilment: Some(Fulfilment::ByAmazon), ..row(fulfilment, -300) };
    let rows = [by_amazon, row(fulfilment, -120)];
    let planned = planned_lines(&in_lines(&rows), &settings, true);
    assert_eq!(
        written(&planned)[0],
        "fees 2026-10-22 | 7001 1.00 + 0.20 at 20: Amazon fulfilment fees | 7004 3.00 + 0.00 at 0: Amazon fulfilment fees"
    );
}

#[test]
fn the_clearing_account_pays_net_and_vat() {
    let planned = planned(&[row(COMMISSION, -181), row(STORAGE, -7).on("2026-09-30")]);
    let clearing: Vec<i64> = planned
        .plan
        .postings()
        .iter()
        .filter(|posting| matches!(posting, SettlementPosting::Purchase(_)))
        .map(|posting| posting.clearing().expect("pence").minor())
        .collect();
    assert_eq!(clearing, [-7, -181]);
    assert_eq!(super::standard_rate(day("2011-01-03")).basis_points(), 1750);
}
