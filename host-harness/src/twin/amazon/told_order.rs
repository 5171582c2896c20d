//! An order that is told in the place of what the world knows: how a search finds it, and what it shows of it.
//!
//! What is told is the whole of an answer of `getOrder`. Absent on purpose: checking that it is one.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use super::parameters::{FULFILMENT_STATUS_NAMES, Selection, TimeField};
use crate::twin::world::product::Fulfilment;

/// What a search shows of an order for which no dataset is asked.
const ALWAYS_SHOWN: [&str; 6] =
    ["orderId", "createdTime", "lastUpdatedTime", "salesChannel", "orderItems", "associatedOrders"];

/// The time by which a search goes. `None` where nothing readable is told of it.
pub(super) fn time(told: &Value, field: TimeField) -> Option<DateTime<Utc>> {
    let name = match field {
        TimeField::Created => "createdTime",
        TimeField::LastUpdated => "lastUpdatedTime",
    };
    DateTime::parse_from_rfc3339(told[name].as_str()?).ok().map(|time| time.to_utc())
}

/// Whether the filters of a search let it through.
pub(super) fn is_selected(told: &Value, selection: &Selection) -> bool {
    let marketplace = told["salesChannel"]["marketplaceId"].as_str();
    let status = told["fulfillment"]["fulfillmentStatus"].as_str();
    let fulfilled_by = told["fulfillment"]["fulfilledBy"].as_str();
    let has_status = FULFILMENT_STATUS_NAMES
        .iter()
        .any(|(wanted, name)| Some(*name) == status && selection.statuses.contains(wanted));
    let has_fulfilment = [(Fulfilment::Amazon, "AMAZON"), (Fulfilment::Merchant, "MERCHANT")]
        .iter()
        .any(|(wanted, name)| Some(*name) == fulfilled_by && selection.fulfilled_by.contains(wanted));
    (selection.marketplaces.is_empty() || marketplace.is_some_and(|id| selection.marketplaces.contains(id)))
        && (selection.statuses.is_empty() || has_status)
        && (selection.fulfilled_by.is_empty() || has_fulfilment)
}

/// The order without its items' and its own datasets: nothing of the buyer, and no amount.
pub(super) fn shown(told: &Value) -> Value {
    let mut shown: Map<String, Value> =
        ALWAYS_SHOWN.iter().filter_map(|name| Some(((*name).to_owned(), told.get(*name)?.clone()))).collect();
    let items = shown.get_mut("orderItems").and_then(Value::as_array_mut);
    for item in items.into_iter().flatten().filter_map(Value::as_object_mut) {
        item.retain(|name, _| ["orderItemId", "quantityOrdered", "product"].contains(&name.as_str()));
    }
    Value::Object(shown)
}
