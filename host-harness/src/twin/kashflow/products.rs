//! The product file: KashFlow's sub-products, each under a sales nominal.
//!
//! Codes compare exactly: `ABC-1` and `abc-1` are two products. Suppliers and price lists are absent.

use super::chart::{Chart, NominalKind};
use super::decimal::{Decimal, FourPlaces};
use super::identifiers::{NominalCode, NominalId, ProductId, Sequence};
use super::money::Pence;
use super::refusal::Refusal;
use super::soap::value::Record;
use super::types::product::SUB_PRODUCT;
use super::vat::{VatRate, VatRates};

const FIRST_PRODUCT_ID: i32 = 2_745_024;

/// A product to seed an account with.
#[derive(Debug, Clone)]
pub struct NewProduct {
    pub code: String,
    pub name: String,
    pub price_pence: i64,
    pub vat_rate: VatRate,
    /// Whether KashFlow counts its stock.
    pub managed: bool,
    pub quantity_in_stock: i32,
    pub nominal_code: NominalCode,
}

#[derive(Debug, Clone)]
pub struct Product {
    pub id: ProductId,
    record: Record,
}

impl Product {
    pub fn record(&self) -> &Record {
        &self.record
    }

    pub fn parent(&self) -> i32 {
        self.record.int("ParentID")
    }

    pub fn code(&self) -> &str {
        self.record.text("Code")
    }

    pub fn name(&self) -> &str {
        self.record.text("Name")
    }

    /// The net price to the nearest penny.
    pub fn price(&self) -> Pence {
        self.record.decimal("Price").pence().expect("checked when it was stored")
    }

    pub fn is_managed(&self) -> bool {
        self.record.int("Managed") == 1
    }

    pub fn quantity_in_stock(&self) -> i32 {
        self.record.int("QtyInStock")
    }
}

#[derive(Debug, Clone)]
pub struct ProductFile {
    products: Vec<Product>,
    ids: Sequence,
}

impl Default for ProductFile {
    fn default() -> Self {
        Self { products: Vec::new(), ids: Sequence::starting_at(FIRST_PRODUCT_ID) }
    }
}

impl ProductFile {
    /// Creates the product when its id is 0; otherwise replaces every field, the stock included.
    ///
    /// # Errors
    /// When the id is unknown, the parent is no sales type, the code is taken, or the VAT rate is not set up.
    pub fn add_or_update(
        &mut self,
        record: Record,
        chart: &Chart,
        rates: &VatRates,
    ) -> Result<ProductId, Refusal> {
        let replaced = match record.int("id") {
            0 => None,
            id => Some(self.by_id(id)?.id),
        };
        if !chart.by_id(record.int("ParentID")).is_ok_and(|parent| parent.kind == NominalKind::Sales) {
            return Err(Refusal::ParentIsNoSalesType);
        }
        rates.accept(record.decimal("VatRate"))?;
        record.decimal("Price").pence()?;
        let record = record.with_kept_decimals()?;
        let code = record.text("Code");
        if !code.is_empty() && self.by_code(code).is_ok_and(|product| Some(product.id) != replaced) {
            return Err(Refusal::ProductCodeNotUnique);
        }
        let id = replaced.unwrap_or_else(|| ProductId::new(self.ids.take()));
        let record = record.with("id", id.get());
        match self.products.iter_mut().find(|product| product.id == id) {
            Some(product) => product.record = record,
            None => self.products.push(Product { id, record }),
        }
        Ok(id)
    }

    pub fn iter(&self) -> impl Iterator<Item = &Product> {
        self.products.iter()
    }

    /// # Errors
    /// `NoProductWithId`.
    pub fn by_id(&self, id: i32) -> Result<&Product, Refusal> {
        let id = ProductId::new(id);
        self.products.iter().find(|product| product.id == id).ok_or(Refusal::NoProductWithId(id))
    }

    /// # Errors
    /// `NoProductWithCode`, also for an empty code.
    pub fn by_code(&self, code: &str) -> Result<&Product, Refusal> {
        self.products
            .iter()
            .find(|product| !code.is_empty() && product.code() == code)
            .ok_or(Refusal::NoProductWithCode)
    }

    /// Adds units to the stock of a managed product; others have no stock to count. Stock may become negative.
    pub fn move_stock(&mut self, id: ProductId, units: i64) {
        let managed = self.products.iter_mut().find(|product| product.id == id && product.is_managed());
        if let Some(product) = managed {
            let units = i32::try_from(units).unwrap_or(if units < 0 { i32::MIN } else { i32::MAX });
            product.record.set("QtyInStock", product.quantity_in_stock().saturating_add(units));
        }
    }
}

impl NewProduct {
    /// The record that a client would send to create this product.
    pub fn into_record(self, parent: NominalId) -> Record {
        Record::new(SUB_PRODUCT.fields)
            .with("ParentID", parent.get())
            .with("Name", self.name)
            .with("Code", self.code)
            .with("Description", "")
            .with("Price", Pence::new(self.price_pence))
            .with("VatRate", Decimal::from(self.vat_rate.get()))
            .with("WholesalePrice", Decimal::from(FourPlaces::ZERO))
            .with("Managed", i32::from(self.managed))
            .with("QtyInStock", self.quantity_in_stock)
    }
}
