//! An order, as it truly is: what was bought, for how much, with which VAT, and how far it has come.
//!
//! Absent on purpose: what Amazon's API tells about it (`crate::twin::amazon`), and what becomes of it in
//! the books (`expected_sale`). Both are read off this definition, independently of each other.

use std::fmt;

use chrono::{DateTime, Utc};

use super::ids::{OrderId, OrderItemId};
use super::marketplace::Marketplace;
use super::money::Amount;
use super::product::Fulfilment;

/// The values of `FulfillmentStatus` in the Orders API 2026-01-01.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum FulfilmentStatus {
    PendingAvailability,
    Pending,
    Unshipped,
    PartiallyShipped,
    Shipped,
    Cancelled,
    Unfulfillable,
}

/// How the subtotals of an order relate to its tax.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum TaxConvention {
    /// Subtotals contain the tax that `TAX` states.
    Included,
    /// Subtotals are net and `TAX` is added, as in the examples of Amazon's API model.
    OnTop,
}

/// Who owes the VAT of an order.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum TaxCollector {
    Seller,
    /// Amazon as deemed supplier of goods in the United Kingdom (VAT Act 1994, section 5A).
    Marketplace,
    /// Amazon under the EU's Import One-Stop Shop, at the destination's rate.
    ImportOneStopShop,
}

#[derive(Clone, PartialEq, Eq)]
pub struct GiftOption {
    /// In the buyer's own words.
    pub message: Option<String>,
    pub wrap_level: String,
}

impl fmt::Debug for GiftOption {
    /// Not the message: it is personal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "GiftOption({})", self.wrap_level)
    }
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    pub item_id: OrderItemId,
    /// Number of the product in the world's catalogue.
    pub product: usize,
    /// Pieces ordered; 0 where the line was cancelled.
    pub quantity: u32,
    /// The price of one as Amazon shows it: net where the order's convention is `OnTop`.
    pub unit_price_pence: i64,
    pub item: Amount,
    pub shipping: Amount,
    pub gift_wrap: Amount,
    /// What promotions take off the goods; not negative.
    pub item_discount: Amount,
    /// What promotions take off the shipping; not negative.
    pub shipping_discount: Amount,
    pub promotion_ids: Vec<String>,
    pub gift: Option<GiftOption>,
    /// Cancelled on its own while the rest of the order goes on.
    pub cancelled: bool,
}

impl Line {
    /// What the buyer pays for the line, VAT included.
    pub fn gross_pence(&self) -> i64 {
        self.sum(|amount| amount.gross_pence)
    }

    pub fn vat_pence(&self) -> i64 {
        self.sum(|amount| amount.vat_pence)
    }

    fn sum(&self, part: impl Fn(Amount) -> i64) -> i64 {
        let charged = part(self.item) + part(self.shipping) + part(self.gift_wrap);
        charged - part(self.item_discount) - part(self.shipping_discount)
    }
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Order {
    pub id: OrderId,
    /// When the buyer placed it. Whole seconds, as Amazon gives them.
    pub created_at: DateTime<Utc>,
    pub last_updated_at: DateTime<Utc>,
    pub marketplace: Marketplace,
    pub status: FulfilmentStatus,
    pub fulfilment: Fulfilment,
    /// Number of the buyer in the world.
    pub buyer: usize,
    /// Which of the buyer's addresses it goes to.
    pub address: usize,
    pub convention: TaxConvention,
    pub tax_collector: TaxCollector,
    /// Placed through Amazon Business.
    pub business: bool,
    pub prime: bool,
    /// Placed elsewhere and only fulfilled by Amazon (multi-channel fulfilment).
    pub placed_elsewhere: bool,
    pub purchase_order_number: Option<String>,
    /// The seller's own number for the order.
    pub seller_order_id: Option<String>,
    /// The order that this one replaces free of charge.
    pub replaces: Option<OrderId>,
    /// The buyer has asked to cancel; Amazon or the seller has not acted on it.
    pub cancellation_requested: bool,
    /// Amazon states a tax of 0.00 where there is none, instead of leaving it out.
    pub states_zero_tax: bool,
    /// Amazon breaks the grand total down by category.
    pub states_order_breakdowns: bool,
    pub lines: Vec<Line>,
}

impl Order {
    pub fn gross_pence(&self) -> i64 {
        self.lines.iter().map(Line::gross_pence).sum()
    }

    pub fn vat_pence(&self) -> i64 {
        self.lines.iter().map(Line::vat_pence).sum()
    }

    /// Whether Amazon gives prices: not before payment is authorised, and not for what never sells.
    pub fn is_priced(&self) -> bool {
        matches!(
            self.status,
            FulfilmentStatus::Unshipped | FulfilmentStatus::PartiallyShipped | FulfilmentStatus::Shipped
        ) && !self.placed_elsewhere
    }

    /// Whether Amazon names the buyer and where the goods go.
    ///
    /// Only for orders that the seller sends and that are to be, or have been, sent (SP-API documentation,
    /// "Access Orders PII"; description of `buyerEmail` in the API model).
    pub fn discloses_buyer(&self) -> bool {
        self.fulfilment == Fulfilment::Merchant && self.is_priced()
    }

    /// Pieces of a line that have been sent.
    pub fn quantity_fulfilled(&self, line: &Line) -> u32 {
        match self.status {
            FulfilmentStatus::Shipped => line.quantity,
            // Of one line a part, of several lines all but the last.
            FulfilmentStatus::PartiallyShipped => match self.lines.last() {
                Some(last) if self.lines.len() > 1 && last.item_id != line.item_id => line.quantity,
                Some(_) if self.lines.len() > 1 => 0,
                _ => line.quantity / 2,
            },
            _ => 0,
        }
    }
}
