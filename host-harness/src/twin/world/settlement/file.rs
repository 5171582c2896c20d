//! A settlement as a file, in the forms that Amazon gives it in different countries.
//!
//! Source: Amazon's "Settlement reports" and files that sellers have shown: tab-separated, no quotation marks, the
//! header, one row with the period and the total, then the rows with neither. Absent on purpose: the older form
//! with 36 columns (V1), which Amazon no longer makes.

use std::io::{self, Write};

use chrono::{DateTime, Utc};
use flate2::Compression;
use flate2::write::GzEncoder;

use super::{Settlement, SettlementRow};

/// How a country writes dates and amounts. The currency is the settlement's own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Dress {
    /// 28.10.2026 and 12.34
    UnitedKingdom,
    /// 28.10.2026 and 12,34
    Germany,
    /// 2026-10-28 and 12.34
    UnitedStates,
}

/// How lines end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LineEnd {
    CrLf,
    Lf,
}

/// Everything about a file that is not the settlement.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FileForm {
    pub dress: Dress,
    pub line_end: LineEnd,
    /// Files of before 2019 have 23 columns, without `promotion-id`.
    pub promotion_column: bool,
    /// With gzip.
    pub packed: bool,
}

impl From<Dress> for FileForm {
    fn from(dress: Dress) -> Self {
        FileForm { dress, line_end: LineEnd::CrLf, promotion_column: true, packed: false }
    }
}

/// The columns.
pub const HEADER: [&str; 24] = [
    "settlement-id",
    "settlement-start-date",
    "settlement-end-date",
    "deposit-date",
    "total-amount",
    "currency",
    "transaction-type",
    "order-id",
    "merchant-order-id",
    "adjustment-id",
    "shipment-id",
    "marketplace-name",
    "amount-type",
    "amount-description",
    "amount",
    "fulfillment-id",
    "posted-date",
    "posted-date-time",
    "order-item-code",
    "merchant-order-item-id",
    "merchant-adjustment-item-id",
    "sku",
    "quantity-purchased",
    "promotion-id",
];

impl Settlement {
    /// The file, whole. A [`Dress`] is a form with CRLF and all columns, not packed.
    pub fn to_file(&self, form: impl Into<FileForm>) -> Vec<u8> {
        let form = form.into();
        let mut plain = Vec::new();
        self.write(form, &mut plain).expect("writing into memory does not fail");
        match form.packed {
            true => packed(&plain),
            false => plain,
        }
    }

    fn write(&self, form: FileForm, output: &mut impl Write) -> io::Result<()> {
        let mut lines = Lines { form, output };
        lines.begin(self)?;
        self.rows.iter().try_for_each(|row| lines.row(&self.id, row))
    }
}

/// The same bytes with gzip.
pub fn packed(plain: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(plain).expect("writing into memory does not fail");
    encoder.finish().expect("writing into memory does not fail")
}

/// Writes a settlement line by line.
pub(super) struct Lines<'a, W> {
    pub form: FileForm,
    pub output: &'a mut W,
}

impl<W: Write> Lines<'_, W> {
    /// The header and the row with the total.
    pub fn begin(&mut self, settlement: &Settlement) -> io::Result<()> {
        self.line(&HEADER)?;
        let dress = self.form.dress;
        let mut fields = [const { String::new() }; 24];
        fields[0].clone_from(&settlement.id);
        let times = [settlement.starts_at, settlement.ends_at, settlement.deposited_at];
        for (field, time) in fields[1..].iter_mut().zip(times) {
            *field = dress.time(time);
        }
        fields[4] = dress.amount(settlement.total_pence);
        fields[5] = settlement.currency.to_owned();
        self.line(&fields.each_ref().map(String::as_str))
    }

    pub fn row(&mut self, settlement_id: &str, row: &SettlementRow) -> io::Result<()> {
        let dress = self.form.dress;
        let (amount, day, time) =
            (dress.amount(row.amount_pence), dress.day(row.posted_at), dress.time(row.posted_at));
        let quantity = row.quantity.map(|quantity| quantity.to_string()).unwrap_or_default();
        self.line(&[
            settlement_id,
            "",
            "",
            "",
            "",
            "",
            &row.transaction_type,
            &row.order_id,
            &row.merchant_order_id,
            &row.adjustment_id,
            &row.shipment_id,
            &row.marketplace_name,
            &row.amount_type,
            &row.amount_description,
            &amount,
            &row.fulfilment_id,
            &day,
            &time,
            &row.order_item_code,
            &row.merchant_order_item_id,
            &row.merchant_adjustment_item_id,
            &row.sku,
            &quantity,
            &row.promotion_id,
        ])
    }

    fn line(&mut self, fields: &[&str; 24]) -> io::Result<()> {
        let count = if self.form.promotion_column { 24 } else { 23 };
        let end = match self.form.line_end {
            LineEnd::CrLf => "\r\n",
            LineEnd::Lf => "\n",
        };
        for (place, field) in fields[..count].iter().enumerate() {
            if place > 0 {
                self.output.write_all(b"\t")?;
            }
            self.output.write_all(field.as_bytes())?;
        }
        self.output.write_all(end.as_bytes())
    }
}

impl Dress {
    fn day(self, time: DateTime<Utc>) -> String {
        let form = match self {
            Dress::UnitedKingdom | Dress::Germany => "%d.%m.%Y",
            Dress::UnitedStates => "%Y-%m-%d",
        };
        time.format(form).to_string()
    }

    fn time(self, time: DateTime<Utc>) -> String {
        format!("{} {} UTC", self.day(time), time.format("%H:%M:%S"))
    }

    fn amount(self, pence: i64) -> String {
        let text = crate::twin::world::money::decimal_text(pence);
        match self {
            Dress::Germany => text.replace('.', ","),
            Dress::UnitedKingdom | Dress::UnitedStates => text,
        }
    }
}
