//! A digest of what was sold, to tell a repeated order from a changed one.
//!
//! It has everything of Amazon's that decides what is posted: items, amounts, who owes the VAT, and a dispatch
//! from abroad. Settings are left out, because one that changes later must not make an old order look new; so
//! is the destination, which Amazon withholds after a while. The text is written out by hand and pinned by a
//! test: a digest outlives the names in this code.

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use crate::canonical::{Component, CountryCode, Liability, Money, Sale, SaleLine};

/// `dispatched_from` is where the goods left from, as far as Amazon says.
pub fn fingerprint(sale: &Sale, dispatched_from: Option<CountryCode>) -> String {
    // Amazon promises no order of items, and another order is no change.
    let mut lines: Vec<String> = sale.lines().iter().map(line).collect();
    lines.sort();
    let text = format!("{}\n{}", lines.join("\n"), sale.total());
    // Not said yet and said to be at home come to the same.
    let abroad = dispatched_from.filter(|country| !country.is_united_kingdom_for_vat());
    let text = abroad.map_or_else(|| text.clone(), |country| format!("{text}\nfrom {country}"));
    HEXLOWER.encode(&Sha256::digest(text.as_bytes()))
}

fn line(line: &SaleLine) -> String {
    let mut parts: Vec<String> = line.components().iter().map(part).collect();
    parts.sort();
    let liability = match &line.liability {
        Liability::Seller => String::new(),
        Liability::Marketplace(party) => format!("|VAT owed by {party}"),
    };
    format!("{}|{}|{}|{}{liability}", line.item, line.sku, line.quantity, parts.join("|"))
}

fn part(component: &Component) -> String {
    let tax = component.tax.map_or_else(|| "none stated".to_owned(), |tax: Money| tax.to_string());
    format!("{} {} {tax}", component.kind.name(), component.gross)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canonical::{ComponentKind, Currency, Liability, Money, OrderItemId, SellerSku};

    fn sale(gross: i64, quantity: u32) -> Sale {
        sale_owed_by(Liability::Seller, gross, quantity)
    }

    fn sale_owed_by(liability: Liability, gross: i64, quantity: u32) -> Sale {
        let gross = Money::new(gross, Currency::GBP);
        let component = Component { kind: ComponentKind::Item, gross, tax: None };
        let line = SaleLine::new(
            OrderItemId::new("1").expect("an id"),
            SellerSku::new("MUG").expect("a sku"),
            "Mug".into(),
            quantity,
            liability,
            vec![component],
            gross,
        );
        Sale::new(vec![line.expect("it adds up")], gross).expect("it adds up")
    }

    #[test]
    fn a_penny_or_a_unit_makes_another_fingerprint() {
        let fingerprint = |gross, quantity| fingerprint(&sale(gross, quantity), None);
        assert_eq!(fingerprint(1200, 1), fingerprint(1200, 1));
        assert_ne!(fingerprint(1200, 1), fingerprint(1201, 1));
        assert_ne!(fingerprint(1200, 1), fingerprint(1200, 2));
    }

    #[test]
    fn who_owes_the_vat_and_a_dispatch_from_abroad_make_another_fingerprint() {
        let country = CountryCode::parse;
        let sale = sale(1200, 1);
        let at_home = fingerprint(&sale, country("GB"));
        assert_eq!(fingerprint(&sale, None), at_home, "Amazon says it only once the goods are sent");
        assert_ne!(fingerprint(&sale, country("DE")), at_home);
        let facilitated = sale_owed_by(Liability::Marketplace("Amazon Services Europe".into()), 1200, 1);
        assert_ne!(fingerprint(&facilitated, None), at_home);
    }

    /// Orders that were posted long ago must not look changed to a later version.
    #[test]
    fn the_digest_stays_what_it_was() {
        assert_eq!(
            fingerprint(&sale(1200, 1), None),
            "3db41e264894c98a83a70e060b03d186ccdd60059fa9bfabcc8f1c983ff6f188"
        );
    }
}
