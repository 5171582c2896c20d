//! `MessageQueue` over SQLite.

use async_trait::async_trait;
use rusqlite::{OptionalExtension, Row, params};

use super::{SqliteStore, from_integer, next_number, to_integer};
use crate::connection::ConnectionName;
use crate::limits::DEDUPLICATION_MEMORY_MS;
use crate::store::message_queue::check_body;
use crate::store::{Message, MessageQueue, QueuedMessage, SendError, Sent, StoreError};

#[async_trait]
impl MessageQueue for SqliteStore {
    async fn send(
        &self,
        connection: &ConnectionName,
        queue: &str,
        message: &Message,
    ) -> Result<Sent, SendError> {
        check_body(message)?;
        let (connection, queue, message) = (connection.clone(), queue.to_owned(), message.clone());
        let now_ms = self.clock.now_ms();
        self.write(move |transaction| {
            if let Some(key) = &message.deduplication_key {
                transaction
                    .prepare_cached("DELETE FROM remembered_key WHERE forget_at_ms <= ?1")?
                    .execute([to_integer(now_ms)])?;
                let forget_at_ms = to_integer(now_ms.saturating_add(DEDUPLICATION_MEMORY_MS));
                let new = transaction.execute(
                    "INSERT OR IGNORE INTO remembered_key (connection, queue, deduplication_key, forget_at_ms)
                     VALUES (?1, ?2, ?3, ?4)",
                    params![connection.as_str(), queue, key, forget_at_ms],
                )?;
                if new == 0 {
                    return Ok(Sent::Duplicate);
                }
            }
            let sequence = next_number(transaction)?;
            transaction.execute(
                "INSERT INTO message
                     (sequence, connection, queue, content_type, body, deduplication_key, not_before_ms)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                params![
                    sequence,
                    connection.as_str(),
                    queue,
                    message.content_type,
                    message.body,
                    message.deduplication_key,
                    to_integer(now_ms.saturating_add(message.delay_ms)),
                ],
            )?;
            Ok(Sent::Stored)
        })
        .await
        .map_err(SendError::Unavailable)
    }

    async fn peek(
        &self,
        connection: &ConnectionName,
        queue: &str,
    ) -> Result<Option<QueuedMessage>, StoreError> {
        let (connection, queue) = (connection.clone(), queue.to_owned());
        let now_ms = to_integer(self.clock.now_ms());
        self.read(move |transaction| {
            transaction
                .query_row(
                    "SELECT sequence, content_type, body, deduplication_key, not_before_ms FROM message
                     WHERE connection = ?1 AND queue = ?2 AND not_before_ms <= ?3 ORDER BY sequence LIMIT 1",
                    params![connection.as_str(), queue, now_ms],
                    read_message,
                )
                .optional()
        })
        .await
    }

    async fn all(&self, connection: &ConnectionName, queue: &str) -> Result<Vec<QueuedMessage>, StoreError> {
        let (connection, queue) = (connection.clone(), queue.to_owned());
        self.read(move |transaction| {
            let mut statement = transaction.prepare(
                "SELECT sequence, content_type, body, deduplication_key, not_before_ms FROM message
                 WHERE connection = ?1 AND queue = ?2 ORDER BY sequence",
            )?;
            let messages = statement.query_map(params![connection.as_str(), queue], read_message)?;
            messages.collect()
        })
        .await
    }

    async fn remove(
        &self,
        connection: &ConnectionName,
        queue: &str,
        sequence: u64,
    ) -> Result<bool, StoreError> {
        let (connection, queue) = (connection.clone(), queue.to_owned());
        self.write(move |transaction| {
            let removed = transaction.execute(
                "DELETE FROM message WHERE connection = ?1 AND queue = ?2 AND sequence = ?3",
                params![connection.as_str(), queue, to_integer(sequence)],
            )?;
            Ok(removed > 0)
        })
        .await
    }
}

fn read_message(row: &Row<'_>) -> rusqlite::Result<QueuedMessage> {
    Ok(QueuedMessage {
        sequence: from_integer(row.get(0)?),
        content_type: row.get(1)?,
        body: row.get(2)?,
        deduplication_key: row.get(3)?,
        not_before_ms: from_integer(row.get(4)?),
    })
}
