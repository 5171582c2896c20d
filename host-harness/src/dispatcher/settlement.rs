//! From how a delivery ended to what becomes of its event. A pure function.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};

use crate::DeliveryReport;
use crate::ending::Ending;
use crate::engine::{CallError, Failure, Finding, HostCallRecord};
use crate::limits::{PLUGIN_FAILURE_PAUSE_LONGEST_MS, PLUGIN_FAILURE_PAUSE_MS, PLUGIN_FAILURES_MAX};
use crate::store::{After, ClaimedEvent, Reason, RecordedCall, Settlement, Waits};

/// | ended | the event |
/// |---|---|
/// | completed, already-done, ignored, partly-held | is finished |
/// | retry | is delivered again after the time that the plugin asks for |
/// | held, dead-letter | waits for a person |
/// | failed: crash, memory, time, host calls | is delivered again after a pause that doubles; after some failures in a row it becomes a dead letter |
pub(super) fn settlement(report: &DeliveryReport, event: &ClaimedEvent, now_ms: u64) -> Settlement {
    let (after, reason, documents) = match &report.result {
        Ok(Ok(outcome)) => {
            (After::Finished, outcome.findings.first().map(reason_of), outcome.effects.clone())
        }
        Ok(Err(Failure::Retry(delay))) => {
            let not_before_ms = now_ms.saturating_add(delay.after_ms);
            (
                After::Again { not_before_ms, plugin_failures: 0 },
                retry_reason(event, &delay.reason),
                Vec::new(),
            )
        }
        Ok(Err(Failure::Held(unfinished))) => {
            (After::Parked(Waits::Held), Some(reason_of(&unfinished.finding)), unfinished.done.clone())
        }
        Ok(Err(Failure::DeadLetter(unfinished))) => {
            (After::Parked(Waits::DeadLetter), Some(reason_of(&unfinished.finding)), unfinished.done.clone())
        }
        Err(error) => (after_failure(event, now_ms), Some(failure_reason(event, error)), Vec::new()),
    };
    Settlement {
        after,
        ending: Ending::of(&report.result),
        reason,
        documents,
        traceparent: report.traceparent.clone(),
        host_calls: report.host_calls.iter().map(recorded).collect(),
    }
}

/// A crash can be the machine's fault once; what crashes time and again needs another plugin.
fn after_failure(event: &ClaimedEvent, now_ms: u64) -> After {
    let plugin_failures = event.plugin_failures.saturating_add(1);
    if plugin_failures >= PLUGIN_FAILURES_MAX {
        return After::Parked(Waits::DeadLetter);
    }
    let pause_ms = u64::try_from(pause(plugin_failures).as_millis()).unwrap_or(u64::MAX);
    After::Again { not_before_ms: now_ms.saturating_add(pause_ms), plugin_failures }
}

/// The pause after the nth failure in a row, without jitter: one event's failure concerns nobody else.
fn pause(failures: u32) -> Duration {
    let longest = Duration::from_millis(PLUGIN_FAILURE_PAUSE_LONGEST_MS);
    ExponentialBuilder::default()
        .with_min_delay(Duration::from_millis(PLUGIN_FAILURE_PAUSE_MS))
        .with_max_delay(longest)
        .without_max_times()
        .build()
        .nth(failures.saturating_sub(1) as usize)
        .unwrap_or(longest)
}

fn reason_of(finding: &Finding) -> Reason {
    Reason { code: finding.code.clone(), subject: finding.subject.clone(), message: finding.message.clone() }
}

/// The plugin's reason begins with its code where it has one: `KA-0301 026-…: …`.
fn retry_reason(event: &ClaimedEvent, reason: &str) -> Option<Reason> {
    let subject = event.ordering_key.clone().unwrap_or_else(|| event.delivery.event_id.clone());
    let is_code = |word: &&str| word.starts_with("KA-");
    let code = reason.split_whitespace().next().filter(is_code).unwrap_or("retry");
    Some(Reason { code: code.to_owned(), subject, message: reason.to_owned() })
}

fn failure_reason(event: &ClaimedEvent, error: &CallError) -> Reason {
    let code = error.code();
    Reason {
        code: code.to_string(),
        subject: event.delivery.event_id.clone(),
        message: format!("{error}; {}", code.remedy()),
    }
}

fn recorded(record: &HostCallRecord) -> RecordedCall {
    RecordedCall {
        kind: record.call.kind.to_string(),
        subject: record.call.subject.clone(),
        answer: record.answer.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Delay, Delivery, Disposition, Effect, Export, Outcome, Source, Unfinished};

    const NOW_MS: u64 = 1_800_000_000_000;

    fn event(plugin_failures: u32) -> ClaimedEvent {
        ClaimedEvent {
            sequence: 1,
            number: 4,
            export: Export::OnOrder,
            delivery: Delivery {
                event_id: "event-1".to_owned(),
                source: Source::AmazonNotification,
                content_type: "application/json".to_owned(),
                occurred_at: None,
                attempt: 4,
                body: Vec::new(),
            },
            ordering_key: Some("order/026-1".to_owned()),
            traceparent: None,
            arrived_at_ms: NOW_MS,
            plugin_failures,
        }
    }

    fn settled(result: Result<Result<Outcome, Failure>, CallError>, plugin_failures: u32) -> Settlement {
        let (host_calls, elapsed) = (Vec::new(), Duration::ZERO);
        let report = DeliveryReport { result, host_calls, memory_bytes: 0, elapsed, traceparent: None };
        settlement(&report, &event(plugin_failures), NOW_MS)
    }

    fn unfinished() -> Unfinished {
        Unfinished {
            finding: Finding {
                code: "KA-0401".to_owned(),
                subject: "026-1".to_owned(),
                message: "SKU X has no product".to_owned(),
            },
            done: vec![effect()],
        }
    }

    fn effect() -> Effect {
        Effect {
            document: "sales-invoice".to_owned(),
            number: "1001".to_owned(),
            reference: "026-1".to_owned(),
        }
    }

    #[test]
    fn every_ending_has_its_place() {
        for disposition in
            [Disposition::Completed, Disposition::AlreadyDone, Disposition::Ignored, Disposition::PartlyHeld]
        {
            let outcome = Outcome { disposition, effects: vec![effect()], findings: Vec::new() };
            let settlement = settled(Ok(Ok(outcome)), 3);
            assert_eq!((settlement.after, settlement.documents), (After::Finished, vec![effect()]));
        }
        let delay = Delay { after_ms: 5_000, reason: "KA-0301 026-1: is leased".to_owned() };
        let settlement = settled(Ok(Err(Failure::Retry(delay))), 3);
        assert_eq!(settlement.after, After::Again { not_before_ms: NOW_MS + 5_000, plugin_failures: 0 });
        assert_eq!(settlement.reason.unwrap().code, "KA-0301");
        for (failure, waits) in [
            (Failure::Held(unfinished()), Waits::Held),
            (Failure::DeadLetter(unfinished()), Waits::DeadLetter),
        ] {
            let settlement = settled(Ok(Err(failure)), 0);
            assert_eq!((settlement.after, settlement.documents), (After::Parked(waits), vec![effect()]));
            assert_eq!(settlement.reason.unwrap().code, "KA-0401");
        }
    }

    #[test]
    fn a_crash_costs_an_attempt_and_the_last_of_a_row_makes_a_dead_letter() {
        let crash = || Err(CallError::Trapped { message: "unreachable".to_owned() });
        let pauses: Vec<u64> = (0..PLUGIN_FAILURES_MAX - 1)
            .map(|failures| match settled(crash(), failures).after {
                After::Again { not_before_ms, plugin_failures } => {
                    assert_eq!(plugin_failures, failures + 1);
                    not_before_ms - NOW_MS
                }
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(pauses, [5_000, 10_000, 20_000, 40_000]);
        let last = settled(crash(), PLUGIN_FAILURES_MAX - 1);
        assert_eq!(last.after, After::Parked(Waits::DeadLetter));
        assert_eq!(last.reason.unwrap().code, "HH-0401");
        assert_eq!(pause(40), Duration::from_millis(PLUGIN_FAILURE_PAUSE_LONGEST_MS));
    }
}
