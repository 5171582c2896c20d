//! What a plugin can call, one self-contained module a capability, each over a backend of the host.
//!
//! The clock is WASI's own, over [`crate::clock::Clock`]. Deliberately absent: everything else.

mod config;
mod http;
mod log;
mod queue;
mod state;
#[cfg(test)]
mod tests;

pub(crate) use config::{ConfigCapability, config_view};
pub(crate) use http::HttpCapability;
pub(crate) use log::LogCapability;
pub(crate) use queue::QueueCapability;
pub(crate) use state::StateCapability;
