//! Money that comes into a bank account or leaves it beside the payments of documents.
//!
//! Source: KashFlow SOAP API, BankTransaction class: `accid` is the nominal code of the bank account, and
//! `TransactionType` the nominal code that is posted to. What it does not say is assumed: both columns of money are
//! without sign and one of them is zero; the VAT of money in goes to sales tax and that of money out to purchase tax;
//! a transaction on the nominal of another bank account is a transfer, listed on the account it was entered on only.
//! Advance payments of customers and suppliers, reconciliation, changing and deleting are absent.

use chrono::{NaiveDate, NaiveDateTime};

use super::account::Account;
use super::chart::{CREDITORS_CONTROL, DEBTORS_CONTROL, PURCHASE_TAX_CONTROL, SALES_TAX_CONTROL};
use super::decimal::Decimal;
use super::identifiers::{BankAccountId, BankTransactionId, NominalCode, Sequence};
use super::ledger::{Document, Entry, Posting};
use super::money::Pence;
use super::payments::BankAccount;
use super::refusal::Refusal;
use super::vat::VatRate;

const FIRST_BANK_TRANSACTION_ID: i32 = 55_610_447;

#[derive(Debug, Clone)]
pub struct BankTransaction {
    pub id: BankTransactionId,
    pub account: BankAccountId,
    pub date: NaiveDateTime,
    pub movement: Movement,
    /// None where it is without VAT.
    pub vat_rate: Option<VatRate>,
    /// Never negative.
    pub vat: Pence,
    pub nominal: NominalCode,
    pub comment: String,
    pub project: i32,
}

/// Which way how much money goes, VAT included; always positive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Movement {
    In(Pence),
    Out(Pence),
}

impl Movement {
    /// The columns of money in and money out.
    pub fn columns(self) -> [Pence; 2] {
        match self {
            Self::In(amount) => [amount, Pence::ZERO],
            Self::Out(amount) => [Pence::ZERO, amount],
        }
    }
}

/// A bank transaction as a client states it.
#[derive(Debug)]
pub struct BankTransactionDraft {
    /// The nominal code of the bank account.
    pub bank_code: i32,
    pub date: NaiveDateTime,
    pub money_in: Decimal,
    pub money_out: Decimal,
    pub has_vat: bool,
    pub vat_rate: Decimal,
    pub vat: Decimal,
    pub nominal: i32,
    pub comment: String,
    pub project: i32,
}

/// All bank transactions of the account.
#[derive(Debug, Clone)]
pub struct BankBook {
    transactions: Vec<BankTransaction>,
    ids: Sequence,
}

impl Default for BankBook {
    fn default() -> Self {
        Self { transactions: Vec::new(), ids: Sequence::starting_at(FIRST_BANK_TRANSACTION_ID) }
    }
}

impl BankBook {
    pub fn iter(&self) -> impl Iterator<Item = &BankTransaction> {
        self.transactions.iter()
    }
}

impl Account {
    /// Keeps and posts a bank transaction.
    ///
    /// # Errors
    /// When bank account or nominal do not exist or do not go together, the date is locked, the VAT does not fit,
    /// or not exactly one of the two columns of money is positive.
    pub fn insert_bank_transaction(
        &mut self,
        draft: BankTransactionDraft,
    ) -> Result<BankTransactionId, Refusal> {
        let bank = self.bank_account_with_code(draft.bank_code)?.clone();
        let nominal = self.chart.by_code(NominalCode::new(draft.nominal))?.code;
        if nominal == bank.nominal {
            return Err(Refusal::PostedToItself);
        }
        if [DEBTORS_CONTROL, CREDITORS_CONTROL].contains(&nominal) {
            return Err(Refusal::OnControlAccount);
        }
        self.check_date(draft.date)?;
        let movement = movement(draft.money_in.pence()?, draft.money_out.pence()?)?;
        let (vat_rate, vat) = self.accept_vat(&draft, movement)?;
        let transaction = BankTransaction {
            id: BankTransactionId::new(self.bank_book.ids.take()),
            account: bank.id,
            date: draft.date,
            movement,
            vat_rate,
            vat,
            nominal,
            comment: draft.comment,
            project: draft.project,
        };
        self.ledger.post(posting(&transaction, &bank));
        let id = transaction.id;
        self.bank_book.transactions.push(transaction);
        Ok(id)
    }

    /// What the bank account holds at the end of a day: every movement of the nominal behind it.
    ///
    /// # Errors
    /// `NoBankAccount`.
    pub fn bank_balance(&self, account: i32, day: NaiveDate) -> Result<Pence, Refusal> {
        Ok(self.ledger.balance_on(self.bank_account(account)?.nominal, day))
    }

    fn bank_account_with_code(&self, code: i32) -> Result<&BankAccount, Refusal> {
        let found = self.bank_accounts.iter().find(|account| account.nominal.get() == code);
        found.ok_or(Refusal::NoBankAccountWithCode(code))
    }

    fn accept_vat(
        &self,
        draft: &BankTransactionDraft,
        movement: Movement,
    ) -> Result<(Option<VatRate>, Pence), Refusal> {
        let vat = draft.vat.pence()?;
        let [money_in, money_out] = movement.columns();
        if vat.is_negative() || vat > money_in + money_out || (!draft.has_vat && !vat.is_zero()) {
            return Err(Refusal::VatOfTransactionInvalid);
        }
        let rate = if draft.has_vat { Some(self.vat_rates.accept(draft.vat_rate)?) } else { None };
        Ok((rate, vat))
    }
}

fn movement(money_in: Pence, money_out: Pence) -> Result<Movement, Refusal> {
    match (money_in > Pence::ZERO, money_out > Pence::ZERO) {
        (true, false) if money_out.is_zero() => Ok(Movement::In(money_in)),
        (false, true) if money_in.is_zero() => Ok(Movement::Out(money_out)),
        _ => Err(Refusal::NeitherInNorOut),
    }
}

/// The bank against the nominal and the VAT.
fn posting(transaction: &BankTransaction, bank: &BankAccount) -> Posting {
    let BankTransaction { nominal, vat, .. } = *transaction;
    let entries = match transaction.movement {
        Movement::In(gross) => {
            vec![Entry::credit(nominal, gross - vat), Entry::credit(SALES_TAX_CONTROL, vat)]
        }
        Movement::Out(gross) => {
            vec![Entry::debit(nominal, gross - vat), Entry::debit(PURCHASE_TAX_CONTROL, vat)]
        }
    };
    let document = Document::BankTransaction(transaction.id);
    Posting::against(bank.nominal, document, transaction.date.date(), entries)
}
