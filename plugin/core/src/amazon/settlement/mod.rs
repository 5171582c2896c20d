//! Settlement reports: the flat files V2 (`GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2`) and V1, as Amazon makes
//! them for any of its marketplaces.
//!
//! A file can have a million rows, so it is neither unpacked nor held: it is read twice, line by line. The first
//! reading (`survey`) finds out what only the whole file tells: its encoding, its decimal mark, the order of its
//! dates, its summary row. The second (`rows`) shows each row to a sink. Nothing is guessed: what the file leaves
//! open is refused.
//! Absent on purpose: fetching reports, and what a row means (`mapping::settlement`).

mod amount;
mod columns;
mod date;
mod date_order;
mod finding;
mod lines;
mod old_form;
mod rows;
mod source;
mod summary;
mod survey;
#[cfg(test)]
mod tests;
mod texts;

use std::fmt;

use chrono::{DateTime, Utc};

pub use finding::finding;

use self::survey::Survey;
use crate::canonical::settlement::{RowSink, Settlement, SettlementProblem};
use crate::canonical::{Currency, Money, SettlementId};

/// A settlement file that was looked through once: whose it is and how it is written are known.
pub struct SettlementFile<'a> {
    bytes: &'a [u8],
    survey: Survey,
}

/// Shows whose it is, not what is in it.
impl fmt::Debug for SettlementFile<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SettlementFile({})", self.id())
    }
}

impl<'a> SettlementFile<'a> {
    /// `bytes` is the file as it came, plain or gzip, which its first two bytes tell.
    pub fn open(bytes: &'a [u8]) -> Result<Self, SettlementProblem> {
        Ok(SettlementFile { bytes, survey: survey::survey(bytes)? })
    }

    pub fn id(&self) -> SettlementId {
        self.survey.summary.id
    }

    pub fn currency(&self) -> Currency {
        self.survey.summary.total.currency()
    }

    /// What the summary row says that Amazon pays out; the rows have not been added up yet.
    pub fn total(&self) -> Money {
        self.survey.summary.total
    }

    pub fn starts_at(&self) -> DateTime<Utc> {
        self.survey.summary.starts_at
    }

    pub fn ends_at(&self) -> DateTime<Utc> {
        self.survey.summary.ends_at
    }

    pub fn deposited_at(&self) -> DateTime<Utc> {
        self.survey.summary.deposited_at
    }

    /// How many rows a sink will be shown.
    pub fn rows(&self) -> u64 {
        self.survey.rows
    }

    /// Shows every row to `sink`. The settlement, and with it the sink, comes out only if the rows come to the
    /// total.
    pub fn read<S: RowSink>(&self, sink: S) -> Result<(Settlement, S), SettlementProblem> {
        rows::read(self.bytes, &self.survey, sink)
    }
}
