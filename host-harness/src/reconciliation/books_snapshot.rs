//! The books at one moment, as plain values.
//!
//! Absent on purpose: any way back into the books they were read from.

use crate::twin::kashflow::{Books, CustomerSnapshot, InvoiceSnapshot, ProductSnapshot, TrialBalanceRow};

/// Everything that a comparison looks at.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct BooksSnapshot {
    pub customers: Vec<CustomerSnapshot>,
    /// Credit notes too: KashFlow keeps them as invoices below zero.
    pub invoices: Vec<InvoiceSnapshot>,
    pub products: Vec<ProductSnapshot>,
    pub trial_balance: Vec<TrialBalanceRow>,
}

impl BooksSnapshot {
    pub fn of(books: &Books) -> Self {
        BooksSnapshot {
            customers: books.customers(),
            invoices: books.invoices(),
            products: books.products(),
            trial_balance: books.trial_balance(),
        }
    }

    /// The balance of a nominal in pence, positive for a debit balance.
    pub fn balance_pence(&self, nominal_code: i32) -> i64 {
        let rows = self.trial_balance.iter().filter(|row| row.code == nominal_code);
        rows.map(|row| row.debit_pence - row.credit_pence).sum()
    }
}
