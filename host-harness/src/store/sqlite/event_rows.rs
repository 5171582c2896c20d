//! Between the rows of `event`, `delivery` and `posted_document` and the types of the store.

use rusqlite::types::Type;
use rusqlite::{Row, Transaction};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::from_integer;
use crate::engine::{Delivery, Effect, Export, Source};
use crate::source::ArrivedEvent;
use crate::store::event::{ClaimedEvent, DeliveryRecord, PostedDocument, Reason, Stand, StoredEvent};

/// The columns that [`read_event`] reads, in its order.
pub(super) const EVENT_COLUMNS: &str =
    "sequence, event_id, export, source, content_type, occurred_at, ordering_key,
     traceparent, body, arrived_at_ms, stand, since_ms, attempt, not_before_ms, deliveries, ending,
     code, subject, message, done, plugin_failures";

pub(super) fn read_event(row: &Row<'_>) -> rusqlite::Result<StoredEvent> {
    Ok(StoredEvent {
        sequence: from_integer(row.get(0)?),
        arrived: ArrivedEvent {
            event_id: row.get(1)?,
            export: named(row, 2, Export::parse)?,
            source: named(row, 3, Source::parse)?,
            content_type: row.get(4)?,
            occurred_at: row.get(5)?,
            ordering_key: row.get(6)?,
            traceparent: row.get(7)?,
            body: row.get(8)?,
        },
        arrived_at_ms: from_integer(row.get(9)?),
        stand: named(row, 10, Stand::parse)?,
        since_ms: from_integer(row.get(11)?),
        attempt: row.get(12)?,
        not_before_ms: from_integer(row.get(13)?),
        deliveries: row.get(14)?,
        ending: row.get(15)?,
        reason: read_reason(row, 16)?,
        done: from_json::<Vec<StoredEffect>>(row, 19)?.into_iter().map(restore_effect).collect(),
    })
}

/// The claim of an event whose row was just read; its delivery is the next one.
pub(super) fn claimed(event: StoredEvent, plugin_failures: u32) -> ClaimedEvent {
    let arrived = event.arrived;
    ClaimedEvent {
        sequence: event.sequence,
        number: event.deliveries + 1,
        export: arrived.export,
        delivery: Delivery {
            event_id: arrived.event_id,
            source: arrived.source,
            content_type: arrived.content_type,
            occurred_at: arrived.occurred_at,
            attempt: event.attempt,
            body: arrived.body,
        },
        ordering_key: arrived.ordering_key,
        traceparent: arrived.traceparent,
        arrived_at_ms: event.arrived_at_ms,
        plugin_failures,
    }
}

/// All deliveries of an event, in their order.
pub(super) fn deliveries(transaction: &Transaction<'_>, event: i64) -> rusqlite::Result<Vec<DeliveryRecord>> {
    let mut statement = transaction.prepare_cached(
        "SELECT attempt, began_at_ms, ended_at_ms, ending, code, subject, message, plugin, trace_id, host_calls
         FROM delivery WHERE event = ?1 ORDER BY number",
    )?;
    let read = |row: &Row<'_>| {
        Ok(DeliveryRecord {
            attempt: row.get(0)?,
            began_at_ms: from_integer(row.get(1)?),
            ended_at_ms: row.get::<_, Option<i64>>(2)?.map(from_integer),
            ending: row.get(3)?,
            reason: read_reason(row, 4)?,
            plugin: row.get(7)?,
            trace_id: row.get(8)?,
            host_calls: from_json(row, 9)?,
        })
    };
    statement.query_map([event], read)?.collect()
}

/// Reads `event_id, document, number, reference, recorded_at_ms, plugin`.
pub(super) fn read_document(row: &Row<'_>) -> rusqlite::Result<PostedDocument> {
    Ok(PostedDocument {
        event_id: row.get(0)?,
        document: Effect { document: row.get(1)?, number: row.get(2)?, reference: row.get(3)? },
        recorded_at_ms: from_integer(row.get(4)?),
        plugin: row.get(5)?,
    })
}

/// Three columns: code, subject and message; without a code there is no reason.
fn read_reason(row: &Row<'_>, first: usize) -> rusqlite::Result<Option<Reason>> {
    let Some(code) = row.get::<_, Option<String>>(first)? else { return Ok(None) };
    Ok(Some(Reason { code, subject: row.get(first + 1)?, message: row.get(first + 2)? }))
}

fn named<T>(row: &Row<'_>, column: usize, parse: impl Fn(&str) -> Option<T>) -> rusqlite::Result<T> {
    let name: String = row.get(column)?;
    parse(&name).ok_or_else(|| {
        rusqlite::Error::FromSqlConversionFailure(column, Type::Text, format!("unknown `{name}`").into())
    })
}

fn from_json<T: DeserializeOwned>(row: &Row<'_>, column: usize) -> rusqlite::Result<T> {
    let text: String = row.get(column)?;
    serde_json::from_str(&text)
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(column, Type::Text, error.into()))
}

/// The stored form of a document that was done.
#[derive(Serialize, Deserialize)]
struct StoredEffect {
    document: String,
    number: String,
    reference: String,
}

pub(super) fn effects_json(effects: &[Effect]) -> String {
    let stored: Vec<StoredEffect> = effects
        .iter()
        .cloned()
        .map(|Effect { document, number, reference }| StoredEffect { document, number, reference })
        .collect();
    serde_json::to_string(&stored).expect("a list of texts serialises")
}

fn restore_effect(stored: StoredEffect) -> Effect {
    let StoredEffect { document, number, reference } = stored;
    Effect { document, number, reference }
}
