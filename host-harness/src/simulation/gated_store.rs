//! State and queues, through the gate: a store on another machine, as an integration platform has it.
//!
//! Absent on purpose: any meaning of a key or value. Looking into a queue is no call of the plugin's, and
//! goes past the gate.

use std::fmt::Debug;
use std::sync::Arc;

use async_trait::async_trait;

use crate::connection::ConnectionName;
use crate::store::{
    Entry, MemoryStore, Message, MessageQueue, QueuedMessage, SendError, Sent, StateError, StateKey,
    StateStore, StoreError,
};

use super::call::Call;
use super::gate::Way;
use super::mishap::{Fate, Mishap};

/// The store as one machine reaches it.
pub(super) struct GatedStore {
    pub store: Arc<MemoryStore>,
    pub way: Way,
}

impl GatedStore {
    /// Makes a call of the store. `unavailable` makes the error of one that gave no answer, whether it was
    /// carried out or not.
    async fn call<T, E, W>(
        &self,
        name: String,
        work: impl FnOnce(Arc<MemoryStore>) -> W + Send + 'static,
        unavailable: fn(StoreError) -> E,
    ) -> Result<T, E>
    where
        T: Debug + Send + 'static,
        E: std::fmt::Display + Send + 'static,
        W: Future<Output = Result<T, E>> + Send + 'static,
    {
        let store = Arc::clone(&self.store);
        let carry_out = move |fate: Fate| async move {
            match fate.mishap {
                None => work(store).await,
                Some(Mishap::AnswerLost) => {
                    drop(work(store).await);
                    Err(unavailable(gone()))
                }
                Some(_) => Err(unavailable(gone())),
            }
        };
        self.way.through(Call::of_store(name), carry_out, outcome).await
    }
}

fn outcome<T, E: std::fmt::Display>(answer: &Result<T, E>) -> String {
    match answer {
        Ok(_) => "done".to_owned(),
        Err(error) => error.to_string(),
    }
}

/// What a store that cannot be reached says.
fn gone() -> StoreError {
    StoreError::Locked { path: "the simulated store".into() }
}

#[async_trait]
impl StateStore for GatedStore {
    async fn get(&self, connection: &ConnectionName, key: &StateKey) -> Result<Option<Entry>, StateError> {
        let name = format!("get {key}");
        let (connection, key) = (connection.clone(), key.clone());
        let work = move |store: Arc<MemoryStore>| async move { store.get(&connection, &key).await };
        self.call(name, work, StateError::Unavailable).await
    }

    async fn create(
        &self,
        connection: &ConnectionName,
        key: &StateKey,
        value: &[u8],
        ttl_ms: Option<u64>,
    ) -> Result<u64, StateError> {
        let name = format!("create {key}");
        let (connection, key, value) = (connection.clone(), key.clone(), value.to_vec());
        let work = move |store: Arc<MemoryStore>| async move {
            store.create(&connection, &key, &value, ttl_ms).await
        };
        self.call(name, work, StateError::Unavailable).await
    }

    async fn update(
        &self,
        connection: &ConnectionName,
        key: &StateKey,
        value: &[u8],
        revision: u64,
        ttl_ms: Option<u64>,
    ) -> Result<u64, StateError> {
        let name = format!("update {key}");
        let (connection, key, value) = (connection.clone(), key.clone(), value.to_vec());
        let work = move |store: Arc<MemoryStore>| async move {
            store.update(&connection, &key, &value, revision, ttl_ms).await
        };
        self.call(name, work, StateError::Unavailable).await
    }

    async fn delete(
        &self,
        connection: &ConnectionName,
        key: &StateKey,
        revision: u64,
    ) -> Result<(), StateError> {
        let name = format!("delete {key}");
        let (connection, key) = (connection.clone(), key.clone());
        let work =
            move |store: Arc<MemoryStore>| async move { store.delete(&connection, &key, revision).await };
        self.call(name, work, StateError::Unavailable).await
    }

    async fn list_keys(
        &self,
        connection: &ConnectionName,
        prefix: &str,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<String>, StateError> {
        let name = format!("list {prefix}");
        let (connection, prefix, after) = (connection.clone(), prefix.to_owned(), after.map(str::to_owned));
        let work = move |store: Arc<MemoryStore>| async move {
            store.list_keys(&connection, &prefix, after.as_deref(), limit).await
        };
        self.call(name, work, StateError::Unavailable).await
    }
}

#[async_trait]
impl MessageQueue for GatedStore {
    async fn send(
        &self,
        connection: &ConnectionName,
        queue: &str,
        message: &Message,
    ) -> Result<Sent, SendError> {
        let name = format!("send {queue}");
        let (connection, queue, message) = (connection.clone(), queue.to_owned(), message.clone());
        let work =
            move |store: Arc<MemoryStore>| async move { store.send(&connection, &queue, &message).await };
        self.call(name, work, SendError::Unavailable).await
    }

    async fn peek(
        &self,
        connection: &ConnectionName,
        queue: &str,
    ) -> Result<Option<QueuedMessage>, StoreError> {
        self.store.peek(connection, queue).await
    }

    async fn all(&self, connection: &ConnectionName, queue: &str) -> Result<Vec<QueuedMessage>, StoreError> {
        self.store.all(connection, queue).await
    }

    async fn remove(
        &self,
        connection: &ConnectionName,
        queue: &str,
        sequence: u64,
    ) -> Result<bool, StoreError> {
        self.store.remove(connection, queue, sequence).await
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::super::gate::{Gate, LifeId};
    use super::*;
    use crate::clock::{Clock, ManualClock};

    /// What a write says and what is stored then.
    fn written(mishap: Option<Mishap>) -> (bool, Option<Vec<u8>>) {
        let clock: Arc<dyn Clock> = Arc::new(ManualClock::at(chrono::DateTime::UNIX_EPOCH));
        let (store, gate) = (Arc::new(MemoryStore::new(clock)), Arc::new(Gate::default()));
        let way = Way { gate: Arc::clone(&gate), life: LifeId(1) };
        let gated = GatedStore { store: Arc::clone(&store), way };
        let connection = ConnectionName::new("a-test").expect("a name");
        let key = StateKey::new("journal/1").expect("a key");
        let mut writing = gated.create(&connection, &key, b"a", None);
        assert!(writing.as_mut().now_or_never().is_none(), "it waits at the gate");
        let [made] = gate.take().try_into().unwrap_or_else(|_| panic!("one call was made"));
        assert_eq!(made.call.to_string(), "store create journal/1");
        let fate = Fate { mishap, waits_in_vain: false };
        let carried = (made.carry_out)(fate).now_or_never().expect("the store is in memory");
        (carried.hand_over)();
        let answer = writing.now_or_never().expect("it is answered");
        let stored = store.get(&connection, &key).now_or_never().expect("it is in memory").expect("it works");
        (answer.is_ok(), stored.map(|entry| entry.value))
    }

    #[test]
    fn a_write_is_done_or_not_done_or_done_and_not_told() {
        assert_eq!(written(None), (true, Some(b"a".to_vec())));
        assert_eq!(written(Some(Mishap::Unavailable)), (false, None));
        assert_eq!(written(Some(Mishap::AnswerLost)), (false, Some(b"a".to_vec())));
    }
}
