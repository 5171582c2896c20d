//! Settlements: what Amazon pays the seller of the world for two weeks, row by row.
//!
//! Source: Amazon's "Settlement reports" (report type values, `GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2`), for the
//! words of the rows and what they are about. Every row carries what it means, so that the oracle (`expected`) does
//! not have to read words as the plugin does. Absent on purpose: settlements of other marketplaces than the United
//! Kingdom's, and loans.

mod account_rows;
pub mod big;
pub mod expected;
pub mod file;
mod order_rows;
mod refund_rows;
#[cfg(test)]
mod tests;

use chrono::{DateTime, Duration, Utc};

use super::World;
use super::marketplace::UNITED_KINGDOM;
use super::order::{FulfilmentStatus, Order};
use super::order_generation::DAYS_OF_ORDERS;
use super::stream::{Purpose, Stream};

/// The type of the reports that settlements come as.
pub const SETTLEMENT_REPORT: &str = "GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2";

/// One payout and everything that makes it up.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Settlement {
    /// Eleven digits.
    pub id: String,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub deposited_at: DateTime<Utc>,
    /// ISO 4217; every currency here has two decimals.
    pub currency: &'static str,
    /// The sum of the rows: what Amazon pays out, negative where the seller owes.
    pub total_pence: i64,
    pub rows: Vec<SettlementRow>,
}

/// One row. Texts are empty where the file says nothing.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct SettlementRow {
    pub transaction_type: String,
    pub amount_type: String,
    pub amount_description: String,
    /// Positive for what Amazon pays.
    pub amount_pence: i64,
    /// An order number, or for fees on stock the id of a shipment.
    pub order_id: String,
    pub merchant_order_id: String,
    pub adjustment_id: String,
    pub shipment_id: String,
    pub marketplace_name: String,
    /// `AFN` or `MFN`.
    pub fulfilment_id: String,
    pub posted_at: DateTime<Utc>,
    pub order_item_code: String,
    pub merchant_order_item_id: String,
    pub merchant_adjustment_item_id: String,
    pub sku: String,
    pub quantity: Option<u32>,
    pub promotion_id: String,
    /// Not in the file.
    pub meaning: Meaning,
}

/// What a row is, as the world knows it.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Meaning {
    /// A part of what the buyer of the order paid.
    Sale,
    /// A part of what the buyer got back.
    Refund(RefundPart),
    Fee(FeeClass, FeeAmount),
    /// For goods that Amazon lost: outside the scope of VAT.
    Reimbursement,
    /// Kept back, or given free again.
    Reserve,
    /// What the world has no word for.
    #[default]
    Other,
}

/// Which part of a refund a row is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RefundPart {
    /// What the sale was made of, the other way round.
    OfTheSale,
    /// Beyond the price.
    Goodwill,
    /// What the seller keeps.
    Restocking,
}

/// What a fee is for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum FeeClass {
    /// Commissions.
    Selling,
    Subscription,
    /// And what Amazon takes back of delivery and gift wrap that it provides itself.
    Fulfilment,
    Storage,
    Advertising,
    Postage,
}

/// How the amount of a fee relates to its VAT, which is 20 % for a seller in the United Kingdom.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FeeAmount {
    /// The VAT is in it.
    Gross,
    /// The VAT has a row of its own.
    Net,
    Vat,
}

impl Settlement {
    /// The same with one row more.
    #[must_use]
    pub fn with(mut self, row: SettlementRow) -> Self {
        self.total_pence += row.amount_pence;
        self.rows.push(row);
        self
    }
}

impl SettlementRow {
    fn new(kind: [&str; 3], amount_pence: i64, posted_at: DateTime<Utc>, meaning: Meaning) -> Self {
        let [transaction_type, amount_type, amount_description] = kind.map(str::to_owned);
        SettlementRow {
            transaction_type,
            amount_type,
            amount_description,
            amount_pence,
            posted_at,
            meaning,
            ..SettlementRow::default()
        }
    }
}

impl World {
    /// The settlements of the world as its orders are now: one for the two weeks before its present. Every shipped
    /// order of the United Kingdom is in it, whether the books can have it or not.
    pub fn settlements(&self) -> Vec<Settlement> {
        let mut shipped: Vec<(u64, &Order)> = (0_u64..)
            .zip(self.orders())
            .filter(|(_, order)| order.status == FulfilmentStatus::Shipped && order.is_priced())
            .filter(|(_, order)| order.marketplace == UNITED_KINGDOM)
            .collect();
        shipped.sort_by_key(|(index, order)| (order.last_updated_at, *index));
        let mut rows = Vec::new();
        for (index, order) in &shipped {
            rows.extend(order_rows::of(self, order, *index));
        }
        rows.extend(refund_rows::of(self, &shipped));
        rows.extend(account_rows::of(self, shipped.len()));
        vec![Settlement {
            id: format!("2{}", Stream::new(self.seed(), Purpose::Settlement, 0).digits(10)),
            starts_at: self.epoch() - Duration::days(DAYS_OF_ORDERS),
            ends_at: self.epoch(),
            deposited_at: self.epoch() + Duration::days(1),
            currency: UNITED_KINGDOM.currency,
            total_pence: rows.iter().map(|row| row.amount_pence).sum(),
            rows,
        }]
    }
}
