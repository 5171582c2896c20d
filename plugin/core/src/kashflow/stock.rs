//! Stock: the products of a sales type with what is counted of each, and the one way to change that.
//!
//! KashFlow has no call that moves stock: a product is read, changed and written as a whole, so every field is sent
//! back as it came, those of later versions included. Absent on purpose: creating products.

use crate::canonical::{NominalId, ProductCard, ProductCode, ProductId, StockedProduct, Units};
use crate::remote::{Call, CallFailure, HttpRequest, HttpResponse};

use super::failure;
use super::soap::{Element, Operation, Record, answer, envelope};

const QUANTITY: &str = "QtyInStock";

/// The ids of all sales types: the nominals that can have products below them.
#[derive(Clone, Copy, Debug)]
pub struct GetProducts;

impl Call for GetProducts {
    type Answer = Vec<NominalId>;

    fn request(&self) -> HttpRequest {
        envelope::request(&Operation::reading("GetProducts", "sales types"), |_| {})
    }

    fn parse(&self, response: &HttpResponse) -> Result<Self::Answer, CallFailure> {
        let operation = Operation::reading("GetProducts", "sales types");
        answer::rows(&operation, response, "Product", |record| Ok(NominalId(record.integer("ProductID")?)))
    }
}

/// The products of one sales type, all at once: the service has no pages.
#[derive(Clone, Copy, Debug)]
pub struct GetSubProducts {
    pub nominal: NominalId,
}

impl GetSubProducts {
    fn operation(&self) -> Operation {
        Operation::reading("GetSubProducts", format!("products of sales type {}", self.nominal))
    }
}

impl Call for GetSubProducts {
    /// Products without a code are left out: no SKU can be one of them.
    type Answer = Vec<StockedProduct>;

    fn request(&self) -> HttpRequest {
        envelope::request(&self.operation(), |content| content.value("NominalID", self.nominal))
    }

    fn parse(&self, response: &HttpResponse) -> Result<Self::Answer, CallFailure> {
        let operation = self.operation();
        let elements = answer::list(&operation, response, "SubProduct", |detail| {
            failure::says_absent(detail, "product")
        })?;
        let read = |element: &Element| stocked(&Record { element, operation: &operation }).transpose();
        elements.iter().filter_map(read).collect()
    }
}

/// A product as a whole.
#[derive(Clone, Copy, Debug)]
pub struct GetProductCard<'a> {
    pub code: &'a ProductCode,
}

impl GetProductCard<'_> {
    fn operation(&self) -> Operation {
        Operation::reading("GetSubProductByCode", format!("product code {}", self.code))
    }
}

impl Call for GetProductCard<'_> {
    /// `None` for the blank object with id 0 that stands for "none".
    type Answer = Option<ProductCard>;

    fn request(&self) -> HttpRequest {
        envelope::request(&self.operation(), |content| content.text("ProductCode", self.code.as_str()))
    }

    fn parse(&self, response: &HttpResponse) -> Result<Self::Answer, CallFailure> {
        let operation = self.operation();
        let found = answer::find(&operation, response, |detail| failure::says_absent(detail, "product"))?;
        let Some(element) = found else { return Ok(None) };
        let record = Record { element: &element, operation: &operation };
        if record.integer("id")? == 0 {
            return Ok(None);
        }
        let Some(product) = stocked(&record)? else { return Err(record.unreadable("Code")) };
        let field = |child: &Element| (child.name.clone(), child.text.clone());
        Ok(Some(ProductCard { product, fields: element.children.iter().map(field).collect() }))
    }
}

/// Writes a product as it was read, with another number of units in stock.
#[derive(Clone, Copy, Debug)]
pub struct AddOrUpdateSubProduct<'a> {
    pub card: &'a ProductCard,
    pub units: Units,
}

impl AddOrUpdateSubProduct<'_> {
    fn operation(&self) -> Operation {
        Operation::writing("AddOrUpdateSubProduct", format!("stock of product {}", self.card.product.code))
    }
}

impl Call for AddOrUpdateSubProduct<'_> {
    type Answer = ();

    fn request(&self) -> HttpRequest {
        envelope::request(&self.operation(), |content| {
            content.group("sp", |content| {
                for (name, text) in &self.card.fields {
                    match name == QUANTITY {
                        true => content.value(name, self.units),
                        false => content.text(name, text),
                    }
                }
            });
        })
    }

    fn parse(&self, response: &HttpResponse) -> Result<(), CallFailure> {
        let operation = self.operation();
        let id = answer::created(&operation, response)?;
        match id == self.card.product.id.0 {
            true => Ok(()),
            false => Err(failure::unreadable(&operation, "it is about another product")),
        }
    }
}

/// `None` for a product without a code.
fn stocked(record: &Record<'_>) -> Result<Option<StockedProduct>, CallFailure> {
    let Some(code) = ProductCode::new(record.text("Code")) else { return Ok(None) };
    Ok(Some(StockedProduct {
        id: ProductId(record.integer("id")?),
        code,
        units: Units(record.integer(QUANTITY)?),
        is_managed: record.integer("Managed")? != 0,
    }))
}

#[cfg(test)]
mod tests;
