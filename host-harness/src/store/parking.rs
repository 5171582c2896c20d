//! Where events wait for a person: held ones and dead letters, whole.
//!
//! What is kept is all that a person needs to judge it and all that a host needs to deliver it again: the
//! body exactly as it arrived, why it stopped, and what was done by then. Deliberately absent: deciding what
//! becomes of one.

use async_trait::async_trait;

use super::StoreError;
use crate::connection::ConnectionName;
use crate::engine::{Delivery, Effect, Export, Failure, Unfinished};

/// Why an event waits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Waits {
    /// Something can be put right; then it is delivered again.
    Held,
    /// No delivery can work.
    DeadLetter,
}

impl Waits {
    pub fn name(self) -> &'static str {
        match self {
            Waits::Held => "held",
            Waits::DeadLetter => "dead-letter",
        }
    }

    pub(super) fn parse(name: &str) -> Option<Self> {
        [Waits::Held, Waits::DeadLetter].into_iter().find(|waits| waits.name() == name)
    }
}

/// An event that waits for a person.
#[derive(Clone, PartialEq, Eq)]
pub struct ParkedEvent {
    pub waits: Waits,
    pub export: Export,
    /// The delivery that ended so, with the event exactly as it arrived.
    pub delivery: Delivery,
    /// A code of the plugin's error catalogue.
    pub code: String,
    /// What it is about: an order, a SKU, a setting.
    pub subject: String,
    /// What happened and what to do.
    pub message: String,
    /// What stands in the books because of the event already.
    pub done: Vec<Effect>,
    /// Milliseconds since 1970.
    pub parked_at_ms: u64,
}

impl std::fmt::Debug for ParkedEvent {
    /// Without the body: it can hold personal data.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ParkedEvent({} {}, {})", self.waits.name(), self.delivery.event_id, self.code)
    }
}

impl ParkedEvent {
    /// What is to be kept of a delivery that ended so; `None` where it needs no person.
    pub fn of(export: Export, delivery: &Delivery, failure: &Failure, now_ms: u64) -> Option<Self> {
        let (waits, Unfinished { finding, done }) = match failure {
            Failure::Held(unfinished) => (Waits::Held, unfinished),
            Failure::DeadLetter(unfinished) => (Waits::DeadLetter, unfinished),
            Failure::Retry(_) => return None,
        };
        Some(ParkedEvent {
            waits,
            export,
            delivery: delivery.clone(),
            code: finding.code.clone(),
            subject: finding.subject.clone(),
            message: finding.message.clone(),
            done: done.clone(),
            parked_at_ms: now_ms,
        })
    }

    /// The first delivery of the event after a person released it.
    pub fn released(&self) -> Delivery {
        Delivery { attempt: 1, ..self.delivery.clone() }
    }
}

/// The parked events of all connections; each belongs to one.
#[async_trait]
pub trait Parking: Send + Sync {
    /// Keeps an event, in the place of what was kept of it before. It is durable before the call returns.
    async fn park(&self, connection: &ConnectionName, event: &ParkedEvent) -> Result<(), StoreError>;

    /// All that wait, the longest first.
    async fn parked(&self, connection: &ConnectionName) -> Result<Vec<ParkedEvent>, StoreError>;

    /// Forgets an event, because it has ended otherwise or a person discards it. `false` where none waited.
    async fn forget(&self, connection: &ConnectionName, event_id: &str) -> Result<bool, StoreError>;
}
