//! The customer of an invoice: what should stand in the books, and what stands there.
//!
//! Absent on purpose: how a buyer becomes one of these (`mapping::customer_match`).

use std::fmt;

use super::address::CountryCode;
use super::ids::{CustomerCode, CustomerId};

/// A customer to find or to create. All texts are normalised.
#[derive(Clone, PartialEq, Eq)]
pub struct CustomerCard {
    /// The natural key: derived from the buyer, so that two racing inserts collide instead of doubling.
    pub code: CustomerCode,
    pub name: String,
    pub contact: String,
    /// Lower-case, or empty where Amazon gave none.
    pub email: String,
    pub lines: [String; 4],
    pub post_code: String,
    pub country: Option<CountryCode>,
    /// Parts of the address that did not fit into the four lines.
    pub notes: String,
    /// Whether this is the marketplace's own customer, shared by all orders without buyer data.
    pub shared: bool,
}

/// A customer as the books show it.
#[derive(Clone, PartialEq, Eq)]
pub struct CustomerRecord {
    pub id: CustomerId,
    pub code: String,
    pub name: String,
    pub email: String,
    pub post_code: String,
}

impl fmt::Debug for CustomerCard {
    /// The code alone: everything else is personal data and must not reach a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CustomerCard({})", self.code)
    }
}

impl fmt::Debug for CustomerRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CustomerRecord({}, {})", self.id, self.code)
    }
}
