//! The dates of a settlement file, in all the forms that Amazon and the tools around it write.
//!
//! `2026-03-14 08:49:04 UTC`, `14.03.2026 08:49:04 UTC`, `14/03/2026`, `03/14/26`, `2026-03-14T08:49:04+00:00`,
//! and each without its time. A time without a zone is UTC, as Amazon's are. Absent on purpose: which of day and
//! month comes first between slashes (`date_order`).

use std::str;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use chrono_tz::Europe::London;

/// What a cell says: a day, or a moment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Date {
    Day(NaiveDate),
    Moment(DateTime<Utc>),
}

/// Which comes first between slashes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DateOrder {
    DayFirst,
    MonthFirst,
}

impl Date {
    pub fn read(cell: &[u8], order: DateOrder) -> Option<Self> {
        let text = str::from_utf8(cell).ok()?;
        let (date, rest) = text.split_once(' ').unwrap_or((text, ""));
        match (day(date, order), rest.trim_start()) {
            (Some(day), "" | "UTC") => Some(Date::Day(day)),
            (Some(day), rest) => {
                let time = time(rest.strip_suffix("UTC").map_or(rest, str::trim_end))?;
                Some(Date::Moment(day.and_time(time).and_utc()))
            }
            (None, _) => DateTime::parse_from_rfc3339(text).ok().map(|moment| Date::Moment(moment.to_utc())),
        }
    }

    /// The day in London; a day without a time is taken as it stands.
    pub fn day_in_london(self) -> NaiveDate {
        match self {
            Date::Day(day) => day,
            Date::Moment(moment) => moment.with_timezone(&London).date_naive(),
        }
    }

    /// A day without a time begins at midnight.
    pub fn moment(self) -> DateTime<Utc> {
        match self {
            Date::Day(day) => day.and_time(NaiveTime::MIN).and_utc(),
            Date::Moment(moment) => moment,
        }
    }
}

/// The numbers of a date between slashes: the first two and the year.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Slashed {
    pub first: u32,
    pub second: u32,
    pub year: i32,
}

impl Slashed {
    /// `None` where the cell has no date between slashes. Years are 2000 to 2099: Amazon has paid sellers since 2000.
    pub fn of(cell: &[u8]) -> Option<Self> {
        if !cell.contains(&b'/') {
            return None;
        }
        let text = str::from_utf8(cell).ok()?;
        let mut parts = text.split(' ').next()?.split('/');
        let (first, second, year) = (parts.next()?, parts.next()?, parts.next()?);
        let century = match year.len() {
            2 => 2000,
            4 => 0,
            _ => return None,
        };
        let year = i32::try_from(number(year, 4)?).ok()? + century;
        let is_date = parts.next().is_none() && (2000..2100).contains(&year);
        is_date.then_some(())?;
        Some(Slashed { first: number(first, 2)?, second: number(second, 2)?, year })
    }

    pub fn day(self, order: DateOrder) -> Option<NaiveDate> {
        match order {
            DateOrder::DayFirst => NaiveDate::from_ymd_opt(self.year, self.second, self.first),
            DateOrder::MonthFirst => NaiveDate::from_ymd_opt(self.year, self.first, self.second),
        }
    }
}

fn day(text: &str, order: DateOrder) -> Option<NaiveDate> {
    let mark = text.bytes().find(|byte| !byte.is_ascii_digit())?;
    if mark == b'/' {
        return Slashed::of(text.as_bytes())?.day(order);
    }
    let mut parts = text.split(char::from(mark));
    let (first, second, third) = (parts.next()?, parts.next()?, parts.next()?);
    let (year, month, day) = match mark {
        b'-' => (first, second, third),
        b'.' => (third, second, first),
        _ => return None,
    };
    if parts.next().is_some() || year.len() != 4 {
        return None;
    }
    NaiveDate::from_ymd_opt(i32::try_from(number(year, 4)?).ok()?, number(month, 2)?, number(day, 2)?)
}

fn time(text: &str) -> Option<NaiveTime> {
    let mut parts = text.split(':');
    let (hour, minute, second) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    NaiveTime::from_hms_opt(number(hour, 2)?, number(minute, 2)?, number(second, 2)?)
}

fn number(text: &str, digits_max: usize) -> Option<u32> {
    let is_number = (1..=digits_max).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_in_their_forms() {
        let cases = [
            ("2026-03-14 08:49:04 UTC", "2026-03-14T08:49:04Z"),
            ("2026-03-14 08:49:04", "2026-03-14T08:49:04Z"),
            ("2026-03-14", "2026-03-14T00:00:00Z"),
            ("2026-03-14 UTC", "2026-03-14T00:00:00Z"),
            ("14.03.2026 08:49:04 UTC", "2026-03-14T08:49:04Z"),
            ("14.03.2026", "2026-03-14T00:00:00Z"),
            ("14/03/2026 08:49:04 UTC", "2026-03-14T08:49:04Z"),
            ("14/03/2026 08:49:04", "2026-03-14T08:49:04Z"),
            ("14/03/26", "2026-03-14T00:00:00Z"),
            ("2026-03-14T08:49:04+00:00", "2026-03-14T08:49:04Z"),
            ("2026-03-14T08:49:04Z", "2026-03-14T08:49:04Z"),
            ("2026-03-14T01:49:04-07:00", "2026-03-14T08:49:04Z"),
        ];
        for (text, expected) in cases {
            let read = Date::read(text.as_bytes(), DateOrder::DayFirst).map(Date::moment);
            assert_eq!(read, Some(expected.parse().expect("a moment")), "{text}");
        }
        let american = Date::read(b"03/14/26", DateOrder::MonthFirst).map(Date::day_in_london);
        assert_eq!(american, NaiveDate::from_ymd_opt(2026, 3, 14));
        let refused = [
            "",
            "14 March 2026",
            "2026-13-01",
            "30.02.2026",
            "26-03-14",
            "14.03.26",
            "2026-03-14 08:49",
            "2026-03-14 25:00:00 UTC",
            "2026-03-14 08:49:04 PST",
            "2026-03-14T08:49:04",
            "03/14/2026",
            "14/03/1926",
            "14/03",
            "14/03/2026/1",
            "+1/03/2026",
        ];
        for text in refused {
            assert_eq!(Date::read(text.as_bytes(), DateOrder::DayFirst), None, "{text}");
        }
    }

    #[test]
    fn the_day_is_londons() {
        let day = |text: &str| {
            Date::read(text.as_bytes(), DateOrder::DayFirst).map(|date| date.day_in_london().to_string())
        };
        assert_eq!(day("2026-06-30 23:30:00 UTC").as_deref(), Some("2026-07-01"), "summer time");
        assert_eq!(day("2026-01-31 23:30:00 UTC").as_deref(), Some("2026-01-31"));
        assert_eq!(day("2026-06-30").as_deref(), Some("2026-06-30"));
    }
}
