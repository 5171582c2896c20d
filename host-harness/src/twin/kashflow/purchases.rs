//! Purchases, which KashFlow's API calls receipts, and the book of them.
//!
//! A purchase with a negative total is a supplier's credit note. Purchase orders, attachments, notes and deletion are
//! absent.

use chrono::NaiveDateTime;

use super::account::Account;
use super::chart::{CREDITORS_CONTROL, PURCHASE_TAX_CONTROL};
use super::currencies::ExchangeRate;
use super::decimal::{Decimal, OutOfRange};
use super::identifiers::{PurchaseId, PurchaseNumber, Sequence, SupplierId};
use super::invoices::InvoiceLine;
use super::invoicing::LineDraft;
use super::ledger::{Document, Entry, Posting};
use super::payable::Payable;
use super::payments::Payment;
use super::refusal::Refusal;

const FIRST_PURCHASE_ID: i32 = 31_902_118;

#[derive(Debug, Clone)]
pub struct Purchase {
    pub id: PurchaseId,
    pub number: PurchaseNumber,
    pub header: PurchaseHeader,
    /// In the order of their `Sort`.
    pub lines: Vec<InvoiceLine>,
    pub payments: Vec<Payment>,
}

/// What a purchase has beside lines and payments.
#[derive(Debug, Clone)]
pub struct PurchaseHeader {
    pub date: NaiveDateTime,
    pub due_date: NaiveDateTime,
    pub supplier: SupplierId,
    pub reference: String,
    pub project: i32,
    pub currency: &'static str,
    pub exchange_rate: ExchangeRate,
}

/// A purchase as a client states it.
#[derive(Debug)]
pub struct PurchaseDraft {
    /// None for the next number; the number of an existing purchase overwrites it, as with invoices.
    pub number: Option<PurchaseNumber>,
    pub date: NaiveDateTime,
    pub due_date: NaiveDateTime,
    pub supplier: SupplierId,
    pub reference: String,
    pub project: i32,
    /// Empty for the home currency.
    pub currency: String,
    /// Zero for the rate of the account.
    pub exchange_rate: Decimal,
    pub lines: Vec<LineDraft>,
}

impl Payable for Purchase {
    fn lines(&self) -> &[InvoiceLine] {
        &self.lines
    }

    fn payments(&self) -> &[Payment] {
        &self.payments
    }

    fn exchange_rate(&self) -> ExchangeRate {
        self.header.exchange_rate
    }
}

/// All purchases of the account.
#[derive(Debug, Clone)]
pub struct PurchaseBook {
    purchases: Vec<Purchase>,
    ids: Sequence,
}

impl Default for PurchaseBook {
    fn default() -> Self {
        Self { purchases: Vec::new(), ids: Sequence::starting_at(FIRST_PURCHASE_ID) }
    }
}

impl PurchaseBook {
    pub fn iter(&self) -> impl Iterator<Item = &Purchase> {
        self.purchases.iter()
    }

    /// # Errors
    /// `NoPurchaseWithNumber`.
    pub fn by_number(&self, number: PurchaseNumber) -> Result<&Purchase, Refusal> {
        let found = self.purchases.iter().find(|purchase| purchase.number == number);
        found.ok_or(Refusal::NoPurchaseWithNumber(number))
    }

    /// # Errors
    /// `NoPurchaseWithNumber`.
    pub fn by_number_mut(&mut self, number: PurchaseNumber) -> Result<&mut Purchase, Refusal> {
        let found = self.purchases.iter_mut().find(|purchase| purchase.number == number);
        found.ok_or(Refusal::NoPurchaseWithNumber(number))
    }

    fn next_number(&self) -> PurchaseNumber {
        let highest = self.purchases.iter().map(|purchase| purchase.number.get()).max().unwrap_or(0);
        PurchaseNumber::new(highest.saturating_add(1))
    }

    fn keep(&mut self, purchase: Purchase) {
        match self.purchases.iter_mut().find(|kept| kept.id == purchase.id) {
            Some(kept) => *kept = purchase,
            None => self.purchases.push(purchase),
        }
    }
}

impl Account {
    /// Keeps and posts a purchase, and moves the stock of the managed products on it.
    ///
    /// # Errors
    /// When something that the draft refers to does not exist, a date is locked, or an amount is out of range;
    /// then the books have not changed.
    pub fn insert_purchase(&mut self, draft: PurchaseDraft) -> Result<PurchaseNumber, Refusal> {
        let overwritten = self.overwritten_purchase(draft.number)?;
        self.suppliers.by_id(draft.supplier)?;
        self.check_date(draft.date)?;
        let (currency, exchange_rate) = self.accept_currency(&draft.currency, draft.exchange_rate)?;
        // A purchase has no nominal for "Other" that anybody documents.
        let lines = self.accept_lines(&draft.lines, exchange_rate, None)?;
        let header = PurchaseHeader {
            date: draft.date,
            due_date: draft.due_date,
            supplier: draft.supplier,
            reference: draft.reference,
            project: draft.project,
            currency,
            exchange_rate,
        };
        let purchase = match &overwritten {
            Some(old) => Purchase { header, lines, ..old.clone() },
            None => Purchase {
                id: PurchaseId::new(self.purchases.ids.take()),
                number: draft.number.unwrap_or_else(|| self.purchases.next_number()),
                header,
                lines,
                payments: Vec::new(),
            },
        };
        let posting = purchase_posting(&purchase)?;

        if let Some(old) = &overwritten {
            self.ledger.withdraw(posting.document());
            self.move_stock(&old.lines, -1);
        }
        self.ledger.post(posting);
        self.move_stock(&purchase.lines, 1);
        let number = purchase.number;
        self.purchases.keep(purchase);
        Ok(number)
    }

    fn overwritten_purchase(&self, number: Option<PurchaseNumber>) -> Result<Option<Purchase>, Refusal> {
        let Some(number) = number else { return Ok(None) };
        if number.get() < 0 {
            return Err(Refusal::PurchaseNumberInvalid(number));
        }
        let old = self.purchases.by_number(number).ok().cloned();
        if let Some(old) = &old {
            self.check_date(old.header.date)?;
        }
        Ok(old)
    }
}

/// Costs and input VAT against creditors, in pence of the home currency.
fn purchase_posting(purchase: &Purchase) -> Result<Posting, OutOfRange> {
    let rate = purchase.header.exchange_rate;
    let mut entries = Vec::with_capacity(purchase.lines.len() * 2 + 1);
    for line in &purchase.lines {
        entries.push(Entry::debit(line.nominal, rate.to_home(line.net)?));
        entries.push(Entry::debit(PURCHASE_TAX_CONTROL, rate.to_home(line.vat)?));
    }
    let (document, date) = (Document::Purchase(purchase.id), purchase.header.date.date());
    Ok(Posting::against(CREDITORS_CONTROL, document, date, entries))
}
