//! The pure core of the plugin: from an Amazon event to documents in KashFlow.
//!
//! Everything that the plugin knows is here, and nothing that it does: no clock, randomness,
//! environment, I/O, async or floating point. A remote call is a pair of pure functions
//! (`request` builds it, `parse` reads the answer), a plan is a value, and whatever has to happen
//! in between goes through the ports in [`host`], which the component's shell implements over WASI
//! and tests implement in memory.
//!
//! Modules point inward only; `tests/src/tidy.rs` holds the table of allowed arrows.

#![deny(clippy::float_arithmetic)]

pub mod amazon;
pub mod canonical;
pub mod events;
pub mod finding;
pub mod host;
pub mod kashflow;
pub mod limits;
pub mod mapping;
pub mod orchestration;
pub mod remote;
pub mod settings;
