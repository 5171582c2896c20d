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
