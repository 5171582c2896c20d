//! Delivers what is due: claims events, runs each through the plugin, and settles how it ended.
//!
//! Events of one ordering key go one at a time, and each connection has its share of the workers. Whatever
//! happens in a delivery costs its event an attempt and no other event anything. Deliberately absent: what an
//! event means, and when to repeat it; the plugin says so.

mod artifact_watch;
mod delivery;
mod plugin_slot;
mod settlement;
mod share;
mod work;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::task::{Id, JoinSet};
use tokio::time::{Instant, timeout_at};

pub use artifact_watch::{ArtifactObserver, ArtifactWatch};
pub use delivery::{Delivered, deliver_next, deliver_now};
pub use plugin_slot::{Granted, LoadedPlugin, PluginRefused, PluginSlot};
pub use work::Work;

use crate::code::Code;
use crate::limits::{HOUSEKEEPING_MS, QUEUE_LOOK_MS};
use crate::store::{ClaimedEvent, Settlement, StoreError};
use share::allowance;

/// How a dispatcher runs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DispatchOptions {
    /// Deliveries that run side by side, over all connections.
    pub workers: usize,
    /// How long deliveries that are under way may take to end when the host stops.
    pub shutdown_deadline: Duration,
}

/// Delivers the events of its connections.
pub struct Dispatcher {
    pub plugin: Arc<PluginSlot>,
    pub works: Vec<Arc<Work>>,
    pub options: DispatchOptions,
    /// Told when an event was stored.
    pub wake: Arc<Notify>,
    pub observer: Arc<dyn DispatchObserver>,
}

/// Is told what a dispatcher does.
pub trait DispatchObserver: Send + Sync {
    /// The loop is alive; at least once a second.
    fn beat(&self) {}

    /// A store refuses to be read or written.
    fn store_failed(&self, _work: &Work, _error: &StoreError) {}

    /// A delivery begins.
    fn began(&self, _work: &Work, _event: &ClaimedEvent) {}

    /// A delivery has ended and is settled.
    fn ended(&self, _work: &Work, _ended: &EndedDelivery<'_>) {}
}

/// A delivery that has come to its end.
pub struct EndedDelivery<'a> {
    pub event: &'a ClaimedEvent,
    pub settlement: &'a Settlement,
    /// Why the plugin did not end it itself.
    pub failure: Option<Code>,
    pub plugin: &'a LoadedPlugin,
    pub elapsed: Duration,
    pub now_ms: u64,
}

/// What workers have in hand, by task.
type InHand = HashMap<Id, (usize, ClaimedEvent)>;

impl Dispatcher {
    /// Delivers until it is told to stop; then ends what is under way, or gives it back at the deadline.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        let dispatcher = Arc::new(self);
        let mut deliveries = JoinSet::new();
        let mut in_hand = InHand::new();
        let mut first_turn = 0;
        let (mut messages_at, mut housekeeping_at) = (Instant::now(), Instant::now());
        while !*stop.borrow() {
            dispatcher.observer.beat();
            if Instant::now() >= messages_at {
                dispatcher.take_messages().await;
                messages_at = Instant::now() + Duration::from_millis(QUEUE_LOOK_MS);
            }
            let look_again = dispatcher.fill(first_turn, &mut deliveries, &mut in_hand).await;
            first_turn = (first_turn + 1) % dispatcher.works.len().max(1);
            if Instant::now() >= housekeeping_at {
                dispatcher.housekeep().await;
                housekeeping_at = Instant::now() + Duration::from_millis(HOUSEKEEPING_MS);
            }
            tokio::select! {
                _ = stop.changed() => {}
                () = dispatcher.wake.notified(), if dispatcher.has_room(&in_hand) => {}
                () = tokio::time::sleep(look_again) => {}
                Some(ended) = deliveries.join_next_with_id() => forget(&mut in_hand, &ended),
            }
            // Whatever else has ended by now makes room as well, for one claim that serves them all.
            while let Some(ended) = deliveries.try_join_next_with_id() {
                forget(&mut in_hand, &ended);
            }
        }
        dispatcher.wind_up(deliveries, in_hand).await;
    }

    fn has_room(&self, in_hand: &InHand) -> bool {
        in_hand.len() < self.options.workers
    }

    /// Gives every free worker an event, and says when to look again.
    async fn fill(
        self: &Arc<Self>,
        first_turn: usize,
        deliveries: &mut JoinSet<()>,
        in_hand: &mut InHand,
    ) -> Duration {
        let connections = self.works.len();
        let mut look_again = Duration::from_millis(QUEUE_LOOK_MS);
        for turn in 0..connections {
            let place = (first_turn + turn) % connections;
            let work = &self.works[place];
            let here = in_hand.values().filter(|(of, _)| *of == place).count();
            let most = allowance(self.options.workers, connections, here, in_hand.len(), connections - turn);
            if most == 0 {
                continue;
            }
            match self.claim(work, most).await {
                Ok((events, next)) => {
                    look_again = look_again.min(next);
                    for event in events {
                        let (dispatcher, work, claimed) = (Arc::clone(self), Arc::clone(work), event.clone());
                        let task = deliveries.spawn(async move { dispatcher.deliver(&work, claimed).await });
                        in_hand.insert(task.id(), (place, event));
                    }
                }
                Err(error) => {
                    let (connection, code) = (work.name(), error.code());
                    tracing::error!(%connection, %code, "no events can be claimed: {error}");
                    self.observer.store_failed(work, &error);
                }
            }
        }
        look_again
    }

    /// Events for a connection, and when the next one is due.
    async fn claim(&self, work: &Work, most: usize) -> Result<(Vec<ClaimedEvent>, Duration), StoreError> {
        let soon = Duration::from_millis(QUEUE_LOOK_MS);
        // While a service is out of order, deliveries would only use up their attempts.
        if let Some(closed_for) = work.runtime.gateway.hold_back_for() {
            return Ok((Vec::new(), closed_for.min(soon)));
        }
        let events = work.claim(most, &self.plugin.current().label()).await?;
        if !events.is_empty() {
            return Ok((events, soon));
        }
        let now_ms = work.runtime.clock.now_ms();
        let next_ms = work.store.next_due_ms(work.name()).await?;
        let wait_ms = next_ms.map_or(QUEUE_LOOK_MS, |next_ms| next_ms.saturating_sub(now_ms));
        // A due event that cannot be claimed waits for another of its key, whose end makes itself heard.
        Ok((events, soon.min(Duration::from_millis(if wait_ms == 0 { QUEUE_LOOK_MS } else { wait_ms }))))
    }

    /// Takes in what the plugin queued for itself, however much else there is to do.
    async fn take_messages(&self) {
        for work in &self.works {
            if let Err(error) = work.take_messages().await {
                let (connection, code) = (work.name(), error.code());
                tracing::error!(%connection, %code, "messages of the plugin stay in their queue: {error}");
                self.observer.store_failed(work, &error);
            }
        }
    }

    async fn housekeep(&self) {
        for work in &self.works {
            if let Err(error) = work.forget_ended().await {
                tracing::warn!(connection = %work.name(), code = %error.code(), "old stories stay: {error}");
            }
        }
    }

    /// Lets deliveries end until the deadline, then gives their events back.
    async fn wind_up(&self, mut deliveries: JoinSet<()>, mut in_hand: InHand) {
        let deadline = Instant::now() + self.options.shutdown_deadline;
        if !in_hand.is_empty() {
            tracing::info!(deliveries = in_hand.len(), "waiting for deliveries to end");
        }
        while let Ok(Some(ended)) = timeout_at(deadline, deliveries.join_next_with_id()).await {
            forget(&mut in_hand, &ended);
        }
        deliveries.shutdown().await;
        for (place, event) in in_hand.into_values() {
            let work = &self.works[place];
            let (connection, event_id) = (work.name(), &event.delivery.event_id);
            match work.store.give_back(connection, &event).await {
                Ok(true) => tracing::info!(%connection, event_id, "given back at the deadline"),
                // It came to its end after all.
                Ok(false) => {}
                Err(error) => {
                    tracing::warn!(%connection, event_id, code = %error.code(), "comes back by itself: {error}");
                }
            }
        }
    }
}

/// A task that panicked leaves its event claimed: it comes back when the claim runs out, one attempt later.
fn forget(in_hand: &mut InHand, ended: &Result<(Id, ()), tokio::task::JoinError>) {
    match ended {
        Ok((id, ())) => _ = in_hand.remove(id),
        Err(error) => {
            let event = in_hand.remove(&error.id());
            let event_id = event.as_ref().map(|(_, event)| event.delivery.event_id.as_str());
            tracing::error!(event_id, "a delivery broke off in the host: {error}");
        }
    }
}
