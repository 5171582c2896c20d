//! SOAP as ASP.NET speaks it: document/literal, wrapped, driven by schema tables.
//!
//! One table (`schema`) describes every type; `request` reads by it, `response` writes by it and the service
//! description is printed from it, so the three cannot disagree. Nothing in here knows what an invoice is.

pub mod element;
pub mod envelope;
pub mod fault;
pub mod request;
pub mod response;
pub mod scalar;
pub mod schema;
pub mod value;

/// The namespace of every KashFlow element and type: literally this word.
pub const NAMESPACE: &str = "KashFlow";
pub const SCHEMA_INSTANCE_NAMESPACE: &str = "http://www.w3.org/2001/XMLSchema-instance";
pub const SCHEMA_NAMESPACE: &str = "http://www.w3.org/2001/XMLSchema";
