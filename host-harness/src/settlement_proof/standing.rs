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
    kept: BTreeMap<String, (SettlementPosting, Standing, Option<Remark>)>,
    /// Whether a plan was kept at all.
    is_kept: bool,
}

impl Standings {
    pub fn of(settlement: SettlementId, items: Vec<Item>) -> Self {
        let kept = items.into_iter().map(|item| {
            let standing = Standing::of(&item, settlement);
            (posting_name(&item.posting, settlement), (item.posting, standing, item.remark))
        });
        Standings { kept: kept.collect(), is_kept: true }
    }

    pub fn standing(&self, name: &str) -> Standing {
        match self.kept.get(name) {
            Some((_, standing, _)) => standing.clone(),
            None if self.is_kept => Standing::Pending,
            None => Standing::Planned,
        }
    }

    /// What a person should know of a posting.
    pub fn remark(&self, name: &str) -> Option<&Remark> {
        self.kept.get(name).and_then(|(_, _, remark)| remark.as_ref())
    }

    /// What was kept and is not what the rules and settings lead to today, in words.
    pub fn differences(&self, settlement: SettlementId, postings: &[SettlementPosting]) -> Vec<String> {
        if !self.is_kept {
            return Vec::new();
        }
        let mut kept: BTreeMap<&str, &SettlementPosting> =
            self.kept.iter().map(|(name, (posting, ..))| (name.as_str(), posting)).collect();
        let mut found = Vec::new();
        for posting in postings {
            let name = posting_name(posting, settlement);
            match kept.remove(name.as_str()) {
                Some(same) if same == posting => {}
                Some(_) => found.push(format!(
                    "{name}: was planned otherwise than the rules and settings of today lead to"
                )),
                None => {
                    found.push(format!("{name}: was not planned, and would be today"));
                }
            }
        }
        found.extend(kept.into_keys().map(|name| format!("{name}: was planned, and would not be today")));
        found
    }

    /// How many stand so.
    pub fn count(&self, word: &str) -> usize {
        self.kept.values().filter(|(_, standing, _)| standing.word() == word).count()
    }

    pub fn is_kept(&self) -> bool {
        self.is_kept
    }
}
