//! The KashFlow twin: a local stand-in for KashFlow's SOAP API, `service.asmx`.
//!
//! A real HTTP server on loopback with an account behind it: customers, sub-products, invoices, payments, credit
//! notes, suppliers, purchases, bank transactions, journals, a chart of accounts and a double-entry ledger. It keeps the real service's quirks and refuses what that
//! refuses, so that any SOAP client can be tried against it, and it shares no code with the plugin's own client: it
//! is the independent witness of what that client does.
//!
//! Quotes, VAT returns, projects and advance payments are absent.
//!
//! How a call runs: `server` (sockets) → `service` (HTTP and SOAP) → `operations` (the registry) → `account` and its
//! files (the rules); `late_calls` keeps those that outlive their caller. `soap` reads and writes by the tables in `types`; `service_description` prints the same tables.

mod access;
mod account;
mod bank_transactions;
mod books;
mod chart;
mod codes;
mod connection;
mod currencies;
mod customers;
mod decimal;
mod faults;
mod identifiers;
mod invoices;
mod invoicing;
mod journals;
mod late_calls;
mod ledger;
mod money;
mod operations;
mod payable;
mod payments;
mod products;
mod purchases;
mod refusal;
mod rendering;
mod server;
mod service;
mod service_description;
mod soap;
mod stock;
mod suppliers;
#[cfg(test)]
mod tests;
mod types;
mod vat;

pub use account::{Account, Company};
pub use books::{
    BankTransactionSnapshot, Books, CustomerSnapshot, InvoiceSnapshot, JournalLineSnapshot, JournalSnapshot,
    LineSnapshot, NoteSnapshot, PaymentSnapshot, ProductSnapshot, PurchaseSnapshot, SupplierSnapshot,
    TrialBalanceRow,
};
pub use chart::NominalKind;
pub use customers::NewCustomer;
pub use decimal::{Decimal, FourPlaces};
pub use faults::{Fault, FaultEffect, Faults};
pub use identifiers::{CustomerId, NominalCode, NominalId, ProductId, SupplierId};
pub use products::NewProduct;
pub use refusal::Refusal;
pub use server::{BODY_LIMIT_BYTES, Clock, KashFlowTwin, Options, StartError, SuccessDetails};
pub use suppliers::NewSupplier;
pub use vat::VatRate;
