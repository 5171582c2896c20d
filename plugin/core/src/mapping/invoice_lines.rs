//! One sale line as invoice lines whose unit prices have whole pence.
//!
//! KashFlow keeps two decimals of a unit price and multiplies it by the quantity. Where a net amount
//! does not divide by the quantity, it is posted as two lines, some units at the lower price and the
//! rest a penny dearer: the sum is exact and so is the number of units, which moves the stock of a
//! managed product. (A single line of quantity 1 would keep the sum and lose the stock.)

use crate::canonical::{ComponentKind, DocumentLine, Money, Nominal, ProductId, SaleLine, VatRate};
use crate::limits::DESCRIPTION_CHARACTERS;

use super::tax::TaxedPart;

/// What all the pieces of one component have in common.
#[derive(Clone, Copy, Debug)]
pub struct LinePosting<'a> {
    pub description: &'a str,
    pub quantity: u32,
    pub vat_rate: Option<VatRate>,
    pub nominal: Nominal,
    pub product: Option<ProductId>,
}

/// The invoice lines of one part: one, or two where the net amount does not divide.
pub fn split_by_quantity(posting: LinePosting<'_>, part: &TaxedPart) -> Vec<DocumentLine> {
    let quantity = i64::from(posting.quantity.max(1));
    let lower = part.net.minor().div_euclid(quantity);
    let dearer = part.net.minor().rem_euclid(quantity);
    let groups = [(quantity - dearer, lower), (dearer, lower.saturating_add(1))];
    let groups: Vec<(i64, i64)> = groups.into_iter().filter(|(units, _)| *units > 0).collect();
    let weights: Vec<u64> = groups.iter().map(|(units, price)| (units * price).unsigned_abs()).collect();
    groups
        .iter()
        .zip(part.vat.split(&weights))
        .map(|((units, price), vat)| DocumentLine {
            description: posting.description.to_owned(),
            quantity: *units,
            unit_price: Money::new(*price, part.net.currency()),
            vat,
            vat_rate: posting.vat_rate,
            nominal: posting.nominal.id,
            product: posting.product,
        })
        .collect()
}

/// What stands on the invoice for a part of a line. The SKU is never shortened, the title may be.
pub fn description(line: &SaleLine, kind: &ComponentKind, replaces: Option<&str>) -> String {
    let subject = format!("{}: {}", line.sku, line.title);
    let text = match kind {
        ComponentKind::Item => subject,
        ComponentKind::Shipping => format!("Delivery of {subject}"),
        ComponentKind::GiftWrap => format!("Gift wrap of {subject}"),
        ComponentKind::ItemDiscount => format!("Discount on {subject}"),
        ComponentKind::ShippingDiscount => format!("Discount on delivery of {subject}"),
        ComponentKind::Other(kind) => format!("{kind} on {subject}"),
    };
    let suffix = replaces.map(|order| format!(" (replaces order {order})")).unwrap_or_default();
    let single_line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    shorten(&single_line, DESCRIPTION_CHARACTERS.saturating_sub(suffix.chars().count())) + &suffix
}

fn shorten(text: &str, characters: usize) -> String {
    if text.chars().count() <= characters {
        return text.to_owned();
    }
    let kept: String = text.chars().take(characters.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canonical::{Currency, NominalCode, NominalId};

    fn pieces(quantity: u32, net: i64, vat: i64) -> Vec<(i64, i64, i64)> {
        let posting = LinePosting {
            description: "MUG: Mug",
            quantity,
            vat_rate: None,
            nominal: Nominal { code: NominalCode(4000), id: NominalId(1) },
            product: None,
        };
        let money = |minor| Money::new(minor, Currency::GBP);
        split_by_quantity(posting, &TaxedPart { net: money(net), vat: money(vat) })
            .iter()
            .map(|line| (line.quantity, line.unit_price.minor(), line.vat.minor()))
            .collect()
    }

    #[test]
    fn an_amount_that_divides_is_one_line() {
        assert_eq!(pieces(3, 2997, 600), [(3, 999, 600)]);
        assert_eq!(pieces(1, -250, -50), [(1, -250, -50)]);
        assert_eq!(pieces(2, 0, 0), [(2, 0, 0)]);
    }

    #[test]
    fn an_amount_that_does_not_divide_keeps_its_sum_and_its_units() {
        assert_eq!(pieces(3, 1000, 200), [(2, 333, 133), (1, 334, 67)]);
    }
}
