//! The settings of settlements, read from flat text.

use super::*;
use crate::settings::Settings;

const OTHERS: [(&str, &str); 10] = [
    ("vat.registered", "true"),
    ("nominals.sales", "4000"),
    ("nominals.shipping", "4905"),
    ("nominals.gift-wrap", "4001"),
    ("nominals.discounts", "4009"),
    ("nominals.marketplace-liable", "4010"),
    ("nominals.exports", "4020"),
    ("nominals.outside-uk", "4030"),
    ("marketplaces.A1F83G8C2ARO7P.customer-code", "AMAZONUK"),
    ("marketplaces.A1F83G8C2ARO7P.clearing-account", "1249"),
];

/// Settings with settlements, and with changes: `None` takes a key away.
fn texts(changes: &[(&str, Option<&str>)]) -> BTreeMap<String, String> {
    let mut texts: BTreeMap<String, String> =
        OTHERS.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    let needed = NominalRole::ALL.into_iter().filter(|role| *role != NominalRole::EarlierSales);
    texts.extend(needed.zip(6100..).map(|(role, code): (_, i64)| (role.key(), code.to_string())));
    texts.insert("settlement.supplier-code".to_owned(), "AMAZONEU".to_owned());
    texts.insert("marketplaces.A1F83G8C2ARO7P.payout-account".to_owned(), "1200".to_owned());
    for (key, value) in changes {
        match value {
            Some(value) => texts.insert((*key).to_owned(), (*value).to_owned()),
            None => texts.remove(*key),
        };
    }
    texts
}

fn settlements(changes: &[(&str, Option<&str>)]) -> Settlements {
    let settings = Settings::parse(&texts(changes)).unwrap_or_else(|findings| panic!("{findings:?}"));
    settings.settlements.expect("configured")
}

fn problems(changes: &[(&str, Option<&str>)]) -> Vec<String> {
    let findings = Settings::parse(&texts(changes)).err().unwrap_or_default();
    findings.iter().map(|finding| format!("{} {}", finding.code, finding.subject)).collect()
}

#[test]
fn settlements_are_read_with_their_defaults() {
    let read = settlements(&[]);
    assert_eq!(read.supplier_code.as_str(), "AMAZONEU");
    assert_eq!(read.supplier_name, "Amazon EU S.à r.l., UK Branch");
    assert_eq!((read.payment_method, read.unknown_orders), (None, UnknownOrders::Hold));
    assert_eq!((read.category_rules.as_str(), read.posting_rules.as_str()), ("", ""));
    assert_eq!(read.nominals.len(), NominalRole::ALL.len() - 1);
    assert_eq!(read.nominals.get(&NominalRole::SellingFees), Some(&NominalCode(6100)));
}

#[test]
fn what_is_set_is_read() {
    let read = settlements(&[
        ("settlement.supplier-name", Some("Amazon")),
        ("settlement.payment-method", Some("BACS")),
        ("settlement.unknown-orders", Some("earlier-sales")),
        ("settlement.category-rules", Some("id\n")),
        ("settlement.posting-rules", Some("id,vat\n")),
        ("nominals.earlier-sales", Some("4100")),
    ]);
    assert_eq!((read.supplier_name.as_str(), read.payment_method.as_deref()), ("Amazon", Some("BACS")));
    assert_eq!(read.unknown_orders, UnknownOrders::EarlierSales);
    assert_eq!((read.category_rules.as_str(), read.posting_rules.as_str()), ("id\n", "id,vat\n"));
    assert_eq!(read.nominals.get(&NominalRole::EarlierSales), Some(&NominalCode(4100)));
}

#[test]
fn a_connection_without_the_section_posts_none() {
    let texts: BTreeMap<String, String> =
        OTHERS.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    let settings = Settings::parse(&texts).expect("complete");
    assert_eq!(settings.settlements, None);
    let marketplace = settings.marketplaces.values().next().expect("one");
    assert_eq!(marketplace.payout_account, None);
}

#[test]
fn everything_that_is_missing_is_named() {
    assert_eq!(
        problems(&[
            ("settlement.supplier-code", Some("AMAZON EU")),
            ("settlement.unknown-orders", Some("drop")),
            ("nominals.reserve", None),
            ("marketplaces.A1F83G8C2ARO7P.payout-account", None),
        ]),
        [
            "KA-0202 settlement.supplier-code",
            "KA-0202 settlement.unknown-orders",
            "KA-0201 nominals.reserve",
            "KA-0201 marketplaces.A1F83G8C2ARO7P.payout-account",
        ]
    );
    assert_eq!(problems(&[("settlement.suplier", Some("x"))]), ["KA-0209 settlement.suplier"]);
    assert_eq!(problems(&[("settlement.payment-method", Some(" "))]), ["KA-0202 settlement.payment-method"]);
}

#[test]
fn the_nominal_of_earlier_sales_is_needed_for_that_policy_only() {
    let policy = |word| problems(&[("settlement.unknown-orders", Some(word))]);
    assert_eq!(policy("suspense"), Vec::<String>::new());
    assert_eq!(policy("earlier-sales"), ["KA-0201 nominals.earlier-sales"]);
}

#[test]
fn roles_have_names_that_read_back() {
    for role in NominalRole::ALL {
        assert_eq!(NominalRole::parse(role.name()), Some(role));
    }
    assert_eq!(NominalRole::parse("Selling-Fees"), Some(NominalRole::SellingFees));
    assert_eq!(NominalRole::parse("sales"), None);
}
