//! What the deliveries of a connection came to, in figures.

use std::collections::BTreeMap;

use rusqlite::params;

use super::{SqliteStore, from_integer};
use crate::connection::ConnectionName;
use crate::store::StoreError;
use crate::store::event::{DeliveryFigures, Percentiles};

impl SqliteStore {
    /// Figures over all that is kept. Reads every delivery: not for a running harness to ask often.
    pub async fn delivery_figures(&self, connection: &ConnectionName) -> Result<DeliveryFigures, StoreError> {
        let connection = connection.clone();
        self.read(move |transaction| {
            let mut statement = transaction.prepare(
                "SELECT delivery.ending, delivery.ended_at_ms - delivery.began_at_ms FROM delivery
                 JOIN event ON event.sequence = delivery.event
                 WHERE event.connection = ?1 AND delivery.ending IS NOT NULL",
            )?;
            let mut rows = statement.query(params![connection.as_str()])?;
            let (mut endings, mut took) = (BTreeMap::<String, u64>::new(), Vec::new());
            while let Some(row) = rows.next()? {
                *endings.entry(row.get(0)?).or_default() += 1;
                took.push(from_integer(row.get(1)?));
            }
            let mut statement = transaction.prepare(
                "SELECT since_ms - arrived_at_ms FROM event WHERE connection = ?1 AND stand = 'finished'",
            )?;
            let waited =
                statement.query_map(params![connection.as_str()], |row| row.get(0).map(from_integer))?;
            Ok(DeliveryFigures {
                endings,
                delivery_ms: Percentiles::of(took),
                arrival_to_end_ms: Percentiles::of(waited.collect::<Result<_, _>>()?),
            })
        })
        .await
    }

    /// When the first delivery began after this time, in milliseconds since 1970.
    pub async fn first_delivery_since(&self, since_ms: u64) -> Result<Option<u64>, StoreError> {
        self.read(move |transaction| {
            let first: Option<i64> = transaction.query_row(
                "SELECT min(began_at_ms) FROM delivery WHERE began_at_ms >= ?1",
                params![super::to_integer(since_ms)],
                |row| row.get(0),
            )?;
            Ok(first.map(from_integer))
        })
        .await
    }
}
