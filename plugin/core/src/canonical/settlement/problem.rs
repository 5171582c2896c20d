//! Why a file is no settlement, each reason with the line where it shows.
//!
//! Line 1 is the header. No reason quotes what stands in a row: a file whose columns slipped has a buyer's data
//! anywhere. Absent on purpose: the codes and remedies of the reasons (`amazon::settlement`).

use crate::canonical::ids::SettlementId;
use crate::canonical::money::{Money, MoneyError};

/// Why a file is no settlement. Line 1 is the header.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettlementProblem {
    #[error("the rows cannot be added up")]
    Amounts(#[source] MoneyError),
    #[error("the file is no settlement report: {0}")]
    NotASettlement(NotASettlement),
    #[error("the file is cut off: {0}")]
    CutOff(CutOff),
    #[error("the {rows} rows come to {sum}, but the summary row says {total}")]
    TotalDiffers { sum: Money, total: Money, rows: u64 },
    #[error("line {line} is of settlement {other}, and the lines before are of settlement {first}")]
    SettlementsMixed { line: u64, first: SettlementId, other: SettlementId },
    #[error("no row has the period, the deposit date and the total of the settlement")]
    SummaryMissing,
    #[error("line {line} is a second summary row; the first is line {first}")]
    SummaryRepeated { first: u64, line: u64 },
    #[error("the currency in line {line} is no ISO 4217 code such as GBP")]
    CurrencyUnknown { line: u64 },
    #[error("line {line} repeats the header")]
    HeaderRepeated { line: u64 },
    #[error("line {comma} has a decimal comma, and line {point} a decimal point")]
    DecimalsMixed { comma: u64, point: u64 },
    #[error("the amount in line {line} can be thousands or decimals, and no other amount shows which")]
    DecimalsUndecided { line: u64 },
    #[error(
        "line {day_first} has a date with the day first, and line {month_first} one with the month first"
    )]
    DatesMixed { day_first: u64, month_first: u64 },
    #[error(
        "the date in line {line} can have the day or the month first, and nothing in the file shows which"
    )]
    DatesUndecided { line: u64 },
    #[error("there is nothing after the header")]
    Empty,
    #[error("line {line} {problem}")]
    Row { line: u64, problem: RowProblem },
    #[error("the file is larger than one settlement can be: {0}")]
    TooLarge(TooLarge),
}

/// What a file is that is no settlement report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotASettlement {
    #[error("it is empty")]
    NoText,
    #[error("it is a workbook or another archive, not tab-separated text")]
    Archive,
    #[error("it is a PDF document, not tab-separated text")]
    Pdf,
    #[error("it is UTF-16 text as spreadsheets save it, not the text that Amazon gives")]
    Utf16,
    #[error("it is a web page or XML, not tab-separated text")]
    Markup,
    #[error("line {line} has bytes that no text has")]
    Binary { line: u64 },
    #[error("its columns are separated by commas or semicolons, not by tabs")]
    OtherSeparator,
    #[error("its first line is not the header of a settlement report")]
    NoHeader,
    #[error("its header has no column `{0}`")]
    ColumnMissing(&'static str),
    #[error("its header has the column `{0}` twice")]
    ColumnRepeated(&'static str),
}

/// How it shows that a file is cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CutOff {
    #[error("its compression ends too early or is damaged")]
    Compression,
    #[error("line {line}, the last, has {fields} of {needed} columns")]
    LastRow { line: u64, fields: usize, needed: usize },
    #[error(
        "line {line}, the last, has no line end, so that nobody can tell whether its last column is whole"
    )]
    LastColumn { line: u64 },
}

/// What is wrong with a row. `column` is Amazon's name of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RowProblem {
    #[error("has {fields} of {needed} columns")]
    TooShort { fields: usize, needed: usize },
    #[error("has no settlement number in `settlement-id`")]
    SettlementId,
    #[error("has a transaction and no amount")]
    NoAmount,
    #[error("has no amount in `{column}` that can be read")]
    Amount { column: &'static str },
    #[error("has no date in `{column}` that can be read")]
    Date { column: &'static str },
    #[error("has neither `posted-date-time` nor `posted-date`")]
    NoDate,
    #[error("has no whole number in `quantity-purchased`")]
    Quantity,
}

/// Which bound a file goes beyond.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TooLarge {
    #[error("more than {max} bytes")]
    Bytes { max: usize },
    #[error("more than {max} bytes once it is unpacked")]
    Unpacked { max: u64 },
    #[error("more than {max} rows")]
    Rows { max: u64 },
    #[error("line {line} has more than {max} bytes")]
    Line { line: u64, max: usize },
}
