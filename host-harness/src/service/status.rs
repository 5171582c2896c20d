//! What the status page and the gauges show, gathered from stores, gateways and sources.

use std::sync::Arc;

use async_trait::async_trait;

use super::SourceStatuses;
use super::gateway_metrics::{shown, upstream};
use super::observer::ServiceObserver;
use crate::dispatcher::{PluginSlot, Work};
use crate::store::{EventCounts, StoreError};
use crate::telemetry::metrics::{Metrics, QueueCounts};
use crate::telemetry::operations_server::{ConnectionStatus, LastError, StatusSnapshot, StatusSource};

pub(super) struct ServiceStatus {
    pub slot: Arc<PluginSlot>,
    pub works: Vec<Arc<Work>>,
    /// Of each connection, in the order of `works`.
    pub sources: Vec<SourceStatuses>,
    pub observer: Arc<ServiceObserver>,
}

impl ServiceStatus {
    /// Sets the gauges to what the stores say now.
    pub(super) async fn gauge(&self, metrics: &Metrics) {
        for work in &self.works {
            for health in work.runtime.gateway.upstreams() {
                metrics.breaker_is(work.name(), upstream(&health.upstream), shown(health.state));
            }
            match counts(work).await {
                Ok(counts) => metrics.queue_is(work.name(), &counts),
                Err(error) => {
                    let (connection, code) = (work.name(), error.code());
                    tracing::warn!(%connection, %code, "the queue cannot be counted: {error}");
                }
            }
        }
    }

    async fn of(&self, work: &Work, sources: &SourceStatuses) -> ConnectionStatus {
        let upstreams = work.runtime.gateway.upstreams();
        let of_sources = sources.iter().filter_map(|source| source.last_error());
        let of_sources = of_sources.map(|error| LastError { code: error.code.into(), at: error.at });
        let mut last_errors = self.observer.last_errors(work.name());
        last_errors.extend(of_sources);
        last_errors.sort_by_key(|error| std::cmp::Reverse(error.at));
        ConnectionStatus {
            name: work.name().clone(),
            queue: counts(work).await.map_err(|error| error.code()),
            breakers: upstreams
                .iter()
                .map(|health| (upstream(&health.upstream), shown(health.state)))
                .collect(),
            last_errors,
        }
    }
}

async fn counts(work: &Work) -> Result<QueueCounts, StoreError> {
    let EventCounts { ready, delayed, in_work, held, dead_letter, .. } =
        work.store.counts(work.name()).await?;
    Ok(QueueCounts { ready, delayed, in_work, held, dead_letter })
}

#[async_trait]
impl StatusSource for ServiceStatus {
    async fn snapshot(&self) -> StatusSnapshot {
        let mut connections = Vec::with_capacity(self.works.len());
        for (work, sources) in self.works.iter().zip(&self.sources) {
            connections.push(self.of(work, sources).await);
        }
        // A service has started whole or not at all, and a part that ends takes the process with it.
        StatusSnapshot {
            plugin: Some(self.slot.current().identity.clone()),
            sources_run: true,
            dispatcher_runs: true,
            connections,
        }
    }
}
