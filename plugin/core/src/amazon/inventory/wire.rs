//! The JSON of inventory summaries.

use chrono::{DateTime, Utc};
use serde::Deserialize;

use crate::canonical::{SellerSku, Units, WarehouseStock};

#[derive(Deserialize)]
pub(super) struct Answer {
    pub payload: Payload,
    /// Beside the payload, not in it.
    pub pagination: Option<Pagination>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Payload {
    pub inventory_summaries: Vec<Summary>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Pagination {
    pub next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Summary {
    seller_sku: Option<String>,
    inventory_details: Option<Details>,
    last_updated_time: Option<String>,
}

/// A quantity that is left out is none.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Details {
    fulfillable_quantity: Option<i64>,
    inbound_working_quantity: Option<i64>,
    inbound_shipped_quantity: Option<i64>,
    inbound_receiving_quantity: Option<i64>,
    reserved_quantity: Option<Reserved>,
    researching_quantity: Option<Researching>,
    unfulfillable_quantity: Option<Unfulfillable>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
struct Reserved {
    pending_customer_order_quantity: Option<i64>,
    pending_transshipment_quantity: Option<i64>,
    fc_processing_quantity: Option<i64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Researching {
    total_researching_quantity: Option<i64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Unfulfillable {
    total_unfulfillable_quantity: Option<i64>,
}

pub(super) fn stock(summary: Summary) -> Result<WarehouseStock, &'static str> {
    let sku = summary.seller_sku.and_then(SellerSku::new).ok_or("a summary names no SKU")?;
    // Details were asked for: without them nothing is known, and nothing is not zero.
    let details = summary.inventory_details.ok_or("a summary has no details")?;
    let reserved = details.reserved_quantity.unwrap_or_default();
    let as_of = summary.last_updated_time.filter(|text| !text.is_empty());
    let as_of = as_of.map(|text| {
        DateTime::parse_from_rfc3339(&text)
            .map(|time| time.to_utc())
            .map_err(|_| "a time is none of ISO 8601")
    });
    let units = [
        details.fulfillable_quantity,
        reserved.pending_customer_order_quantity,
        reserved.pending_transshipment_quantity,
        reserved.fc_processing_quantity,
        details.inbound_working_quantity,
        details.inbound_shipped_quantity,
        details.inbound_receiving_quantity,
        details.researching_quantity.and_then(|researching| researching.total_researching_quantity),
        details.unfulfillable_quantity.and_then(|units| units.total_unfulfillable_quantity),
    ];
    if units.iter().flatten().any(|units| *units < 0) {
        return Err("a quantity is negative");
    }
    let as_of: Option<DateTime<Utc>> = as_of.transpose()?;
    Ok(WarehouseStock { sku, units: units.map(|units| Units(units.unwrap_or(0))), as_of })
}
