//! The KashFlow twin: a local stand-in for KashFlow's SOAP API, `service.asmx`.
//!
//! A real HTTP server on loopback with an account behind it: customers, sub-products, invoices, payments, credit
//! notes, a chart of accounts and a double-entry ledger. It keeps the real service's quirks and refuses what that
//! refuses, so that any SOAP client can be tried against it, and it shares no code with the plugin's own client: it
//! is the independent witness of what that client does.
//!
//! Suppliers, receipts, bank transactions, journals, quotes, VAT returns and projects are absent.
//!
//! How a call runs: `server` (sockets) → `service` (HTTP and SOAP) → `operations` (the registry) → `account` and its
//! files (the rules); `late_calls` keeps those that outlive their caller. `soap` reads and writes by the tables in `types`; `service_description` prints the same tables.

mod access;
mod account;
mod books;
mod chart;
mod connection;
mod currencies;
mod customers;
mod decimal;
mod faults;
mod identifiers;
mod invoices;
mod invoicing;
mod late_calls;
mod ledger;
mod money;
mod operations;
mod payments;
mod products;
mod refusal;
mod rendering;
mod server;
mod service;
mod service_description;
mod soap;
#[cfg(test)]
mod tests;
mod types;
mod vat;

pub use account::{Account, Company};
pub use books::{
    Books, CustomerSnapshot, InvoiceSnapshot, LineSnapshot, NoteSnapshot, PaymentSnapshot, ProductSnapshot,
    TrialBalanceRow,
};
pub use chart::NominalKind;
pub use customers::NewCustomer;
pub use decimal::{Decimal, FourPlaces};
pub use faults::{Fault, FaultEffect, Faults};
pub use identifiers::{CustomerId, NominalCode, NominalId, ProductId};
pub use products::NewProduct;
pub use refusal::Refusal;
pub use server::{BODY_LIMIT_BYTES, Clock, KashFlowTwin, Options, StartError, SuccessDetails};
pub use vat::VatRate;
