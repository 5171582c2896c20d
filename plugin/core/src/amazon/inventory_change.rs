//! The payload of `FBA_INVENTORY_AVAILABILITY_CHANGES`: which SKU to count again.
//!
//! Its fields stand directly in the payload. Only the SKU is taken, and the fulfillable units by marketplace, to tell
//! whether what Amazon answers later is older than its own notification. Absent on purpose: every other quantity.

use serde::Deserialize;

use crate::canonical::{MarketplaceId, SellerSku, Units};
use crate::finding::{Code, Finding};
use crate::remote::describe_json_error;

/// The stock of a SKU in Amazon's warehouses changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InventoryChange {
    pub sku: SellerSku,
    /// The units that could be shipped when it was told, by marketplace.
    pub fulfillable: Vec<(MarketplaceId, Units)>,
}

#[derive(Deserialize)]
struct Payload {
    #[serde(rename = "SKU", alias = "sku", alias = "Sku")]
    sku: Option<String>,
    #[serde(
        rename = "FulfillmentInventoryByMarketplace",
        alias = "fulfillmentInventoryByMarketplace",
        default
    )]
    by_marketplace: Vec<ByMarketplace>,
}

#[derive(Deserialize)]
struct ByMarketplace {
    #[serde(rename = "MarketplaceId", alias = "marketplaceId")]
    marketplace: Option<String>,
    #[serde(rename = "FulfillmentInventory", alias = "fulfillmentInventory")]
    inventory: Option<Inventory>,
}

#[derive(Deserialize)]
struct Inventory {
    #[serde(rename = "Fulfillable", alias = "fulfillable")]
    fulfillable: Option<i64>,
}

pub(super) fn decode(payload: &str, event_id: &str) -> Result<InventoryChange, Finding> {
    let incomplete = |what: &str| {
        let message = format!(
            "the FBA_INVENTORY_AVAILABILITY_CHANGES notification {what}: nothing can be counted again, and the next \
             sweep finds what changed"
        );
        Finding::new(Code::EventIncomplete, event_id, message)
    };
    let payload: Option<Payload> = serde_json::from_str(payload).map_err(|error| {
        incomplete(&format!("has an unreadable payload ({})", describe_json_error(&error)))
    })?;
    let payload = payload.ok_or_else(|| incomplete("has no payload"))?;
    let sku = payload.sku.and_then(SellerSku::new).ok_or_else(|| incomplete("names no SKU"))?;
    let told = |entry: ByMarketplace| {
        Some((MarketplaceId::new(entry.marketplace?)?, Units(entry.inventory?.fulfillable?)))
    };
    Ok(InventoryChange { sku, fulfillable: payload.by_marketplace.into_iter().filter_map(told).collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_names_its_sku_and_what_could_be_shipped_where() {
        let payload = r#"{"SellerId":"A2","FNSKU":"X001","ASIN":"B01","SKU":"MUG RED","FulfillmentInventoryByMarketplace":[
            {"MarketplaceId":"A1F83G8C2ARO7P","ItemName":"Mug","FulfillmentInventory":{
             "InboundQuantityBreakdown":{"Working":0,"Shipped":0,"Receiving":0},"Fulfillable":7,"Unfulfillable":1}},
            {"MarketplaceId":"A1PA6795UKMFR9"}]}"#;
        let britain = MarketplaceId::new("A1F83G8C2ARO7P").expect("an id");
        let expected = InventoryChange {
            sku: SellerSku::new("MUG RED").expect("a sku"),
            fulfillable: vec![(britain, Units(7))],
        };
        assert_eq!(decode(payload, "event"), Ok(expected));
    }

    #[test]
    fn what_names_no_sku_is_incomplete() {
        for payload in ["null", "{}", "[]", r#"{"SKU":""}"#, r#"{"SKU":7}"#] {
            assert_eq!(decode(payload, "event").expect_err(payload).code, Code::EventIncomplete);
        }
    }
}
