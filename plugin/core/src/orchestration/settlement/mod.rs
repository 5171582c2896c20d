//! How a settlement gets into the books, once: kept as a plan, posted part by part, gone on with after any end.
//!
//! Reading a settlement makes its whole plan, which is stored in parts before anything is posted. A delivery posts as
//! much as its time allows and asks to be called again; what each posting has come to is written down before and
//! after it. What waits for a person is passed over and looked at again when the event is released. Absent on purpose:
//! files and rules, which are gone once the plan is made.

mod ensure;
mod intention;
mod item;
mod jobs;
mod keeper;
mod manifest;
mod part;
mod payments;
mod post;
mod purchase;
mod refund;
mod session;
mod stored;
mod summary;
#[cfg(test)]
mod tests;
mod transaction;

pub use item::{Item, Remark, Stage};
pub use keeper::{KeptSettlement, SETTLEMENT_KEYS, keep, kept, settlement_of_key};
pub use manifest::{Manifest, Origin};
pub use part::Part;
pub use post::{Reached, look_again, post};
pub use session::PostingTerms;
pub use summary::Summary;
