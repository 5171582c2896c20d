//! The Amazon marketplaces that the seller's orders come through.
//!
//! Ids are those of "Marketplace IDs" in the SP-API documentation. Absent on purpose: marketplaces that are
//! not served by the European endpoint.

/// A marketplace.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Marketplace {
    pub id: &'static str,
    pub name: &'static str,
    /// ISO 4217; every currency here has two decimals.
    pub currency: &'static str,
}

pub const UNITED_KINGDOM: Marketplace =
    Marketplace { id: "A1F83G8C2ARO7P", name: "Amazon.co.uk", currency: "GBP" };
pub const IRELAND: Marketplace = Marketplace { id: "A28R8C7NBKEWEA", name: "Amazon.ie", currency: "EUR" };
pub const GERMANY: Marketplace = Marketplace { id: "A1PA6795UKMFR9", name: "Amazon.de", currency: "EUR" };

/// The marketplaces that the connection to KashFlow configures.
pub const CONFIGURED: [Marketplace; 1] = [UNITED_KINGDOM];
/// Those through which a few orders come all the same.
pub const NOT_CONFIGURED: [Marketplace; 2] = [IRELAND, GERMANY];
