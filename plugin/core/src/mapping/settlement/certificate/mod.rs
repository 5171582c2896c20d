//! The proof of a settlement: every row with the rules that decide about it and the posting that takes it.
//!
//! The file is read once for the plan and once more for the proof. The second reading gives each row to the posting
//! that it belongs to and adds up anew, so that what is posted is compared with the rows and not with itself. Rows
//! are shown one by one and never held. Absent on purpose: how a certificate is written down, and what has become of
//! the postings in the books.

mod assigner;
mod destination;
mod figures;
#[cfg(test)]
mod tests;
mod vat_view;

pub use assigner::{Assigner, CertifiedPosting, CertifiedRow, SettlementCertificate};
pub use destination::{Destination, posting_name};
pub use figures::{Contradiction, Figures};
pub use vat_view::{FeeVat, VatView};
