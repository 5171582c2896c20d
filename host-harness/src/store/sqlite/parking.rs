//! Parked events in SQLite.

use async_trait::async_trait;
use rusqlite::types::Type;
use rusqlite::{Row, params};
use serde::{Deserialize, Serialize};

use super::{SqliteStore, from_integer, to_integer};
use crate::connection::ConnectionName;
use crate::engine::{Delivery, Effect, Export, Source};
use crate::store::parking::Waits;
use crate::store::{ParkedEvent, Parking, StoreError};

/// The stored form of a document that was done.
#[derive(Serialize, Deserialize)]
struct StoredEffect {
    document: String,
    number: String,
    reference: String,
}

#[async_trait]
impl Parking for SqliteStore {
    async fn park(&self, connection: &ConnectionName, event: &ParkedEvent) -> Result<(), StoreError> {
        let (connection, event) = (connection.clone(), event.clone());
        let done: Vec<StoredEffect> = event.done.iter().map(store_effect).collect();
        let done = serde_json::to_string(&done).expect("a list of texts serialises");
        self.write(move |transaction| {
            transaction.execute(
                "INSERT OR REPLACE INTO parked_event
                     (connection, event_id, waits, export, source, content_type, occurred_at, attempt, body,
                      code, subject, message, done, parked_at_ms)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
                params![
                    connection.as_str(),
                    event.delivery.event_id,
                    event.waits.name(),
                    event.export.name(),
                    source_name(event.delivery.source),
                    event.delivery.content_type,
                    event.delivery.occurred_at,
                    event.delivery.attempt,
                    event.delivery.body,
                    event.code,
                    event.subject,
                    event.message,
                    done,
                    to_integer(event.parked_at_ms),
                ],
            )?;
            Ok(())
        })
        .await
    }

    async fn parked(&self, connection: &ConnectionName) -> Result<Vec<ParkedEvent>, StoreError> {
        let connection = connection.clone();
        self.read(move |transaction| {
            let mut statement = transaction.prepare(
                "SELECT event_id, waits, export, source, content_type, occurred_at, attempt, body, code, subject,
                        message, done, parked_at_ms
                 FROM parked_event WHERE connection = ?1 ORDER BY parked_at_ms, event_id",
            )?;
            statement.query_map(params![connection.as_str()], read_event)?.collect()
        })
        .await
    }

    async fn forget(&self, connection: &ConnectionName, event_id: &str) -> Result<bool, StoreError> {
        let (connection, event_id) = (connection.clone(), event_id.to_owned());
        self.write(move |transaction| {
            let forgotten = transaction
                .prepare_cached("DELETE FROM parked_event WHERE connection = ?1 AND event_id = ?2")?
                .execute(params![connection.as_str(), event_id])?;
            Ok(forgotten > 0)
        })
        .await
    }
}

fn read_event(row: &Row<'_>) -> rusqlite::Result<ParkedEvent> {
    let unknown = |column: usize, text: &str| {
        rusqlite::Error::FromSqlConversionFailure(column, Type::Text, format!("unknown `{text}`").into())
    };
    let (waits, export, source): (String, String, String) = (row.get(1)?, row.get(2)?, row.get(3)?);
    let done: String = row.get(11)?;
    let done: Vec<StoredEffect> = serde_json::from_str(&done)
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(11, Type::Text, error.into()))?;
    Ok(ParkedEvent {
        waits: Waits::parse(&waits).ok_or_else(|| unknown(1, &waits))?,
        export: Export::parse(&export).ok_or_else(|| unknown(2, &export))?,
        delivery: Delivery {
            event_id: row.get(0)?,
            source: parse_source(&source).ok_or_else(|| unknown(3, &source))?,
            content_type: row.get(4)?,
            occurred_at: row.get(5)?,
            attempt: row.get(6)?,
            body: row.get(7)?,
        },
        code: row.get(8)?,
        subject: row.get(9)?,
        message: row.get(10)?,
        done: done.into_iter().map(restore_effect).collect(),
        parked_at_ms: from_integer(row.get(12)?),
    })
}

fn store_effect(effect: &Effect) -> StoredEffect {
    let Effect { document, number, reference } = effect.clone();
    StoredEffect { document, number, reference }
}

fn restore_effect(stored: StoredEffect) -> Effect {
    let StoredEffect { document, number, reference } = stored;
    Effect { document, number, reference }
}

const SOURCES: [(Source, &str); 4] = [
    (Source::AmazonNotification, "amazon-notification"),
    (Source::Schedule, "schedule"),
    (Source::Upload, "upload"),
    (Source::Queue, "queue"),
];

fn source_name(source: Source) -> &'static str {
    SOURCES.iter().find(|(known, _)| *known == source).map_or("", |(_, name)| name)
}

fn parse_source(text: &str) -> Option<Source> {
    SOURCES.iter().find(|(_, name)| *name == text).map(|(source, _)| *source)
}
