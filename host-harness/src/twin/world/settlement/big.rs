//! A settlement of any length, written as it is made: for bounds and benchmarks.
//!
//! The total stands before the rows, so the rows are made twice and never kept.

use std::io::{self, Write};

use chrono::{Duration, TimeZone, Utc};

use super::file::{FileForm, Lines};
use super::{FeeAmount, FeeClass, Meaning, Settlement, SettlementRow};
use crate::twin::world::marketplace::UNITED_KINGDOM;
use crate::twin::world::money::vat_contained;
use crate::twin::world::stream::{Purpose, Stream};

/// What was written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BigSettlement {
    pub id: String,
    pub rows: u64,
    pub total_pence: i64,
}

/// Rows of one order: price, VAT, commission, fulfilment.
const ROWS_OF_AN_ORDER: u64 = 4;

/// Writes a settlement of so many rows with an amount, always the same one for a seed. It is never packed: the
/// caller's output can be.
pub fn write_big_settlement(
    seed: u64,
    rows: u64,
    form: impl Into<FileForm>,
    output: &mut impl Write,
) -> io::Result<BigSettlement> {
    let form = FileForm { packed: false, ..form.into() };
    let mut total_pence = 0;
    each_row(seed, rows, |row| {
        total_pence += row.amount_pence;
        Ok(())
    })?;
    let ends_at = Utc.with_ymd_and_hms(2026, 10, 28, 12, 0, 0).single().expect("noon happens once");
    let settlement = Settlement {
        id: format!("3{}", Stream::new(seed, Purpose::BigSettlement, 0).digits(10)),
        starts_at: ends_at - Duration::days(14),
        ends_at,
        deposited_at: ends_at + Duration::days(1),
        currency: UNITED_KINGDOM.currency,
        total_pence,
        rows: Vec::new(),
    };
    let mut lines = Lines { form, output };
    lines.begin(&settlement)?;
    each_row(seed, rows, |row| lines.row(&settlement.id, row))?;
    Ok(BigSettlement { id: settlement.id, rows, total_pence })
}

fn each_row(seed: u64, rows: u64, mut show: impl FnMut(&SettlementRow) -> io::Result<()>) -> io::Result<()> {
    let mut stream = Stream::new(seed, Purpose::BigSettlement, 1);
    for order in 0..rows.div_ceil(ROWS_OF_AN_ORDER) {
        let left = usize::try_from(rows - order * ROWS_OF_AN_ORDER).unwrap_or(usize::MAX);
        order_rows(&mut stream, order).iter().take(left).try_for_each(&mut show)?;
    }
    Ok(())
}

fn order_rows(stream: &mut Stream, number: u64) -> [SettlementRow; 4] {
    let begin = Utc.with_ymd_and_hms(2026, 10, 14, 12, 0, 0).single().expect("noon happens once");
    let posted_at = begin + Duration::seconds(stream.between(0, 14 * 86_400 - 1));
    let gross_pence = stream.between(199, 9_999);
    let vat_pence = vat_contained(gross_pence, 20);
    let fulfilment_pence = stream.between(175, 620);
    let order = SettlementRow {
        order_id: format!("026-{}-{number:07}", stream.digits(7)),
        shipment_id: format!("D{}", stream.digits(8)),
        marketplace_name: UNITED_KINGDOM.name.to_owned(),
        fulfilment_id: "AFN".to_owned(),
        order_item_code: stream.digits(14),
        sku: format!("SKU-{:04}", stream.below(5_000)),
        quantity: Some(1),
        ..SettlementRow::default()
    };
    let fee = |class| Meaning::Fee(class, FeeAmount::Gross);
    [
        ("ItemPrice", "Principal", gross_pence - vat_pence, Meaning::Sale),
        ("ItemPrice", "Tax", vat_pence, Meaning::Sale),
        ("ItemFees", "Commission", -(gross_pence * 15 / 100).max(25), fee(FeeClass::Selling)),
        ("ItemFees", "FBAPerUnitFulfillmentFee", -fulfilment_pence, fee(FeeClass::Fulfilment)),
    ]
    .map(|(amount_type, description, pence, meaning)| SettlementRow {
        transaction_type: "Order".to_owned(),
        amount_type: amount_type.to_owned(),
        amount_description: description.to_owned(),
        amount_pence: pence,
        posted_at,
        meaning,
        ..order.clone()
    })
}
