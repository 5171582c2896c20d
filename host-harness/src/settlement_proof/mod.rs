//! The proof of a settlement, computed by the plugin's own core: what it leads to, row by row, and what of it is
//! posted.
//!
//! It uses `plugin_core`, because a certificate says how the plugin posts: see
//! `docs/decisions/0015-the-certificate-is-computed-by-the-plugins-own-core.md`. Absent on purpose: whether the books
//! are right by other lights, which `reconciliation` and the twins say without the plugin.

mod books;
mod certificate_file;
mod explanation;
mod form;
mod kept;
mod overview;
mod reading;
mod standing;
mod terms;
mod verification;

pub use books::{BooksCheck, BooksError, check_books};
pub use certificate_file::{CertificateError, head_of, write};
pub use explanation::{ExplainedNominal, country, nominal};
pub use form::{Head, head};
pub use kept::{KeptError, KeptProof, file_of_hash, kept_proof};
pub use overview::{KindOfPosting, overview};
pub use reading::Reading;
pub use standing::{Counts, Standing, Standings};
pub use terms::Terms;
pub use verification::{Verification, verify};
