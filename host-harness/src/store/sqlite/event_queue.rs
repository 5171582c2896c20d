//! The queue of events: taken in, and claimed by a delivery.
//!
//! A claim is written down before the delivery begins, so that an event that takes its process down with it has
//! used up an attempt. It runs out by itself; whoever comes later than that settles nothing any more.

use rusqlite::{OptionalExtension, Row, Transaction, params};

use super::event_rows::{EVENT_COLUMNS, claimed, read_event};
use super::{SqliteStore, from_integer, next_number, to_integer};
use crate::connection::ConnectionName;
use crate::source::{ArrivedEvent, Taken};
use crate::store::StoreError;
use crate::store::event::ClaimedEvent;

/// How a delivery ended whose process went away.
const INTERRUPTED: &str = "interrupted";

/// What a claim is made of: who delivers, until when, now.
#[derive(Clone)]
struct Claim {
    plugin: String,
    now_ms: u64,
    until_ms: u64,
}

impl SqliteStore {
    /// Takes an event in, unless it was taken before.
    pub async fn take_in(
        &self,
        connection: &ConnectionName,
        event: &ArrivedEvent,
    ) -> Result<Taken, StoreError> {
        let (connection, event) = (connection.clone(), event.clone());
        let now_ms = self.clock.now_ms();
        self.write(move |transaction| insert(transaction, &connection, &event, now_ms)).await
    }

    /// Claims events that are due for `claimed_for_ms`, `most` of them at most, the longest due first, and never
    /// two of one ordering key at a time. Claims that have run out are taken back before.
    pub async fn claim(
        &self,
        connection: &ConnectionName,
        most: usize,
        claimed_for_ms: u64,
        plugin: &str,
    ) -> Result<Vec<ClaimedEvent>, StoreError> {
        let connection = connection.clone();
        let claim = self.claim_for(claimed_for_ms, plugin);
        self.write(move |transaction| {
            take_back(transaction, &connection, Some(claim.now_ms), claim.now_ms)?;
            let mut events: Vec<ClaimedEvent> = Vec::with_capacity(most);
            let mut statement = transaction.prepare_cached(&format!(
                "SELECT {EVENT_COLUMNS} FROM event AS candidate
                 WHERE connection = ?1 AND stand = 'waiting' AND not_before_ms <= ?2
                   AND NOT EXISTS (SELECT 1 FROM event AS other
                                   WHERE other.connection = candidate.connection AND other.stand = 'in-work'
                                     AND other.ordering_key = candidate.ordering_key)
                 ORDER BY not_before_ms, sequence"
            ))?;
            let mut rows = statement.query(params![connection.as_str(), to_integer(claim.now_ms)])?;
            while events.len() < most
                && let Some(row) = rows.next()?
            {
                let event = read_claim(row)?;
                let same_key = |other: &ClaimedEvent| {
                    event.ordering_key.is_some() && other.ordering_key == event.ordering_key
                };
                if !events.iter().any(same_key) {
                    events.push(event);
                }
            }
            drop(rows);
            events.iter().try_for_each(|event| begin(transaction, event, &claim))?;
            Ok(events)
        })
        .await
    }

    /// Claims one event whatever it waits for, as its first attempt; takes it in where it is new.
    pub async fn claim_now(
        &self,
        connection: &ConnectionName,
        event: &ArrivedEvent,
        claimed_for_ms: u64,
        plugin: &str,
    ) -> Result<ClaimedEvent, StoreError> {
        let (connection, event) = (connection.clone(), event.clone());
        let claim = self.claim_for(claimed_for_ms, plugin);
        self.write(move |transaction| {
            insert(transaction, &connection, &event, claim.now_ms)?;
            transaction.execute(
                "UPDATE event SET attempt = 1, plugin_failures = 0, body = ?3, export = ?4
                 WHERE connection = ?1 AND event_id = ?2",
                params![connection.as_str(), event.event_id, event.body, event.export.name()],
            )?;
            let claimed = transaction.query_row(
                &format!("SELECT {EVENT_COLUMNS} FROM event WHERE connection = ?1 AND event_id = ?2"),
                params![connection.as_str(), event.event_id],
                read_claim,
            )?;
            begin(transaction, &claimed, &claim)?;
            Ok(claimed)
        })
        .await
    }

    /// Claims one event that waits as its next attempt, due or not. `None` where it does not wait.
    pub async fn claim_waiting(
        &self,
        connection: &ConnectionName,
        event_id: &str,
        claimed_for_ms: u64,
        plugin: &str,
    ) -> Result<Option<ClaimedEvent>, StoreError> {
        let (connection, event_id) = (connection.clone(), event_id.to_owned());
        let claim = self.claim_for(claimed_for_ms, plugin);
        self.write(move |transaction| {
            let waiting = transaction
                .query_row(
                    &format!(
                        "SELECT {EVENT_COLUMNS} FROM event
                         WHERE connection = ?1 AND event_id = ?2 AND stand = 'waiting'"
                    ),
                    params![connection.as_str(), event_id],
                    read_claim,
                )
                .optional()?;
            waiting.iter().try_for_each(|claimed| begin(transaction, claimed, &claim))?;
            Ok(waiting)
        })
        .await
    }

    /// Takes back what a process had in work that is no more. Only whoever holds the store's lock may.
    pub async fn take_back_all(&self, connection: &ConnectionName) -> Result<usize, StoreError> {
        let connection = connection.clone();
        let now_ms = self.clock.now_ms();
        self.write(move |transaction| take_back(transaction, &connection, None, now_ms)).await
    }

    /// When the next waiting event is due, or the next claim runs out, in milliseconds since 1970.
    pub async fn next_due_ms(&self, connection: &ConnectionName) -> Result<Option<u64>, StoreError> {
        let connection = connection.clone();
        self.read(move |transaction| {
            let due: Option<i64> = transaction
                .prepare_cached(
                    "SELECT min(not_before_ms) FROM event WHERE connection = ?1 AND stand = 'waiting'",
                )?
                .query_row(params![connection.as_str()], |row| row.get(0))?;
            let runs_out: Option<i64> = transaction
                .prepare_cached(
                    "SELECT min(claimed_until_ms) FROM event WHERE connection = ?1 AND stand = 'in-work'",
                )?
                .query_row(params![connection.as_str()], |row| row.get(0))?;
            Ok(due.into_iter().chain(runs_out).min().map(from_integer))
        })
        .await
    }

    fn claim_for(&self, claimed_for_ms: u64, plugin: &str) -> Claim {
        let now_ms = self.clock.now_ms();
        Claim { plugin: plugin.to_owned(), now_ms, until_ms: now_ms.saturating_add(claimed_for_ms) }
    }
}

/// An event that is new, in the queue; one that was taken before stays as it is.
pub(super) fn insert(
    transaction: &Transaction<'_>,
    connection: &ConnectionName,
    event: &ArrivedEvent,
    now_ms: u64,
) -> rusqlite::Result<Taken> {
    let known = transaction
        .prepare_cached("SELECT 1 FROM event WHERE connection = ?1 AND event_id = ?2")?
        .query_row(params![connection.as_str(), event.event_id], |_row| Ok(()))
        .optional()?;
    if known.is_some() {
        return Ok(Taken::Duplicate);
    }
    let sequence = next_number(transaction)?;
    transaction
        .prepare_cached(
            "INSERT INTO event (sequence, connection, event_id, export, source, content_type, occurred_at,
                                ordering_key, traceparent, body, arrived_at_ms, stand, since_ms, attempt,
                                not_before_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, 'waiting', ?11, 1, ?11)",
        )?
        .execute(params![
            sequence,
            connection.as_str(),
            event.event_id,
            event.export.name(),
            event.source.name(),
            event.content_type,
            event.occurred_at,
            event.ordering_key,
            event.traceparent,
            event.body,
            to_integer(now_ms),
        ])?;
    Ok(Taken::Stored)
}

fn read_claim(row: &Row<'_>) -> rusqlite::Result<ClaimedEvent> {
    Ok(claimed(read_event(row)?, row.get(20)?))
}

fn begin(transaction: &Transaction<'_>, event: &ClaimedEvent, claim: &Claim) -> rusqlite::Result<()> {
    let sequence = to_integer(event.sequence);
    transaction
        .prepare_cached(
            "UPDATE event SET stand = 'in-work', since_ms = ?2, claimed_until_ms = ?3, deliveries = ?4
             WHERE sequence = ?1",
        )?
        .execute(params![sequence, to_integer(claim.now_ms), to_integer(claim.until_ms), event.number])?;
    transaction
        .prepare_cached(
            "INSERT INTO delivery (event, number, attempt, began_at_ms, plugin) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![
            sequence,
            event.number,
            event.delivery.attempt,
            to_integer(claim.now_ms),
            claim.plugin,
        ])?;
    Ok(())
}

/// Ends the claims that ran out by then, or all of them; each has cost its event an attempt.
fn take_back(
    transaction: &Transaction<'_>,
    connection: &ConnectionName,
    by_ms: Option<u64>,
    now_ms: u64,
) -> rusqlite::Result<usize> {
    let (by_ms, now_ms) = (by_ms.map(to_integer), to_integer(now_ms));
    transaction
        .prepare_cached(
            "UPDATE delivery SET ending = ?3, ended_at_ms = ?4
             WHERE ending IS NULL AND event IN (SELECT sequence FROM event WHERE connection = ?1
                 AND stand = 'in-work' AND (?2 IS NULL OR claimed_until_ms <= ?2))",
        )?
        .execute(params![connection.as_str(), by_ms, INTERRUPTED, now_ms])?;
    transaction
        .prepare_cached(
            "UPDATE event SET stand = 'waiting', since_ms = ?3, not_before_ms = ?3, claimed_until_ms = NULL,
                              attempt = attempt + 1, ending = ?4
             WHERE connection = ?1 AND stand = 'in-work' AND (?2 IS NULL OR claimed_until_ms <= ?2)",
        )?
        .execute(params![connection.as_str(), by_ms, now_ms, INTERRUPTED])
}
