//! getOrder: what is told of an order, and what is withheld.

use chrono::Duration;
use serde_json::Value;

use super::client::{ORDERS, Reply, Setting};
use crate::twin::world::order::{FulfilmentStatus, Order, TaxCollector};
use crate::twin::world::product::Fulfilment;
use crate::twin::world::{World, marketplace};

const ALL: &str = "BUYER,RECIPIENT,PROCEEDS,EXPENSE,PROMOTION,CANCELLATION,FULFILLMENT,PACKAGES,TAX,PAYMENT,FULFILLMENT_ORDERS";

async fn read(setting: &Setting, id: &str, included: &str) -> Reply {
    let token = setting.access_token().await;
    setting.get(&token, &format!("{ORDERS}/{id}"), &[("includedData", included)]).await
}

/// The JSON of the first order that fits, with everything included.
async fn show(setting: &Setting, fits: impl Fn(&World, &Order) -> bool) -> (Order, Value) {
    let world = setting.snapshot();
    let order = world.orders().iter().find(|order| fits(&world, order)).expect("300 orders hold one").clone();
    let reply = read(setting, order.id.as_str(), ALL).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    (order, reply.json()["order"].clone())
}

fn is(status: FulfilmentStatus, fulfilment: Fulfilment) -> impl Fn(&World, &Order) -> bool {
    move |_, order| order.status == status && order.fulfilment == fulfilment
}

#[tokio::test]
async fn without_datasets_only_the_frame_is_told() {
    let setting = Setting::new().await;
    let world = setting.snapshot();
    let order = &world.orders().iter().find(|order| order.discloses_buyer()).expect("one");
    let json = read(&setting, order.id.as_str(), "").await.json()["order"].clone();
    assert_eq!(json["orderId"], order.id.as_str());
    let names: Vec<&str> = json.as_object().expect("an object").keys().map(String::as_str).collect();
    let optional = ["orderAliases", "associatedOrders"];
    let names: Vec<&str> = names.into_iter().filter(|name| !optional.contains(name)).collect();
    let frame = ["createdTime", "lastUpdatedTime", "orderId", "orderItems", "programs", "salesChannel"];
    assert_eq!(names, frame);
    let item = json["orderItems"][0].as_object().expect("an object");
    assert_eq!(item.keys().collect::<Vec<_>>(), ["orderItemId", "product", "quantityOrdered"]);
}

#[tokio::test]
async fn each_dataset_brings_its_own_part_and_no_other() {
    let setting = Setting::new().await;
    let world = setting.snapshot();
    let shipped = is(FulfilmentStatus::Shipped, Fulfilment::Merchant);
    let order = world.orders().iter().find(|order| shipped(&world, order)).expect("one");
    let parts = ["buyer", "recipient", "proceeds", "fulfillment", "packages", "tax", "payment"];
    for part in parts {
        let json = read(&setting, order.id.as_str(), &part.to_uppercase()).await.json()["order"].clone();
        for other in parts {
            assert_eq!(json.get(other).is_some(), other == part, "{other} with {part}");
        }
        assert_eq!(json["orderItems"][0].get("proceeds").is_some(), part == "proceeds");
        assert_eq!(json["orderItems"][0].get("fulfillment").is_some(), part == "fulfillment");
    }
    assert_eq!(read(&setting, order.id.as_str(), "BUYER,MONEY").await.error().1, "InvalidInput");
}

#[tokio::test]
async fn money_is_text_with_two_decimals_and_its_currency() {
    let setting = Setting::new().await;
    let (order, json) = show(&setting, is(FulfilmentStatus::Shipped, Fulfilment::Merchant)).await;
    let total = &json["proceeds"]["grandTotal"];
    let pence = order.gross_pence();
    assert_eq!(total["amount"], format!("{}.{:02}", pence / 100, pence % 100));
    assert_eq!(total["currencyCode"], order.marketplace.currency);
}

#[tokio::test]
async fn a_merchant_order_names_its_buyer_and_its_packages() {
    let setting = Setting::new().await;
    let (order, json) = show(&setting, is(FulfilmentStatus::Shipped, Fulfilment::Merchant)).await;
    let world = setting.snapshot();
    let buyer = world.buyer_of(&order);
    assert_eq!(json["buyer"]["buyerEmail"], buyer.email);
    assert_eq!(json["buyer"]["buyerName"], buyer.name);
    let address = &json["recipient"]["deliveryAddress"];
    assert_eq!(address["addressLine1"], buyer.addresses[order.address].line_1);
    assert_eq!(address["countryCode"], buyer.destination.country_code());
    let package = &json["packages"][0];
    assert_eq!(package["shipFromAddress"]["countryCode"], "GB");
    let packed = package["packageItems"].as_array().expect("items").iter().map(|item| &item["quantity"]);
    let packed: u64 = packed.filter_map(Value::as_u64).sum();
    assert_eq!(packed, order.lines.iter().map(|line| u64::from(line.quantity)).sum::<u64>());
    let (_, json) = show(&setting, is(FulfilmentStatus::Unshipped, Fulfilment::Merchant)).await;
    assert!(json.get("packages").is_none() && json.get("buyer").is_some());
}

#[tokio::test]
async fn an_order_sent_by_amazon_tells_the_town_alone() {
    let setting = Setting::new().await;
    let (order, json) = show(&setting, is(FulfilmentStatus::Shipped, Fulfilment::Amazon)).await;
    let world = setting.snapshot();
    let buyer = world.buyer_of(&order);
    assert!(json.get("buyer").is_none() && json.get("packages").is_none());
    let address = json["recipient"]["deliveryAddress"].as_object().expect("an address");
    let told = ["city", "stateOrRegion", "postalCode", "countryCode"];
    assert!(address.keys().all(|name| told.contains(&name.as_str())), "{address:?}");
    let text = json.to_string();
    for secret in [&buyer.name, &buyer.email, &buyer.addresses[order.address].line_1] {
        assert!(!text.contains(secret.as_str()));
    }
}

#[tokio::test]
async fn a_pending_order_has_neither_prices_nor_people() {
    let setting = Setting::new().await;
    for status in [FulfilmentStatus::Pending, FulfilmentStatus::PendingAvailability] {
        let (_, json) = show(&setting, |_, order| order.status == status).await;
        for part in ["proceeds", "buyer", "recipient", "payment", "packages"] {
            assert!(json.get(part).is_none(), "{part}");
        }
        assert!(json["orderItems"][0].get("proceeds").is_none());
        assert!(json["orderItems"][0]["product"].get("price").is_none());
        let preorder = status == FulfilmentStatus::PendingAvailability;
        let programs = json["programs"].as_array().expect("programs");
        assert_eq!(programs.iter().any(|program| program == "PREORDER"), preorder);
    }
}

#[tokio::test]
async fn special_orders_are_marked_as_the_api_marks_them() {
    let setting = Setting::new().await;
    let (_, json) =
        show(&setting, |_, order| order.tax_collector != TaxCollector::Seller && order.is_priced()).await;
    assert_eq!(json["orderItems"][0]["tax"]["taxCollections"][0]["model"], "MARKETPLACE_FACILITATOR");
    let (order, json) = show(&setting, |_, order| order.replaces.is_some()).await;
    assert_eq!(json["associatedOrders"][0]["associationType"], "REPLACEMENT_ORIGINAL_ID");
    assert_eq!(json["associatedOrders"][0]["orderId"], order.replaces.expect("an original").as_str());
    assert_eq!(json["proceeds"]["grandTotal"]["amount"], "0.00");
    let (_, json) = show(&setting, |_, order| order.status == FulfilmentStatus::Cancelled).await;
    assert_eq!(json["fulfillment"]["fulfillmentStatus"], "CANCELLED");
    assert!(json["orderItems"][0]["cancellation"]["cancellationExecution"]["cancelledBy"].is_string());
    let (_, json) = show(&setting, |_, order| order.status == FulfilmentStatus::Unfulfillable).await;
    assert_eq!(json["salesChannel"]["channelName"], "NON_AMAZON");
    let (_, json) = show(&setting, |_, order| order.business && order.is_priced()).await;
    assert_eq!(json["orderItems"][0]["product"]["price"]["priceDesignation"], "BUSINESS_PRICE");
    let other = |_: &World, order: &Order| marketplace::NOT_CONFIGURED.contains(&order.marketplace);
    let (order, json) = show(&setting, other).await;
    assert_eq!(json["salesChannel"]["marketplaceId"], order.marketplace.id);
}

#[tokio::test]
async fn a_number_is_withheld_once_the_order_is_delivered() {
    let setting = Setting::new().await;
    let now = setting.now();
    let recent = |_: &World, order: &Order| {
        order.discloses_buyer()
            && order.status == FulfilmentStatus::Shipped
            && now - order.created_at < Duration::days(4)
    };
    let (order, json) = show(&setting, recent).await;
    assert!(json["recipient"]["deliveryAddress"]["phone"].is_string());
    setting.advance(Duration::days(6));
    let json = read(&setting, order.id.as_str(), "RECIPIENT").await.json();
    let address = &json["order"]["recipient"]["deliveryAddress"];
    assert!(address["name"].is_string() && address.get("phone").is_none());
}

#[tokio::test]
async fn unknown_and_malformed_ids_and_orders_of_long_ago_are_not_found() {
    let setting = Setting::new().await;
    assert_eq!(read(&setting, "026-0000000-0000000", "").await.error().1, "NotFound");
    for malformed in ["TEST_CASE_400", "026-123-456", "02A-1234567-1234567"] {
        assert_eq!(read(&setting, malformed, "").await.error(), {
            let details = "orderId has an invalid value.".to_owned();
            (400, "InvalidInput".into(), Some(details))
        });
    }
    let id = setting.snapshot().orders()[0].id.clone();
    assert_eq!(read(&setting, id.as_str(), "").await.status, 200);
    setting.advance(Duration::days(2 * 366));
    assert_eq!(read(&setting, id.as_str(), "").await.error().1, "NotFound");
}

#[tokio::test]
async fn a_changed_order_is_shown_as_it_is_now() {
    let setting = Setting::new().await;
    let (order, _) = show(&setting, |_, order| order.status == FulfilmentStatus::Pending).await;
    let at = setting.now();
    {
        let mut world = setting.world.write().expect("no test has failed inside");
        world.set_status(&order.id, FulfilmentStatus::Shipped, at).expect("the order exists");
    }
    let json = read(&setting, order.id.as_str(), "FULFILLMENT,PROCEEDS").await.json()["order"].clone();
    assert_eq!(json["fulfillment"]["fulfillmentStatus"], "SHIPPED");
    assert_eq!(json["lastUpdatedTime"], "2026-10-28T12:00:00Z");
    assert!(json["proceeds"]["grandTotal"]["amount"].is_string());
}
