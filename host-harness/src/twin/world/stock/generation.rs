//! The making of stock positions.
//!
//! A position follows from the seed and from its product alone, by a stream of its own, so that nothing else of a
//! world depends on it. Absent on purpose: goods in the warehouses of the European Union. The seller's own begin in
//! the United Kingdom, and tests put others there.

use chrono::{DateTime, Duration, Utc};

use super::{Availability, FbaCounts, Goods, Inbound, Listing, Reserved, StockPosition, Unfulfillable};
use crate::twin::world::World;
use crate::twin::world::ids::{Asin, FnSku, Sku};
use crate::twin::world::product::{Fulfilment, Product};
use crate::twin::world::proportions;
use crate::twin::world::stream::{Purpose, Stream};

impl Product {
    pub(in crate::twin) fn goods(&self) -> Goods {
        Goods {
            asin: self.asin.clone(),
            fn_sku: FnSku::new(format!("X00{}", &self.asin.as_str()[3..])),
            title: self.title.clone(),
        }
    }
}

impl Goods {
    /// Something that follows from the name of an SKU, for one that no catalogue has.
    pub(in crate::twin) fn outside_the_catalogue(seed: u64, sku: &Sku) -> Self {
        let mut stream = Stream::named(seed, Purpose::Stock, sku.as_str());
        let end = stream.text(7, "0123456789BCDFGHJKLMNPQRSTVWXYZ");
        Goods {
            asin: Asin::new(format!("B0D{end}")),
            fn_sku: FnSku::new(format!("X00{end}")),
            title: format!("Goods with the SKU {sku}"),
        }
    }
}

impl StockPosition {
    fn generate(seed: u64, (number, product): (u64, &Product), epoch: DateTime<Utc>) -> Self {
        let mut stream = Stream::new(seed, Purpose::Stock, number);
        let listed_at = epoch - Duration::days(stream.between(60, 900));
        let updated_at = epoch - Duration::minutes(stream.between(30, 30 * 24 * 60));
        let availability = match product.fulfilment {
            Fulfilment::Amazon => Availability::Amazon,
            Fulfilment::Merchant => Availability::merchant(offered(&mut stream, product)),
        };
        let listing = Listing {
            asin: product.asin.clone(),
            product_type: "HOME".to_owned(),
            item_name: product.title.clone(),
            availability,
            issues: Vec::new(),
            created_at: listed_at,
            last_updated_at: updated_at,
        };
        let Goods { asin, fn_sku, title } = product.goods();
        let by_amazon = product.fulfilment == Fulfilment::Amazon;
        StockPosition {
            sku: product.sku.clone(),
            asin,
            title,
            fn_sku,
            fba: by_amazon.then(|| (counts(&mut stream, product.fulfillable_quantity), updated_at)),
            listing: Some(listing),
        }
    }
}

/// What the seller last told Amazon to offer: what KashFlow has, or what it had some sales ago.
fn offered(stream: &mut Stream, product: &Product) -> u32 {
    let forgotten = u32::try_from(stream.between(1, 12)).expect("up to twelve");
    match stream.per_mille(proportions::OFFER_BEHIND_STOCK) {
        true => product.stock_quantity + forgotten,
        false => product.stock_quantity,
    }
}

fn counts(stream: &mut Stream, fulfillable: u32) -> FbaCounts {
    let mut some = |share: u64, at_most: i64| {
        let drawn = u32::try_from(stream.between(1, at_most)).expect("small and positive");
        if stream.per_mille(share) { drawn } else { 0 }
    };
    let inbound = Inbound {
        working: some(proportions::STOCK_INBOUND, 60),
        shipped: some(proportions::STOCK_INBOUND, 60),
        receiving: some(proportions::STOCK_INBOUND, 20),
    };
    let reserved = Reserved {
        pending_customer_orders: some(proportions::STOCK_RESERVED, 6),
        pending_transshipments: some(proportions::STOCK_RESERVED, 12),
        in_processing: some(proportions::STOCK_RESERVED, 4),
    };
    let researching = some(proportions::STOCK_LOST_OR_DAMAGED, 3);
    let unfulfillable = Unfulfillable {
        customer_damaged: some(proportions::STOCK_LOST_OR_DAMAGED, 3),
        warehouse_damaged: some(proportions::STOCK_LOST_OR_DAMAGED, 3),
        distributor_damaged: some(proportions::STOCK_LOST_OR_DAMAGED, 2),
        carrier_damaged: some(proportions::STOCK_LOST_OR_DAMAGED, 2),
        defective: some(proportions::STOCK_LOST_OR_DAMAGED, 3),
        expired: 0,
    };
    FbaCounts { fulfillable, inbound, reserved, researching, unfulfillable }
}

impl World {
    /// What Amazon has and offers of each product at the world's present, in the catalogue's order.
    pub fn stock_positions(&self) -> Vec<StockPosition> {
        let numbered = (0_u64..).zip(self.products());
        numbered.map(|product| StockPosition::generate(self.seed(), product, self.epoch())).collect()
    }
}
