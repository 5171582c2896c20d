//! How a source fares, for whoever wants to show it.
//!
//! Deliberately absent: the events themselves, and any judgement of whether a source is well.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{DateTime, Utc};

use super::intake::Taken;
use crate::code::Code;

/// Counts since the source was started. Shared; every number is read for itself.
#[derive(Debug)]
pub struct SourceStatus {
    /// `sqs`, `directory`, `webhook`, or `schedule` and the name of its event.
    pub name: String,
    stored: AtomicU64,
    duplicates: AtomicU64,
    refused: AtomicU64,
    /// Milliseconds since 1970; 0 for never.
    last_received_at_ms: AtomicU64,
    last_error: Mutex<Option<SourceTrouble>>,
}

/// What went wrong last.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SourceTrouble {
    pub code: Code,
    pub at: DateTime<Utc>,
}

impl SourceStatus {
    pub(super) fn new(name: impl Into<String>) -> Self {
        SourceStatus {
            name: name.into(),
            stored: AtomicU64::new(0),
            duplicates: AtomicU64::new(0),
            refused: AtomicU64::new(0),
            last_received_at_ms: AtomicU64::new(0),
            last_error: Mutex::new(None),
        }
    }

    /// Events that were new.
    pub fn stored(&self) -> u64 {
        self.stored.load(Ordering::Relaxed)
    }

    /// Events that had been taken before.
    pub fn duplicates(&self) -> u64 {
        self.duplicates.load(Ordering::Relaxed)
    }

    /// What was turned away: files that are too large, requests without the secret.
    pub fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }

    /// When the last event was taken.
    pub fn last_received_at(&self) -> Option<DateTime<Utc>> {
        let milliseconds = self.last_received_at_ms.load(Ordering::Relaxed);
        let milliseconds = i64::try_from(milliseconds).ok().filter(|milliseconds| *milliseconds > 0)?;
        DateTime::from_timestamp_millis(milliseconds)
    }

    /// The last failure. It stays when the source has recovered: compare it with
    /// [`SourceStatus::last_received_at`].
    pub fn last_error(&self) -> Option<SourceTrouble> {
        *self.last_error.lock().expect("no holder of this lock can panic")
    }

    pub(super) fn took(&self, taken: Taken, now_ms: u64) {
        let count = match taken {
            Taken::Stored => &self.stored,
            Taken::Duplicate => &self.duplicates,
        };
        count.fetch_add(1, Ordering::Relaxed);
        self.last_received_at_ms.fetch_max(now_ms, Ordering::Relaxed);
    }

    pub(super) fn turned_away(&self) {
        self.refused.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn failed(&self, code: Code, at: DateTime<Utc>) {
        *self.last_error.lock().expect("no holder of this lock can panic") = Some(SourceTrouble { code, at });
    }
}
