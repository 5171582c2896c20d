//! What the host sends when it is time to look for changes: `{"sweep":"orders"}`.
//!
//! A person who wants a period looked through again adds `"since"`, and `"until"` where it is not to end at the
//! present. Absent on purpose: where the period begins that nobody names, which is kept in the state.

use chrono::{DateTime, Utc};
use serde::Deserialize;

use crate::finding::{Code, Finding};
use crate::remote::describe_json_error;

/// The one thing that is swept so far.
pub(super) const ORDERS: &str = "orders";

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum SweepRequest {
    /// Everything since the last sweep.
    SinceTheLast,
    /// The period that a person names.
    ByHand { since: DateTime<Utc>, until: Option<DateTime<Utc>> },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    sweep: String,
    since: Option<String>,
    until: Option<String>,
}

/// Reads the body of a scheduled event. The error is a finding for the dead letter: no later delivery can read it
/// better.
pub(super) fn decode(body: &[u8], event_id: &str) -> Result<SweepRequest, Finding> {
    let unreadable = |problem: &str| {
        let message = format!(
            "{problem}: let the schedule send {{\"sweep\":\"orders\"}}, and for a period by hand \"since\" and perhaps \
             \"until\" beside it, as times of RFC 3339"
        );
        Finding::new(Code::SweepUnreadable, event_id, message)
    };
    let body: Body = serde_json::from_slice(body).map_err(|error| {
        unreadable(&format!("the scheduled event is no sweep ({})", describe_json_error(&error)))
    })?;
    if body.sweep != ORDERS {
        return Err(unreadable("the scheduled event asks for a sweep that there is not"));
    }
    let time = |name: &str, text: Option<String>| match text.map(|text| DateTime::parse_from_rfc3339(&text)) {
        Some(Ok(time)) => Ok(Some(time.to_utc())),
        Some(Err(_)) => Err(unreadable(&format!("the sweep has a \"{name}\" that is no time"))),
        None => Ok(None),
    };
    match (time("since", body.since)?, time("until", body.until)?) {
        (None, None) => Ok(SweepRequest::SinceTheLast),
        (None, Some(_)) => Err(unreadable("the sweep has an \"until\" and no \"since\"")),
        (Some(since), Some(until)) if until <= since => Err(unreadable("the sweep ends before it begins")),
        (Some(since), until) => Ok(SweepRequest::ByHand { since, until }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("a time")
    }

    #[test]
    fn a_sweep_is_of_all_since_the_last_or_of_a_period_by_hand() {
        let read = |body: &str| decode(body.as_bytes(), "event").expect(body);
        let since = at("2026-10-01T00:00:00Z");
        assert_eq!(read(r#"{"sweep":"orders"}"#), SweepRequest::SinceTheLast);
        assert_eq!(
            read(r#"{"sweep":"orders","since":"2026-10-01T01:00:00+01:00"}"#),
            SweepRequest::ByHand { since, until: None }
        );
        assert_eq!(
            read(r#"{"sweep":"orders","since":"2026-10-01T00:00:00Z","until":"2026-10-02T00:00:00Z"}"#),
            SweepRequest::ByHand { since, until: Some(at("2026-10-02T00:00:00Z")) }
        );
    }

    #[test]
    fn whatever_else_a_schedule_sends_is_a_dead_letter_that_repeats_none_of_it() {
        for body in [
            "",
            "Jane Roe",
            "{}",
            r#"{"sweep":"Jane Roe"}"#,
            r#"{"sweep":"orders","Since":"2026-10-01T00:00:00Z"}"#,
            r#"{"sweep":"orders","since":"Jane Roe"}"#,
            r#"{"sweep":"orders","since":"2026-10-01"}"#,
            r#"{"sweep":"orders","until":"2026-10-01T00:00:00Z"}"#,
            r#"{"sweep":"orders","since":"2026-10-02T00:00:00Z","until":"2026-10-02T00:00:00Z"}"#,
        ] {
            let finding = decode(body.as_bytes(), "event").expect_err(body);
            assert_eq!(finding.code, Code::SweepUnreadable, "{body}");
            assert!(!finding.message.contains("Jane"), "{}", finding.message);
        }
    }
}
