//! One round of the demo: every notification delivered until it is settled, and what came of them.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::clock::ManualClock;
use crate::command::presentation;
use crate::command::progress::bar;
use crate::engine::{Delivery, Export, Failure, Finding, Source};
use crate::source::arrived_event;
use crate::{ConnectionRuntime, DeliveryReport, Ending, Host};

/// More deliveries of one event than this mean that it never settles.
pub(super) const ATTEMPTS_MAX: u32 = 20;

/// The same of a settlement, of which each delivery posts two hundred parts.
const SETTLEMENT_ATTEMPTS_MAX: u32 = 2_000;

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

/// Brings events to one connection.
pub(super) struct Postman<'a> {
    pub host: &'a Host,
    pub runtime: &'a ConnectionRuntime,
    pub clock: &'a ManualClock,
}

impl Postman<'_> {
    /// Delivers every notification until it is settled. Waiting is virtual: the clock is moved on instead.
    pub async fn deliver_all(&self, notifications: &[Value], title: &str) -> Round {
        let start = Instant::now();
        let progress = bar(notifications.len(), title);
        let mut round = Round { events: notifications.len(), ..Round::default() };
        let mut queue: VecDeque<(Export, Delivery)> = notifications.iter().map(delivery).collect();
        while let Some((export, mut delivery)) = queue.pop_front() {
            let report = self.host.deliver(self.runtime, export, &delivery).await;
            round.deliveries += 1;
            round.host_calls += report.host_calls.len() as u64;
            if let Ok(Err(Failure::Retry(delay))) = &report.result
                && delivery.attempt < attempts_max(export)
            {
                self.clock.advance_ms(delay.after_ms);
                delivery.attempt += 1;
                queue.push_back((export, delivery));
                continue;
            }
            round.count(&report, &delivery);
            progress.inc(1);
        }
        progress.finish_and_clear();
        round.elapsed = start.elapsed();
        round
    }
}

fn attempts_max(export: Export) -> u32 {
    if export == Export::OnFinancialEvent { SETTLEMENT_ATTEMPTS_MAX } else { ATTEMPTS_MAX }
}

/// The notification with the export that it is for.
pub(super) fn delivery(notification: &Value) -> (Export, Delivery) {
    let arrived = arrived_event(notification.to_string().into_bytes(), Source::AmazonNotification, None);
    let delivery = Delivery {
        event_id: arrived.event_id,
        source: arrived.source,
        content_type: arrived.content_type,
        occurred_at: None,
        attempt: 1,
        body: arrived.body,
    };
    (arrived.export, delivery)
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

    /// Takes in what came of more events.
    pub(super) fn add(&mut self, more: Round) {
        self.events += more.events;
        self.deliveries += more.deliveries;
        for (ending, events) in more.endings {
            *self.endings.entry(ending).or_default() += events;
        }
        self.host_calls += more.host_calls;
        self.elapsed += more.elapsed;
        self.problems.extend(more.problems);
    }

    fn count_reason(&mut self, finding: &Finding) {
        let new = || Reason { events: 0, example: finding.message.clone() };
        self.reasons.entry(finding.code.clone()).or_insert_with(new).events += 1;
    }

    pub(super) fn ended(&self, ending: Ending) -> usize {
        self.endings.get(ending.name()).copied().unwrap_or_default()
    }
}
