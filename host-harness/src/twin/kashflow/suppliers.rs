//! The supplier file.
//!
//! As with customers, a supplier is its record plus the rules about codes. That these are the same as for customers
//! is assumed: KashFlow documents neither. Changing and deleting are absent.

use chrono::NaiveDateTime;

use super::codes::{self, same};
use super::identifiers::{CurrencyId, Sequence, SupplierId};
use super::refusal::Refusal;
use super::soap::value::Record;
use super::types::supplier::SUPPLIER;

const FIRST_SUPPLIER_ID: i32 = 8_314_207;

/// A supplier to seed an account with; everything else is blank.
#[derive(Debug, Clone, Default)]
pub struct NewSupplier {
    /// Alphanumeric; blank for a generated code.
    pub code: String,
    pub name: String,
}

impl From<NewSupplier> for Record {
    fn from(supplier: NewSupplier) -> Self {
        Record::new(SUPPLIER.fields).with("Code", supplier.code).with("Name", supplier.name)
    }
}

#[derive(Debug, Clone)]
pub struct Supplier {
    pub id: SupplierId,
    record: Record,
}

impl Supplier {
    pub fn record(&self) -> &Record {
        &self.record
    }

    pub fn code(&self) -> &str {
        self.record.text("Code")
    }

    pub fn name(&self) -> &str {
        self.record.text("Name")
    }
}

#[derive(Debug, Clone)]
pub struct SupplierFile {
    suppliers: Vec<Supplier>,
    ids: Sequence,
    home_currency: CurrencyId,
}

impl SupplierFile {
    pub fn new(home_currency: CurrencyId) -> Self {
        Self { suppliers: Vec::new(), ids: Sequence::starting_at(FIRST_SUPPLIER_ID), home_currency }
    }

    /// Adds a supplier; the `SupplierID` and dates in the record are ignored.
    ///
    /// # Errors
    /// When the code is taken or has special characters.
    pub fn insert(&mut self, mut record: Record, now: NaiveDateTime) -> Result<SupplierId, Refusal> {
        if record.text("Code").is_empty() {
            let code = codes::generated(record.text("Name"), "SUPP", |code| self.find_code(code).is_some());
            record.set("Code", code);
        }
        if !codes::is_alphanumeric(record.text("Code")) {
            return Err(Refusal::SupplierCodeInvalid);
        }
        if self.find_code(record.text("Code")).is_some() {
            return Err(Refusal::SupplierCodeNotUnique);
        }
        if record.int("CurrencyID") == 0 {
            record.set("CurrencyID", self.home_currency.get());
        }
        let id = SupplierId::new(self.ids.take());
        let record =
            record.with("SupplierID", id.get()).with("Created", now).with("Updated", now).with_kept_texts();
        self.suppliers.push(Supplier { id, record });
        Ok(id)
    }

    pub fn iter(&self) -> impl Iterator<Item = &Supplier> {
        self.suppliers.iter()
    }

    /// # Errors
    /// `NoSupplierWithId`.
    pub fn by_id(&self, id: SupplierId) -> Result<&Supplier, Refusal> {
        self.suppliers.iter().find(|supplier| supplier.id == id).ok_or(Refusal::NoSupplierWithId(id))
    }

    /// # Errors
    /// `NoSupplierWithCode`.
    pub fn by_code(&self, code: &str) -> Result<&Supplier, Refusal> {
        self.find_code(code).ok_or(Refusal::NoSupplierWithCode)
    }

    fn find_code(&self, code: &str) -> Option<&Supplier> {
        self.suppliers.iter().find(|supplier| same(supplier.code(), code))
    }
}
