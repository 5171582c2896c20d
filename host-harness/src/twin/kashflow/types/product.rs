//! Products, which are sales nominals, and sub-products, which are what other systems call products.

use super::super::soap::schema::{ComplexType, Kind, optional, required};

pub static PRODUCT: ComplexType = ComplexType {
    name: "Product",
    fields: &[
        required("ProductID", Kind::Int),
        optional("ProductName", Kind::Text),
        required("ProductCode", Kind::Int),
        optional("ProductDescription", Kind::Text),
        required("ManageStockLevels", Kind::Int),
        required("QtyInStock", Kind::Int),
        required("ProductPrice", Kind::Decimal),
    ],
};

/// A product with what it is the parent of. In KashFlow's own description its fields are those of a product as well.
pub static PRODUCTS_FULL: ComplexType = ComplexType {
    name: "ProductsFull",
    fields: &[
        required("ProductID", Kind::Int),
        optional("ProductName", Kind::Text),
        required("ProductCode", Kind::Int),
        optional("ProductDescription", Kind::Text),
        required("ManageStockLevels", Kind::Int),
        required("QtyInStock", Kind::Int),
        required("ProductPrice", Kind::Decimal),
        optional("subProducts", Kind::List(&SUB_PRODUCT)),
    ],
};

pub static SUB_PRODUCT: ComplexType = ComplexType {
    name: "SubProduct",
    fields: &[
        required("id", Kind::Int),
        required("ParentID", Kind::Int),
        optional("Name", Kind::Text),
        optional("Code", Kind::Text),
        optional("Description", Kind::Text),
        required("Price", Kind::Decimal),
        required("VatRate", Kind::Decimal),
        required("WholesalePrice", Kind::Decimal),
        required("Managed", Kind::Int),
        required("QtyInStock", Kind::Int),
        required("StockWarnQty", Kind::Int),
        required("AutoFill", Kind::Int),
    ],
};
