//! Payments of invoices, and crediting an invoice with a credit note.
//!
//! Sources: KashFlow SOAP API, Payment class and applyCreditNoteToInvoice; knowledge base, "Refunds: credit note
//! bank account": a credit is kept as a payment on the invoice and a negative payment on the credit note, both
//! through the default bank account. Allocating advance payments is absent.

use chrono::NaiveDateTime;

use super::account::Account;
use super::chart::DEBTORS_CONTROL;
use super::decimal::Decimal;
use super::identifiers::{BankAccountId, InvoiceId, InvoiceNumber, NominalCode, PaymentId, PaymentMethodId};
use super::invoices::Invoice;
use super::ledger::{Document, Entry, Posting};
use super::money::Pence;
use super::refusal::Refusal;

pub const FIRST_PAYMENT_ID: i32 = 24_118_301;

#[derive(Debug, Clone)]
pub struct Payment {
    pub id: PaymentId,
    pub date: NaiveDateTime,
    pub note: String,
    pub method: PaymentMethodId,
    pub bank_account: BankAccountId,
    /// In the invoice's currency; negative when money goes back to the customer.
    pub amount: Pence,
}

/// A payment as a client states it.
#[derive(Debug)]
pub struct PaymentDraft {
    pub invoice: InvoiceNumber,
    pub date: NaiveDateTime,
    pub note: String,
    pub method: i32,
    pub bank_account: i32,
    pub amount: Decimal,
}

/// A bank account: its own id beside the nominal behind it.
#[derive(Debug, Clone)]
pub struct BankAccount {
    pub id: BankAccountId,
    pub name: &'static str,
    pub nominal: NominalCode,
}

#[derive(Debug, Clone)]
pub struct PaymentMethod {
    pub id: PaymentMethodId,
    pub name: &'static str,
}

impl Account {
    /// Books a payment; more than is owed is accepted and leaves the invoice overpaid.
    ///
    /// # Errors
    /// When invoice, bank account or method do not exist, the date is locked, or the amount is zero or out of range.
    pub fn insert_payment(&mut self, draft: PaymentDraft) -> Result<PaymentId, Refusal> {
        let invoice = self.invoices.by_number(draft.invoice)?.id;
        let bank_account = self.bank_account(draft.bank_account)?.id;
        let method = self.payment_methods.iter().find(|method| method.id.get() == draft.method);
        let method = method.ok_or(Refusal::NoPaymentMethod(draft.method))?.id;
        self.check_date(draft.date)?;
        let amount = draft.amount.pence()?;
        if amount.is_zero() {
            return Err(Refusal::PaymentIsZero);
        }
        let id = self.next_payment_id();
        self.book_payment(
            invoice,
            Payment { id, date: draft.date, note: draft.note, method, bank_account, amount },
        )?;
        Ok(id)
    }

    /// Uses what is left of a credit note to pay what is left of an invoice, as of the credit note's date.
    ///
    /// # Errors
    /// When either is unknown, they do not fit together, or there is nothing left on one side.
    pub fn apply_credit_note(&mut self, invoice: InvoiceId, credit: InvoiceId) -> Result<(), Refusal> {
        let (debt, credit_note) = (self.invoices.by_id(invoice)?, self.invoices.by_id(credit)?);
        if !credit_note.is_credit_note() {
            return Err(Refusal::NotACreditNote(credit));
        }
        if debt.header.customer != credit_note.header.customer {
            return Err(Refusal::CreditNoteOfAnotherCustomer);
        }
        if debt.header.currency != credit_note.header.currency {
            return Err(Refusal::CreditNoteInAnotherCurrency);
        }
        let amount = debt.outstanding().min(-credit_note.outstanding());
        if amount <= Pence::ZERO {
            return Err(Refusal::NothingToCredit);
        }
        let date = credit_note.header.date;
        self.check_date(date)?;
        for (document, amount) in [(invoice, amount), (credit, -amount)] {
            let payment = Payment {
                id: self.next_payment_id(),
                date,
                note: "Credit note applied".to_owned(),
                method: self.payment_methods[0].id,
                bank_account: self.bank_accounts[0].id,
                amount,
            };
            self.book_payment(document, payment)?;
        }
        Ok(())
    }

    /// # Errors
    /// `NoBankAccount`; the code of a bank nominal is no id of a bank account.
    pub fn bank_account(&self, id: i32) -> Result<&BankAccount, Refusal> {
        self.bank_accounts.iter().find(|account| account.id.get() == id).ok_or(Refusal::NoBankAccount(id))
    }

    fn next_payment_id(&mut self) -> PaymentId {
        PaymentId::new(self.payment_ids.take())
    }

    fn book_payment(&mut self, invoice: InvoiceId, payment: Payment) -> Result<(), Refusal> {
        let bank = self.bank_account(payment.bank_account.get())?.nominal;
        let invoice = self.invoices.by_id_mut(invoice)?;
        let home_amount = home_value(invoice, payment.amount)?;
        let document = Document::Payment(payment.id);
        self.ledger.post(Posting::against(DEBTORS_CONTROL, document, vec![Entry::debit(bank, home_amount)]));
        invoice.payments.push(payment);
        Ok(())
    }
}

/// The home value of one more payment: the share of everything paid so far less the share paid before, so that
/// rounding never leaves a penny of a paid foreign invoice on the debtors account.
fn home_value(invoice: &Invoice, amount: Pence) -> Result<Pence, Refusal> {
    let before = invoice.paid();
    Ok(invoice.home_share(before + amount)? - invoice.home_share(before)?)
}
