//! Operations on products (sales types) and sub-products.

use std::collections::HashMap;

use super::super::chart::NominalKind;
use super::super::money::Pence;
use super::super::products::Product;
use super::super::soap::schema::{Field, Kind, optional, required};
use super::super::soap::value::{Record, Value};
use super::super::types::product::{PRODUCT, PRODUCTS_FULL, SUB_PRODUCT};
use super::{Call, Operation};

pub const OPERATIONS: &[Operation] = &[
    Operation {
        name: "GetSubProductByCode",
        parameters: &[optional("ProductCode", Kind::Text)],
        result: Kind::Complex(&SUB_PRODUCT),
        success_detail: "Found Product",
        handler: |call| {
            let product = call.account.products.by_code(call.parameters.text("ProductCode"))?;
            Ok(product.record().clone().into())
        },
    },
    Operation {
        name: "GetSubProductByID",
        parameters: &[required("ProductID", Kind::Int)],
        result: Kind::Complex(&SUB_PRODUCT),
        success_detail: "Found Product",
        handler: |call| {
            let product = call.account.products.by_id(call.parameters.int("ProductID"))?;
            Ok(product.record().clone().into())
        },
    },
    Operation {
        name: "GetSubProducts",
        parameters: &[required("NominalID", Kind::Int)],
        result: Kind::List(&SUB_PRODUCT),
        success_detail: "Found Products",
        handler: |call| {
            let parent = call.parameters.int("NominalID");
            let children = call.account.products.iter().filter(|product| product.parent() == parent);
            Ok(children.map(Product::record).cloned().collect())
        },
    },
    Operation {
        name: "GetProducts",
        parameters: &[],
        result: Kind::List(&PRODUCT),
        success_detail: "Found Products",
        handler: |call| Ok(sales_types(&call, PRODUCT.fields).collect()),
    },
    Operation {
        name: "GetProductsWithSubProducts",
        parameters: &[],
        result: Kind::List(&PRODUCTS_FULL),
        success_detail: "Found Products",
        handler: |call| {
            let mut children: HashMap<i32, Vec<Record>> = HashMap::new();
            for product in call.account.products.iter() {
                children.entry(product.parent()).or_default().push(product.record().clone());
            }
            let with_children = sales_types(&call, PRODUCTS_FULL.fields).map(|product| {
                let own: Value = children.remove(&product.int("ProductID")).into_iter().flatten().collect();
                product.with("subProducts", own)
            });
            Ok(with_children.collect())
        },
    },
    Operation {
        name: "AddOrUpdateSubProduct",
        parameters: &[optional("sp", Kind::Complex(&SUB_PRODUCT))],
        result: Kind::Int,
        success_detail: "Product saved",
        handler: |call| {
            let stated =
                call.parameters.record("sp").cloned().unwrap_or_else(|| Record::new(SUB_PRODUCT.fields));
            let account = call.account;
            Ok(account.products.add_or_update(stated, &account.chart, &account.vat_rates)?.get().into())
        },
    },
];

/// The sales types as records of a sequence that begins as that of a product.
fn sales_types(call: &Call<'_>, fields: &'static [Field]) -> impl Iterator<Item = Record> {
    let sales_types = call.account.chart.iter().filter(|nominal| nominal.kind == NominalKind::Sales);
    sales_types.map(move |nominal| {
        Record::new(fields)
            .with("ProductID", nominal.id.get())
            .with("ProductName", nominal.name.as_str())
            .with("ProductCode", nominal.code.get())
            .with("ProductDescription", "")
            .with("ProductPrice", Pence::ZERO)
    })
}
