//! How a delivery ends, and what becomes of its event.
//!
//! Absent on purpose: what should have come of it (`judgement`).

use chrono::Duration;

use crate::DeliveryReport;
use crate::clock::Clock;
use crate::engine::{CallError, Disposition, Effect, Failure, Finding};

use super::chances;
use super::dispatcher::{EventNumber, Stand};
use super::happening::Happening;
use super::run::Run;

impl Run<'_> {
    pub fn delivery_ended(&mut self, machine: usize, report: &DeliveryReport) {
        if matches!(report.result, Err(CallError::Stopped { .. })) {
            return self.loses_power(machine, &told(report));
        }
        let Some(work) = self.machines[machine].work.take() else { return };
        let (event, text) = (work.event, told(report));
        self.line_of(event, format_args!("{text}"));
        match &report.result {
            Ok(Ok(_)) => self.dispatcher.events[event].stand = Stand::Finished,
            Ok(Err(Failure::Retry(delay))) => {
                self.tally.retries += 1;
                let after = i64::try_from(delay.after_ms).unwrap_or(i64::MAX);
                self.again(event, Duration::milliseconds(after));
            }
            Ok(Err(Failure::Held(_))) => self.park(event, text),
            Ok(Err(Failure::DeadLetter(_))) | Err(_) => {
                self.dispatcher.events[event].stand = Stand::GivenUp;
                let order = self.dispatcher.events[event].order;
                self.problem(Some(order), format!("event {event} ends as {text}"));
            }
        }
    }

    pub fn loses_power(&mut self, machine: usize, text: &str) {
        let Some(work) = self.machines[machine].work.take() else { return };
        self.tally.kills += 1;
        self.line_of(work.event, format_args!("{text}"));
        self.hide(work.event);
        self.machines[machine].is_on = false;
        let (shortest, longest) = chances::OFF_SECONDS;
        let on_at = self.clock.now() + Duration::seconds(self.stream.between(shortest, longest));
        self.timeline.plan(on_at, Happening::SwitchedOn { machine });
    }

    /// The machine begins a new life: what the old one still waits for, such as a token, is no business of the
    /// next delivery's.
    pub fn time_is_up(&mut self, machine: usize) {
        let Some(work) = self.machines[machine].work.take() else { return };
        self.tally.timed_out += 1;
        self.line_of(work.event, format_args!("is ended by the host: it took too long"));
        self.hide(work.event);
        self.machines[machine] = self.switched_on();
    }

    /// The event was not finished and nobody says so: it comes again when it is visible again.
    pub fn hide(&mut self, event: EventNumber) {
        let (shortest, longest) = chances::HIDDEN_SECONDS;
        let hidden = Duration::seconds(self.stream.between(shortest, longest));
        self.again(event, hidden);
    }

    fn again(&mut self, event: EventNumber, after: Duration) {
        let entry = &mut self.dispatcher.events[event];
        if entry.deliveries >= chances::DELIVERIES_OF_AN_EVENT_MAX {
            entry.stand = Stand::GivenUp;
            let (order, deliveries) = (entry.order, entry.deliveries);
            return self
                .problem(Some(order), format!("event {event} is not settled after {deliveries} deliveries"));
        }
        entry.stand = Stand::Coming;
        self.timeline.plan(self.clock.now() + after, Happening::Comes { event });
    }

    fn park(&mut self, event: EventNumber, text: String) {
        self.tally.held += 1;
        self.dispatcher.events[event].stand = Stand::Parked(text);
        let (soonest, latest) = chances::PERSON_LOOKS_AFTER_MINUTES;
        let after = Duration::minutes(self.stream.between(soonest, latest));
        if self.stream.per_mille(chances::PERSON_LOOKS) && !self.weather.lock().is_clear() {
            self.timeline.plan(self.clock.now() + after, Happening::Released { event });
        }
    }
}

/// In a line, for the trace and for problems.
fn told(report: &DeliveryReport) -> String {
    match &report.result {
        Ok(Ok(outcome)) => {
            let word = match outcome.disposition {
                Disposition::Completed => "completed",
                Disposition::AlreadyDone => "already done",
                Disposition::Ignored => "ignored",
                Disposition::PartlyHeld => "partly held",
            };
            line(word, &outcome.effects, &outcome.findings)
        }
        Ok(Err(Failure::Retry(delay))) => format!("retry after {} ms: {}", delay.after_ms, delay.reason),
        Ok(Err(Failure::Held(held))) => line("held", &held.done, std::slice::from_ref(&held.finding)),
        Ok(Err(Failure::DeadLetter(dead))) => {
            line("dead letter", &dead.done, std::slice::from_ref(&dead.finding))
        }
        Err(error) => format!("{} {error}", error.code()),
    }
}

fn line(word: &str, effects: &[Effect], findings: &[Finding]) -> String {
    let effects = effects
        .iter()
        .map(|effect| format!("{} {} for {}", effect.document, effect.number, effect.reference));
    let findings = findings.iter().map(|finding| format!("{} {}", finding.code, finding.message));
    let details: Vec<String> = effects.chain(findings).collect();
    if details.is_empty() { word.to_owned() } else { format!("{word}: {}", details.join("; ")) }
}
