//! Categorises a million rows: a settlement has few kinds of rows, so each is searched for once.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, DefaultHasher, Hash, Hasher};

use crate::canonical::TransactionKind;

use super::category_rule::CategoryRule;
use super::rule_book::RuleBook;

/// Kinds that are remembered. Coupons have a description each, so their number has no bound of its own.
const REMEMBERED_MAX: usize = 4096;

/// A [`RuleBook`] that remembers what it found. A kind that is known costs one look-up and no allocation.
pub struct Categoriser<'a> {
    rules: &'a RuleBook,
    /// Hashed without a random seed: the same rows are worked through in the same way each time.
    known: HashMap<OwnedKind, &'a CategoryRule, BuildHasherDefault<DefaultHasher>>,
}

impl<'a> Categoriser<'a> {
    pub fn new(rules: &'a RuleBook) -> Self {
        Categoriser { rules, known: HashMap::default() }
    }

    /// As [`RuleBook::categorise`].
    pub fn categorise(&mut self, kind: TransactionKind<'_>) -> &'a CategoryRule {
        if let Some(rule) = self.known.get(&kind as &dyn Kind) {
            return rule;
        }
        let rule = self.rules.categorise(kind);
        if self.known.len() < REMEMBERED_MAX {
            self.known.insert(OwnedKind::of(kind), rule);
        }
        rule
    }
}

/// What an owned and a borrowed kind have in common, so that one can be looked up by the other.
trait Kind {
    fn kind(&self) -> TransactionKind<'_>;
}

impl Kind for TransactionKind<'_> {
    fn kind(&self) -> TransactionKind<'_> {
        *self
    }
}

struct OwnedKind {
    transaction_type: Box<str>,
    amount_type: Box<str>,
    amount_description: Box<str>,
}

impl OwnedKind {
    fn of(kind: TransactionKind<'_>) -> Self {
        OwnedKind {
            transaction_type: kind.transaction_type.into(),
            amount_type: kind.amount_type.into(),
            amount_description: kind.amount_description.into(),
        }
    }
}

impl Kind for OwnedKind {
    fn kind(&self) -> TransactionKind<'_> {
        TransactionKind {
            transaction_type: &self.transaction_type,
            amount_type: &self.amount_type,
            amount_description: &self.amount_description,
        }
    }
}

impl<'a> Borrow<dyn Kind + 'a> for OwnedKind {
    fn borrow(&self) -> &(dyn Kind + 'a) {
        self
    }
}

impl Hash for dyn Kind + '_ {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.kind().hash(state);
    }
}

impl PartialEq for dyn Kind + '_ {
    fn eq(&self, other: &Self) -> bool {
        self.kind() == other.kind()
    }
}

impl Eq for dyn Kind + '_ {}

/// The same as of the borrowed kind, which a look-up relies on.
impl Hash for OwnedKind {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.kind().hash(state);
    }
}

impl PartialEq for OwnedKind {
    fn eq(&self, other: &Self) -> bool {
        self.kind() == other.kind()
    }
}

impl Eq for OwnedKind {}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind<'a>(amount_type: &'a str, amount_description: &'a str) -> TransactionKind<'a> {
        TransactionKind { transaction_type: "Order", amount_type, amount_description }
    }

    #[test]
    fn a_kind_is_searched_for_once_and_found_as_the_rules_find_it() {
        let rules = RuleBook::built_in();
        let mut categoriser = Categoriser::new(&rules);
        for _ in 0..3 {
            for kind in [kind("ItemPrice", "Principal"), kind("ItemFees", "Commission"), kind("New", "")] {
                assert_eq!(categoriser.categorise(kind), rules.categorise(kind), "{kind}");
            }
        }
        assert_eq!(categoriser.known.len(), 3);
    }

    #[test]
    fn words_do_not_run_into_each_other() {
        let rules = RuleBook::built_in();
        let mut categoriser = Categoriser::new(&rules);
        categoriser.categorise(kind("ItemFees", "Commission"));
        assert_eq!(categoriser.categorise(kind("ItemFeesCom", "mission")).id, "unknown");
    }

    #[test]
    fn what_is_remembered_has_a_bound() {
        let rules = RuleBook::built_in();
        let mut categoriser = Categoriser::new(&rules);
        for number in 0..REMEMBERED_MAX + 10 {
            categoriser.categorise(kind("New", &number.to_string()));
        }
        assert_eq!(categoriser.known.len(), REMEMBERED_MAX);
    }
}
