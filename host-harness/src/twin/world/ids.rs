//! The identifiers of the world, one type each.
//!
//! Absent on purpose: parsing. The world only makes identifiers; it trusts nobody else's.

use std::fmt;

macro_rules! identifier {
    ($(#[$documentation:meta])* $name:ident) => {
        $(#[$documentation])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub struct $name(String);

        impl $name {
            pub fn new(text: impl Into<String>) -> Self {
                $name(text.into())
            }

            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

identifier! {
    /// An Amazon order id, three groups of 3, 7 and 7 digits: `026-1234567-1234567`.
    OrderId
}
identifier! {
    /// The id of one item of an order, 14 digits.
    OrderItemId
}
identifier! {
    /// The seller's own stock keeping unit, as the listing spells it.
    Sku
}
identifier! {
    /// Amazon's Standard Identification Number of a product.
    Asin
}
identifier! {
    /// The label under which Amazon's warehouses keep goods (fulfilment network SKU): `X00` and 7 characters.
    FnSku
}
identifier! {
    /// The id of a report, 11 digits.
    ReportId
}
identifier! {
    /// The id of the document of a report: `amzn1.spdoc.1.4.eu.…`.
    ReportDocumentId
}
identifier! {
    /// The id of a feed, 12 digits.
    FeedId
}
identifier! {
    /// The id of a feed's document, sent or received: `amzn1.tortuga.4.eu.…`.
    FeedDocumentId
}
identifier! {
    /// The seller ("merchant token"), `A` and 13 letters or digits.
    SellerId
}
