//! An order of the sales channel, as last read.
//!
//! An order that is still pending has no sale: the channel gives no prices before payment is
//! authorised. Absent on purpose: the events that announced it, and anything about posting.

use std::collections::BTreeMap;
use std::fmt;

use chrono::{DateTime, Utc};

use super::address::{Address, CountryCode};
use super::ids::{MarketplaceId, OrderId, SellerSku};
use super::sale::Sale;
use super::stock::Units;

/// How far an order has come.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum OrderStatus {
    /// Placed; payment not yet authorised, or a pre-order.
    Pending,
    Unshipped,
    PartiallyShipped,
    Shipped,
    Cancelled,
    /// The channel cannot fulfil it; it will not be paid.
    Unfulfillable,
    /// A status that this version does not know, in the channel's own words.
    Unrecognised(String),
}

/// Who sends the goods.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Fulfilment {
    ByAmazon,
    ByMerchant,
}

/// What the channel tells about the buyer. Every field may be empty.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Buyer {
    pub name: String,
    pub email: String,
    pub company: String,
}

impl fmt::Debug for Buyer {
    /// Nothing: a buyer is personal data and must not reach a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Buyer(..)")
    }
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Order {
    pub id: OrderId,
    pub marketplace: MarketplaceId,
    pub placed_at: DateTime<Utc>,
    pub last_updated_at: DateTime<Utc>,
    pub status: OrderStatus,
    pub fulfilment: Fulfilment,
    pub buyer: Buyer,
    pub destination: Address,
    /// Where the goods left from, where the channel says so.
    pub dispatched_from: Option<CountryCode>,
    /// The order that this one replaces or exchanges, free of charge.
    pub replaces: Option<OrderId>,
    /// The units of each SKU, whatever is known of their prices.
    pub ordered: BTreeMap<SellerSku, Units>,
    /// `None` while pending.
    pub sale: Option<Sale>,
}
