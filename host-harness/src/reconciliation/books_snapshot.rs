//! The books at one moment, as plain values.
//!
//! Absent on purpose: any way back into the books they were read from.

use crate::twin::kashflow::{
    BankTransactionSnapshot, Books, CustomerSnapshot, InvoiceSnapshot, JournalSnapshot, ProductSnapshot,
    PurchaseSnapshot, SupplierSnapshot, TrialBalanceRow,
};

/// Everything that a comparison looks at.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct BooksSnapshot {
    pub customers: Vec<CustomerSnapshot>,
    /// Credit notes too: KashFlow keeps them as invoices below zero.
    pub invoices: Vec<InvoiceSnapshot>,
    pub products: Vec<ProductSnapshot>,
    pub suppliers: Vec<SupplierSnapshot>,
    /// Credit notes of suppliers too, below zero.
    pub purchases: Vec<PurchaseSnapshot>,
    pub bank_transactions: Vec<BankTransactionSnapshot>,
    pub journals: Vec<JournalSnapshot>,
    pub trial_balance: Vec<TrialBalanceRow>,
}

impl BooksSnapshot {
    pub fn of(books: &Books) -> Self {
        BooksSnapshot {
            customers: books.customers(),
            invoices: books.invoices(),
            products: books.products(),
            suppliers: books.suppliers(),
            purchases: books.purchases(),
            bank_transactions: books.bank_transactions(),
            journals: books.journals(),
            trial_balance: books.trial_balance(),
        }
    }

    /// The balance of a nominal in pence, positive for a debit balance.
    pub fn balance_pence(&self, nominal_code: i32) -> i64 {
        let rows = self.trial_balance.iter().filter(|row| row.code == nominal_code);
        rows.map(|row| row.debit_pence - row.credit_pence).sum()
    }

    /// Everything that was written into the books, but for payments, which change documents.
    pub fn documents(&self) -> usize {
        self.customers.len()
            + self.invoices.len()
            + self.suppliers.len()
            + self.purchases.len()
            + self.bank_transactions.len()
            + self.journals.len()
    }
}
