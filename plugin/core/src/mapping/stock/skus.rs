//! Which product a SKU's stock belongs to, and which SKUs there are to look for.
//!
//! The rule is that of orders (`mapping::sku`): the seller's table, the SKU as it is, the SKU normalised.

use std::collections::{BTreeMap, BTreeSet};

use crate::canonical::{ProductCode, SellerSku};
use crate::settings::{SkuTable, Stock};

use super::super::sku::candidate_codes;

/// The product that the SKU is: the first of its candidates that the books have. Where they have none, the first
/// candidate stands for it, so that what is known of the SKU has a place.
pub fn home(sku: &SellerSku, table: &SkuTable, is_known: impl Fn(&ProductCode) -> bool) -> ProductCode {
    let candidates = candidate_codes(sku, table);
    let known = candidates.iter().find(|code| is_known(code)).or(candidates.first());
    let as_it_is = || ProductCode::new(sku.as_str()).expect("a SKU has what a code needs");
    known.cloned().unwrap_or_else(as_it_is)
}

/// The SKUs that could have an offer, by product: those of both tables, and each code of a product by itself.
pub fn known_skus<'a>(
    codes: impl Iterator<Item = &'a ProductCode>,
    table: &SkuTable,
    settings: &Stock,
    is_known: impl Fn(&ProductCode) -> bool,
) -> BTreeMap<ProductCode, BTreeSet<SellerSku>> {
    let mut skus: BTreeMap<ProductCode, BTreeSet<SellerSku>> = BTreeMap::new();
    let by_code = codes.filter_map(|code| SellerSku::new(code.as_str()));
    let by_table = table.rows().map(|(sku, _)| sku).chain(settings.table.skus()).cloned();
    for sku in by_code.chain(by_table) {
        skus.entry(home(&sku, table, &is_known)).or_default().insert(sku);
    }
    skus
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sku_belongs_to_the_first_candidate_that_the_books_have() {
        let sku = |text: &str| SellerSku::new(text).expect("a sku");
        let table = SkuTable::parse("seller-sku,kashflow-product\nMUG-FBA,MUG\n").expect("a table");
        let known = ["MUG", "LAMP-BLUE"].map(|code| ProductCode::new(code).expect("a code"));
        let home = |text: &str| home(&sku(text), &table, |code| known.contains(code)).to_string();
        assert_eq!(home("MUG-FBA"), "MUG");
        assert_eq!(home("MUG"), "MUG");
        assert_eq!(home("lamp_blue"), "LAMP-BLUE");
        assert_eq!(home("vase 1"), "vase 1");
    }
}
