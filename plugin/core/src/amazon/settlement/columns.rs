//! The header of a settlement file: which column is where.
//!
//! Columns are found by their names, in any order, as Amazon's "Settlement Reports Attributes" gives them. Files of
//! before 2019 lack `promotion-id`, and V1 lacks the columns of whatever did not happen; columns that nobody here
//! reads are passed over.

use std::str;

use super::lines::Line;
use super::old_form::{self, OldAmount};
use crate::canonical::settlement::{NotASettlement, SettlementProblem};

/// Where the columns are that are read, counted from 0.
pub struct Columns {
    pub settlement_id: usize,
    pub starts_at: usize,
    pub ends_at: usize,
    pub deposited_at: usize,
    pub total: usize,
    pub currency: usize,
    pub transaction_type: usize,
    pub order_id: usize,
    pub adjustment_id: Option<usize>,
    pub marketplace_name: Option<usize>,
    pub fulfilment: Option<usize>,
    pub posted_date: Option<usize>,
    pub posted_date_time: Option<usize>,
    pub sku: Option<usize>,
    pub quantity: Option<usize>,
    pub amounts: AmountColumns,
    /// How many columns a row must have for all of these.
    pub needed: usize,
    /// The same for the summary row.
    pub needed_by_summary: usize,
}

pub enum AmountColumns {
    /// V2: one amount a row.
    One { amount_type: usize, amount_description: usize, amount: usize },
    /// V1: several amounts a row, each with its own type.
    Several(Vec<OldAmount>),
}

impl AmountColumns {
    /// Whether a column holds an amount.
    pub fn contain(&self, column: usize) -> bool {
        match self {
            AmountColumns::One { amount, .. } => *amount == column,
            AmountColumns::Several(amounts) => amounts.iter().any(|old| old.amount == column),
        }
    }

    /// Whether a line has no amount at all, not even a zero.
    pub fn are_blank(&self, line: Line<'_>) -> bool {
        match self {
            AmountColumns::One { amount, .. } => line.cell(*amount).is_empty(),
            AmountColumns::Several(amounts) => amounts.iter().all(|old| line.cell(old.amount).is_empty()),
        }
    }

    fn all(&self) -> Vec<usize> {
        match self {
            AmountColumns::One { amount_type, amount_description, amount } => {
                vec![*amount_type, *amount_description, *amount]
            }
            AmountColumns::Several(amounts) => {
                amounts.iter().flat_map(|old| [Some(old.amount), old.type_column]).flatten().collect()
            }
        }
    }
}

/// The names of a header, in its order, without the differences that tools make.
pub struct Names(Vec<String>);

impl Names {
    pub fn of(line: Line<'_>) -> Self {
        Names(line.cells().map(plain).collect())
    }

    pub fn find(&self, name: &'static str) -> Result<Option<usize>, SettlementProblem> {
        let wanted = plain(name.as_bytes());
        let mut found = self.0.iter().enumerate().filter(|(_, name)| **name == wanted).map(|(at, _)| at);
        let first = found.next();
        match found.next() {
            Some(_) => Err(SettlementProblem::NotASettlement(NotASettlement::ColumnRepeated(name))),
            None => Ok(first),
        }
    }

    pub fn require(&self, name: &'static str) -> Result<usize, SettlementProblem> {
        self.find(name)?.ok_or(SettlementProblem::NotASettlement(NotASettlement::ColumnMissing(name)))
    }
}

/// Whether a cell is the name of the first column: the header stands here again.
pub fn is_header(settlement_id: &[u8]) -> bool {
    settlement_id.first().is_some_and(u8::is_ascii_alphabetic) && plain(settlement_id) == "settlementid"
}

fn plain(name: &[u8]) -> String {
    let kept = name.iter().filter(|byte| !matches!(byte, b'-' | b'_' | b' '));
    kept.map(|byte| char::from(byte.to_ascii_lowercase())).collect()
}

impl Columns {
    pub fn of(header: Line<'_>) -> Result<Self, SettlementProblem> {
        let names = Names::of(header);
        if names.find("settlement-id")?.is_none() {
            return Err(SettlementProblem::NotASettlement(no_header(header)));
        }
        let amounts = match names.find("amount")? {
            Some(amount) => AmountColumns::One {
                amount_type: names.require("amount-type")?,
                amount_description: names.require("amount-description")?,
                amount,
            },
            None => AmountColumns::Several(old_form::columns(&names)?),
        };
        let mut columns = Columns {
            settlement_id: names.require("settlement-id")?,
            starts_at: names.require("settlement-start-date")?,
            ends_at: names.require("settlement-end-date")?,
            deposited_at: names.require("deposit-date")?,
            total: names.require("total-amount")?,
            currency: names.require("currency")?,
            transaction_type: names.require("transaction-type")?,
            order_id: names.require("order-id")?,
            adjustment_id: names.find("adjustment-id")?,
            marketplace_name: names.find("marketplace-name")?,
            fulfilment: names.find("fulfillment-id")?,
            posted_date: names.find("posted-date")?,
            posted_date_time: names.find("posted-date-time")?,
            sku: names.find("sku")?,
            quantity: names.find("quantity-purchased")?,
            amounts,
            needed: 0,
            needed_by_summary: 0,
        };
        if columns.posted_date.is_none() && columns.posted_date_time.is_none() {
            return Err(SettlementProblem::NotASettlement(NotASettlement::ColumnMissing("posted-date")));
        }
        columns.needed_by_summary = columns.of_summary().into_iter().max().map_or(0, |last| last + 1);
        columns.needed = columns.of_row().max().map_or(0, |last| last + 1).max(columns.needed_by_summary);
        Ok(columns)
    }

    fn of_summary(&self) -> [usize; 6] {
        [self.settlement_id, self.starts_at, self.ends_at, self.deposited_at, self.total, self.currency]
    }

    fn of_row(&self) -> impl Iterator<Item = usize> {
        let optional = [
            self.adjustment_id,
            self.marketplace_name,
            self.fulfilment,
            self.posted_date,
            self.posted_date_time,
            self.sku,
            self.quantity,
        ];
        let required = [self.transaction_type, self.order_id];
        required.into_iter().chain(optional.into_iter().flatten()).chain(self.amounts.all())
    }
}

fn no_header(line: Line<'_>) -> NotASettlement {
    let first = line.cells().next().unwrap_or_default();
    let text = str::from_utf8(first).unwrap_or_default();
    let separated = [',', ';'].iter().any(|mark| {
        text.split_once(*mark).is_some_and(|(name, _)| is_header(name.trim_matches('"').as_bytes()))
    });
    if separated { NotASettlement::OtherSeparator } else { NotASettlement::NoHeader }
}
