//! The connection's own tables of rules.

use std::collections::BTreeSet;

use crate::finding::{Code, Finding};
use crate::settings::Settlements;

use super::category_rule::{self, CategoryRule};
use super::posting_rule::{PostingNominal, PostingRule};
use super::posting_table;
use super::rule_book::{NOT_REGISTERED, built_in_category_rules, built_in_posting_rules};
use super::rule_table::TableProblem;

const CATEGORY_RULES: &str = "settlement.category-rules";
const POSTING_RULES: &str = "settlement.posting-rules";

/// Reads both tables. Every row that cannot be used is named with table, line and column.
pub(super) fn read(settlements: &Settlements) -> Result<(Vec<CategoryRule>, Vec<PostingRule>), Vec<Finding>> {
    let categories = category_rule::read(&settlements.category_rules).and_then(|rules| {
        let built_in = built_in_category_rules().into_iter().map(|rule| rule.id);
        check_ids(built_in, rules.iter().map(|(line, rule)| (*line, rule.id.as_str())))?;
        Ok(rules)
    });
    let postings = posting_table::read(&settlements.posting_rules).and_then(|rules| {
        let built_in = built_in_posting_rules().into_iter().map(|rule| rule.id);
        let built_in = built_in.chain([NOT_REGISTERED.to_owned()]);
        check_ids(built_in, rules.iter().map(|(line, rule)| (*line, rule.id.as_str())))?;
        check_nominals(settlements, &rules)?;
        Ok(rules)
    });
    match (categories, postings) {
        (Ok(categories), Ok(postings)) => Ok((without_lines(categories), without_lines(postings))),
        (categories, postings) => {
            let categories = categories.err().unwrap_or_default().into_iter();
            let postings = postings.err().unwrap_or_default().into_iter();
            Err(categories
                .map(|problem| finding(CATEGORY_RULES, &problem))
                .chain(postings.map(|problem| finding(POSTING_RULES, &problem)))
                .collect())
        }
    }
}

fn without_lines<T>(rules: Vec<(u64, T)>) -> Vec<T> {
    rules.into_iter().map(|(_, rule)| rule).collect()
}

fn finding(setting: &str, problem: &TableProblem) -> Finding {
    Finding::new(Code::SettlementRulesInvalid, setting, problem.to_string())
}

/// An id names one rule: journals and explanations point at it.
fn check_ids<'a>(
    built_in: impl Iterator<Item = String>,
    rules: impl Iterator<Item = (u64, &'a str)>,
) -> Result<(), Vec<TableProblem>> {
    let mut taken: BTreeSet<String> = built_in.collect();
    let twice = |(line, id): (u64, &str)| {
        let problem = format!("`{id}` is the id of another rule, built in or above: choose another one");
        (!taken.insert(id.to_owned())).then_some(TableProblem::Cell { line, column: "id", problem })
    };
    some(rules.filter_map(twice).collect())
}

fn check_nominals(settlements: &Settlements, rules: &[(u64, PostingRule)]) -> Result<(), Vec<TableProblem>> {
    let unset = |(line, rule): &(u64, PostingRule)| match rule.nominal {
        PostingNominal::Role(role) if !settlements.nominals.contains_key(&role) => Some(TableProblem::Cell {
            line: *line,
            column: "nominal",
            problem: format!("`nominals.{}` is not set: set it, or use another nominal", role.name()),
        }),
        _ => None,
    };
    some(rules.iter().filter_map(unset).collect())
}

fn some(problems: Vec<TableProblem>) -> Result<(), Vec<TableProblem>> {
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}
