//! One round of the demo: every notification delivered until it is settled, and what came of them.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::clock::ManualClock;
use crate::command::presentation;
use crate::command::progress::bar;
use crate::engine::{Delivery, Export, Failure, Finding, Source};
use crate::source::event_id;
use crate::{ConnectionRuntime, DeliveryReport, Ending, Host};

/// More deliveries of one event than this mean that it never settles.
const ATTEMPTS_MAX: u32 = 20;

/// What came of a round of deliveries.
#[derive(Default)]
pub(super) struct Round {
    pub events: usize,
    pub deliveries: usize,
    pub endings: BTreeMap<&'static str, usize>,
    pub customers_created: usize,
    /// Invoices that were made out to a customer who was there before.
    pub customers_reused: usize,
    /// Why events ended without an invoice, by code.
    pub reasons: BTreeMap<String, Reason>,
    pub host_calls: u64,
    pub elapsed: Duration,
    pub problems: Vec<String>,
}

/// One reason of events that ended without an invoice.
pub(super) struct Reason {
    pub events: usize,
    /// What the plugin said the first time.
    pub example: String,
}

/// Delivers every notification until it is settled. Waiting is virtual: the clock is moved on instead.
pub(super) async fn deliver_all(
    host: &Host,
    runtime: &ConnectionRuntime,
    clock: &ManualClock,
    notifications: &[Value],
    title: &str,
) -> Round {
    let start = Instant::now();
    let progress = bar(notifications.len(), title);
    let mut round = Round { events: notifications.len(), ..Round::default() };
    let mut queue: VecDeque<Delivery> = notifications.iter().map(delivery).collect();
    while let Some(mut delivery) = queue.pop_front() {
        let report = host.deliver(runtime, Export::OnOrder, &delivery).await;
        round.deliveries += 1;
        round.host_calls += report.host_calls.len() as u64;
        if let Ok(Err(Failure::Retry(delay))) = &report.result
            && delivery.attempt < ATTEMPTS_MAX
        {
            clock.advance_ms(delay.after_ms);
            delivery.attempt += 1;
            queue.push_back(delivery);
            continue;
        }
        round.count(&report, &delivery);
        progress.inc(1);
    }
    progress.finish_and_clear();
    round.elapsed = start.elapsed();
    round
}

fn delivery(notification: &Value) -> Delivery {
    let body = notification.to_string().into_bytes();
    Delivery {
        event_id: event_id(&body),
        source: Source::AmazonNotification,
        content_type: "application/json".to_owned(),
        occurred_at: None,
        attempt: 1,
        body,
    }
}

impl Round {
    fn count(&mut self, report: &DeliveryReport, delivery: &Delivery) {
        let ending = Ending::of(&report.result);
        *self.endings.entry(ending.name()).or_default() += 1;
        match &report.result {
            Ok(Ok(outcome)) => {
                let customers = outcome.effects.iter().filter(|effect| effect.document == "customer");
                let created = customers.count();
                self.customers_created += created;
                if created == 0 && matches!(ending, Ending::Completed | Ending::PartlyHeld) {
                    self.customers_reused += 1;
                }
                if ending == Ending::Ignored {
                    outcome.findings.iter().for_each(|finding| self.count_reason(finding));
                }
            }
            Ok(Err(Failure::Held(held))) => self.count_reason(&held.finding),
            Ok(Err(Failure::Retry(_) | Failure::DeadLetter(_))) | Err(_) => {
                let lines = presentation::lines(report).join("; ");
                self.problems.push(format!(
                    "event {} ended as {}: {lines}",
                    delivery.event_id,
                    ending.name()
                ));
            }
        }
    }

    fn count_reason(&mut self, finding: &Finding) {
        let new = || Reason { events: 0, example: finding.message.clone() };
        self.reasons.entry(finding.code.clone()).or_insert_with(new).events += 1;
    }

    pub(super) fn ended(&self, ending: Ending) -> usize {
        self.endings.get(ending.name()).copied().unwrap_or_default()
    }
}
