//! How an order becomes documents, once each: look up, intend, create, confirm, record. And what is remembered
//! between deliveries: how far a sweep has come, and what is known of the stock.
//!
//! Nothing here names Amazon or KashFlow's calls: the books are a port ([`Books`]), what is wanted is a value,
//! and what a failure leads to depends on its class alone. `chain` decides what comes next, `run` does it.
//! Absent on purpose: how documents are made (`mapping`) and how they are written (`kashflow`).

mod books;
mod chain;
mod customer;
mod document;
mod invoice;
mod journal;
mod lease;
mod outcome;
mod plan;
mod reversal;
mod run;
pub mod settlement;
pub mod stock;
mod stop;
mod sweep;
#[cfg(test)]
mod tests;
mod verdict;

pub use books::{Books, SettlementBooks};
pub use journal::{Journal, JournalEntry};
pub use lease::{Claim, Lease};
pub use outcome::{Disposition, Effect, Failure, Outcome, Unfinished};
pub use plan::{BusinessKey, Plan, Planner};
pub use run::{Asked, run};
pub use stop::Stop;
pub use sweep::{Place, SweepJournal, SweepProgress, Underway, Window};
pub use verdict::{Attempt, verdict};
