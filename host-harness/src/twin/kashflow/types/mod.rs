//! KashFlow's complex types, element for element in the order of its service description.
//!
//! Tables only: what the fields mean is decided where they are used.
//! Source: the description served at `https://securedwebapp.com/api/service.asmx?WSDL`.

pub mod bank;
pub mod customer;
pub mod invoice;
pub mod journal;
pub mod payment;
pub mod product;
pub mod settings;
pub mod supplier;
