//! An order as the Orders API 2026-01-01 shows it.
//!
//! Only the datasets that were asked for are there; money is text with its currency; parts that Amazon
//! withholds are left out, not emptied. Absent on purpose: items (`item_json`), money (`proceeds_json`),
//! addresses and packages (`delivery_json`).

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Map, Value, json};

use super::delivery_json::{deliver_by, packages, recipient, ship_by};
use super::item_json::item_json;
use super::parameters::{Dataset, FULFILMENT_STATUS_NAMES, IncludedData};
use super::proceeds_json::{money, order_proceeds};
use crate::twin::world::World;
use crate::twin::world::order::{FulfilmentStatus, Order};
use crate::twin::world::product::Fulfilment;

pub(super) fn order_json(world: &World, order: &Order, included: &IncludedData, now: DateTime<Utc>) -> Value {
    let asked = |dataset| included.contains(&dataset);
    let mut json = Map::new();
    let mut put = |name: &str, value: Value| {
        json.insert(name.to_owned(), value);
    };
    put("orderId", order.id.as_str().into());
    put("createdTime", seconds(order.created_at));
    put("lastUpdatedTime", seconds(order.last_updated_at));
    put("salesChannel", sales_channel(order));
    put("programs", programs(order).into());
    let items = order.lines.iter().map(|line| item_json(world, order, line, included));
    put("orderItems", items.collect::<Vec<_>>().into());
    if let Some(alias) = &order.seller_order_id {
        put("orderAliases", json!([{ "aliasId": alias, "aliasType": "SELLER_ORDER_ID" }]));
    }
    if let Some(original) = &order.replaces {
        let association = "REPLACEMENT_ORIGINAL_ID";
        put("associatedOrders", json!([{ "orderId": original.as_str(), "associationType": association }]));
    }
    if asked(Dataset::Buyer) && order.discloses_buyer() {
        put("buyer", buyer(world, order));
    }
    if asked(Dataset::Recipient) && order.is_priced() {
        put("recipient", recipient(world, order, now));
    }
    if asked(Dataset::Proceeds) && order.is_priced() {
        put("proceeds", order_proceeds(order));
    }
    if asked(Dataset::Payment) && order.is_priced() {
        put("payment", payment(order));
    }
    if asked(Dataset::Tax) && order.is_priced() {
        put("tax", json!({ "taxRegistrations": tax_registrations(world, order) }));
    }
    if asked(Dataset::Fulfilment) {
        put("fulfillment", fulfilment(order));
    }
    if asked(Dataset::Packages) && order.discloses_buyer() && order.status != FulfilmentStatus::Unshipped {
        put("packages", packages(world, order));
    }
    Value::Object(json)
}

/// RFC 3339 in UTC with whole seconds, as the Orders API writes times.
pub(super) fn seconds(time: DateTime<Utc>) -> Value {
    time.to_rfc3339_opts(SecondsFormat::Secs, true).into()
}

fn sales_channel(order: &Order) -> Value {
    let channel = if order.placed_elsewhere { "NON_AMAZON" } else { "AMAZON" };
    json!({
        "channelName": channel,
        "marketplaceId": order.marketplace.id,
        "marketplaceName": order.marketplace.name,
    })
}

fn programs(order: &Order) -> Vec<&'static str> {
    let flags = [
        (order.business, "AMAZON_BUSINESS"),
        (order.prime, "PRIME"),
        (order.status == FulfilmentStatus::PendingAvailability, "PREORDER"),
    ];
    flags.into_iter().filter_map(|(set, name)| set.then_some(name)).collect()
}

fn buyer(world: &World, order: &Order) -> Value {
    let person = world.buyer_of(order);
    let mut json = json!({ "buyerName": person.name, "buyerEmail": person.email });
    if order.business {
        json["buyerCompanyName"] = person.company.as_str().into();
    }
    if let Some(number) = &order.purchase_order_number {
        json["buyerPurchaseOrderNumber"] = number.as_str().into();
    }
    json
}

fn payment(order: &Order) -> Value {
    let method = if order.business { "Invoice" } else { "CreditCard" };
    let amount = money(order.gross_pence(), order.marketplace.currency);
    json!({ "paymentExecutions": [{ "paymentMethod": method, "paymentAmount": amount }] })
}

/// The seller's VAT registration, and that of a firm that gave one. A firm is named only where buyers are.
fn tax_registrations(world: &World, order: &Order) -> Vec<Value> {
    let registration = |entity: &str, number: &str| {
        let kind = "VAT";
        json!({ "entityType": entity, "taxRegistrationType": kind, "taxRegistrationNumber": number })
    };
    let mut merchant = registration("MERCHANT", &world.seller().vat_number);
    merchant["legalName"] = world.seller().name.as_str().into();
    let mut registrations = vec![merchant];
    let firm = world.buyer_of(order);
    if order.business && !firm.vat_number.is_empty() {
        let mut buyer = registration("BUYER", &firm.vat_number);
        if order.discloses_buyer() {
            buyer["legalName"] = firm.company.as_str().into();
        }
        registrations.push(buyer);
    }
    registrations
}

fn fulfilment(order: &Order) -> Value {
    let status = FULFILMENT_STATUS_NAMES.iter().find(|(status, _)| *status == order.status);
    let mut json = json!({
        "fulfillmentStatus": status.map(|(_, name)| *name).expect("the list has every status"),
        "fulfilledBy": match order.fulfilment {
            Fulfilment::Amazon => "AMAZON",
            Fulfilment::Merchant => "MERCHANT",
        },
        "fulfillmentServiceLevel": if order.prime { "NEXT_DAY" } else { "STANDARD" },
    });
    if order.is_priced() {
        json["shipByWindow"] = ship_by(order);
        if order.fulfilment == Fulfilment::Merchant {
            json["deliverByWindow"] = deliver_by(order);
        }
    }
    json
}
