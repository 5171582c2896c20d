//! The decisions: from canonical nouns and settings to documents, one decision a file.
//!
//! Every function here is pure and total: it gives a value or a finding that says why not. Absent on
//! purpose: Amazon, KashFlow, remote calls and the order of steps.

pub mod address_lines;
pub mod customer_match;
pub mod fingerprint;
pub mod invoice_lines;
pub mod nominal_codes;
pub mod order_to_invoice;
pub mod posting_moment;
pub mod settlement;
pub mod sku;
pub mod stock;
pub mod tax;
pub mod vat_rates;
