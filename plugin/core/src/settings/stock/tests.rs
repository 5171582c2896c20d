//! The settings of stock, read from flat text.

use super::*;
use crate::settings::Settings;

const OTHERS: [(&str, &str); 11] = [
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
    ("stock.seller-id", "A2EXAMPLE"),
];

fn parse(changes: &[(&str, &str)]) -> Result<Settings, Vec<String>> {
    let pairs = OTHERS.iter().chain(changes).filter(|(_, value)| !value.is_empty());
    let texts = pairs.map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    let told = |finding: crate::finding::Finding| format!("{} {}", finding.code, finding.subject);
    Settings::parse(&texts).map_err(|findings| findings.into_iter().map(told).collect())
}

fn stock(changes: &[(&str, &str)]) -> Stock {
    parse(changes).unwrap_or_else(|findings| panic!("{findings:?}")).stock.expect("configured")
}

fn marketplaces(ids: &[&str]) -> Vec<MarketplaceId> {
    ids.iter().map(|id| MarketplaceId::new(*id).expect("an id")).collect()
}

#[test]
fn a_seller_on_one_marketplace_only_names_itself() {
    let stock = stock(&[]);
    assert_eq!(stock.seller.as_str(), "A2EXAMPLE");
    assert_eq!(vec![stock.marketplace.clone()], marketplaces(&["A1F83G8C2ARO7P"]));
    assert_eq!(stock.pools, vec![stock.marketplace]);
    assert_eq!(stock.counted, [WarehouseState::Fulfillable]);
    assert_eq!((stock.both_ways, stock.buffer, stock.cap), (PoolRule::Separate, Units::ZERO, None));
    assert_eq!((stock.brake, stock.feed_from), (Brake { share: 25, from: 10 }, 200));
}

#[test]
fn everything_can_be_set() {
    let stock = stock(&[
        ("stock.marketplace", "A1PA6795UKMFR9"),
        ("stock.pools", "A1F83G8C2ARO7P, A1PA6795UKMFR9"),
        ("stock.counted", "fulfillable, Reserved-For-Transfer"),
        ("stock.both-ways", "sum"),
        ("stock.buffer", "1"),
        ("stock.cap", "50"),
        ("stock.brake-share", "10"),
        ("stock.brake-from", "3"),
        ("stock.feed-from", "20"),
        ("stock.table", "seller-sku,buffer\nMUG,2\n"),
    ]);
    assert_eq!(stock.pools, marketplaces(&["A1F83G8C2ARO7P", "A1PA6795UKMFR9"]));
    assert_eq!(stock.counted, [WarehouseState::Fulfillable, WarehouseState::ReservedForTransfer]);
    assert_eq!((stock.both_ways, stock.buffer, stock.cap), (PoolRule::Sum, Units(1), Some(Units(50))));
    assert_eq!((stock.brake, stock.feed_from), (Brake { share: 10, from: 3 }, 20));
    assert_eq!(stock.table.skus().count(), 1);
}

#[test]
fn a_connection_without_the_section_keeps_no_stock() {
    assert_eq!(parse(&[("stock.seller-id", "x")]).map(|settings| settings.stock.is_some()), Ok(true));
    let without = OTHERS.iter().filter(|(key, _)| !key.starts_with(SECTION));
    let texts = without.map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    assert_eq!(Settings::parse(&texts).expect("settings").stock, None);
}

#[test]
fn two_marketplaces_of_one_pool_are_refused_and_a_choice_has_to_be_made_between_several() {
    assert_eq!(
        parse(&[("stock.pools", "A1PA6795UKMFR9,A13V1IB3VIYZZH")]),
        Err(vec!["KA-0203 stock.pools".into()])
    );
    assert_eq!(
        parse(&[("stock.pools", "A1F83G8C2ARO7P,A1F83G8C2ARO7P")]),
        Err(vec!["KA-0203 stock.pools".into()])
    );
    let germany = [
        ("marketplaces.A1PA6795UKMFR9.customer-code", "AMAZONDE"),
        ("marketplaces.A1PA6795UKMFR9.clearing-account", "1250"),
    ];
    let both = ["KA-0201 stock.marketplace", "KA-0201 stock.pools"].map(str::to_owned).to_vec();
    assert_eq!(parse(&germany), Err(both));
}

#[test]
fn what_cannot_be_read_is_named() {
    for (key, value, problem) in [
        ("stock.counted", "fulfillable,lost", "KA-0202"),
        ("stock.both-ways", "both", "KA-0202"),
        ("stock.buffer", "-1", "KA-0202"),
        ("stock.cap", "many", "KA-0202"),
        ("stock.brake-share", "0", "KA-0202"),
        ("stock.brake-from", "0", "KA-0202"),
        ("stock.feed-from", "1", "KA-0202"),
        ("stock.pools", "A1F83G8C2ARO7P,,", "KA-0202"),
        ("stock.table", "sku\nMUG\n", "KA-0211"),
        ("stock.bufer", "1", "KA-0209"),
    ] {
        assert_eq!(parse(&[(key, value)]), Err(vec![format!("{problem} {key}")]), "{key}");
    }
}
