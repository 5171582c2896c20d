//! Of any settlement the rows, grouped by their posting, come to what each posting does to the clearing account.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate};
use proptest::prelude::*;

use super::*;
use crate::canonical::settlement::RowsDigest;
use crate::canonical::{
    CountryCode, Currency, CustomerCode, ExchangeRate, Fulfilment, Money, NominalCode, RowSink, Settlement,
    SettlementId, SettlementRow, SupplierCode, TransactionKind,
};
use crate::mapping::settlement::collected::Collector;
use crate::mapping::settlement::ledger_plan::{PlanContext, PlannedSettlement, plan};
use crate::mapping::settlement::{Categoriser, Category, RuleBook};
use crate::settings::{Marketplace, NominalRole, Settlements, UnknownOrders};

/// A row that owns its texts.
#[derive(Clone, Debug)]
struct Row {
    kind: [&'static str; 3],
    pence: i64,
    order: &'static str,
    sku: &'static str,
    day: u32,
    fulfilment: Option<Fulfilment>,
}

/// One kind of row for each way of posting, fees in each form, and two that nothing knows.
const KINDS: [[&str; 3]; 20] = [
    ["Order", "ItemPrice", "Principal"],
    ["Order", "ItemPrice", "Tax"],
    ["Order", "ItemPrice", "Shipping"],
    ["Order", "Promotion", "Principal"],
    ["Refund", "ItemPrice", "Principal"],
    ["Refund", "ItemPrice", "Shipping"],
    ["Refund", "ItemPrice", "Goodwill"],
    ["Refund", "ItemFees", "RefundCommission"],
    ["Order", "ItemFees", "Commission"],
    ["Order", "ItemFees", "FBAPerUnitFulfillmentFee"],
    ["other-transaction", "other-transaction", "Storage Fee"],
    ["other-transaction", "other-transaction", "Subscription Fee"],
    ["ServiceFee", "Cost of Advertising", "TransactionTotalAmount"],
    ["other-transaction", "FBA Inventory Reimbursement", "WAREHOUSE_DAMAGE"],
    ["other-transaction", "other-transaction", "Current Reserve Amount"],
    ["other-transaction", "other-transaction", "Previous Reserve Amount Balance"],
    ["other-transaction", "other-transaction", "Payable to Amazon"],
    ["other-transaction", "other-transaction", "Successful charge"],
    ["other-transaction", "other-transaction", "Brand new"],
    ["New", "Newer", "Newest"],
];

fn settings() -> Settlements {
    let nominal = |place: usize| NominalCode(7000 + i64::try_from(place % 9).expect("a digit"));
    Settlements {
        supplier_code: SupplierCode::new("AMAZONEU").expect("a code"),
        supplier_name: "Amazon".to_owned(),
        payment_method: None,
        unknown_orders: UnknownOrders::Hold,
        nominals: (0..).zip(NominalRole::ALL).map(|(place, role)| (role, nominal(place))).collect(),
        category_rules: String::new(),
        posting_rules: String::new(),
    }
}

fn marketplace() -> Marketplace {
    Marketplace {
        name: "Amazon.co.uk".to_owned(),
        currency: Currency::GBP,
        exchange_rate: ExchangeRate::home(),
        customer_code: CustomerCode::new("AMAZONUK").expect("a code"),
        customer_name: "Amazon.co.uk buyers".to_owned(),
        clearing_account: NominalCode(1249),
        payout_account: Some(NominalCode(1200)),
        dispatch_country: CountryCode::GB,
    }
}

fn show(rows: &[Row], sink: &mut impl RowSink) {
    for (line, row) in (3..).zip(rows) {
        let [transaction_type, amount_type, amount_description] = row.kind;
        let day = NaiveDate::from_ymd_opt(2026, 1, 29).expect("a date");
        let shown = SettlementRow {
            line,
            kind: TransactionKind { transaction_type, amount_type, amount_description },
            amount: Money::new(row.pence, Currency::GBP),
            order_id: row.order,
            adjustment_id: "",
            marketplace_name: "Amazon.co.uk",
            fulfilment: row.fulfilment,
            posted_on: day + chrono::Days::new(row.day.into()),
            sku: row.sku,
            quantity: None,
        };
        sink.row(&shown).expect("amounts of pence");
    }
}

fn settlement(rows: &[Row]) -> Settlement {
    let moment = DateTime::from_timestamp(1_770_000_000, 0).expect("a moment");
    Settlement {
        id: SettlementId(12_345_678_901),
        starts_at: moment,
        ends_at: moment,
        deposited_at: moment,
        total: Money::new(rows.iter().map(|row| row.pence).sum(), Currency::GBP),
        rows: rows.len() as u64,
        digest: RowsDigest([0; 32]),
    }
}

/// Plans and certifies these rows, and hands out what was shown of each.
fn certify<T>(
    rows: &[Row],
    registered: bool,
    see: impl FnOnce(&SettlementCertificate<'_>, &[(Category, Destination)]) -> T,
) -> T {
    let (settings, marketplace) = (settings(), marketplace());
    let rules = RuleBook::of(&settings, registered).expect("no rules of its own");
    let mut collector = Collector::new(Categoriser::new(&rules), Currency::GBP);
    show(rows, &mut collector);
    let collected = collector.finish();
    let context = PlanContext {
        settings: &settings,
        marketplace: &marketplace,
        country: CountryCode::GB,
        rules: &rules,
    };
    let PlannedSettlement { plan, .. } = plan(settlement(rows), &collected, context).expect("a plan");
    let mut shown = Vec::new();
    let take = |row: &CertifiedRow<'_>| {
        assert_eq!(row.posting.is_some(), row.destination.posting.is_some());
        shown.push((row.category_rule.category, row.destination));
    };
    let mut assigner = Assigner::new(&plan, &collected, context, take).expect("amounts of pence");
    show(rows, &mut assigner);
    let certificate = assigner.finish().expect("amounts of pence");
    see(&certificate, &shown)
}

fn row() -> impl Strategy<Value = Row> {
    let orders = ["026-1111111-1111111", "026-2222222-2222222", "S02-1-1", ""];
    let fulfilments = [None, Some(Fulfilment::ByAmazon), Some(Fulfilment::ByMerchant)];
    let texts = (prop::sample::select(&KINDS[..]), prop::sample::select(orders.to_vec()), prop::bool::ANY);
    let rest = (-3i64..=3, 0u32..6, prop::sample::select(fulfilments.to_vec()));
    (texts, rest).prop_map(|((kind, order, sku), (amount, day, fulfilment))| Row {
        kind,
        // Small multiples: rows cancel each other often.
        pence: amount * 120,
        order,
        sku: if sku { "MUG" } else { "" },
        day,
        fulfilment,
    })
}

proptest! {
    #[test]
    fn the_rows_of_each_posting_come_to_what_it_does(
        rows in prop::collection::vec(row(), 1..60),
        registered: bool,
    ) {
        certify(&rows, registered, |certificate, shown| {
            prop_assert_eq!(&certificate.contradictions, &Vec::new());
            prop_assert_eq!(shown.len(), rows.len());
            let placed: u64 = certificate.postings.iter().map(|posting| posting.rows).sum();
            let unplaced = shown.iter().filter(|(_, destination)| destination.posting.is_none()).count();
            prop_assert_eq!(placed + unplaced as u64, rows.len() as u64);
            let figures = certificate.figures;
            let at_the_end = figures.payout.checked_add(figures.debt).expect("pence");
            for figure in [figures.rows, figures.postings, figures.clearing, at_the_end] {
                prop_assert_eq!(figure, figures.total);
            }
            prop_assert!(figures.left.is_zero());
            Ok(())
        })?;
    }

    #[test]
    fn the_vat_of_fees_is_that_of_the_purchases(rows in prop::collection::vec(row(), 1..60)) {
        certify(&rows, true, |certificate, _| {
            let in_view: i64 = certificate.vat.fees.iter().map(|fee| fee.net.minor() + fee.vat.minor()).sum();
            let bought: i64 = certificate
                .postings
                .iter()
                .filter(|one| matches!(one.posting, crate::canonical::SettlementPosting::Purchase(_)))
                .map(|one| one.clearing.minor())
                .sum();
            prop_assert_eq!(in_view, -bought);
            Ok(())
        })?;
    }
}

fn one(kind: [&'static str; 3], pence: i64, order: &'static str) -> Row {
    Row { kind, pence, order, sku: "MUG", day: 0, fulfilment: None }
}

#[test]
fn each_row_names_the_posting_that_takes_it() {
    let order = "026-1111111-1111111";
    let rows = [
        one(["Order", "ItemPrice", "Principal"], 1200, order),
        one(["Order", "ItemFees", "Commission"], -180, order),
        one(["other-transaction", "other-transaction", "Brand new"], 55, ""),
        one(["other-transaction", "other-transaction", "Current Reserve Amount"], -500, ""),
    ];
    certify(&rows, true, |certificate, shown| {
        let name = |place: usize| {
            let posting = shown[place].1.posting.expect("a posting");
            certificate.postings[posting].name.as_str()
        };
        assert_eq!(name(0), "payment of order 026-1111111-1111111");
        assert_eq!(name(1), "AMZ 12345678901 FEES 2026-01");
        assert_eq!(name(2), "AMZ 12345678901 SUSPENSE 1");
        assert_eq!(name(3), "AMZ 12345678901 BALANCES");
        let fee = certificate.vat.fees.first().expect("one fee");
        assert_eq!((fee.treatment, fee.net.minor(), fee.vat.minor()), ("contained", 150, 30));
        assert_eq!(certificate.figures.payout.minor(), 575);
    });
}

#[test]
fn what_is_owed_is_carried_on_and_not_paid_out() {
    let rows = [one(["Order", "ItemFees", "Commission"], -180, "026-1111111-1111111")];
    certify(&rows, true, |certificate, _| {
        let figures = certificate.figures;
        assert_eq!((figures.payout.minor(), figures.debt.minor(), figures.left.minor()), (0, -180, 0));
        assert_eq!(certificate.contradictions, []);
    });
}

#[test]
fn figures_that_differ_contradict_each_other() {
    let money = |minor| Money::new(minor, Currency::GBP);
    let sound = Figures {
        rows: money(5),
        total: money(5),
        postings: money(5),
        clearing: money(5),
        payout: money(5),
        debt: money(0),
        left: money(0),
    };
    assert_eq!(sound.contradictions(), []);
    let broken: BTreeMap<&str, Figures> = BTreeMap::from([
        ("rows", Figures { rows: money(4), ..sound }),
        ("postings", Figures { postings: money(4), ..sound }),
        ("clearing", Figures { clearing: money(4), ..sound }),
        ("payout", Figures { payout: money(4), ..sound }),
    ]);
    for (figure, figures) in broken {
        let found = figures.contradictions();
        assert!(
            matches!(found.as_slice(), [Contradiction::Figure { name, .. }] if *name == figure),
            "{figure}: {found:?}"
        );
    }
    let left = Figures { left: money(1), ..sound }.contradictions();
    assert_eq!(left, [Contradiction::Left(money(1))]);
}
