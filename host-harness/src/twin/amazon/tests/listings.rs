//! Listings over HTTP: searched and looked up.

use chrono::Duration;
use serde_json::{Value, json};

use super::client::{Reply, Setting};
use crate::twin::world::ids::Asin;
use crate::twin::world::marketplace::{GERMANY, UNITED_KINGDOM};
use crate::twin::world::stock::{Availability, FbaCounts, IssueSeverity, Listing, ListingIssue};

const UK: (&str, &str) = ("marketplaceIds", UNITED_KINGDOM.id);

fn items_path(setting: &Setting) -> String {
    format!("/listings/2021-08-01/items/{}", setting.snapshot().seller().id)
}

async fn search(setting: &Setting, query: &[(&str, &str)]) -> Reply {
    let token = setting.access_token().await;
    setting.get(&token, &items_path(setting), query).await
}

fn skus(reply: &Reply) -> Vec<String> {
    let json = reply.json();
    let items = json["items"].as_array().unwrap_or_else(|| panic!("{json}"));
    items.iter().map(|item| item["sku"].as_str().expect("a SKU").to_owned()).collect()
}

fn listing(setting: &Setting, availability: Availability) -> Listing {
    Listing {
        asin: Asin::new("B0TESTTEST"),
        product_type: "HOME".to_owned(),
        item_name: "A thing".to_owned(),
        availability,
        issues: Vec::new(),
        created_at: setting.now(),
        last_updated_at: setting.now(),
    }
}

#[tokio::test]
async fn a_listing_shows_the_parts_that_are_asked_for() {
    let setting = Setting::new().await;
    let issue = ListingIssue {
        code: "8541".into(),
        message: "Something about the brand.".into(),
        severity: IssueSeverity::Warning,
        attribute_names: vec!["brand".into()],
        categories: vec!["INVALID_ATTRIBUTE".into()],
    };
    let thing = Listing { issues: vec![issue], ..listing(&setting, Availability::merchant(7)) };
    setting.twin.put_listing("THING", thing);
    let of_thing = [UK, ("identifiers", "THING"), ("identifiersType", "SKU")];
    let reply = search(&setting, &of_thing).await.json();
    let at = setting.now().to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    let summary = json!({
        "marketplaceId": UNITED_KINGDOM.id, "asin": "B0TESTTEST", "productType": "HOME", "conditionType": "new_new",
        "status": ["BUYABLE", "DISCOVERABLE"], "itemName": "A thing", "createdDate": at, "lastUpdatedDate": at,
    });
    assert_eq!(
        reply,
        json!({ "numberOfResults": 1, "pagination": {}, "items": [{ "sku": "THING", "summaries": [summary] }] })
    );
    let more = [&of_thing[..], &[("includedData", "fulfillmentAvailability,issues")]].concat();
    let item = &search(&setting, &more).await.json()["items"][0];
    let availability = json!([{ "fulfillmentChannelCode": "DEFAULT", "quantity": 7 }]);
    let issues = json!([{
        "code": "8541", "message": "Something about the brand.", "severity": "WARNING",
        "attributeNames": ["brand"], "categories": ["INVALID_ATTRIBUTE"],
    }]);
    assert_eq!(*item, json!({ "sku": "THING", "fulfillmentAvailability": availability, "issues": issues }));
}

#[tokio::test]
async fn amazons_channel_states_no_quantity_and_is_buyable_while_amazon_has_some() {
    let setting = Setting::new().await;
    setting.twin.put_listing("OURS", listing(&setting, Availability::Amazon));
    let query = [
        UK,
        ("identifiers", "OURS"),
        ("identifiersType", "SKU"),
        ("includedData", "summaries,fulfillmentAvailability"),
    ];
    let item = async || search(&setting, &query).await.json()["items"][0].clone();
    let first = item().await;
    assert_eq!(first["fulfillmentAvailability"], json!([{ "fulfillmentChannelCode": "AMAZON_EU" }]));
    assert_eq!(first["summaries"][0]["status"], json!(["DISCOVERABLE"]));
    setting.twin.put_fba_stock("OURS", FbaCounts::fulfillable(1));
    assert_eq!(item().await["summaries"][0]["status"], json!(["BUYABLE", "DISCOVERABLE"]));
}

#[tokio::test]
async fn every_product_of_the_world_is_listed_once_over_all_pages() {
    let setting = Setting::new().await;
    let mut found = Vec::new();
    let mut token: Option<String> = None;
    loop {
        let page_token = token.as_deref().map(|token| ("pageToken", token));
        let query: Vec<(&str, &str)> = [UK, ("pageSize", "15")].into_iter().chain(page_token).collect();
        let reply = search(&setting, &query).await;
        assert_eq!(reply.json()["numberOfResults"], 40);
        found.extend(skus(&reply));
        token = reply.json()["pagination"]["nextToken"].as_str().map(str::to_owned);
        if token.is_none() {
            break;
        }
    }
    let world = setting.snapshot();
    let mut expected: Vec<&str> = world.products().iter().map(|product| product.sku.as_str()).collect();
    expected.sort_unstable();
    found.sort_unstable();
    assert_eq!(found, expected);
    assert_eq!(skus(&search(&setting, &[UK]).await).len(), 10, "a page has ten unless more are asked for");
}

#[tokio::test]
async fn the_latest_change_comes_first_and_the_unlisted_is_missing() {
    let setting = Setting::new().await;
    setting.twin.put_listing("A", listing(&setting, Availability::merchant(1)));
    setting.advance(Duration::seconds(1));
    setting.twin.put_listing("B", listing(&setting, Availability::merchant(1)));
    let query = [UK, ("identifiers", "A,NOBODY,B"), ("identifiersType", "SKU")];
    assert_eq!(skus(&search(&setting, &query).await), ["B", "A"]);
    setting.twin.remove_listing("B");
    assert_eq!(skus(&search(&setting, &query).await), ["A"]);
    let by_asin = [UK, ("identifiers", "B0TESTTEST"), ("identifiersType", "ASIN")];
    assert_eq!(skus(&search(&setting, &by_asin).await), ["A"]);
    let elsewhere = [("marketplaceIds", GERMANY.id), ("identifiers", "A"), ("identifiersType", "SKU")];
    assert_eq!(search(&setting, &elsewhere).await.json()["numberOfResults"], 0);
}

#[tokio::test]
async fn a_search_gives_out_a_thousand_listings_at_most() {
    let setting = Setting::new().await;
    for number in 0..1000 {
        setting.twin.put_listing(&format!("MANY-{number:04}"), listing(&setting, Availability::merchant(1)));
    }
    let (mut given, mut token) = (0, None::<String>);
    loop {
        let page_token = token.as_deref().map(|token| ("pageToken", token));
        let query: Vec<(&str, &str)> = [UK, ("pageSize", "20")].into_iter().chain(page_token).collect();
        let reply = search(&setting, &query).await;
        given += skus(&reply).len();
        assert_eq!(reply.json()["numberOfResults"], 1040, "though it finds more");
        token = reply.json()["pagination"]["nextToken"].as_str().map(str::to_owned);
        if token.is_none() {
            break;
        }
    }
    assert_eq!(given, 1000);
}

#[tokio::test]
async fn one_listing_is_looked_up_by_its_encoded_sku() {
    let setting = Setting::new().await;
    let token = setting.access_token().await;
    setting.twin.put_listing("A/B C+D", listing(&setting, Availability::merchant(3)));
    let path = format!("{}/A%2FB%20C%2BD", items_path(&setting));
    let query = [UK, ("includedData", "attributes,fulfillmentAvailability,productTypes,offers")];
    let item = setting.get(&token, &path, &query).await.json();
    assert_eq!(
        (&item["sku"], &item["fulfillmentAvailability"][0]["quantity"]),
        (&"A/B C+D".into(), &3.into())
    );
    assert_eq!(
        item["attributes"]["fulfillment_availability"],
        json!([{ "fulfillment_channel_code": "DEFAULT", "marketplace_id": UNITED_KINGDOM.id, "quantity": 3 }])
    );
    assert_eq!(item["productTypes"][0]["productType"], "HOME");
    assert!(item.get("summaries").is_none() && item.get("offers").is_none());
    for (path, query) in
        [(format!("{}/A", items_path(&setting)), [UK]), (path.clone(), [("marketplaceIds", GERMANY.id)])]
    {
        let (status, code, _) = setting.get(&token, &path, &query).await.error();
        assert_eq!((status, code.as_str()), (404, "NotFound"), "{path}");
    }
    assert_eq!(setting.get(&token, &path, &[]).await.error().0, 400, "a marketplace is required");
}

#[tokio::test]
async fn what_the_model_does_not_allow_is_refused() {
    let setting = Setting::new().await;
    let (twenty, twenty_one) = (vec!["A"; 20].join(","), vec!["A"; 21].join(","));
    for query in [
        &[][..],
        &[UK, ("marketplaceIds", GERMANY.id)],
        &[("marketplaceIds", "ATVPDKIKX0DER")],
        &[UK, ("identifiers", "A")],
        &[UK, ("identifiers", "A"), ("identifiersType", "NAME")],
        &[UK, ("identifiers", &twenty_one), ("identifiersType", "SKU")],
        &[UK, ("pageSize", "0")],
        &[UK, ("pageSize", "21")],
        &[UK, ("pageToken", "unknown")],
        &[UK, ("includedData", "everything")],
    ] {
        let (status, code, _) = search(&setting, query).await.error();
        assert_eq!((status, code.as_str()), (400, "InvalidInput"), "{query:?}");
    }
    let twenty = search(&setting, &[UK, ("identifiers", &twenty), ("identifiersType", "SKU")]).await;
    assert_eq!(twenty.json()["items"], Value::Array(Vec::new()));

    let first = search(&setting, &[UK]).await.json();
    let next = first["pagination"]["nextToken"].as_str().expect("more");
    let other = [("marketplaceIds", GERMANY.id), ("pageToken", next)];
    assert_eq!(search(&setting, &other).await.error().0, 400, "a token belongs to its search");
}

#[tokio::test]
async fn another_sellers_listings_are_denied() {
    let setting = Setting::new().await;
    let token = setting.access_token().await;
    for path in ["/listings/2021-08-01/items/A0OTHERSELLER", "/listings/2021-08-01/items/A0OTHERSELLER/A"] {
        let (status, code, _) = setting.get(&token, path, &[UK]).await.error();
        assert_eq!((status, code.as_str()), (403, "Unauthorized"), "{path}");
    }
}
