//! State and a clock in memory, for many deliveries of one connection.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::rc::Rc;

use chrono::{DateTime, Duration, Utc};

use crate::host::{Entry, Host, LogLevel, QueueError, State, StateError};
use crate::remote::{HttpRequest, HttpResponse, TransportFailure};

/// What the state and the books have in common: time, and whether the delivery still lives.
#[derive(Clone, Default)]
pub(super) struct World {
    elapsed_ms: Rc<Cell<i64>>,
    /// What each call takes.
    pub call_ms: Rc<Cell<i64>>,
    /// How many more calls the delivery lives for; without an end where nothing is said.
    left: Rc<Cell<Option<u32>>>,
    pub calls: Rc<Cell<u32>>,
}

impl World {
    pub fn pass(&self, ms: i64) {
        self.elapsed_ms.set(self.elapsed_ms.get() + ms);
    }

    pub fn elapsed_ms(&self) -> i64 {
        self.elapsed_ms.get()
    }

    /// The delivery ends with its nth call from now, which is not carried out.
    pub fn end_after(&self, calls: Option<u32>) {
        self.left.set(calls);
    }

    /// Counts a call; false where the delivery has ended.
    pub fn lives(&self) -> bool {
        self.pass(self.call_ms.get());
        self.calls.set(self.calls.get() + 1);
        let Some(left) = self.left.get() else { return true };
        self.left.set(Some(left.saturating_sub(1)));
        left > 0
    }
}

/// What the host keeps for the connection.
#[derive(Default)]
pub(super) struct Desk {
    pub world: World,
    pub entries: BTreeMap<String, Entry>,
    pub revision: u64,
}

impl Desk {
    fn put(&mut self, key: &str, value: &[u8]) -> u64 {
        self.revision += 1;
        let entry = Entry { value: value.to_vec(), revision: self.revision };
        self.entries.insert(key.to_owned(), entry);
        self.revision
    }

    fn call(&self) -> Result<(), StateError> {
        self.world.lives().then_some(()).ok_or_else(|| StateError::Unavailable("it ended".to_owned()))
    }
}

impl Host for Desk {
    fn now(&mut self) -> DateTime<Utc> {
        let begin = DateTime::from_timestamp(1_793_000_000, 0).expect("a time");
        begin + Duration::milliseconds(self.world.elapsed_ms.get())
    }

    fn settings(&mut self) -> Result<BTreeMap<String, String>, String> {
        Ok(BTreeMap::new())
    }

    fn send(&mut self, _: &HttpRequest) -> Result<HttpResponse, TransportFailure> {
        Err(TransportFailure::NotGranted)
    }

    fn state(&mut self) -> &mut dyn State {
        self
    }

    fn enqueue(&mut self, _: &str, _: &[u8], _: &str) -> Result<(), QueueError> {
        Ok(())
    }

    fn log(&mut self, _: LogLevel, _: &str, _: &[(&str, &str)]) {}
}

impl State for Desk {
    fn get(&mut self, key: &str) -> Result<Option<Entry>, StateError> {
        self.call()?;
        Ok(self.entries.get(key).cloned())
    }

    fn create(&mut self, key: &str, value: &[u8], _: Option<u64>) -> Result<u64, StateError> {
        self.call()?;
        if self.entries.contains_key(key) {
            return Err(StateError::Stale);
        }
        Ok(self.put(key, value))
    }

    fn update(&mut self, key: &str, value: &[u8], revision: u64, _: Option<u64>) -> Result<u64, StateError> {
        self.call()?;
        match self.entries.get(key) {
            Some(entry) if entry.revision == revision => Ok(self.put(key, value)),
            _ => Err(StateError::Stale),
        }
    }

    fn delete(&mut self, key: &str, _: u64) -> Result<(), StateError> {
        self.call()?;
        self.entries.remove(key);
        Ok(())
    }
}
