//! The end of a delivery: what is kept of it, what it posted, and where its event goes.

use rusqlite::{Transaction, params};

use super::event_rows::effects_json;
use super::{SqliteStore, to_integer};
use crate::connection::ConnectionName;
use crate::store::StoreError;
use crate::store::event::{After, ClaimedEvent, Settlement, Stand};

impl SqliteStore {
    /// Writes down how a delivery ended and what becomes of its event, in one step. `false`: the claim had run
    /// out, so the delivery is on record and the event goes its own way.
    pub async fn settle(
        &self,
        connection: &ConnectionName,
        event: &ClaimedEvent,
        settlement: &Settlement,
    ) -> Result<bool, StoreError> {
        let (connection, event, settlement) = (connection.clone(), event.clone(), settlement.clone());
        let now_ms = to_integer(self.clock.now_ms());
        self.write(move |transaction| {
            record(transaction, &event, &settlement, now_ms)?;
            let plugin: String = transaction
                .prepare_cached("SELECT plugin FROM delivery WHERE event = ?1 AND number = ?2")?
                .query_row(params![to_integer(event.sequence), event.number], |row| row.get(0))?;
            for document in &settlement.documents {
                transaction
                    .prepare_cached(
                        "INSERT OR IGNORE INTO posted_document
                             (connection, event_id, document, number, reference, recorded_at_ms, plugin)
                         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                    )?
                    .execute(params![
                        connection.as_str(),
                        event.delivery.event_id,
                        document.document,
                        document.number,
                        document.reference,
                        now_ms,
                        plugin,
                    ])?;
            }
            conclude(transaction, &event, &settlement, now_ms)
        })
        .await
    }

    /// Gives back what no delivery came to an end with, to be delivered at once as the same attempt.
    pub async fn give_back(
        &self,
        connection: &ConnectionName,
        event: &ClaimedEvent,
    ) -> Result<bool, StoreError> {
        let (connection, event) = (connection.clone(), event.clone());
        let now_ms = to_integer(self.clock.now_ms());
        self.write(move |transaction| {
            transaction
                .prepare_cached(
                    "UPDATE delivery SET ending = 'given-back', ended_at_ms = ?3 WHERE event = ?1 AND number = ?2",
                )?
                .execute(params![to_integer(event.sequence), event.number, now_ms])?;
            let changed = transaction
                .prepare_cached(
                    "UPDATE event SET stand = 'waiting', since_ms = ?4, not_before_ms = ?4, claimed_until_ms = NULL
                     WHERE connection = ?1 AND sequence = ?2 AND stand = 'in-work' AND deliveries = ?3",
                )?
                .execute(params![connection.as_str(), to_integer(event.sequence), event.number, now_ms])?;
            Ok(changed > 0)
        })
        .await
    }
}

fn record(
    transaction: &Transaction<'_>,
    event: &ClaimedEvent,
    settlement: &Settlement,
    now_ms: i64,
) -> rusqlite::Result<()> {
    let reason = settlement.reason.as_ref();
    let host_calls = serde_json::to_string(&settlement.host_calls).expect("a list of texts serialises");
    transaction
        .prepare_cached(
            "UPDATE delivery SET ended_at_ms = ?3, ending = ?4, code = ?5, subject = ?6, message = ?7,
                                 trace_id = ?8, host_calls = ?9
             WHERE event = ?1 AND number = ?2",
        )?
        .execute(params![
            to_integer(event.sequence),
            event.number,
            now_ms,
            settlement.ending.name(),
            reason.map(|reason| &reason.code),
            reason.map(|reason| &reason.subject),
            reason.map(|reason| &reason.message),
            settlement.trace_id(),
            host_calls,
        ])?;
    Ok(())
}

/// Puts the event where it belongs now, if this delivery still has it.
fn conclude(
    transaction: &Transaction<'_>,
    event: &ClaimedEvent,
    settlement: &Settlement,
    now_ms: i64,
) -> rusqlite::Result<bool> {
    let (stand, attempt, not_before_ms, plugin_failures) = match settlement.after {
        After::Finished => (Stand::Finished, event.delivery.attempt, now_ms, 0),
        After::Again { not_before_ms, plugin_failures } => {
            let next = event.delivery.attempt.saturating_add(1);
            (Stand::Waiting, next, to_integer(not_before_ms), plugin_failures)
        }
        After::Parked(waits) => (waits.stand(), event.delivery.attempt, now_ms, 0),
    };
    let reason = settlement.reason.as_ref();
    let changed = transaction
        .prepare_cached(
            "UPDATE event SET stand = ?3, since_ms = ?4, attempt = ?5, not_before_ms = ?6, plugin_failures = ?7,
                              ending = ?8, code = ?9, subject = ?10, message = ?11, done = ?12,
                              traceparent = coalesce(traceparent, ?13), claimed_until_ms = NULL,
                              body = CASE WHEN ?3 = 'finished' THEN x'' ELSE body END
             WHERE sequence = ?1 AND stand = 'in-work' AND deliveries = ?2",
        )?
        .execute(params![
            to_integer(event.sequence),
            event.number,
            stand.name(),
            now_ms,
            attempt,
            not_before_ms,
            plugin_failures,
            settlement.ending.name(),
            reason.map(|reason| &reason.code),
            reason.map(|reason| &reason.subject),
            reason.map(|reason| &reason.message),
            effects_json(&settlement.documents),
            settlement.traceparent,
        ])?;
    Ok(changed > 0)
}
