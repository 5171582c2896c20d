//! Patches of listings over HTTP: accepted at once, in effect later, or not at all.

use chrono::Duration;
use http::Method;
use serde_json::{Value, json};

use super::super::fault::{Fault, When};
use super::super::operation::OperationId;
use super::client::{Reply, Setting};
use crate::twin::world::ids::Asin;
use crate::twin::world::marketplace::UNITED_KINGDOM;
use crate::twin::world::stock::{Availability, Listing, MerchantAvailability};

const MERCHANT_SKU: &str = "OURS 1/2";
const AMAZON_SKU: &str = "THEIRS";

/// A twin with one offer of each channel.
async fn setting() -> Setting {
    let setting = Setting::new().await;
    let at = setting.now();
    let listing = |availability| Listing {
        asin: Asin::new("B0TESTTEST"),
        product_type: "HOME".to_owned(),
        item_name: "A thing".to_owned(),
        availability,
        issues: Vec::new(),
        created_at: at,
        last_updated_at: at,
    };
    let stated = MerchantAvailability {
        quantity: 5,
        restock_date: "2026-12-01".parse().ok(),
        lead_time_to_ship_max_days: Some(3),
    };
    setting.twin.put_listing(MERCHANT_SKU, listing(Availability::Merchant(stated)));
    setting.twin.put_listing(AMAZON_SKU, listing(Availability::Amazon));
    setting
}

async fn patch_with(setting: &Setting, sku: &str, more: &str, body: &Value) -> Reply {
    let token = setting.access_token().await;
    let seller = setting.snapshot().seller().id.clone();
    let sku = percent_encoding::utf8_percent_encode(sku, percent_encoding::NON_ALPHANUMERIC);
    let query = format!("marketplaceIds={}{more}", UNITED_KINGDOM.id);
    let path = format!("/listings/2021-08-01/items/{seller}/{sku}?{query}");
    setting.call(Method::PATCH, &token, &path, body).await
}

fn body(operation: &str, value: Value) -> Value {
    let path = "/attributes/fulfillment_availability";
    json!({ "productType": "PRODUCT", "patches": [{ "op": operation, "path": path, "value": [value] }] })
}

fn quantity_body(quantity: i64) -> Value {
    body("merge", json!({ "fulfillment_channel_code": "DEFAULT", "quantity": quantity }))
}

async fn patch(setting: &Setting, sku: &str, quantity: i64) -> Reply {
    patch_with(setting, sku, "", &quantity_body(quantity)).await
}

fn offered(setting: &Setting, sku: &str) -> Option<u32> {
    setting.twin.listing(sku).expect("it is listed").quantity()
}

#[tokio::test]
async fn an_accepted_quantity_takes_effect_after_thirty_seconds() {
    let setting = setting().await;
    let reply = patch(&setting, MERCHANT_SKU, 9).await;
    let told = reply.json();
    assert_eq!(
        (reply.status.as_u16(), &told["status"], &told["issues"]),
        (200, &"ACCEPTED".into(), &json!([]))
    );
    assert_eq!((&told["sku"], told["submissionId"].as_str().map(str::len)), (&MERCHANT_SKU.into(), Some(32)));
    setting.advance(Duration::seconds(29));
    assert_eq!(offered(&setting, MERCHANT_SKU), Some(5));
    setting.advance(Duration::seconds(1));
    assert_eq!(offered(&setting, MERCHANT_SKU), Some(9));
    let listing = setting.twin.listing(MERCHANT_SKU).unwrap();
    assert_eq!(listing.last_updated_at, setting.now());
}

#[tokio::test]
async fn a_later_patch_overtakes_one_that_has_not_taken_effect() {
    let setting = setting().await;
    patch(&setting, MERCHANT_SKU, 9).await;
    setting.advance(Duration::seconds(20));
    patch(&setting, MERCHANT_SKU, 2).await;
    setting.advance(Duration::seconds(20));
    assert_eq!(offered(&setting, MERCHANT_SKU), Some(5), "the first one never takes effect");
    setting.advance(Duration::seconds(10));
    assert_eq!(offered(&setting, MERCHANT_SKU), Some(2));
}

#[tokio::test]
async fn a_preview_says_what_would_be_and_changes_nothing() {
    let setting = setting().await;
    for (quantity, status) in [(9, "VALID"), (-1, "INVALID")] {
        let body = quantity_body(quantity);
        let reply = patch_with(&setting, MERCHANT_SKU, "&mode=VALIDATION_PREVIEW", &body).await;
        assert_eq!(reply.json()["status"], status);
    }
    setting.advance(Duration::minutes(5));
    assert_eq!(offered(&setting, MERCHANT_SKU), Some(5));
    for more in ["&mode=DRY_RUN", "&includedData=summaries"] {
        assert_eq!(
            patch_with(&setting, MERCHANT_SKU, more, &quantity_body(1)).await.error().0,
            400,
            "{more}"
        );
    }
    let issues = patch_with(&setting, MERCHANT_SKU, "&includedData=issues", &quantity_body(1)).await;
    assert_eq!(issues.json()["status"], "ACCEPTED");
}

#[tokio::test]
async fn a_refused_quantity_becomes_an_issue_of_the_listing() {
    let setting = setting().await;
    setting.twin.refuse_quantities(MERCHANT_SKU, "The offer is under review.");
    assert_eq!(patch(&setting, MERCHANT_SKU, 9).await.json()["status"], "ACCEPTED");
    assert!(setting.twin.listing(MERCHANT_SKU).unwrap().issues.is_empty(), "not before it is processed");
    setting.advance(Duration::seconds(30));
    let listing = setting.twin.listing(MERCHANT_SKU).unwrap();
    assert_eq!((listing.quantity(), listing.issues.len()), (Some(5), 1));
    assert_eq!(
        (listing.issues[0].message.as_str(), listing.issues[0].severity.name()),
        ("The offer is under review.", "ERROR")
    );

    setting.twin.take_quantities(MERCHANT_SKU);
    patch(&setting, MERCHANT_SKU, 9).await;
    setting.advance(Duration::seconds(30));
    let listing = setting.twin.listing(MERCHANT_SKU).unwrap();
    assert_eq!((listing.quantity(), listing.issues), (Some(9), vec![]));
}

#[tokio::test]
async fn replace_drops_what_it_does_not_name_and_merge_keeps_it() {
    let setting = setting().await;
    let stated = |setting: &Setting| match setting.twin.listing(MERCHANT_SKU).unwrap().availability {
        Availability::Merchant(stated) => stated,
        Availability::Amazon => panic!("it was never Amazon's"),
    };
    let before = stated(&setting);
    patch(&setting, MERCHANT_SKU, 6).await;
    setting.advance(Duration::seconds(30));
    assert_eq!(stated(&setting), MerchantAvailability { quantity: 6, ..before.clone() });

    let lead_time = json!({ "fulfillment_channel_code": "DEFAULT", "lead_time_to_ship_max_days": 4 });
    patch_with(&setting, MERCHANT_SKU, "", &body("merge", lead_time)).await;
    setting.advance(Duration::seconds(30));
    let expected = MerchantAvailability { quantity: 6, lead_time_to_ship_max_days: Some(4), ..before };
    assert_eq!(stated(&setting), expected);

    let replaced = json!({ "fulfillment_channel_code": "DEFAULT", "quantity": 7 });
    patch_with(&setting, MERCHANT_SKU, "", &body("replace", replaced)).await;
    setting.advance(Duration::seconds(30));
    assert_eq!(stated(&setting), MerchantAvailability { quantity: 7, ..MerchantAvailability::default() });
}

#[tokio::test]
async fn a_quantity_for_goods_that_amazon_sends_converts_the_offer() {
    let setting = setting().await;
    assert_eq!(patch(&setting, AMAZON_SKU, 9).await.json()["status"], "ACCEPTED");
    assert_eq!((setting.twin.conversions(), offered(&setting, AMAZON_SKU)), (0, None));
    setting.advance(Duration::seconds(30));
    assert_eq!((setting.twin.conversions(), offered(&setting, AMAZON_SKU)), (1, Some(9)));
    let back = body("replace", json!({ "fulfillment_channel_code": "AMAZON_EU" }));
    assert_eq!(patch_with(&setting, AMAZON_SKU, "", &back).await.json()["status"], "ACCEPTED");
    setting.advance(Duration::seconds(30));
    assert_eq!((setting.twin.conversions(), offered(&setting, AMAZON_SKU)), (1, None));
}

#[tokio::test]
async fn what_cannot_be_is_understood_and_invalid() {
    let setting = setting().await;
    let availability = "fulfillment_availability";
    let unknown = json!({ "productType": "PRODUCT", "patches": [
        { "op": "replace", "path": "/attributes/fulfillmentAvailability", "value": [{}] },
    ]});
    let other_type = json!({ "productType": "LUGGAGE", "patches": quantity_body(1)["patches"] });
    let fields = |fields: Value| body("replace", fields);
    for (body, code, attributes) in [
        (quantity_body(-1), "4000001", json!([availability])),
        (
            fields(json!({ "fulfillment_channel_code": "DEFAULT", "quantity": "9" })),
            "4000001",
            json!([availability]),
        ),
        (
            fields(json!({ "fulfillment_channel_code": "DEFAULT", "quantity": 1.5 })),
            "4000001",
            json!([availability]),
        ),
        (
            fields(json!({ "fulfillment_channel_code": "AMAZON_EU", "quantity": 9 })),
            "4000001",
            json!([availability]),
        ),
        (
            fields(json!({ "fulfillment_channel_code": "SOMEWHERE", "quantity": 9 })),
            "4000001",
            json!([availability]),
        ),
        (fields(json!({ "quantity": 9 })), "99022", json!([availability])),
        (fields(json!({ "fulfillment_channel_code": "DEFAULT" })), "99022", json!([availability])),
        (unknown, "90000900", json!(["fulfillmentAvailability"])),
        (other_type, "4000001", json!([])),
    ] {
        let reply = patch_with(&setting, MERCHANT_SKU, "", &body).await;
        let told = reply.json();
        assert_eq!((reply.status.as_u16(), &told["status"]), (200, &"INVALID".into()), "{body}");
        let issue = &told["issues"][0];
        assert_eq!((&issue["code"], &issue["attributeNames"]), (&code.into(), &attributes), "{body}");
        assert_eq!(issue["severity"], "ERROR");
    }
    setting.advance(Duration::minutes(1));
    assert_eq!(offered(&setting, MERCHANT_SKU), Some(5));
    let own_type = json!({ "productType": "HOME", "patches": quantity_body(1)["patches"] });
    assert_eq!(patch_with(&setting, MERCHANT_SKU, "", &own_type).await.json()["status"], "ACCEPTED");
}

#[tokio::test]
async fn what_is_no_patch_is_a_bad_request() {
    let setting = setting().await;
    let sound = quantity_body(1);
    let changed = |pointer: &str, value: Value| {
        let mut body = sound.clone();
        *body.pointer_mut(pointer).expect("a part of the body") = value;
        body
    };
    for body in [
        json!(null),
        json!([]),
        changed("/productType", json!(null)),
        changed("/patches", json!([])),
        changed("/patches", json!({ "op": "merge" })),
        changed("/patches/0/op", json!("move")),
        changed("/patches/0/path", json!("/fulfillment_availability")),
        changed("/patches/0/path", json!("/attributes/fulfillment_availability/0/quantity")),
        changed("/patches/0/value", json!(null)),
        changed("/patches/0/value", json!([9])),
    ] {
        let (status, code, _) = patch_with(&setting, MERCHANT_SKU, "", &body).await.error();
        assert_eq!((status, code.as_str()), (400, "InvalidInput"), "{body}");
    }
    let token = setting.access_token().await;
    let path = format!("/listings/2021-08-01/items/{}/X", setting.snapshot().seller().id);
    assert_eq!(setting.call(Method::PATCH, &token, &path, &sound).await.error().0, 400, "no marketplace");
    let (status, code, _) = patch(&setting, "NOBODY", 1).await.error();
    assert_eq!((status, code.as_str()), (404, "NotFound"));
    let other = format!("/listings/2021-08-01/items/A0OTHERSELLER/X?marketplaceIds={}", UNITED_KINGDOM.id);
    assert_eq!(setting.call(Method::PATCH, &token, &other, &sound).await.error().0, 403);
}

#[tokio::test]
async fn amazon_takes_sold_units_off_the_offer_at_once() {
    let setting = setting().await;
    assert_eq!(setting.twin.sell(MERCHANT_SKU, 2), Some(3));
    assert_eq!(offered(&setting, MERCHANT_SKU), Some(3));
    assert_eq!(setting.twin.sell(MERCHANT_SKU, 9), Some(0), "it never goes below nothing");
    assert_eq!((setting.twin.sell(AMAZON_SKU, 1), setting.twin.sell("NOBODY", 1)), (None, None));
}

#[tokio::test]
async fn a_lost_answer_was_a_patch_and_a_lost_call_was_none() {
    let setting = setting().await;
    let token = setting.access_token().await;
    let seller = setting.snapshot().seller().id.clone();
    let path =
        format!("/listings/2021-08-01/items/{seller}/OURS%201%2F2?marketplaceIds={}", UNITED_KINGDOM.id);
    let headers = [("x-amz-access-token", token.as_str()), ("user-agent", super::client::USER_AGENT)];
    for (fault, expected) in [(Fault::DropCall, 5), (Fault::QuotaExceeded, 5), (Fault::DropAnswer, 9)] {
        setting.twin.faults().inject(Some(OperationId::PatchListingsItem), When::Nth(1), fault);
        let sent = setting.send(Method::PATCH, &path, &headers, &quantity_body(9).to_string()).await;
        assert!(sent.is_err() || sent.is_ok_and(|reply| reply.status == 429), "{fault:?}");
        setting.advance(Duration::seconds(30));
        assert_eq!(offered(&setting, MERCHANT_SKU), Some(expected), "{fault:?}");
    }
    assert_eq!(setting.twin.calls().of(OperationId::PatchListingsItem), 3);
}
