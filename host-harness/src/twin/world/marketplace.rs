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

/// Marketplaces that the goods in Amazon's warehouses of the European Union serve together.
pub const SERVED_FROM_EUROPE: [&str; 8] = [
    GERMANY.id,
    "A13V1IB3VIYZZH",
    "A1RKKUPIHCS9HS",
    "APJ6JRA9NG5V4",
    "A1805IZSGTT6HS",
    "AMEN7PMS3EDWL",
    "A2NODRKZP88ZB9",
    "A1C3SOZRARQ6R3",
];

/// The marketplaces that the connection to KashFlow configures.
pub const CONFIGURED: [Marketplace; 1] = [UNITED_KINGDOM];
/// Those through which a few orders come all the same.
pub const NOT_CONFIGURED: [Marketplace; 2] = [IRELAND, GERMANY];

/// Whether the European endpoint serves the marketplace, as far as the twins know it.
pub fn is_european(id: &str) -> bool {
    [UNITED_KINGDOM.id, IRELAND.id].contains(&id) || SERVED_FROM_EUROPE.contains(&id)
}
