//! An event in the store: where it stands, what its deliveries came to, and what is to become of it.
//!
//! Deliberately absent: deciding that. The store keeps what it is told.

use std::collections::BTreeMap;

use crate::Ending;
use crate::engine::{Delivery, Effect, Export};
use crate::source::ArrivedEvent;

/// Where an event stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Stand {
    /// To be delivered, now or later.
    Waiting,
    /// A delivery has it.
    InWork,
    /// Something can be put right; then a person releases it.
    Held,
    /// No delivery can work. A person looks at it.
    DeadLetter,
    /// Nothing is left to do.
    Finished,
    /// A person gave it up.
    Discarded,
}

impl Stand {
    pub const ALL: [Stand; 6] =
        [Stand::Waiting, Stand::InWork, Stand::Held, Stand::DeadLetter, Stand::Finished, Stand::Discarded];

    pub fn name(self) -> &'static str {
        match self {
            Stand::Waiting => "waiting",
            Stand::InWork => "in-work",
            Stand::Held => "held",
            Stand::DeadLetter => "dead-letter",
            Stand::Finished => "finished",
            Stand::Discarded => "discarded",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        Stand::ALL.into_iter().find(|stand| stand.name() == name)
    }
}

/// Why an event waits for a person.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Waits {
    Held,
    DeadLetter,
}

impl Waits {
    pub fn stand(self) -> Stand {
        match self {
            Waits::Held => Stand::Held,
            Waits::DeadLetter => Stand::DeadLetter,
        }
    }
}

/// Why something ended as it did: a code of the error catalogue, what it is about, what to do.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reason {
    pub code: String,
    pub subject: String,
    pub message: String,
}

/// An event that a delivery has taken. It comes back by itself when the time for that delivery is over.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ClaimedEvent {
    pub sequence: u64,
    /// Of this delivery among all of the event, from 1; never begun anew.
    pub number: u32,
    pub export: Export,
    pub delivery: Delivery,
    pub ordering_key: Option<String>,
    pub traceparent: Option<String>,
    pub arrived_at_ms: u64,
    /// Deliveries in a row that the plugin did not finish.
    pub plugin_failures: u32,
}

/// What becomes of an event after a delivery.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum After {
    Finished,
    /// Delivered again, not before this time in milliseconds since 1970.
    Again {
        not_before_ms: u64,
        plugin_failures: u32,
    },
    /// Until a person acts on the settlement's reason.
    Parked(Waits),
}

/// How a delivery ended, and what follows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Settlement {
    pub after: After,
    pub ending: Ending,
    pub reason: Option<Reason>,
    /// What stands in the books because of the event, as far as this delivery says.
    pub documents: Vec<Effect>,
    /// W3C trace context of the delivery. An event that came with none keeps that of its first delivery.
    pub traceparent: Option<String>,
    pub host_calls: Vec<RecordedCall>,
}

impl Settlement {
    /// By which a collector finds the trace.
    pub fn trace_id(&self) -> Option<&str> {
        self.traceparent.as_deref()?.split('-').nth(1)
    }
}

/// What is kept of one delivery.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DeliveryRecord {
    pub attempt: u32,
    /// Milliseconds since 1970.
    pub began_at_ms: u64,
    /// `None`: it is under way.
    pub ended_at_ms: Option<u64>,
    /// `completed`, `retry`, …; `interrupted` where its process ended first.
    pub ending: Option<String>,
    pub reason: Option<Reason>,
    /// The version of the plugin that had it, and the digest of its artifact.
    pub plugin: String,
    pub trace_id: Option<String>,
    pub host_calls: Vec<RecordedCall>,
}

/// A host call of a delivery, without any content.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize)]
pub struct RecordedCall {
    pub kind: String,
    pub subject: String,
    /// `None`: the delivery ended before it had the answer.
    pub answer: Option<String>,
}

/// An event as the store has it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StoredEvent {
    pub sequence: u64,
    /// Its body is empty once the event has ended well: nobody needs it any more.
    pub arrived: ArrivedEvent,
    pub arrived_at_ms: u64,
    pub stand: Stand,
    /// Since when it stands so.
    pub since_ms: u64,
    /// Of the delivery that is under way or comes next, from 1.
    pub attempt: u32,
    pub not_before_ms: u64,
    pub deliveries: u32,
    /// How the last delivery ended; `None` before the first.
    pub ending: Option<String>,
    pub reason: Option<Reason>,
    /// What stands in the books because of the event already.
    pub done: Vec<Effect>,
}

/// One event with all that became of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EventStory {
    pub event: StoredEvent,
    /// In their order.
    pub deliveries: Vec<DeliveryRecord>,
    pub documents: Vec<PostedDocument>,
}

/// A line of the audit trail: a document in the books, and the event that caused it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PostedDocument {
    pub event_id: String,
    pub document: Effect,
    /// When a delivery first reported it, in milliseconds since 1970.
    pub recorded_at_ms: u64,
    pub plugin: String,
}

/// How many events stand where, and how long the next one has waited.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct EventCounts {
    /// Waiting, and due now.
    pub ready: u64,
    /// Waiting for a later time.
    pub delayed: u64,
    pub in_work: u64,
    pub held: u64,
    pub dead_letter: u64,
    pub finished: u64,
    /// When the oldest of the ready ones became due, in milliseconds since 1970.
    pub oldest_ready_ms: Option<u64>,
}

/// What the deliveries of a connection came to.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct DeliveryFigures {
    /// How many ended how.
    pub endings: BTreeMap<String, u64>,
    /// How long a delivery took, in milliseconds.
    pub delivery_ms: Percentiles,
    /// How long it took from the arrival of an event to its end, in milliseconds.
    pub arrival_to_end_ms: Percentiles,
}

/// The usual and the worst of many measurements.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Percentiles {
    pub p50: u64,
    pub p99: u64,
    pub largest: u64,
}

impl Percentiles {
    /// All zero where there is nothing.
    pub fn of(mut values: Vec<u64>) -> Self {
        values.sort_unstable();
        let at =
            |percent: usize| values.get((values.len() * percent / 100).min(values.len().saturating_sub(1)));
        let value = |percent| at(percent).copied().unwrap_or_default();
        Percentiles { p50: value(50), p99: value(99), largest: values.last().copied().unwrap_or_default() }
    }
}

#[cfg(test)]
mod tests {
    use super::Percentiles;

    #[test]
    fn percentiles_are_values_that_were_measured() {
        assert_eq!(
            Percentiles::of((1..=200).rev().collect()),
            Percentiles { p50: 101, p99: 199, largest: 200 }
        );
        assert_eq!(Percentiles::of(vec![7]), Percentiles { p50: 7, p99: 7, largest: 7 });
        assert_eq!(Percentiles::of(Vec::new()), Percentiles::default());
    }
}
