//! What has become of the postings of a settlement, by what the plugin has kept.

use std::collections::BTreeMap;

use plugin_core::canonical::{SettlementId, SettlementPosting};
use plugin_core::mapping::settlement::certificate::posting_name;
use plugin_core::orchestration::settlement::{Item, Remark};

/// How one posting stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Standing {
    /// Nothing was kept of it: this is a plan.
    Planned,
    Posted(Posted),
    /// Its turn has not come yet.
    Pending,
    /// Waits for a person.
    Waits,
}

/// In the books.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Posted {
    /// Under this key.
    pub reference: String,
    /// The credit note, the purchase, the transaction or the journal.
    pub document: Option<i64>,
    pub payment: Option<i64>,
}

impl Standing {
    pub fn word(&self) -> &'static str {
        match self {
            Standing::Planned => "planned",
            Standing::Posted(_) => "posted",
            Standing::Pending => "pending",
            Standing::Waits => "waits",
        }
    }

    fn of(item: &Item, settlement: SettlementId) -> Self {
        if item.is_posted() {
            Standing::Posted(Posted {
                reference: item.reference(settlement),
                document: item.document.number(),
                payment: item.payment.number(),
            })
        } else if item.waits_for_a_person() {
            Standing::Waits
        } else {
            Standing::Pending
        }
    }
}

/// How the postings of a settlement stand, by their names.
#[derive(Default)]
pub struct Standings {
    /// What was kept; `None` where no plan was.
    kept: Option<Kept>,
}

struct Kept {
    settlement: SettlementId,
    items: BTreeMap<String, Item>,
}

impl Standings {
    pub fn of(settlement: SettlementId, items: Vec<Item>) -> Self {
        let named = items.into_iter().map(|item| (posting_name(&item.posting, settlement), item));
        Standings { kept: Some(Kept { settlement, items: named.collect() }) }
    }

    /// The postings as they were kept, with their names.
    pub fn items(&self) -> impl Iterator<Item = (&str, &Item)> {
        self.kept.iter().flat_map(|kept| kept.items.iter().map(|(name, item)| (name.as_str(), item)))
    }

    /// Whether the money of an order went to a nominal of its own.
    pub fn is_elsewhere(&self, name: &str) -> bool {
        self.kept.as_ref().and_then(|kept| kept.items.get(name)).is_some_and(|item| item.elsewhere)
    }

    pub fn standing(&self, name: &str) -> Standing {
        match &self.kept {
            None => Standing::Planned,
            Some(kept) => match kept.items.get(name) {
                Some(item) => Standing::of(item, kept.settlement),
                None => Standing::Pending,
            },
        }
    }

    /// What a person should know of a posting.
    pub fn remark(&self, name: &str) -> Option<&Remark> {
        self.kept.as_ref()?.items.get(name)?.remark.as_ref()
    }

    /// What was kept and is not what the rules and settings lead to today, in words.
    pub fn differences(&self, postings: &[SettlementPosting]) -> Vec<String> {
        let Some(kept) = &self.kept else { return Vec::new() };
        let mut left: BTreeMap<&str, &Item> =
            kept.items.iter().map(|(name, item)| (name.as_str(), item)).collect();
        let mut found = Vec::new();
        for posting in postings {
            let name = posting_name(posting, kept.settlement);
            match left.remove(name.as_str()) {
                Some(same) if same.posting == *posting => {}
                Some(_) => found.push(format!(
                    "{name}: was planned otherwise than the rules and settings of today lead to"
                )),
                None => found.push(format!("{name}: was not planned, and would be today")),
            }
        }
        found.extend(left.into_keys().map(|name| format!("{name}: was planned, and would not be today")));
        found
    }

    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for (name, _) in self.items() {
            match self.standing(name) {
                Standing::Posted(_) => counts.posted += 1,
                Standing::Waits => counts.waiting += 1,
                Standing::Pending | Standing::Planned => counts.pending += 1,
            }
        }
        counts
    }

    pub fn is_kept(&self) -> bool {
        self.kept.is_some()
    }
}

/// How many postings stand how.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Counts {
    pub posted: usize,
    pub pending: usize,
    /// For a person.
    pub waiting: usize,
}
