//! The one door through which every source brings events into the store.

use async_trait::async_trait;

use crate::engine::{Export, Source};
use crate::store::StoreError;

/// An event as it arrived, with what its envelope says.
#[derive(Clone, PartialEq, Eq)]
pub struct ArrivedEvent {
    /// The same for every arrival of one event.
    pub event_id: String,
    pub export: Export,
    pub source: Source,
    pub content_type: String,
    /// RFC 3339, where the envelope says it.
    pub occurred_at: Option<String>,
    /// Events of one key are delivered one at a time: an order, a settlement. `None`: beside any other.
    pub ordering_key: Option<String>,
    /// W3C trace context of whoever sent it.
    pub traceparent: Option<String>,
    /// Exactly as it arrived.
    pub body: Vec<u8>,
}

impl std::fmt::Debug for ArrivedEvent {
    /// Without the body: it can hold personal data.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ArrivedEvent({} for {})", self.event_id, self.export.name())
    }
}

/// What became of an event that was handed over.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Taken {
    Stored,
    /// It was taken before, and is remembered.
    Duplicate,
}

/// Takes events into the store of one connection.
#[async_trait]
pub trait Intake: Send + Sync {
    /// Stores the event. It is durable before the call returns; after an error nothing was stored, and the
    /// source keeps what it has.
    async fn take(&self, event: &ArrivedEvent) -> Result<Taken, StoreError>;
}

#[cfg(test)]
pub(super) mod tests {
    //! An intake in memory, for the tests of the sources.

    use std::sync::Mutex;
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::time::Duration;

    use super::*;

    /// Keeps what it takes, and fails as often as it is told.
    #[derive(Default)]
    pub(crate) struct MemoryIntake {
        events: Mutex<Vec<ArrivedEvent>>,
        failures: AtomicU32,
        offers: AtomicU32,
        slowness: Duration,
    }

    impl MemoryIntake {
        /// What was taken by another process, or before a crash.
        pub(crate) fn take_quietly(&self, event: &ArrivedEvent) -> Taken {
            let mut events = self.events.lock().unwrap();
            if events.iter().any(|known| known.event_id == event.event_id) {
                return Taken::Duplicate;
            }
            events.push(event.clone());
            Taken::Stored
        }

        pub(crate) fn stored(&self) -> Vec<ArrivedEvent> {
            self.events.lock().unwrap().clone()
        }

        /// Takes so long for each event.
        pub(crate) fn slow(slowness: Duration) -> Self {
            MemoryIntake { slowness, ..MemoryIntake::default() }
        }

        /// How often an event was offered, whatever came of it.
        pub(crate) fn offers(&self) -> u32 {
            self.offers.load(Ordering::SeqCst)
        }

        pub(crate) fn fail_next(&self, times: u32) {
            self.failures.store(times, Ordering::SeqCst);
        }
    }

    #[async_trait]
    impl Intake for MemoryIntake {
        async fn take(&self, event: &ArrivedEvent) -> Result<Taken, StoreError> {
            self.offers.fetch_add(1, Ordering::SeqCst);
            if !self.slowness.is_zero() {
                tokio::time::sleep(self.slowness).await;
            }
            let spend = |left: u32| left.checked_sub(1);
            if self.failures.fetch_update(Ordering::SeqCst, Ordering::SeqCst, spend).is_ok() {
                return Err(StoreError::Full { path: "events.sqlite".into() });
            }
            Ok(self.take_quietly(event))
        }
    }
}
