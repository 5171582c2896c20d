//! What is told of a run, and of many.
//!
//! Absent on purpose: how it is shown (`command::simulate`).

use std::fmt;
use std::time::Duration;

use super::trace::TraceLine;

/// How often what happened.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Tally {
    pub events: u64,
    pub deliveries: u64,
    /// Calls of the plugin that left the instance, tokens not counted.
    pub host_calls: u64,
    /// Deliveries that ended in the middle, because the machine lost power.
    pub kills: u64,
    /// Deliveries that the host ended because they took too long.
    pub timed_out: u64,
    /// Events that were lost on the way to the plugin.
    pub lost_deliveries: u64,
    /// Calls that were carried out and whose answer never came, whole or at all.
    pub lost_answers: u64,
    /// Calls that were carried out after their caller was gone.
    pub late_calls: u64,
    pub stale_reads: u64,
    pub throttled: u64,
    /// Every other call that failed on its way.
    pub other_mishaps: u64,
    pub retries: u64,
    pub held: u64,
    /// Parked events that a person released.
    pub released: u64,
    pub credit_notes: u64,
    pub corrected_invoices: u64,
    pub virtual_seconds: u64,
}

impl Tally {
    /// Adds another run.
    pub fn add(&mut self, other: &Tally) {
        let Tally {
            events,
            deliveries,
            host_calls,
            kills,
            timed_out,
            lost_deliveries,
            lost_answers,
            late_calls,
            stale_reads,
            throttled,
            other_mishaps,
            retries,
            held,
            released,
            credit_notes,
            corrected_invoices,
            virtual_seconds,
        } = other;
        self.events += events;
        self.deliveries += deliveries;
        self.host_calls += host_calls;
        self.kills += kills;
        self.timed_out += timed_out;
        self.lost_deliveries += lost_deliveries;
        self.lost_answers += lost_answers;
        self.late_calls += late_calls;
        self.stale_reads += stale_reads;
        self.throttled += throttled;
        self.other_mishaps += other_mishaps;
        self.retries += retries;
        self.held += held;
        self.released += released;
        self.credit_notes += credit_notes;
        self.corrected_invoices += corrected_invoices;
        self.virtual_seconds += virtual_seconds;
    }
}

/// Something that must not be.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problem {
    /// The order that it is about, where it is about one.
    pub order: Option<String>,
    pub text: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.order {
            Some(order) => write!(f, "order {order}: {}", self.text),
            None => f.write_str(&self.text),
        }
    }
}

/// What came of one seed.
#[derive(Clone, Debug)]
pub struct SeedReport {
    pub seed: u64,
    pub orders: usize,
    /// Empty where all is as it must be.
    pub problems: Vec<Problem>,
    pub tally: Tally,
    /// Of everything that happened: two runs of a seed have the same.
    pub digest: String,
    /// What happened, where it was asked for.
    pub trace: Vec<TraceLine>,
    /// Of real time.
    pub elapsed: Duration,
}

impl SeedReport {
    /// What happened to the orders that have a problem; to all of them where no order has one.
    pub fn trace_of_problems(&self) -> impl Iterator<Item = &TraceLine> {
        let concerned: Vec<&String> =
            self.problems.iter().filter_map(|problem| problem.order.as_ref()).collect();
        self.trace.iter().filter(move |line| {
            concerned.is_empty() || line.order.as_ref().is_none_or(|order| concerned.contains(&order))
        })
    }
}
