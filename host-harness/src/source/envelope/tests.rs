//! Bodies as they arrive, wrapped and plain, and what is read of them.

use serde_json::{Value, json};

use super::*;

const TRACE: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

/// Spaces and the order of keys are kept on purpose: a body must come through byte for byte.
const ORDER_CHANGE: &str = r#"{ "NotificationType" : "ORDER_CHANGE", "EventTime":"2026-10-28T11:00:00.123Z",
  "Payload": {"OrderChangeNotification":{"AmazonOrderId":"026-1234567-1234567","Summary":{"a":1.0}}},
  "NotificationMetadata": {"NotificationId": "5d1d2b52-0000-4000-8000-000000000001"}}"#;

fn arrived(body: &str) -> ArrivedEvent {
    arrived_event(body.as_bytes().to_vec(), Source::AmazonNotification, Some(TRACE))
}

fn event_bridge(detail: &str) -> String {
    format!(
        r#"{{"version":"0","id":"eb-1","detail-type":"ORDER_CHANGE","source":"aws.partner/sellingpartnerapi",
        "time":"2026-10-28T11:00:05Z","detail": {detail} }}"#
    )
}

fn sns(message: &str) -> String {
    json!({"Type": "Notification", "MessageId": "sns-1", "TopicArn": "arn:aws:sns:eu-west-1:1:t", "Message": message})
        .to_string()
}

fn camel_case(body: &str) -> String {
    ["NotificationType", "EventTime", "Payload", "OrderChangeNotification", "AmazonOrderId"]
        .iter()
        .chain(&["NotificationMetadata", "NotificationId"])
        .fold(body.to_owned(), |body, key| {
            body.replace(&format!("\"{key}\""), &format!("\"{}{}\"", key[..1].to_lowercase(), &key[1..]))
        })
}

#[test]
fn a_notification_is_read_in_both_casings_and_in_every_wrapping() {
    let camel = camel_case(ORDER_CHANGE);
    assert!(camel.contains("\"notificationId\"") && camel.contains("\"payload\""));
    for notification in [ORDER_CHANGE, &camel] {
        let wrapped = [
            notification.to_owned(),
            event_bridge(notification),
            sns(notification),
            sns(&event_bridge(notification)),
        ];
        for body in wrapped {
            let event = arrived(&body);
            assert_eq!(event.event_id, "5d1d2b52-0000-4000-8000-000000000001");
            assert_eq!(event.export, Export::OnOrder);
            assert_eq!(event.source, Source::AmazonNotification);
            assert_eq!(event.content_type, "application/json");
            assert_eq!(event.occurred_at.as_deref(), Some("2026-10-28T11:00:00.123Z"));
            assert_eq!(event.ordering_key.as_deref(), Some("order/026-1234567-1234567"));
            assert_eq!(event.traceparent.as_deref(), Some(TRACE));
            assert_eq!(event.body, notification.as_bytes(), "byte for byte");
            assert_eq!(event.event_id, event_id(body.as_bytes()));
        }
    }
}

#[test]
fn every_type_goes_to_its_export_under_its_key() {
    let reports = json!({"reportProcessingFinishedNotification": {"reportId": "777", "sellerId": "S"}});
    let stock =
        json!({"SellerId": "S", "FNSKU": "X0", "SKU": "LAMP RED", "FulfillmentInventoryByMarketplace": []});
    let quantity = json!({"sellerId": "S", "sellerSku": "LAMP-BLUE"});
    let feed =
        json!({"feedProcessingFinishedNotification": {"feedId": "555", "feedType": "JSON_LISTINGS_FEED"}});
    let order = json!({"OrderChangeNotification": {"AmazonOrderId": 7}});
    for (kind, payload, export, key) in [
        ("REPORT_PROCESSING_FINISHED", &reports, Export::OnFinancialEvent, Some("report/777")),
        ("TRANSACTION_UPDATE", &json!({}), Export::OnFinancialEvent, None),
        ("FBA_INVENTORY_AVAILABILITY_CHANGES", &stock, Export::OnInventory, Some("sku/LAMP RED")),
        ("LISTINGS_ITEM_MFN_QUANTITY_CHANGE", &quantity, Export::OnInventory, Some("sku/LAMP-BLUE")),
        ("FEED_PROCESSING_FINISHED", &feed, Export::OnInventory, Some("feed/555")),
        ("FEED_PROCESSING_FINISHED", &stock, Export::OnInventory, None),
        ("ORDER_CHANGE", &order, Export::OnOrder, None),
        ("ORDER_CHANGE", &json!([["AmazonOrderId"]]), Export::OnOrder, None),
        ("ORDER_CHANGE", &json!({"AmazonOrderId": "a\nb"}), Export::OnOrder, None),
        ("ORDER_CHANGE", &json!({"AmazonOrderId": "x".repeat(129)}), Export::OnOrder, None),
        ("PRICING_HEALTH", &stock, Export::OnOrder, None),
        ("order_change", &order, Export::OnOrder, None),
    ] {
        let event = arrived(&json!({"NotificationType": kind, "Payload": payload}).to_string());
        assert_eq!((event.export, event.ordering_key.as_deref()), (export, key), "{kind} {payload}");
    }
}

#[test]
fn the_id_is_the_notifications_then_event_bridges_then_the_contents() {
    let nameless = r#"{"NotificationType":"ORDER_CHANGE"}"#;
    let digest = arrived(nameless).event_id;
    assert_eq!(digest.len(), 32);
    assert_eq!(arrived(nameless).event_id, digest);
    assert_ne!(arrived(r#"{"NotificationType":"ORDER_CHANGE" }"#).event_id, digest);
    let wrapped = arrived(&event_bridge(nameless));
    assert_eq!(
        (wrapped.event_id.as_str(), wrapped.occurred_at.as_deref()),
        ("eb-1", Some("2026-10-28T11:00:05Z"))
    );
    for id in
        [json!(""), json!("schedule/sweep-orders/2026-10-28T11:00:00Z"), json!("a\nb"), json!(7), json!(null)]
            .into_iter()
            .chain([json!("x".repeat(129))])
    {
        let body =
            json!({"NotificationType": "ORDER_CHANGE", "NotificationMetadata": {"NotificationId": id}});
        assert_eq!(arrived(&body.to_string()).event_id.len(), 32, "{id} is no id");
    }
}

#[test]
fn what_holds_no_notification_stays_whole_and_goes_to_on_order() {
    let shop = r#"{"id":"1","total":3}"#;
    let other_bridge = event_bridge(r#"{"id":"7"}"#);
    let confirmation =
        r#"{"Type":"SubscriptionConfirmation","Message":"{\"NotificationType\":\"ORDER_CHANGE\"}"}"#;
    for body in [
        "",
        "{",
        "[]",
        r#"["FEED_PROCESSING_FINISHED"]"#,
        "7",
        shop,
        &other_bridge,
        confirmation,
        &sns("plain text"),
    ] {
        let event = arrived(body);
        assert_eq!(
            (event.export, event.ordering_key, event.body.as_slice()),
            (Export::OnOrder, None, body.as_bytes())
        );
    }
    assert_eq!(arrived(&other_bridge).event_id, "eb-1");
    assert_eq!(arrived(shop).event_id.len(), 32, "an id that can mean anything names nothing");
    assert_eq!(arrived("{").content_type, "application/octet-stream");
    let binary = arrived_event(vec![0xff, 0xfe], Source::Upload, None);
    assert_eq!((binary.content_type.as_str(), binary.source), ("application/octet-stream", Source::Upload));
}

#[test]
fn a_settlement_file_is_a_financial_event_and_comes_through_as_it_is() {
    let header = "settlement-id\tsettlement-start-date\tdeposit-date\n1\t2\t3\n";
    let marked = format!("\u{feff}\r\n{header}");
    let renamed = "Deposit_Date\tSettlement_ID\r\n";
    let text = [header.as_bytes(), marked.as_bytes(), renamed.as_bytes(), b"order-id\tsettlement-id"];
    let packed = [0x1f, 0x8b, 8, 0];
    let plain = text.map(|body| (body, "text/tab-separated-values"));
    for (body, content_type) in plain.into_iter().chain([(&packed[..], "application/gzip")]) {
        let event = arrived_event(body.to_vec(), Source::Upload, Some(TRACE));
        assert_eq!((event.export, event.content_type.as_str()), (Export::OnFinancialEvent, content_type));
        assert_eq!(event.ordering_key, Some(format!("settlement-file/{}", event.event_id)));
        assert_eq!((event.event_id.as_str(), event.event_id.len()), (event_id(body).as_str(), 32));
        assert_eq!((event.body.as_slice(), event.traceparent.as_deref()), (body, Some(TRACE)));
    }
    let others = [
        "settlement-id,settlement-start-date",
        "settlement-id",
        "{\"settlement-id\":\t1}",
        "order-id\tsku\nsettlement-id\tx",
        "x-settlement-id\tsettlement-ids",
    ];
    for other in others {
        assert_eq!(arrived(other).export, Export::OnOrder, "{other}");
    }
}

#[test]
fn wrappings_are_not_opened_without_end() {
    let deep = |layers: usize| (0..layers).fold(ORDER_CHANGE.to_owned(), |body, _| sns(&body));
    assert_eq!(arrived(&deep(3)).body, ORDER_CHANGE.as_bytes());
    assert_eq!(arrived(&deep(4)).body, deep(4).into_bytes());
}

#[test]
fn a_time_that_is_none_is_not_passed_on() {
    let body: Value = json!({"NotificationType": "ORDER_CHANGE", "EventTime": "yesterday"});
    assert_eq!(arrived(&body.to_string()).occurred_at, None);
}

#[test]
fn only_a_trace_context_is_passed_on() {
    assert!(is_traceparent(TRACE));
    for text in [
        "",
        "00",
        "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
        "00-00000000000000000000000000000000-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-x",
    ] {
        assert!(!is_traceparent(text), "{text}");
    }
}
