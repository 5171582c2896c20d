//! State and queues in memory, for tests and for calls that are to leave nothing behind.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard};

use async_trait::async_trait;

use super::message_queue::check_body;
use super::state_store::{Expected, check_value, expiry_ms};
use super::{
    Entry, Message, MessageQueue, QueuedMessage, SendError, Sent, StateError, StateKey, StateStore,
    StoreError,
};
use crate::clock::Clock;
use crate::connection::ConnectionName;
use crate::limits::{DEDUPLICATION_MEMORY_MS, STATE_KEYS_LISTED};

/// A store that ends with the process.
pub struct MemoryStore {
    clock: Arc<dyn Clock>,
    content: Mutex<Content>,
}

#[derive(Default)]
struct Content {
    /// Of the last write, over all keys and queues.
    counter: u64,
    entries: BTreeMap<(ConnectionName, String), StoredEntry>,
    messages: HashMap<(ConnectionName, String), Vec<QueuedMessage>>,
    /// Connection, queue and deduplication key, to when it is forgotten.
    remembered: HashMap<(ConnectionName, String, String), u64>,
}

struct StoredEntry {
    entry: Entry,
    expires_at_ms: Option<u64>,
}

impl MemoryStore {
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        MemoryStore { clock, content: Mutex::default() }
    }

    fn content(&self) -> MutexGuard<'_, Content> {
        self.content.lock().expect("no holder of this lock can panic")
    }

    fn write(
        &self,
        place: (ConnectionName, String),
        value: &[u8],
        expected: Expected,
        ttl_ms: Option<u64>,
    ) -> Result<u64, StateError> {
        check_value(value)?;
        let now_ms = self.clock.now_ms();
        let mut content = self.content();
        let stored = content.revision(&place, now_ms);
        if !expected.is_met_by(stored) {
            return Err(StateError::Stale(stored));
        }
        let revision = content.next();
        let entry = Entry { value: value.to_vec(), revision };
        content.entries.insert(place, StoredEntry { entry, expires_at_ms: expiry_ms(now_ms, ttl_ms) });
        Ok(revision)
    }
}

impl Content {
    fn next(&mut self) -> u64 {
        self.counter += 1;
        self.counter
    }

    fn live(&self, place: &(ConnectionName, String), now_ms: u64) -> Option<&Entry> {
        let stored = self.entries.get(place)?;
        stored.is_live(now_ms).then_some(&stored.entry)
    }

    fn revision(&self, place: &(ConnectionName, String), now_ms: u64) -> u64 {
        self.live(place, now_ms).map_or(0, |entry| entry.revision)
    }
}

impl StoredEntry {
    fn is_live(&self, now_ms: u64) -> bool {
        self.expires_at_ms.is_none_or(|expires_at_ms| now_ms < expires_at_ms)
    }
}

fn place(connection: &ConnectionName, name: &str) -> (ConnectionName, String) {
    (connection.clone(), name.to_owned())
}

#[async_trait]
impl StateStore for MemoryStore {
    async fn get(&self, connection: &ConnectionName, key: &StateKey) -> Result<Option<Entry>, StateError> {
        Ok(self.content().live(&place(connection, key.as_str()), self.clock.now_ms()).cloned())
    }

    async fn create(
        &self,
        connection: &ConnectionName,
        key: &StateKey,
        value: &[u8],
        ttl_ms: Option<u64>,
    ) -> Result<u64, StateError> {
        self.write(place(connection, key.as_str()), value, Expected::Absent, ttl_ms)
    }

    async fn update(
        &self,
        connection: &ConnectionName,
        key: &StateKey,
        value: &[u8],
        revision: u64,
        ttl_ms: Option<u64>,
    ) -> Result<u64, StateError> {
        self.write(place(connection, key.as_str()), value, Expected::Revision(revision), ttl_ms)
    }

    async fn delete(
        &self,
        connection: &ConnectionName,
        key: &StateKey,
        revision: u64,
    ) -> Result<(), StateError> {
        let place = place(connection, key.as_str());
        let mut content = self.content();
        let stored = content.revision(&place, self.clock.now_ms());
        if !Expected::Revision(revision).is_met_by(stored) {
            return Err(StateError::Stale(stored));
        }
        content.entries.remove(&place);
        Ok(())
    }

    async fn list_keys(
        &self,
        connection: &ConnectionName,
        prefix: &str,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<String>, StateError> {
        if limit > STATE_KEYS_LISTED {
            return Err(StateError::TooLarge(STATE_KEYS_LISTED.into()));
        }
        let now_ms = self.clock.now_ms();
        let keys = self
            .content()
            .entries
            .range(place(connection, prefix)..)
            .take_while(|((owner, key), _)| owner == connection && key.starts_with(prefix))
            .filter(|((_, key), stored)| {
                after.is_none_or(|after| key.as_str() > after) && stored.is_live(now_ms)
            })
            .take(limit as usize)
            .map(|((_, key), _)| key.clone())
            .collect();
        Ok(keys)
    }
}

#[async_trait]
impl MessageQueue for MemoryStore {
    async fn send(
        &self,
        connection: &ConnectionName,
        queue: &str,
        message: &Message,
    ) -> Result<Sent, SendError> {
        check_body(message)?;
        let now_ms = self.clock.now_ms();
        let mut content = self.content();
        if let Some(key) = &message.deduplication_key {
            let remembered = (connection.clone(), queue.to_owned(), key.clone());
            if content.remembered.get(&remembered).is_some_and(|forget_at_ms| now_ms < *forget_at_ms) {
                return Ok(Sent::Duplicate);
            }
            content.remembered.insert(remembered, now_ms.saturating_add(DEDUPLICATION_MEMORY_MS));
        }
        let queued = QueuedMessage {
            sequence: content.next(),
            content_type: message.content_type.clone(),
            body: message.body.clone(),
            deduplication_key: message.deduplication_key.clone(),
            not_before_ms: now_ms.saturating_add(message.delay_ms),
        };
        content.messages.entry(place(connection, queue)).or_default().push(queued);
        Ok(Sent::Stored)
    }

    async fn peek(
        &self,
        connection: &ConnectionName,
        queue: &str,
    ) -> Result<Option<QueuedMessage>, StoreError> {
        let now_ms = self.clock.now_ms();
        let messages = self.all(connection, queue).await?;
        Ok(messages.into_iter().find(|message| message.not_before_ms <= now_ms))
    }

    async fn all(&self, connection: &ConnectionName, queue: &str) -> Result<Vec<QueuedMessage>, StoreError> {
        Ok(self.content().messages.get(&place(connection, queue)).cloned().unwrap_or_default())
    }

    async fn remove(
        &self,
        connection: &ConnectionName,
        queue: &str,
        sequence: u64,
    ) -> Result<bool, StoreError> {
        let mut content = self.content();
        let Some(messages) = content.messages.get_mut(&place(connection, queue)) else {
            return Ok(false);
        };
        let before = messages.len();
        messages.retain(|message| message.sequence != sequence);
        Ok(messages.len() < before)
    }
}
