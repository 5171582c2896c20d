//! The ids and codes of both worlds, each its own type, parsed once at the edge.
//!
//! Absent on purpose: any rule about which of them belong together.

use std::fmt;

/// Text ids that only have to be non-empty and free of control characters.
macro_rules! text_id {
    ($(#[$documentation:meta])* $name:ident) => {
        $(#[$documentation])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            /// `None` where the text is empty or has control characters.
            pub fn new(text: impl Into<String>) -> Option<Self> {
                let text = text.into();
                (!text.trim().is_empty() && !text.chars().any(char::is_control)).then_some($name(text))
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

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}", self.0)
            }
        }
    };
}

/// Whole-number ids and codes.
macro_rules! number_id {
    ($(#[$documentation:meta])* $name:ident) => {
        $(#[$documentation])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}", self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}", self.0)
            }
        }
    };
}

text_id!(
    /// An Amazon order id, usually of the form `026-1234567-1234567`.
    OrderId
);
text_id!(
    /// Amazon's id of one item of an order.
    OrderItemId
);
text_id!(
    /// Amazon's id of a marketplace: `A1F83G8C2ARO7P` is Amazon.co.uk.
    MarketplaceId
);
text_id!(
    /// Amazon's id of a report; unique for one seller only.
    ReportId
);
text_id!(
    /// Amazon's id of the document of a report; unique for one seller only.
    ReportDocumentId
);
text_id!(
    /// Amazon's id of a feed; unique for one seller only.
    FeedId
);
text_id!(
    /// Amazon's id of the document of a feed, the seller's or the one with the results.
    FeedDocumentId
);
text_id!(
    /// Amazon's id of a seller, the merchant token of Seller Central: `A2EXAMPLE`.
    SellerId
);
text_id!(
    /// The seller's own stock keeping unit, exactly as Amazon sends it.
    SellerSku
);
text_id!(
    /// The code of a product in KashFlow (a sub-product of a sales nominal).
    ProductCode
);

number_id!(
    /// KashFlow's database id of a customer.
    CustomerId
);
number_id!(
    /// KashFlow's database id of an invoice or a credit note.
    DocumentId
);
number_id!(
    /// The number of an invoice or a credit note that people see.
    InvoiceNumber
);
number_id!(
    /// The number of a nominal account as people know it, for example 4000.
    NominalCode
);
number_id!(
    /// KashFlow's id of a nominal account: what an invoice line carries, different in each KashFlow account.
    NominalId
);
number_id!(
    /// KashFlow's id of a product.
    ProductId
);
number_id!(
    /// Amazon's id of a settlement, eleven digits or so.
    SettlementId
);
number_id!(
    /// KashFlow's database id of a supplier.
    SupplierId
);
number_id!(
    /// The number of a purchase ("receipt" in KashFlow's API) that people see.
    PurchaseNumber
);
number_id!(
    /// KashFlow's id of a payment of an invoice, a credit note or a purchase.
    PaymentId
);
number_id!(
    /// KashFlow's id of a payment method.
    PaymentMethodId
);
number_id!(
    /// KashFlow's id of a bank account, which is not the nominal code behind it.
    BankAccountId
);
number_id!(
    /// KashFlow's id of a bank transaction.
    BankTransactionId
);
number_id!(
    /// The number of a journal that people see.
    JournalNumber
);

/// Codes of letters and digits only, because KashFlow refuses anything else.
macro_rules! alphanumeric_code {
    ($(#[$documentation:meta])* $name:ident) => {
        $(#[$documentation])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            /// `None` where the text is empty or has anything but ASCII letters and digits.
            pub fn new(text: impl Into<String>) -> Option<Self> {
                let text = text.into();
                (!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric()))
                    .then_some($name(text))
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

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

alphanumeric_code!(
    /// A customer code.
    CustomerCode
);
alphanumeric_code!(
    /// A supplier code.
    SupplierCode
);
