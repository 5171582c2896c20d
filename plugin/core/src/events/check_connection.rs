//! `check-connection`: everything that is missing or contradictory, at once, each with its remedy.
//!
//! Settings first, then what KashFlow holds against them. Amazon is asked for nothing: it has no call
//! that costs nothing and proves the role; a wrong authorisation shows with the first order.

use crate::canonical::{BankAccount, Chart, NominalCode, VatClass};
use crate::finding::{Code, Finding};
use crate::host::Host;
use crate::kashflow::{GetBankAccounts, GetSubProductByCode};
use crate::mapping::settlement::RuleBook;
use crate::mapping::vat_rates::rate_on;
use crate::remote::{CallFailure, perform};
use crate::settings::{Settings, Settlements};

use super::chart;

pub fn check_connection(host: &mut dyn Host) -> Vec<Finding> {
    let texts = match host.settings() {
        Ok(texts) => texts,
        Err(reason) => {
            return vec![Finding::new(
                Code::SettingsUnavailable,
                "settings",
                format!("the host gives no settings: {reason}"),
            )];
        }
    };
    match Settings::parse(&texts) {
        Ok(settings) => check_books(host, &settings).unwrap_or_else(|failure| vec![failure.finding]),
        Err(findings) => findings,
    }
}

/// Compares the settings with the KashFlow account. A failed call ends it: the next would fail as well.
fn check_books(host: &mut dyn Host, settings: &Settings) -> Result<Vec<Finding>, CallFailure> {
    let chart = chart::read(host)?;
    let accounts = perform(host, &GetBankAccounts)?;
    let mut findings = check_nominals(settings, &chart);
    findings.extend(check_vat_rates(host, settings, &chart));
    findings.extend(check_clearing_accounts(settings, &accounts));
    findings.extend(check_payout_accounts(settings, &accounts));
    findings.extend(check_settlement_rules(settings));
    findings.extend(check_sku_table(host, settings, &chart)?);
    Ok(findings)
}

fn check_nominals(settings: &Settings, chart: &Chart) -> Vec<Finding> {
    let is_unknown = |code: NominalCode| chart.nominal(code).is_none();
    let of_invoices = settings.nominals.named().into_iter().map(|(setting, code)| (setting.to_owned(), code));
    let of_settlements = settings.settlements.iter().flat_map(Settlements::named);
    of_invoices
        .chain(of_settlements)
        .filter(|(_, code)| is_unknown(*code))
        .map(|(setting, code)| {
            Finding::new(
                Code::NominalUnknown,
                setting,
                format!("is {code}, which the KashFlow chart does not have: create the nominal, or set another code"),
            )
        })
        .collect()
}

fn check_vat_rates(host: &mut dyn Host, settings: &Settings, chart: &Chart) -> Vec<Finding> {
    if !settings.vat.registered {
        return Vec::new();
    }
    let today = host.now().date_naive();
    [VatClass::Standard, VatClass::Reduced, VatClass::Zero]
        .into_iter()
        .map(|class| (class, rate_on(class, today)))
        .filter(|(_, rate)| !chart.has_vat_rate(*rate))
        .map(|(class, rate)| {
            Finding::new(
                Code::VatRateUnknown,
                "vat.registered",
                format!(
                    "the KashFlow account has no VAT rate of {} % for {}-rated goods: add it in KashFlow's VAT settings",
                    rate.to_percent(),
                    class.name()
                ),
            )
        })
        .collect()
}

fn check_clearing_accounts(settings: &Settings, accounts: &[BankAccount]) -> Vec<Finding> {
    settings
        .marketplaces
        .iter()
        .filter(|(_, marketplace)| accounts.iter().all(|account| account.code != marketplace.clearing_account))
        .map(|(id, marketplace)| {
            Finding::new(
                Code::ClearingAccountUnknown,
                format!("marketplaces.{id}.clearing-account"),
                format!(
                    "is {}, and KashFlow has no bank account with that nominal code: create a bank account for {}, or set the code of an existing one",
                    marketplace.clearing_account, marketplace.name
                ),
            )
        })
        .collect()
}

/// The account is there where settlements are configured; a connection that names one without them means it too.
fn check_payout_accounts(settings: &Settings, accounts: &[BankAccount]) -> Vec<Finding> {
    let unknown = |code: &NominalCode| accounts.iter().all(|account| account.code != *code);
    settings
        .marketplaces
        .iter()
        .filter_map(|(id, marketplace)| Some((id, marketplace, marketplace.payout_account.filter(unknown)?)))
        .map(|(id, marketplace, code)| {
            Finding::new(
                Code::PayoutAccountUnknown,
                format!("marketplaces.{id}.payout-account"),
                format!(
                    "is {code}, and KashFlow has no bank account with that nominal code: set the code of the account that Amazon pays {} out to",
                    marketplace.name
                ),
            )
        })
        .collect()
}

fn check_settlement_rules(settings: &Settings) -> Vec<Finding> {
    let Some(settlements) = &settings.settlements else { return Vec::new() };
    RuleBook::of(settlements, settings.vat.registered).err().unwrap_or_default()
}

fn check_sku_table(
    host: &mut dyn Host,
    settings: &Settings,
    chart: &Chart,
) -> Result<Vec<Finding>, CallFailure> {
    let mut findings = Vec::new();
    for (sku, row) in settings.sku.table.rows() {
        if let Some(code) = &row.product
            && perform(host, &GetSubProductByCode { code })?.is_none()
        {
            findings.push(Finding::new(
                Code::SkuTableTargetUnknown,
                "sku.table",
                format!(
                    "line {}: SKU {sku} points at the product {code}, which KashFlow does not have: create it, or correct the row",
                    row.line
                ),
            ));
        }
        if let Some(code) = row.nominal.filter(|code| chart.nominal(*code).is_none()) {
            findings.push(Finding::new(
                Code::NominalUnknown,
                "sku.table",
                format!(
                    "line {}: SKU {sku} names nominal {code}, which the KashFlow chart does not have",
                    row.line
                ),
            ));
        }
    }
    Ok(findings)
}

#[cfg(test)]
mod tests;
