//! From Amazon's SKU to the product in the books.
//!
//! Tried in this order: the seller's own table, the SKU as it is, the SKU normalised. The first code
//! that the books know wins. Absent on purpose: the lookup itself.

use chrono::NaiveDate;
use unicode_normalization::UnicodeNormalization;

use crate::canonical::{NominalCode, Product, ProductCode, SellerSku, VatClass};
use crate::settings::SkuTable;

use super::vat_rates::class_of;

/// A SKU of an order with what is known of it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ResolvedSku {
    /// `None` where the books have no such product.
    pub product: Option<Product>,
    /// `None` where neither the table nor the product says.
    pub vat_class: Option<VatClass>,
    /// The table's own nominal for it.
    pub nominal: Option<NominalCode>,
}

/// The product codes to look for, in order, without repetition.
pub fn candidate_codes(sku: &SellerSku, table: &SkuTable) -> Vec<ProductCode> {
    if let Some(code) = table.get(sku).and_then(|row| row.product.clone()) {
        // A row is a person's decision: if it points nowhere, that is an error to mend, not to guess around.
        return vec![code];
    }
    let mut codes: Vec<ProductCode> = Vec::new();
    for text in [sku.as_str().to_owned(), normalised(sku.as_str())] {
        codes.extend(ProductCode::new(text).filter(|code| !codes.contains(code)));
    }
    codes
}

/// Upper-case, with every run of blanks, underscores and dashes as one dash, and none at the ends.
fn normalised(text: &str) -> String {
    let upper = text.nfkc().collect::<String>().to_uppercase();
    let is_separator = |character: char| character.is_whitespace() || character == '_' || character == '-';
    let words: Vec<&str> = upper.split(is_separator).filter(|word| !word.is_empty()).collect();
    words.join("-")
}

/// Joins what the table says with what the books found.
pub fn resolve(
    sku: &SellerSku,
    table: &SkuTable,
    product: Option<Product>,
    tax_point: NaiveDate,
) -> ResolvedSku {
    let row = table.get(sku);
    let by_product = product.as_ref().and_then(|product| class_of(product.vat_rate, tax_point));
    ResolvedSku {
        vat_class: row.and_then(|row| row.vat_class).or(by_product),
        nominal: row.and_then(|row| row.nominal),
        product,
    }
}

/// Why a SKU has no product, and what to do.
pub fn why_unknown(sku: &SellerSku, table: &SkuTable) -> String {
    let row = table.get(sku);
    match row.and_then(|row| Some((row.line, row.product.as_ref()?))) {
        Some((line, product)) => format!(
            "SKU {sku} stands on line {line} of the SKU table for the product {product}, \
             which KashFlow does not have: create it, or correct the row"
        ),
        None => {
            format!(
                "SKU {sku} has no product in KashFlow: create the product, or add the SKU to the SKU table"
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidates(sku: &str, table: &str) -> Vec<String> {
        let table = SkuTable::parse(table).expect("a table");
        let codes = candidate_codes(&SellerSku::new(sku).expect("a sku"), &table);
        codes.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_table_decides_alone_then_exact_then_normalised() {
        let table = "seller-sku,kashflow-product\nold mug,MUG-1\n";
        assert_eq!(candidates("old mug", table), ["MUG-1"]);
        assert_eq!(candidates("new_mug  red", table), ["new_mug  red", "NEW-MUG-RED"]);
        assert_eq!(candidates("MUG-2", table), ["MUG-2"]);
    }
}
