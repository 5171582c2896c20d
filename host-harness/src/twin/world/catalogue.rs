//! The making of the catalogue: what is sold, and the many ways in which sellers spell a code.
//!
//! Absent on purpose: everything that changes after generation.

use super::ids::{Asin, Sku};
use super::product::{CodeRelation, Fulfilment, Product};
use super::proportions::{CODE_RELATIONS_PER_TWENTY, FULFILMENT_OF_PRODUCTS, VAT_CLASSES};
use super::schedule::scheduled;
use super::stream::{Purpose, Stream};
use super::vat::VatClass;

struct Goods {
    title: &'static str,
    /// The beginning of the product code.
    stem: &'static str,
    vat_class: VatClass,
    price_pence: (i64, i64),
}

const fn goods(
    title: &'static str,
    stem: &'static str,
    vat_class: VatClass,
    low_pence: i64,
    high_pence: i64,
) -> Goods {
    Goods { title, stem, vat_class, price_pence: (low_pence, high_pence) }
}

const GOODS: &[Goods] = &[
    goods("Enamel Mug, 350 ml, Navy Rim", "MUG-ENAMEL", VatClass::Standard, 699, 1499),
    goods("Cast Iron Trivet, Round", "TRIVET-IRON", VatClass::Standard, 1099, 2499),
    goods("Linen Tea Towel, Herringbone", "TOWEL-LINEN", VatClass::Standard, 599, 1299),
    goods("Oak Chopping Board with Juice Groove", "BOARD-OAK", VatClass::Standard, 1999, 4999),
    goods("Beeswax Candle, 30 Hours", "CANDLE-BEES", VatClass::Standard, 799, 1899),
    goods("Wool Throw, 130 × 180 cm", "THROW-WOOL", VatClass::Standard, 3499, 8999),
    goods("LED Garden Lantern “Dusk”", "LANTERN-LED", VatClass::Standard, 1299, 3299),
    goods("Café Moka Pot, 6 Cups", "MOKA-6CUP", VatClass::Standard, 1899, 3999),
    goods("Stainless Steel Compost Caddy, 5 l", "CADDY-5L", VatClass::Standard, 1499, 2999),
    goods("Door Mat, Coir & Rubber", "MAT-COIR", VatClass::Standard, 1199, 2799),
    goods("Child Car Seat Booster, Group 2/3", "SEAT-BOOST", VatClass::Reduced, 2999, 8999),
    goods("Nicotine Patches 21 mg, Pack of 7", "PATCH-21MG", VatClass::Reduced, 899, 1799),
    goods("Hardback Cookery Book “Hearth”", "BOOK-HEARTH", VatClass::Zero, 999, 2599),
    goods("Loose Leaf Tea, Assam, 250 g", "TEA-ASSAM", VatClass::Zero, 499, 1199),
    goods("Baby Vest, Organic Cotton, 3 Pack", "VEST-BABY", VatClass::Zero, 799, 1599),
    goods("Porridge Oats, Stoneground, 1 kg", "OATS-1KG", VatClass::Zero, 299, 649),
    goods("First Day Cover with Mint Postage Stamps", "STAMP-FDC", VatClass::Exempt, 499, 1999),
    goods("Presentation Pack of Valid UK Postage Stamps", "STAMP-PACK", VatClass::Exempt, 999, 2999),
];

impl Product {
    pub(super) fn generate(seed: u64, index: u64) -> Self {
        let mut stream = Stream::new(seed, Purpose::Product, index);
        // The first four are one of each VAT class, so that no catalogue is too small to have them all.
        let vat_class = match usize::try_from(index).ok().and_then(|place| VatClass::ALL.get(place)) {
            Some(class) => *class,
            None => stream.weighted(&VAT_CLASSES),
        };
        let candidates: Vec<&Goods> = GOODS.iter().filter(|goods| goods.vat_class == vat_class).collect();
        let goods = *stream.pick(&candidates);
        let code = format!("{}-{:03}", goods.stem, index + 1);
        let relation = scheduled(seed, Purpose::Product, index, &CODE_RELATIONS_PER_TWENTY);
        let sku = spell(&mut stream, relation, &code, index);
        let fulfilment = stream.weighted(&FULFILMENT_OF_PRODUCTS);
        Product {
            sku: Sku::new(sku),
            asin: Asin::new(format!("B0{}", stream.text(8, "0123456789BCDFGHJKLMNPQRSTVWXYZ"))),
            title: format!("{}, No. {}", goods.title, index + 1),
            vat_class,
            unit_price_pence: price(&mut stream, goods.price_pence),
            fulfilment,
            relation,
            kashflow_code: (relation != CodeRelation::Unknown).then_some(code),
            managed_stock: stream.per_mille(if fulfilment == Fulfilment::Merchant { 900 } else { 700 }),
            stock_quantity: u32::try_from(stream.between(0, 400)).expect("up to 400"),
            fulfillable_quantity: match fulfilment {
                Fulfilment::Amazon => u32::try_from(stream.between(0, 400)).expect("up to 400"),
                Fulfilment::Merchant => 0,
            },
        }
    }
}

/// The SKU of a product with this KashFlow code.
fn spell(stream: &mut Stream, relation: CodeRelation, code: &str, index: u64) -> String {
    match relation {
        CodeRelation::Exact => code.to_owned(),
        CodeRelation::Normalised => match stream.below(4) {
            0 => code.to_lowercase(),
            1 => code.replace('-', "_"),
            2 => code.replace('-', " "),
            _ => code.to_lowercase().replace('-', "_"),
        },
        // The form that Seller Central makes up where the seller gives none: 2, 4 and 4 characters.
        CodeRelation::Mapped | CodeRelation::Unknown => {
            let alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
            format!("{}-{:04}-{}", stream.text(2, alphabet), index + 1, stream.text(4, alphabet))
        }
    }
}

/// A price in the range; four of five end in 49, 95 or 99 as shop prices do.
fn price(stream: &mut Stream, (low_pence, high_pence): (i64, i64)) -> i64 {
    let drawn = stream.between(low_pence, high_pence);
    match stream.below(5) {
        0 => drawn,
        1 => drawn / 100 * 100 + 49,
        2 => drawn / 100 * 100 + 95,
        _ => drawn / 100 * 100 + 99,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::product::sku_table_csv;
    use super::*;

    fn catalogue() -> Vec<Product> {
        (0..40).map(|index| Product::generate(11, index)).collect()
    }

    /// What a careful reader of SKUs does to both sides.
    fn normalised(text: &str) -> String {
        text.to_uppercase().replace([' ', '_'], "-")
    }

    #[test]
    fn skus_relate_to_codes_as_they_claim() {
        for product in catalogue() {
            let sku = product.sku.as_str();
            match (&product.relation, &product.kashflow_code) {
                (CodeRelation::Exact, Some(code)) => assert_eq!(sku, code),
                (CodeRelation::Normalised, Some(code)) => {
                    assert_ne!(sku, code);
                    assert_eq!(normalised(sku), *code);
                }
                (CodeRelation::Mapped, Some(code)) => assert_ne!(normalised(sku), *code),
                (CodeRelation::Unknown, None) => {}
                (relation, code) => panic!("{relation:?} with code {code:?}"),
            }
        }
    }

    #[test]
    fn codes_and_skus_are_unique_even_when_normalised() {
        let products = catalogue();
        let skus: BTreeSet<_> = products.iter().map(|product| normalised(product.sku.as_str())).collect();
        let codes: BTreeSet<_> =
            products.iter().filter_map(|product| product.kashflow_code.clone()).collect();
        assert_eq!(skus.len(), 40);
        assert_eq!(codes.len(), 38, "two of forty are unknown to KashFlow");
    }

    #[test]
    fn every_relation_and_class_occurs_in_the_stated_share() {
        let products = catalogue();
        for (relation, share) in CODE_RELATIONS_PER_TWENTY {
            let count = products.iter().filter(|product| product.relation == relation).count();
            assert_eq!(u64::try_from(count), Ok(2 * share), "{relation:?}");
        }
        for class in VatClass::ALL {
            assert!(products.iter().any(|product| product.vat_class == class), "{class:?}");
        }
    }

    #[test]
    fn the_mapping_table_has_one_row_for_each_mapped_sku() {
        let products = catalogue();
        let table = sku_table_csv(&products);
        let mut lines = table.lines();
        assert_eq!(lines.next(), Some("seller-sku,kashflow-product,vat-class"));
        let mapped = products.iter().filter(|product| product.relation == CodeRelation::Mapped);
        let expected: Vec<String> = mapped
            .map(|product| {
                let code = product.kashflow_code.as_deref().expect("a mapped product has a code");
                format!("{},{code},{}", product.sku, product.vat_class.name())
            })
            .collect();
        assert_eq!(lines.collect::<Vec<_>>(), expected);
        assert_eq!(expected.len(), 6);
    }

    #[test]
    fn kashflow_knows_net_prices_and_marks_exempt_goods() {
        for product in catalogue() {
            let Some(known) = product.in_kashflow() else { continue };
            let vat = super::super::money::vat_contained(
                product.unit_price_pence,
                product.vat_class.rate_percent(),
            );
            assert_eq!(known.price_net_pence + vat, product.unit_price_pence);
            assert_eq!(known.vat_percent == -1, product.vat_class == VatClass::Exempt);
        }
    }
}
