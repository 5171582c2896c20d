//! The way from every source of a connection into its store.

use std::sync::Arc;

use async_trait::async_trait;
use tokio::sync::Notify;

use crate::dispatcher::Work;
use crate::source::{ArrivedEvent, Intake, Taken};
use crate::store::StoreError;
use crate::telemetry::metrics::{Arrival, Metrics};

pub(super) struct StoreIntake {
    work: Arc<Work>,
    metrics: Arc<Metrics>,
    /// Tells the dispatcher that there is something to do.
    wake: Arc<Notify>,
}

impl StoreIntake {
    pub(super) fn new(work: Arc<Work>, metrics: Arc<Metrics>, wake: Arc<Notify>) -> Self {
        StoreIntake { work, metrics, wake }
    }
}

#[async_trait]
impl Intake for StoreIntake {
    async fn take(&self, event: &ArrivedEvent) -> Result<Taken, StoreError> {
        let taken = self.work.store.take_in(self.work.name(), event).await?;
        let arrival = match taken {
            Taken::Stored => Arrival::Stored,
            Taken::Duplicate => Arrival::Duplicate,
        };
        self.metrics.event_arrived(self.work.name(), event.source, event.export, arrival);
        if taken == Taken::Stored {
            self.wake.notify_one();
        }
        Ok(taken)
    }
}
