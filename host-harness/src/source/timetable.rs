//! When a schedule is due: arithmetic on a cron expression, and nothing else.
//!
//! Deliberately absent: the clock, and what happens when it is due.

use chrono::{DateTime, SubsecRound, Utc};
use chrono_tz::Europe;
use croner::Cron;
use croner::errors::CronError;
use croner::parser::{CronParser, Seconds, Year};

/// The zone in which the hours of a schedule are meant.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum TimeZone {
    #[default]
    Utc,
    London,
}

impl TimeZone {
    pub(crate) const ALL: [TimeZone; 2] = [TimeZone::Utc, TimeZone::London];

    /// As the IANA database names it.
    pub fn name(self) -> &'static str {
        match self {
            TimeZone::Utc => "UTC",
            TimeZone::London => "Europe/London",
        }
    }

    pub(crate) fn parse(name: &str) -> Option<Self> {
        TimeZone::ALL.into_iter().find(|zone| zone.name() == name)
    }
}

/// The due times of a schedule, to the minute.
///
/// Where clocks change, croner goes by Vixie cron: a fixed time that is skipped is due right after the gap, one
/// that comes twice is due once, and an interval goes on through both.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Timetable {
    cron: Cron,
    zone: TimeZone,
}

/// A text that is no cron expression, or one that is never due.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum TimetableError {
    #[error(
        "a cron expression has five fields, minute, hour, day of the month, month and day of the week: \
         for example \"*/15 * * * *\""
    )]
    Unreadable,
    #[error("this time never comes; correct the day or the month")]
    Never,
}

impl Timetable {
    pub fn parse(cron: &str, zone: TimeZone) -> Result<Self, TimetableError> {
        let parser = CronParser::builder().seconds(Seconds::Disallowed).year(Year::Disallowed).build();
        let cron = parser.parse(cron).map_err(|_| TimetableError::Unreadable)?;
        let timetable = Timetable { cron, zone };
        // Any day does: what does not come within croner's horizon of centuries does not come.
        timetable.next(DateTime::UNIX_EPOCH).map(|_| timetable).ok_or(TimetableError::Never)
    }

    /// The last due time that is not after `now`.
    pub fn latest(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let now = now.trunc_subsecs(0);
        match self.zone {
            TimeZone::Utc => utc(self.cron.find_previous_occurrence(&now, true)),
            TimeZone::London => {
                utc(self.cron.find_previous_occurrence(&now.with_timezone(&Europe::London), true))
            }
        }
    }

    /// The first due time after `now`.
    pub fn next(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let now = now.trunc_subsecs(0);
        match self.zone {
            TimeZone::Utc => utc(self.cron.find_next_occurrence(&now, false)),
            TimeZone::London => {
                utc(self.cron.find_next_occurrence(&now.with_timezone(&Europe::London), false))
            }
        }
    }
}

/// The only error that a parsed expression leaves is that no such time is found.
fn utc<Zone: chrono::TimeZone>(found: Result<DateTime<Zone>, CronError>) -> Option<DateTime<Utc>> {
    found.ok().map(|time| time.with_timezone(&Utc))
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    fn timetable(cron: &str, zone: TimeZone) -> Timetable {
        Timetable::parse(cron, zone).unwrap_or_else(|error| panic!("{cron}: {error}"))
    }

    #[test]
    fn what_is_due_is_a_matter_of_arithmetic() {
        let (utc, london) = (TimeZone::Utc, TimeZone::London);
        for (cron, zone, now, latest, next) in [
            ("*/15 * * * *", utc, "2026-05-01T10:07:00Z", "2026-05-01T10:00:00Z", "2026-05-01T10:15:00Z"),
            // A due time is due at its very moment, and no longer next.
            ("*/15 * * * *", utc, "2026-05-01T10:15:00Z", "2026-05-01T10:15:00Z", "2026-05-01T10:30:00Z"),
            ("*/15 * * * *", utc, "2026-05-01T10:15:00.7Z", "2026-05-01T10:15:00Z", "2026-05-01T10:30:00Z"),
            ("*/15 * * * *", utc, "2026-05-01T10:14:59.9Z", "2026-05-01T10:00:00Z", "2026-05-01T10:15:00Z"),
            ("0 3 * * MON", utc, "2026-05-01T10:00:00Z", "2026-04-27T03:00:00Z", "2026-05-04T03:00:00Z"),
            ("0 0 29 2 *", utc, "2026-05-01T00:00:00Z", "2024-02-29T00:00:00Z", "2028-02-29T00:00:00Z"),
            // In summer, London is an hour ahead.
            ("30 3 * * *", london, "2026-05-01T10:00:00Z", "2026-05-01T02:30:00Z", "2026-05-02T02:30:00Z"),
            // 2026-03-29: 01:00 becomes 02:00, so 01:30 does not exist and is due when the gap ends.
            ("30 1 * * *", london, "2026-03-29T00:30:00Z", "2026-03-28T01:30:00Z", "2026-03-29T01:00:00Z"),
            ("30 1 * * *", london, "2026-03-29T10:00:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"),
            ("*/30 * * * *", london, "2026-03-29T00:45:00Z", "2026-03-29T00:30:00Z", "2026-03-29T01:00:00Z"),
            // 2026-10-25: 02:00 becomes 01:00, so 01:30 comes twice and is due the first time only.
            ("30 1 * * *", london, "2026-10-25T00:10:00Z", "2026-10-24T00:30:00Z", "2026-10-25T00:30:00Z"),
            ("30 1 * * *", london, "2026-10-25T10:00:00Z", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"),
            ("*/30 * * * *", london, "2026-10-25T00:45:00Z", "2026-10-25T00:30:00Z", "2026-10-25T01:00:00Z"),
            ("*/30 * * * *", london, "2026-10-25T01:45:00Z", "2026-10-25T01:30:00Z", "2026-10-25T02:00:00Z"),
        ] {
            let timetable = timetable(cron, zone);
            assert_eq!(timetable.latest(at(now)), Some(at(latest)), "{cron} before {now}");
            assert_eq!(timetable.next(at(now)), Some(at(next)), "{cron} after {now}");
        }
    }

    #[test]
    fn looking_back_finds_what_looking_ahead_promised() {
        for zone in TimeZone::ALL {
            for cron in ["30 1 * * *", "*/20 * * * *", "0 */2 * * *", "15 2 * * SUN", "59 0,1 * * *"] {
                let timetable = timetable(cron, zone);
                for day in ["2026-03-28T12:00:00Z", "2026-10-24T12:00:00Z"] {
                    let mut due = timetable.next(at(day)).expect("it comes");
                    while due < at(day) + TimeDelta::days(2) {
                        assert_eq!(timetable.latest(due), Some(due), "{cron} {}", zone.name());
                        let following = timetable.next(due).expect("it comes again");
                        let just_before = following - TimeDelta::seconds(1);
                        assert_eq!(timetable.latest(just_before), Some(due), "{cron} {}", zone.name());
                        due = following;
                    }
                }
            }
        }
    }

    #[test]
    fn what_is_no_timetable_is_refused() {
        for cron in ["", "* * * *", "*/15 * * * * *", "0 0 * * * * 2030", "61 * * * *", "every hour"] {
            assert_eq!(Timetable::parse(cron, TimeZone::Utc), Err(TimetableError::Unreadable), "{cron}");
        }
        assert_eq!(Timetable::parse("0 0 30 2 *", TimeZone::Utc), Err(TimetableError::Never));
    }
}
