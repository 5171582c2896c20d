//! The money of orders and items as the Orders API 2026-01-01 shows it.
//!
//! Signs follow Orders API v0, to which Amazon's migration tables lead back (`PromotionDiscount` becomes
//! the subtotal of `DISCOUNT`, `PromotionDiscountTax` becomes `TAX` with the subtype `DISCOUNT`): both are
//! positive amounts that reduce. So an item's `TAX` is the sum of its details less the one of `DISCOUNT`.
//! Absent on purpose: which prices there are; an order that is not priced has no proceeds.

use serde_json::{Value, json};

use crate::twin::world::money::{Amount, decimal_text};
use crate::twin::world::order::{Line, Order, TaxConvention};

/// An amount with its currency; the amount is text.
pub(super) fn money(pence: i64, currency: &str) -> Value {
    json!({ "amount": decimal_text(pence), "currencyCode": currency })
}

pub(super) fn item_proceeds(order: &Order, line: &Line) -> Value {
    let currency = order.marketplace.currency;
    let shown = |amount: Amount| subtotal_pence(order.convention, amount);
    let mut breakdowns = Vec::new();
    for (kind, amount) in charges(line) {
        breakdowns.push(json!({ "type": kind, "subtotal": money(shown(amount), currency) }));
    }
    let discount_pence = shown(line.item_discount) + shown(line.shipping_discount);
    if discount_pence > 0 {
        let parts = [("ITEM", line.item_discount), ("SHIPPING", line.shipping_discount)];
        let details = parts.iter().filter(|(_, amount)| amount.gross_pence > 0);
        let details = details.map(|(subtype, amount)| detail(subtype, shown(*amount), currency));
        breakdowns.push(breakdown("DISCOUNT", discount_pence, currency, details.collect()));
    }
    if line.vat_pence() > 0 || order.states_zero_tax {
        breakdowns.push(breakdown("TAX", line.vat_pence(), currency, tax_details(line, currency)));
    }
    json!({ "proceedsTotal": money(line.gross_pence(), currency), "breakdowns": breakdowns })
}

pub(super) fn order_proceeds(order: &Order) -> Value {
    let currency = order.marketplace.currency;
    let mut json = json!({ "grandTotal": money(order.gross_pence(), currency) });
    if !order.states_order_breakdowns {
        return json;
    }
    let shown = |amount: Amount| subtotal_pence(order.convention, amount);
    let sum = |part: &dyn Fn(&Line) -> i64| order.lines.iter().map(part).sum::<i64>();
    let subtotals = [
        ("ITEM", sum(&|line| shown(line.item))),
        ("SHIPPING", sum(&|line| shown(line.shipping))),
        ("GIFT_WRAP", sum(&|line| shown(line.gift_wrap))),
        ("DISCOUNT", sum(&|line| shown(line.item_discount) + shown(line.shipping_discount))),
        ("TAX", order.vat_pence()),
    ];
    let stated =
        |kind: &str, pence: i64| pence != 0 || kind == "ITEM" || (kind == "TAX" && order.states_zero_tax);
    let breakdowns = subtotals.into_iter().filter(|(kind, pence)| stated(kind, *pence));
    json["breakdowns"] =
        breakdowns.map(|(kind, pence)| json!({ "type": kind, "subtotal": money(pence, currency) })).collect();
    json
}

fn subtotal_pence(convention: TaxConvention, amount: Amount) -> i64 {
    match convention {
        TaxConvention::Included => amount.gross_pence,
        TaxConvention::OnTop => amount.net_pence(),
    }
}

/// What is charged for the item; the goods always, the rest where there is any.
fn charges(line: &Line) -> impl Iterator<Item = (&'static str, Amount)> {
    [("ITEM", line.item), ("SHIPPING", line.shipping), ("GIFT_WRAP", line.gift_wrap)]
        .into_iter()
        .filter(|(kind, amount)| *kind == "ITEM" || amount.gross_pence > 0)
}

fn tax_details(line: &Line, currency: &str) -> Vec<Value> {
    let mut details: Vec<Value> =
        charges(line).map(|(kind, amount)| detail(kind, amount.vat_pence, currency)).collect();
    let discount_vat_pence = line.item_discount.vat_pence + line.shipping_discount.vat_pence;
    if discount_vat_pence > 0 {
        details.push(detail("DISCOUNT", discount_vat_pence, currency));
    }
    details
}

fn breakdown(kind: &str, pence: i64, currency: &str, details: Vec<Value>) -> Value {
    json!({ "type": kind, "subtotal": money(pence, currency), "detailedBreakdowns": details })
}

fn detail(subtype: &str, pence: i64, currency: &str) -> Value {
    json!({ "subtype": subtype, "value": money(pence, currency) })
}
