//! What the books hold of one settlement: its payments, credit notes, purchases, bank transactions and journals.
//!
//! Everything is told by its reference, its note, or the beginning of its comment. Absent on purpose: what it must
//! come to (`settlement_rules`).

use std::collections::BTreeMap;

use crate::twin::kashflow::{
    BankTransactionSnapshot, InvoiceSnapshot, JournalSnapshot, PaymentSnapshot, PurchaseSnapshot,
};
use crate::twin::world::settlement::Settlement;

use super::BooksSnapshot;
use super::documents::{DocumentKind, DocumentReference};
use super::settled::{Settled, number_of, payment_note};

/// What a bank transaction of a settlement is for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Purpose<'a> {
    Income,
    Suspense,
    /// To or from the seller's own bank, beside the payout.
    Bank,
    Payout,
    /// Money of an order that is not in the books.
    Order(&'a str),
    /// What the buyer of such an order got back.
    Refund(&'a str),
}

impl<'a> Purpose<'a> {
    /// The purpose of a comment such as `AMZ 50011020300 PAYOUT 1: Amazon payout`.
    fn read(comment: &'a str, settlement: &Settlement) -> Option<Self> {
        let (key, _) = after_key(comment, settlement)?.split_once(':')?;
        let (word, subject) = key.split_once(' ')?;
        match word {
            "ORDER" => return Some(Purpose::Order(subject)),
            "REFUND" => return Some(Purpose::Refund(subject)),
            _ => subject.parse::<u32>().ok()?,
        };
        match word {
            "INCOME" => Some(Purpose::Income),
            "SUSPENSE" => Some(Purpose::Suspense),
            "BANK" => Some(Purpose::Bank),
            "PAYOUT" => Some(Purpose::Payout),
            _ => None,
        }
    }
}

/// What follows the `AMZ` and the id with which the keys of a settlement begin.
fn after_key<'a>(text: &'a str, settlement: &Settlement) -> Option<&'a str> {
    text.strip_prefix("AMZ ")?.strip_prefix(settlement.id.as_str())?.strip_prefix(' ')
}

/// The month of a purchase of fees, as its reference has it.
pub(super) fn month_of_fees<'a>(purchase: &'a PurchaseSnapshot, settlement: &Settlement) -> Option<&'a str> {
    after_key(&purchase.reference, settlement)?.strip_prefix("FEES ")
}

fn is_of_balances(journal: &JournalSnapshot, settlement: &Settlement) -> bool {
    after_key(&journal.comment, settlement) == Some("BALANCES")
}

/// All documents of one settlement, of orders by order. Of most there should be one, and more are what a comparison
/// looks for.
#[derive(Default)]
pub(super) struct SettlementDocuments<'a> {
    /// Payments of invoices.
    pub payments: BTreeMap<&'a str, Vec<&'a PaymentSnapshot>>,
    /// Credit notes of refunds.
    pub refunds: BTreeMap<&'a str, Vec<&'a InvoiceSnapshot>>,
    pub purchases: Vec<&'a PurchaseSnapshot>,
    pub transactions: BTreeMap<Purpose<'a>, Vec<&'a BankTransactionSnapshot>>,
    pub journals: Vec<&'a JournalSnapshot>,
}

impl<'a> SettlementDocuments<'a> {
    pub fn of(books: &'a BooksSnapshot, settlement: &Settlement) -> Self {
        let mut found = SettlementDocuments::default();
        let (number, note) = (number_of(settlement), payment_note(settlement));
        for invoice in &books.invoices {
            match DocumentReference::read(&invoice.reference) {
                Some(DocumentReference { order, kind: DocumentKind::Refund(of) }) if of == number => {
                    found.refunds.entry(order).or_default().push(invoice);
                }
                Some(DocumentReference { order, kind: DocumentKind::Invoice(_) }) => {
                    let paid = invoice.payments.iter().filter(|payment| payment.note == note);
                    paid.for_each(|payment| found.payments.entry(order).or_default().push(payment));
                }
                _ => {}
            }
        }
        let purchases = books.purchases.iter();
        found.purchases =
            purchases.filter(|purchase| month_of_fees(purchase, settlement).is_some()).collect();
        for transaction in &books.bank_transactions {
            if let Some(purpose) = Purpose::read(&transaction.comment, settlement) {
                found.transactions.entry(purpose).or_default().push(transaction);
            }
        }
        found.journals =
            books.journals.iter().filter(|journal| is_of_balances(journal, settlement)).collect();
        found
    }

    pub fn of_purpose<'s>(&'s self, purpose: Purpose<'s>) -> &'s [&'s BankTransactionSnapshot] {
        self.transactions.get(&purpose).map_or(&[][..], Vec::as_slice)
    }
}

/// The keys of what belongs to no settlement that must be in the books.
pub(super) fn strange(books: &BooksSnapshot, settled: &Settled) -> Vec<String> {
    let nobodys = |is_of: &dyn Fn(&Settlement) -> bool| !settled.settlements.iter().any(is_of);
    let purchases =
        books.purchases.iter().filter(|purchase| nobodys(&|of| month_of_fees(purchase, of).is_some()));
    let transactions = books
        .bank_transactions
        .iter()
        .filter(|transaction| nobodys(&|of| Purpose::read(&transaction.comment, of).is_some()));
    let journals = books.journals.iter().filter(|journal| nobodys(&|of| is_of_balances(journal, of)));
    let credit_notes = books.invoices.iter().filter(|invoice| {
        match DocumentReference::read(&invoice.reference).map(|reference| reference.kind) {
            Some(DocumentKind::Refund(number)) => settled.with_number(number).is_none(),
            _ => false,
        }
    });
    let told = |what: &str, key: &str| format!("{what} `{key}` belongs to no settlement");
    purchases
        .map(|purchase| told("the purchase", &purchase.reference))
        .chain(transactions.map(|transaction| told("the bank transaction", &transaction.comment)))
        .chain(journals.map(|journal| told("the journal", &journal.comment)))
        .chain(credit_notes.map(|credit_note| told("the credit note", &credit_note.reference)))
        .collect()
}
