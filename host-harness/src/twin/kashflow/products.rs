//! The product file: KashFlow's sub-products, each under a sales nominal.
//!
//! Codes compare exactly: `ABC-1` and `abc-1` are two products. A file of tens of thousands is as quick as a short one,
//! because products are found by id and by code through indexes. Suppliers and price lists are absent.

use std::collections::HashMap;

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
    /// In order of creation.
    products: Vec<Product>,
    /// Where in `products` an id is, and where a code is that is not empty.
    places: HashMap<ProductId, usize>,
    codes: HashMap<String, usize>,
    ids: Sequence,
}

impl Default for ProductFile {
    fn default() -> Self {
        Self {
            products: Vec::new(),
            places: HashMap::new(),
            codes: HashMap::new(),
            ids: Sequence::starting_at(FIRST_PRODUCT_ID),
        }
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
        let code = record.text("Code").to_owned();
        if self.by_code(&code).is_ok_and(|product| Some(product.id) != replaced) {
            return Err(Refusal::ProductCodeNotUnique);
        }
        let id = replaced.unwrap_or_else(|| ProductId::new(self.ids.take()));
        let record = record.with("id", id.get());
        let place = match self.places.get(&id) {
            Some(place) => {
                let before = std::mem::replace(&mut self.products[*place].record, record);
                self.codes.remove(before.text("Code"));
                *place
            }
            None => {
                self.products.push(Product { id, record });
                self.products.len() - 1
            }
        };
        self.places.insert(id, place);
        if !code.is_empty() {
            self.codes.insert(code, place);
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
        let place = self.places.get(&id).ok_or(Refusal::NoProductWithId(id))?;
        Ok(&self.products[*place])
    }

    /// # Errors
    /// `NoProductWithCode`, also for an empty code.
    pub fn by_code(&self, code: &str) -> Result<&Product, Refusal> {
        let place = self.codes.get(code).ok_or(Refusal::NoProductWithCode)?;
        Ok(&self.products[*place])
    }

    /// Sets what is in stock, as a person does who has counted it.
    ///
    /// # Errors
    /// `NoProductWithCode`.
    pub fn set_stock(&mut self, code: &str, quantity: i32) -> Result<(), Refusal> {
        let place = self.codes.get(code).ok_or(Refusal::NoProductWithCode)?;
        self.products[*place].record.set("QtyInStock", quantity);
        Ok(())
    }

    /// Adds units to the stock of a managed product; others have no stock to count. Stock may become negative.
    pub fn move_stock(&mut self, id: ProductId, units: i64) {
        let product = self.places.get(&id).map(|place| &mut self.products[*place]);
        if let Some(product) = product.filter(|product| product.is_managed()) {
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
