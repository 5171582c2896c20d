//! What every source has at hand: the door into the store, the clock, and its own status to keep.

use std::fmt::Display;
use std::sync::Arc;
use std::time::Duration;

use backon::ExponentialBuilder;

use super::intake::{ArrivedEvent, Intake, Taken};
use super::status::SourceStatus;
use crate::clock::Clock;
use crate::code::Code;
use crate::store::StoreError;

/// After a failure a source waits one second, then twice as long each time, a minute at most.
pub(super) const PAUSES: ExponentialBuilder = ExponentialBuilder::new()
    .with_min_delay(Duration::from_secs(1))
    .with_max_delay(Duration::from_secs(60))
    .without_max_times();

/// One source's way into the store, which counts and logs what passes.
#[derive(Clone)]
pub(super) struct Reception {
    pub intake: Arc<dyn Intake>,
    pub clock: Arc<dyn Clock>,
    pub status: Arc<SourceStatus>,
}

impl Reception {
    /// Hands the event over. It is stored once this returns `Ok`.
    pub(super) async fn take(&self, event: &ArrivedEvent) -> Result<Taken, StoreError> {
        let taken = self.intake.take(event).await.inspect_err(|error| self.failed(error.code(), error))?;
        self.status.took(taken, self.clock.now_ms());
        let (source, event_id, export) = (&self.status.name, &event.event_id, event.export.name());
        let duplicate = taken == Taken::Duplicate;
        tracing::info!(source, event_id, export, duplicate, "event taken");
        Ok(taken)
    }

    /// Notes a failure. The message holds nothing of an event.
    pub(super) fn failed(&self, code: Code, message: impl Display) {
        self.status.failed(code, self.clock.now());
        tracing::warn!(source = self.status.name, %code, "{message}");
    }

    /// Notes that something was turned away.
    pub(super) fn turned_away(&self, code: Code, message: impl Display) {
        self.status.turned_away();
        self.failed(code, message);
    }
}
