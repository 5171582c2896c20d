//! The lexical forms of XML Schema's simple types, as .NET reads and writes them.
//!
//! The error texts are those that clients of ASP.NET services see. Local dates without a time are refused,
//! because KashFlow's documentation asks for `yyyy-mm-ddTHH:MM:SS`.

use chrono::{
    DateTime, Datelike as _, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeZone as _, Timelike as _,
    Utc,
};
use chrono_tz::Europe::London;

/// .NET's `DateTime.MinValue`, what a date that was never set reads as.
pub const DATE_TIME_MIN: NaiveDateTime = NaiveDateTime::new(
    NaiveDate::from_ymd_opt(1, 1, 1).expect("the calendar has a first day"),
    NaiveTime::from_hms_opt(0, 0, 0).expect("midnight exists"),
);

/// A text that is not of the type its element has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScalarError {
    #[error("Input string was not in a correct format.")]
    Number,
    #[error("Value was either too large or too small for an Int32.")]
    IntRange,
    #[error("The string '{0}' is not a valid Boolean value.")]
    Boolean(String),
    #[error("The string '{0}' is not a valid AllXsd value.")]
    DateTime(String),
}

const XML_SPACE: [char; 4] = [' ', '\t', '\r', '\n'];

pub fn parse_int(text: &str) -> Result<i32, ScalarError> {
    use std::num::IntErrorKind::{NegOverflow, PosOverflow};
    text.trim_matches(XML_SPACE).parse().map_err(|error: std::num::ParseIntError| match error.kind() {
        PosOverflow | NegOverflow => ScalarError::IntRange,
        _ => ScalarError::Number,
    })
}

pub fn parse_boolean(text: &str) -> Result<bool, ScalarError> {
    match text.trim_matches(XML_SPACE) {
        "true" | "1" => Ok(true),
        "false" | "0" => Ok(false),
        _ => Err(ScalarError::Boolean(text.to_owned())),
    }
}

/// Reads `yyyy-MM-ddTHH:mm:ss` with an optional fraction and an optional `Z` or offset.
///
/// A `Z` keeps the clock reading as it is; any other offset is converted to the time of the server, which stands
/// in the United Kingdom. Both are what .NET's round-trip mode does.
pub fn parse_date_time(text: &str) -> Result<NaiveDateTime, ScalarError> {
    let trimmed = text.trim_matches(XML_SPACE);
    date_time_with_zone(trimmed)
        .filter(|moment| (1..=9999).contains(&moment.year()))
        .ok_or_else(|| ScalarError::DateTime(text.to_owned()))
}

fn date_time_with_zone(text: &str) -> Option<NaiveDateTime> {
    let (clock, zone) = text.split_at(text.get(19..)?.find(['Z', '+', '-']).map_or(text.len(), |at| at + 19));
    let clock = clock_reading(clock)?;
    match zone {
        "" | "Z" => Some(clock),
        _ => {
            let moment = offset(zone)?.from_local_datetime(&clock).single()?;
            Some(moment.with_timezone(&London).naive_local())
        }
    }
}

fn clock_reading(text: &str) -> Option<NaiveDateTime> {
    // chrono would also take signs, single digits and leap seconds, which .NET refuses.
    const LAYOUT: &[u8] = b"dddd-dd-ddTdd:dd:dd";
    let (seconds, fraction) = text.split_at_checked(LAYOUT.len())?;
    let matches_layout = seconds.bytes().zip(LAYOUT).all(|(byte, layout)| match layout {
        b'd' => byte.is_ascii_digit(),
        _ => byte == *layout,
    });
    let fraction_is_valid = match fraction.strip_prefix('.') {
        Some(digits) => !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()),
        None => fraction.is_empty(),
    };
    if !matches_layout || !fraction_is_valid || seconds.ends_with("60") || seconds.starts_with("0000") {
        return None;
    }
    NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f").ok()
}

fn offset(zone: &str) -> Option<FixedOffset> {
    if zone.len() != 6 || zone.as_bytes()[3] != b':' {
        return None;
    }
    let hours: i32 = zone.get(1..3)?.parse().ok()?;
    let minutes: i32 = zone.get(4..6)?.parse().ok()?;
    if hours > 14 || minutes > 59 {
        return None;
    }
    let seconds = (hours * 60 + minutes) * 60;
    FixedOffset::east_opt(if zone.starts_with('-') { -seconds } else { seconds })
}

/// Writes a date and time with its fraction of a second only when it has one, and never a zone:
/// what comes from a SQL Server column has none.
pub fn format_date_time(moment: NaiveDateTime) -> String {
    let seconds = moment.format("%Y-%m-%dT%H:%M:%S");
    match moment.nanosecond() / 100 {
        0 => seconds.to_string(),
        ticks => format!("{seconds}.{}", format!("{ticks:07}").trim_end_matches('0')),
    }
}

/// The reading of the server's clock at this moment.
pub fn server_time(moment: DateTime<Utc>) -> NaiveDateTime {
    moment.with_timezone(&London).naive_local()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_as_dot_net_reads_them() {
        let cases = [
            ("2026-08-18T10:53:48", "2026-08-18T10:53:48"),
            ("2026-08-18T10:53:48Z", "2026-08-18T10:53:48"),
            ("2026-08-18T10:53:48.250Z", "2026-08-18T10:53:48.25"),
            ("2026-08-18T10:53:48+00:00", "2026-08-18T11:53:48"),
            ("2026-01-18T10:53:48-05:00", "2026-01-18T15:53:48"),
            ("0001-01-01T00:00:00", "0001-01-01T00:00:00"),
        ];
        for (sent, kept) in cases {
            assert_eq!(parse_date_time(sent).map(format_date_time), Ok(kept.to_owned()), "{sent}");
        }
    }

    #[test]
    fn everything_else_is_not_a_date() {
        let cases = [
            "",
            "2026-08-18",
            "18/08/2026",
            "2026-08-18 10:53:48 UTC",
            "2026-08-18 10:53:48",
            "2026-8-18T10:53:48",
            "2026-02-30T00:00:00",
            "2026-08-18T25:00:00",
            "2026-08-18T10:53:60",
            "2026-08-18T10:53:48.",
            "2026-08-18T10:53:48+1:00",
            "2026-08-18T10:53:48+01:00Z",
            "£026-08-18T10:53:48",
            "2026-08-18T10:53:48+é:00",
            "0001-01-01T00:00:00+14:00",
        ];
        for text in cases {
            assert_eq!(parse_date_time(text), Err(ScalarError::DateTime(text.to_owned())));
        }
    }

    #[test]
    fn numbers_and_flags_are_strict() {
        assert_eq!(parse_int(" 42\n"), Ok(42));
        assert_eq!(parse_int("2147483648"), Err(ScalarError::IntRange));
        assert_eq!(parse_int("4.0"), Err(ScalarError::Number));
        assert_eq!(parse_int(""), Err(ScalarError::Number));
        assert_eq!(parse_boolean("1"), Ok(true));
        assert_eq!(parse_boolean("True"), Err(ScalarError::Boolean("True".to_owned())));
    }
}
