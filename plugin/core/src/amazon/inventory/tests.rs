//! Summaries as the FBA Inventory API gives them.

use super::*;
use crate::canonical::{Units, WarehouseState};
use crate::finding::Code;
use crate::remote::FailureClass;

fn britain() -> MarketplaceId {
    MarketplaceId::new("A1F83G8C2ARO7P").expect("an id")
}

fn summaries<'a>(
    marketplace: &'a MarketplaceId,
    skus: &'a [SellerSku],
    token: Option<&'a str>,
) -> GetInventorySummaries<'a> {
    let host = "sellingpartnerapi-eu.amazon.com";
    GetInventorySummaries { host, marketplace, skus, changed_since: None, token }
}

fn parse(status: u16, body: &str, token: Option<&str>) -> Result<InventoryPage, CallFailure> {
    let response = HttpResponse { status, headers: Vec::new(), body: body.into() };
    summaries(&britain(), &[], token).parse(&response)
}

const MUG: &str = r#"{"asin":"B01","fnSku":"X001","sellerSku":"MUG/RED 1","condition":"NewItem","inventoryDetails":{
    "fulfillableQuantity":7,"inboundWorkingQuantity":1,"inboundShippedQuantity":2,"inboundReceivingQuantity":3,
    "reservedQuantity":{"totalReservedQuantity":15,"pendingCustomerOrderQuantity":4,
    "pendingTransshipmentQuantity":5,"fcProcessingQuantity":6},
    "researchingQuantity":{"totalResearchingQuantity":8,"researchingQuantityBreakdown":[]},
    "unfulfillableQuantity":{"totalUnfulfillableQuantity":9}},
    "lastUpdatedTime":"2026-10-28T11:15:00Z","productName":"Mug","totalQuantity":38,"stores":[]}"#;

#[test]
fn one_marketplace_is_asked_for_with_details() {
    let [mug, lamp] = ["MUG/RED 1", "LAMP"].map(|sku| SellerSku::new(sku).expect("a sku"));
    let marketplace = britain();
    let all = "/fba/inventory/v1/summaries?details=true&granularityType=Marketplace\
               &granularityId=A1F83G8C2ARO7P&marketplaceIds=A1F83G8C2ARO7P";
    assert_eq!(summaries(&marketplace, &[], None).request().path, all);
    let skus = [mug, lamp];
    let some = summaries(&marketplace, &skus, Some("a+/b="));
    let changed_since = "2026-10-28T11:00:00Z".parse().ok();
    let path = GetInventorySummaries { changed_since, ..some }.request().path;
    let rest =
        "&sellerSkus=MUG%2FRED%201,LAMP&startDateTime=2026%2D10%2D28T11%3A00%3A00Z&nextToken=a%2B%2Fb%3D";
    assert_eq!(path, format!("{all}{rest}"));
}

#[test]
fn a_page_is_read_with_each_quantity_in_its_place() {
    let body = format!(
        r#"{{"payload":{{"granularity":{{}},"inventorySummaries":[{MUG}]}},"pagination":{{"nextToken":"t1"}}}}"#
    );
    let page = parse(200, &body, None).expect("a page");
    assert_eq!(page.next.as_deref(), Some("t1"));
    let [stock] = page.stocks.as_slice() else { panic!("one stock") };
    assert_eq!((stock.sku.as_str(), stock.as_of), ("MUG/RED 1", "2026-10-28T11:15:00Z".parse().ok()));
    let in_state = |state| stock.counted(&[state]);
    for (state, units) in WarehouseState::ALL.into_iter().zip([7, 4, 5, 6, 1, 2, 3, 8, 9]) {
        assert_eq!(in_state(state), Units(units), "{state:?}");
    }
}

#[test]
fn the_last_page_has_no_other_and_quantities_may_be_left_out() {
    let body = r#"{"payload":{"inventorySummaries":[{"sellerSku":"MUG","inventoryDetails":{}}]}}"#;
    let page = parse(200, body, Some("t1")).expect("a page");
    assert_eq!((page.next, page.stocks[0].as_of), (None, None));
    assert_eq!(page.stocks[0].counted(&WarehouseState::ALL), Units::ZERO);
}

#[test]
fn what_cannot_be_read_is_never_a_zero() {
    for (body, token) in [
        ("{", None),
        (r#"{"inventorySummaries":[]}"#, None),
        (r#"{"payload":{"inventorySummaries":[{"sellerSku":"MUG"}]}}"#, None),
        (r#"{"payload":{"inventorySummaries":[{"inventoryDetails":{}}]}}"#, None),
        (&format!(r#"{{"payload":{{"inventorySummaries":[{}]}}}}"#, MUG.replace("2026-10-28T", "")), None),
        (&format!(r#"{{"payload":{{"inventorySummaries":[{}]}}}}"#, MUG.replace(":7,", ":-7,")), None),
        (r#"{"payload":{"inventorySummaries":[]},"pagination":{"nextToken":"t1"}}"#, Some("t1")),
    ] {
        let failure = parse(200, body, token).expect_err(body);
        let expected = (FailureClass::Transient, Code::AmazonUnreadable);
        assert_eq!((failure.class, failure.finding.code), expected, "{body}");
    }
}

#[test]
fn a_spent_usage_plan_says_when_it_is_admitted_again() {
    let failure = parse(429, r#"{"errors":[{"code":"QuotaExceeded"}]}"#, None).expect_err("throttled");
    assert_eq!(failure.class, FailureClass::Throttled { retry_after_ms: Some(500) });
}
