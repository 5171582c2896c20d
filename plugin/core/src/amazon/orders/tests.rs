//! `getOrder` as Amazon answers it, and the order that comes of it.

use super::*;
use crate::canonical::{Component, ComponentKind, Liability, OrderStatus};
use crate::finding::Code;
use crate::remote::FailureClass;

fn money(amount: &str) -> String {
    format!(r#"{{"amount":"{amount}","currencyCode":"GBP"}}"#)
}

fn order(item: &str, total: &str) -> String {
    format!(
        r#"{{"order":{{"orderId":"026-1","createdTime":"2026-10-24T23:30:00Z","lastUpdatedTime":"2026-10-25T10:00:00Z",
        "salesChannel":{{"channelName":"AMAZON","marketplaceId":"A1F83G8C2ARO7P"}},
        "fulfillment":{{"fulfillmentStatus":"SHIPPED","fulfilledBy":"MERCHANT"}},
        "proceeds":{{"grandTotal":{}}},"orderItems":[{item}]}}}}"#,
        money(total)
    )
}

/// Type, subtotal, and what it consists of.
type Breakdown<'a> = (&'a str, &'a str, &'a [(&'a str, &'a str)]);

fn item(total: &str, breakdowns: &[Breakdown<'_>]) -> String {
    let breakdowns: Vec<String> = breakdowns
        .iter()
        .map(|(kind, subtotal, details)| {
            let details: Vec<String> = details
                .iter()
                .map(|(subtype, value)| format!(r#"{{"subtype":"{subtype}","value":{}}}"#, money(value)))
                .collect();
            let subtotal = money(subtotal);
            format!(
                r#"{{"type":"{kind}","subtotal":{subtotal},"detailedBreakdowns":[{}]}}"#,
                details.join(",")
            )
        })
        .collect();
    format!(
        r#"{{"orderItemId":"1","quantityOrdered":1,"product":{{"sellerSku":"MUG","title":"Mug"}},
        "proceeds":{{"proceedsTotal":{},"breakdowns":[{}]}}}}"#,
        money(total),
        breakdowns.join(",")
    )
}

fn parse(body: &str) -> Result<Result<Order, Untranslatable>, CallFailure> {
    let id = OrderId::new("026-1").expect("an id");
    let response = HttpResponse { status: 200, headers: Vec::new(), body: body.as_bytes().to_vec() };
    GetOrder { host: "sellingpartnerapi-eu.amazon.com", order: &id }.parse(&response)
}

fn components(body: &str) -> Vec<(ComponentKind, i64, Option<i64>)> {
    let order = parse(body).expect("readable").expect("an order");
    let sale = order.sale.expect("a sale");
    let of = |component: &Component| {
        (
            component.kind.clone(),
            component.gross.minor(),
            component.tax.map(crate::canonical::money::Money::minor),
        )
    };
    sale.lines()[0].components().iter().map(of).collect()
}

#[test]
fn the_request_names_the_datasets_and_escapes_the_id() {
    let id = OrderId::new("026-1/../2").expect("an id");
    let request = GetOrder { host: "sellingpartnerapi-eu.amazon.com", order: &id }.request();
    assert_eq!(
        request.path,
        "/orders/2026-01-01/orders/026-1%2F%2E%2E%2F2?includedData=BUYER,RECIPIENT,PROCEEDS,FULFILLMENT,PACKAGES,TAX"
    );
}

#[test]
fn tax_that_is_contained_stays_inside_the_price() {
    let item = item("12.00", &[("ITEM", "12.00", &[]), ("TAX", "2.00", &[("ITEM", "2.00")])]);
    assert_eq!(components(&order(&item, "12.00")), [(ComponentKind::Item, 1200, Some(200))]);
}

#[test]
fn tax_that_comes_on_top_is_added_to_the_price() {
    let item = item(
        "16.80",
        &[
            ("ITEM", "10.00", &[]),
            ("SHIPPING", "4.00", &[]),
            ("TAX", "2.80", &[("ITEM", "2.00"), ("SHIPPING", "0.80")]),
        ],
    );
    assert_eq!(
        components(&order(&item, "16.80")),
        [(ComponentKind::Item, 1200, Some(200)), (ComponentKind::Shipping, 480, Some(80))]
    );
}

#[test]
fn discounts_are_negative_and_carry_their_tax() {
    let item = item(
        "9.00",
        &[
            ("ITEM", "12.00", &[]),
            ("SHIPPING", "3.00", &[]),
            ("DISCOUNT", "6.00", &[("ITEM", "3.00"), ("SHIPPING", "3.00")]),
            ("TAX", "1.50", &[("ITEM", "2.00"), ("SHIPPING", "0.50"), ("DISCOUNT", "1.00")]),
        ],
    );
    assert_eq!(
        components(&order(&item, "9.00")),
        [
            (ComponentKind::Item, 1200, Some(200)),
            (ComponentKind::Shipping, 300, Some(50)),
            (ComponentKind::ItemDiscount, -300, Some(-50)),
            (ComponentKind::ShippingDiscount, -300, Some(-50)),
        ]
    );
}

#[test]
fn tax_without_usable_details_is_attributed_in_proportion() {
    let item = item(
        "15.00",
        &[("ITEM", "12.00", &[]), ("SHIPPING", "3.00", &[]), ("TAX", "2.50", &[("ITEM", "9.99")])],
    );
    assert_eq!(
        components(&order(&item, "15.00")),
        [(ComponentKind::Item, 1200, Some(200)), (ComponentKind::Shipping, 300, Some(50))]
    );
}

#[test]
fn amounts_that_do_not_add_up_name_the_difference() {
    let item = item("12.50", &[("ITEM", "12.00", &[]), ("TAX", "2.00", &[])]);
    let problem = parse(&order(&item, "12.50")).expect("readable").expect_err("0.50 too much");
    assert_eq!(problem.code, Code::TotalsDiffer);
    assert!(problem.reason.ends_with("difference 0.50 GBP"), "{}", problem.reason);
}

#[test]
fn a_charge_of_the_whole_order_shows_as_a_difference() {
    let item = item("12.00", &[("ITEM", "12.00", &[])]);
    let problem = parse(&order(&item, "17.00")).expect("readable").expect_err("a tip of 5.00");
    assert!(problem.reason.ends_with("difference 5.00 GBP"), "{}", problem.reason);
}

#[test]
fn a_pending_order_has_no_sale() {
    let body = order(r#"{"orderItemId":"1","quantityOrdered":1,"product":{"sellerSku":"MUG"}}"#, "0.00")
        .replace("SHIPPED", "PENDING")
        .replace(r#""proceeds":{"grandTotal":{"amount":"0.00","currencyCode":"GBP"}},"#, "");
    let order = parse(&body).expect("readable").expect("an order");
    assert_eq!((order.status, order.sale), (OrderStatus::Pending, None));
}

#[test]
fn an_order_that_amazon_only_fulfils_is_no_sale_of_amazon() {
    let body = order(&item("12.00", &[("ITEM", "12.00", &[])]), "12.00").replace(
        r#""channelName":"AMAZON","marketplaceId":"A1F83G8C2ARO7P""#,
        r#""channelName":"NON_AMAZON""#,
    );
    assert_eq!(parse(&body).expect("readable").expect_err("no sale").code, Code::PlacedElsewhere);
}

#[test]
fn a_new_status_keeps_its_text_and_a_facilitator_is_recognised() {
    let item = item("12.00", &[("ITEM", "12.00", &[])]).replace(
        r#""orderItemId":"1""#,
        r#""orderItemId":"1","tax":{"taxCollections":[{"model":"MARKETPLACE_FACILITATOR","responsibleParty":"Amazon Services Europe S.a.r.L."}]}"#,
    );
    let order =
        parse(&order(&item, "12.00").replace("SHIPPED", "TELEPORTED")).expect("readable").expect("an order");
    assert_eq!(order.status, OrderStatus::Unrecognised("TELEPORTED".into()));
    let sale = order.sale.expect("a sale");
    assert_eq!(sale.lines()[0].liability, Liability::Marketplace("Amazon Services Europe S.a.r.L.".into()));
}

#[test]
fn an_answer_that_cannot_be_read_is_tried_again() {
    let body = order(&item("12.00", &[("ITEM", "12.00", &[])]), "12.00");
    let other = body.replace("026-1", "026-2");
    let cut = &body[..body.len() / 2];
    let thousands = body.replace("12.00", "1,2.00");
    for text in [cut, "", "<html>", "{}", &other, &thousands] {
        let failure = parse(text).expect_err(text);
        assert_eq!((failure.class, failure.finding.code), (FailureClass::Transient, Code::AmazonUnreadable));
    }
}
