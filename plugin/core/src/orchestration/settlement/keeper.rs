//! Keeps settlements in the connection's state: the plan in parts, then the manifest that says it is whole.
//!
//! Until the manifest is written a settlement is not known, and its parts may be written again. After that only what
//! has become of its postings changes.

use crate::canonical::{SettlementId, SettlementPosting};
use crate::finding::Code;
use crate::host::{Host, StateError};
use crate::limits::{SETTLEMENT_PART_POSTINGS, SETTLEMENT_PARTS_MAX};
use crate::remote::CallFailure;

use super::super::journal::{state_failure_of, unreadable_state};
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
    postings: Vec<SettlementPosting>,
) -> Result<KeptSettlement, CallFailure> {
    let size = postings.len().div_ceil(SETTLEMENT_PARTS_MAX).max(SETTLEMENT_PART_POSTINGS);
    manifest.postings = u32::try_from(postings.len()).unwrap_or(u32::MAX);
    // A large plan fills half of an instance: its items, which are larger, are made for one part after the other.
    let mut postings = postings.into_iter();
    let mut writer = PartWriter { is_left_over: false };
    loop {
        let items: Vec<Item> = postings.by_ref().take(size).map(Item::new).collect();
        if items.is_empty() {
            break;
        }
        let key = part_key(manifest.settlement, manifest.parts);
        writer.write(host, &key, &stored::items_to_bytes(&items))?;
        manifest.parts += 1;
    }
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

/// Writes parts in their order, over those of a plan that was not kept whole.
///
/// The plan of a large settlement takes most of the calls of a delivery, so a delivery that does it again must not
/// need twice as many: what is left over is a beginning, and mostly the same, so it takes one call a part to see it.
struct PartWriter {
    is_left_over: bool,
}

impl PartWriter {
    fn write(&mut self, host: &mut dyn Host, key: &str, value: &[u8]) -> Result<(), CallFailure> {
        let failed = |error| state_failure(key, &error);
        if !self.is_left_over {
            match host.state().create(key, value, None) {
                Err(StateError::Stale) => self.is_left_over = true,
                created => return created.map(drop).map_err(failed),
            }
        }
        let written = match host.state().get(key).map_err(failed)? {
            Some(entry) if entry.value == value => return Ok(()),
            Some(entry) => host.state().update(key, value, entry.revision, None),
            None => {
                self.is_left_over = false;
                host.state().create(key, value, None)
            }
        };
        written.map(drop).map_err(failed)
    }
}

pub(super) fn state_failure(key: &str, error: &StateError) -> CallFailure {
    state_failure_of(key, error, Code::SettlementInWork)
}

pub(super) fn unreadable(key: &str) -> CallFailure {
    unreadable_state(key, "what is kept of the settlement")
}
