//! Where an order goes, by when, and in which packages, as the Orders API 2026-01-01 shows it.
//!
//! Of orders that Amazon sends, only the town is told (SP-API documentation, "Access Orders PII"). Absent on
//! purpose: delivery preferences, which nothing here needs.

use chrono::{DateTime, Duration, Utc};
use serde_json::{Map, Value, json};

use super::order_json::seconds;
use crate::twin::world::World;
use crate::twin::world::order::{FulfilmentStatus, Order};

/// The seller's warehouse, from which merchant-fulfilled orders leave.
const WAREHOUSE_STREET: &str = "Unit 7, Calder Works";
const WAREHOUSE_TOWN: (&str, &str) = ("Halifax", "HX1 1AA");

pub(super) fn recipient(world: &World, order: &Order, now: DateTime<Utc>) -> Value {
    let buyer = world.buyer_of(order);
    let address = &buyer.addresses[order.address];
    let disclosed = order.discloses_buyer();
    let mut json = Map::new();
    let mut put = |name: &str, value: &str| {
        if !value.is_empty() {
            json.insert(name.to_owned(), value.into());
        }
    };
    put("city", &address.city);
    put("stateOrRegion", &address.region);
    put("postalCode", &address.post_code);
    put("countryCode", &address.country_code);
    if disclosed {
        put("name", &address.name);
        put("companyName", &address.company);
        put("addressLine1", &address.line_1);
        put("addressLine2", &address.line_2);
        put("districtOrCounty", &address.county);
        put("addressType", if buyer.is_business() { "COMMERCIAL" } else { "RESIDENTIAL" });
        // The number is withheld once a sent order is past its delivery date.
        let delivered = order.status == FulfilmentStatus::Shipped && now > deliver_by_latest(order);
        put("phone", if delivered { "" } else { &address.phone });
        json.insert("addressLine3".to_owned(), "".into());
    }
    json!({ "deliveryAddress": json })
}

pub(super) fn ship_by(order: &Order) -> Value {
    let latest = order.created_at + Duration::days(2);
    json!({ "earliestDateTime": seconds(order.created_at), "latestDateTime": seconds(latest) })
}

pub(super) fn deliver_by(order: &Order) -> Value {
    let earliest = order.created_at + Duration::days(2);
    json!({ "earliestDateTime": seconds(earliest), "latestDateTime": seconds(deliver_by_latest(order)) })
}

fn deliver_by_latest(order: &Order) -> DateTime<Utc> {
    order.created_at + Duration::days(6)
}

/// The one package in which everything sent so far has gone.
pub(super) fn packages(world: &World, order: &Order) -> Value {
    let sent = order.lines.iter().map(|line| (line, order.quantity_fulfilled(line)));
    let items = sent
        .filter(|(_, quantity)| *quantity > 0)
        .map(|(line, quantity)| json!({ "orderItemId": line.item_id.as_str(), "quantity": quantity }));
    let digits = order.id.as_str().replace('-', "");
    json!([{
        "packageReferenceId": "1",
        "createdTime": seconds(order.last_updated_at),
        "packageStatus": { "status": "IN_TRANSIT", "detailedStatus": "PICKED_UP" },
        "carrier": "Royal Mail",
        "shipTime": seconds(order.last_updated_at),
        "shippingService": "Royal Mail Tracked 48",
        "trackingNumber": format!("RM{}GB", &digits[digits.len() - 9..]),
        "shipFromAddress": {
            "name": world.seller().name,
            "addressLine1": WAREHOUSE_STREET,
            "city": WAREHOUSE_TOWN.0,
            "postalCode": WAREHOUSE_TOWN.1,
            "countryCode": "GB",
        },
        "packageItems": items.collect::<Vec<_>>(),
    }])
}
