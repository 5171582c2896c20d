//! Operations on bank transactions and balances.

use super::super::account::Account;
use super::super::bank_transactions::{BankTransaction, BankTransactionDraft};
use super::super::chart::NominalKind;
use super::super::decimal::Decimal;
use super::super::refusal::Refusal;
use super::super::soap::schema::{Kind, optional, required};
use super::super::soap::value::{Record, Value};
use super::super::types::bank::{BANK_TRANSACTION, BANK_TX_TYPE};
use super::{Call, Operation};

pub const OPERATIONS: &[Operation] = &[
    Operation {
        name: "GetBankTxTypes",
        parameters: &[],
        result: Kind::List(&BANK_TX_TYPE),
        success_detail: "Found Types",
        handler: |call| Ok(types(call.account)),
    },
    Operation {
        name: "InsertBankTransaction",
        parameters: &[optional("bp", Kind::Complex(&BANK_TRANSACTION))],
        result: Kind::Int,
        success_detail: "Transaction added",
        handler: |call| {
            let stated = call.parameters.record("bp").cloned();
            let stated = stated.unwrap_or_else(|| Record::new(BANK_TRANSACTION.fields));
            Ok(call.account.insert_bank_transaction(draft(&stated))?.get().into())
        },
    },
    Operation {
        name: "GetBankTransactions",
        parameters: &[required("AccountID", Kind::Int)],
        result: Kind::List(&BANK_TRANSACTION),
        success_detail: "Found Transactions",
        handler: transactions,
    },
    Operation {
        name: "GetBankBalance",
        parameters: &[required("AccountID", Kind::Int), required("BalanceDate", Kind::DateTime)],
        result: Kind::Decimal,
        success_detail: "Found Balance",
        handler: |call| {
            let day = call.parameters.date_time("BalanceDate").date();
            Ok(call.account.bank_balance(call.parameters.int("AccountID"), day)?.into())
        },
    },
];

/// Every nominal but the control accounts: the account has "Access All Nominals" on.
fn types(account: &Account) -> Value {
    let nominals = account.chart.iter().filter(|nominal| nominal.kind != NominalKind::Control);
    nominals
        .map(|nominal| {
            Record::new(BANK_TX_TYPE.fields)
                .with("TypeID", nominal.id.get())
                .with("TypeName", nominal.name.as_str())
                .with("TypeCode", nominal.code.get())
        })
        .collect()
}

/// Those that were entered on the account; payments of documents are none.
fn transactions(call: Call<'_>) -> Result<Value, Refusal> {
    let account = call.account.bank_account(call.parameters.int("AccountID"))?;
    let entered = call.account.bank_book.iter().filter(|transaction| transaction.account == account.id);
    Ok(entered.map(|transaction| to_record(transaction, account.nominal.get())).collect())
}

fn draft(stated: &Record) -> BankTransactionDraft {
    BankTransactionDraft {
        bank_code: stated.int("accid"),
        date: stated.date_time("TransactionDate"),
        money_in: stated.decimal("moneyin"),
        money_out: stated.decimal("moneyout"),
        has_vat: stated.int("Vatable") != 0,
        vat_rate: stated.decimal("VatRate"),
        vat: stated.decimal("VatAmount"),
        nominal: stated.int("TransactionType"),
        comment: stated.text("Comment").to_owned(),
        project: stated.int("ProjectID"),
    }
}

fn to_record(transaction: &BankTransaction, bank_code: i32) -> Record {
    let [money_in, money_out] = transaction.movement.columns();
    let vat_rate = transaction.vat_rate.map_or(Decimal::ZERO, |rate| rate.get().into());
    Record::new(BANK_TRANSACTION.fields)
        .with("ID", transaction.id.get())
        .with("accid", bank_code)
        .with("TransactionDate", transaction.date)
        .with("moneyin", money_in)
        .with("moneyout", money_out)
        .with("Vatable", i32::from(transaction.vat_rate.is_some()))
        .with("VatRate", vat_rate)
        .with("VatAmount", transaction.vat)
        .with("TransactionType", transaction.nominal.get())
        .with("Comment", transaction.comment.as_str())
        .with("ProjectID", transaction.project)
}
