//! Where state, queues and events live.
//!
//! State and queues are what a plugin can call: two traits, each with an implementation in memory and one in
//! SQLite. Their meaning is fixed by `clarity:ipaas` in `wit/`; `conformance` holds both to it. Events are the
//! host's own and live in SQLite only. Deliberately absent: anything about what an event means, and delivery.

#[cfg(test)]
mod conformance;
mod error;
mod event;
mod lock;
mod memory;
mod message_queue;
mod sqlite;
mod state_store;

pub use error::StoreError;
pub use event::{
    After, ClaimedEvent, DeliveryFigures, DeliveryRecord, EventCounts, EventStory, Percentiles,
    PostedDocument, Reason, RecordedCall, Settlement, Stand, StoredEvent, Waits,
};
pub use lock::StoreLock;
pub use memory::MemoryStore;
pub use message_queue::{Message, MessageQueue, QueuedMessage, SendError, Sent};
pub use sqlite::SqliteStore;
pub use state_store::{Entry, KeyError, StateError, StateKey, StateStore};
