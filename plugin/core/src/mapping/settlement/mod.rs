//! What each row of a settlement means for the books.

pub mod category;

pub use category::{Category, FeeForm, FeeKind, IncomeKind, MovementKind, SalePart};
