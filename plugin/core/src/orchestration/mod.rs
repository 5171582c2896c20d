//! How a plan becomes documents, once each: look up, intend, create, confirm, record.
//!
//! Nothing here names Amazon or KashFlow: the books are a port ([`Books`]), the plan is a value, and
//! what a failure leads to depends on its class alone. Absent on purpose: how documents are made
//! (`mapping`) and how they are written (`kashflow`).

mod books;
mod customer;
mod invoice;
mod journal;
mod lease;
mod outcome;
mod plan;
mod run;
mod verdict;

pub use books::Books;
pub use invoice::await_settled;
pub use journal::{Journal, JournalEntry, Phase};
pub use lease::Lease;
pub use outcome::{Disposition, Effect, Failure, Outcome};
pub use plan::{BusinessKey, Plan};
pub use run::{already_done, run};
pub use verdict::verdict;
