//! `harness rules`: what the rows of settlements are and where they are posted, and why.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use chrono::NaiveDate;
use clap::{Args, Subcommand, ValueEnum};
use plugin_core::canonical::{CountryCode, Fulfilment, TransactionKind};
use plugin_core::mapping::settlement::ledger_plan::deposit_day;
use plugin_core::mapping::settlement::{
    Category, CategoryRule, Explanation, PostingRule, RowContext, RuleBook,
};
use serde_json::{Value, json};

use crate::clock::{Clock, SystemClock};
use crate::connection::Connection;
use crate::settlement_proof::{ExplainedNominal, Terms, country, nominal};

use super::presentation::print;

#[derive(Subcommand)]
pub(super) enum RulesCommand {
    /// List all rules in their order: the first that matches decides
    #[command(after_help = "\
Examples:
  harness rules list
  harness rules list --connection acme-uk.toml
  harness rules list --json")]
    List(Listing),
    /// Explain what a row is, where it is posted on a day, and why
    #[command(after_help = "\
Examples:
  harness rules explain Order ItemFees Commission
  harness rules explain Order ItemFees Commission --date 2024-07-31
  harness rules explain other-transaction other-transaction 'Storage Fee' --connection acme-uk.toml

The three words stand in a settlement file: transaction-type, amount-type, amount-description.")]
    Explain(Explaining),
}

#[derive(Args)]
pub(super) struct Listing {
    /// With the rules of this connection before the built-in ones.
    #[arg(long, value_name = "FILE")]
    connection: Option<PathBuf>,
}

#[derive(Args)]
pub(super) struct Explaining {
    /// The row's transaction-type.
    #[arg(value_name = "TYPE")]
    transaction_type: String,
    /// The row's amount-type.
    #[arg(value_name = "AMOUNT-TYPE")]
    amount_type: String,
    /// The row's amount-description.
    #[arg(value_name = "DESCRIPTION")]
    amount_description: String,
    /// The day of the row; today in London where none is given.
    #[arg(long, value_name = "YYYY-MM-DD")]
    date: Option<NaiveDate>,
    /// The country of the marketplace, or its id.
    #[arg(long, value_name = "MARKETPLACE", default_value = "GB", value_parser = marketplace)]
    marketplace: CountryCode,
    /// Who sends the goods.
    #[arg(long, value_enum)]
    fulfilment: Option<FulfilmentName>,
    /// With the rules and nominal codes of this connection.
    #[arg(long, value_name = "FILE")]
    connection: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum FulfilmentName {
    Amazon,
    Merchant,
}

impl From<FulfilmentName> for Fulfilment {
    fn from(name: FulfilmentName) -> Self {
        match name {
            FulfilmentName::Amazon => Fulfilment::ByAmazon,
            FulfilmentName::Merchant => Fulfilment::ByMerchant,
        }
    }
}

fn marketplace(text: &str) -> Result<CountryCode, String> {
    country(text).ok_or_else(|| {
        "a marketplace is a country such as GB, or Amazon's id such as A1F83G8C2ARO7P".to_owned()
    })
}

pub(super) fn run(command: RulesCommand, json: bool) -> anyhow::Result<ExitCode> {
    match command {
        RulesCommand::List(listing) => list(&listing, json),
        RulesCommand::Explain(explaining) => explain(&explaining, json),
    }
}

/// The terms of a connection, or everything that is wrong with its settings.
pub(super) fn terms(connection: &Connection) -> anyhow::Result<Terms> {
    Terms::read(&connection.settings).map_err(|findings| {
        let all: Vec<String> = findings.iter().map(ToString::to_string).collect();
        anyhow::anyhow!("the settings of the connection {}:\n  {}", connection.name, all.join("\n  "))
    })
}

fn terms_of(file: Option<&Path>) -> anyhow::Result<Option<Terms>> {
    file.map(|file| terms(&Connection::load(file)?)).transpose()
}

fn list(listing: &Listing, json: bool) -> anyhow::Result<ExitCode> {
    let terms = terms_of(listing.connection.as_deref())?;
    let built_in = RuleBook::built_in();
    let rules = terms.as_ref().map_or(&built_in, |terms| &terms.rules);
    let (own_categories, own_postings) = rules.own();
    if json {
        let categories: Vec<&str> = Category::ALL.iter().map(|category| category.name()).collect();
        let category_rules: Vec<Value> = rules.category_rules().map(category_rule_json).collect();
        let posting_rules: Vec<Value> = rules.posting_rules().map(posting_rule_json).collect();
        print(json!({
            "digest": rules.digest(), "ownCategoryRules": own_categories, "ownPostingRules": own_postings,
            "categories": categories, "categoryRules": category_rules, "postingRules": posting_rules,
        }))?;
        return Ok(ExitCode::SUCCESS);
    }
    print("What a row is, by its type, amount type and amount description:")?;
    for rule in rules.category_rules() {
        print(format_args!("{}: {}\n  {}", rule.id, rule.category, patterns(rule)))?;
    }
    print("Where a category is posted, by marketplace, fulfilment and day:")?;
    for rule in rules.posting_rules() {
        let ([categories, marketplaces, fulfilment], days) = (rule.scope(), days(rule));
        let (vat, nominal) = (rule.vat.name(), rule.nominal.name());
        print(format_args!("{}: {nominal}, VAT {vat}, {days}", rule.id))?;
        print(format_args!("  {categories}, marketplace {marketplaces}, fulfilment {fulfilment}"))?;
    }
    print("The first rule that matches decides.")?;
    if own_categories + own_postings > 0 {
        print(format_args!(
            "The first {own_categories} of rows and the first {own_postings} of postings are the connection's own."
        ))?;
    }
    print(format_args!("digest of the rules: {}", rules.digest()))?;
    Ok(ExitCode::SUCCESS)
}

fn explain(explaining: &Explaining, json: bool) -> anyhow::Result<ExitCode> {
    let terms = terms_of(explaining.connection.as_deref())?;
    let built_in = RuleBook::built_in();
    let rules = terms.as_ref().map_or(&built_in, |terms| &terms.rules);
    let kind = TransactionKind {
        transaction_type: &explaining.transaction_type,
        amount_type: &explaining.amount_type,
        amount_description: &explaining.amount_description,
    };
    let row = RowContext {
        marketplace: explaining.marketplace,
        fulfilment: explaining.fulfilment.map(Fulfilment::from),
        date: explaining.date.unwrap_or_else(|| deposit_day(SystemClock.now())),
    };
    let explanation = rules.explain(kind, row);
    let nominal = nominal(explanation.posting_rule, terms.as_ref(), row.marketplace);
    if json {
        print(explanation_json(&explanation, &nominal))?;
        return Ok(ExitCode::SUCCESS);
    }
    let text = explanation.to_string();
    print(text.trim_end())?;
    if let Some(code) = nominal.code {
        print(format_args!("  nominal code of the connection: {code}"))?;
    }
    let (date, marketplace) = (row.date, row.marketplace.as_str());
    print(format_args!("(on {date}, marketplace of {marketplace})")).context("the explanation")?;
    Ok(ExitCode::SUCCESS)
}

fn patterns(rule: &CategoryRule) -> String {
    [rule.transaction_type(), rule.amount_type(), rule.amount_description()].join(" / ")
}

fn days(rule: &PostingRule) -> String {
    match rule.until {
        Some(until) => format!("{} to {until}", rule.from),
        None => format!("from {}", rule.from),
    }
}

fn explanation_json(explanation: &Explanation<'_>, nominal: &ExplainedNominal) -> Value {
    let overridden: Vec<&str> = explanation.overridden.iter().map(|rule| rule.id.as_str()).collect();
    json!({
        "category": explanation.category_rule.category.name(),
        "categoryRule": category_rule_json(explanation.category_rule), "comesBefore": overridden,
        "postingRule": posting_rule_json(explanation.posting_rule), "date": explanation.row.date.to_string(),
        "marketplace": explanation.row.marketplace.as_str(), "vat": explanation.posting_rule.vat.name(),
        "nominal": nominal.name, "nominalCode": nominal.code,
    })
}

fn category_rule_json(rule: &CategoryRule) -> Value {
    json!({
        "id": rule.id, "transactionType": rule.transaction_type(), "amountType": rule.amount_type(),
        "amountDescription": rule.amount_description(), "category": rule.category.name(),
        "source": rule.source, "note": rule.note,
    })
}

fn posting_rule_json(rule: &PostingRule) -> Value {
    let [categories, marketplaces, fulfilment] = rule.scope();
    json!({
        "id": rule.id, "categories": categories, "marketplaces": marketplaces, "fulfilment": fulfilment,
        "from": rule.from.to_string(), "until": rule.until.map(|until| until.to_string()),
        "vat": rule.vat.name(), "nominal": rule.nominal.name(), "source": rule.source, "note": rule.note,
    })
}
