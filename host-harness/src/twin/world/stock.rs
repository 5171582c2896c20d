//! What Amazon has of the seller's goods, and what it offers of them: FBA stock by its condition, and listings.
//!
//! Sources of the names: FBA Inventory API v1, `InventoryDetails`; Listings Items API 2021-08-01, `Item`. Absent on
//! purpose: the making of positions (`generation`), what changes after the beginning (the Amazon twin keeps that),
//! and prices.

mod generation;

use chrono::{DateTime, NaiveDate, Utc};

use super::ids::{Asin, FnSku, Sku};
use super::marketplace::{SERVED_FROM_EUROPE, UNITED_KINGDOM};

/// Goods that serve the same marketplaces. Since the United Kingdom left the Union its warehouses serve it alone;
/// those of the Union are one (SP-API documentation, "Pan-European FBA").
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum InventoryPool {
    UnitedKingdom,
    Europe,
}

impl InventoryPool {
    /// The pool that serves a marketplace, where the twins know one.
    pub fn of_marketplace(marketplace_id: &str) -> Option<Self> {
        if marketplace_id == UNITED_KINGDOM.id {
            return Some(InventoryPool::UnitedKingdom);
        }
        SERVED_FROM_EUROPE.contains(&marketplace_id).then_some(InventoryPool::Europe)
    }
}

/// Units on their way to Amazon's warehouses.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Inbound {
    /// Of shipments that are planned.
    pub working: u32,
    /// Of shipments that have left.
    pub shipped: u32,
    /// Still missing of shipments that are being unpacked.
    pub receiving: u32,
}

/// Units in Amazon's warehouses that cannot be sold now.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Reserved {
    pub pending_customer_orders: u32,
    pub pending_transshipments: u32,
    pub in_processing: u32,
}

/// Units in Amazon's warehouses that cannot be sold at all.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Unfulfillable {
    pub customer_damaged: u32,
    pub warehouse_damaged: u32,
    pub distributor_damaged: u32,
    pub carrier_damaged: u32,
    pub defective: u32,
    pub expired: u32,
}

/// All units of one SKU in one pool.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct FbaCounts {
    /// Units that can be picked, packed and sent.
    pub fulfillable: u32,
    pub inbound: Inbound,
    pub reserved: Reserved,
    /// Units that Amazon is looking for.
    pub researching: u32,
    pub unfulfillable: Unfulfillable,
}

impl Inbound {
    pub fn total(&self) -> u32 {
        self.working + self.shipped + self.receiving
    }
}

impl Reserved {
    pub fn total(&self) -> u32 {
        self.pending_customer_orders + self.pending_transshipments + self.in_processing
    }
}

impl Unfulfillable {
    pub fn total(&self) -> u32 {
        let damaged = self.customer_damaged + self.warehouse_damaged + self.distributor_damaged;
        damaged + self.carrier_damaged + self.defective + self.expired
    }
}

impl FbaCounts {
    /// Ready units and nothing else.
    pub fn fulfillable(units: u32) -> Self {
        FbaCounts { fulfillable: units, ..FbaCounts::default() }
    }

    /// Everything that is at Amazon or on its way there.
    pub fn total(&self) -> u32 {
        let at_amazon =
            self.fulfillable + self.reserved.total() + self.researching + self.unfulfillable.total();
        at_amazon + self.inbound.total()
    }
}

/// What a merchant-fulfilled offer says of its availability.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct MerchantAvailability {
    pub quantity: u32,
    pub restock_date: Option<NaiveDate>,
    pub lead_time_to_ship_max_days: Option<u32>,
}

/// Who sends the goods of an offer, and how many there are.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Availability {
    /// Channel `AMAZON_EU`: Amazon counts by itself, and the listing states no quantity.
    Amazon,
    /// Channel `DEFAULT`.
    Merchant(MerchantAvailability),
}

impl Availability {
    pub fn merchant(quantity: u32) -> Self {
        Availability::Merchant(MerchantAvailability { quantity, ..MerchantAvailability::default() })
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum IssueSeverity {
    Error,
    Warning,
    Info,
}

impl IssueSeverity {
    pub fn name(self) -> &'static str {
        match self {
            IssueSeverity::Error => "ERROR",
            IssueSeverity::Warning => "WARNING",
            IssueSeverity::Info => "INFO",
        }
    }
}

/// Something that Amazon has against a listing or a submission.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ListingIssue {
    pub code: String,
    pub message: String,
    pub severity: IssueSeverity,
    pub attribute_names: Vec<String>,
    pub categories: Vec<String>,
}

/// An offer of the seller in the United Kingdom.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Listing {
    pub asin: Asin,
    /// As Amazon's product type definitions name it.
    pub product_type: String,
    pub item_name: String,
    pub availability: Availability,
    pub issues: Vec<ListingIssue>,
    pub created_at: DateTime<Utc>,
    pub last_updated_at: DateTime<Utc>,
}

impl Listing {
    /// The quantity of a merchant-fulfilled offer.
    pub fn quantity(&self) -> Option<u32> {
        match &self.availability {
            Availability::Amazon => None,
            Availability::Merchant(stated) => Some(stated.quantity),
        }
    }
}

/// What an SKU stands for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::twin) struct Goods {
    pub asin: Asin,
    pub fn_sku: FnSku,
    pub title: String,
}

/// What there is of one SKU at Amazon.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StockPosition {
    pub sku: Sku,
    pub asin: Asin,
    pub title: String,
    pub fn_sku: FnSku,
    /// Goods in the warehouses of the United Kingdom and the time of their last change; `None` where Amazon has
    /// never had any.
    pub fba: Option<(FbaCounts, DateTime<Utc>)>,
    /// `None` where nothing is offered.
    pub listing: Option<Listing>,
}

#[cfg(test)]
mod tests;
