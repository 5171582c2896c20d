//! The decision what the sums of a refund say that a buyer got back: of which part of which SKU, and beyond the price.
//!
//! Amazon writes some rows without the part that they belong to, and some that lessen a refund. Each part of the
//! refund of an order is paid back in the end, or the whole is for a person. Absent on purpose: what was sold, which
//! the invoice says (`refund_to_credit_note`).

use crate::canonical::{Money, MoneyError, OrderId, OrderRefund, RefundedItem};

use super::collected::RefundSum;

/// The refund of an order; the error is an amount that no refund is made of.
pub(super) fn order_refund(
    order: &str,
    sum: &RefundSum,
) -> Result<Result<Option<OrderRefund>, Money>, MoneyError> {
    let mut total = sum.goodwill;
    let mut goodwill = sum.goodwill.negated();
    let mut items = Vec::new();
    for (sku, item) in &sum.items {
        total = total.checked_add(item.goods)?.checked_add(item.delivery)?.checked_add(item.gift_wrap)?;
        let mut parts = [item.goods, item.delivery, item.gift_wrap].map(Money::negated);
        offset(&mut parts)?;
        items.push((sku, parts));
    }
    // What a buyer pays for the way back is kept of the refund, as a charge for restocking is.
    for part in items.iter_mut().flat_map(|(_, parts)| parts) {
        take_from(part, &mut goodwill)?;
    }
    let items: Vec<RefundedItem> = items
        .into_iter()
        .filter(|(_, parts)| parts.iter().any(|amount| !amount.is_zero()))
        .map(|(sku, [goods, delivery, gift_wrap])| RefundedItem {
            sku: sku.to_string(),
            goods,
            delivery,
            gift_wrap,
        })
        .collect();
    let amounts = items.iter().flat_map(|item| [item.goods, item.delivery, item.gift_wrap]);
    let is_paid_back = amounts.chain([goodwill]).all(|amount| amount.minor() >= 0);
    if total.is_zero() && is_paid_back {
        return Ok(Ok(None));
    }
    match OrderId::new(order).filter(|_| is_paid_back) {
        Some(order) => {
            let (refunded_on, stated_vat) = (sum.posted_on, sum.vat.negated());
            Ok(Ok(Some(OrderRefund { order, refunded_on, items, goodwill, stated_vat })))
        }
        None => Ok(Err(total)),
    }
}

/// Takes what is negative of a refund's parts from the others. Amazon writes some rows without the part that they
/// belong to, which are counted to the goods: VAT that it withholds, the tax of a promotion. Where the delivery alone
/// is paid back they would make the goods negative.
fn offset(parts: &mut [Money; 3]) -> Result<(), MoneyError> {
    for place in 0..parts.len() {
        let mut lacking = parts[place];
        for giving in (0..parts.len()).filter(|giving| *giving != place) {
            take_from(&mut parts[giving], &mut lacking)?;
        }
        parts[place] = lacking;
    }
    Ok(())
}

/// Makes up for what is lacking, as far as the giving amount is positive.
fn take_from(giving: &mut Money, lacking: &mut Money) -> Result<(), MoneyError> {
    let minor = giving.minor().min(lacking.negated().minor());
    if minor > 0 {
        let moved = Money::new(minor, giving.currency());
        *giving = giving.checked_sub(moved)?;
        *lacking = lacking.checked_add(moved)?;
    }
    Ok(())
}
