//! What a soak measured, and how it is told.

use std::time::Duration;

use serde_json::json;

use crate::command::presentation::{pounds, print, table};
use crate::reconciliation::Reconciliation;
use crate::store::{DeliveryFigures, EventCounts};

use super::SoakArguments;
use super::process::HarnessProcess;

const MEBIBYTE: u64 = 1024 * 1024;

/// A process is warm after this share of its samples, in percent; what it takes from then on is growth.
const WARM_AFTER_PERCENT: usize = 30;

/// The growth of a warm process that counts as a leak, in percent of its memory.
const GROWTH_MAX_PERCENT: u64 = 20;

/// Fewer samples than this, five minutes of them, show nothing: a process warms up for longer than it seems.
const SAMPLES_MIN: usize = 1_500;

#[derive(Default)]
pub(super) struct Figures {
    pub events: usize,
    pub elapsed: Duration,
    pub deliveries: DeliveryFigures,
    /// How the events stand at the end.
    pub left: EventCounts,
    /// How soon each process worked, in milliseconds after its start.
    pub worked_after_ms: Vec<u64>,
    /// The memory of the process that runs, sample by sample, in bytes.
    memory: Vec<u64>,
    memory_largest: u64,
}

impl Figures {
    pub(super) fn sample(&mut self, process: &HarnessProcess) {
        if let Some(bytes) = process.memory_bytes() {
            self.memory.push(bytes);
            self.memory_largest = self.memory_largest.max(bytes);
        }
    }

    /// The samples that follow are of another process; those of the last one are kept.
    pub(super) fn ended_process(&mut self, process: &HarnessProcess) {
        self.worked_after_ms.extend(process.worked_after_ms);
    }

    pub(super) fn process_started(&mut self) {
        self.memory.clear();
    }

    /// The median memory of the last process when it was warm, and at its end.
    fn warm_and_last(&self) -> Option<(u64, u64)> {
        if self.memory.len() < SAMPLES_MIN {
            return None;
        }
        let tenth = self.memory.len() / 10;
        let warm = self.memory.len() * WARM_AFTER_PERCENT / 100;
        let median = |samples: &[u64]| {
            let mut samples = samples.to_vec();
            samples.sort_unstable();
            samples[samples.len() / 2]
        };
        Some((median(&self.memory[warm..warm + tenth]), median(&self.memory[self.memory.len() - tenth..])))
    }

    pub(super) fn memory_problem(&self) -> Option<String> {
        let (warm, last) = self.warm_and_last()?;
        let is_leak = last > warm + warm * GROWTH_MAX_PERCENT / 100;
        is_leak.then(|| format!("memory grew from {} to {} MiB", warm / MEBIBYTE, last / MEBIBYTE))
    }

    fn events_per_second(&self) -> f64 {
        self.events as f64 / self.elapsed.as_secs_f64().max(0.001)
    }

    fn ended(&self, ending: &str) -> u64 {
        self.deliveries.endings.get(ending).copied().unwrap_or_default()
    }

    pub(super) fn print(
        &self,
        arguments: &SoakArguments,
        reconciliation: &Reconciliation,
        problems: &[String],
        json: bool,
    ) -> anyhow::Result<()> {
        if json {
            return self.print_json(arguments, reconciliation, problems);
        }
        let deliveries: u64 = self.deliveries.endings.values().sum();
        let mut rows = table(&["orders", "events", "deliveries", "retries", "interrupted", "held"]);
        rows.add_row([
            u64::from(arguments.orders),
            self.events as u64,
            deliveries,
            self.ended("retry"),
            self.ended("interrupted"),
            self.left.held,
        ]);
        print(rows)?;
        let (delivery, waited) = (&self.deliveries.delivery_ms, &self.deliveries.arrival_to_end_ms);
        print(format_args!(
            "took                 {:.0} s, {:.1} events a second",
            self.elapsed.as_secs_f64(),
            self.events_per_second()
        ))?;
        print(format_args!(
            "a delivery           p50 {} ms, p99 {} ms, longest {} ms",
            delivery.p50, delivery.p99, delivery.largest
        ))?;
        print(format_args!(
            "from arrival to end  p50 {} ms, p99 {} ms, longest {} ms",
            waited.p50, waited.p99, waited.largest
        ))?;
        let starts: Vec<String> = self.worked_after_ms.iter().map(u64::to_string).collect();
        print(format_args!("first work           {} ms after each start", starts.join(", ")))?;
        print(format_args!("memory               {}", self.memory_line()))?;
        print(format_args!(
            "must be in KashFlow  {} orders for £{}",
            reconciliation.posted,
            pounds(reconciliation.expected_gross_pence)
        ))?;
        print(format_args!("is in KashFlow       £{}", pounds(reconciliation.booked_gross_pence)))?;
        if problems.is_empty() {
            return print(format_args!(
                "killed {} times, and the books are right: every order once, to the penny",
                arguments.kills
            ));
        }
        problems.iter().try_for_each(|problem| print(format_args!("WRONG: {problem}")))
    }

    fn memory_line(&self) -> String {
        let largest = self.memory_largest / MEBIBYTE;
        match self.warm_and_last() {
            None => format!("at most {largest} MiB; too short a run to tell whether it grows"),
            Some((warm, last)) => format!(
                "at most {largest} MiB; the last process {} MiB when warm, {} MiB at its end",
                warm / MEBIBYTE,
                last / MEBIBYTE
            ),
        }
    }

    fn print_json(
        &self,
        arguments: &SoakArguments,
        reconciliation: &Reconciliation,
        problems: &[String],
    ) -> anyhow::Result<()> {
        let (delivery, waited) = (&self.deliveries.delivery_ms, &self.deliveries.arrival_to_end_ms);
        let memory = self.warm_and_last();
        print(json!({
            "seed": arguments.seed, "orders": arguments.orders, "events": self.events,
            "kills": arguments.kills, "elapsedMs": self.elapsed.as_millis() as u64,
            "eventsPerSecond": self.events_per_second(), "endings": self.deliveries.endings,
            "deliveryMs": {"p50": delivery.p50, "p99": delivery.p99, "longest": delivery.largest},
            "arrivalToEndMs": {"p50": waited.p50, "p99": waited.p99, "longest": waited.largest},
            "firstWorkAfterStartMs": self.worked_after_ms, "memoryLargestBytes": self.memory_largest,
            "memoryWarmBytes": memory.map(|(warm, _)| warm), "memoryLastBytes": memory.map(|(_, last)| last),
            "held": self.left.held, "deadLetters": self.left.dead_letter,
            "expectedInvoices": reconciliation.posted,
            "expectedGrossPence": reconciliation.expected_gross_pence,
            "bookedGrossPence": reconciliation.booked_gross_pence,
            "reconciled": problems.is_empty(), "problems": problems,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_memory(samples: impl Iterator<Item = u64>) -> Figures {
        Figures { memory: samples.map(|mebibytes| mebibytes * MEBIBYTE).collect(), ..Figures::default() }
    }

    #[test]
    fn growth_of_a_warm_process_is_a_problem_and_warming_up_is_none() {
        let flat = with_memory(
            (0..4_000).map(|sample| if sample < 500 { 30 + sample / 10 } else { 80 + sample % 3 }),
        );
        assert_eq!(flat.memory_problem(), None);
        let leak = with_memory((0..4_000).map(|sample| 80 + sample / 40));
        assert_eq!(leak.memory_problem().as_deref(), Some("memory grew from 115 to 175 MiB"));
        assert_eq!(with_memory(0..1_000).memory_problem(), None, "too short");
    }
}
