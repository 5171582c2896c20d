//! The lines of a settlement file that say something, cut at their tabs, with their numbers.
//!
//! Quotation marks mean nothing in Amazon's flat files: a product may be called `7" plate`.
//! Absent on purpose: what the columns are.

use std::ops::Range;
use std::str;

use csv::{ByteRecord, ReaderBuilder, Terminator};

use super::source::{CHUNK_BYTES, Source};
use crate::canonical::settlement::{CutOff, NotASettlement, SettlementProblem};

pub struct Lines<'a> {
    reader: csv::Reader<Source<'a>>,
    record: ByteRecord,
}

/// A line with at least one cell that is not blank. Line 1 is the first of the file.
#[derive(Clone, Copy)]
pub struct Line<'r> {
    pub number: u64,
    record: &'r ByteRecord,
    /// Whether the file ends before the line does.
    pub is_open: bool,
}

impl<'a> Lines<'a> {
    pub fn open(bytes: &'a [u8]) -> Result<Self, SettlementProblem> {
        let reader = ReaderBuilder::new()
            .delimiter(b'\t')
            .terminator(Terminator::Any(b'\n'))
            .quoting(false)
            .flexible(true)
            .has_headers(false)
            .buffer_capacity(CHUNK_BYTES)
            .from_reader(Source::open(bytes)?);
        Ok(Lines { reader, record: ByteRecord::new() })
    }

    /// The next line that is not blank.
    pub fn next(&mut self) -> Result<Option<Line<'_>>, SettlementProblem> {
        loop {
            if !self.reader.read_byte_record(&mut self.record).map_err(problem)? {
                return Ok(None);
            }
            if !self.record.as_slice().trim_ascii().is_empty() {
                break;
            }
        }
        // The position is behind the line, and so on the next one if this one has its line feed.
        let behind = self.reader.position();
        let last = self.reader.get_ref().last_before(behind.byte()).unwrap_or(b'\n');
        let number = behind.line() - u64::from(last == b'\n');
        let is_open = !matches!(last, b'\n' | b'\r');
        if self.record.as_slice().contains(&0) {
            return Err(SettlementProblem::NotASettlement(NotASettlement::Binary { line: number }));
        }
        Ok(Some(Line { number, record: &self.record, is_open }))
    }
}

impl<'r> Line<'r> {
    /// A cell without the blanks around it; empty where the line is too short.
    pub fn cell(self, column: usize) -> &'r [u8] {
        self.record.get(column).unwrap_or_default().trim_ascii()
    }

    /// The cells one after the other, with nothing between them.
    pub fn bytes(self) -> &'r [u8] {
        self.record.as_slice()
    }

    /// Where a cell stands in [`Line::bytes`], with the blanks around it; `None` where the line is too short.
    pub fn range(self, column: usize) -> Option<Range<usize>> {
        self.record.range(column)
    }

    /// The cell of a column that the file may lack.
    pub fn optional(self, column: Option<usize>) -> &'r [u8] {
        column.map_or(&[], |column| self.cell(column))
    }

    pub fn cells(self) -> impl Iterator<Item = &'r [u8]> {
        self.record.iter().map(<[u8]>::trim_ascii)
    }

    pub fn length(self) -> usize {
        self.record.len()
    }

    pub fn is_utf8(self) -> bool {
        // Half a character at the end of one cell and half at the beginning of the next make none.
        self.record.as_slice().is_ascii() || self.record.iter().all(|cell| str::from_utf8(cell).is_ok())
    }
}

fn problem(error: csv::Error) -> SettlementProblem {
    let damaged = SettlementProblem::CutOff(CutOff::Compression);
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error.downcast::<SettlementProblem>().unwrap_or(damaged),
        // Rows of any length are admitted and nothing is decoded: the source is all that can fail.
        _ => damaged,
    }
}
