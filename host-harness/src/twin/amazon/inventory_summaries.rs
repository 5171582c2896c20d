//! FBA Inventory API v1: `getInventorySummaries`.
//!
//! Source: the parameter descriptions of its model. `pagination` stands beside the payload, not in it; a search by time
//! passes over the list of SKUs; what nobody knows is left out. Amazon's model lets an error of this API come without
//! a message, and the twin sends some that way. Absent on purpose: the split of quantities that are being researched.

use chrono::{DateTime, Duration, Months, SecondsFormat, Utc};
use serde_json::{Value, json};

use super::operation::Call;
use super::parameters::{Query, one_marketplace};
use super::problem::Problem;
use super::stock::{FbaStock, Stock};
use crate::twin::world::ids::Sku;
use crate::twin::world::stock::{FbaCounts, InventoryPool};

const PAGE_SIZE: usize = 50;
const SKUS_AT_MOST: usize = 50;
const TOKEN_LIFE_SECONDS: i64 = 30;
/// How far back a search by time may go.
const OLDEST_START: Months = Months::new(18);

/// What a search is for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Selection {
    marketplace: String,
    details: bool,
    since: Option<DateTime<Utc>>,
    /// Empty for all.
    skus: Vec<String>,
}

/// Where a search goes on: after this SKU.
pub(super) struct InventoryPlace {
    selection: Selection,
    last: Sku,
}

impl Selection {
    fn parse(query: &Query, now: DateTime<Utc>) -> Result<Self, Problem> {
        if query.one("granularityType")? != Some("Marketplace") {
            return Err(Problem::invalid_input("granularityType must be Marketplace."));
        }
        let marketplace = one_marketplace(query, "marketplaceIds")?;
        if one_marketplace(query, "granularityId")? != marketplace {
            return Err(Problem::invalid_input("granularityId must be the marketplace of marketplaceIds."));
        }
        let details = match query.one("details")? {
            None | Some("false") => false,
            Some("true") => true,
            Some(_) => return Err(Problem::invalid_input("details must be true or false.")),
        };
        let since = query.time("startDateTime")?;
        let oldest = now.checked_sub_months(OLDEST_START);
        if since.zip(oldest).is_some_and(|(since, oldest)| since < oldest) {
            return Err(Problem::invalid_input("startDateTime must be within the last 18 months."));
        }
        let skus = query.list("sellerSkus", |text| Some(text.to_owned()))?;
        if skus.len() > SKUS_AT_MOST {
            return Err(Problem::invalid_input("sellerSkus has more than 50 values."));
        }
        Ok(Selection { marketplace, details, since, skus })
    }

    fn includes(&self, sku: &Sku, stock: &FbaStock) -> bool {
        match self.since {
            Some(since) => stock.last_updated_at >= since,
            None => self.skus.is_empty() || self.skus.iter().any(|wanted| wanted == sku.as_str()),
        }
    }
}

pub(super) fn get_inventory_summaries(call: &Call<'_>) -> Result<Value, Problem> {
    let selection = Selection::parse(&call.query, call.now)?;
    let mut stock = call.service.stock();
    let last = match call.query.one("nextToken")? {
        None => None,
        Some(token) => Some(resume(&stock, token, &selection, call.now)?),
    };
    let pool = InventoryPool::of_marketplace(&selection.marketplace);
    let shown = pool.into_iter().flat_map(|pool| stock.fba.shown(pool));
    let found = shown.filter(|(sku, _)| last.as_ref().is_none_or(|last| *sku > last));
    let mut found: Vec<(&Sku, &FbaStock)> =
        found.filter(|(sku, stock)| selection.includes(sku, stock)).take(PAGE_SIZE + 1).collect();
    let more = found.len() > PAGE_SIZE;
    found.truncate(PAGE_SIZE);
    let summaries: Vec<Value> =
        found.iter().map(|(sku, of)| summary(&stock, sku, of, selection.details)).collect();
    let last = found.last().filter(|_| more).map(|(sku, _)| (*sku).clone());
    let mut answer = json!({ "payload": {
        "granularity": { "granularityType": "Marketplace", "granularityId": selection.marketplace },
        "inventorySummaries": summaries,
    }});
    if let Some(last) = last {
        let place = InventoryPlace { selection, last };
        let token = stock.inventory_pages.issue(place, (call.service.seed(), call.now));
        answer["pagination"] = json!({ "nextToken": token });
    }
    Ok(answer)
}

/// The SKU after which the search of a token goes on.
fn resume(stock: &Stock, token: &str, selection: &Selection, now: DateTime<Utc>) -> Result<Sku, Problem> {
    let (place, issued_at) = stock.inventory_pages.find(token).ok_or_else(Problem::invalid_input_alone)?;
    if now - *issued_at >= Duration::seconds(TOKEN_LIFE_SECONDS) {
        return Err(Problem::invalid_input_alone());
    }
    if place.selection != *selection {
        let details = "The other parameters must be those of the request that gave the nextToken.";
        return Err(Problem::invalid_input(details));
    }
    Ok(place.last.clone())
}

fn summary(stock: &Stock, sku: &Sku, of: &FbaStock, details: bool) -> Value {
    let goods = stock.goods(sku);
    let mut json = json!({
        "asin": goods.asin.as_str(),
        "fnSku": goods.fn_sku.as_str(),
        "sellerSku": sku.as_str(),
        "condition": "NewItem",
        "lastUpdatedTime": of.last_updated_at.to_rfc3339_opts(SecondsFormat::Secs, true),
        "productName": goods.title,
        "totalQuantity": of.counts.total(),
        "stores": [],
    });
    if details {
        json["inventoryDetails"] = inventory_details(&of.counts);
    }
    json
}

fn inventory_details(counts: &FbaCounts) -> Value {
    let FbaCounts { fulfillable, inbound, reserved, researching, unfulfillable } = counts;
    json!({
        "fulfillableQuantity": fulfillable,
        "inboundWorkingQuantity": inbound.working,
        "inboundShippedQuantity": inbound.shipped,
        "inboundReceivingQuantity": inbound.receiving,
        "reservedQuantity": {
            "totalReservedQuantity": reserved.total(),
            "pendingCustomerOrderQuantity": reserved.pending_customer_orders,
            "pendingTransshipmentQuantity": reserved.pending_transshipments,
            "fcProcessingQuantity": reserved.in_processing,
        },
        "researchingQuantity": {
            "totalResearchingQuantity": researching,
            "researchingQuantityBreakdown": [],
        },
        "unfulfillableQuantity": {
            "totalUnfulfillableQuantity": unfulfillable.total(),
            "customerDamagedQuantity": unfulfillable.customer_damaged,
            "warehouseDamagedQuantity": unfulfillable.warehouse_damaged,
            "distributorDamagedQuantity": unfulfillable.distributor_damaged,
            "carrierDamagedQuantity": unfulfillable.carrier_damaged,
            "defectiveQuantity": unfulfillable.defective,
            "expiredQuantity": unfulfillable.expired,
        },
    })
}
