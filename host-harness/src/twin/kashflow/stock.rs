//! Stock as people see and change it on KashFlow's own screens, for tests and stories.
//!
//! Absent on purpose: what calls do to stock (`products`, `invoicing`).

use super::{KashFlowTwin, Refusal};

impl KashFlowTwin {
    /// What a product has in stock; `None` where there is no such product.
    pub fn stock_of(&self, code: &str) -> Option<i32> {
        self.edit(|account| Some(account.products.by_code(code).ok()?.quantity_in_stock()))
    }

    /// Sets the stock of a product to what a person has counted.
    ///
    /// # Errors
    /// When there is no such product.
    pub fn set_stock(&self, code: &str, quantity: i32) -> Result<(), Refusal> {
        self.edit(|account| account.products.set_stock(code, quantity))
    }

    /// Adds goods that have come in, and tells how many there are now.
    ///
    /// # Errors
    /// When there is no such product.
    pub fn receive(&self, code: &str, units: u32) -> Result<i32, Refusal> {
        self.edit(|account| {
            let quantity = account.products.by_code(code)?.quantity_in_stock().saturating_add_unsigned(units);
            account.products.set_stock(code, quantity)?;
            Ok(quantity)
        })
    }
}
