//! FBA stock over HTTP: what is shown, to which question, and how late.

use std::collections::BTreeSet;

use chrono::{Duration, Months, SecondsFormat};
use serde_json::Value;

use super::client::{Reply, Setting};
use crate::twin::world::marketplace::{GERMANY, UNITED_KINGDOM};
use crate::twin::world::stock::{FbaCounts, Inbound, InventoryPool, Reserved, Unfulfillable};

const SUMMARIES: &str = "/fba/inventory/v1/summaries";

async fn ask(setting: &Setting, marketplace: &str, more: &[(&str, &str)]) -> Reply {
    let token = setting.access_token().await;
    let own =
        [("granularityType", "Marketplace"), ("granularityId", marketplace), ("marketplaceIds", marketplace)];
    let query: Vec<(&str, &str)> = own.iter().chain(more).copied().collect();
    setting.get(&token, SUMMARIES, &query).await
}

async fn british(setting: &Setting, more: &[(&str, &str)]) -> Reply {
    ask(setting, UNITED_KINGDOM.id, more).await
}

fn summaries(reply: &Reply) -> Vec<Value> {
    let json = reply.json();
    json["payload"]["inventorySummaries"].as_array().unwrap_or_else(|| panic!("{json}")).clone()
}

fn skus(reply: &Reply) -> Vec<String> {
    let skus = summaries(reply).into_iter();
    skus.map(|summary| summary["sellerSku"].as_str().expect("a SKU").to_owned()).collect()
}

/// Puts this many SKUs of one unit each and gives their names, sorted.
fn put_many(setting: &Setting, count: usize) -> Vec<String> {
    let skus: Vec<String> = (0..count).map(|number| format!("~{number:04}")).collect();
    skus.iter().for_each(|sku| setting.twin.put_fba_stock(sku, FbaCounts::fulfillable(1)));
    skus
}

#[tokio::test]
async fn the_goods_that_amazon_sends_are_shown_and_no_others() {
    let setting = Setting::new().await;
    let positions = setting.snapshot().stock_positions();
    let expected: BTreeSet<&str> = positions
        .iter()
        .filter(|position| position.fba.is_some())
        .map(|position| position.sku.as_str())
        .collect();
    let reply = british(&setting, &[]).await;
    assert!(skus(&reply).iter().map(String::as_str).eq(expected));
    let json = reply.json();
    assert_eq!(json["payload"]["granularity"]["granularityId"], UNITED_KINGDOM.id);
    assert!(json.get("pagination").is_none() && json["payload"].get("pagination").is_none());
    let first = &summaries(&reply)[0];
    let position = positions.iter().find(|position| first["sellerSku"] == position.sku.as_str()).unwrap();
    assert_eq!(
        (&first["fnSku"], &first["asin"]),
        (&position.fn_sku.as_str().into(), &position.asin.as_str().into())
    );
    assert_eq!((&first["condition"], &first["stores"]), (&"NewItem".into(), &serde_json::json!([])));
    assert!(first.get("inventoryDetails").is_none(), "only on request");
    assert_eq!(first["totalQuantity"], position.fba.unwrap().0.total());
}

#[tokio::test]
async fn details_name_every_quantity() {
    let setting = Setting::new().await;
    let counts = FbaCounts {
        fulfillable: 7,
        inbound: Inbound { working: 1, shipped: 2, receiving: 3 },
        reserved: Reserved { pending_customer_orders: 4, pending_transshipments: 5, in_processing: 6 },
        researching: 8,
        unfulfillable: Unfulfillable { customer_damaged: 9, expired: 10, ..Unfulfillable::default() },
    };
    setting.twin.put_fba_stock("NEW/ONE", counts);
    let reply = british(&setting, &[("details", "true"), ("sellerSkus", "NEW/ONE")]).await;
    let summary = &summaries(&reply)[0];
    let details = &summary["inventoryDetails"];
    let number = |pointer: &str| details.pointer(pointer).and_then(Value::as_u64);
    for (pointer, expected) in [
        ("/fulfillableQuantity", 7),
        ("/inboundWorkingQuantity", 1),
        ("/inboundShippedQuantity", 2),
        ("/inboundReceivingQuantity", 3),
        ("/reservedQuantity/totalReservedQuantity", 15),
        ("/reservedQuantity/pendingCustomerOrderQuantity", 4),
        ("/reservedQuantity/pendingTransshipmentQuantity", 5),
        ("/reservedQuantity/fcProcessingQuantity", 6),
        ("/researchingQuantity/totalResearchingQuantity", 8),
        ("/unfulfillableQuantity/totalUnfulfillableQuantity", 19),
        ("/unfulfillableQuantity/customerDamagedQuantity", 9),
        ("/unfulfillableQuantity/warehouseDamagedQuantity", 0),
        ("/unfulfillableQuantity/distributorDamagedQuantity", 0),
        ("/unfulfillableQuantity/carrierDamagedQuantity", 0),
        ("/unfulfillableQuantity/defectiveQuantity", 0),
        ("/unfulfillableQuantity/expiredQuantity", 10),
    ] {
        assert_eq!(number(pointer), Some(expected), "{pointer}");
    }
    assert_eq!(details["researchingQuantity"]["researchingQuantityBreakdown"], serde_json::json!([]));
    assert_eq!((&summary["totalQuantity"], setting.twin.fba_stock("NEW/ONE")), (&55.into(), Some(counts)));
}

#[tokio::test]
async fn an_unknown_sku_is_just_missing() {
    let setting = Setting::new().await;
    let known = put_many(&setting, 2);
    let asked = format!("{},NOBODY,{}", known[1], known[0]);
    assert_eq!(skus(&british(&setting, &[("sellerSkus", &asked)]).await), known);
    assert_eq!(skus(&british(&setting, &[("sellerSkus", "NOBODY")]).await), Vec::<String>::new());
    setting.twin.hide_fba_stock(&known[0]);
    assert_eq!(skus(&british(&setting, &[("sellerSkus", &asked)]).await), known[1..]);
    setting.twin.put_fba_stock(&known[0], FbaCounts::default());
    assert_eq!(skus(&british(&setting, &[("sellerSkus", &asked)]).await), known, "put again is there again");
}

#[tokio::test]
async fn pages_have_fifty_and_their_tokens_last_thirty_seconds() {
    let setting = Setting::new().await;
    let own: BTreeSet<String> = skus(&british(&setting, &[]).await).into_iter().collect();
    let all: Vec<String> = own.into_iter().chain(put_many(&setting, 60)).collect();
    let first = british(&setting, &[]).await;
    assert_eq!(skus(&first), all[..50]);
    let next = first.json()["pagination"]["nextToken"].as_str().expect("more").to_owned();
    let with_token = [("nextToken", next.as_str())];
    setting.advance(Duration::seconds(29));
    let second = british(&setting, &with_token).await;
    assert_eq!(skus(&second), all[50..]);
    assert!(second.json().get("pagination").is_none(), "absent on the last page");

    let other = [("nextToken", next.as_str()), ("sellerSkus", "A")];
    assert_eq!(british(&setting, &other).await.error().0, 400, "the other parameters must be repeated");
    assert_eq!(ask(&setting, GERMANY.id, &with_token).await.error().0, 400);
    setting.advance(Duration::seconds(1));
    let expired = british(&setting, &with_token).await;
    assert_eq!(
        (expired.status.as_u16(), &expired.json()["errors"][0]["code"]),
        (400, &"InvalidInput".into())
    );
    assert!(expired.json()["errors"][0].get("message").is_none(), "a code is all that this API promises");
    assert_eq!(british(&setting, &[("nextToken", "seed")]).await.status, 400);
}

#[tokio::test]
async fn a_search_by_time_finds_updates_but_not_what_is_under_way() {
    let setting = Setting::new().await;
    let before = put_many(&setting, 2);
    setting.advance(Duration::minutes(5));
    let since = setting.now().to_rfc3339_opts(SecondsFormat::Secs, true);
    let after = [("startDateTime", since.as_str())];
    assert_eq!(skus(&british(&setting, &after).await), Vec::<String>::new());

    setting.twin.put_inbound(&before[0], Inbound { working: 30, ..Inbound::default() });
    assert_eq!(skus(&british(&setting, &after).await), Vec::<String>::new());
    let whole = british(&setting, &[("sellerSkus", &before[0])]).await;
    assert_eq!(summaries(&whole)[0]["totalQuantity"], 31, "the change is there all the same");

    setting.twin.put_fba_stock(&before[1], FbaCounts::fulfillable(1));
    assert_eq!(skus(&british(&setting, &after).await), before[1..], "at the very second counts");
    let both = [("startDateTime", since.as_str()), ("sellerSkus", "NOBODY")];
    assert_eq!(skus(&british(&setting, &both).await), before[1..], "a search by time passes over the SKUs");
}

#[tokio::test]
async fn a_lagging_inventory_shows_what_was_before_the_latest_change() {
    let setting = Setting::new().await;
    let total = async |sku: &str| {
        let reply = british(&setting, &[("sellerSkus", sku)]).await;
        summaries(&reply).first().map(|summary| summary["totalQuantity"].as_u64().unwrap())
    };
    setting.twin.put_fba_stock("A", FbaCounts::fulfillable(10));
    setting.twin.put_fba_stock("A", FbaCounts::fulfillable(8));
    setting.twin.lag_inventory(true);
    assert_eq!(total("A").await, Some(10));
    assert_eq!(setting.twin.fba_stock("A").map(|counts| counts.fulfillable), Some(8), "truly");
    setting.twin.put_fba_stock("B", FbaCounts::fulfillable(1));
    assert_eq!((total("A").await, total("B").await), (Some(8), None));
    setting.twin.lag_inventory(false);
    assert_eq!((total("A").await, total("B").await), (Some(8), Some(1)));
}

#[tokio::test]
async fn the_european_union_is_one_pool_and_the_united_kingdom_another() {
    let setting = Setting::new().await;
    setting.twin.put_fba_stock_in(InventoryPool::Europe, "SHARED", FbaCounts::fulfillable(4));
    setting.twin.put_fba_stock("SHARED", FbaCounts::fulfillable(9));
    let fulfillable = async |marketplace: &str| {
        let reply = ask(&setting, marketplace, &[("details", "true"), ("sellerSkus", "SHARED")]).await;
        summaries(&reply).first().map(|summary| summary["inventoryDetails"]["fulfillableQuantity"].clone())
    };
    for marketplace in [GERMANY.id, "A13V1IB3VIYZZH", "A1C3SOZRARQ6R3"] {
        assert_eq!(fulfillable(marketplace).await, Some(4.into()), "{marketplace}");
    }
    assert_eq!(fulfillable(UNITED_KINGDOM.id).await, Some(9.into()));
    assert_eq!(fulfillable("A28R8C7NBKEWEA").await, None, "Ireland is served by neither");
}

#[tokio::test]
async fn what_the_model_does_not_allow_is_refused() {
    let setting = Setting::new().await;
    let token = setting.access_token().await;
    let (kind, id) = (("granularityType", "Marketplace"), ("granularityId", UNITED_KINGDOM.id));
    let marketplace = ("marketplaceIds", UNITED_KINGDOM.id);
    let too_old = (setting.now() - Months::new(18) - Duration::seconds(1)).to_rfc3339();
    let oldest = (setting.now() - Months::new(18)).to_rfc3339();
    let skus = |count: usize| vec!["A"; count].join(",");
    let (fifty, fifty_one) = (skus(50), skus(51));
    for query in [
        &[][..],
        &[id, marketplace],
        &[("granularityType", "Country"), id, marketplace],
        &[kind, marketplace],
        &[kind, id],
        &[kind, id, marketplace, ("marketplaceIds", GERMANY.id)],
        &[kind, ("granularityId", GERMANY.id), marketplace],
        &[kind, ("granularityId", "ATVPDKIKX0DER"), ("marketplaceIds", "ATVPDKIKX0DER")],
        &[kind, id, marketplace, ("details", "yes")],
        &[kind, id, marketplace, ("startDateTime", "yesterday")],
        &[kind, id, marketplace, ("startDateTime", &too_old)],
        &[kind, id, marketplace, ("sellerSkus", &fifty_one)],
    ] {
        let (status, code, _) = setting.get(&token, SUMMARIES, query).await.error();
        assert_eq!((status, code.as_str()), (400, "InvalidInput"), "{query:?}");
    }
    for more in [("startDateTime", oldest.as_str()), ("sellerSkus", &fifty)] {
        assert_eq!(
            setting.get(&token, SUMMARIES, &[kind, id, marketplace, more]).await.status,
            200,
            "{more:?}"
        );
    }
}

#[tokio::test]
async fn two_calls_a_second_are_allowed() {
    let setting = Setting::with_factor(1).await;
    let token = setting.access_token().await;
    let call = async || setting.get(&token, SUMMARIES, &[]).await;
    assert_eq!([call().await.status, call().await.status, call().await.status], [400, 400, 429]);
    setting.advance(Duration::milliseconds(500));
    let reply = call().await;
    assert_eq!((reply.status.as_u16(), reply.header("x-amzn-ratelimit-limit")), (400, Some("2.0")));
}
