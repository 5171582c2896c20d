//! Money on bank accounts beside the payments of documents: bank transactions and the balance of a day.
//!
//! KashFlow has no call for a transfer: a transaction whose nominal is that of another bank account is one.
//! Absent on purpose: the accounts themselves (`chart`), changing or deleting a transaction, and advance payments
//! of customers and suppliers.

use chrono::NaiveDate;

use crate::canonical::{
    BankAccountId, BankTransaction, BankTransactionId, Currency, Money, NominalCode, PostedBankTransaction,
    VatRate,
};
use crate::remote::{Call, CallFailure, HttpRequest, HttpResponse};

use super::failure;
use super::soap::{Content, Operation, Record, answer, envelope, record};

/// The transactions of one bank account whose comment begins so; KashFlow gives all of them, and what people
/// entered there is not read.
#[derive(Clone, Copy, Debug)]
pub struct GetBankTransactions<'a> {
    pub account: BankAccountId,
    pub comment_begins: &'a str,
    /// Of its amounts. The answer names none: it is the home currency of the books.
    pub currency: Currency,
}

impl GetBankTransactions<'_> {
    fn operation(&self) -> Operation {
        Operation::reading("GetBankTransactions", format!("transactions of bank account {}", self.account))
    }
}

impl Call for GetBankTransactions<'_> {
    type Answer = Vec<PostedBankTransaction>;

    fn request(&self) -> HttpRequest {
        envelope::request(&self.operation(), |content| content.value("AccountID", self.account))
    }

    /// No refusal means "none": an account without transactions has an empty list.
    fn parse(&self, response: &HttpResponse) -> Result<Self::Answer, CallFailure> {
        let wanted = |row: &Record<'_>| row.text("Comment").starts_with(self.comment_begins);
        let read = |row: &Record<'_>| wanted(row).then(|| transaction(row, self.currency)).transpose();
        let rows = answer::rows(&self.operation(), response, "BankTransaction", read)?;
        Ok(rows.into_iter().flatten().collect())
    }
}

/// Enters money that comes into a bank account or leaves it, and answers the transaction's id.
#[derive(Clone, Copy, Debug)]
pub struct InsertBankTransaction<'a> {
    pub transaction: &'a BankTransaction,
}

impl InsertBankTransaction<'_> {
    /// Named by its comment, which holds the business key.
    fn operation(&self) -> Operation {
        Operation::writing("InsertBankTransaction", format!("bank transaction {}", self.transaction.comment))
    }

    /// Every element of the type `BankTransaction`, in the order of the service description. `accid` is the code
    /// of the nominal behind the account, as KashFlow documents the type, where everything else takes the
    /// account's id; `TransactionType` is the code of the nominal that is posted to. The two columns of money
    /// carry no signs, and neither does the VAT.
    fn write(&self, content: &mut Content) {
        let transaction = self.transaction;
        let (none, amount) = (Money::zero(transaction.amount.currency()), transaction.amount.magnitude());
        let (money_in, money_out) =
            if transaction.amount.minor() < 0 { (none, amount) } else { (amount, none) };
        content.value("ID", 0);
        content.value("accid", transaction.account.code);
        content.date("TransactionDate", transaction.date);
        content.text("moneyin", &money_in.to_decimal());
        content.text("moneyout", &money_out.to_decimal());
        content.value("Vatable", u8::from(transaction.vat_rate.is_some()));
        content.text("VatRate", &transaction.vat_rate.unwrap_or(VatRate::ZERO).to_percent());
        content.text("VatAmount", &transaction.vat.magnitude().to_decimal());
        content.value("TransactionType", transaction.nominal);
        content.text("Comment", &transaction.comment);
        content.value("ProjectID", 0);
        content.value("CustomerId", 0);
        content.value("SupplierId", 0);
    }
}

impl Call for InsertBankTransaction<'_> {
    type Answer = BankTransactionId;

    fn request(&self) -> HttpRequest {
        envelope::request(&self.operation(), |content| {
            content.group("bp", |transaction| self.write(transaction));
        })
    }

    fn parse(&self, response: &HttpResponse) -> Result<Self::Answer, CallFailure> {
        answer::created(&self.operation(), response).map(BankTransactionId)
    }
}

/// What a bank account holds at the end of a day; negative where it is overdrawn.
#[derive(Clone, Copy, Debug)]
pub struct GetBankBalance {
    pub account: BankAccountId,
    pub date: NaiveDate,
    pub currency: Currency,
}

impl GetBankBalance {
    fn operation(&self) -> Operation {
        let GetBankBalance { account, date, .. } = self;
        Operation::reading("GetBankBalance", format!("balance of bank account {account} on {date}"))
    }
}

impl Call for GetBankBalance {
    type Answer = Money;

    fn request(&self) -> HttpRequest {
        envelope::request(&self.operation(), |content| {
            content.value("AccountID", self.account);
            content.date("BalanceDate", self.date);
        })
    }

    fn parse(&self, response: &HttpResponse) -> Result<Self::Answer, CallFailure> {
        let operation = self.operation();
        let text = answer::value(&operation, response)?;
        record::amount(text.trim(), self.currency)
            .ok_or_else(|| failure::unreadable(&operation, "its balance"))
    }
}

fn transaction(row: &Record<'_>, currency: Currency) -> Result<PostedBankTransaction, CallFailure> {
    let (money_in, money_out) = (row.amount("moneyin", currency)?, row.amount("moneyout", currency)?);
    let amount = money_in.checked_sub(money_out).map_err(|_| row.unreadable("moneyout"))?;
    let vat = row.amount("VatAmount", currency)?.magnitude();
    Ok(PostedBankTransaction {
        id: BankTransactionId(row.integer("ID")?),
        date: row.date("TransactionDate")?,
        amount,
        vat: if amount.minor() < 0 { vat.negated() } else { vat },
        nominal: NominalCode(row.integer("TransactionType")?),
        comment: row.text("Comment").to_owned(),
    })
}

#[cfg(test)]
mod tests;
