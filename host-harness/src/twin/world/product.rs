//! The goods of the seller: how Amazon lists them and how KashFlow knows them.
//!
//! Absent on purpose: the list of goods and the making of codes (`catalogue`), and the stock at
//! Amazon with all that is told of it (`stock`).

use super::ids::{Asin, Sku};
use super::money::vat_contained;
use super::vat::VatClass;

/// Who sends the goods.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Fulfilment {
    /// From Amazon's warehouses (FBA, in notifications `AFN`).
    Amazon,
    /// From the seller's own (FBM, in notifications `MFN`).
    Merchant,
}

/// How the SKU of a listing leads to a product in KashFlow.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum CodeRelation {
    /// The SKU is the product code.
    Exact,
    /// The SKU is the product code but for case, or for spaces or underscores instead of dashes.
    Normalised,
    /// Only a mapping table knows it.
    Mapped,
    /// KashFlow has no such product and no table names it.
    Unknown,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Product {
    pub sku: Sku,
    pub asin: Asin,
    pub title: String,
    pub vat_class: VatClass,
    /// The price of one on Amazon, UK VAT included.
    pub unit_price_pence: i64,
    pub fulfilment: Fulfilment,
    pub relation: CodeRelation,
    /// The product code in KashFlow; `None` exactly where the relation is `Unknown`.
    pub kashflow_code: Option<String>,
    /// Whether KashFlow counts the stock of it.
    pub managed_stock: bool,
    /// Pieces that KashFlow believes to be in stock.
    pub stock_quantity: u32,
    /// Pieces that lie ready in Amazon's warehouses; 0 for goods that the merchant sends.
    pub fulfillable_quantity: u32,
}

/// A product as it should stand in KashFlow before the first order is posted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KashFlowProduct {
    pub code: String,
    pub name: String,
    /// The selling price of one, without VAT.
    pub price_net_pence: i64,
    /// 20, 5, 0, or -1 for exempt.
    pub vat_percent: i64,
    pub managed_stock: bool,
    pub stock_quantity: u32,
}

impl Product {
    /// The product in KashFlow, or `None` where KashFlow does not know it.
    pub fn in_kashflow(&self) -> Option<KashFlowProduct> {
        let rate_percent = self.vat_class.rate_percent();
        self.kashflow_code.clone().map(|code| KashFlowProduct {
            code,
            name: self.title.clone(),
            price_net_pence: self.unit_price_pence - vat_contained(self.unit_price_pence, rate_percent),
            vat_percent: self.vat_class.kashflow_percent(),
            managed_stock: self.managed_stock,
            stock_quantity: self.stock_quantity,
        })
    }
}

/// The mapping table that the seller keeps for SKUs that lead nowhere by themselves: a CSV file with the
/// header `seller-sku,kashflow-product,vat-class` and one row a mapped SKU.
pub fn sku_table_csv(products: &[Product]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let rows = products.iter().filter(|product| product.relation == CodeRelation::Mapped);
    let header = ["seller-sku", "kashflow-product", "vat-class"].map(str::to_owned);
    let rows = rows.filter_map(|product| {
        let code = product.kashflow_code.clone()?;
        Some([product.sku.as_str().to_owned(), code, product.vat_class.name().to_owned()])
    });
    for row in std::iter::once(header).chain(rows) {
        writer.write_record(&row).expect("writing to memory does not fail");
    }
    let bytes = writer.into_inner().expect("flushing to memory does not fail");
    String::from_utf8(bytes).expect("every field is UTF-8")
}
