//! Runs the plugin: a fresh instance for every event, with bounds on memory, time and host calls.
//!
//! A crash, a leak or an endless loop ends with its event. Deliberately absent: what the plugin can call
//! (`capability`), and what becomes of an event that was not finished.

mod artifact_cache;
mod call_error;
mod guest_output;
mod host_call;
mod import_audit;
mod instance;
mod interfaces;
mod memory_limiter;
mod plugin;
mod plugin_engine;
pub(crate) mod since_v0_1;
mod source;

pub use call_error::CallError;
pub(crate) use call_error::ContractBroken;
pub(crate) use host_call::HostCallMeter;
pub use host_call::{
    HostCall, HostCallKind, HostCallObserver, HostCallRecord, Moment, ObserveNothing, Verdict,
};
pub use interfaces::Interfaces;
pub use plugin::{Called, Export, Plugin, PluginError};
pub use plugin_engine::{EngineError, PluginEngine};
pub use since_v0_1::clarity::kashflow_amazon::types::{
    Delay, Delivery, Disposition, Effect, Failure, Finding, Outcome, Source, Unfinished,
};
pub use since_v0_1::exports::clarity::kashflow_amazon::lifecycle::{Capability, Description};
