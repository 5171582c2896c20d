//! The decision which configured marketplace a settlement is of. A settlement has one currency; its rows name the
//! marketplace of each sale, and leave it out of much else.

use std::collections::BTreeMap;

use crate::canonical::MarketplaceId;
use crate::settings::Marketplace;

use super::collected::Collected;

/// The marketplace of the settlement's currency; where several have it, the one that most rows name.
pub fn marketplace_of<'a>(
    collected: &Collected,
    configured: &'a BTreeMap<MarketplaceId, Marketplace>,
) -> Option<(&'a MarketplaceId, &'a Marketplace)> {
    let of_the_currency = || configured.iter().filter(|(_, one)| one.currency == collected.currency());
    let mut all = of_the_currency();
    let first = all.next()?;
    if all.next().is_none() {
        return Some(first);
    }
    let rows = |one: &Marketplace| {
        let named = collected.marketplaces.iter().filter(|(name, _)| name.eq_ignore_ascii_case(&one.name));
        named.map(|(_, rows)| *rows).sum::<u64>()
    };
    of_the_currency()
        .map(|one| (rows(one.1), one))
        .filter(|(rows, _)| *rows > 0)
        .max_by_key(|(rows, _)| *rows)
        .map(|(_, one)| one)
}

#[cfg(test)]
mod tests {
    use super::super::RuleBook;
    use super::super::fixture::{Row, collected, in_lines, marketplace, row};
    use super::*;
    use crate::canonical::Currency;

    fn rows(names: &[&'static str]) -> Collected {
        let named = |name: &&'static str| Row { marketplace: name, ..row("Order/ItemPrice/Principal", 100) };
        let rows: Vec<Row> = names.iter().map(named).collect();
        collected(&in_lines(&rows), &RuleBook::built_in())
    }

    #[test]
    fn the_marketplace_is_that_of_the_currency_and_among_several_the_one_that_most_rows_name() {
        let pounds = |name: &str| Marketplace { name: name.to_owned(), ..marketplace() };
        let euros = Marketplace { currency: Currency::EUR, ..pounds("Amazon.de") };
        let uk_and_germany = vec![("UK", pounds("Amazon.co.uk")), ("DE", euros.clone())];
        let mut two_in_pounds = uk_and_germany.clone();
        two_in_pounds.push(("IE", pounds("Amazon.ie")));
        for (name, configured, named, expected) in [
            ("one has the currency, and no row names any", &uk_and_germany, &[""][..], Some("UK")),
            ("one has the currency, and rows name another", &uk_and_germany, &["Amazon.de"], Some("UK")),
            ("none has the currency", &vec![("DE", euros)], &["Amazon.co.uk"], None),
            ("none is configured", &vec![], &["Amazon.co.uk"], None),
            (
                "most rows name it, in whatever case",
                &two_in_pounds,
                &["Amazon.co.uk", "AMAZON.IE", "amazon.ie", ""],
                Some("IE"),
            ),
            ("several have the currency, and no row names one", &two_in_pounds, &["", "Amazon.nl"], None),
        ] {
            let id = |id: &str| MarketplaceId::new(id).expect("an id");
            let configured: BTreeMap<_, _> =
                configured.iter().map(|(name, one)| (id(name), one.clone())).collect();
            let found = marketplace_of(&rows(named), &configured).map(|(id, _)| id.as_str());
            assert_eq!(found, expected, "{name}");
        }
    }
}
