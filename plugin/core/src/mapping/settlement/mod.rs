//! What each row of a settlement means for the books.

mod categoriser;
pub mod category;
mod category_name;
mod category_rule;
pub mod certificate;
pub mod collected;
mod explanation;
mod fees;
#[cfg(test)]
mod fixture;
pub mod ledger_plan;
mod marketplace_country;
pub mod marketplace_match;
mod order_refund;
mod own_rules;
mod pattern;
mod posting_rule;
mod posting_table;
#[cfg(test)]
mod properties;
pub mod refund_to_credit_note;
mod rule_book;
mod rule_table;

pub use categoriser::Categoriser;
pub use category::{Category, FeeForm, FeeKind, IncomeKind, MovementKind, SalePart};
pub use category_rule::CategoryRule;
pub use explanation::{Explanation, RowContext};
pub use marketplace_country::{country_of, country_of_name};
pub use pattern::Pattern;
pub use posting_rule::{PostingContext, PostingNominal, PostingRule, PostingVat};
pub use rule_book::{FIRST_DAY, NOT_REGISTERED, RuleBook};
