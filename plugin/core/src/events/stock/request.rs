//! What the host sends when it is time to compare both sides: `{"sweep":"stock"}`.
//!
//! A person adds `"everything":true` to have all of Amazon's counts read, whatever changed, and `"brake":"off"` to
//! let pass what would be held as too much.

use serde::Deserialize;

use crate::finding::{Code, Finding};
use crate::remote::describe_json_error;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct StockRequest {
    /// Whether all counts are read.
    pub everything: bool,
    /// Whether too many changes at once wait for a person.
    pub brakes: bool,
}

#[derive(Deserialize)]
struct Any {
    sweep: Option<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    sweep: String,
    #[serde(default)]
    everything: bool,
    brake: Option<String>,
}

/// Whether the body asks for a sweep, well or badly.
pub(super) fn is_request(body: &[u8]) -> bool {
    serde_json::from_slice::<Any>(body).is_ok_and(|any| any.sweep.is_some())
}

/// Reads a request. The error is a finding for the dead letter: no later delivery can read it better.
pub(super) fn decode(body: &[u8], event_id: &str) -> Result<StockRequest, Finding> {
    let unreadable = |problem: &str| {
        let message = format!(
            "{problem}: let the schedule send {{\"sweep\":\"stock\"}}, and by hand \"everything\": true or \"brake\": \
             \"off\" beside it"
        );
        Finding::new(Code::SweepUnreadable, event_id, message)
    };
    let body: Body = serde_json::from_slice(body).map_err(|error| {
        unreadable(&format!("the scheduled event is no sweep ({})", describe_json_error(&error)))
    })?;
    if body.sweep != "stock" {
        return Err(unreadable("the scheduled event asks for a sweep that there is not"));
    }
    let brakes = match body.brake.as_deref() {
        None | Some("on") => true,
        Some("off") => false,
        Some(_) => return Err(unreadable("the sweep has a \"brake\" that is neither on nor off")),
    };
    Ok(StockRequest { everything: body.everything, brakes })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sweep_is_asked_for_and_a_notification_is_none() {
        let read = |body: &str| decode(body.as_bytes(), "event").expect(body);
        assert_eq!(read(r#"{"sweep":"stock"}"#), StockRequest { everything: false, brakes: true });
        let all = r#"{"sweep":"stock","everything":true,"brake":"off"}"#;
        assert_eq!(read(all), StockRequest { everything: true, brakes: false });
        assert!(is_request(all.as_bytes()) && is_request(br#"{"sweep":7}"#));
        assert!(!is_request(br#"{"NotificationType":"X"}"#) && !is_request(b"{"));
    }

    #[test]
    fn whatever_else_asks_for_a_sweep_is_a_dead_letter_that_repeats_none_of_it() {
        for body in [
            r#"{"sweep":7}"#,
            r#"{"sweep":"Jane Roe"}"#,
            r#"{"sweep":"stock","brake":"Jane Roe"}"#,
            r#"{"sweep":"stock","since":"2026-10-01T00:00:00Z"}"#,
        ] {
            let finding = decode(body.as_bytes(), "event").expect_err(body);
            assert_eq!(finding.code, Code::SweepUnreadable, "{body}");
            assert!(!finding.message.contains("Jane"), "{}", finding.message);
        }
    }
}
