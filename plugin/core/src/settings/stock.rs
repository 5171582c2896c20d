//! The settings of stock: who owns which quantity, what counts, and how much may change at once.
//!
//! They exist where any key begins with `stock.`. Absent on purpose: which product a SKU is (`sku`).

use std::collections::{BTreeMap, BTreeSet};

use crate::canonical::{MarketplaceId, SellerId, Units, WarehouseState};
use crate::finding::Code;
use crate::limits::STOCK_FEED_MESSAGES_MAX;

use super::Marketplace;
use super::reader::Reader;
use super::stock_table::StockTable;

/// What begins the keys of stock.
pub(super) const SECTION: &str = "stock.";

/// The marketplaces that share one pool of goods in Amazon's warehouses, whichever of them is asked (Pan-European
/// FBA). The United Kingdom has had a pool of its own since it left the customs union.
const PAN_EUROPEAN: [&str; 9] = [
    "A1PA6795UKMFR9",
    "A13V1IB3VIYZZH",
    "A1RKKUPIHCS9HS",
    "APJ6JRA9NG5V4",
    "A1805IZSGTT6HS",
    "AMEN7PMS3EDWL",
    "A2NODRKZP88ZB9",
    "A1C3SOZRARQ6R3",
    "A28R8C7NBKEWEA",
];

/// What becomes of a product that both Amazon and the merchant send to buyers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PoolRule {
    /// Each way needs a product of its own; until then neither side follows the other, and a person is told.
    Separate,
    /// The books hold the sum of what lies at Amazon and what the merchant has.
    Sum,
}

/// How much one sweep may change before a person has to agree.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Brake {
    /// Percent of what one side holds.
    pub share: u32,
    /// Fewer changes than these are never held.
    pub from: usize,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stock {
    pub seller: SellerId,
    /// Where the merchant's offers are.
    pub marketplace: MarketplaceId,
    /// One marketplace for each pool in Amazon's warehouses.
    pub pools: Vec<MarketplaceId>,
    /// Which units of Amazon's warehouses count.
    pub counted: Vec<WarehouseState>,
    pub both_ways: PoolRule,
    pub buffer: Units,
    pub cap: Option<Units>,
    pub brake: Brake,
    /// So many quantities or more go to Amazon as one feed.
    pub feed_from: usize,
    pub table: StockTable,
}

/// `None` where something is wrong, `Some(None)` where the connection keeps no stock in step.
pub(super) fn read(
    reader: &mut Reader<'_>,
    marketplaces: &BTreeMap<MarketplaceId, Marketplace>,
) -> Option<Option<Stock>> {
    if !reader.has_below(SECTION) {
        return Some(None);
    }
    let expected = "Amazon's id of the seller, the merchant token of Seller Central";
    let seller = reader.parsed("stock.seller-id", None, expected, |text| SellerId::new(text));
    let only = match marketplaces.len() {
        1 => marketplaces.keys().next().cloned(),
        _ => None,
    };
    let expected = "the id of the marketplace where the offers are, for example A1F83G8C2ARO7P";
    let marketplace =
        reader.parsed("stock.marketplace", only.clone(), expected, |text| MarketplaceId::new(text));
    let pools = read_pools(reader, only.or_else(|| marketplace.clone()));
    let counted = read_counted(reader);
    let both_ways = reader.choice(
        "stock.both-ways",
        Some(PoolRule::Separate),
        &[("separate", PoolRule::Separate), ("sum", PoolRule::Sum)],
    );
    let whole = |text: &str| text.parse().ok().filter(|units: &i64| *units >= 0).map(Units);
    let buffer = reader.parsed("stock.buffer", Some(Units::ZERO), "a number of units, 0 or more", whole);
    let cap = match reader.has("stock.cap") {
        true => reader.parsed("stock.cap", None, "a number of units, 0 or more", whole).map(Some),
        false => Some(None),
    };
    let share = reader.parsed("stock.brake-share", Some(25), "a percentage from 1 to 100", |text| {
        text.parse().ok().filter(|share| (1..=100).contains(share))
    });
    let from = reader.parsed("stock.brake-from", Some(10), "a number of changes, 1 or more", |text| {
        text.parse().ok().filter(|from| *from >= 1)
    });
    let expected = format!("a number of changes from 2 to {STOCK_FEED_MESSAGES_MAX}");
    let feed_from = reader.parsed("stock.feed-from", Some(200), &expected, |text| {
        text.parse().ok().filter(|from| (2..=STOCK_FEED_MESSAGES_MAX).contains(from))
    });
    let table = read_table(reader);
    Some(Some(Stock {
        seller: seller?,
        marketplace: marketplace?,
        pools: pools?,
        counted: counted?,
        both_ways: both_ways?,
        buffer: buffer?,
        cap: cap?,
        brake: Brake { share: share?, from: from? },
        feed_from: feed_from?,
        table: table?,
    }))
}

/// The marketplaces to ask for what lies in Amazon's warehouses. Two of one pool would count it twice.
fn read_pools(reader: &mut Reader<'_>, default: Option<MarketplaceId>) -> Option<Vec<MarketplaceId>> {
    let key = "stock.pools";
    let expected = "marketplace ids with commas between them, one for each pool, for example A1F83G8C2ARO7P";
    let pools = reader.parsed(key, default.map(|id| vec![id]), expected, |text| {
        text.split(',').map(|id| MarketplaceId::new(id.trim())).collect()
    })?;
    let pool_of = |id: &MarketplaceId| match PAN_EUROPEAN.contains(&id.as_str()) {
        true => "Europe".to_owned(),
        false => id.to_string(),
    };
    let distinct: BTreeSet<String> = pools.iter().map(pool_of).collect();
    if distinct.len() < pools.len() {
        reader.report(
            Code::SettingsContradict,
            key,
            "names two marketplaces of one pool, which would count its goods twice: keep one of them",
        );
        return None;
    }
    Some(pools)
}

fn read_counted(reader: &mut Reader<'_>) -> Option<Vec<WarehouseState>> {
    let words: Vec<&str> = WarehouseState::ALL.iter().map(|state| state.name()).collect();
    let expected = format!("words with commas between them, out of {}", words.join(", "));
    reader.parsed("stock.counted", Some(vec![WarehouseState::Fulfillable]), &expected, |text| {
        let state = |word: &str| {
            WarehouseState::ALL.into_iter().find(|state| state.name().eq_ignore_ascii_case(word.trim()))
        };
        text.split(',').map(state).collect()
    })
}

fn read_table(reader: &mut Reader<'_>) -> Option<StockTable> {
    match StockTable::parse(reader.text("stock.table").unwrap_or_default()) {
        Ok(table) => Some(table),
        Err(problems) => {
            for problem in problems {
                reader.report(Code::StockTableInvalid, "stock.table", problem.to_string());
            }
            None
        }
    }
}

#[cfg(test)]
mod tests;
