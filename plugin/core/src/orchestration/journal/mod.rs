//! The intent journal: what was about to be created, what was, and for which version of the order.
//!
//! One entry a business key in the connection's state, written with compare-and-set. A document that is
//! `intended` may exist, one that is `recorded` does; one that the books refused is taken out again. The
//! stored form is `stored`'s. Absent on purpose: what is done next, which `chain` decides.

mod stored;

use chrono::{DateTime, Utc};

use crate::canonical::DocumentKind;
use crate::finding::Code;
use crate::host::{Host, StateError};
use crate::remote::{CallFailure, FailureClass};

use super::chain::{Chain, ChainDocument, Step};
use super::plan::BusinessKey;

/// What the journal knows of the documents of one order.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct JournalEntry {
    /// When the version of the order was made that the documents follow; entries of version 1 do not say it.
    pub as_of: Option<DateTime<Utc>>,
    /// The sale that is to stand in the books, by its digest; `None` where none is.
    pub wanted: Option<String>,
    pub chain: Chain,
}

impl JournalEntry {
    /// Whether the books hold what this version of the order asks for.
    pub fn is_finished(&self) -> bool {
        self.chain.next_step(self.wanted.as_deref()) == Step::Nothing
    }
}

/// The journal entry of one business key, with the revision that the next write must name.
pub struct Journal {
    key: String,
    revision: Option<u64>,
    /// As it is stored.
    entry: Option<JournalEntry>,
}

impl Journal {
    pub fn open(host: &mut dyn Host, key: &BusinessKey) -> Result<Self, CallFailure> {
        let key = format!("journal/{key}");
        let stored = host.state().get(&key).map_err(|error| state_failure(&key, &error))?;
        let Some(stored) = stored else { return Ok(Journal { key, revision: None, entry: None }) };
        let entry =
            stored::from_bytes(&stored.value).ok_or_else(|| unreadable_state(&key, "the journal entry"))?;
        Ok(Journal { key, revision: Some(stored.revision), entry: Some(entry) })
    }

    pub fn entry(&self) -> Option<&JournalEntry> {
        self.entry.as_ref()
    }

    /// The documents so far.
    pub fn chain(&self) -> Chain {
        self.entry.as_ref().map(|entry| entry.chain.clone()).unwrap_or_default()
    }

    /// Writes the entry where it says something new; fails as transient where another delivery wrote first.
    pub fn write(&mut self, host: &mut dyn Host, entry: JournalEntry) -> Result<(), CallFailure> {
        if self.entry.as_ref() == Some(&entry) {
            return Ok(());
        }
        let bytes = stored::to_bytes(&entry);
        let written = match self.revision {
            None => host.state().create(&self.key, &bytes, None),
            Some(revision) => host.state().update(&self.key, &bytes, revision, None),
        };
        self.revision = Some(written.map_err(|error| state_failure(&self.key, &error))?);
        self.entry = Some(entry);
        Ok(())
    }

    /// The document of this kind and ordinal.
    pub fn document(&self, kind: DocumentKind, ordinal: u32) -> Option<ChainDocument> {
        self.entry.as_ref()?.chain.document(kind, ordinal).cloned()
    }
}

/// The failure of a state call of an order's; see [`state_failure_of`].
pub(super) fn state_failure(key: &str, error: &StateError) -> CallFailure {
    state_failure_of(key, error, Code::OrderInWork)
}

/// A state call that failed is always worth repeating: nothing was changed, or what was is found again. `in_work` is
/// said where another delivery was first.
pub(super) fn state_failure_of(key: &str, error: &StateError, in_work: Code) -> CallFailure {
    CallFailure::new(
        FailureClass::Transient,
        if *error == StateError::Stale { in_work } else { Code::StateUnavailable },
        key,
        format!("{error}; the event is delivered again"),
    )
}

/// The failure of an entry of the state that this release does not understand.
pub(super) fn unreadable_state(key: &str, what: &str) -> CallFailure {
    let message = format!(
        "{what} cannot be read: a newer version of the plugin wrote it, or it is damaged; run that version, or restore \
         the state from a backup, then release the event"
    );
    CallFailure::new(FailureClass::Conflict, Code::StateUnavailable, key, message)
}
