//! Reads a table of posting rules.

use chrono::NaiveDate;

use crate::canonical::{CountryCode, Fulfilment};

use super::category::{Category, MovementKind};
use super::pattern::Pattern;
use super::posting_rule::{PostingNominal, PostingRule, PostingVat};
use super::rule_book::FIRST_DAY;
use super::rule_table::{self, Column, Row, TableProblem};

const COLUMNS: [Column; 10] = [
    Column { name: "id", required: true },
    Column { name: "category", required: true },
    Column { name: "marketplace", required: false },
    Column { name: "fulfilment", required: false },
    Column { name: "from", required: false },
    Column { name: "until", required: false },
    Column { name: "vat", required: true },
    Column { name: "nominal", required: true },
    Column { name: "source", required: false },
    Column { name: "note", required: false },
];

/// Reads a table of posting rules, in its order. Each rule is given with its line.
pub(super) fn read(text: &str) -> Result<Vec<(u64, PostingRule)>, Vec<TableProblem>> {
    rule_table::read(text, &COLUMNS, |row| Ok((row.line, read_rule(row)?)))
}

fn read_rule(row: &Row<'_>) -> Result<PostingRule, TableProblem> {
    let from = read_day(row, "from")?.unwrap_or(FIRST_DAY);
    let until = read_day(row, "until")?;
    if until.is_some_and(|until| until < from) {
        return Err(row.wrong("until", format!("the last day is before the first, which is {from}")));
    }
    let rule = PostingRule {
        id: row.cell("id").to_owned(),
        categories: read_categories(row)?,
        marketplaces: read_marketplaces(row)?,
        fulfilment: read_fulfilment(row)?,
        from,
        until,
        vat: read_word(
            row,
            "vat",
            PostingVat::parse,
            "is no VAT treatment: use standard, reverse-charge, zero, outside-scope, as-sale or none",
        )?,
        nominal: read_word(
            row,
            "nominal",
            PostingNominal::parse,
            "is no nominal: use the name of a setting below `nominals.`, invoice, original-sale or payout-account",
        )?,
        source: row.cell("source").to_owned(),
        note: row.cell("note").to_owned(),
    };
    check_destination(row, &rule)?;
    Ok(rule)
}

fn read_word<T>(
    row: &Row<'_>,
    column: &'static str,
    parse: impl Fn(&str) -> Option<T>,
    otherwise: &str,
) -> Result<T, TableProblem> {
    let word = row.cell(column);
    parse(word).ok_or_else(|| row.wrong(column, format!("`{word}` {otherwise}")))
}

fn read_day(row: &Row<'_>, column: &'static str) -> Result<Option<NaiveDate>, TableProblem> {
    let text = row.cell(column);
    if text.is_empty() {
        return Ok(None);
    }
    let day = text.parse().map_err(|_| row.wrong(column, format!("`{text}` is no day: use 2024-08-01")))?;
    Ok(Some(day))
}

/// One word or several between blanks; each has to stand for a category at least.
fn read_categories(row: &Row<'_>) -> Result<Vec<Pattern>, TableProblem> {
    let mut patterns = Vec::new();
    for word in row.cell("category").split_whitespace() {
        let pattern = Pattern::new(word).filter(|pattern| {
            Category::ALL.iter().any(|category| pattern.matches(&super::pattern::normal(category.name())))
        });
        patterns.push(pattern.ok_or_else(|| {
            let problem =
                format!("`{word}` is no category and no group of them: `harness rules list` shows the words");
            row.wrong("category", problem)
        })?);
    }
    Ok(patterns)
}

fn read_marketplaces(row: &Row<'_>) -> Result<Vec<CountryCode>, TableProblem> {
    let text = row.cell("marketplace");
    if text.is_empty() || text == "*" {
        return Ok(Vec::new());
    }
    text.split_whitespace()
        .map(|word| {
            CountryCode::parse(word).ok_or_else(|| {
                row.wrong(
                    "marketplace",
                    format!("`{word}` is no country code: use GB, several between blanks, or `*`"),
                )
            })
        })
        .collect()
}

fn read_fulfilment(row: &Row<'_>) -> Result<Option<Fulfilment>, TableProblem> {
    match row.cell("fulfilment").to_ascii_lowercase().as_str() {
        "" | "*" => Ok(None),
        "amazon" => Ok(Some(Fulfilment::ByAmazon)),
        "merchant" => Ok(Some(Fulfilment::ByMerchant)),
        word => Err(row.wrong("fulfilment", format!("`{word}` is none: use amazon, merchant or `*`"))),
    }
}

/// Only a sale has an invoice, only a refund a sale before it, and only money of a bank goes to one.
fn check_destination(row: &Row<'_>, rule: &PostingRule) -> Result<(), TableProblem> {
    let mut caught = Category::ALL.iter().copied().filter(|category| rule.catches(*category));
    let is_sale = |category: Category| matches!(category, Category::Sale(_));
    let is_refund = |category: Category| matches!(category, Category::Refund(_));
    let wrong = match rule.nominal {
        PostingNominal::Invoice => caught.clone().find(|category| !is_sale(*category)),
        PostingNominal::OriginalSale => caught.clone().find(|category| !is_refund(*category)),
        PostingNominal::PayoutAccount => {
            caught.clone().find(|category| *category != Category::Movement(MovementKind::Bank))
        }
        PostingNominal::Role(_) => None,
    };
    if let Some(category) = wrong {
        return Err(row.wrong("nominal", format!("`{}` is not for {category}", rule.nominal.name())));
    }
    match caught.find(|category| !is_sale(*category) && !is_refund(*category)) {
        Some(category) if rule.vat == PostingVat::AsSale => {
            Err(row.wrong("vat", format!("`as-sale` is not for {category}, which belongs to no sale")))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(row: &str) -> String {
        let text = format!("id,category,marketplace,fulfilment,from,until,vat,nominal\n{row}\n");
        let problems = read(&text).expect_err(row);
        problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn each_cell_that_cannot_be_read_is_named() {
        for (row, expected) in [
            ("a,fee-sellng,GB,*,,,zero,postage", "column `category`: `fee-sellng` is no category"),
            ("a,fee-*,GBR,*,,,zero,postage", "column `marketplace`: `GBR` is no country code"),
            ("a,fee-*,GB,fba,,,zero,postage", "column `fulfilment`: `fba` is none"),
            ("a,fee-*,GB,*,1/8/24,,zero,postage", "column `from`: `1/8/24` is no day"),
            ("a,fee-*,GB,*,2024-08-01,2024-07-31,zero,postage", "column `until`: the last day is before"),
            ("a,fee-*,GB,*,,,20,postage", "column `vat`: `20` is no VAT treatment"),
            ("a,fee-*,GB,*,,,zero,6100", "column `nominal`: `6100` is no nominal"),
            ("a,fee-*,GB,*,,,zero,invoice", "column `nominal`: `invoice` is not for fee-selling"),
            ("a,*,GB,*,,,zero,original-sale", "column `nominal`: `original-sale` is not for sale-goods"),
            ("a,reserve,*,*,,,none,payout-account", "column `nominal`: `payout-account` is not for reserve"),
            ("a,fee-*,*,*,,,as-sale,postage", "column `vat`: `as-sale` is not for fee-selling"),
        ] {
            let problem = problem(row);
            assert!(problem.starts_with("line 2, ") && problem.contains(expected), "{row}: {problem}");
        }
    }

    #[test]
    fn columns_that_are_left_out_mean_everywhere_and_always() {
        let rules = read("id,category,vat,nominal\na,fee-postage*,zero,postage\n").expect("a table");
        let (line, rule) = &rules[0];
        assert_eq!((*line, rule.scope()), (2, ["fee-postage*", "*", "*"].map(str::to_owned)));
        assert_eq!((rule.from, rule.until), (FIRST_DAY, None));
    }
}
