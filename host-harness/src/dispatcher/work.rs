//! One connection at work: its runtime, its store, and what it has in hand.

use std::sync::Arc;

use crate::ConnectionRuntime;
use crate::connection::ConnectionName;
use crate::engine::Export;
use crate::limits::STORY_KEPT_MS;
use crate::source::queued_order_key;
use crate::store::{ClaimedEvent, SqliteStore, StoreError, StoreLock};

/// The queues that the plugin may fill for itself: each is delivered to the export of its name.
const OWN_QUEUES: [Export; 3] = [Export::OnOrder, Export::OnFinancialEvent, Export::OnInventory];

/// A connection that events are delivered for. It holds the lock of its store.
pub struct Work {
    pub runtime: ConnectionRuntime,
    pub store: Arc<SqliteStore>,
    _lock: StoreLock,
}

impl Work {
    /// Takes the store over: what an earlier process had in work is waiting again.
    pub async fn begin(
        runtime: ConnectionRuntime,
        store: Arc<SqliteStore>,
        lock: StoreLock,
    ) -> Result<Self, StoreError> {
        let interrupted = store.take_back_all(&runtime.name).await?;
        if interrupted > 0 {
            let connection = &runtime.name;
            tracing::info!(%connection, interrupted, "deliveries of an earlier process are repeated");
        }
        Ok(Work { runtime, store, _lock: lock })
    }

    pub fn name(&self) -> &ConnectionName {
        &self.runtime.name
    }

    /// Events for as many workers.
    pub(super) async fn claim(&self, most: usize, plugin: &str) -> Result<Vec<ClaimedEvent>, StoreError> {
        self.store.claim(self.name(), most, self.runtime.limits.claim_ms(), plugin).await
    }

    /// Makes events of the messages that are due in the plugin's own queues.
    pub(super) async fn take_messages(&self) -> Result<usize, StoreError> {
        let mut taken = 0;
        for export in OWN_QUEUES.into_iter().filter(|export| self.runtime.queues.contains(export.name())) {
            let (name, key) = (export.name(), queued_order_key);
            taken += self.store.take_messages(self.name(), name, export, key).await?;
        }
        Ok(taken)
    }

    /// Forgets the stories that are long over, some at a time.
    pub(super) async fn forget_ended(&self) -> Result<(), StoreError> {
        let before_ms = self.runtime.clock.now_ms().saturating_sub(STORY_KEPT_MS);
        while self.store.forget_ended(self.name(), before_ms).await? > 0 {}
        Ok(())
    }
}
