//! What is known of a settlement between two deliveries, apart from its postings.

use chrono::{DateTime, NaiveDate, Utc};

use crate::canonical::{MarketplaceId, Money, SettlementId};
use crate::finding::Finding;

/// Which file and which rules a plan was made from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Origin {
    /// SHA-256 of the file as it came, hexadecimal.
    pub file: String,
    /// The digest of its rows, which does not depend on its form.
    pub rows_digest: String,
    pub rows: u64,
    /// The digest of the rules.
    pub rules: String,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Manifest {
    pub settlement: SettlementId,
    pub marketplace: MarketplaceId,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    /// The day in London on which Amazon pays.
    pub deposited_on: NaiveDate,
    pub total: Money,
    pub origin: Origin,
    pub planned_at: DateTime<Utc>,
    pub postings: u32,
    pub parts: u32,
    /// Parts that were worked through, whether or not something in them waits for a person.
    pub parts_done: u32,
    /// Those of them in which something waits.
    pub parts_waiting: Vec<u32>,
    /// How many of those were looked at again since the last end.
    pub looked_at: u32,
    /// What a person should know of the plan itself.
    pub findings: Vec<Finding>,
    /// The number of the delivery that last got something done: attempts are counted from there, because long work
    /// takes many deliveries that all go well.
    pub progressed_at_attempt: u32,
}

impl Manifest {
    pub fn is_worked_through(&self) -> bool {
        self.parts_done >= self.parts
    }

    /// The next part in which something waits and that was not looked at again yet.
    pub fn next_to_look_at(&self) -> Option<u32> {
        self.parts_waiting.get(self.looked_at as usize).copied()
    }

    /// Takes down that a part was looked at again, and whether nothing in it waits any more.
    pub fn looked_at(&mut self, part: u32, is_posted: bool) {
        if is_posted {
            self.parts_waiting.retain(|waiting| *waiting != part);
        } else {
            self.looked_at += 1;
        }
    }

    pub fn is_finished(&self) -> bool {
        self.is_worked_through() && self.parts_waiting.is_empty()
    }
}
