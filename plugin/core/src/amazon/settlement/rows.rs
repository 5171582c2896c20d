//! The second reading of a settlement file: each amount becomes a row, and all of them must come to the total.
//!
//! A million rows pass here. Texts are borrowed from the line (`texts`), except where Windows-1252 has to be decoded.
//! Absent on purpose: everything that only the whole file tells (`survey`).

use chrono::NaiveDate;

use super::columns::AmountColumns;
use super::date::Date;
use super::lines::{Line, Lines};
use super::old_form::says_nothing;
use super::survey::Survey;
use super::texts::Texts;
use crate::canonical::settlement::{
    RowProblem, RowSink, RowsDigest, RowsDigester, Settlement, SettlementProblem, SettlementRow,
    TransactionKind,
};
use crate::canonical::{Fulfilment, Money};

pub fn read<S: RowSink>(
    bytes: &[u8],
    survey: &Survey,
    sink: S,
) -> Result<(Settlement, S), SettlementProblem> {
    let mut lines = Lines::open(bytes)?;
    let mut reading = Reading {
        survey,
        sink,
        sum: Money::zero(survey.summary.total.currency()),
        rows: 0,
        digester: RowsDigester::default(),
        last_date: (Vec::new(), None),
    };
    // The first line is the header.
    lines.next()?;
    while let Some(line) = lines.next()? {
        reading.line(line)?;
    }
    reading.finish()
}

struct Reading<'s, S> {
    survey: &'s Survey,
    sink: S,
    sum: Money,
    rows: u64,
    digester: RowsDigester,
    /// The date that was read last: the rows of an order mostly have the same.
    last_date: (Vec<u8>, Option<NaiveDate>),
}

impl<S: RowSink> Reading<'_, S> {
    fn line(&mut self, line: Line<'_>) -> Result<(), SettlementProblem> {
        let survey = self.survey;
        let texts = Texts::of(line, survey.encoding);
        let transaction_type = &*texts.cell(survey.columns.transaction_type);
        match &survey.columns.amounts {
            AmountColumns::One { amount_type, amount_description, amount } => {
                let amount = line.cell(*amount);
                if amount.is_empty() {
                    return Ok(());
                }
                let kind = TransactionKind {
                    transaction_type,
                    amount_type: &texts.cell(*amount_type),
                    amount_description: &texts.cell(*amount_description),
                };
                self.row(line, texts, kind, amount, "amount")
            }
            AmountColumns::Several(amounts) => amounts.iter().try_for_each(|old| {
                let (amount, kind) = (line.cell(old.amount), line.optional(old.type_column));
                if says_nothing(amount, kind) {
                    return Ok(());
                }
                let kind = texts.optional(old.type_column);
                self.row(line, texts, old.kind(transaction_type, &kind), amount, old.name)
            }),
        }
    }

    fn row(
        &mut self,
        line: Line<'_>,
        texts: Texts<'_>,
        kind: TransactionKind<'_>,
        amount: &[u8],
        column: &'static str,
    ) -> Result<(), SettlementProblem> {
        let columns = &self.survey.columns;
        let problem = |problem| SettlementProblem::Row { line: line.number, problem };
        let amount = self
            .survey
            .mark
            .read(amount, self.sum.currency())
            .ok_or_else(|| problem(RowProblem::Amount { column }))?;
        let row = SettlementRow {
            line: line.number,
            kind,
            amount,
            order_id: &texts.cell(columns.order_id),
            adjustment_id: &texts.optional(columns.adjustment_id),
            marketplace_name: &texts.optional(columns.marketplace_name),
            fulfilment: fulfilment(line.optional(columns.fulfilment)),
            posted_on: self.posted_on(line).map_err(problem)?,
            sku: &texts.optional(columns.sku),
            quantity: quantity(line.optional(columns.quantity)).map_err(problem)?,
        };
        self.sum = self.sum.checked_add(amount).map_err(SettlementProblem::Amounts)?;
        self.rows += 1;
        self.digester.add(&row);
        self.sink.row(&row)
    }

    /// The day of `posted-date-time`, or of `posted-date` where there is no time.
    fn posted_on(&mut self, line: Line<'_>) -> Result<NaiveDate, RowProblem> {
        let columns = &self.survey.columns;
        let with_time = line.optional(columns.posted_date_time);
        let (cell, column) = if with_time.is_empty() {
            (line.optional(columns.posted_date), "posted-date")
        } else {
            (with_time, "posted-date-time")
        };
        if cell.is_empty() {
            return Err(RowProblem::NoDate);
        }
        if self.last_date.0 != cell {
            self.last_date.0.clear();
            self.last_date.0.extend(cell);
            self.last_date.1 = Date::read(cell, self.survey.order).map(Date::day_in_london);
        }
        self.last_date.1.ok_or(RowProblem::Date { column })
    }

    fn finish(self) -> Result<(Settlement, S), SettlementProblem> {
        let summary = &self.survey.summary;
        if self.sum != summary.total {
            return Err(SettlementProblem::TotalDiffers {
                sum: self.sum,
                total: summary.total,
                rows: self.rows,
            });
        }
        let mut settlement = Settlement {
            id: summary.id,
            starts_at: summary.starts_at,
            ends_at: summary.ends_at,
            deposited_at: summary.deposited_at,
            total: summary.total,
            rows: self.rows,
            digest: RowsDigest([0; 32]),
        };
        settlement.digest = self.digester.finish(&settlement);
        Ok((settlement, self.sink))
    }
}

/// "AFN" is Amazon's fulfilment network, "MFN" the merchant's.
fn fulfilment(cell: &[u8]) -> Option<Fulfilment> {
    if cell.eq_ignore_ascii_case(b"AFN") {
        Some(Fulfilment::ByAmazon)
    } else if cell.eq_ignore_ascii_case(b"MFN") {
        Some(Fulfilment::ByMerchant)
    } else {
        None
    }
}

fn quantity(cell: &[u8]) -> Result<Option<i64>, RowProblem> {
    if cell.is_empty() {
        return Ok(None);
    }
    let quantity = str::from_utf8(cell).ok().and_then(|text| text.parse().ok());
    quantity.map(Some).ok_or(RowProblem::Quantity)
}
