//! The five figures of a settlement that have to be equal, and what contradicts them.
//!
//! Each comes about in its own way: from the rows, from Amazon's summary row, from the postings, from the rows that
//! the postings take, and from what leaves the clearing account at the end.

use std::fmt;

use crate::canonical::Money;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Figures {
    /// What all rows come to.
    pub rows: Money,
    /// What the summary row says (`total-amount`).
    pub total: Money,
    /// What the postings do to the clearing account, the payout and a debt that is carried on left out.
    pub postings: Money,
    /// What the rows do to the clearing account, each through the posting that takes it.
    pub clearing: Money,
    /// What goes to the bank. Zero where the seller owes.
    pub payout: Money,
    /// What the seller owes, carried to the next settlement. Zero or negative; `payout` and this come to the total.
    pub debt: Money,
    /// What stays on the clearing account: zero.
    pub left: Money,
}

/// Two figures that should be one: only a fault of this program leads here.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Contradiction {
    Figure {
        name: &'static str,
        amount: Money,
        total: Money,
    },
    Posting {
        name: String,
        posted: Money,
        rows: Money,
    },
    /// Rows without a posting that do not come to zero.
    Unplaced(Money),
    Left(Money),
}

impl Figures {
    /// What is not as it should be; empty where the settlement is proven.
    pub fn contradictions(&self) -> Vec<Contradiction> {
        let named = [
            ("rows", self.rows),
            ("postings", self.postings),
            ("clearing", self.clearing),
            ("payout", if self.payout.is_zero() { self.debt } else { self.payout }),
        ];
        let total = self.total;
        let differ = named.into_iter().filter(|(_, amount)| *amount != total);
        let differ = differ.map(|(name, amount)| Contradiction::Figure { name, amount, total });
        let left = (!self.left.is_zero()).then_some(Contradiction::Left(self.left));
        differ.chain(left).collect()
    }
}

impl fmt::Display for Contradiction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Contradiction::Figure { name, amount, total } => {
                write!(f, "the figure `{name}` is {amount}, and the settlement comes to {total}")
            }
            Contradiction::Posting { name, posted, rows } => {
                write!(f, "{name} does {posted} to the clearing account, and its rows come to {rows}")
            }
            Contradiction::Unplaced(amount) => {
                write!(f, "rows without a posting come to {amount} and not to zero")
            }
            Contradiction::Left(amount) => write!(f, "{amount} stays on the clearing account"),
        }
    }
}
