//! Bank transactions and journals as they are seen from outside.

use chrono::{NaiveDate, NaiveDateTime};

use super::super::account::Account;
use super::super::bank_transactions::BankTransaction;
use super::super::identifiers::NominalCode;
use super::super::journals::{Journal, JournalLine};
use super::Books;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BankTransactionSnapshot {
    pub id: i32,
    /// Of the bank account that it was entered on.
    pub bank_nominal_code: i32,
    pub date: NaiveDateTime,
    /// VAT included; positive for money in.
    pub amount_pence: i64,
    /// Of the same sign.
    pub vat_pence: i64,
    /// Percent with four decimal places; none for a transaction without VAT.
    pub vat_rate: Option<String>,
    pub nominal_code: i32,
    pub comment: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JournalSnapshot {
    pub id: i32,
    pub number: i32,
    pub date: NaiveDateTime,
    pub comment: String,
    pub lines: Vec<JournalLineSnapshot>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JournalLineSnapshot {
    pub nominal_code: i32,
    /// Positive for a debit.
    pub amount_pence: i64,
    pub comment: String,
}

impl Books {
    /// In order of creation.
    pub fn bank_transactions(&self) -> Vec<BankTransactionSnapshot> {
        bank_transactions(&self.0.account())
    }

    /// In order of creation.
    pub fn journals(&self) -> Vec<JournalSnapshot> {
        journals(&self.0.account())
    }

    /// The balance of one nominal at the end of a day, in pence of the home currency, positive for a debit balance.
    pub fn balance_pence_on(&self, nominal_code: i32, day: NaiveDate) -> i64 {
        self.0.account().ledger.balance_on(NominalCode::new(nominal_code), day).get()
    }
}

pub fn bank_transactions(account: &Account) -> Vec<BankTransactionSnapshot> {
    account.bank_book.iter().map(|transaction| transaction_snapshot(account, transaction)).collect()
}

fn transaction_snapshot(account: &Account, transaction: &BankTransaction) -> BankTransactionSnapshot {
    let bank = account.bank_account(transaction.account.get()).expect("checked when it was booked");
    let [money_in, money_out] = transaction.movement.columns();
    let amount = money_in - money_out;
    let vat = if amount.is_negative() { -transaction.vat } else { transaction.vat };
    BankTransactionSnapshot {
        id: transaction.id.get(),
        bank_nominal_code: bank.nominal.get(),
        date: transaction.date,
        amount_pence: amount.get(),
        vat_pence: vat.get(),
        vat_rate: transaction.vat_rate.map(|rate| rate.get().to_string()),
        nominal_code: transaction.nominal.get(),
        comment: transaction.comment.clone(),
    }
}

pub fn journals(account: &Account) -> Vec<JournalSnapshot> {
    let line = |line: &JournalLine| JournalLineSnapshot {
        nominal_code: line.nominal.get(),
        amount_pence: line.amount.get(),
        comment: line.comment.clone(),
    };
    let snapshot = |journal: &Journal| JournalSnapshot {
        id: journal.id.get(),
        number: journal.number.get(),
        date: journal.date,
        comment: journal.comment.clone(),
        lines: journal.lines.iter().map(line).collect(),
    };
    account.journals.iter().map(snapshot).collect()
}
