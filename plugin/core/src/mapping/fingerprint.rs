//! A digest of what was sold, to tell a repeated order from a changed one.
//!
//! Only Amazon's content counts: a setting that changes later must not make an old order look new.

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use crate::canonical::{Component, Sale, SaleLine};

pub fn fingerprint(sale: &Sale) -> String {
    // Amazon promises no order of items, and another order is no change.
    let mut lines: Vec<String> = sale.lines().iter().map(line).collect();
    lines.sort();
    let text = format!("{}\n{}", lines.join("\n"), sale.total());
    HEXLOWER.encode(&Sha256::digest(text.as_bytes()))
}

fn line(line: &SaleLine) -> String {
    let mut parts: Vec<String> = line.components().iter().map(part).collect();
    parts.sort();
    format!("{}|{}|{}|{}", line.item, line.sku, line.quantity, parts.join("|"))
}

fn part(component: &Component) -> String {
    format!("{:?} {} {:?}", component.kind, component.gross, component.tax)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canonical::{ComponentKind, Currency, Liability, Money, OrderItemId, SellerSku};

    fn sale(gross: i64, quantity: u32) -> Sale {
        let gross = Money::new(gross, Currency::GBP);
        let component = Component { kind: ComponentKind::Item, gross, tax: None };
        let line = SaleLine::new(
            OrderItemId::new("1").expect("an id"),
            SellerSku::new("MUG").expect("a sku"),
            "Mug".into(),
            quantity,
            Liability::Seller,
            vec![component],
            gross,
        );
        Sale::new(vec![line.expect("it adds up")], gross).expect("it adds up")
    }

    #[test]
    fn a_penny_or_a_unit_makes_another_fingerprint() {
        assert_eq!(fingerprint(&sale(1200, 1)), fingerprint(&sale(1200, 1)));
        assert_ne!(fingerprint(&sale(1200, 1)), fingerprint(&sale(1201, 1)));
        assert_ne!(fingerprint(&sale(1200, 1)), fingerprint(&sale(1200, 2)));
    }
}
