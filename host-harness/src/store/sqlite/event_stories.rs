//! What people ask of events and do with those that wait for them, and what is forgotten in time.

use rusqlite::{OptionalExtension, params};

use super::event_queue::insert;
use super::event_rows::{EVENT_COLUMNS, deliveries, read_document, read_event};
use super::{SqliteStore, from_integer, to_integer};
use crate::connection::ConnectionName;
use crate::engine::{Export, Source};
use crate::source::{ArrivedEvent, Taken};
use crate::store::StoreError;
use crate::store::event::{EventCounts, EventStory, Stand, StoredEvent, Waits};

/// How many events or messages one transaction deals with, so that no other write waits long.
const ROWS_AT_A_TIME: u32 = 500;

impl SqliteStore {
    /// The events that wait for a person, the longest first.
    pub async fn parked(
        &self,
        connection: &ConnectionName,
        waits: Waits,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        let connection = connection.clone();
        self.read(move |transaction| {
            let mut statement = transaction.prepare(&format!(
                "SELECT {EVENT_COLUMNS} FROM event WHERE connection = ?1 AND stand = ?2
                 ORDER BY since_ms, sequence"
            ))?;
            statement.query_map(params![connection.as_str(), waits.stand().name()], read_event)?.collect()
        })
        .await
    }

    /// The events that changed last, the latest first, `limit` at most; of one stand where given, and only those
    /// that put a document of this number or reference into the books where given.
    pub async fn recent(
        &self,
        connection: &ConnectionName,
        stand: Option<Stand>,
        document: Option<&str>,
        limit: u32,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        let (connection, document) = (connection.clone(), document.map(str::to_owned));
        self.read(move |transaction| {
            let mut statement = transaction.prepare(&format!(
                "SELECT {EVENT_COLUMNS} FROM event WHERE connection = ?1 AND (?2 IS NULL OR stand = ?2)
                   AND (?3 IS NULL OR event_id IN (SELECT event_id FROM posted_document
                        WHERE connection = ?1 AND (number = ?3 OR reference = ?3)))
                 ORDER BY since_ms DESC, sequence DESC LIMIT ?4"
            ))?;
            let stand = stand.map(Stand::name);
            statement.query_map(params![connection.as_str(), stand, document, limit], read_event)?.collect()
        })
        .await
    }

    /// All that is known of one event.
    pub async fn story(
        &self,
        connection: &ConnectionName,
        event_id: &str,
    ) -> Result<Option<EventStory>, StoreError> {
        let (connection, event_id) = (connection.clone(), event_id.to_owned());
        self.read(move |transaction| {
            let event = transaction
                .query_row(
                    &format!("SELECT {EVENT_COLUMNS} FROM event WHERE connection = ?1 AND event_id = ?2"),
                    params![connection.as_str(), event_id],
                    read_event,
                )
                .optional()?;
            let Some(event) = event else { return Ok(None) };
            let mut statement = transaction.prepare(
                "SELECT event_id, document, number, reference, recorded_at_ms, plugin FROM posted_document
                 WHERE connection = ?1 AND event_id = ?2 ORDER BY sequence",
            )?;
            let documents = statement
                .query_map(params![connection.as_str(), event_id], read_document)?
                .collect::<Result<_, _>>()?;
            let deliveries = deliveries(transaction, to_integer(event.sequence))?;
            Ok(Some(EventStory { event, deliveries, documents }))
        })
        .await
    }

    /// Puts an event that waits for a person back into the queue, as new. `false` where it does not wait so.
    pub async fn release(
        &self,
        connection: &ConnectionName,
        event_id: &str,
        waits: Waits,
    ) -> Result<bool, StoreError> {
        let (connection, event_id) = (connection.clone(), event_id.to_owned());
        let now_ms = to_integer(self.clock.now_ms());
        self.write(move |transaction| {
            let released = transaction.execute(
                "UPDATE event SET stand = 'waiting', since_ms = ?4, not_before_ms = ?4, attempt = 1,
                                  plugin_failures = 0, code = NULL, subject = NULL, message = NULL
                 WHERE connection = ?1 AND event_id = ?2 AND stand = ?3",
                params![connection.as_str(), event_id, waits.stand().name(), now_ms],
            )?;
            Ok(released > 0)
        })
        .await
    }

    /// Lets a waiting event come now instead of at its time, or all of them. Says how many wait.
    pub async fn make_due(
        &self,
        connection: &ConnectionName,
        event_id: Option<&str>,
    ) -> Result<usize, StoreError> {
        let (connection, event_id) = (connection.clone(), event_id.map(str::to_owned));
        let now_ms = to_integer(self.clock.now_ms());
        self.write(move |transaction| {
            transaction.execute(
                "UPDATE event SET not_before_ms = min(not_before_ms, ?3)
                 WHERE connection = ?1 AND (?2 IS NULL OR event_id = ?2) AND stand = 'waiting'",
                params![connection.as_str(), event_id, now_ms],
            )
        })
        .await
    }

    /// Gives an event up for good; its body goes. `false` where it does not wait so.
    pub async fn discard(
        &self,
        connection: &ConnectionName,
        event_id: &str,
        waits: Waits,
    ) -> Result<bool, StoreError> {
        let (connection, event_id) = (connection.clone(), event_id.to_owned());
        let now_ms = to_integer(self.clock.now_ms());
        self.write(move |transaction| {
            let discarded = transaction.execute(
                "UPDATE event SET stand = 'discarded', since_ms = ?4, body = x''
                 WHERE connection = ?1 AND event_id = ?2 AND stand = ?3",
                params![connection.as_str(), event_id, waits.stand().name(), now_ms],
            )?;
            Ok(discarded > 0)
        })
        .await
    }

    pub async fn counts(&self, connection: &ConnectionName) -> Result<EventCounts, StoreError> {
        let connection = connection.clone();
        let now_ms = to_integer(self.clock.now_ms());
        self.read(move |transaction| {
            let mut counts = EventCounts::default();
            let mut statement = transaction.prepare_cached(
                "SELECT stand, not_before_ms <= ?2, count(*), min(not_before_ms) FROM event
                 WHERE connection = ?1 GROUP BY 1, 2",
            )?;
            let mut rows = statement.query(params![connection.as_str(), now_ms])?;
            while let Some(row) = rows.next()? {
                let (stand, is_due): (String, bool) = (row.get(0)?, row.get(1)?);
                let events = from_integer(row.get(2)?);
                match Stand::parse(&stand) {
                    Some(Stand::Waiting) if is_due => {
                        counts.ready = events;
                        counts.oldest_ready_ms = Some(from_integer(row.get(3)?));
                    }
                    Some(Stand::Waiting) => counts.delayed = events,
                    Some(Stand::InWork) => counts.in_work += events,
                    Some(Stand::Held) => counts.held += events,
                    Some(Stand::DeadLetter) => counts.dead_letter += events,
                    Some(Stand::Finished) => counts.finished += events,
                    Some(Stand::Discarded) | None => {}
                }
            }
            Ok(counts)
        })
        .await
    }

    /// Makes events of the messages that are due in a queue of the plugin's, and says how many.
    pub async fn take_messages(
        &self,
        connection: &ConnectionName,
        queue: &str,
        export: Export,
        ordering_key: fn(&[u8]) -> Option<String>,
    ) -> Result<usize, StoreError> {
        let (connection, queue) = (connection.clone(), queue.to_owned());
        let now_ms = self.clock.now_ms();
        self.write(move |transaction| {
            let mut statement = transaction.prepare_cached(
                "DELETE FROM message WHERE sequence IN (
                     SELECT sequence FROM message WHERE connection = ?1 AND queue = ?2 AND not_before_ms <= ?3
                     ORDER BY sequence LIMIT ?4)
                 RETURNING sequence, content_type, body, deduplication_key",
            )?;
            let mut rows =
                statement.query(params![connection.as_str(), queue, to_integer(now_ms), ROWS_AT_A_TIME])?;
            let mut taken = 0;
            while let Some(row) = rows.next()? {
                let (sequence, key): (i64, Option<String>) = (row.get(0)?, row.get(3)?);
                let body: Vec<u8> = row.get(2)?;
                let event = ArrivedEvent {
                    event_id: format!("{queue}/{}", key.unwrap_or_else(|| sequence.to_string())),
                    export,
                    source: Source::Queue,
                    content_type: row.get(1)?,
                    occurred_at: None,
                    ordering_key: ordering_key(&body),
                    traceparent: None,
                    body,
                };
                taken += usize::from(insert(transaction, &connection, &event, now_ms)? == Taken::Stored);
            }
            Ok(taken)
        })
        .await
    }

    /// Forgets the stories of events that ended before that time, some at a time, and says how many. What was
    /// posted stays in the audit trail.
    pub async fn forget_ended(
        &self,
        connection: &ConnectionName,
        before_ms: u64,
    ) -> Result<usize, StoreError> {
        let connection = connection.clone();
        self.write(move |transaction| {
            let ended: Vec<i64> = transaction
                .prepare_cached(
                    "SELECT sequence FROM event
                     WHERE connection = ?1 AND stand IN ('finished', 'discarded') AND since_ms < ?2 LIMIT ?3",
                )?
                .query_map(params![connection.as_str(), to_integer(before_ms), ROWS_AT_A_TIME], |row| {
                    row.get(0)
                })?
                .collect::<Result<_, _>>()?;
            for sequence in &ended {
                transaction.prepare_cached("DELETE FROM delivery WHERE event = ?1")?.execute([sequence])?;
                transaction.prepare_cached("DELETE FROM event WHERE sequence = ?1")?.execute([sequence])?;
            }
            Ok(ended.len())
        })
        .await
    }
}
