//! What is said about the settings of settlements, against a chart and bank accounts made for it.

use std::collections::BTreeMap;

use super::*;
use crate::canonical::{BankAccountId, Nominal, NominalId};

const SETTINGS: [(&str, &str); 26] = [
    ("vat.registered", "true"),
    ("nominals.sales", "4000"),
    ("nominals.shipping", "4905"),
    ("nominals.gift-wrap", "4001"),
    ("nominals.discounts", "4009"),
    ("nominals.marketplace-liable", "4010"),
    ("nominals.exports", "4020"),
    ("nominals.outside-uk", "4030"),
    ("marketplaces.A1F83G8C2ARO7P.name", "Amazon.co.uk"),
    ("marketplaces.A1F83G8C2ARO7P.customer-code", "AMAZONUK"),
    ("marketplaces.A1F83G8C2ARO7P.clearing-account", "1249"),
    ("marketplaces.A1F83G8C2ARO7P.payout-account", "1200"),
    ("settlement.supplier-code", "AMAZONEU"),
    ("nominals.selling-fees", "6100"),
    ("nominals.fulfilment-fees", "6110"),
    ("nominals.storage-fees", "6120"),
    ("nominals.advertising", "6201"),
    ("nominals.postage", "7501"),
    ("nominals.eco-contributions", "6130"),
    ("nominals.other-income", "4910"),
    ("nominals.liquidations", "4040"),
    ("nominals.goodwill", "4101"),
    ("nominals.reserve", "1250"),
    ("nominals.loan", "2300"),
    ("nominals.inter-marketplace", "1253"),
    ("nominals.suspense", "9998"),
];

fn settings(changes: &[(&str, &str)]) -> Settings {
    let all = SETTINGS.iter().chain(changes);
    let texts: BTreeMap<String, String> =
        all.map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    Settings::parse(&texts).expect("complete settings")
}

/// The chart that has every nominal of the settings, without some.
fn chart_without(missing: &[i64]) -> Chart {
    let codes = SETTINGS.iter().filter_map(|(_, value)| value.parse::<i64>().ok());
    let nominals = codes
        .filter(|code| !missing.contains(code))
        .map(|code| Nominal { code: NominalCode(code), id: NominalId(17_000_000 + code) });
    Chart::new(nominals, Vec::new())
}

fn account(code: i64) -> BankAccount {
    BankAccount { id: BankAccountId(code), name: format!("Account {code}"), code: NominalCode(code) }
}

fn said(findings: &[Finding]) -> Vec<String> {
    findings.iter().map(|finding| format!("{} {}", finding.code, finding.subject)).collect()
}

#[test]
fn the_nominals_of_settlements_are_looked_for_in_the_chart() {
    assert_eq!(said(&check_nominals(&settings(&[]), &chart_without(&[]))), Vec::<String>::new());
    let findings = check_nominals(&settings(&[]), &chart_without(&[4000, 6110, 9998]));
    let expected = ["nominals.sales", "nominals.fulfilment-fees", "nominals.suspense"];
    assert_eq!(said(&findings), expected.map(|subject| format!("KA-0205 {subject}")));
}

#[test]
fn a_payout_account_is_a_bank_account_of_kashflow() {
    let payout = |codes: [i64; 2]| said(&check_payout_accounts(&settings(&[]), &codes.map(account)));
    assert_eq!(payout([1249, 1200]), Vec::<String>::new());
    assert_eq!(payout([1249, 1201]), ["KA-0210 marketplaces.A1F83G8C2ARO7P.payout-account"]);
}

#[test]
fn tables_of_rules_that_cannot_be_used_are_named() {
    let table = "id,category,vat,nominal\nmine,fee-*,zero,everything\n";
    let findings = check_settlement_rules(&settings(&[("settlement.posting-rules", table)]));
    assert_eq!(said(&findings), ["KA-0815 settlement.posting-rules"]);
    assert!(findings[0].message.starts_with("line 2, column `nominal`: "), "{}", findings[0].message);
    assert_eq!(said(&check_settlement_rules(&settings(&[]))), Vec::<String>::new());
}
