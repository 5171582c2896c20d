//! How far the work on stock has come: what Amazon was asked for, the feed that is under way, the sweep that waits.
//!
//! One entry a connection. Absent on purpose: the standings of products (`ledger`).

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::canonical::{FeedDocumentId, FeedId, MarketplaceId};
use crate::host::Host;
use crate::remote::CallFailure;

use super::ledger::{failure, unreadable};
use super::stored_time;

const KEY: &str = "stock/journal";

const VERSION: u32 = 1;

/// What is remembered.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct StockProgress {
    pub pools: BTreeMap<MarketplaceId, PoolProgress>,
    pub feed: Option<FeedUnderway>,
    pub held: Option<HeldSweep>,
}

/// How far the counts of a pool are read.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PoolProgress {
    /// Every change up to then was asked for. `None` before the first reading came to its end.
    #[serde(default, with = "stored_time::optional", skip_serializing_if = "Option::is_none")]
    pub seen_until: Option<DateTime<Utc>>,
    /// When all counts were last read, whatever changed.
    #[serde(default, with = "stored_time::optional", skip_serializing_if = "Option::is_none")]
    pub read_whole_at: Option<DateTime<Utc>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<InventoryPlace>,
}

/// Where a reading left off.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InventoryPlace {
    pub token: String,
    #[serde(with = "stored_time")]
    pub given_at: DateTime<Utc>,
    /// When the reading began: until then all is seen at its end.
    #[serde(with = "stored_time")]
    pub begun_at: DateTime<Utc>,
    /// The changes that are looked for; all counts where there is none.
    #[serde(default, with = "stored_time::optional", skip_serializing_if = "Option::is_none")]
    pub since: Option<DateTime<Utc>>,
}

/// Quantities that were sent as one file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FeedUnderway {
    pub document: FeedDocumentId,
    /// `None` where nobody knows whether it was made.
    pub feed: Option<FeedId>,
    pub sent_at: DateTime<Utc>,
    pub messages: u32,
}

/// A sweep that waits for a person, because it would change too much.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct HeldSweep {
    /// The event that is held.
    pub event: String,
    /// How much it would change: a person agrees to so much.
    pub changes: usize,
    /// The attempt that was held. A host counts anew when a person releases an event, and goes on counting when a
    /// delivery died.
    pub attempt: u32,
    #[serde(with = "stored_time")]
    pub at: DateTime<Utc>,
    /// Whether a person has agreed.
    pub agreed: bool,
}

#[derive(Deserialize)]
struct Versioned {
    version: u32,
}

#[derive(Serialize, Deserialize)]
struct Stored {
    version: u32,
    pools: BTreeMap<String, PoolProgress>,
    #[serde(skip_serializing_if = "Option::is_none")]
    feed: Option<StoredFeed>,
    #[serde(skip_serializing_if = "Option::is_none")]
    held: Option<HeldSweep>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct StoredFeed {
    document: String,
    feed: Option<String>,
    #[serde(with = "stored_time")]
    sent_at: DateTime<Utc>,
    messages: u32,
}

/// The entry, with the revision that the next write must name.
pub struct StockJournal {
    revision: Option<u64>,
    stored: StockProgress,
    pub progress: StockProgress,
}

impl StockJournal {
    pub fn open(host: &mut dyn Host) -> Result<Self, CallFailure> {
        let entry = host.state().get(KEY).map_err(|error| failure(KEY, &error))?;
        let (revision, progress) = match entry {
            None => (None, StockProgress::default()),
            Some(entry) => (Some(entry.revision), from_bytes(&entry.value).ok_or_else(|| unreadable(KEY))?),
        };
        Ok(StockJournal { revision, stored: progress.clone(), progress })
    }

    /// Stores what has changed.
    pub fn write(&mut self, host: &mut dyn Host) -> Result<(), CallFailure> {
        if self.stored == self.progress {
            return Ok(());
        }
        let bytes = to_bytes(&self.progress);
        let written = match self.revision {
            None => host.state().create(KEY, &bytes, None),
            Some(revision) => host.state().update(KEY, &bytes, revision, None),
        };
        self.revision = Some(written.map_err(|error| failure(KEY, &error))?);
        self.stored = self.progress.clone();
        Ok(())
    }
}

fn to_bytes(progress: &StockProgress) -> Vec<u8> {
    let pools = progress.pools.iter().map(|(pool, progress)| (pool.to_string(), progress.clone())).collect();
    let feed = progress.feed.as_ref().map(|feed| StoredFeed {
        document: feed.document.to_string(),
        feed: feed.feed.as_ref().map(ToString::to_string),
        sent_at: feed.sent_at,
        messages: feed.messages,
    });
    let stored = Stored { version: VERSION, pools, feed, held: progress.held.clone() };
    serde_json::to_vec(&stored).expect("a struct of texts serialises")
}

fn from_bytes(bytes: &[u8]) -> Option<StockProgress> {
    let Versioned { version } = serde_json::from_slice(bytes).ok()?;
    if version != VERSION {
        return None;
    }
    let stored: Stored = serde_json::from_slice(bytes).ok()?;
    let pool = |(pool, progress): (String, PoolProgress)| Some((MarketplaceId::new(pool)?, progress));
    let feed = match stored.feed {
        None => None,
        Some(feed) => Some(FeedUnderway {
            document: FeedDocumentId::new(feed.document)?,
            feed: match feed.feed {
                None => None,
                Some(id) => Some(FeedId::new(id)?),
            },
            sent_at: feed.sent_at,
            messages: feed.messages,
        }),
    };
    Some(StockProgress {
        pools: stored.pools.into_iter().map(pool).collect::<Option<_>>()?,
        feed,
        held: stored.held,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const JOURNAL: &str = include_str!("samples/journal-version-1.json");

    /// Entries outlive releases: these bytes were written by the version that they are named after.
    #[test]
    fn samples_of_every_version_are_read_and_written_as_they_are() {
        let progress = from_bytes(JOURNAL.as_bytes()).expect("a journal");
        assert_eq!(String::from_utf8(to_bytes(&progress)).expect("JSON"), JOURNAL.trim_end());
        assert_eq!(progress.feed.map(|feed| feed.messages), Some(12));
        let nothing = StockProgress::default();
        assert_eq!(from_bytes(&to_bytes(&nothing)), Some(nothing));
    }

    #[test]
    fn what_is_newer_or_damaged_is_refused() {
        for (from, to) in
            [("\"version\":1", "\"version\":2"), ("T11:00:00Z", ""), ("\"F1\"", "\" \""), ("}", "")]
        {
            let damaged = JOURNAL.replace(from, to);
            assert_ne!(damaged, JOURNAL, "the sample has {from}");
            assert_eq!(from_bytes(damaged.as_bytes()), None, "{damaged}");
        }
    }
}
