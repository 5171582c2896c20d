//! The JSON's own arithmetic, recomputed from its text.

use serde_json::Value;

use super::client::{ORDERS, Setting};
use crate::twin::world::order::TaxConvention;

/// Pence of a money object, read from its text.
fn pence(money: &Value) -> i64 {
    let text = money["amount"].as_str().unwrap_or_else(|| panic!("text in {money}"));
    let (whole, fraction) = text.split_once('.').expect("a decimal point");
    assert_eq!(fraction.len(), 2, "{text}");
    format!("{whole}{fraction}").parse().expect("digits")
}

fn subtotal(proceeds: &Value, kind: &str) -> i64 {
    let breakdowns = proceeds["breakdowns"].as_array().expect("breakdowns");
    let mut of_kind = breakdowns.iter().filter(|breakdown| breakdown["type"] == kind);
    let first = of_kind.next().map_or(0, |breakdown| pence(&breakdown["subtotal"]));
    assert!(of_kind.next().is_none(), "{kind} once at most");
    first
}

fn detail(proceeds: &Value, kind: &str, subtype: &str) -> i64 {
    let breakdowns = proceeds["breakdowns"].as_array().expect("breakdowns");
    let details = breakdowns.iter().filter(|breakdown| breakdown["type"] == kind);
    let details = details.filter_map(|breakdown| breakdown["detailedBreakdowns"].as_array()).flatten();
    details.filter(|detail| detail["subtype"] == subtype).map(|detail| pence(&detail["value"])).sum()
}

#[tokio::test]
async fn the_proceeds_of_three_hundred_orders_tie() {
    let setting = Setting::new().await;
    let token = setting.access_token().await;
    let world = setting.snapshot();
    let (mut tied, mut on_top) = (0, 0);
    for order in world.orders() {
        let path = format!("{ORDERS}/{}", order.id);
        let json = setting.get(&token, &path, &[("includedData", "PROCEEDS")]).await.json();
        let json = &json["order"];
        let Some(proceeds) = json.get("proceeds") else {
            assert!(!order.is_priced());
            continue;
        };
        let added_tax = |tax: i64| if order.convention == TaxConvention::OnTop { tax } else { 0 };
        let mut grand_total = 0;
        for item in json["orderItems"].as_array().expect("items") {
            let (product, proceeds) = (&item["product"], &item["proceeds"]);
            let of = |kind| subtotal(proceeds, kind);
            let sum = of("ITEM") + of("SHIPPING") + of("GIFT_WRAP") - of("DISCOUNT") + added_tax(of("TAX"));
            assert_eq!(pence(&proceeds["proceedsTotal"]), sum, "{}", order.id);
            grand_total += sum;
            let tax = |subtype| detail(proceeds, "TAX", subtype);
            assert_eq!(of("TAX"), tax("ITEM") + tax("SHIPPING") + tax("GIFT_WRAP") - tax("DISCOUNT"));
            let discount = |subtype| detail(proceeds, "DISCOUNT", subtype);
            assert_eq!(of("DISCOUNT"), discount("ITEM") + discount("SHIPPING"));
            let quantity = item["quantityOrdered"].as_i64().expect("a number");
            assert_eq!(pence(&product["price"]["unitPrice"]) * quantity, of("ITEM"), "{}", order.id);
        }
        assert_eq!(pence(&proceeds["grandTotal"]), grand_total, "{}", order.id);
        if proceeds.get("breakdowns").is_some() {
            let of = |kind| subtotal(proceeds, kind);
            let sum = of("ITEM") + of("SHIPPING") + of("GIFT_WRAP") - of("DISCOUNT") + added_tax(of("TAX"));
            assert_eq!(sum, grand_total, "{}", order.id);
            assert_eq!(of("TAX"), order.vat_pence());
        }
        tied += 1;
        on_top += usize::from(order.convention == TaxConvention::OnTop);
    }
    assert_eq!(tied, 258, "86 of a hundred are priced");
    assert!(on_top > 5, "{on_top}");
}
