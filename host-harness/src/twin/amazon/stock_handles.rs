//! The handles on a twin for tests, stories and the demonstration: what happens to goods and offers without any call.
//!
//! Absent on purpose: anything that a client could do.

use std::sync::PoisonError;

use serde_json::Value;

use super::AmazonTwin;
use crate::twin::world::ids::Sku;
use crate::twin::world::stock::{FbaCounts, Inbound, InventoryPool, Listing, StockPosition};

impl AmazonTwin {
    /// Lets Amazon have so many units of an SKU in the United Kingdom as of now, whether the catalogue has it or not.
    pub fn put_fba_stock(&self, sku: &str, counts: FbaCounts) {
        self.put_fba_stock_in(InventoryPool::UnitedKingdom, sku, counts);
    }

    /// The same in any pool.
    pub fn put_fba_stock_in(&self, pool: InventoryPool, sku: &str, counts: FbaCounts) {
        let now = self.service.now();
        self.service.stock().fba.put((pool, Sku::new(sku)), counts, now);
    }

    /// Changes the units that are on their way to the United Kingdom and nothing else, which a search by time does not
    /// find.
    pub fn put_inbound(&self, sku: &str, inbound: Inbound) {
        let now = self.service.now();
        let place = (InventoryPool::UnitedKingdom, Sku::new(sku));
        self.service.stock().fba.put_inbound(place, inbound, now);
    }

    /// Leaves an SKU out of the summaries until its stock is put again.
    pub fn hide_fba_stock(&self, sku: &str) {
        self.service.stock().fba.hide(&Sku::new(sku));
    }

    /// While it lags, the summaries show how things were before the latest change of any stock.
    pub fn lag_inventory(&self, lagging: bool) {
        self.service.stock().fba.lag(lagging);
    }

    /// What Amazon truly has of an SKU in the United Kingdom.
    pub fn fba_stock(&self, sku: &str) -> Option<FbaCounts> {
        self.service.stock().counts(&Sku::new(sku))
    }

    /// Offers an SKU, or offers it otherwise.
    pub fn put_listing(&self, sku: &str, listing: Listing) {
        self.service.stock().put_listing(Sku::new(sku), listing);
    }

    pub fn remove_listing(&self, sku: &str) {
        self.service.stock().offers.remove(&Sku::new(sku));
    }

    /// The offer as it is now, with everything that has taken effect by now.
    pub fn listing(&self, sku: &str) -> Option<Listing> {
        self.service.stock().offers.get(&Sku::new(sku)).cloned()
    }

    /// Sells units of a merchant-fulfilled offer: Amazon takes them off the offer by itself, at once. Gives what is
    /// left, and `None` where nothing of the kind is offered.
    pub fn sell(&self, sku: &str, units: u32) -> Option<u32> {
        let now = self.service.now();
        self.service.stock().offers.sell(&Sku::new(sku), units, now)
    }

    /// Lets quantities of an SKU that are accepted from now on, or were and have not taken effect, end as an issue of
    /// the listing.
    pub fn refuse_quantities(&self, sku: &str, message: &str) {
        self.service.stock().offers.refuse_quantities(Sku::new(sku), Some(message.to_owned()));
    }

    /// Ends what [`AmazonTwin::refuse_quantities`] began.
    pub fn take_quantities(&self, sku: &str) {
        self.service.stock().offers.refuse_quantities(Sku::new(sku), None);
    }

    /// How many offers of goods that Amazon sends were turned into merchant-fulfilled ones by what a client submitted.
    pub fn conversions(&self) -> usize {
        self.service.stock().offers.conversions()
    }

    /// What Amazon tells when it is done with a feed; `None` before, and for a feed that it does not know.
    pub fn feed_notification(&self, feed_id: &str) -> Option<Value> {
        let feed = self.service.stock().feeds.get(feed_id, self.service.now())?.clone();
        let world = self.service.world().read().unwrap_or_else(PoisonError::into_inner);
        world.feed_notification(&feed)
    }

    /// Everything that Amazon has or offers now, by SKU.
    pub fn stock_positions(&self) -> Vec<StockPosition> {
        self.service.stock().positions()
    }
}
