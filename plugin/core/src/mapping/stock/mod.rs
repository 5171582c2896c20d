//! Stock, both ways: who owns which quantity, what each side should show, and how much may change at once.
//!
//! What lies in Amazon's warehouses is Amazon's to say, and the books follow; what the merchant sends is the books'
//! to say, and the offers follow. Absent on purpose: reading and writing either side.

mod brake;
mod plan;
mod skus;

pub use brake::{Braked, Sides, brake};
pub use plan::{BooksChange, OfferChange, ProductFacts, ProductPlan, plan, refused};
pub use skus::{home, known_skus};
