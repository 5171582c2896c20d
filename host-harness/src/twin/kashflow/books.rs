//! A view of the books from outside, for comparing what a client did with what it should have done.
//!
//! Snapshots are plain values in minor units. Changing anything through this view is impossible.

use std::sync::Arc;

use chrono::NaiveDateTime;

use super::account::Account;
use super::invoices::{Invoice, InvoiceLine, Note};
use super::payable::Payable as _;
use super::rendering::{self, Detail};
use super::service::Service;

mod money;
mod purchases;

pub use money::{BankTransactionSnapshot, JournalLineSnapshot, JournalSnapshot};
pub use purchases::{PurchaseSnapshot, SupplierSnapshot};

pub(super) use money::{bank_transactions, journals};
pub(super) use purchases::{purchases, suppliers};

/// A handle to the books; clones see the same account.
#[derive(Clone)]
pub struct Books(Arc<Service>);

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomerSnapshot {
    pub id: i32,
    pub code: String,
    pub name: String,
    pub email: String,
    pub postcode: String,
    pub country_code: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvoiceSnapshot {
    pub id: i32,
    pub number: i32,
    pub customer_code: String,
    pub reference: String,
    pub date: NaiveDateTime,
    pub due_date: NaiveDateTime,
    pub currency: String,
    /// Foreign units for one home unit, four decimal places.
    pub exchange_rate: String,
    pub net_pence: i64,
    pub vat_pence: i64,
    pub paid_pence: i64,
    pub is_paid: bool,
    pub lines: Vec<LineSnapshot>,
    pub payments: Vec<PaymentSnapshot>,
    pub notes: Vec<NoteSnapshot>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineSnapshot {
    /// Four decimal places.
    pub quantity: String,
    pub description: String,
    pub rate_pence: i64,
    pub net_pence: i64,
    /// Percent with four decimal places; `-1.0000` for exempt.
    pub vat_rate: String,
    pub vat_pence: i64,
    pub nominal_code: i32,
    pub product_code: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentSnapshot {
    pub id: i32,
    pub date: NaiveDateTime,
    pub amount_pence: i64,
    pub method: String,
    pub bank_nominal_code: i32,
    pub note: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteSnapshot {
    pub date: NaiveDateTime,
    pub text: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductSnapshot {
    pub id: i32,
    pub code: String,
    pub name: String,
    pub price_pence: i64,
    pub managed: bool,
    pub quantity_in_stock: i32,
    pub nominal_code: i32,
}

/// A nominal with a balance, in pence of the home currency; one of the two columns is zero.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrialBalanceRow {
    pub code: i32,
    pub name: String,
    pub debit_pence: i64,
    pub credit_pence: i64,
}

impl Books {
    pub(super) fn new(service: Arc<Service>) -> Self {
        Self(service)
    }

    /// In order of creation.
    pub fn customers(&self) -> Vec<CustomerSnapshot> {
        customers(&self.0.account())
    }

    /// In order of creation.
    pub fn invoices(&self) -> Vec<InvoiceSnapshot> {
        invoices(&self.0.account())
    }

    /// In order of creation.
    pub fn products(&self) -> Vec<ProductSnapshot> {
        products(&self.0.account())
    }

    /// The nominals with a balance, by code.
    pub fn trial_balance(&self) -> Vec<TrialBalanceRow> {
        trial_balance(&self.0.account())
    }

    /// The balance of one nominal in pence of the home currency, positive for a debit balance.
    pub fn balance_pence(&self, nominal_code: i32) -> i64 {
        let rows = self.trial_balance();
        rows.iter().find(|row| row.code == nominal_code).map_or(0, |row| row.debit_pence - row.credit_pence)
    }

    /// All books as text, in an order and form that depend only on what was booked: two runs with the same effect
    /// have the same text. Numbers and moments that KashFlow generates are left out.
    pub fn render(&self) -> String {
        rendering::render(&self.0.account(), Detail::WithoutGenerated)
    }

    /// As `render`, with generated ids and numbers.
    pub fn render_with_identifiers(&self) -> String {
        rendering::render(&self.0.account(), Detail::WithIdentifiers)
    }
}

pub(super) fn customers(account: &Account) -> Vec<CustomerSnapshot> {
    let snapshot = |customer: &super::customers::Customer| CustomerSnapshot {
        id: customer.id.get(),
        code: customer.code().to_owned(),
        name: customer.name().to_owned(),
        email: customer.email().to_owned(),
        postcode: customer.postcode().to_owned(),
        country_code: customer.country_code().to_owned(),
    };
    account.customers.iter().map(snapshot).collect()
}

pub(super) fn invoices(account: &Account) -> Vec<InvoiceSnapshot> {
    account.invoices.iter().map(|invoice| invoice_snapshot(account, invoice)).collect()
}

fn invoice_snapshot(account: &Account, invoice: &Invoice) -> InvoiceSnapshot {
    let header = &invoice.header;
    let customer =
        account.customers.by_id(header.customer).expect("an invoice has a customer and none is deleted");
    let note = |note: &Note| NoteSnapshot { date: note.date, text: note.text.clone() };
    InvoiceSnapshot {
        id: invoice.id.get(),
        number: invoice.number.get(),
        customer_code: customer.code().to_owned(),
        reference: header.reference.clone(),
        date: header.date,
        due_date: header.due_date,
        currency: header.currency.to_owned(),
        exchange_rate: header.exchange_rate.get().to_string(),
        net_pence: invoice.net().get(),
        vat_pence: invoice.vat().get(),
        paid_pence: invoice.paid().get(),
        is_paid: invoice.is_paid(),
        lines: invoice.lines.iter().map(|line| line_snapshot(account, line)).collect(),
        payments: invoice.payments.iter().map(|payment| payment_snapshot(account, payment)).collect(),
        notes: invoice.notes.iter().map(note).collect(),
    }
}

fn line_snapshot(account: &Account, line: &InvoiceLine) -> LineSnapshot {
    let product = line.product.and_then(|id| account.products.by_id(id.get()).ok());
    LineSnapshot {
        quantity: line.quantity.to_string(),
        description: line.description.clone(),
        rate_pence: line.rate.get(),
        net_pence: line.net.get(),
        vat_rate: line.vat_rate.get().to_string(),
        vat_pence: line.vat.get(),
        nominal_code: line.nominal.get(),
        product_code: product.map(|product| product.code().to_owned()),
    }
}

fn payment_snapshot(account: &Account, payment: &super::payments::Payment) -> PaymentSnapshot {
    let bank_account =
        account.bank_account(payment.bank_account.get()).expect("checked when the payment was booked");
    let methods = account.payment_methods.iter().chain(&account.purchase_payment_methods);
    let method = methods.into_iter().find(|method| method.id == payment.method);
    PaymentSnapshot {
        id: payment.id.get(),
        date: payment.date,
        amount_pence: payment.amount.get(),
        method: method.map_or_else(String::new, |method| method.name.to_owned()),
        bank_nominal_code: bank_account.nominal.get(),
        note: payment.note.clone(),
    }
}

pub(super) fn products(account: &Account) -> Vec<ProductSnapshot> {
    let snapshot = |product: &super::products::Product| ProductSnapshot {
        id: product.id.get(),
        code: product.code().to_owned(),
        name: product.name().to_owned(),
        price_pence: product.price().get(),
        managed: product.is_managed(),
        quantity_in_stock: product.quantity_in_stock(),
        nominal_code: account.chart.by_id(product.parent()).map_or(0, |nominal| nominal.code.get()),
    };
    account.products.iter().map(snapshot).collect()
}

pub(super) fn trial_balance(account: &Account) -> Vec<TrialBalanceRow> {
    let balances = account.ledger.balances();
    let with_balance =
        balances.iter().map(|(code, balance)| (*code, balance.net())).filter(|(_, net)| !net.is_zero());
    with_balance
        .map(|(code, net)| TrialBalanceRow {
            code: code.get(),
            name: account.chart.by_code(code).map_or_else(|_| String::new(), |nominal| nominal.name.clone()),
            debit_pence: net.get().max(0),
            credit_pence: (-net).get().max(0),
        })
        .collect()
}
