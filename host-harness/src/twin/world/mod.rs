//! The world behind the twins: one seller, what is sold, who buys it, and every order of two weeks.
//!
//! All of it comes from one seed, the same on every machine. The twins of Amazon and of KashFlow show this
//! world through their own APIs; the tests ask it what should have become of an order. It shares no code
//! with the plugin: it is the independent witness. Absent on purpose: HTTP, and any clock but the world's
//! own fixed present, `epoch`.

pub mod address;
pub mod buyer;
mod catalogue;
pub mod expected_sale;
pub mod feed;
pub mod history;
pub mod ids;
pub mod marketplace;
pub mod money;
mod names;
pub mod notification;
mod notification_stream;
pub mod order;
mod order_generation;
mod pricing;
pub mod product;
pub mod proportions;
pub mod report;
mod schedule;
pub mod seller;
pub mod settlement;
pub mod stock;
pub mod stream;
pub mod vat;

use std::collections::BTreeMap;
use std::sync::{Arc, RwLock};

use chrono::{DateTime, Duration, TimeZone, Utc};

use buyer::Buyer;
use ids::OrderId;
use order::{FulfilmentStatus, Line, Order};
use order_generation::Ingredients;
use product::{KashFlowProduct, Product};
use seller::Seller;

/// A world that several twins show and that tests change.
pub type SharedWorld = Arc<RwLock<World>>;

/// How much of everything there is, and when the world's present is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct WorldSize {
    pub orders: usize,
    /// At least one.
    pub products: usize,
    /// At least one.
    pub buyers: usize,
    /// The present. Orders are placed over the 14 days before it. Whole seconds.
    pub epoch: DateTime<Utc>,
}

impl WorldSize {
    /// So many orders of 40 products by 100 buyers, up to noon of 28 October 2026: the two weeks hold the
    /// end of summer time, so that London's day and UTC's differ for some orders and not for others.
    pub fn orders(orders: usize) -> Self {
        let epoch = Utc.with_ymd_and_hms(2026, 10, 28, 12, 0, 0).single().expect("noon happens once");
        WorldSize { orders, products: 40, buyers: 100, epoch }
    }
}

/// See the module.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct World {
    seed: u64,
    epoch: DateTime<Utc>,
    seller: Seller,
    products: Vec<Product>,
    buyers: Vec<Buyer>,
    orders: Vec<Order>,
    places: BTreeMap<OrderId, usize>,
}

/// Why the world cannot be changed as asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WorldError {
    #[error("the world has no order {0}: take an id from its orders")]
    NoSuchOrder(OrderId),
}

impl World {
    /// The world of a seed. A larger world begins with the orders of the smaller one.
    pub fn generate(seed: u64, size: WorldSize) -> Self {
        let products: Vec<Product> =
            (0_u64..).take(size.products.max(1)).map(|i| Product::generate(seed, i)).collect();
        let buyers: Vec<Buyer> =
            (0_u64..).take(size.buyers.max(1)).map(|i| Buyer::generate(seed, i)).collect();
        let from = Ingredients { seed, epoch: size.epoch, products: &products, buyers: &buyers };
        let mut orders: Vec<Order> = Vec::with_capacity(size.orders);
        for index in (0_u64..).take(size.orders) {
            orders.push(Order::generate(&from, index, &orders));
        }
        let places = orders.iter().enumerate().map(|(place, order)| (order.id.clone(), place)).collect();
        World { seed, epoch: size.epoch, seller: Seller::generate(seed), products, buyers, orders, places }
    }

    pub fn shared(self) -> SharedWorld {
        Arc::new(RwLock::new(self))
    }

    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// The world's present.
    pub fn epoch(&self) -> DateTime<Utc> {
        self.epoch
    }

    pub fn seller(&self) -> &Seller {
        &self.seller
    }

    pub fn products(&self) -> &[Product] {
        &self.products
    }

    pub fn buyers(&self) -> &[Buyer] {
        &self.buyers
    }

    pub fn orders(&self) -> &[Order] {
        &self.orders
    }

    pub fn order(&self, id: &OrderId) -> Option<&Order> {
        self.places.get(id).map(|place| &self.orders[*place])
    }

    pub fn product_of(&self, line: &Line) -> &Product {
        &self.products[line.product]
    }

    pub fn buyer_of(&self, order: &Order) -> &Buyer {
        &self.buyers[order.buyer]
    }

    /// The order, to be changed. Changing its id makes it unfindable.
    pub fn order_mut(&mut self, id: &OrderId) -> Option<&mut Order> {
        self.places.get(id).map(|place| &mut self.orders[*place])
    }

    /// Moves an order on. Its last update becomes `at`, or a second after the last one if that is later.
    pub fn set_status(
        &mut self,
        id: &OrderId,
        status: FulfilmentStatus,
        at: DateTime<Utc>,
    ) -> Result<(), WorldError> {
        let order = self.order_mut(id).ok_or_else(|| WorldError::NoSuchOrder(id.clone()))?;
        order.status = status;
        order.last_updated_at = at.max(order.last_updated_at + Duration::seconds(1));
        Ok(())
    }

    /// The seller's mapping table for SKUs; see [`product::sku_table_csv`].
    pub fn sku_table_csv(&self) -> String {
        product::sku_table_csv(&self.products)
    }

    /// The products that should stand in KashFlow before the first order is posted.
    pub fn kashflow_products(&self) -> Vec<KashFlowProduct> {
        self.products.iter().filter_map(Product::in_kashflow).collect()
    }
}

#[cfg(test)]
mod tests;
