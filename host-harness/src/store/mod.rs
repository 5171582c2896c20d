//! Where state, queues and events that wait for a person live: three traits, each with an implementation in
//! memory and one in SQLite.
//!
//! The meaning of state and queues is fixed by `clarity:ipaas` in `wit/`; `conformance` holds both
//! implementations to it. Deliberately absent: anything about what an event means, and delivery from the
//! queues.

#[cfg(test)]
mod conformance;
mod error;
mod memory;
mod message_queue;
mod parking;
mod sqlite;
mod state_store;

pub use error::StoreError;
pub use memory::MemoryStore;
pub use message_queue::{Message, MessageQueue, QueuedMessage, SendError, Sent};
pub use parking::{ParkedEvent, Parking, Waits};
pub use sqlite::SqliteStore;
pub use state_store::{Entry, KeyError, StateError, StateKey, StateStore};
