//! A queue of Amazon SQS as a source, the way in which SP-API delivers notifications.
//!
//! A message is deleted once its event is in the store, and hidden from other receivers for as long as it is in
//! hand. Deliberately absent: what becomes of a message that is received too often; the queue's own redrive policy
//! says that.

mod queue;
mod refusal;
#[cfg(test)]
mod tests;

use std::convert::Infallible;
use std::time::Duration;

use aws_sdk_sqs::types::Message;
use backon::{BackoffBuilder, ExponentialBuilder};

pub(super) use self::queue::{ProxyUnusable, Queue};
use super::envelope::arrived_event;
use super::intake::ArrivedEvent;
use super::reception::{PAUSES, Reception};
use super::shutdown::Shutdown;
use crate::engine::Source;

/// How often an event is offered to a store that fails, some three minutes in all, while its message stays hidden:
/// every time that it is received counts towards the queue's redrive policy, so it is not let go at once.
const OFFERS: usize = 8;

/// The message attribute that holds a W3C trace context.
const TRACEPARENT: &str = "traceparent";

/// One receiver of a queue at work.
#[derive(Clone)]
pub(super) struct Sqs {
    queue: Queue,
    reception: Reception,
    /// Between two offers of one event.
    patience: ExponentialBuilder,
}

impl Sqs {
    pub(super) fn new(queue: Queue, reception: Reception) -> Self {
        Sqs { queue, reception, patience: PAUSES.with_max_times(OFFERS) }
    }

    /// Receives until it is told to stop, and then finishes what it has in hand.
    pub(super) async fn run(self, mut shutdown: Shutdown) {
        let mut pauses = PAUSES.build();
        loop {
            let received = tokio::select! {
                biased;
                () = shutdown.requested() => return,
                received = self.queue.receive() => received,
            };
            let well = match received {
                Ok(messages) => self.work_on(&messages, &shutdown).await,
                Err(refusal) => {
                    self.reception.failed(refusal.code, format!("no messages: {refusal}"));
                    false
                }
            };
            if well {
                pauses = PAUSES.build();
                continue;
            }
            let pause = pauses.next().expect("these pauses have no end");
            if !shutdown.sleep(pause).await {
                return;
            }
        }
    }

    /// Says whether all messages are in the store.
    async fn work_on(&self, messages: &[Message], shutdown: &Shutdown) -> bool {
        let stored = tokio::select! {
            stored = self.take(messages, shutdown.clone()) => stored,
            never = self.keep_hidden(messages) => match never {},
        };
        // What is not deleted comes again, and is a duplicate then.
        for refusal in self.queue.delete(stored).await {
            self.reception.failed(refusal.code, format!("a stored message stays in the queue: {refusal}"));
        }
        stored.len() == messages.len()
    }

    /// Gives those that are in the store. After one that the store does not take, the rest is left to the queue.
    async fn take<'a>(&self, messages: &'a [Message], mut shutdown: Shutdown) -> &'a [Message] {
        for (taken, message) in messages.iter().enumerate() {
            let event = event(message);
            let mut pauses = self.patience.build();
            while self.reception.take(&event).await.is_err() {
                match pauses.next() {
                    Some(pause) if shutdown.sleep(pause).await => {}
                    _ => return &messages[..taken],
                }
            }
        }
        messages
    }

    /// Extends the time for which the messages are hidden, long before it runs out.
    async fn keep_hidden(&self, messages: &[Message]) -> Infallible {
        let step = Duration::from_secs(self.queue.visibility_seconds().unsigned_abs().into()) / 2;
        loop {
            tokio::time::sleep(step).await;
            // What shows itself too early is received twice, and is a duplicate then.
            for refusal in self.queue.keep_hidden(messages).await {
                self.reception.failed(refusal.code, format!("a message in hand shows itself: {refusal}"));
            }
        }
    }
}

fn event(message: &Message) -> ArrivedEvent {
    let traceparent = message.message_attributes().and_then(|attributes| attributes.get(TRACEPARENT));
    let traceparent = traceparent.and_then(|attribute| attribute.string_value());
    let body = message.body().unwrap_or_default().as_bytes().to_vec();
    arrived_event(body, Source::AmazonNotification, traceparent)
}
