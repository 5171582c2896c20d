//! Bank accounts of the books, and money that moves on them beside the payments of documents.
//!
//! Absent on purpose: reconciling with the bank's own statement, which people do in KashFlow.

use chrono::NaiveDate;

use super::ids::{BankAccountId, BankTransactionId, NominalCode};
use super::money::Money;
use super::vat::VatRate;

/// A bank account of the books.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BankAccount {
    pub id: BankAccountId,
    pub name: String,
    /// The nominal behind it.
    pub code: NominalCode,
}

/// Money that comes into a bank account or leaves it, against one nominal.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BankTransaction {
    pub account: BankAccount,
    pub date: NaiveDate,
    /// With its VAT; positive for money in.
    pub amount: Money,
    /// The VAT in it, of the same sign.
    pub vat: Money,
    /// `None` for a transaction without VAT.
    pub vat_rate: Option<VatRate>,
    /// The nominal that it is posted to: income, cost, or the nominal behind another bank account.
    pub nominal: NominalCode,
    /// Holds the business key.
    pub comment: String,
}

/// A bank transaction as the books show it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PostedBankTransaction {
    pub id: BankTransactionId,
    pub date: NaiveDate,
    /// Positive for money in.
    pub amount: Money,
    pub vat: Money,
    pub nominal: NominalCode,
    pub comment: String,
}
