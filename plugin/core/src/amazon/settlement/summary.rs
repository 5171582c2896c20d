//! The summary row of a settlement file: its period, its deposit and its total.
//!
//! It can stand anywhere, and can be read only when the whole file was seen; until then its text is kept.
//! Absent on purpose: which row it is (`survey`).

use chrono::{DateTime, Utc};

use super::amount::DecimalMark;
use super::columns::Columns;
use super::date::{Date, DateOrder};
use super::lines::Line;
use crate::canonical::settlement::{RowProblem, SettlementProblem};
use crate::canonical::{Currency, Money, SettlementId};

/// What the summary row says.
pub struct Summary {
    pub id: SettlementId,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub deposited_at: DateTime<Utc>,
    pub total: Money,
}

/// The summary row before it can be read.
pub struct SummaryText {
    pub line: u64,
    pub total: Vec<u8>,
    starts_at: Vec<u8>,
    ends_at: Vec<u8>,
    deposited_at: Vec<u8>,
    currency: Vec<u8>,
}

impl SummaryText {
    pub fn of(line: Line<'_>, columns: &Columns) -> Self {
        let cell = |column| line.cell(column).to_owned();
        SummaryText {
            line: line.number,
            starts_at: cell(columns.starts_at),
            ends_at: cell(columns.ends_at),
            deposited_at: cell(columns.deposited_at),
            total: cell(columns.total),
            currency: cell(columns.currency),
        }
    }

    /// The beginning, the end and the deposit.
    pub fn dates(&self) -> [&[u8]; 3] {
        [&self.starts_at, &self.ends_at, &self.deposited_at]
    }

    pub fn read(
        &self,
        id: SettlementId,
        mark: DecimalMark,
        order: DateOrder,
    ) -> Result<Summary, SettlementProblem> {
        let line = self.line;
        let date = |cell: &[u8], column| {
            let problem = RowProblem::Date { column };
            Date::read(cell, order).map(Date::moment).ok_or(SettlementProblem::Row { line, problem })
        };
        let currency: Currency = str::from_utf8(&self.currency)
            .ok()
            .and_then(|code| code.parse().ok())
            .ok_or(SettlementProblem::CurrencyUnknown { line })?;
        let problem = RowProblem::Amount { column: "total-amount" };
        Ok(Summary {
            id,
            starts_at: date(&self.starts_at, "settlement-start-date")?,
            ends_at: date(&self.ends_at, "settlement-end-date")?,
            deposited_at: date(&self.deposited_at, "deposit-date")?,
            total: mark.read(&self.total, currency).ok_or(SettlementProblem::Row { line, problem })?,
        })
    }
}
