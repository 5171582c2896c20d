//! What should stand in the books, as values that can be printed, compared and run again.

use std::fmt;

use crate::canonical::{CustomerCard, OrderId, SalesDocument};
use crate::finding::Finding;
use crate::host::Host;

use super::stop::Stop;

/// What a chain of documents is about: the first document of this kind and everything that corrects it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BusinessKey {
    pub order: OrderId,
    /// `invoice`, and later kinds.
    pub kind: &'static str,
    /// 1 for the first of this kind.
    pub ordinal: u32,
}

impl BusinessKey {
    /// The invoice of an order.
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
    pub invoice: SalesDocument,
    /// What a person should know once the plan has run.
    pub findings: Vec<Finding>,
    /// Whether a part goes to the holding place.
    pub partly_held: bool,
}

/// Makes the plan of an order as it is now, when it is needed: that takes look-ups, and most repeated events
/// need none.
pub trait Planner {
    /// The plan for the order's invoice of this ordinal: 1 for the first, more for one that replaces others.
    fn plan(&mut self, host: &mut dyn Host, ordinal: u32) -> Result<Plan, Stop>;
}
