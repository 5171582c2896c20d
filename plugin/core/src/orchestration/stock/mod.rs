//! What is remembered of stock between deliveries: what was counted and written, what buyers were promised, and how
//! far the work has come.
//!
//! One delivery at a time works on the stock of a connection (`Claim::Stock`), so these entries have one writer;
//! promises have many, because every order makes one. Absent on purpose: what follows from all this
//! (`mapping::stock`).

mod journal;
mod ledger;
#[cfg(test)]
mod memory;
mod promises;
mod stored_time;

pub use journal::{FeedUnderway, HeldSweep, InventoryPlace, PoolProgress, StockJournal, StockProgress};
pub use ledger::StockLedger;
pub use promises::{Promise, Promises, keep_promise};
