//! KashFlow's SOAP API: requests are built here and answers are read here, nowhere else.
//!
//! One file a noun ([`customer`], [`product`], [`chart`], [`invoice`], [`payment`], [`supplier`], [`purchase`],
//! [`bank`], [`journal`], [`stock`]); each remote operation is a struct that implements [`crate::remote::Call`]. Absent on purpose: credentials (the host's gateway inserts
//! `UserName` and `Password` as the first two children of the operation), retries, and any decision about
//! what is posted. KashFlow's REST API is not used: its maker has marked it unfinished for years.
//!
//! The quirks of the service, and where they are handled:
//! - `Status` decides, never `StatusDetail`, and a refusal comes with HTTP 200: `soap::answer`.
//! - The classes of refusals, faults and HTTP statuses: `failure`.
//! - Prefixes, `xsi:nil`, unknown elements, lists of one row: `soap::element` and `soap::answer`.
//! - Elements out of order are dropped silently, so every one is written, in the order of the service
//!   description; characters that XML or KashFlow cannot take become spaces: `soap::envelope`.
//! - Amounts come with two to four decimals, dates as `xsd:dateTime`: `soap::record`.
//! - A customer that is not found is a refusal, not an empty answer: `customer`.
//! - Codes of customers and suppliers are unique, which is what makes a racing insert harmless: `customer`,
//!   `supplier`, `failure`.
//! - Greece is `EL`: `country`.
//! - An invoice number that is sent overwrites the invoice of that number, so 0 is sent; lines carry the
//!   *id* of a nominal, not its code; they are `anyType` with an `xsi:type`: `invoice_type`.
//! - A purchase is of the type of an invoice, with the supplier in the customer's place: `purchase`.
//! - A bank transaction names its account by the code of the nominal behind it, a lookup by its id: `bank`.
//! - Crediting an invoice takes database ids, everything else takes numbers: `credit_note`.
//! - Stock is one absolute number in a product that is written as a whole: `stock`.
//! - A rate of -1 is "no VAT": `invoice_type`, `product`, `chart`.

pub mod bank;
pub mod chart;
mod country;
pub mod credit_note;
pub mod customer;
mod failure;
pub mod invoice;
mod invoice_type;
pub mod journal;
pub mod payment;
mod posted_document;
pub mod product;
pub mod purchase;
mod soap;
pub mod stock;
pub mod supplier;

#[cfg(test)]
mod fixture;

pub use bank::{GetBankBalance, GetBankTransactions, InsertBankTransaction};
pub use chart::{GetBankAccounts, GetNominalCodes, GetVatRates};
pub use credit_note::ApplyCreditNote;
pub use customer::{GetCustomer, GetCustomerByEmail, GetCustomersByPostcode, InsertCustomer};
pub use invoice::{GetInvoice, GetInvoicesByDateRange, GetInvoicesForCustomer, InsertInvoice};
pub use journal::{GetJournals, InsertJournal};
pub use payment::{
    GetInvPayMethods, GetInvoicePayment, GetRecPayMethods, GetReceiptPayment, InsertInvoicePayment,
    InsertReceiptPayment,
};
pub use product::GetSubProductByCode;
pub use purchase::{GetReceiptsForSupplier, InsertReceipt};
pub use stock::{AddOrUpdateSubProduct, GetProductCard, GetProducts, GetSubProducts};
pub use supplier::{GetSupplier, InsertSupplier};

/// The public name of the SOAP endpoint's host.
pub const HOST: &str = "securedwebapp.com";

/// The path of the SOAP endpoint.
pub const PATH: &str = "/api/service.asmx";
