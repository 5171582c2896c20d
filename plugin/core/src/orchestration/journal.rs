//! The intent journal: what was about to be created, and what was.
//!
//! One entry a business key in the connection's state, written with compare-and-set. An entry that is
//! `intended` says that a document may exist, one that is `refused` that it does not, and one that is
//! `recorded` which it is. The stored form has a version, because entries outlive releases; the tests
//! below keep a sample of each.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::canonical::InvoiceNumber;
use crate::finding::Code;
use crate::host::{Host, StateError};
use crate::remote::{CallFailure, FailureClass};

use super::plan::BusinessKey;

const VERSION: u32 = 1;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Phase {
    /// About to be created since then, or created without our knowing.
    Intended(DateTime<Utc>),
    /// Not created: the books refused it in so many words.
    Refused,
    /// Created and read back under this number.
    Recorded(InvoiceNumber),
}

/// What the journal knows of one document.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct JournalEntry {
    pub phase: Phase,
    /// A digest of the sale that was posted: it changes when Amazon's content does, not when settings do.
    pub fingerprint: String,
}

/// The stored form.
#[derive(Serialize, Deserialize)]
struct Stored {
    version: u32,
    phase: String,
    fingerprint: String,
    number: Option<i64>,
    /// RFC 3339; when it was intended.
    at: Option<String>,
}

impl JournalEntry {
    pub fn to_bytes(&self) -> Vec<u8> {
        let (phase, number, at) = match self.phase {
            Phase::Intended(at) => ("intended", None, Some(at.to_rfc3339())),
            Phase::Refused => ("refused", None, None),
            Phase::Recorded(number) => ("recorded", Some(number.0), None),
        };
        let stored = Stored {
            version: VERSION,
            phase: phase.to_owned(),
            fingerprint: self.fingerprint.clone(),
            number,
            at,
        };
        serde_json::to_vec(&stored).expect("a struct of texts and numbers serialises")
    }

    /// `None` where the bytes are of a version or form that this release does not know.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let stored: Stored = serde_json::from_slice(bytes).ok()?;
        let at = stored.at.as_deref().and_then(|at| DateTime::parse_from_rfc3339(at).ok());
        let phase = match (stored.version, stored.phase.as_str(), stored.number, at) {
            (1, "intended", None, Some(at)) => Phase::Intended(at.to_utc()),
            (1, "refused", None, None) => Phase::Refused,
            (1, "recorded", Some(number), None) => Phase::Recorded(InvoiceNumber(number)),
            _ => return None,
        };
        Some(JournalEntry { phase, fingerprint: stored.fingerprint })
    }
}

/// The journal entry of one business key, with the revision that the next write must name.
pub struct Journal {
    key: String,
    revision: Option<u64>,
    pub entry: Option<JournalEntry>,
}

impl Journal {
    pub fn open(host: &mut dyn Host, key: &BusinessKey) -> Result<Self, CallFailure> {
        let key = format!("journal/{key}");
        let stored = host.state().get(&key).map_err(|error| state_failure(&key, &error))?;
        let Some(stored) = stored else { return Ok(Journal { key, revision: None, entry: None }) };
        let entry = JournalEntry::from_bytes(&stored.value).ok_or_else(|| {
            CallFailure::new(
                FailureClass::Conflict,
                Code::StateUnavailable,
                &key,
                "the journal entry is of a newer form: run the newer version of the plugin",
            )
        })?;
        Ok(Journal { key, revision: Some(stored.revision), entry: Some(entry) })
    }

    /// Writes the entry; fails as transient where another delivery wrote first.
    pub fn write(&mut self, host: &mut dyn Host, entry: JournalEntry) -> Result<(), CallFailure> {
        let bytes = entry.to_bytes();
        let written = match self.revision {
            None => host.state().create(&self.key, &bytes, None),
            Some(revision) => host.state().update(&self.key, &bytes, revision, None),
        };
        self.revision = Some(written.map_err(|error| state_failure(&self.key, &error))?);
        self.entry = Some(entry);
        Ok(())
    }
}

/// A state call that failed is always worth repeating: nothing was changed.
pub(super) fn state_failure(key: &str, error: &StateError) -> CallFailure {
    CallFailure::new(
        FailureClass::Transient,
        if *error == StateError::Stale { Code::OrderInWork } else { Code::StateUnavailable },
        key,
        format!("{error}; the event is delivered again"),
    )
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;

    use super::*;

    fn noon() -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 10, 28, 12, 0, 0).single().expect("noon happens once")
    }

    /// Entries outlive releases: these bytes were written by version 1 and must stay readable.
    #[test]
    fn samples_of_every_version_are_read() {
        let recorded = br#"{"version":1,"phase":"recorded","fingerprint":"ab","number":1001,"at":null}"#;
        let intended =
            br#"{"version":1,"phase":"intended","fingerprint":"ab","number":null,"at":"2026-10-28T12:00:00+00:00"}"#;
        let refused = br#"{"version":1,"phase":"refused","fingerprint":"ab","number":null,"at":null}"#;
        let read = |bytes: &[u8]| JournalEntry::from_bytes(bytes).map(|entry| entry.phase);
        assert_eq!(read(recorded), Some(Phase::Recorded(InvoiceNumber(1001))));
        assert_eq!(read(refused), Some(Phase::Refused));
        assert_eq!(read(intended), Some(Phase::Intended(noon())));
    }

    #[test]
    fn what_is_written_is_read_and_what_is_newer_is_refused() {
        for phase in [Phase::Intended(noon()), Phase::Refused, Phase::Recorded(InvoiceNumber(7))] {
            let entry = JournalEntry { phase, fingerprint: "ab".into() };
            assert_eq!(JournalEntry::from_bytes(&entry.to_bytes()), Some(entry));
        }
        assert_eq!(
            JournalEntry::from_bytes(br#"{"version":2,"phase":"intended","fingerprint":"","number":null}"#),
            None
        );
    }
}
