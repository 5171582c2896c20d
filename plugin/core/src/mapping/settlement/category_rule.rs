//! A rule that says what a row of a settlement is.

use crate::canonical::TransactionKind;

use super::category::Category;
use super::pattern::{Pattern, normal};
use super::rule_table::{self, Column, Row, TableProblem};

const COLUMNS: [Column; 7] = [
    Column { name: "id", required: true },
    Column { name: "transaction-type", required: true },
    Column { name: "amount-type", required: true },
    Column { name: "amount-description", required: true },
    Column { name: "category", required: true },
    Column { name: "source", required: false },
    Column { name: "note", required: false },
];

/// What a row is, by Amazon's three words for it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CategoryRule {
    pub id: String,
    pub category: Category,
    /// The document that the rule rests on.
    pub source: String,
    /// Why, in a sentence.
    pub note: String,
    transaction_type: Pattern,
    amount_type: Pattern,
    amount_description: Pattern,
}

impl CategoryRule {
    /// The pattern of the transaction type, as it is written.
    pub fn transaction_type(&self) -> &str {
        self.transaction_type.as_str()
    }

    /// The pattern of the amount type, as it is written.
    pub fn amount_type(&self) -> &str {
        self.amount_type.as_str()
    }

    /// The pattern of the amount description, as it is written.
    pub fn amount_description(&self) -> &str {
        self.amount_description.as_str()
    }

    /// What decides, in a form that stays the same however it is written.
    pub(super) fn essence(&self) -> String {
        let patterns = [&self.transaction_type, &self.amount_type, &self.amount_description];
        let [transaction_type, amount_type, amount_description] = patterns.map(Pattern::normal);
        format!("{}\t{transaction_type}\t{amount_type}\t{amount_description}\t{}", self.id, self.category)
    }

    pub(super) fn matches(&self, kind: &NormalKind) -> bool {
        self.transaction_type.matches(&kind.transaction_type)
            && self.amount_type.matches(&kind.amount_type)
            && self.amount_description.matches(&kind.amount_description)
    }
}

/// The words of a row in the form that patterns compare.
pub(super) struct NormalKind {
    transaction_type: String,
    amount_type: String,
    amount_description: String,
}

impl NormalKind {
    pub(super) fn of(kind: TransactionKind<'_>) -> Self {
        NormalKind {
            transaction_type: normal(kind.transaction_type),
            amount_type: normal(kind.amount_type),
            amount_description: normal(kind.amount_description),
        }
    }
}

/// Reads a table of category rules, in its order. Each rule is given with its line.
pub(super) fn read(text: &str) -> Result<Vec<(u64, CategoryRule)>, Vec<TableProblem>> {
    rule_table::read(text, &COLUMNS, |row| Ok((row.line, read_rule(row)?)))
}

fn read_rule(row: &Row<'_>) -> Result<CategoryRule, TableProblem> {
    let pattern = |column: &'static str| {
        Pattern::new(row.cell(column)).ok_or_else(|| row.wrong(column, "write `*` for anything"))
    };
    let word = row.cell("category");
    let category = Category::parse(word).ok_or_else(|| {
        row.wrong("category", format!("`{word}` is no category: `harness rules list` shows the words"))
    })?;
    Ok(CategoryRule {
        id: row.cell("id").to_owned(),
        category,
        source: row.cell("source").to_owned(),
        note: row.cell("note").to_owned(),
        transaction_type: pattern("transaction-type")?,
        amount_type: pattern("amount-type")?,
        amount_description: pattern("amount-description")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_category_that_is_none_is_named() {
        let problems = read(
            "id,transaction-type,amount-type,amount-description,category\n\
             good,Order,ItemFees,*,fee-selling\n\
             bad,Order,ItemFees,*,fee-sellng\n",
        )
        .expect_err("a misspelling");
        assert_eq!(
            problems.iter().map(ToString::to_string).collect::<Vec<_>>(),
            ["line 3, column `category`: `fee-sellng` is no category: `harness rules list` shows the words"]
        );
    }
}
