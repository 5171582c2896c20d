//! What Amazon has and offers of the seller's goods now: the world's positions, and what became of them.
//!
//! Quantities at Amazon (`fba`) change only by the handles for tests; offers (`offers`) also by what clients submit,
//! which takes its time. Absent on purpose: reading requests and writing answers.

mod fba;
mod offers;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

pub(super) use fba::{FbaShelf, FbaStock};
pub(super) use offers::{AVAILABILITY, AvailabilityPatch, AvailabilityValue, Offers, PatchKind};

use super::feeds::Feeds;
use super::inventory_summaries::InventoryPlace;
use super::page_tokens::PageTokens;
use super::search_listings::ListingsPlace;
use crate::twin::world::World;
use crate::twin::world::ids::Sku;
use crate::twin::world::stock::{FbaCounts, Goods, InventoryPool, Listing, StockPosition};
use crate::twin::world::stream::{Purpose, Stream};

pub(super) struct Stock {
    seed: u64,
    goods: BTreeMap<Sku, Goods>,
    pub fba: FbaShelf,
    pub offers: Offers,
    pub feeds: Feeds,
    submissions: u64,
    pub inventory_pages: PageTokens<InventoryPlace>,
    pub listings_pages: PageTokens<ListingsPlace>,
}

impl Stock {
    pub fn of_world(world: &World) -> Self {
        let mut stock = Stock {
            seed: world.seed(),
            goods: BTreeMap::new(),
            fba: FbaShelf::default(),
            offers: Offers::default(),
            feeds: Feeds::new(world.seed(), world.seller().id.clone()),
            submissions: 0,
            inventory_pages: PageTokens::new(Purpose::InventoryPage),
            listings_pages: PageTokens::new(Purpose::ListingsPage),
        };
        for StockPosition { sku, asin, title, fn_sku, fba, listing } in world.stock_positions() {
            stock.goods.insert(sku.clone(), Goods { asin, fn_sku, title });
            if let Some((counts, at)) = fba {
                stock.fba.put((InventoryPool::UnitedKingdom, sku.clone()), counts, at);
            }
            if let Some(listing) = listing {
                stock.offers.put(sku, listing);
            }
        }
        stock.fba.forget_changes();
        stock
    }

    /// What the SKU stands for.
    pub fn goods(&self, sku: &Sku) -> Goods {
        self.goods.get(sku).cloned().unwrap_or_else(|| Goods::outside_the_catalogue(self.seed, sku))
    }

    pub fn put_listing(&mut self, sku: Sku, listing: Listing) {
        let known = self.goods(&sku);
        let (asin, title) = (listing.asin.clone(), listing.item_name.clone());
        self.goods.insert(sku.clone(), Goods { asin, title, ..known });
        self.offers.put(sku, listing);
    }

    /// Every SKU of which there is anything, by name. Goods are those in the United Kingdom.
    pub fn positions(&self) -> Vec<StockPosition> {
        let offered = self.offers.all().map(|(sku, _)| sku);
        let skus: BTreeSet<&Sku> = self.goods.keys().chain(offered).chain(self.fba.skus()).collect();
        let position = |sku: &Sku| {
            let Goods { asin, fn_sku, title } = self.goods(sku);
            let fba = self.fba.truly(&(InventoryPool::UnitedKingdom, sku.clone()));
            let fba = fba.map(|stock| (stock.counts, stock.last_updated_at));
            StockPosition {
                sku: sku.clone(),
                asin,
                title,
                fn_sku,
                fba,
                listing: self.offers.get(sku).cloned(),
            }
        };
        skus.into_iter().map(position).collect()
    }

    /// The counts of an SKU in the United Kingdom, whatever is shown of them.
    pub fn counts(&self, sku: &Sku) -> Option<FbaCounts> {
        self.fba.truly(&(InventoryPool::UnitedKingdom, sku.clone())).map(|stock| stock.counts)
    }

    /// The id of the next submission, 32 hexadecimal digits.
    pub fn submission_id(&mut self) -> String {
        self.submissions += 1;
        Stream::new(self.seed, Purpose::Submission, self.submissions).text(32, "0123456789abcdef")
    }

    /// Lets everything happen that is due by now.
    pub fn settle(&mut self, now: DateTime<Utc>) {
        self.feeds.settle(now, &mut self.offers);
        self.offers.settle(now);
    }
}
