//! Notifications of stock: FBA_INVENTORY_AVAILABILITY_CHANGES, and FEED_PROCESSING_FINISHED for what changes offers.
//!
//! The fields of the first stand in `Payload` itself, in PascalCase; the second is written in camelCase. The schema of
//! the first does not list `NotificationMetadata`, and Amazon sends it all the same. Absent on purpose: goods in the
//! European Union, of which Amazon tells in the same notification.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::twin::world::World;
use crate::twin::world::feed::Feed;
use crate::twin::world::ids::Sku;
use crate::twin::world::marketplace::UNITED_KINGDOM;
use crate::twin::world::product::Product;
use crate::twin::world::stock::{FbaCounts, Goods};

impl World {
    /// The FBA_INVENTORY_AVAILABILITY_CHANGES notification of an SKU that has so many units now, whether it is in the
    /// catalogue or not. The same change makes the same notification, id included.
    pub fn inventory_notification(&self, sku: &str, counts: &FbaCounts, at: DateTime<Utc>) -> Value {
        let key = format!("inventory {sku} {counts:?} {}", at.timestamp());
        self.stock_change(&key, (&Sku::new(sku), counts), at)
    }

    /// The same of a product and of the units that are ready to be sold, for the stream of notifications.
    pub(in crate::twin::world) fn stock_notification(&self, product: &Product, at: DateTime<Utc>) -> Value {
        let counts = FbaCounts::fulfillable(product.fulfillable_quantity);
        let key = format!("stock {} {}", product.sku, at.timestamp());
        self.stock_change(&key, (&product.sku, &counts), at)
    }

    /// The FEED_PROCESSING_FINISHED notification of a feed that has ended; `None` before.
    pub fn feed_notification(&self, feed: &Feed) -> Option<Value> {
        let at = feed.ended_at?;
        let mut told = json!({
            "accountId": format!("amzn1.merchant.o.{}", self.seller().id),
            "sellerId": self.seller().id.as_str(),
            "feedId": feed.id.as_str(),
            "feedType": feed.feed_type,
            "processingStatus": feed.status.name(),
        });
        if let Some(id) = &feed.result {
            told["resultFeedDocumentId"] = id.as_str().into();
        }
        let payload = json!({ "feedProcessingFinishedNotification": told });
        Some(self.camel_case_envelope("FEED", &format!("feed {}", feed.id), at, payload))
    }

    fn stock_change(&self, key: &str, (sku, counts): (&Sku, &FbaCounts), at: DateTime<Utc>) -> Value {
        let product = self.products().iter().find(|product| product.sku == *sku);
        let Goods { asin, fn_sku, title } = match product {
            Some(product) => product.goods(),
            None => Goods::outside_the_catalogue(self.seed(), sku),
        };
        let FbaCounts { fulfillable, inbound, reserved, researching, unfulfillable } = counts;
        let payload = json!({
            "SellerId": self.seller().id.as_str(),
            "FNSKU": fn_sku.as_str(),
            "ASIN": asin.as_str(),
            "SKU": sku.as_str(),
            "FulfillmentInventoryByMarketplace": [{
                "MarketplaceId": UNITED_KINGDOM.id,
                "ItemName": title,
                "FulfillmentInventory": {
                    "InboundQuantityBreakdown": {
                        "Working": inbound.working,
                        "Shipped": inbound.shipped,
                        "Receiving": inbound.receiving,
                    },
                    "Fulfillable": fulfillable,
                    "Unfulfillable": unfulfillable.total(),
                    "Researching": researching,
                    "ReservedQuantityBreakdown": {
                        "WarehouseProcessing": reserved.in_processing,
                        "WarehouseTransfer": reserved.pending_transshipments,
                        "PendingCustomerOrder": reserved.pending_customer_orders,
                    },
                    "FutureSupplyBuyable": 0,
                    "PendingCustomerOrderInTransit": 0,
                },
                "Stores": [],
            }],
        });
        self.pascal_case_envelope("FBA_INVENTORY_AVAILABILITY_CHANGES", key, at, payload)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::twin::world::WorldSize;
    use crate::twin::world::feed::FeedStatus;
    use crate::twin::world::ids::{FeedDocumentId, FeedId};
    use crate::twin::world::stock::{Inbound, Reserved, Unfulfillable};

    fn world() -> World {
        World::generate(9, WorldSize::orders(0))
    }

    #[test]
    fn a_change_of_stock_tells_every_quantity() {
        let world = world();
        let counts = FbaCounts {
            fulfillable: 1,
            inbound: Inbound { working: 2, shipped: 3, receiving: 4 },
            reserved: Reserved { pending_customer_orders: 5, pending_transshipments: 6, in_processing: 7 },
            researching: 8,
            unfulfillable: Unfulfillable { defective: 9, expired: 10, ..Unfulfillable::default() },
        };
        let product = &world.products()[0];
        let told = world.inventory_notification(product.sku.as_str(), &counts, world.epoch());
        assert_eq!(told["NotificationType"], "FBA_INVENTORY_AVAILABILITY_CHANGES");
        let payload = &told["Payload"];
        assert_eq!(
            (&payload["SKU"], &payload["ASIN"]),
            (&product.sku.as_str().into(), &product.asin.as_str().into())
        );
        let inventory = &payload["FulfillmentInventoryByMarketplace"][0]["FulfillmentInventory"];
        let expected = json!({
            "InboundQuantityBreakdown": { "Working": 2, "Shipped": 3, "Receiving": 4 },
            "Fulfillable": 1, "Unfulfillable": 19, "Researching": 8,
            "ReservedQuantityBreakdown": {
                "WarehouseProcessing": 7, "WarehouseTransfer": 6, "PendingCustomerOrder": 5,
            },
            "FutureSupplyBuyable": 0, "PendingCustomerOrderInTransit": 0,
        });
        assert_eq!(*inventory, expected);
    }

    #[test]
    fn the_same_change_is_told_in_the_same_words_and_another_in_others() {
        let world = world();
        let tell = |units| world.inventory_notification("NEW", &FbaCounts::fulfillable(units), world.epoch());
        assert_eq!(tell(1), tell(1));
        let id = |told: &Value| told["NotificationMetadata"]["NotificationId"].clone();
        assert_ne!(id(&tell(1)), id(&tell(2)));
    }

    #[test]
    fn a_feed_is_told_once_it_has_ended() {
        let world = world();
        let mut feed = Feed {
            id: FeedId::new("312345678901"),
            feed_type: "JSON_LISTINGS_FEED".to_owned(),
            marketplaces: vec![UNITED_KINGDOM.id.to_owned()],
            created_at: world.epoch(),
            status: FeedStatus::InProgress,
            started_at: Some(world.epoch()),
            ended_at: None,
            result: None,
        };
        assert_eq!(world.feed_notification(&feed), None);
        (feed.status, feed.ended_at) = (FeedStatus::Done, Some(world.epoch()));
        feed.result = Some(FeedDocumentId::new("amzn1.tortuga.4.eu.1"));
        let told = world.feed_notification(&feed).expect("it has ended");
        assert_eq!(told["notificationType"], "FEED_PROCESSING_FINISHED");
        let seller = world.seller().id.as_str();
        assert_eq!(
            told["payload"]["feedProcessingFinishedNotification"],
            json!({
                "accountId": format!("amzn1.merchant.o.{seller}"), "sellerId": seller, "feedId": "312345678901",
                "feedType": "JSON_LISTINGS_FEED", "processingStatus": "DONE",
                "resultFeedDocumentId": "amzn1.tortuga.4.eu.1",
            })
        );
    }
}
