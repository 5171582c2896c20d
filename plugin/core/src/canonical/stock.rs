//! Stock as the trade counts it: whole units, where they lie, and who says how many there are.
//!
//! Absent on purpose: who owns which quantity and what is sent to whom (`mapping::stock`).

use std::fmt;

use chrono::{DateTime, Utc};

use super::ids::{ProductCode, ProductId, SellerSku};
use super::order::Fulfilment;

/// A number of whole units. Books can hold fewer than none: more was sold than was counted.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Units(pub i64);

impl Units {
    pub const ZERO: Units = Units(0);

    /// The sum, at the ends of what fits rather than beyond them: no warehouse comes near.
    #[must_use]
    pub fn plus(self, other: Units) -> Units {
        Units(self.0.saturating_add(other.0))
    }

    #[must_use]
    pub fn minus(self, other: Units) -> Units {
        Units(self.0.saturating_sub(other.0))
    }
}

impl std::iter::Sum for Units {
    fn sum<I: Iterator<Item = Units>>(units: I) -> Units {
        units.fold(Units::ZERO, Units::plus)
    }
}

impl fmt::Display for Units {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl fmt::Debug for Units {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// What units in Amazon's warehouses are doing (FBA Inventory API v1, `inventoryDetails`).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum WarehouseState {
    /// Can be picked, packed and shipped.
    Fulfillable,
    /// Bought, and not shipped yet.
    ReservedForOrders,
    /// On the way from one warehouse to another.
    ReservedForTransfer,
    /// Set aside, for example to be measured.
    ReservedForProcessing,
    /// Announced, and not shipped to Amazon yet.
    InboundWorking,
    InboundShipped,
    InboundReceiving,
    /// Lost or miscounted, as far as Amazon knows.
    Researching,
    /// Damaged, defective or expired.
    Unfulfillable,
}

impl WarehouseState {
    pub const ALL: [WarehouseState; 9] = [
        WarehouseState::Fulfillable,
        WarehouseState::ReservedForOrders,
        WarehouseState::ReservedForTransfer,
        WarehouseState::ReservedForProcessing,
        WarehouseState::InboundWorking,
        WarehouseState::InboundShipped,
        WarehouseState::InboundReceiving,
        WarehouseState::Researching,
        WarehouseState::Unfulfillable,
    ];

    /// Its word in the settings.
    pub fn name(self) -> &'static str {
        match self {
            WarehouseState::Fulfillable => "fulfillable",
            WarehouseState::ReservedForOrders => "reserved-for-orders",
            WarehouseState::ReservedForTransfer => "reserved-for-transfer",
            WarehouseState::ReservedForProcessing => "reserved-for-processing",
            WarehouseState::InboundWorking => "inbound-working",
            WarehouseState::InboundShipped => "inbound-shipped",
            WarehouseState::InboundReceiving => "inbound-receiving",
            WarehouseState::Researching => "researching",
            WarehouseState::Unfulfillable => "unfulfillable",
        }
    }
}

/// The units of one SKU in Amazon's warehouses, by what they are doing, and when Amazon last counted them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WarehouseStock {
    pub sku: SellerSku,
    /// One number each of [`WarehouseState::ALL`], in that order.
    pub units: [Units; 9],
    /// `None` where Amazon does not say.
    pub as_of: Option<DateTime<Utc>>,
}

impl WarehouseStock {
    /// The units in any of these states.
    pub fn counted(&self, states: &[WarehouseState]) -> Units {
        let counts = |(state, units): (WarehouseState, &Units)| states.contains(&state).then_some(*units);
        WarehouseState::ALL.into_iter().zip(&self.units).filter_map(counts).sum()
    }
}

/// What Amazon shows of a SKU that is for sale.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Offer {
    pub sku: SellerSku,
    pub fulfilment: Fulfilment,
    /// What the merchant has told Amazon, less what was bought since. `None` where Amazon sends the goods.
    pub units: Option<Units>,
    /// What Amazon finds wrong with the quantity, in its words; empty where nothing is.
    pub problems: Vec<String>,
}

/// A product as the books count it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StockedProduct {
    pub id: ProductId,
    pub code: ProductCode,
    pub units: Units,
    /// Whether the books keep its stock at all.
    pub is_managed: bool,
}

/// A product with everything that the books hold of it, because it can only be written as a whole.
#[derive(Clone, PartialEq, Eq)]
pub struct ProductCard {
    pub product: StockedProduct,
    /// Every field in the order in which the books gave it, those that mean nothing here included.
    pub fields: Vec<(String, String)>,
}

impl fmt::Debug for ProductCard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ProductCard({}, {} units)", self.product.code, self.product.units)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_states_that_count_are_added_up() {
        let stock = WarehouseStock {
            sku: SellerSku::new("MUG").expect("a sku"),
            units: [1, 2, 4, 8, 16, 32, 64, 128, 256].map(Units),
            as_of: None,
        };
        assert_eq!(stock.counted(&[WarehouseState::Fulfillable]), Units(1));
        assert_eq!(stock.counted(&[WarehouseState::Unfulfillable, WarehouseState::Fulfillable]), Units(257));
        assert_eq!(stock.counted(&WarehouseState::ALL), Units(511));
        assert_eq!(stock.counted(&[]), Units::ZERO);
    }
}
