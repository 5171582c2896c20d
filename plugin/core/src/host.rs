//! The ports: what the core needs from whoever runs it.
//!
//! The component's shell implements them over WASI and `clarity:ipaas`; tests implement them in memory.
//! Absent on purpose: async (a component's calls are synchronous) and anything about credentials.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use crate::remote::{HttpRequest, HttpResponse, TransportFailure};

/// A stored value with the revision that a later write must name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    pub value: Vec<u8>,
    pub revision: u64,
}

/// Why a state call did not do what was asked. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StateError {
    #[error("another writer was first")]
    Stale,
    #[error("the value is larger than the {0} bytes that the host keeps")]
    TooLarge(u64),
    #[error("the state store is unavailable: {0}")]
    Unavailable(String),
}

/// The revisioned store of this connection.
pub trait State {
    fn get(&mut self, key: &str) -> Result<Option<Entry>, StateError>;
    fn create(&mut self, key: &str, value: &[u8], ttl_ms: Option<u64>) -> Result<u64, StateError>;
    fn update(
        &mut self,
        key: &str,
        value: &[u8],
        revision: u64,
        ttl_ms: Option<u64>,
    ) -> Result<u64, StateError>;
    fn delete(&mut self, key: &str, revision: u64) -> Result<(), StateError>;
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LogLevel {
    Debug,
    Info,
    Warn,
    Error,
}

/// Why a message was not taken. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QueueError {
    #[error("the connection does not grant the queue")]
    NotGranted,
    #[error("the message is larger than the {0} bytes that the host takes")]
    TooLarge(u64),
    #[error("the queue is unavailable: {0}")]
    Unavailable(String),
}

/// Everything outside.
pub trait Host {
    fn now(&mut self) -> DateTime<Utc>;
    /// The connection's settings, flat: dotted key to text.
    fn settings(&mut self) -> Result<BTreeMap<String, String>, String>;
    fn send(&mut self, request: &HttpRequest) -> Result<HttpResponse, TransportFailure>;
    fn state(&mut self) -> &mut dyn State;
    /// Puts a message into a named queue, once per `deduplication_key`.
    fn enqueue(&mut self, queue: &str, body: &[u8], deduplication_key: &str) -> Result<(), QueueError>;
    /// One structured line. Personal data and secrets must not be passed.
    fn log(&mut self, level: LogLevel, message: &str, fields: &[(&str, &str)]);
}
