//! What settlements leave in the books, as text: suppliers, purchases, bank transactions, journals.
//!
//! Books that have none of these say nothing of them.

use super::super::account::Account;
use super::super::books::{self, BankTransactionSnapshot, JournalSnapshot, PurchaseSnapshot};
use super::{Detail, document_line, payment_line, pounds, sorted};

/// The sections that appear only where they have entries.
pub const TITLES: [&str; 4] = ["suppliers", "purchases", "bank transactions", "journals"];

pub fn suppliers(account: &Account, detail: Detail) -> Vec<String> {
    sorted(books::suppliers(account).into_iter().map(|supplier| {
        let id = generated(detail, || format!(" | id {}", supplier.id));
        format!("  {} | {}{id}\n", supplier.code, supplier.name)
    }))
}

pub fn purchases(account: &Account, detail: Detail) -> Vec<String> {
    sorted(books::purchases(account).into_iter().map(|purchase| purchase_block(&purchase, detail)))
}

fn purchase_block(purchase: &PurchaseSnapshot, detail: Detail) -> String {
    let PurchaseSnapshot { reference, supplier_code, currency, exchange_rate, .. } = purchase;
    let head = format!(
        "  {reference} | {supplier_code} | dated {} | due {} | {currency} at {exchange_rate}\n",
        purchase.date.date(),
        purchase.due_date.date(),
    );
    let numbers = generated(detail, || format!("    number {} | id {}\n", purchase.number, purchase.id));
    let totals = format!(
        "    net {} | vat {} | paid {}{}\n",
        pounds(purchase.net_pence),
        pounds(purchase.vat_pence),
        pounds(purchase.paid_pence),
        if purchase.is_paid { ", in full" } else { "" },
    );
    let lines: String = purchase.lines.iter().map(document_line).collect();
    let payments = sorted(purchase.payments.iter().map(payment_line)).concat();
    [head, numbers, totals, lines, payments].concat()
}

pub fn bank_transactions(account: &Account, detail: Detail) -> Vec<String> {
    sorted(books::bank_transactions(account).iter().map(|transaction| bank_line(transaction, detail)))
}

fn bank_line(transaction: &BankTransactionSnapshot, detail: Detail) -> String {
    let vat_rate = transaction.vat_rate.as_ref();
    let vat = vat_rate
        .map_or_else(|| "no vat".to_owned(), |rate| format!("vat {rate}% {}", pounds(transaction.vat_pence)));
    let id = generated(detail, || format!(" | id {}", transaction.id));
    format!(
        "  {} | dated {} | bank {} | {} | {vat} | nominal {}{id}\n",
        transaction.comment,
        transaction.date.date(),
        transaction.bank_nominal_code,
        pounds(transaction.amount_pence),
        transaction.nominal_code,
    )
}

pub fn journals(account: &Account, detail: Detail) -> Vec<String> {
    sorted(books::journals(account).iter().map(|journal| journal_block(journal, detail)))
}

fn journal_block(journal: &JournalSnapshot, detail: Detail) -> String {
    let mut block = format!("  {} | dated {}\n", journal.comment, journal.date.date());
    block += &generated(detail, || format!("    number {} | id {}\n", journal.number, journal.id));
    for line in &journal.lines {
        let side = if line.amount_pence < 0 { "credit" } else { "debit" };
        let amount = pounds(line.amount_pence.abs());
        block += &format!("    {side} {amount} | nominal {} | {}\n", line.nominal_code, line.comment);
    }
    block
}

/// What KashFlow generates, where it is part of the text.
fn generated(detail: Detail, text: impl FnOnce() -> String) -> String {
    if detail == Detail::WithIdentifiers { text() } else { String::new() }
}
