//! The named queues behind `clarity:ipaas/queue`.

use async_trait::async_trait;

use super::StoreError;
use crate::connection::ConnectionName;
use crate::limits::MESSAGE_BYTES;

/// A message to be delivered later.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Message {
    pub content_type: String,
    pub body: Vec<u8>,
    /// A second message with a key that the queue still remembers is dropped.
    pub deduplication_key: Option<String>,
    /// Not delivered before this many milliseconds have passed.
    pub delay_ms: u64,
}

/// A message that a queue holds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct QueuedMessage {
    /// Its place in the order of arrival, over all queues of the store.
    pub sequence: u64,
    pub content_type: String,
    pub body: Vec<u8>,
    pub deduplication_key: Option<String>,
    /// Milliseconds since 1970 before which it is not delivered.
    pub not_before_ms: u64,
}

/// What became of a message that was taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sent {
    Stored,
    /// The queue remembers its deduplication key, so it was dropped.
    Duplicate,
}

/// Why a message was not taken. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    #[error("the body is larger than the {0} bytes that the host takes")]
    TooLarge(u64),
    #[error("the queue store is not available")]
    Unavailable(#[source] StoreError),
}

/// Durable named queues; every queue belongs to one connection.
#[async_trait]
pub trait MessageQueue: Send + Sync {
    /// Stores a message. It is durable before the call returns.
    async fn send(
        &self,
        connection: &ConnectionName,
        queue: &str,
        message: &Message,
    ) -> Result<Sent, SendError>;

    /// The message that is to be delivered next: the first to arrive of those that are due.
    async fn peek(
        &self,
        connection: &ConnectionName,
        queue: &str,
    ) -> Result<Option<QueuedMessage>, StoreError>;

    /// Every message, due or not, in the order of arrival.
    async fn all(&self, connection: &ConnectionName, queue: &str) -> Result<Vec<QueuedMessage>, StoreError>;

    /// Takes a message out of its queue for good; false where it is not there. The queue remembers its
    /// deduplication key all the same.
    async fn remove(
        &self,
        connection: &ConnectionName,
        queue: &str,
        sequence: u64,
    ) -> Result<bool, StoreError>;
}

pub(super) fn check_body(message: &Message) -> Result<(), SendError> {
    if message.body.len() > MESSAGE_BYTES {
        return Err(SendError::TooLarge(MESSAGE_BYTES as u64));
    }
    Ok(())
}
