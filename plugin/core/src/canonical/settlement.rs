//! A settlement: what Amazon says about one payout, row by row.
//!
//! A settlement can have a million rows, so none is kept: they are shown to a [`RowSink`] one after the other. The
//! [`Settlement`] itself, and with it whatever the sink made of the rows, exists only if the rows come to the total.
//! Absent on purpose: the forms of the file (`amazon::settlement`), and what a row means (`mapping::settlement`).

mod digest;
mod problem;

use std::fmt;

use chrono::{DateTime, NaiveDate, Utc};

pub use digest::{RowsDigest, RowsDigester};
pub use problem::{CutOff, NotASettlement, RowProblem, SettlementProblem, TooLarge};

use super::ids::SettlementId;
use super::money::Money;
use super::order::Fulfilment;

/// What a row is about, in Amazon's own three words.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct TransactionKind<'a> {
    pub transaction_type: &'a str,
    pub amount_type: &'a str,
    pub amount_description: &'a str,
}

impl fmt::Display for TransactionKind<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} / {} / {}", self.transaction_type, self.amount_type, self.amount_description)
    }
}

/// One row with an amount. Texts are trimmed; an empty one means that the file says nothing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SettlementRow<'a> {
    /// The line of the file, the header being line 1. A row of an old file (V1) that holds several amounts is shown
    /// once for each.
    pub line: u64,
    pub kind: TransactionKind<'a>,
    /// Never zero-sized information: as it stands in the file, positive for what Amazon pays.
    pub amount: Money,
    /// An order number, or for some fees the id of a shipment.
    pub order_id: &'a str,
    pub adjustment_id: &'a str,
    pub marketplace_name: &'a str,
    /// `None` where the row says nothing of it.
    pub fulfilment: Option<Fulfilment>,
    /// The day in London.
    pub posted_on: NaiveDate,
    pub sku: &'a str,
    pub quantity: Option<i64>,
}

/// Takes the rows of a settlement, in the order of the file.
///
/// The rows are proven to come to the total only after the last of them: until then a sink only collects.
pub trait RowSink {
    /// An error ends the reading and comes out of it.
    fn row(&mut self, row: &SettlementRow<'_>) -> Result<(), SettlementProblem>;
}

/// A settlement whose rows come to its total.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Settlement {
    pub id: SettlementId,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub deposited_at: DateTime<Utc>,
    /// What Amazon pays out; negative where the seller owes.
    pub total: Money,
    /// Rows with an amount.
    pub rows: u64,
    /// A digest of the rows that does not depend on their order, nor on the form of the file.
    pub digest: RowsDigest,
}
