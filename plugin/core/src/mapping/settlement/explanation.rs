//! Why a row is posted as it is: the rules that decide, and those that they come before.

use std::fmt;

use chrono::NaiveDate;

use crate::canonical::{CountryCode, Fulfilment, TransactionKind};

use super::category_rule::CategoryRule;
use super::posting_rule::{PostingContext, PostingRule};
use super::rule_book::{RuleBook, UNKNOWN};

/// What a posting depends on beside the category.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RowContext {
    /// The country of the marketplace.
    pub marketplace: CountryCode,
    pub fulfilment: Option<Fulfilment>,
    pub date: NaiveDate,
}

/// See [`RuleBook::explain`]. Shown as a few lines of text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Explanation<'a> {
    pub kind: TransactionKind<'a>,
    pub row: RowContext,
    /// The rule that says what the row is.
    pub category_rule: &'a CategoryRule,
    /// Rules that match as well, and stand after it; without the last one, which matches anything.
    pub overridden: Vec<&'a CategoryRule>,
    /// The rule that says where it is posted on that day; it says since when and until when.
    pub posting_rule: &'a PostingRule,
}

impl RuleBook {
    /// Which rules decide about a row, and why.
    pub fn explain<'a>(&'a self, kind: TransactionKind<'a>, row: RowContext) -> Explanation<'a> {
        let category_rule = self.categorise(kind);
        let overridden = self.matching(kind).skip(1).filter(|rule| rule.id != UNKNOWN).collect();
        let RowContext { marketplace, fulfilment, date } = row;
        let context = PostingContext { category: category_rule.category, marketplace, fulfilment, date };
        Explanation { kind, row, category_rule, overridden, posting_rule: self.posting(&context) }
    }
}

impl fmt::Display for Explanation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let category = self.category_rule;
        writeln!(f, "{}", self.kind)?;
        writeln!(f, "is {}, by the category rule `{}`", category.category, category.id)?;
        let patterns = [category.transaction_type(), category.amount_type(), category.amount_description()];
        writeln!(f, "  matches: {}", patterns.join(" / "))?;
        prose(f, &category.source, &category.note)?;
        if !self.overridden.is_empty() {
            let ids: Vec<String> = self.overridden.iter().map(|rule| format!("`{}`", rule.id)).collect();
            writeln!(f, "  comes before: {}", ids.join(", "))?;
        }
        let posting = self.posting_rule;
        let (nominal, vat) = (posting.nominal.name(), posting.vat.name());
        writeln!(f, "is posted to {nominal}, VAT {vat}, by the posting rule `{}`", posting.id)?;
        let [categories, marketplaces, fulfilment] = posting.scope();
        writeln!(f, "  is for: {categories}, marketplace {marketplaces}, fulfilment {fulfilment}")?;
        match posting.until {
            Some(until) => writeln!(f, "  applies: from {} until {until}", posting.from)?,
            None => writeln!(f, "  applies: from {} on", posting.from)?,
        }
        prose(f, &posting.source, &posting.note)
    }
}

fn prose(f: &mut fmt::Formatter<'_>, source: &str, note: &str) -> fmt::Result {
    if !source.is_empty() {
        writeln!(f, "  source: {source}")?;
    }
    if !note.is_empty() {
        writeln!(f, "  note: {note}")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_explanation_names_the_rules_and_their_reasons() {
        let rules = RuleBook::built_in();
        let kind = TransactionKind {
            transaction_type: "FBAFees",
            amount_type: "AWD Storage Fee",
            amount_description: "Base fee",
        };
        let date = NaiveDate::from_ymd_opt(2024, 7, 31).expect("a day");
        let explanation =
            rules.explain(kind, RowContext { marketplace: CountryCode::GB, fulfilment: None, date });
        let text = explanation.to_string();
        for line in [
            "FBAFees / AWD Storage Fee / Base fee",
            "is fee-storage-net, by the category rule `storage-base`",
            "  matches: FBAFees / *Storage Fee* / Base*",
            "  comes before: `warehousing-base`",
            "is posted to storage-fees, VAT reverse-charge, by the posting rule `storage-luxembourg`",
            "  applies: from 2018-01-01 until 2024-07-31",
        ] {
            assert!(text.lines().any(|written| written == line), "{line} is not in\n{text}");
        }
    }
}
