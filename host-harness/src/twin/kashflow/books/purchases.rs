//! Suppliers and purchases as they are seen from outside.

use chrono::NaiveDateTime;

use super::super::account::Account;
use super::super::payable::Payable as _;
use super::super::purchases::Purchase;
use super::super::suppliers::Supplier;
use super::{Books, LineSnapshot, PaymentSnapshot, line_snapshot, payment_snapshot};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SupplierSnapshot {
    pub id: i32,
    pub code: String,
    pub name: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PurchaseSnapshot {
    pub id: i32,
    pub number: i32,
    pub supplier_code: String,
    pub reference: String,
    pub date: NaiveDateTime,
    pub due_date: NaiveDateTime,
    pub currency: String,
    /// Foreign units for one home unit, four decimal places.
    pub exchange_rate: String,
    /// Negative for a supplier's credit note.
    pub net_pence: i64,
    pub vat_pence: i64,
    pub paid_pence: i64,
    pub is_paid: bool,
    pub lines: Vec<LineSnapshot>,
    pub payments: Vec<PaymentSnapshot>,
}

impl Books {
    /// In order of creation.
    pub fn suppliers(&self) -> Vec<SupplierSnapshot> {
        suppliers(&self.0.account())
    }

    /// In order of creation.
    pub fn purchases(&self) -> Vec<PurchaseSnapshot> {
        purchases(&self.0.account())
    }
}

pub fn suppliers(account: &Account) -> Vec<SupplierSnapshot> {
    let snapshot = |supplier: &Supplier| SupplierSnapshot {
        id: supplier.id.get(),
        code: supplier.code().to_owned(),
        name: supplier.name().to_owned(),
    };
    account.suppliers.iter().map(snapshot).collect()
}

pub fn purchases(account: &Account) -> Vec<PurchaseSnapshot> {
    account.purchases.iter().map(|purchase| purchase_snapshot(account, purchase)).collect()
}

fn purchase_snapshot(account: &Account, purchase: &Purchase) -> PurchaseSnapshot {
    let header = &purchase.header;
    let supplier =
        account.suppliers.by_id(header.supplier).expect("a purchase has a supplier and none is deleted");
    PurchaseSnapshot {
        id: purchase.id.get(),
        number: purchase.number.get(),
        supplier_code: supplier.code().to_owned(),
        reference: header.reference.clone(),
        date: header.date,
        due_date: header.due_date,
        currency: header.currency.to_owned(),
        exchange_rate: header.exchange_rate.get().to_string(),
        net_pence: purchase.net().get(),
        vat_pence: purchase.vat().get(),
        paid_pence: purchase.paid().get(),
        is_paid: purchase.is_paid(),
        lines: purchase.lines.iter().map(|line| line_snapshot(account, line)).collect(),
        payments: purchase.payments.iter().map(|payment| payment_snapshot(account, payment)).collect(),
    }
}
