//! An item's proceeds as signed, VAT-inclusive components.
//!
//! Amazon does not document whether subtotals include tax, and both forms occur: in the UK the prices
//! that buyers see include VAT and `TAX` is contained in them; elsewhere `TAX` comes on top. So the
//! arithmetic decides: the form whose sum is `proceedsTotal` is the one that was used. Where neither
//! is, the components are handed on as they are and the line cannot be built.

use crate::canonical::{Component, ComponentKind, Currency, Money};

use super::translate::money;
use super::wire;

/// An amount of the item before tax is attributed; discounts are negative.
struct Part {
    kind: ComponentKind,
    amount: Money,
    /// How `TAX` names what it is contained in.
    tax_subtype: &'static str,
}

pub(super) fn read(
    proceeds: &wire::ItemProceeds,
    currency: Currency,
) -> Result<(Vec<Component>, Money), String> {
    let mut parts = Vec::new();
    let mut tax = None;
    for breakdown in &proceeds.breakdowns {
        let subtotal = in_currency(&breakdown.subtotal, currency)?;
        match breakdown.kind.as_str() {
            "TAX" if tax.is_some() => return Err("an item has its TAX twice".into()),
            "TAX" => tax = Some((subtotal, &breakdown.detailed_breakdowns)),
            "DISCOUNT" => discounts(&mut parts, subtotal, &breakdown.detailed_breakdowns, currency)?,
            "ITEM" => parts.push(Part { kind: ComponentKind::Item, amount: subtotal, tax_subtype: "ITEM" }),
            "SHIPPING" => {
                parts.push(Part { kind: ComponentKind::Shipping, amount: subtotal, tax_subtype: "SHIPPING" });
            }
            "GIFT_WRAP" => {
                parts.push(Part {
                    kind: ComponentKind::GiftWrap,
                    amount: subtotal,
                    tax_subtype: "GIFT_WRAP",
                });
            }
            other => parts.push(Part {
                kind: ComponentKind::Other(other.to_owned()),
                amount: subtotal,
                tax_subtype: if other == "COD_FEE" { "COD_FEE" } else { "OTHER" },
            }),
        }
    }
    let sum = sum(currency, parts.iter().map(|part| part.amount))?;
    let tax_total = tax.map(|(subtotal, _)| subtotal);
    let on_top = tax_total.map_or(Ok(sum), |tax| sum.checked_add(tax)).map_err(|error| error.to_string())?;
    let stated = match &proceeds.proceeds_total {
        Some(total) => in_currency(total, currency)?,
        None => sum,
    };
    let taxes = match tax {
        Some((subtotal, details)) => {
            attribute(&parts, sum, subtotal, details, currency)?.into_iter().map(Some).collect()
        }
        None => vec![None; parts.len()],
    };
    let tax_is_on_top = stated != sum && stated == on_top;
    let mut components = Vec::with_capacity(parts.len());
    for (part, tax) in parts.into_iter().zip(taxes) {
        let gross = match tax {
            Some(tax) if tax_is_on_top => part.amount.checked_add(tax).map_err(|error| error.to_string())?,
            _ => part.amount,
        };
        if !(gross.is_zero() && tax.is_none_or(Money::is_zero)) {
            components.push(Component { kind: part.kind, gross, tax });
        }
    }
    Ok((components, stated))
}

/// Turns the magnitudes of `DISCOUNT` into negative parts, by what they are a discount on.
fn discounts(
    parts: &mut Vec<Part>,
    subtotal: Money,
    details: &[wire::DetailedBreakdown],
    currency: Currency,
) -> Result<(), String> {
    let mut on_shipping = Money::zero(currency);
    for detail in details.iter().filter(|detail| detail.subtype == "SHIPPING") {
        if let Some(value) = &detail.value {
            on_shipping = on_shipping
                .checked_add(in_currency(value, currency)?.magnitude())
                .map_err(|error| error.to_string())?;
        }
    }
    let on_items = subtotal.magnitude().checked_sub(on_shipping).map_err(|error| error.to_string())?;
    let negative = |kind, amount: Money| Part { kind, amount: amount.negated(), tax_subtype: "DISCOUNT" };
    parts.push(negative(ComponentKind::ItemDiscount, on_items));
    parts.push(negative(ComponentKind::ShippingDiscount, on_shipping));
    Ok(())
}

/// Attributes the item's tax to its parts: by Amazon's own details where they sum to it, otherwise in
/// proportion to the amounts.
fn attribute(
    parts: &[Part],
    sum: Money,
    tax: Money,
    details: &[wire::DetailedBreakdown],
    currency: Currency,
) -> Result<Vec<Money>, String> {
    let by_details = attribute_by_details(parts, details, currency)?;
    if self::sum(currency, by_details.iter().copied())? == tax {
        return Ok(by_details);
    }
    let mut taxes = Vec::with_capacity(parts.len());
    for part in parts {
        let share = if sum.minor() > 0 {
            part.amount.scaled(tax.minor(), sum.minor())
        } else {
            Ok(Money::zero(currency))
        };
        taxes.push(share.map_err(|error| error.to_string())?);
    }
    let attributed = self::sum(currency, taxes.iter().copied())?;
    let rest = tax.checked_sub(attributed).map_err(|error| error.to_string())?;
    let largest = (0..parts.len()).max_by_key(|index| parts[*index].amount.minor());
    if let Some(largest) = largest {
        taxes[largest] = taxes[largest].checked_add(rest).map_err(|error| error.to_string())?;
    }
    Ok(taxes)
}

fn attribute_by_details(
    parts: &[Part],
    details: &[wire::DetailedBreakdown],
    currency: Currency,
) -> Result<Vec<Money>, String> {
    let mut taxes = vec![Money::zero(currency); parts.len()];
    for detail in details {
        let Some(value) = &detail.value else { continue };
        let value = in_currency(value, currency)?;
        let places: Vec<usize> =
            (0..parts.len()).filter(|index| parts[*index].tax_subtype == detail.subtype).collect();
        let weights: Vec<u64> =
            places.iter().map(|index| parts[*index].amount.minor().unsigned_abs()).collect();
        let value = if detail.subtype == "DISCOUNT" { value.magnitude().negated() } else { value };
        for (place, share) in places.into_iter().zip(value.split(&weights)) {
            taxes[place] = taxes[place].checked_add(share).map_err(|error| error.to_string())?;
        }
    }
    Ok(taxes)
}

fn sum(currency: Currency, amounts: impl IntoIterator<Item = Money>) -> Result<Money, String> {
    Money::sum(currency, amounts).map_err(|error| error.to_string())
}

fn in_currency(wire: &wire::Money, currency: Currency) -> Result<Money, String> {
    let amount = money(wire)?;
    if amount.currency() == currency {
        Ok(amount)
    } else {
        Err(format!("{amount} stands in an order in {currency}"))
    }
}
