//! The iPaaS on a desk: everything that the plugin's contract asks of its host.
//!
//! A [`Host`] holds the plugin, a [`ConnectionRuntime`] is a connection in operation; a delivery is one
//! call of the one with the other. Twins of both services and the `harness` command complete it.

pub mod alert;
pub mod artifact;
mod capability;
#[cfg(test)]
mod captured_log;
pub mod clock;
pub mod code;
pub mod command;
pub mod connection;
pub mod dispatcher;
mod ending;
pub mod engine;
pub mod gateway;
mod host;
pub mod limits;
pub mod read_only_host;
pub mod reconciliation;
pub mod redactor;
mod runtime;
pub mod service;
pub mod settlement_proof;
pub mod simulation;
pub mod source;
pub mod store;
pub mod telemetry;
pub mod twin;

pub use ending::Ending;
pub use host::{DeliveryReport, Host};
pub use runtime::ConnectionRuntime;
