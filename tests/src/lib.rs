//! The specification: scenarios, contract, isolation and tidiness.
//!
//! Scenarios are folders under `tests/scenarios`; each runs natively through the core and through the
//! component in wasmtime, and both runs must leave the same transcript.

pub mod stage;
pub mod story;

#[cfg(test)]
mod alerts;
#[cfg(test)]
mod arrivals;
#[cfg(test)]
mod command_line;
#[cfg(test)]
mod concurrency;
#[cfg(test)]
mod crash_points;
#[cfg(test)]
mod dispatcher;
#[cfg(test)]
mod engine;
#[cfg(test)]
mod event_order;
#[cfg(test)]
mod isolation;
#[cfg(test)]
mod logging;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod scenarios;
#[cfg(test)]
mod settlement_bounds;
#[cfg(test)]
mod settlement_calls;
#[cfg(test)]
mod simulation;
#[cfg(test)]
mod stock_bounds;
#[cfg(test)]
mod stock_convergence;
#[cfg(test)]
mod stock_overview;
#[cfg(test)]
mod tidy;
