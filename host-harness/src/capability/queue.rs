//! `clarity:ipaas/queue`: messages into the queues that the connection grants.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::connection::ConnectionName;
use crate::engine::since_v0_1::clarity::ipaas::queue::{Error, Host, Message};
use crate::engine::{HostCallKind, HostCallMeter};
use crate::runtime::ConnectionRuntime;
use crate::store::{self, MessageQueue, SendError, Sent};

pub(crate) struct QueueCapability {
    connection: ConnectionName,
    granted: Arc<BTreeSet<String>>,
    store: Arc<dyn MessageQueue>,
    meter: Arc<HostCallMeter>,
}

impl QueueCapability {
    pub(crate) fn new(connection: &ConnectionRuntime, meter: &Arc<HostCallMeter>) -> Self {
        QueueCapability {
            connection: connection.name.clone(),
            granted: Arc::clone(&connection.queues),
            store: Arc::clone(&connection.queue),
            meter: Arc::clone(meter),
        }
    }

    async fn store(&self, queue: &str, message: Message) -> Result<Sent, Error> {
        if !self.granted.contains(queue) {
            let connection = &self.connection;
            tracing::warn!(%connection, queue, "message refused: grants.queues does not name this queue");
            return Err(Error::NotGranted(queue.to_owned()));
        }
        let message = store::Message {
            content_type: message.content_type,
            body: message.body,
            deduplication_key: message.deduplication_key,
            delay_ms: message.delay_ms,
        };
        self.store.send(&self.connection, queue, &message).await.map_err(|error| match error {
            SendError::TooLarge(limit) => Error::TooLarge(limit),
            SendError::Unavailable(error) => Error::Unavailable(super::state::reason(&error)),
        })
    }
}

impl Host for QueueCapability {
    async fn send(&mut self, queue: String, message: Message) -> wasmtime::Result<Result<(), Error>> {
        let begun = self.meter.begin(HostCallKind::QueueSend, queue.clone());
        let answer = |sent: &Result<Sent, Error>| {
            match sent {
                Ok(Sent::Stored) => "stored",
                Ok(Sent::Duplicate) => "duplicate",
                Err(Error::NotGranted(_)) => "not-granted",
                Err(Error::TooLarge(_)) => "too-large",
                Err(Error::Unavailable(_)) => "unavailable",
            }
            .to_owned()
        };
        let lost = || Err(Error::Unavailable(super::state::ANSWER_LOST.to_owned()));
        let sent = self.meter.carry_out(begun, self.store(&queue, message), answer, lost).await;
        // A message that the queue remembers was sent before, which is what was asked for.
        Ok(sent.map(|_stored_or_duplicate| ()))
    }
}
