//! Stock in a story: what Amazon has and offers, what KashFlow counts, and what happens to both.

use std::fmt::Write;

use host_harness::twin::TwinPair;
use host_harness::twin::world::World;
use host_harness::twin::world::ids::Asin;
use host_harness::twin::world::stock::{Availability, FbaCounts, Inbound, Listing};
use serde_json::json;

use crate::story::StockStory;

use super::by_hand;

/// Takes away what the seeded world has: the story's stock is all that there is.
pub(super) fn empty(pair: &TwinPair) {
    for position in pair.amazon.stock_positions() {
        pair.amazon.hide_fba_stock(position.sku.as_str());
        pair.amazon.remove_listing(position.sku.as_str());
    }
}

/// Lets happen what the story says.
pub(super) fn happen(stock: &StockStory, pair: &TwinPair) {
    for (sku, units) in &stock.warehouse {
        pair.amazon.put_fba_stock(sku, FbaCounts::fulfillable(*units));
    }
    for (sku, units) in &stock.inbound {
        pair.amazon.put_inbound(sku, Inbound { shipped: *units, ..Inbound::default() });
    }
    for sku in &stock.hidden {
        pair.amazon.hide_fba_stock(sku);
    }
    if let Some(lags) = stock.lags {
        pair.amazon.lag_inventory(lags);
    }
    for (sku, units) in &stock.offer {
        pair.amazon.put_listing(sku, listing(pair, Availability::merchant(*units)));
    }
    for sku in &stock.amazon_offer {
        pair.amazon.put_listing(sku, listing(pair, Availability::Amazon));
    }
    for sku in &stock.removed {
        pair.amazon.remove_listing(sku);
    }
    for (sku, units) in &stock.bought {
        pair.amazon.sell(sku, *units).expect("the story offers what is bought");
    }
    for (sku, why) in &stock.refuses {
        pair.amazon.refuse_quantities(sku, why);
    }
    for sku in &stock.takes {
        pair.amazon.take_quantities(sku);
    }
    for (code, units) in &stock.books {
        by_hand::count(code, *units, pair);
    }
}

/// The notification that Amazon sends when the units of a SKU change.
pub(super) fn notification(sku: &str, pair: &TwinPair) -> Vec<u8> {
    let counts = pair.amazon.fba_stock(sku).expect("the story has the SKU in a warehouse");
    let seller = pair.with_world(|world| world.seller().id.to_string());
    let by_marketplace = json!([{
        "MarketplaceId": "A1F83G8C2ARO7P",
        "ItemName": sku,
        "FulfillmentInventory": {
            "InboundQuantityBreakdown": { "Working": 0, "Shipped": counts.inbound.shipped, "Receiving": 0 },
            "Fulfillable": counts.fulfillable,
            "Unfulfillable": 0,
            "Researching": 0,
            "ReservedQuantityBreakdown": {
                "WarehouseProcessing": 0, "WarehouseTransfer": 0, "PendingCustomerOrder": 0,
            },
            "FutureSupplyBuyable": 0,
            "PendingCustomerOrderInTransit": 0,
        },
        "Stores": [],
    }]);
    let notification = json!({
        "NotificationVersion": "1.0",
        "NotificationType": "FBA_INVENTORY_AVAILABILITY_CHANGES",
        "PayloadVersion": "1.0",
        "EventTime": "2026-10-28T12:00:00Z",
        "Payload": {
            "SellerId": seller, "FNSKU": "X00EXAMPLE", "ASIN": "B00EXAMPLE", "SKU": sku,
            "FulfillmentInventoryByMarketplace": by_marketplace,
        },
    });
    notification.to_string().into_bytes()
}

/// What Amazon offers by now.
pub(super) fn offers(pair: &TwinPair) -> String {
    let mut text = String::new();
    for position in pair.amazon.stock_positions() {
        let Some(listing) = pair.amazon.listing(position.sku.as_str()) else { continue };
        let shown = listing.quantity().map_or_else(|| "by Amazon".to_owned(), |units| units.to_string());
        writeln!(text, "  {} | {shown}", position.sku.as_str()).expect("writing into memory cannot fail");
    }
    writeln!(text, "  turned into the merchant's: {}", pair.amazon.conversions()).expect("as above");
    text
}

fn listing(pair: &TwinPair, availability: Availability) -> Listing {
    let at = pair.with_world(World::epoch);
    Listing {
        asin: Asin::new("B00EXAMPLE"),
        product_type: "KITCHEN".to_owned(),
        item_name: "Goods of a story".to_owned(),
        availability,
        issues: Vec::new(),
        created_at: at,
        last_updated_at: at,
    }
}
