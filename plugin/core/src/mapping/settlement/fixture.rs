//! Settlements for tests: rows in a few words, and plans as text that a table can hold.

use chrono::{DateTime, NaiveDate};

use crate::canonical::settlement::RowsDigester;
use crate::canonical::{
    CountryCode, Currency, CustomerCode, ExchangeRate, Fulfilment, Money, NominalCode, RowSink, Settlement,
    SettlementId, SettlementPosting, SettlementRow, SupplierCode, TransactionKind, VatRate,
};
use crate::settings::{Marketplace, NominalRole, Settlements, UnknownOrders};

use super::collected::{Collected, Collector};
use super::ledger_plan::{PlanContext, PlannedSettlement, plan};
use super::{Categoriser, RuleBook};

pub(super) const ORDER: &str = "026-1111111-1111111";
pub(super) const ANOTHER: &str = "026-2222222-2222222";

/// A row that owns its texts. Without further words: of the 22nd of October 2026, of no order and no SKU.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Row {
    pub kind: [&'static str; 3],
    pub pence: i64,
    pub order: &'static str,
    pub sku: &'static str,
    pub day: NaiveDate,
    pub fulfilment: Option<Fulfilment>,
    pub marketplace: &'static str,
}

/// `kind`: transaction type, amount type and description, with `/` between them.
pub(super) fn row(kind: &'static str, pence: i64) -> Row {
    let mut words = kind.splitn(3, '/');
    let kind = std::array::from_fn(|_| words.next().expect("three words"));
    let day = day("2026-10-22");
    Row { kind, pence, order: "", sku: "", day, fulfilment: None, marketplace: "Amazon.co.uk" }
}

impl Row {
    pub fn of(self, order: &'static str) -> Self {
        Row { order, ..self }
    }

    pub fn sku(self, sku: &'static str) -> Self {
        Row { sku, ..self }
    }

    pub fn on(self, text: &str) -> Self {
        Row { day: day(text), ..self }
    }
}

pub(super) fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

pub(super) fn settings() -> Settlements {
    let nominals = NominalRole::ALL.into_iter().zip((7000..).map(NominalCode));
    Settlements {
        supplier_code: SupplierCode::new("AMAZONEU").expect("a code"),
        supplier_name: "Amazon".to_owned(),
        payment_method: None,
        unknown_orders: UnknownOrders::Hold,
        nominals: nominals.collect(),
        category_rules: String::new(),
        posting_rules: String::new(),
    }
}

pub(super) fn marketplace() -> Marketplace {
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

/// Shows each row under the line that is given with it.
fn show(rows: &[(u64, Row)], mut see: impl FnMut(&SettlementRow<'_>)) {
    for (line, row) in rows {
        let [transaction_type, amount_type, amount_description] = row.kind;
        see(&SettlementRow {
            line: *line,
            kind: TransactionKind { transaction_type, amount_type, amount_description },
            amount: Money::new(row.pence, Currency::GBP),
            order_id: row.order,
            adjustment_id: "",
            marketplace_name: row.marketplace,
            fulfilment: row.fulfilment,
            posted_on: row.day,
            sku: row.sku,
            quantity: None,
        });
    }
}

/// Rows with the lines that they have in a file.
pub(super) fn in_lines(rows: &[Row]) -> Vec<(u64, Row)> {
    (3..).zip(rows.iter().cloned()).collect()
}

/// The settlement that these rows come to, paid out on the 29th of October 2026.
fn settlement(rows: &[(u64, Row)]) -> Settlement {
    let moment = |text: &str| DateTime::parse_from_rfc3339(text).expect("a time").to_utc();
    let (starts_at, ends_at) = (moment("2026-10-14T09:10:07Z"), moment("2026-10-28T09:10:07Z"));
    let mut digester = RowsDigester::default();
    show(rows, |row| digester.add(row));
    let mut settlement = Settlement {
        id: SettlementId(50_011_020_300),
        starts_at,
        ends_at,
        deposited_at: moment("2026-10-29T09:10:07Z"),
        total: Money::new(rows.iter().map(|(_, row)| row.pence).sum(), Currency::GBP),
        rows: rows.len() as u64,
        digest: crate::canonical::RowsDigest([0; 32]),
    };
    settlement.digest = digester.finish(&settlement);
    settlement
}

pub(super) fn collected(rows: &[(u64, Row)], rules: &RuleBook) -> Collected {
    let mut collector = Collector::new(Categoriser::new(rules), Currency::GBP);
    show(rows, |row| collector.row(row).expect("amounts of pence"));
    collector.finish()
}

/// The plan of rows in their lines.
pub(super) fn planned_lines(
    rows: &[(u64, Row)],
    settings: &Settlements,
    registered: bool,
) -> PlannedSettlement {
    let rules = RuleBook::of(settings, registered).expect("sound rules");
    let (marketplace, country) = (marketplace(), CountryCode::GB);
    let context = PlanContext { settings, marketplace: &marketplace, country, rules: &rules };
    plan(settlement(rows), &collected(rows, &rules), context).expect("a plan")
}

/// The plan of a seller who is registered for VAT.
pub(super) fn planned(rows: &[Row]) -> PlannedSettlement {
    planned_lines(&in_lines(rows), &settings(), true)
}

/// Each posting in a line.
pub(super) fn written(planned: &PlannedSettlement) -> Vec<String> {
    planned.plan.postings().iter().map(written_posting).collect()
}

fn written_posting(posting: &SettlementPosting) -> String {
    match posting {
        SettlementPosting::Payment(payment) => {
            format!("payment {} of {}", payment.amount.to_decimal(), payment.order)
        }
        SettlementPosting::Refund(refund) => {
            let items = refund.items.iter().map(|item| {
                let [goods, delivery, gift_wrap] =
                    [item.goods, item.delivery, item.gift_wrap].map(Money::to_decimal);
                format!(" | {} {goods} delivery {delivery} wrap {gift_wrap}", item.sku)
            });
            let (items, goodwill) = (items.collect::<String>(), refund.goodwill.to_decimal());
            format!("refund {} {}{items} | goodwill {goodwill}", refund.order, refund.refunded_on)
        }
        SettlementPosting::Purchase(purchase) => {
            let lines = purchase.lines.iter().map(|line| {
                let (net, vat) = (line.net.to_decimal(), line.vat.to_decimal());
                format!(" | {} {net} + {vat} at {}: {}", line.nominal, rate(line.vat_rate), line.description)
            });
            format!("fees {}{}", purchase.date, lines.collect::<String>())
        }
        SettlementPosting::Transaction(one) => {
            let (purpose, ordinal, date) = (one.purpose.word(), one.ordinal, one.date);
            let (amount, vat) = (one.amount.to_decimal(), one.vat.to_decimal());
            let (rate, nominal) = (rate(one.vat_rate), one.nominal);
            format!(
                "{purpose} {ordinal} {date} {amount} with {vat} at {rate} | {nominal}: {}",
                one.description
            )
        }
        SettlementPosting::Movements(movements) => {
            let lines = movements.lines.iter().map(|line| {
                format!(" | {} {}: {}", line.nominal, line.amount.to_decimal(), line.description)
            });
            format!("balances {}{}", movements.date, lines.collect::<String>())
        }
    }
}

fn rate(rate: Option<VatRate>) -> String {
    rate.map_or_else(|| "-".to_owned(), VatRate::to_percent)
}
