//! Some postings of a settlement, kept under one key.

use crate::canonical::SettlementId;
use crate::host::Host;
use crate::remote::CallFailure;

use super::item::Item;
use super::keeper::{self, unreadable};
use super::stored;

/// The postings of one part, with the revision that the next write must name.
pub struct Part {
    key: String,
    revision: u64,
    pub items: Vec<Item>,
    /// As they are stored.
    kept: Vec<Item>,
    /// How many were posted when it was opened.
    posted_before: usize,
}

impl Part {
    pub fn open(host: &mut dyn Host, settlement: SettlementId, number: u32) -> Result<Self, CallFailure> {
        let key = keeper::part_key(settlement, number);
        let entry = host.state().get(&key).map_err(|error| keeper::state_failure(&key, &error))?;
        let entry = entry.ok_or_else(|| unreadable(&key))?;
        let items = stored::items_from_bytes(&entry.value).ok_or_else(|| unreadable(&key))?;
        let posted_before = items.iter().filter(|item| item.is_posted()).count();
        Ok(Part { key, revision: entry.revision, kept: items.clone(), items, posted_before })
    }

    /// Writes the part where it says something new; fails as transient where another delivery wrote first.
    pub fn write(&mut self, host: &mut dyn Host) -> Result<(), CallFailure> {
        if self.items == self.kept {
            return Ok(());
        }
        let bytes = stored::items_to_bytes(&self.items);
        let written = host.state().update(&self.key, &bytes, self.revision, None);
        self.revision = written.map_err(|error| keeper::state_failure(&self.key, &error))?;
        self.kept.clone_from(&self.items);
        Ok(())
    }

    /// Whether something was posted since it was opened.
    pub fn has_progressed(&self) -> bool {
        self.items.iter().filter(|item| item.is_posted()).count() > self.posted_before
    }

    pub fn is_posted(&self) -> bool {
        self.items.iter().all(Item::is_posted)
    }
}
