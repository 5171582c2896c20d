//! A host with nothing but a state in memory, for the tests of what is kept.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use crate::host::{Entry, Host, LogLevel, QueueError, State, StateError};
use crate::remote::{HttpRequest, HttpResponse, TransportFailure};

#[derive(Default)]
pub(super) struct MemoryHost {
    pub entries: BTreeMap<String, Entry>,
    pub revision: u64,
    /// So many writes find that another writer was first.
    pub overtaken: u32,
    pub writes: usize,
}

impl State for MemoryHost {
    fn get(&mut self, key: &str) -> Result<Option<Entry>, StateError> {
        Ok(self.entries.get(key).cloned())
    }

    fn create(&mut self, key: &str, value: &[u8], _: Option<u64>) -> Result<u64, StateError> {
        match self.entries.contains_key(key) {
            true => Err(StateError::Stale),
            false => self.write(key, value),
        }
    }

    fn update(&mut self, key: &str, value: &[u8], revision: u64, _: Option<u64>) -> Result<u64, StateError> {
        match self.entries.get(key).map(|entry| entry.revision) == Some(revision) {
            true => self.write(key, value),
            false => Err(StateError::Stale),
        }
    }

    fn delete(&mut self, key: &str, _: u64) -> Result<(), StateError> {
        self.entries.remove(key);
        Ok(())
    }
}

impl MemoryHost {
    fn write(&mut self, key: &str, value: &[u8]) -> Result<u64, StateError> {
        if self.overtaken > 0 {
            self.overtaken -= 1;
            return Err(StateError::Stale);
        }
        self.writes += 1;
        self.revision += 1;
        self.entries.insert(key.to_owned(), Entry { value: value.to_vec(), revision: self.revision });
        Ok(self.revision)
    }
}

impl Host for MemoryHost {
    fn now(&mut self) -> DateTime<Utc> {
        "2026-10-28T12:00:00Z".parse().expect("a time")
    }

    fn settings(&mut self) -> Result<BTreeMap<String, String>, String> {
        Err("there are none".into())
    }

    fn send(&mut self, _: &HttpRequest) -> Result<HttpResponse, TransportFailure> {
        Err(TransportFailure::NotGranted)
    }

    fn state(&mut self) -> &mut dyn State {
        self
    }

    fn enqueue(&mut self, _: &str, _: &[u8], _: &str) -> Result<(), QueueError> {
        Err(QueueError::NotGranted)
    }

    fn log(&mut self, _: LogLevel, _: &str, _: &[(&str, &str)]) {}
}
