//! The double-entry ledger behind the documents.
//!
//! Every document posts once; a posting whose entries do not add up to zero cannot be made. Amounts are pence of
//! the home currency. Each posting has its day; periods, closing and opening balances are absent.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::identifiers::{BankTransactionId, InvoiceId, JournalId, NominalCode, PaymentId, PurchaseId};
use super::money::Pence;

/// One side of a posting: positive is a debit, negative a credit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    pub nominal: NominalCode,
    pub amount: Pence,
}

impl Entry {
    pub fn debit(nominal: NominalCode, amount: Pence) -> Self {
        Self { nominal, amount }
    }

    pub fn credit(nominal: NominalCode, amount: Pence) -> Self {
        Self { nominal, amount: -amount }
    }
}

/// What a posting was made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Document {
    Invoice(InvoiceId),
    Purchase(PurchaseId),
    /// Of an invoice, a credit note or a purchase.
    Payment(PaymentId),
    BankTransaction(BankTransactionId),
    Journal(JournalId),
}

/// The debits and credits of the entries differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the entries of a posting are out of balance by {difference}")]
pub struct Unbalanced {
    pub difference: Pence,
}

/// Entries that add up to zero.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posting {
    document: Document,
    date: NaiveDate,
    entries: Vec<Entry>,
}

impl Posting {
    /// # Errors
    /// `Unbalanced` when the debits and credits differ.
    pub fn new(document: Document, date: NaiveDate, entries: Vec<Entry>) -> Result<Self, Unbalanced> {
        let difference = entries.iter().map(|entry| entry.amount).sum::<Pence>();
        if difference.is_zero() {
            Ok(Self { document, date, entries })
        } else {
            Err(Unbalanced { difference })
        }
    }

    /// Entries against one nominal, which takes whatever balances them.
    pub fn against(
        nominal: NominalCode,
        document: Document,
        date: NaiveDate,
        mut entries: Vec<Entry>,
    ) -> Self {
        let total = entries.iter().map(|entry| entry.amount).sum();
        entries.push(Entry::credit(nominal, total));
        Self::new(document, date, entries).expect("the last entry is minus the sum of the others")
    }

    pub fn document(&self) -> Document {
        self.document
    }

    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }
}

/// Debits, credits and balance of one nominal, in pence of the home currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Balance {
    pub debit: Pence,
    pub credit: Pence,
}

impl Balance {
    /// Positive for a debit balance.
    pub fn net(self) -> Pence {
        self.debit - self.credit
    }
}

#[derive(Debug, Clone, Default)]
pub struct Ledger {
    postings: Vec<Posting>,
}

impl Ledger {
    pub fn post(&mut self, posting: Posting) {
        self.postings.push(posting);
    }

    /// Takes a document's posting out again: KashFlow re-posts an overwritten document, it does not reverse it.
    pub fn withdraw(&mut self, document: Document) {
        self.postings.retain(|posting| posting.document() != document);
    }

    /// The balance of a nominal at the end of a day, positive for a debit balance.
    pub fn balance_on(&self, nominal: NominalCode, day: NaiveDate) -> Pence {
        self.postings
            .iter()
            .filter(|posting| posting.date <= day)
            .flat_map(Posting::entries)
            .filter(|entry| entry.nominal == nominal)
            .map(|entry| entry.amount)
            .sum()
    }

    pub fn balances(&self) -> BTreeMap<NominalCode, Balance> {
        let mut balances: BTreeMap<NominalCode, Balance> = BTreeMap::new();
        for entry in self.postings.iter().flat_map(Posting::entries) {
            let balance = balances.entry(entry.nominal).or_default();
            if entry.amount.is_negative() {
                balance.credit += entry.amount.abs();
            } else {
                balance.debit += entry.amount;
            }
        }
        balances
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BANK: NominalCode = NominalCode::new(1200);
    const DEBTORS: NominalCode = NominalCode::new(1100);
    const SALES: NominalCode = NominalCode::new(4000);

    fn pence(amount: i64) -> Pence {
        Pence::new(amount)
    }

    fn day(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 3, day).unwrap()
    }

    #[test]
    fn a_posting_out_of_balance_cannot_be_made() {
        let document = Document::Payment(PaymentId::new(1));
        let entries = vec![Entry::debit(BANK, pence(1_200)), Entry::credit(DEBTORS, pence(1_199))];
        assert_eq!(Posting::new(document, day(1), entries), Err(Unbalanced { difference: pence(1) }));
    }

    #[test]
    fn balances_add_up_to_zero_and_forget_withdrawn_documents() {
        let mut ledger = Ledger::default();
        let invoice = Document::Invoice(InvoiceId::new(1));
        ledger.post(Posting::against(DEBTORS, invoice, day(1), vec![Entry::credit(SALES, pence(1_000))]));
        let payment = Document::Payment(PaymentId::new(1));
        ledger.post(Posting::against(DEBTORS, payment, day(9), vec![Entry::debit(BANK, pence(1_000))]));
        let balances = ledger.balances();
        assert_eq!(balances.values().map(|balance| balance.net()).sum::<Pence>(), Pence::ZERO);
        assert_eq!(balances[&DEBTORS], Balance { debit: pence(1_000), credit: pence(1_000) });

        assert_eq!([8, 9].map(|last| ledger.balance_on(BANK, day(last))), [pence(0), pence(1_000)]);

        ledger.withdraw(invoice);
        assert_eq!(ledger.balances()[&DEBTORS].net(), pence(-1_000));
    }
}
