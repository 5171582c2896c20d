//! Keeps settlements in the connection's state: the plan in parts, then the manifest that says it is whole.
//!
//! Until the manifest is written a settlement is not known, and its parts may be written again. After that only what
//! has become of its postings changes.

use crate::canonical::SettlementId;
use crate::finding::Code;
use crate::host::{Host, StateError};
use crate::limits::SETTLEMENT_PART_POSTINGS;
use crate::remote::{CallFailure, FailureClass};

use super::super::journal::state_failure as journal_failure;
use super::item::Item;
use super::manifest::Manifest;
use super::stored;

/// A settlement that is known, with the revision that the next write must name.
pub struct KeptSettlement {
    revision: u64,
    pub manifest: Manifest,
}

/// Begins the keys of settlements.
pub const SETTLEMENT_KEYS: &str = "settlement/";

fn manifest_key(settlement: SettlementId) -> String {
    format!("{SETTLEMENT_KEYS}{settlement}")
}

/// The settlement whose manifest is kept under a key; `None` where it is another key.
pub fn settlement_of_key(key: &str) -> Option<SettlementId> {
    key.strip_prefix(SETTLEMENT_KEYS)?.parse().ok().map(SettlementId)
}

pub(super) fn part_key(settlement: SettlementId, number: u32) -> String {
    format!("{SETTLEMENT_KEYS}{settlement}/part/{number}")
}

/// The settlement, if its plan was kept whole.
pub fn kept(host: &mut dyn Host, settlement: SettlementId) -> Result<Option<KeptSettlement>, CallFailure> {
    let key = manifest_key(settlement);
    let entry = host.state().get(&key).map_err(|error| state_failure(&key, &error))?;
    let Some(entry) = entry else { return Ok(None) };
    let manifest = stored::manifest_from_bytes(&entry.value).ok_or_else(|| unreadable(&key))?;
    Ok(Some(KeptSettlement { revision: entry.revision, manifest }))
}

/// Keeps the plan of a settlement that is not known yet. `manifest` has no parts so far.
pub fn keep(
    host: &mut dyn Host,
    mut manifest: Manifest,
    items: &[Item],
) -> Result<KeptSettlement, CallFailure> {
    let mut parts = 0;
    for chunk in items.chunks(SETTLEMENT_PART_POSTINGS) {
        replace(host, &part_key(manifest.settlement, parts), &stored::items_to_bytes(chunk))?;
        parts += 1;
    }
    manifest.parts = parts;
    manifest.postings = u32::try_from(items.len()).unwrap_or(u32::MAX);
    let key = manifest_key(manifest.settlement);
    let created = host.state().create(&key, &stored::manifest_to_bytes(&manifest), None);
    let revision = created.map_err(|error| state_failure(&key, &error))?;
    Ok(KeptSettlement { revision, manifest })
}

impl KeptSettlement {
    /// Writes the manifest; fails as transient where another delivery wrote first.
    pub fn write(&mut self, host: &mut dyn Host) -> Result<(), CallFailure> {
        let key = manifest_key(self.manifest.settlement);
        let written =
            host.state().update(&key, &stored::manifest_to_bytes(&self.manifest), self.revision, None);
        self.revision = written.map_err(|error| state_failure(&key, &error))?;
        Ok(())
    }
}

/// Writes a value whatever was there: a plan that was not kept whole.
fn replace(host: &mut dyn Host, key: &str, value: &[u8]) -> Result<(), CallFailure> {
    let created = match host.state().create(key, value, None) {
        Err(StateError::Stale) => {
            let entry = host.state().get(key).map_err(|error| state_failure(key, &error))?;
            match entry {
                Some(entry) => host.state().update(key, value, entry.revision, None),
                None => host.state().create(key, value, None),
            }
        }
        created => created,
    };
    created.map(drop).map_err(|error| state_failure(key, &error))
}

pub(super) fn state_failure(key: &str, error: &StateError) -> CallFailure {
    let mut failure = journal_failure(key, error);
    if *error == StateError::Stale {
        failure.finding.code = Code::SettlementInWork;
    }
    failure
}

pub(super) fn unreadable(key: &str) -> CallFailure {
    CallFailure::new(
        FailureClass::Conflict,
        Code::StateUnavailable,
        key,
        "what is kept of the settlement cannot be read: a newer version of the plugin wrote it, or it is damaged; run \
         that version, or restore the state from a backup, then release the event",
    )
}
