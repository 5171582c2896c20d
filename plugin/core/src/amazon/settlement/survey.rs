//! The first reading of a settlement file: what only the whole of it tells.
//!
//! Encoding, columns, decimal mark, order of dates, the summary row, the number of rows; and whether the file is
//! whole. Absent on purpose: whether the rows come to the total, because amounts can be read only afterwards.

use std::borrow::Cow;
use std::str;

use encoding_rs::WINDOWS_1252;

use super::amount::{DecimalEvidence, DecimalMark};
use super::columns::{AmountColumns, Columns, is_header};
use super::date::DateOrder;
use super::date_order::DateOrderEvidence;
use super::lines::{Line, Lines};
use super::old_form::says_nothing;
use super::summary::{Summary, SummaryText};
use crate::canonical::SettlementId;
use crate::canonical::settlement::{CutOff, NotASettlement, RowProblem, SettlementProblem, TooLarge};
use crate::limits::SETTLEMENT_ROWS_MAX;

/// How a file is written, and what its summary row says.
pub struct Survey {
    pub columns: Columns,
    pub encoding: Encoding,
    pub mark: DecimalMark,
    pub order: DateOrder,
    pub summary: Summary,
    /// Amounts that a sink will be shown.
    pub rows: u64,
}

/// Amazon does not say how a file is encoded: it is UTF-8 if all of it is, and otherwise Windows-1252, in which
/// any bytes are text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Encoding {
    Utf8,
    Windows1252,
}

impl Encoding {
    pub fn text(self, cell: &[u8]) -> Cow<'_, str> {
        match self {
            Encoding::Utf8 => String::from_utf8_lossy(cell),
            Encoding::Windows1252 => WINDOWS_1252.decode_without_bom_handling(cell).0,
        }
    }
}

/// Reads the file for the first time.
pub fn survey(bytes: &[u8]) -> Result<Survey, SettlementProblem> {
    let mut lines = Lines::open(bytes)?;
    let not_text = SettlementProblem::NotASettlement(NotASettlement::NoHeader);
    let header = match lines.next() {
        Ok(Some(line)) => line,
        Ok(None) => return Err(SettlementProblem::NotASettlement(NotASettlement::NoText)),
        // A first line that does not end is no header.
        Err(SettlementProblem::TooLarge(TooLarge::Line { .. })) => return Err(not_text),
        Err(problem) => return Err(problem),
    };
    let mut surveyor = Surveyor {
        is_utf8: header.is_utf8(),
        columns: Columns::of(header)?,
        decimals: DecimalEvidence::default(),
        dates: DateOrderEvidence::default(),
        id: None,
        summary: None,
        rows: 0,
        short: None,
        is_empty: true,
    };
    while let Some(line) = lines.next()? {
        surveyor.line(line)?;
    }
    surveyor.finish()
}

struct Surveyor {
    columns: Columns,
    is_utf8: bool,
    decimals: DecimalEvidence,
    dates: DateOrderEvidence,
    /// As the first row writes it.
    id: Option<(Vec<u8>, SettlementId)>,
    summary: Option<SummaryText>,
    rows: u64,
    /// A row with too few columns: the end of a file that is cut off, if it is the last.
    short: Option<Short>,
    is_empty: bool,
}

#[derive(Clone, Copy)]
struct Short {
    line: u64,
    fields: usize,
    needed: usize,
}

impl Surveyor {
    fn line(&mut self, line: Line<'_>) -> Result<(), SettlementProblem> {
        self.is_empty = false;
        if let Some(Short { line, fields, needed }) = self.short {
            let problem = RowProblem::TooShort { fields, needed };
            return Err(SettlementProblem::Row { line, problem });
        }
        self.is_utf8 &= line.is_utf8();
        if is_header(line.cell(self.columns.settlement_id)) {
            return Err(SettlementProblem::HeaderRepeated { line: line.number });
        }
        let has_amount = amounts(&self.columns, line).next().is_some();
        let has_type = !line.cell(self.columns.transaction_type).is_empty();
        let is_summary = !has_amount && !has_type && !line.cell(self.columns.total).is_empty();
        if !self.is_whole(line, is_summary)? {
            return Ok(());
        }
        self.settlement_id(line, is_summary || has_amount)?;
        if is_summary {
            self.summary(line)
        } else if has_amount {
            self.row(line)
        } else if has_type && self.columns.amounts.are_blank(line) {
            Err(SettlementProblem::Row { line: line.number, problem: RowProblem::NoAmount })
        } else {
            Ok(())
        }
    }

    /// Whether the line has all the columns that are read. An error where it ends within the last of them.
    fn is_whole(&mut self, line: Line<'_>, is_summary: bool) -> Result<bool, SettlementProblem> {
        let needed = if is_summary { self.columns.needed_by_summary } else { self.columns.needed };
        if line.length() < needed {
            self.short = Some(Short { line: line.number, fields: line.length(), needed });
            return Ok(false);
        }
        // An amount that is cut off shows in the sum.
        if line.is_open && line.length() == needed && !self.columns.amounts.contain(needed - 1) {
            return Err(SettlementProblem::CutOff(CutOff::LastColumn { line: line.number }));
        }
        Ok(true)
    }

    fn settlement_id(&mut self, line: Line<'_>, is_required: bool) -> Result<(), SettlementProblem> {
        let text = line.cell(self.columns.settlement_id);
        if text.is_empty() && !is_required {
            return Ok(());
        }
        match &self.id {
            Some((first, _)) if first == text => return Ok(()),
            _ => {}
        }
        let id = number(text)
            .ok_or(SettlementProblem::Row { line: line.number, problem: RowProblem::SettlementId })?;
        match self.id {
            Some((_, first)) if first != id => {
                Err(SettlementProblem::SettlementsMixed { line: line.number, first, other: id })
            }
            Some(_) => Ok(()),
            None => {
                self.id = Some((text.to_owned(), id));
                Ok(())
            }
        }
    }

    fn summary(&mut self, line: Line<'_>) -> Result<(), SettlementProblem> {
        if let Some(first) = &self.summary {
            return Err(SettlementProblem::SummaryRepeated { first: first.line, line: line.number });
        }
        let text = SummaryText::of(line, &self.columns);
        self.decimals.amount(line.number, &text.total);
        self.dates.summary(line.number, text.dates());
        self.summary = Some(text);
        Ok(())
    }

    fn row(&mut self, line: Line<'_>) -> Result<(), SettlementProblem> {
        for amount in amounts(&self.columns, line) {
            self.decimals.amount(line.number, amount);
            self.rows += 1;
        }
        if self.rows > SETTLEMENT_ROWS_MAX {
            return Err(SettlementProblem::TooLarge(TooLarge::Rows { max: SETTLEMENT_ROWS_MAX }));
        }
        let posted_date = line.optional(self.columns.posted_date);
        self.dates.row(line.number, posted_date, line.optional(self.columns.posted_date_time));
        Ok(())
    }

    fn finish(self) -> Result<Survey, SettlementProblem> {
        if let Some(Short { line, fields, needed }) = self.short {
            return Err(SettlementProblem::CutOff(CutOff::LastRow { line, fields, needed }));
        }
        if self.is_empty {
            return Err(SettlementProblem::Empty);
        }
        let (Some(text), Some((_, id))) = (self.summary, self.id) else {
            return Err(SettlementProblem::SummaryMissing);
        };
        let mark = self.decimals.decide()?;
        let order = self.dates.decide(text.dates())?;
        Ok(Survey {
            columns: self.columns,
            encoding: if self.is_utf8 { Encoding::Utf8 } else { Encoding::Windows1252 },
            mark,
            order,
            summary: text.read(id, mark, order)?,
            rows: self.rows,
        })
    }
}

/// The amounts of a line that a sink will be shown.
fn amounts<'r>(columns: &Columns, line: Line<'r>) -> impl Iterator<Item = &'r [u8]> {
    let (one, several) = match &columns.amounts {
        AmountColumns::One { amount, .. } => (Some(line.cell(*amount)), &[][..]),
        AmountColumns::Several(amounts) => (None, amounts.as_slice()),
    };
    let several = several.iter().filter_map(move |old| {
        let amount = line.cell(old.amount);
        (!says_nothing(amount, line.optional(old.type_column))).then_some(amount)
    });
    one.into_iter().filter(|amount| !amount.is_empty()).chain(several)
}

fn number(text: &[u8]) -> Option<SettlementId> {
    let text = str::from_utf8(text).ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))?;
    text.parse().ok().map(SettlementId)
}
