//! Settings as a table of texts: what is read, and what is said about what cannot be.

use super::*;

fn complete() -> BTreeMap<String, String> {
    [
        ("posting.on-status", "shipped"),
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
    ]
    .into_iter()
    .map(|(key, value)| (key.to_owned(), value.to_owned()))
    .collect()
}

fn problems(changes: &[(&str, Option<&str>)]) -> Vec<String> {
    let mut texts = complete();
    for (key, value) in changes {
        match value {
            Some(value) => texts.insert((*key).to_owned(), (*value).to_owned()),
            None => texts.remove(*key),
        };
    }
    match Settings::parse(&texts) {
        Ok(_) => Vec::new(),
        Err(findings) => {
            findings.iter().map(|finding| format!("{} {}", finding.code, finding.subject)).collect()
        }
    }
}

#[test]
fn complete_settings_are_read_with_their_defaults() {
    let settings = Settings::parse(&complete()).expect("complete");
    let marketplace = settings.marketplaces.values().next().expect("one marketplace");
    assert_eq!(settings.posting.on_status, PostOn::Shipped);
    assert_eq!(settings.sku.unknown, UnknownSku::Hold);
    assert_eq!(marketplace.customer_name, "Amazon.co.uk customers");
    assert_eq!(marketplace.currency, Currency::GBP);
    assert!(settings.vat.calculation_service);
    assert_eq!(settings.sweep.first_days, 2);
}

#[test]
fn everything_that_is_wrong_is_said_at_once() {
    assert_eq!(
        problems(&[
            ("posting.on-status", Some("dispatched")),
            ("vat.registered", None),
            ("nominals.sales", Some("sales")),
            ("marketplaces.A1F83G8C2ARO7P.customer-code", Some("AMAZON-UK")),
            ("sku.tabel", Some("")),
        ]),
        [
            "KA-0202 posting.on-status",
            "KA-0201 vat.registered",
            "KA-0202 nominals.sales",
            "KA-0202 marketplaces.A1F83G8C2ARO7P.customer-code",
            "KA-0209 sku.tabel",
        ]
    );
}

#[test]
fn contradictions_are_named() {
    assert_eq!(problems(&[("sku.unknown", Some("partial"))]), ["KA-0203 sku.unknown"]);
    assert_eq!(
        problems(&[("marketplaces.A1F83G8C2ARO7P.exchange-rate", Some("1.2"))]),
        ["KA-0203 marketplaces.A1F83G8C2ARO7P.exchange-rate"]
    );
    assert_eq!(
        problems(&[("marketplaces.A1F83G8C2ARO7P.currency", Some("EUR"))]),
        ["KA-0201 marketplaces.A1F83G8C2ARO7P.exchange-rate"]
    );
}

#[test]
fn schemes_that_change_the_posting_are_refused() {
    assert_eq!(problems(&[("vat.scheme", Some("flat-rate"))]), ["KA-0202 vat.scheme"]);
}

#[test]
fn the_first_sweep_looks_back_a_day_at_least_and_no_further_than_amazon_keeps_orders() {
    for (days, problem) in [("1", None), ("730", None), ("0", Some(())), ("731", Some(())), ("two", Some(()))]
    {
        let expected: Vec<String> = problem.iter().map(|()| "KA-0202 sweep.first-days".to_owned()).collect();
        assert_eq!(problems(&[("sweep.first-days", Some(days))]), expected, "{days}");
    }
}

#[test]
fn settings_of_the_host_beside_ours_are_left_alone() {
    assert_eq!(problems(&[("ipaas.tenant", Some("7"))]), Vec::<String>::new());
}
