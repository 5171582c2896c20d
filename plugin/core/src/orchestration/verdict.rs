//! What a failed call leads to: the one table from class and attempt to retry, hold or dead letter.

use sha2::{Digest, Sha256};

use crate::finding::Finding;
use crate::limits::{ATTEMPTS_MAX, EVENT_AGE_MAX_MS, RETRY_FIRST_MS, RETRY_LONGEST_MS};
use crate::remote::{CallFailure, FailureClass};

use super::outcome::Failure;

/// How often and for how long an event has been tried.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Attempt<'a> {
    pub event_id: &'a str,
    /// 1 for the first delivery.
    pub number: u32,
    /// How long ago the event happened, where its source says so.
    pub event_age_ms: Option<u64>,
}

impl Attempt<'_> {
    /// Whether a failure that repetition can cure is given to a person now.
    fn is_last(self) -> bool {
        self.number >= ATTEMPTS_MAX || self.event_age_ms.is_some_and(|age_ms| age_ms > EVENT_AGE_MAX_MS)
    }
}

/// | class | attempts left | none left |
/// |---|---|---|
/// | throttled | retry when the service says, or after a pause | the same: patience is all it asks |
/// | transient | retry after a pause | held: it may work once a person has looked |
/// | ambiguous | retry after a pause: the next delivery looks first | held: a person looks |
/// | rejected, unauthorised, conflict | held: a person corrects it | held |
///
/// A failed call never makes a dead letter: the event is sound, and delivering it again can always help.
pub fn verdict(failure: &CallFailure, attempt: Attempt<'_>) -> Failure {
    let pause = pause_ms(attempt.number, attempt.event_id);
    let retry = |after_ms| Failure::Retry { after_ms, reason: failure.finding.to_string() };
    let is_last = attempt.is_last();
    match failure.class {
        FailureClass::Throttled { retry_after_ms } => retry(pause.max(retry_after_ms.unwrap_or(0))),
        FailureClass::Transient | FailureClass::Ambiguous if is_last => {
            Failure::Held(given_up(failure, attempt).into())
        }
        FailureClass::Transient | FailureClass::Ambiguous => retry(pause),
        FailureClass::Rejected | FailureClass::Unauthorised | FailureClass::Conflict => {
            Failure::Held(failure.finding.clone().into())
        }
    }
}

fn given_up(failure: &CallFailure, attempt: Attempt<'_>) -> Finding {
    let mut finding = failure.finding.clone();
    let deliveries = if attempt.number == 1 { "delivery" } else { "deliveries" };
    finding.message = format!(
        "{}; given up after {} {deliveries}: release the event once it works",
        finding.message, attempt.number
    );
    finding
}

/// Doubles from the first pause to the longest, less up to a quarter by the event, so that events that failed
/// together do not come back together.
pub(super) fn pause_ms(attempt: u32, event_id: &str) -> u64 {
    let doublings = attempt.saturating_sub(1).min(20);
    let full = RETRY_FIRST_MS.saturating_mul(1 << doublings).min(RETRY_LONGEST_MS);
    let digest = Sha256::digest(format!("{event_id}#{attempt}").as_bytes());
    full - full / 4 * u64::from(digest[0]) / 255
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Code;

    fn failure(class: FailureClass) -> CallFailure {
        CallFailure::new(class, Code::KashFlowUnavailable, "InsertInvoice", "went wrong")
    }

    fn attempt(number: u32) -> Attempt<'static> {
        Attempt { event_id: "event-1", number, event_age_ms: Some(60_000) }
    }

    fn kind(class: FailureClass, attempt: Attempt<'_>) -> &'static str {
        match verdict(&failure(class), attempt) {
            Failure::Retry { .. } => "retry",
            Failure::Held(_) => "held",
            Failure::DeadLetter(_) => "dead-letter",
        }
    }

    #[test]
    fn the_table_holds() {
        let throttled = FailureClass::Throttled { retry_after_ms: None };
        let table = [
            (throttled, "retry", "retry"),
            (FailureClass::Transient, "retry", "held"),
            (FailureClass::Ambiguous, "retry", "held"),
            (FailureClass::Rejected, "held", "held"),
            (FailureClass::Unauthorised, "held", "held"),
            (FailureClass::Conflict, "held", "held"),
        ];
        for (class, first, last) in table {
            let too_old = Attempt { event_age_ms: Some(EVENT_AGE_MAX_MS + 1), ..attempt(1) };
            let of_unknown_age = Attempt { event_age_ms: None, ..attempt(1) };
            assert_eq!((kind(class, attempt(1)), kind(class, of_unknown_age)), (first, first), "{class:?}");
            assert_eq!((kind(class, attempt(ATTEMPTS_MAX)), kind(class, too_old)), (last, last), "{class:?}");
        }
    }

    #[test]
    fn pauses_double_are_bounded_and_differ_by_key() {
        for attempt in 1..40 {
            let pause = pause_ms(attempt, "026-1");
            let full = (RETRY_FIRST_MS << attempt.saturating_sub(1).min(20)).min(RETRY_LONGEST_MS);
            assert!(pause <= full && pause >= full / 4 * 3, "attempt {attempt}: {pause} of {full}");
        }
        let pauses: std::collections::BTreeSet<u64> =
            (0..50).map(|order| pause_ms(5, &format!("026-{order}"))).collect();
        assert!(pauses.len() > 20);
    }

    #[test]
    fn a_service_that_names_its_delay_is_obeyed() {
        let class = FailureClass::Throttled { retry_after_ms: Some(60_000) };
        assert!(matches!(verdict(&failure(class), attempt(1)), Failure::Retry { after_ms: 60_000, .. }));
    }
}
