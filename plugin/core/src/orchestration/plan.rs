//! A plan: what should stand in the books, as a value that can be printed, compared and run again.

use std::fmt;

use crate::canonical::{CustomerCard, OrderId, SalesInvoice};
use crate::finding::Finding;

/// What a document is about: one key, one document, for ever.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BusinessKey {
    pub order: OrderId,
    /// `invoice`, and later kinds.
    pub kind: &'static str,
    /// 1 for the first document of this kind; corrections count on.
    pub ordinal: u32,
}

impl BusinessKey {
    /// The first invoice of an order.
    pub fn invoice(order: &OrderId) -> Self {
        BusinessKey { order: order.clone(), kind: "invoice", ordinal: 1 }
    }
}

impl fmt::Display for BusinessKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "order/{}/{}/{}", self.order, self.kind, self.ordinal)
    }
}

/// The customer and the invoice of one order. Each is an *ensure*: running a plan twice changes nothing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Plan {
    pub customer: CustomerCard,
    pub invoice: SalesInvoice,
    /// A digest of the sale behind the invoice (`mapping::fingerprint`).
    pub fingerprint: String,
    /// What a person should know once the plan has run.
    pub findings: Vec<Finding>,
    /// Whether a part goes to the holding place.
    pub partly_held: bool,
}
