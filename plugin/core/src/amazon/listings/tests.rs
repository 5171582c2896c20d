//! Offers and quantities as the Listings Items API has them.

use super::*;
use crate::canonical::{Fulfilment, MarketplaceId, Offer, SellerId, SellerSku, Units};
use crate::finding::Code;
use crate::remote::{Call, CallFailure, FailureClass, HttpResponse, Method};

const HOST: &str = "sellingpartnerapi-eu.amazon.com";

fn seller() -> SellerId {
    SellerId::new("A2EXAMPLE").expect("an id")
}

fn britain() -> MarketplaceId {
    MarketplaceId::new("A1F83G8C2ARO7P").expect("an id")
}

fn sku(text: &str) -> SellerSku {
    SellerSku::new(text).expect("a sku")
}

fn answer(status: u16, body: &str) -> HttpResponse {
    HttpResponse { status, headers: Vec::new(), body: body.into() }
}

fn search(body: &str) -> Result<Vec<Offer>, CallFailure> {
    let (seller, marketplace, skus) = (seller(), britain(), [sku("MUG/RED 1+2"), sku("LAMP")]);
    SearchListingsItems { host: HOST, seller: &seller, marketplace: &marketplace, skus: &skus }
        .parse(&answer(200, body))
}

fn patched(mode: Mode, status: u16, body: &str) -> Result<Submission, CallFailure> {
    let (seller, marketplace, sku) = (seller(), britain(), sku("MUG/RED 1+2"));
    let units = Units(7);
    PatchListingsItem { host: HOST, seller: &seller, marketplace: &marketplace, sku: &sku, units, mode }
        .parse(&answer(status, body))
}

#[test]
fn offers_are_asked_for_by_sku() {
    let (seller, marketplace, skus) = (seller(), britain(), [sku("MUG/RED 1+2"), sku("LAMP")]);
    let call = SearchListingsItems { host: HOST, seller: &seller, marketplace: &marketplace, skus: &skus };
    assert_eq!(
        call.request().path,
        "/listings/2021-08-01/items/A2EXAMPLE?marketplaceIds=A1F83G8C2ARO7P&identifiersType=SKU\
         &identifiers=MUG%2FRED%201%2B2,LAMP&includedData=fulfillmentAvailability,issues&pageSize=20"
    );
}

#[test]
fn an_offer_of_any_channel_of_amazons_is_amazons() {
    let offer = |sku: &str, availability: &str| {
        format!(r#"{{"sku":"{sku}","fulfillmentAvailability":[{availability}]}}"#)
    };
    let merchant = r#"{"fulfillmentChannelCode":"DEFAULT","quantity":7}"#;
    let amazon = r#"{"fulfillmentChannelCode":"AMAZON_EU"}"#;
    let empty = r#"{"fulfillmentChannelCode":"DEFAULT"}"#;
    let items = [
        offer("A", merchant),
        offer("B", amazon),
        offer("C", &format!("{merchant},{amazon}")),
        offer("D", empty),
        offer("E", ""),
    ];
    let offers =
        search(&format!(r#"{{"numberOfResults":5,"items":[{}]}}"#, items.join(","))).expect("offers");
    let read: Vec<_> =
        offers.iter().map(|offer| (offer.sku.as_str(), offer.fulfilment, offer.units)).collect();
    assert_eq!(
        read,
        [
            ("A", Fulfilment::ByMerchant, Some(Units(7))),
            ("B", Fulfilment::ByAmazon, None),
            ("C", Fulfilment::ByAmazon, None),
            ("D", Fulfilment::ByMerchant, Some(Units(0))),
        ]
    );
}

#[test]
fn only_errors_that_can_be_about_the_quantity_are_told() {
    let issue = |severity: &str, names: &str| {
        format!(
            r#"{{"code":"1","message":"{severity} {names}","severity":"{severity}","attributeNames":[{names}]}}"#
        )
    };
    let quantity = r#""fulfillment_availability""#;
    let issues = [
        issue("ERROR", ""),
        issue("WARNING", ""),
        issue("ERROR", r#""main_image""#).replace(r#"ERROR "main_image""#, "image"),
        issue("ERROR", quantity).replace(r#"ERROR "fulfillment_availability""#, "quantity"),
    ];
    let item = format!(
        r#"{{"items":[{{"sku":"A","fulfillmentAvailability":[{{"fulfillmentChannelCode":"DEFAULT"}}],"issues":[{}]}}]}}"#,
        issues.join(",")
    );
    assert_eq!(search(&item).expect("an offer")[0].problems, ["ERROR ", "quantity"]);
}

#[test]
fn a_quantity_is_merged_into_what_the_listing_says() {
    let (seller, marketplace, sku) = (seller(), britain(), sku("MUG/RED 1+2"));
    let call = |mode| {
        PatchListingsItem {
            host: HOST,
            seller: &seller,
            marketplace: &marketplace,
            sku: &sku,
            units: Units(7),
            mode,
        }
        .request()
    };
    let request = call(Mode::Submit);
    let path = "/listings/2021-08-01/items/A2EXAMPLE/MUG%2FRED%201%2B2?marketplaceIds=A1F83G8C2ARO7P&includedData=issues";
    assert_eq!((request.method, request.path.as_str(), request.writes), (Method::Patch, path, true));
    let body: serde_json::Value = serde_json::from_slice(&request.body).expect("JSON");
    let expected: serde_json::Value = serde_json::from_str(
        r#"{"productType":"PRODUCT","patches":[{"op":"merge","path":"/attributes/fulfillment_availability",
            "value":[{"fulfillment_channel_code":"DEFAULT","quantity":7}]}]}"#,
    )
    .expect("JSON");
    assert_eq!(body, expected);
    let preview = call(Mode::Preview);
    assert_eq!((preview.path, preview.writes), (format!("{path}&mode=VALIDATION_PREVIEW"), false));
}

#[test]
fn accepted_is_not_refused_and_a_sku_that_is_unknown_has_no_offer() {
    let body = |status: &str, issues: &str| {
        format!(r#"{{"sku":"MUG/RED 1+2","status":"{status}","submissionId":"s1","issues":[{issues}]}}"#)
    };
    let issue = r#"{"code":"90220","message":"too many","severity":"ERROR"}"#;
    assert_eq!(patched(Mode::Submit, 200, &body("ACCEPTED", "")), Ok(Submission::Accepted));
    assert_eq!(patched(Mode::Preview, 200, &body("VALID", "")), Ok(Submission::Accepted));
    assert_eq!(
        patched(Mode::Submit, 200, &body("INVALID", issue)),
        Ok(Submission::Refused("too many".into()))
    );
    assert_eq!(patched(Mode::Submit, 404, "{}"), Ok(Submission::NoOffer));
}

#[test]
fn a_quantity_without_a_sound_answer_may_have_been_taken() {
    for (mode, status, body, class) in [
        (Mode::Submit, 200, "{", FailureClass::Ambiguous),
        (Mode::Submit, 200, r#"{"sku":"LAMP","status":"ACCEPTED"}"#, FailureClass::Ambiguous),
        (Mode::Submit, 200, r#"{"sku":"MUG/RED 1+2","status":"PERHAPS"}"#, FailureClass::Ambiguous),
        (Mode::Submit, 503, "{}", FailureClass::Ambiguous),
        (Mode::Preview, 503, "{}", FailureClass::Transient),
        (Mode::Preview, 200, "{", FailureClass::Transient),
        (Mode::Submit, 429, "{}", FailureClass::Throttled { retry_after_ms: Some(200) }),
        (Mode::Submit, 403, "{}", FailureClass::Unauthorised),
        (Mode::Submit, 400, "{}", FailureClass::Rejected),
    ] {
        assert_eq!(patched(mode, status, body).expect_err(body).class, class, "{status} {body}");
    }
    let failure = search("{").expect_err("unreadable");
    assert_eq!((failure.class, failure.finding.code), (FailureClass::Transient, Code::AmazonUnreadable));
}
