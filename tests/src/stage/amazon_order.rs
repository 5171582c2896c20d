//! A story's order as `getOrder` tells it.
//!
//! What Amazon withholds is left out: prices, buyer and place of orders that are not paid for or will not be
//! sent, and the buyer of orders that Amazon sends itself (SP-API documentation, "Access Orders PII").

use serde_json::{Value, json};

use crate::story::{Arrival, LineStory, OrderStory};

/// As it is by this arrival.
pub(super) fn json(order: &OrderStory, arrival: &Arrival) -> Value {
    let status = arrival.status.as_deref().unwrap_or(&order.status);
    told(order, status, arrival.updated.as_deref().unwrap_or(&order.updated))
}

/// As the story says that it is.
pub(super) fn json_as_it_is(order: &OrderStory) -> Value {
    told(order, &order.status, &order.updated)
}

fn told(order: &OrderStory, status: &str, updated: &str) -> Value {
    let is_sold = !matches!(status, "PENDING" | "PENDING_AVAILABILITY" | "CANCELLED" | "UNFULFILLABLE");
    let is_priced = is_sold && !order.without_proceeds;
    let is_by_merchant = order.fulfilled_by == "MERCHANT";
    let mut told = json!({
        "orderId": order.id,
        "createdTime": order.placed,
        "lastUpdatedTime": updated,
        "salesChannel": {
            "channelName": if order.placed_elsewhere { "NON_AMAZON" } else { "AMAZON" },
            "marketplaceId": order.marketplace,
        },
        "fulfillment": {"fulfillmentStatus": status, "fulfilledBy": order.fulfilled_by},
        "orderItems": items(order, is_priced),
    });
    if is_priced {
        let total = order.total.clone().unwrap_or_else(|| total(&order.line));
        told["proceeds"] = json!({"grandTotal": money(&total, order)});
    }
    let has_buyer = !order.buyer_name.is_empty() || !order.buyer_email.is_empty();
    if is_sold && is_by_merchant && has_buyer {
        told["buyer"] = json!({
            "buyerName": order.buyer_name, "buyerEmail": order.buyer_email, "buyerCompanyName": order.company,
        });
    }
    if is_sold {
        told["recipient"] = json!({"deliveryAddress": recipient(order, is_by_merchant)});
    }
    if is_sold && is_by_merchant && status != "UNSHIPPED" {
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

/// The whole address where the merchant sends, the town alone where Amazon does.
fn recipient(order: &OrderStory, is_by_merchant: bool) -> Value {
    let mut address = json!({
        "city": order.city, "stateOrRegion": order.region, "postalCode": order.post_code,
        "countryCode": order.country,
    });
    if is_by_merchant {
        let street = |index: usize| order.address.get(index).cloned().unwrap_or_default();
        address["name"] = order.buyer_name.as_str().into();
        address["companyName"] = order.company.as_str().into();
        address["addressLine1"] = street(0).into();
        address["addressLine2"] = street(1).into();
        address["addressLine3"] = street(2).into();
    }
    address
}

fn items(order: &OrderStory, is_priced: bool) -> Vec<Value> {
    order.line.iter().enumerate().map(|(index, line)| item(line, index + 1, order, is_priced)).collect()
}

fn item(line: &LineStory, number: usize, order: &OrderStory, is_priced: bool) -> Value {
    let mut told = json!({
        "orderItemId": number.to_string(),
        "quantityOrdered": line.quantity,
        "product": {"sellerSku": line.sku, "title": line.title, "asin": "B000000000"},
    });
    if is_priced {
        told["proceeds"] =
            json!({"proceedsTotal": money(&line.total, order), "breakdowns": breakdowns(line, order)});
    }
    if let Some(party) = &line.facilitator {
        told["tax"] =
            json!({"taxCollections": [{"model": "MARKETPLACE_FACILITATOR", "responsibleParty": party}]});
    }
    told
}

fn breakdowns(line: &LineStory, order: &OrderStory) -> Vec<Value> {
    let charges = [
        ("ITEM", &line.item),
        ("SHIPPING", &line.shipping),
        ("GIFT_WRAP", &line.gift_wrap),
        ("COD_FEE", &line.other),
    ];
    let mut breakdowns: Vec<Value> = charges
        .into_iter()
        .filter(|(_, amount)| !amount.is_empty())
        .map(|(kind, amount)| json!({"type": kind, "subtotal": money(amount, order)}))
        .collect();
    let discounts = [("ITEM", &line.item_discount), ("SHIPPING", &line.shipping_discount)];
    let discounts: Vec<_> = discounts.into_iter().filter(|(_, amount)| !amount.is_empty()).collect();
    if !discounts.is_empty() {
        let sum = pounds(discounts.iter().map(|(_, amount)| pence(amount)).sum());
        breakdowns.push(breakdown("DISCOUNT", &sum, discounts, order));
    }
    if !line.tax.is_empty() {
        let parts = line.tax_of.iter().map(|(subtype, amount)| (subtype.as_str(), amount)).collect();
        breakdowns.push(breakdown("TAX", &line.tax, parts, order));
    }
    breakdowns
}

fn breakdown(kind: &str, subtotal: &str, parts: Vec<(&str, &String)>, order: &OrderStory) -> Value {
    let details: Vec<Value> = parts
        .into_iter()
        .map(|(subtype, amount)| json!({"subtype": subtype, "value": money(amount, order)}))
        .collect();
    json!({"type": kind, "subtotal": money(subtotal, order), "detailedBreakdowns": details})
}

fn money(amount: &str, order: &OrderStory) -> Value {
    json!({"amount": amount, "currencyCode": order.currency})
}

fn total(lines: &[LineStory]) -> String {
    pounds(lines.iter().map(|line| pence(&line.total)).sum())
}

/// Pence of an amount with two decimals.
fn pence(amount: &str) -> i64 {
    let digits = amount.replace('.', "");
    digits.parse().unwrap_or_else(|_| panic!("a story has the amount `{amount}`: write it as 12.00"))
}

fn pounds(pence: i64) -> String {
    let sign = if pence < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", pence.abs() / 100, pence.abs() % 100)
}
