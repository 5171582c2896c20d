//! A product of the seller's catalogue as the books know it.
//!
//! Absent on purpose: how a seller SKU finds its product (`mapping::sku`).

use super::ids::{NominalId, ProductCode, ProductId};
use super::vat::VatRate;

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Product {
    pub id: ProductId,
    pub code: ProductCode,
    pub name: String,
    /// The sales nominal that the product belongs to.
    pub nominal: NominalId,
    /// The product's own rate; `None` is KashFlow's -1, exempt.
    pub vat_rate: Option<VatRate>,
    /// Whether KashFlow keeps its stock: an invoice line then moves it.
    pub stock_is_managed: bool,
}
