//! searchOrders: periods, filters and pages.

use std::collections::BTreeSet;

use chrono::{Duration, SecondsFormat};
use serde_json::{Value, json};

use super::client::{ORDERS, Reply, Setting};
use crate::twin::world::order::{FulfilmentStatus, Order};
use crate::twin::world::product::Fulfilment;

const LONG_AGO: &str = "2026-10-01T00:00:00Z";
const UNITED_KINGDOM: &str = "A1F83G8C2ARO7P";

fn ids(json: &Value) -> Vec<String> {
    let orders = json["orders"].as_array().expect("orders");
    orders.iter().map(|order| order["orderId"].as_str().expect("an id").to_owned()).collect()
}

/// The ids of all pages of a search.
async fn all_pages(setting: &Setting, token: &str, query: &[(&str, &str)]) -> Vec<Vec<String>> {
    let mut pages = Vec::new();
    let mut next: Option<String> = None;
    loop {
        let mut query = query.to_vec();
        query.extend(next.as_deref().map(|token| ("paginationToken", token)));
        let reply = setting.get(token, ORDERS, &query).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        let json = reply.json();
        pages.push(ids(&json));
        match json["pagination"]["nextToken"].as_str() {
            Some(token) => next = Some(token.to_owned()),
            None => return pages,
        }
    }
}

/// The ids found by a search of everything with one more parameter, and those that the world says it should.
async fn filtered(
    setting: &Setting,
    parameter: (&str, &str),
    fits: impl Fn(&Order) -> bool,
) -> (BTreeSet<String>, BTreeSet<String>) {
    let token = setting.access_token().await;
    let pages = all_pages(setting, &token, &[("createdAfter", LONG_AGO), parameter]).await;
    let world = setting.snapshot();
    let expected = world.orders().iter().filter(|order| fits(order)).map(|order| order.id.to_string());
    (pages.concat().into_iter().collect(), expected.collect())
}

async fn refused(setting: &Setting, query: &[(&str, &str)]) -> Reply {
    let token = setting.access_token().await;
    let reply = setting.get(&token, ORDERS, query).await;
    assert_eq!((reply.error().0, reply.error().1.as_str()), (400, "InvalidInput"), "{query:?}");
    reply
}

#[tokio::test]
async fn all_pages_together_hold_every_order_once_in_the_order_of_time() {
    let setting = Setting::new().await;
    let token = setting.access_token().await;
    for (after, time) in [("createdAfter", "createdTime"), ("lastUpdatedAfter", "lastUpdatedTime")] {
        let pages = all_pages(&setting, &token, &[(after, LONG_AGO), ("maxResultsPerPage", "37")]).await;
        assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [37, 37, 37, 37, 37, 37, 37, 37, 4]);
        assert_eq!(pages.concat().into_iter().collect::<BTreeSet<_>>().len(), 300);
        let json = setting.get(&token, ORDERS, &[(after, LONG_AGO)]).await.json();
        let orders = json["orders"].as_array().expect("orders");
        assert_eq!(orders.len(), 100, "the default page");
        assert!(orders.iter().map(|order| order[time].as_str()).is_sorted());
    }
}

#[tokio::test]
async fn the_answer_names_the_end_of_its_period() {
    let setting = Setting::new().await;
    let token = setting.access_token().await;
    let json = setting.get(&token, ORDERS, &[("createdAfter", LONG_AGO)]).await.json();
    assert_eq!(json["createdBefore"], "2026-10-28T11:58:00Z", "two minutes ago");
    let end = ("lastUpdatedBefore", "2026-10-20T10:00:00+01:00");
    let json = setting.get(&token, ORDERS, &[("lastUpdatedAfter", LONG_AGO), end]).await.json();
    assert_eq!(json["lastUpdatedBefore"], "2026-10-20T09:00:00Z");
    assert!(json.get("createdBefore").is_none() && json.get("payload").is_none());
}

#[tokio::test]
async fn both_ends_of_a_period_belong_to_it() {
    let setting = Setting::new().await;
    let token = setting.access_token().await;
    let order = setting.snapshot().orders()[7].clone();
    let time = order.created_at.to_rfc3339_opts(SecondsFormat::Secs, true);
    let found =
        setting.get(&token, ORDERS, &[("createdAfter", &time), ("createdBefore", &time)]).await.json();
    assert!(ids(&found).contains(&order.id.to_string()));
    let later = (order.created_at + Duration::seconds(1)).to_rfc3339_opts(SecondsFormat::Secs, true);
    let found =
        setting.get(&token, ORDERS, &[("createdAfter", &later), ("createdBefore", &later)]).await.json();
    assert!(!ids(&found).contains(&order.id.to_string()));
}

#[tokio::test]
async fn an_order_changed_within_two_minutes_is_not_yet_found() {
    let setting = Setting::new().await;
    let token = setting.access_token().await;
    let id = setting.snapshot().orders()[0].id.clone();
    let at = setting.now() - Duration::seconds(119);
    let since = (at - Duration::minutes(1)).to_rfc3339_opts(SecondsFormat::Secs, true);
    {
        let mut world = setting.world.write().expect("no test has failed inside");
        world.set_status(&id, FulfilmentStatus::Shipped, at).expect("the order exists");
    }
    let query = [("lastUpdatedAfter", since.as_str())];
    assert_eq!(ids(&setting.get(&token, ORDERS, &query).await.json()), Vec::<String>::new());
    setting.advance(Duration::seconds(1));
    assert_eq!(ids(&setting.get(&token, ORDERS, &query).await.json()), [id.to_string()]);
}

#[tokio::test]
async fn filters_find_what_the_world_says_they_should() {
    let setting = Setting::new().await;
    let (found, expected) = filtered(&setting, ("fulfillmentStatuses", "CANCELLED,PENDING"), |order| {
        matches!(order.status, FulfilmentStatus::Cancelled | FulfilmentStatus::Pending)
    })
    .await;
    assert_eq!(found, expected);
    assert_eq!(found.len(), 33);
    let (found, expected) =
        filtered(&setting, ("fulfilledBy", "MERCHANT"), |order| order.fulfilment == Fulfilment::Merchant)
            .await;
    assert_eq!(found, expected);
    let (found, expected) = filtered(&setting, ("marketplaceIds", UNITED_KINGDOM), |order| {
        order.marketplace.id == UNITED_KINGDOM
    })
    .await;
    assert_eq!(found, expected);
    assert!((1..300).contains(&found.len()));
}

#[tokio::test]
async fn a_list_may_be_repeated_or_separated_by_commas() {
    let setting = Setting::new().await;
    let token = setting.access_token().await;
    let with = async |query: &str| {
        let path = format!("{ORDERS}?createdAfter={LONG_AGO}&maxResultsPerPage=9&{query}");
        ids(&setting.get_raw(&token, &path).await.expect("an answer").json())
    };
    let repeated = with("fulfillmentStatuses=CANCELLED&fulfillmentStatuses=PENDING").await;
    assert_eq!(repeated, with("fulfillmentStatuses=CANCELLED,PENDING").await);
    assert_eq!(repeated, with("fulfillmentStatuses=CANCELLED%2CPENDING").await);
    assert_eq!(repeated.len(), 9);
}

#[tokio::test]
async fn datasets_are_included_as_in_get_order() {
    let setting = Setting::new().await;
    let token = setting.access_token().await;
    let query =
        [("createdAfter", LONG_AGO), ("fulfillmentStatuses", "SHIPPED"), ("includedData", "PROCEEDS")];
    let json = setting.get(&token, ORDERS, &query).await.json();
    for order in json["orders"].as_array().expect("orders") {
        assert!(order.get("proceeds").is_some() && order.get("fulfillment").is_none());
        let path = format!("{ORDERS}/{}", order["orderId"].as_str().expect("an id"));
        let alone = setting.get(&token, &path, &[("includedData", "PROCEEDS")]);
        assert_eq!(alone.await.json()["order"], *order);
    }
}

#[tokio::test]
async fn exactly_one_period_must_be_asked_for() {
    let setting = Setting::new().await;
    refused(&setting, &[]).await;
    refused(&setting, &[("createdBefore", LONG_AGO)]).await;
    refused(&setting, &[("createdAfter", LONG_AGO), ("lastUpdatedAfter", LONG_AGO)]).await;
    refused(&setting, &[("createdAfter", LONG_AGO), ("lastUpdatedBefore", LONG_AGO)]).await;
    refused(&setting, &[("lastUpdatedAfter", LONG_AGO), ("createdBefore", LONG_AGO)]).await;
    let twice = refused(&setting, &[("createdAfter", LONG_AGO), ("createdAfter", LONG_AGO)]).await;
    let message = "The input you have submitted is not valid. Please check your input and try again.";
    assert_eq!(twice.json()["errors"][0]["message"], message);
}

#[tokio::test]
async fn a_period_must_end_after_it_begins_and_two_minutes_ago() {
    let setting = Setting::new().await;
    let after = ("createdAfter", "2026-10-20T00:00:00Z");
    refused(&setting, &[after, ("createdBefore", "2026-10-19T23:59:59Z")]).await;
    refused(&setting, &[after, ("createdBefore", "2026-10-28T11:58:01Z")]).await;
    let token = setting.access_token().await;
    let latest = ("createdBefore", "2026-10-28T11:58:00Z");
    assert_eq!(setting.get(&token, ORDERS, &[after, latest]).await.status, 200);
}

#[tokio::test]
async fn values_outside_their_range_are_refused() {
    let setting = Setting::new().await;
    let many_marketplaces = vec!["A"; 51].join(",");
    let invalid = [
        ("createdAfter", "yesterday"),
        ("maxResultsPerPage", "0"),
        ("maxResultsPerPage", "101"),
        ("maxResultsPerPage", "ten"),
        ("fulfillmentStatuses", "Shipped"),
        ("fulfillmentStatuses", "CANCELED"),
        ("fulfilledBy", "MFN"),
        ("includedData", "ITEMS"),
        ("marketplaceIds", &many_marketplaces),
        ("paginationToken", "made up"),
    ];
    for (name, value) in invalid {
        let good = ("createdAfter", LONG_AGO);
        let query = if name == good.0 { vec![(name, value)] } else { vec![good, (name, value)] };
        refused(&setting, &query).await;
    }
}

#[tokio::test]
async fn a_pagination_token_is_good_for_its_own_search_and_for_a_day() {
    let setting = Setting::new().await;
    let token = setting.access_token().await;
    let search = [("createdAfter", LONG_AGO), ("fulfilledBy", "AMAZON")];
    let first = setting.get(&token, ORDERS, &[search[0], search[1], ("maxResultsPerPage", "5")]).await.json();
    let next = first["pagination"]["nextToken"].as_str().expect("more pages").to_owned();
    let next = ("paginationToken", next.as_str());
    refused(&setting, &[search[0], next]).await;
    refused(&setting, &[search[0], ("fulfilledBy", "MERCHANT"), next]).await;
    refused(&setting, &[("createdAfter", "2026-10-02T00:00:00Z"), search[1], next]).await;
    refused(&setting, &[next]).await;

    // Page size and datasets may change, and a token may be used again.
    let changed = [search[0], search[1], next, ("maxResultsPerPage", "3"), ("includedData", "BUYER")];
    let second = ids(&setting.get(&token, ORDERS, &changed).await.json());
    assert_eq!(second, ids(&setting.get(&token, ORDERS, &changed).await.json()));
    assert_eq!(second.len(), 3);
    assert!(ids(&first).iter().all(|id| !second.contains(id)));

    setting.advance(Duration::hours(24) - Duration::seconds(1));
    let token = setting.access_token().await;
    assert_eq!(setting.get(&token, ORDERS, &changed).await.status, 200);
    setting.advance(Duration::seconds(1));
    refused(&setting, &changed).await;
}

#[tokio::test]
async fn an_order_that_is_told_instead_is_found_as_it_is_told_and_shows_no_dataset() {
    let setting = Setting::new().await;
    let token = setting.access_token().await;
    let known = setting.snapshot().orders()[0].id.to_string();
    for id in [known.as_str(), "026-7777777-7777777"] {
        let told = json!({
            "orderId": id, "createdTime": "2026-10-28T11:00:00Z", "lastUpdatedTime": "2026-10-28T11:30:00Z",
            "salesChannel": {"marketplaceId": UNITED_KINGDOM},
            "fulfillment": {"fulfillmentStatus": "SHIPPED", "fulfilledBy": "MERCHANT"},
            "buyer": {"buyerName": "Jane Roe"}, "proceeds": {"grandTotal": {}},
            "orderItems": [{"orderItemId": "1", "quantityOrdered": 1, "product": {}, "proceeds": {}}],
        });
        setting.twin.tell_instead(id, told);
    }
    let period =
        [("lastUpdatedAfter", "2026-10-28T11:30:00Z"), ("lastUpdatedBefore", "2026-10-28T11:30:00Z")];
    let found = async |filter: (&str, &str)| {
        setting.get(&token, ORDERS, &[period[0], period[1], filter]).await.json()
    };
    let mut both = vec![known, "026-7777777-7777777".to_owned()];
    both.sort();
    let json = found(("marketplaceIds", UNITED_KINGDOM)).await;
    assert_eq!(ids(&json), both);
    for name in ["buyer", "proceeds", "fulfillment"] {
        assert!(!json.to_string().contains(name), "{json} shows {name}");
    }
    assert_eq!(ids(&found(("fulfillmentStatuses", "SHIPPED")).await), both);
    assert_eq!(ids(&found(("fulfillmentStatuses", "CANCELLED")).await), Vec::<String>::new());
    assert_eq!(ids(&found(("fulfilledBy", "AMAZON")).await), Vec::<String>::new());
    assert_eq!(ids(&found(("marketplaceIds", "A1PA6795UKMFR9")).await), Vec::<String>::new());
}

#[tokio::test]
async fn pages_may_be_shorter_than_what_is_asked_for() {
    let setting = Setting::new().await;
    setting.twin.limit_pages(150);
    let token = setting.access_token().await;
    let lengths = async |setting: &Setting| {
        let pages = all_pages(setting, &token, &[("createdAfter", LONG_AGO)]).await;
        pages.iter().map(Vec::len).collect::<Vec<_>>()
    };
    assert_eq!(lengths(&setting).await, [100, 100, 100], "never longer either");
    setting.twin.limit_pages(90);
    assert_eq!(lengths(&setting).await, [90, 90, 90, 30]);
}
