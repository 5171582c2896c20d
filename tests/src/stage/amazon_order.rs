//! A story's order as `getOrder` tells it.

use serde_json::{Value, json};

use crate::story::{LineStory, OrderStory};

pub(super) fn json(order: &OrderStory, status: Option<&str>) -> Value {
    let status = status.unwrap_or(&order.status);
    let money = |amount: &str| json!({"amount": amount, "currencyCode": order.currency});
    let items: Vec<Value> =
        order.line.iter().enumerate().map(|(index, line)| item(line, index, order, &money)).collect();
    let mut told = json!({
        "orderId": order.id,
        "createdTime": order.placed,
        "lastUpdatedTime": "2026-10-28T10:59:00Z",
        "salesChannel": if order.placed_elsewhere {
            json!({"channelName": "NON_AMAZON"})
        } else {
            json!({"channelName": "AMAZON", "marketplaceId": order.marketplace, "marketplaceName": "Amazon.co.uk"})
        },
        "fulfillment": {"fulfillmentStatus": status, "fulfilledBy": order.fulfilled_by},
        "orderItems": items,
    });
    if !order.without_proceeds {
        let total = order.total.clone().unwrap_or_else(|| total(&order.line));
        told["proceeds"] = json!({"grandTotal": money(&total)});
    }
    if !order.buyer_name.is_empty() || !order.buyer_email.is_empty() {
        told["buyer"] = json!({
            "buyerName": order.buyer_name, "buyerEmail": order.buyer_email, "buyerCompanyName": order.company,
        });
    }
    if order.fulfilled_by == "MERCHANT" {
        let lines = |index: usize| order.address.get(index).cloned().unwrap_or_default();
        told["recipient"] = json!({"deliveryAddress": {
            "name": order.buyer_name, "companyName": order.company, "addressLine1": lines(0),
            "addressLine2": lines(1), "addressLine3": lines(2), "city": order.city,
            "postalCode": order.post_code, "countryCode": order.country,
        }});
        told["packages"] = json!([{
            "packageReferenceId": "1", "shipFromAddress": {"countryCode": order.dispatched_from},
        }]);
    }
    if let Some(original) = &order.replaces {
        told["associatedOrders"] =
            json!([{"orderId": original, "associationType": "REPLACEMENT_ORIGINAL_ID"}]);
    }
    told
}

fn item(line: &LineStory, index: usize, order: &OrderStory, money: &impl Fn(&str) -> Value) -> Value {
    let mut breakdowns = Vec::new();
    for (kind, amount) in [
        ("ITEM", &line.item),
        ("SHIPPING", &line.shipping),
        ("GIFT_WRAP", &line.gift_wrap),
        ("COD_FEE", &line.other),
    ] {
        if !amount.is_empty() {
            breakdowns.push(json!({"type": kind, "subtotal": money(amount)}));
        }
    }
    let discounts = [("ITEM", &line.item_discount), ("SHIPPING", &line.shipping_discount)];
    let details: Vec<Value> = discounts
        .iter()
        .filter(|(_, amount)| !amount.is_empty())
        .map(|(subtype, amount)| json!({"subtype": subtype, "value": money(amount)}))
        .collect();
    if !details.is_empty() {
        let sum = pence(&line.item_discount) + pence(&line.shipping_discount);
        breakdowns.push(
            json!({"type": "DISCOUNT", "subtotal": money(&pounds(sum)), "detailedBreakdowns": details}),
        );
    }
    if !line.tax.is_empty() {
        breakdowns.push(json!({"type": "TAX", "subtotal": money(&line.tax)}));
    }
    let mut told = json!({
        "orderItemId": format!("{}", index + 1),
        "quantityOrdered": line.quantity,
        "product": {"sellerSku": line.sku, "title": line.title, "asin": "B000000000"},
    });
    if !order.without_proceeds {
        told["proceeds"] = json!({"proceedsTotal": money(&line.total), "breakdowns": breakdowns});
    }
    if let Some(party) = &line.facilitator {
        told["tax"] =
            json!({"taxCollections": [{"model": "MARKETPLACE_FACILITATOR", "responsibleParty": party}]});
    }
    told
}

fn total(lines: &[LineStory]) -> String {
    pounds(lines.iter().map(|line| pence(&line.total)).sum())
}

/// Pence of an amount with two decimals; an empty text is nothing.
fn pence(amount: &str) -> i64 {
    amount.replace('.', "").parse().unwrap_or(0)
}

fn pounds(pence: i64) -> String {
    format!("{}.{:02}", pence / 100, pence % 100)
}
