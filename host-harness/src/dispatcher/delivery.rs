//! One delivery: through the plugin, and into the store how it ended.

use std::time::Duration;

use backon::{ConstantBuilder, Retryable};

use super::settlement::settlement;
use super::{Dispatcher, EndedDelivery, LoadedPlugin, Work};
use crate::engine::CallError;
use crate::source::ArrivedEvent;
use crate::store::{After, ClaimedEvent, Settlement, SqliteStore, StoreError};
use crate::telemetry::DeliveryContext;
use crate::{ConnectionRuntime, DeliveryReport};

/// How often an ending that the store refuses is offered again, once a second. A disk that was full may have
/// room again; if not, the claim runs out and the event is delivered anew, which finds its documents there.
const SETTLE_ATTEMPTS: usize = 20;

impl Dispatcher {
    pub(super) async fn deliver(&self, work: &Work, event: ClaimedEvent) {
        let plugin = self.plugin.current();
        self.observer.began(work, &event);
        let context = context(&plugin, &event);
        let report = plugin.host.deliver_within(&work.runtime, event.export, &event.delivery, &context).await;
        let now_ms = work.runtime.clock.now_ms();
        let settlement = settlement(&report, &event, now_ms);
        if let Err(error) = settle(work, &event, &settlement).await {
            let (connection, event_id) = (work.name(), &event.delivery.event_id);
            tracing::error!(%connection, event_id, code = %error.code(), "the ending is not written down: {error}");
            self.observer.store_failed(work, &error);
            return;
        }
        tell(work, &event, &settlement);
        let ended = EndedDelivery {
            event: &event,
            settlement: &settlement,
            failure: report.result.as_ref().err().map(CallError::code),
            plugin: &plugin,
            elapsed: report.elapsed,
            now_ms,
        };
        self.observer.ended(work, &ended);
    }
}

/// What came of one delivery, and what becomes of its event.
#[derive(Debug)]
pub struct Delivered {
    pub report: DeliveryReport,
    pub after: After,
}

/// Delivers one event once, whatever it waits for, and settles how it ended. For a process that delivers
/// nothing else out of this store.
pub async fn deliver_now(
    plugin: &LoadedPlugin,
    runtime: &ConnectionRuntime,
    store: &SqliteStore,
    event: &ArrivedEvent,
) -> Result<Delivered, StoreError> {
    let claimed_for_ms = runtime.limits.claim_ms();
    let claimed = store.claim_now(&runtime.name, event, claimed_for_ms, &plugin.label()).await?;
    deliver_claimed(plugin, runtime, store, claimed).await
}

/// Delivers an event that comes again, as its next attempt and without regard to its time. `None` where it does not
/// come again. For the process that delivered it before.
pub async fn deliver_next(
    plugin: &LoadedPlugin,
    runtime: &ConnectionRuntime,
    store: &SqliteStore,
    event_id: &str,
) -> Result<Option<Delivered>, StoreError> {
    let claimed_for_ms = runtime.limits.claim_ms();
    match store.claim_waiting(&runtime.name, event_id, claimed_for_ms, &plugin.label()).await? {
        Some(claimed) => deliver_claimed(plugin, runtime, store, claimed).await.map(Some),
        None => Ok(None),
    }
}

async fn deliver_claimed(
    plugin: &LoadedPlugin,
    runtime: &ConnectionRuntime,
    store: &SqliteStore,
    claimed: ClaimedEvent,
) -> Result<Delivered, StoreError> {
    let context = context(plugin, &claimed);
    let report = plugin.host.deliver_within(runtime, claimed.export, &claimed.delivery, &context).await;
    let settlement = settlement(&report, &claimed, runtime.clock.now_ms());
    store.settle(&runtime.name, &claimed, &settlement).await?;
    Ok(Delivered { report, after: settlement.after })
}

/// The trace that the event came with or that its first delivery began, and whose version has it now.
fn context(plugin: &LoadedPlugin, event: &ClaimedEvent) -> DeliveryContext {
    DeliveryContext { traceparent: event.traceparent.clone(), plugin: Some(plugin.identity.clone()) }
}

async fn settle(work: &Work, event: &ClaimedEvent, settlement: &Settlement) -> Result<(), StoreError> {
    let attempts =
        ConstantBuilder::default().with_delay(Duration::from_secs(1)).with_max_times(SETTLE_ATTEMPTS);
    let counted = (|| work.store.settle(work.name(), event, settlement)).retry(attempts).await?;
    if !counted {
        let (connection, event_id) = (work.name(), &event.delivery.event_id);
        tracing::warn!(%connection, event_id, "the delivery ended after its claim had run out");
    }
    Ok(())
}

/// A line a delivery: louder, the more a person is needed.
fn tell(work: &Work, event: &ClaimedEvent, settlement: &Settlement) {
    let (connection, event_id, attempt) = (work.name(), &event.delivery.event_id, event.delivery.attempt);
    let (ending, host_calls) = (settlement.ending.name(), settlement.host_calls.len());
    let reason = settlement.reason.as_ref();
    let code = reason.map(|reason| reason.code.as_str());
    let message = work.runtime.redactor.redact(reason.map_or("", |reason| reason.message.as_str()));
    match settlement.after {
        After::Finished => {
            tracing::info!(%connection, event_id, attempt, ending, host_calls, code, "delivered");
        }
        After::Again { .. } => {
            tracing::info!(%connection, event_id, attempt, ending, host_calls, code, "comes again: {message}");
        }
        After::Parked(_) => {
            tracing::warn!(%connection, event_id, attempt, ending, host_calls, code, "waits for a person: {message}");
        }
    }
}
