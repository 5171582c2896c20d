//! The rules in their order: the connection's own before the built-in ones, and the first that matches decides.
//!
//! The built-in tables stand in `category_rules.tsv` and `posting_rules.tsv`, from the special to the general.
//! Their last category rule catches everything, and their posting rules leave no category, marketplace or day
//! out: tests prove it. Absent on purpose: amounts, and what is done with a row (`settlement`'s plan).

use chrono::NaiveDate;
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use crate::canonical::TransactionKind;
use crate::finding::Finding;
use crate::settings::Settlements;

use super::category::Category;
use super::category_rule::{self, CategoryRule, NormalKind};
use super::own_rules;
use super::posting_rule::{PostingContext, PostingRule, PostingVat};
use super::posting_table;

/// The day on which the built-in posting rules begin. What is earlier is posted as on this day: Amazon keeps
/// settlements for 90 days, so an older file is one that somebody kept.
pub const FIRST_DAY: NaiveDate = NaiveDate::from_ymd_opt(2018, 1, 1).expect("a day of the calendar");

/// The id of the rules that take the VAT away where the seller is not registered.
pub const NOT_REGISTERED: &str = "not-registered";

/// The id of the last category rule, which matches anything.
pub(super) const UNKNOWN: &str = "unknown";

const CATEGORY_RULES: &str = include_str!("category_rules.tsv");
const POSTING_RULES: &str = include_str!("posting_rules.tsv");

/// All rules of a connection.
#[derive(Clone, Debug)]
pub struct RuleBook {
    category_rules: Vec<CategoryRule>,
    posting_rules: Vec<PostingRule>,
    /// The same rules without their VAT, for what is posted without any; empty where the seller is registered.
    without_vat: Vec<PostingRule>,
    /// How many rules of each kind are the connection's own.
    own: (usize, usize),
}

impl RuleBook {
    /// The built-in rules alone, for a seller who is registered for VAT.
    pub fn built_in() -> Self {
        RuleBook::with(Vec::new(), Vec::new(), true)
    }

    /// The rules of a connection. `registered` says whether the seller is registered for VAT in the United Kingdom.
    ///
    /// Every row of the connection's tables that cannot be used is named (KA-0815), with table, line and column.
    pub fn of(settlements: &Settlements, registered: bool) -> Result<Self, Vec<Finding>> {
        let (category_rules, posting_rules) = own_rules::read(settlements)?;
        Ok(RuleBook::with(category_rules, posting_rules, registered))
    }

    fn with(
        mut category_rules: Vec<CategoryRule>,
        mut posting_rules: Vec<PostingRule>,
        registered: bool,
    ) -> Self {
        let own = (category_rules.len(), posting_rules.len());
        category_rules.extend(built_in_category_rules());
        posting_rules.extend(built_in_posting_rules());
        let without_vat =
            if registered { Vec::new() } else { posting_rules.iter().map(without_vat).collect() };
        RuleBook { category_rules, posting_rules, without_vat, own }
    }

    /// A digest of what the rules decide, in hexadecimal digits: sources and notes are left out.
    pub fn digest(&self) -> String {
        let mut digest = Sha256::new();
        let registered = self.without_vat.is_empty();
        let lines = std::iter::once(format!("rules 1\tregistered {registered}"))
            .chain(self.category_rules.iter().map(CategoryRule::essence))
            .chain(self.posting_rules.iter().map(PostingRule::essence));
        for line in lines {
            digest.update(line.as_bytes());
            digest.update(b"\n");
        }
        HEXLOWER.encode(&digest.finalize())
    }

    /// What a row is. A search through all rules: see [`Categoriser`](super::Categoriser) for many rows.
    pub fn categorise(&self, kind: TransactionKind<'_>) -> &CategoryRule {
        self.matching(kind).next().expect("the last built-in rule matches anything")
    }

    /// Every rule that matches, the one that decides first.
    pub(super) fn matching(&self, kind: TransactionKind<'_>) -> impl Iterator<Item = &CategoryRule> {
        let kind = NormalKind::of(kind);
        self.category_rules.iter().filter(move |rule| rule.matches(&kind))
    }

    /// Where and at which VAT a category is posted.
    pub fn posting(&self, context: &PostingContext) -> &PostingRule {
        let context = PostingContext { date: context.date.max(FIRST_DAY), ..*context };
        let place = self.posting_rules.iter().position(|rule| rule.matches(&context));
        let place = place.expect("the built-in rules leave no category, marketplace or day out");
        let has_no_vat = matches!(context.category, Category::Fee(..) | Category::Income(_));
        match self.without_vat.get(place) {
            Some(rule) if has_no_vat => rule,
            _ => &self.posting_rules[place],
        }
    }

    /// The category rules in their order.
    pub fn category_rules(&self) -> impl Iterator<Item = &CategoryRule> {
        self.category_rules.iter()
    }

    /// The posting rules in their order. Where the seller is not registered, fees and income are posted without
    /// their VAT, under the id [`NOT_REGISTERED`].
    pub fn posting_rules(&self) -> impl Iterator<Item = &PostingRule> {
        self.posting_rules.iter()
    }

    /// How many category rules and posting rules, the first ones, are the connection's own.
    pub fn own(&self) -> (usize, usize) {
        self.own
    }
}

/// The rule for a seller who is not registered: the same nominal, and VAT is a part of the cost.
fn without_vat(rule: &PostingRule) -> PostingRule {
    let note = format!("As {}, without VAT: a seller who is not registered cannot deduct it.", rule.id);
    PostingRule {
        id: NOT_REGISTERED.to_owned(),
        vat: PostingVat::None,
        source: "VAT Act 1994 s.25 and s.26".to_owned(),
        note,
        ..rule.clone()
    }
}

pub(super) fn built_in_category_rules() -> Vec<CategoryRule> {
    let rules = category_rule::read(CATEGORY_RULES).expect("a test reads the built-in category rules");
    rules.into_iter().map(|(_, rule)| rule).collect()
}

pub(super) fn built_in_posting_rules() -> Vec<PostingRule> {
    let rules = posting_table::read(POSTING_RULES).expect("a test reads the built-in posting rules");
    rules.into_iter().map(|(_, rule)| rule).collect()
}

#[cfg(test)]
mod tests;
