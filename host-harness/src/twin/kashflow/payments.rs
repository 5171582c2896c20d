//! Payments of invoices and purchases, and crediting an invoice with a credit note.
//!
//! Sources: KashFlow SOAP API, Payment class and applyCreditNoteToInvoice; knowledge base, "Refunds: credit note
//! bank account": a credit is kept as a payment on the invoice and a negative payment on the credit note, both
//! through the default bank account. That a payment of a credit note must be negative is assumed: nothing says
//! what else it could mean. Allocating advance payments is absent.

use chrono::NaiveDateTime;

use super::account::Account;
use super::chart::{CREDITORS_CONTROL, DEBTORS_CONTROL};
use super::decimal::Decimal;
use super::identifiers::{
    BankAccountId, InvoiceId, InvoiceNumber, NominalCode, PaymentId, PaymentMethodId, PurchaseNumber,
};
use super::ledger::{Document, Entry, Posting};
use super::money::Pence;
use super::payable::Payable;
use super::refusal::Refusal;

pub const FIRST_PAYMENT_ID: i32 = 24_118_301;

#[derive(Debug, Clone)]
pub struct Payment {
    pub id: PaymentId,
    pub date: NaiveDateTime,
    pub note: String,
    pub method: PaymentMethodId,
    pub bank_account: BankAccountId,
    /// In the document's currency; negative when money goes back.
    pub amount: Pence,
}

/// A payment as a client states it.
#[derive(Debug)]
pub struct PaymentDraft {
    /// The number of the invoice or purchase.
    pub document: i32,
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
    /// Books a payment of an invoice; more than is owed is accepted and leaves the invoice overpaid.
    ///
    /// # Errors
    /// When invoice, bank account or method do not exist, the date is locked, the amount is zero or out of range,
    /// or a credit note is paid with a positive amount.
    pub fn insert_payment(&mut self, draft: PaymentDraft) -> Result<PaymentId, Refusal> {
        let invoice = self.invoices.by_number(InvoiceNumber::new(draft.document))?;
        let (id, is_credit_note) = (invoice.id, invoice.is_credit_note());
        let payment = self.accept_payment(draft, is_credit_note, |account| &account.payment_methods)?;
        let payment_id = payment.id;
        self.book_payment(id, payment)?;
        Ok(payment_id)
    }

    /// Books a payment of a purchase: creditors against the bank.
    ///
    /// # Errors
    /// As `insert_payment`. A purchase has payment methods of its own.
    pub fn insert_purchase_payment(&mut self, draft: PaymentDraft) -> Result<PaymentId, Refusal> {
        let number = PurchaseNumber::new(draft.document);
        let is_credit_note = self.purchases.by_number(number)?.is_credit_note();
        let payment =
            self.accept_payment(draft, is_credit_note, |account| &account.purchase_payment_methods)?;
        let bank = self.bank_account(payment.bank_account.get())?.nominal;
        let purchase = self.purchases.by_number_mut(number)?;
        let home_amount = purchase.home_value_of_next(payment.amount)?;
        let (document, date) = (Document::Payment(payment.id), payment.date.date());
        let entries = vec![Entry::credit(bank, home_amount)];
        self.ledger.post(Posting::against(CREDITORS_CONTROL, document, date, entries));
        let id = payment.id;
        purchase.payments.push(payment);
        Ok(id)
    }

    /// A payment as it can be kept.
    fn accept_payment(
        &mut self,
        draft: PaymentDraft,
        of_credit_note: bool,
        methods: fn(&Account) -> &[PaymentMethod],
    ) -> Result<Payment, Refusal> {
        let bank_account = self.bank_account(draft.bank_account)?.id;
        let method = methods(self).iter().find(|method| method.id.get() == draft.method);
        let method = method.ok_or(Refusal::NoPaymentMethod(draft.method))?.id;
        self.check_date(draft.date)?;
        let amount = draft.amount.pence()?;
        if amount.is_zero() {
            return Err(Refusal::PaymentIsZero);
        }
        if of_credit_note && !amount.is_negative() {
            return Err(Refusal::PaymentOfCreditNoteIsPositive);
        }
        let id = self.next_payment_id();
        Ok(Payment { id, date: draft.date, note: draft.note, method, bank_account, amount })
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
        let home_amount = invoice.home_value_of_next(payment.amount)?;
        let (document, date) = (Document::Payment(payment.id), payment.date.date());
        let entries = vec![Entry::debit(bank, home_amount)];
        self.ledger.post(Posting::against(DEBTORS_CONTROL, document, date, entries));
        invoice.payments.push(payment);
        Ok(())
    }
}
