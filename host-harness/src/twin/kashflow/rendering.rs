//! The books as text.
//!
//! Sorted by what the client chose (codes, references), so that the order of calls leaves no trace.

use std::fmt::Write as _;

use super::account::Account;
use super::books::{self, InvoiceSnapshot, LineSnapshot, PaymentSnapshot};
use super::money::Pence;

mod settlements;

/// Whether numbers that KashFlow generates are part of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    WithoutGenerated,
    WithIdentifiers,
}

const INTO_MEMORY: &str = "writing into memory cannot fail";

pub fn render(account: &Account, detail: Detail) -> String {
    let sections = [
        ("customers", customers(account, detail)),
        ("invoices", invoices(account, detail)),
        ("suppliers", settlements::suppliers(account, detail)),
        ("purchases", settlements::purchases(account, detail)),
        ("bank transactions", settlements::bank_transactions(account, detail)),
        ("journals", settlements::journals(account, detail)),
        ("stock", stock(account)),
        ("trial balance", trial_balance(account)),
    ];
    sections
        .iter()
        .filter(|(title, entries)| !entries.is_empty() || !settlements::TITLES.contains(title))
        .map(|(title, entries)| format!("{title}\n{}", entries.concat()))
        .collect::<Vec<_>>()
        .join("\n")
}

fn customers(account: &Account, detail: Detail) -> Vec<String> {
    sorted(books::customers(account).into_iter().map(|customer| {
        let books::CustomerSnapshot { id, code, name, email, postcode, country_code } = customer;
        let id = if detail == Detail::WithIdentifiers { format!(" | id {id}") } else { String::new() };
        format!("  {code} | {name} | {email} | {postcode} | {country_code}{id}\n")
    }))
}

fn invoices(account: &Account, detail: Detail) -> Vec<String> {
    sorted(books::invoices(account).into_iter().map(|invoice| invoice_block(&invoice, detail)))
}

fn invoice_block(invoice: &InvoiceSnapshot, detail: Detail) -> String {
    let mut block = String::new();
    let mut line = |text: std::fmt::Arguments<'_>| block.write_fmt(text).expect(INTO_MEMORY);
    line(format_args!(
        "  {} | {} | dated {} | due {} | {} at {}\n",
        invoice.reference,
        invoice.customer_code,
        invoice.date.date(),
        invoice.due_date.date(),
        invoice.currency,
        invoice.exchange_rate,
    ));
    if detail == Detail::WithIdentifiers {
        line(format_args!("    number {} | id {}\n", invoice.number, invoice.id));
    }
    line(format_args!(
        "    net {} | vat {} | paid {}{}\n",
        pounds(invoice.net_pence),
        pounds(invoice.vat_pence),
        pounds(invoice.paid_pence),
        if invoice.is_paid { ", in full" } else { "" },
    ));
    for sold in &invoice.lines {
        line(format_args!("{}", document_line(sold)));
    }
    for payment in &invoice.payments {
        line(format_args!("{}", payment_line(payment)));
    }
    for note in &invoice.notes {
        line(format_args!("    note {} | {}\n", note.date.date(), note.text));
    }
    block
}

fn document_line(line: &LineSnapshot) -> String {
    format!(
        "    {} x {} = {} | vat {}% {} | nominal {} | product {} | {}\n",
        line.quantity,
        pounds(line.rate_pence),
        pounds(line.net_pence),
        line.vat_rate,
        pounds(line.vat_pence),
        line.nominal_code,
        line.product_code.as_deref().unwrap_or("-"),
        line.description,
    )
}

fn payment_line(payment: &PaymentSnapshot) -> String {
    format!(
        "    payment {} on {} | bank {} | {} | {}\n",
        pounds(payment.amount_pence),
        payment.date.date(),
        payment.bank_nominal_code,
        payment.method,
        payment.note,
    )
}

fn stock(account: &Account) -> Vec<String> {
    let managed = books::products(account).into_iter().filter(|product| product.managed);
    sorted(managed.map(|product| format!("  {} | {}\n", product.code, product.quantity_in_stock)))
}

fn trial_balance(account: &Account) -> Vec<String> {
    let rows = books::trial_balance(account);
    rows.iter()
        .map(|row| {
            format!(
                "  {} {} | debit {} | credit {}\n",
                row.code,
                row.name,
                pounds(row.debit_pence),
                pounds(row.credit_pence)
            )
        })
        .collect()
}

fn sorted(entries: impl Iterator<Item = String>) -> Vec<String> {
    let mut entries: Vec<String> = entries.collect();
    entries.sort();
    entries
}

fn pounds(pence: i64) -> String {
    Pence::new(pence).to_string()
}
