//! `harness check`: what is wrong with a connection is named at once, each with its code.

use std::collections::BTreeSet;

use serde_json::json;

use super::seller::{CLOSED, Seller};
use super::{documented_keys, harness, keys, plugin};

#[test]
fn a_sound_connection_has_nothing_to_correct() {
    let seller = Seller::new();
    let ran = seller.run("check", &[]);
    assert_eq!((ran.exit_code, ran.err.as_str()), (Some(0), ""));
    assert_eq!(ran.json(), json!({"connection": "twin", "findings": []}));
    assert_eq!(keys(&ran.json()), documented_keys("check"));
}

#[test]
fn everything_that_kashflow_lacks_is_named_at_once() {
    let seller = Seller::new();
    seller.write("sku.csv", "seller-sku,kashflow-product\nGONE,NO-SUCH-PRODUCT\n");
    seller.edit(&[
        ("nominals.sales = 4000", "nominals.sales = 4999"),
        ("clearing-account = 1249", "clearing-account = 1234"),
    ]);
    let ran = seller.run("check", &[]);
    assert_eq!((ran.exit_code, ran.err.as_str()), (Some(1), ""));
    assert_eq!(ran.finding_codes(), ["KA-0205", "KA-0207", "KA-0208"]);
    let finding = &ran.json()["findings"][0];
    assert_eq!(keys(finding), BTreeSet::from(["code", "message", "subject"].map(str::to_owned)));
    assert_eq!(finding["subject"], "nominals.sales");

    let connection = seller.file("connection.toml");
    let plugin = plugin().to_str().expect("a path of text");
    let text = harness(["check", "--connection", &connection, "--plugin", plugin]);
    assert_eq!(text.exit_code, Some(1));
    for word in
        ["nominals.sales", "4999", "clearing-account", "1234", "GONE", "NO-SUCH-PRODUCT", "3 to correct"]
    {
        assert!(text.out.contains(word), "`{word}` is missing in: {}", text.out);
    }
    assert!(text.out.lines().all(|line| line.chars().count() <= 80), "{}", text.out);
}

#[test]
fn settings_that_cannot_be_read_are_named_at_once() {
    let seller = Seller::new();
    seller.edit(&[
        ("\"shipped\"", "\"dispatched\""),
        ("vat.registered = true\n", ""),
        ("nominals.gift-wrap", "nominals.giftwrap"),
    ]);
    let ran = seller.run("check", &[]);
    assert_eq!(ran.exit_code, Some(1));
    assert_eq!(ran.finding_codes(), ["KA-0202", "KA-0201", "KA-0201", "KA-0209"]);
}

#[test]
fn a_wrong_password_is_a_finding_and_is_shown_nowhere() {
    let seller = Seller::new();
    seller.write("secrets/kashflow-password", "a-wrong-password");
    let ran = seller.run("check", &[]);
    assert_eq!(ran.exit_code, Some(1));
    assert_eq!(ran.finding_codes(), ["KA-0502"]);
    assert!(!ran.out.contains("a-wrong-password") && !ran.err.contains("a-wrong-password"));
}

#[test]
fn a_kashflow_that_cannot_be_reached_is_a_finding() {
    let seller = Seller::new();
    let url = seller.pair.kashflow.url();
    seller.edit(&[(&url, &format!("{CLOSED}/api/service.asmx"))]);
    let ran = seller.run("check", &[]);
    assert_eq!(ran.exit_code, Some(1));
    assert_eq!(ran.finding_codes(), ["KA-0702"]);
}
