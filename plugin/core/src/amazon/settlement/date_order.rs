//! Day or month first: what all dates of a file show of those between slashes.
//!
//! A number above 12 decides. Otherwise the two columns of a row that tell the same day decide, and otherwise the
//! settlement's period, which its rows must lie in: a reading that does not fit is wrong. Where both fit and
//! differ, nobody can tell, and the file is refused.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};

use super::date::{Date, DateOrder, Slashed};
use crate::canonical::settlement::SettlementProblem;

/// How far a row's day may be from its settlement's period, and one column's from the other's: Amazon writes days
/// of several time zones.
const SLACK: Days = Days::new(1);

/// What the dates of a file show: for each order the first line that shows it.
#[derive(Default)]
pub struct DateOrderEvidence {
    day_first: Option<u64>,
    month_first: Option<u64>,
    /// Days of rows that are days in both orders, and differ, each with its first line. A century has 14,400.
    undecided: BTreeMap<Slashed, u64>,
    /// The same of the summary row.
    summary_undecided: Option<u64>,
    /// The first and last day of the rows that are written year first, as their text.
    plain_days: Option<([u8; 10], [u8; 10])>,
}

impl DateOrderEvidence {
    pub fn summary(&mut self, line: u64, dates: [&[u8]; 3]) {
        for slashed in dates.into_iter().filter_map(Slashed::of) {
            if self.is_undecided(line, slashed) {
                self.summary_undecided = Some(line);
            }
        }
    }

    pub fn row(&mut self, line: u64, posted_date: &[u8], posted_date_time: &[u8]) {
        // Beside a date with its time the other one is evidence only.
        let date_is_read = posted_date_time.is_empty();
        let cells = [(posted_date, posted_date_time, date_is_read), (posted_date_time, posted_date, true)];
        for (cell, other, is_read) in cells {
            match Slashed::of(cell) {
                Some(slashed) if self.is_undecided(line, slashed) => {
                    if !self.is_decided_by(line, slashed, other) && is_read {
                        self.undecided.entry(slashed).or_insert(line);
                    }
                }
                Some(_) => {}
                None => self.plain_day(cell),
            }
        }
    }

    /// Notes what a date shows by itself; whether it shows nothing.
    fn is_undecided(&mut self, line: u64, slashed: Slashed) -> bool {
        match (slashed.first > 12, slashed.second > 12) {
            (true, false) => _ = self.day_first.get_or_insert(line),
            (false, true) => _ = self.month_first.get_or_insert(line),
            // No date in any order: the reading of the rows says so, with the line.
            (true, true) => {}
            (false, false) => return slashed.first != slashed.second,
        }
        false
    }

    /// Whether the other date of the row, if it is written in another form, tells which reading is right.
    fn is_decided_by(&mut self, line: u64, slashed: Slashed, other: &[u8]) -> bool {
        if other.is_empty() || other.contains(&b'/') {
            return false;
        }
        let Some(other) = Date::read(other, DateOrder::DayFirst).map(Date::day_in_london) else {
            return false;
        };
        let is_near = |order| slashed.day(order).is_some_and(|day| is_within(day, other, other));
        match (is_near(DateOrder::DayFirst), is_near(DateOrder::MonthFirst)) {
            (true, false) => _ = self.day_first.get_or_insert(line),
            (false, true) => _ = self.month_first.get_or_insert(line),
            _ => return false,
        }
        true
    }

    fn plain_day(&mut self, cell: &[u8]) {
        let Some(day) = cell.first_chunk::<10>().filter(|day| day[4] == b'-') else { return };
        let (first, last) = self.plain_days.get_or_insert((*day, *day));
        *first = (*first).min(*day);
        *last = (*last).max(*day);
    }

    /// `summary` is the beginning and the end of the settlement and its deposit, as the summary row writes them.
    pub fn decide(&self, summary: [&[u8]; 3]) -> Result<DateOrder, SettlementProblem> {
        match (self.day_first, self.month_first) {
            (Some(day_first), Some(month_first)) => {
                return Err(SettlementProblem::DatesMixed { day_first, month_first });
            }
            (Some(_), None) => return Ok(DateOrder::DayFirst),
            (None, Some(_)) => return Ok(DateOrder::MonthFirst),
            (None, None) => {}
        }
        let undecided = self.undecided.values().copied().chain(self.summary_undecided).min();
        let Some(line) = undecided else { return Ok(DateOrder::DayFirst) };
        match (self.fits(DateOrder::DayFirst, summary), self.fits(DateOrder::MonthFirst, summary)) {
            (true, false) => Ok(DateOrder::DayFirst),
            (false, true) => Ok(DateOrder::MonthFirst),
            _ => Err(SettlementProblem::DatesUndecided { line }),
        }
    }

    /// Whether the rows lie in the period when everything is read in this order.
    fn fits(&self, order: DateOrder, [starts, ends, _]: [&[u8]; 3]) -> bool {
        let day = |cell: &[u8]| Date::read(cell, order).map(Date::day_in_london);
        let (Some(starts), Some(ends)) = (day(starts), day(ends)) else { return false };
        let plain = self.plain_days.iter().flat_map(|(first, last)| [first, last]);
        let plain = plain.map(|text| day(text));
        let undecided = self.undecided.keys().map(|slashed| slashed.day(order));
        starts <= ends
            && undecided.chain(plain).all(|day| day.is_some_and(|day| is_within(day, starts, ends)))
    }
}

fn is_within(day: NaiveDate, first: NaiveDate, last: NaiveDate) -> bool {
    let earliest = first.checked_sub_days(SLACK).unwrap_or(first);
    let latest = last.checked_add_days(SLACK).unwrap_or(last);
    (earliest..=latest).contains(&day)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Period, rows of `posted-date|posted-date-time` from line 2 on, and what they show.
    type Case<'a> = ([&'a str; 2], &'a [&'a str], Result<DateOrder, SettlementProblem>);

    #[test]
    fn the_order_is_shown_by_numbers_then_columns_then_the_period() {
        let (day, month) = (Ok(DateOrder::DayFirst), Ok(DateOrder::MonthFirst));
        let undecided = |line| Err(SettlementProblem::DatesUndecided { line });
        let march = ["2026-03-01", "2026-03-31"];
        let cases: [Case; 15] = [
            (march, &["2026-03-14|2026-03-14 08:00:00 UTC"], day.clone()),
            (march, &["04/03/2026|", "14/03/2026|"], day.clone()),
            (march, &["03/04/2026|", "|03/14/2026 08:00:00"], month.clone()),
            (march, &["03/03/2026|"], day.clone()),
            (
                march,
                &["13/03/2026|", "03/13/2026|"],
                Err(SettlementProblem::DatesMixed { day_first: 2, month_first: 3 }),
            ),
            // The two columns of a row.
            (["", ""], &["03/04/2026|2026-04-03 08:00:00 UTC"], day.clone()),
            (["", ""], &["03/04/2026|2026-03-04 23:59:00 UTC"], month.clone()),
            (["", ""], &["03/04/2026|2026-07-04 08:00:00 UTC"], day.clone()),
            (["", ""], &["2026-07-04|03/04/2026 08:00:00 UTC"], undecided(2)),
            // The period.
            (march, &["04/03/2026|"], day.clone()),
            (march, &["03/04/2026|"], month.clone()),
            (["2026-03-01", "2026-04-30"], &["05/05/2026|", "03/04/2026|"], undecided(3)),
            (["02/03/2026", "03/04/2026"], &["|2026-03-02 08:00:00 UTC", "|2026-03-30 08:00:00 UTC"], day),
            (["03/02/2026", "04/03/2026"], &["2026-03-30|"], month),
            (["01/03/2026", "08/03/2026"], &["02/03/2026|"], undecided(1)),
        ];
        for (period, rows, expected) in cases {
            let mut evidence = DateOrderEvidence::default();
            let summary = [period[0].as_bytes(), period[1].as_bytes(), b""];
            evidence.summary(1, summary);
            for (index, row) in rows.iter().enumerate() {
                let (date, time) = row.split_once('|').expect("two columns");
                evidence.row(index as u64 + 2, date.as_bytes(), time.as_bytes());
            }
            assert_eq!(evidence.decide(summary), expected, "{period:?} {rows:?}");
        }
    }
}
