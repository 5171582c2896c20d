//! What holds for every body that arrives at a source, whatever it is.

use host_harness::engine::{Export, Source};
use host_harness::source::{arrived_event, event_id};
use proptest::prelude::*;
use serde_json::{Map, Value};

/// The keys that mean something to a source, so that bodies come close to what it reads.
const KEYS: [&str; 22] = [
    "NotificationType",
    "notificationType",
    "EventTime",
    "eventTime",
    "Payload",
    "payload",
    "NotificationMetadata",
    "notificationMetadata",
    "NotificationId",
    "notificationId",
    "OrderChangeNotification",
    "AmazonOrderId",
    "SKU",
    "reportId",
    "id",
    "time",
    "detail-type",
    "detail",
    "Type",
    "Message",
    "x",
    "",
];

const TEXTS: [&str; 8] = [
    "ORDER_CHANGE",
    "FBA_INVENTORY_AVAILABILITY_CHANGES",
    "REPORT_PROCESSING_FINISHED",
    "Notification",
    "2026-10-28T11:00:00Z",
    "schedule/sweep-orders/2026-10-28T11:00:00Z",
    "5d1d2b52-0000-4000-8000-000000000001",
    r#"{"NotificationType":"ORDER_CHANGE"}"#,
];

fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
        prop::sample::select(&TEXTS[..]).prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 48, 8, |inner| {
        let field = (prop::sample::select(&KEYS[..]), inner.clone());
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec(field, 0..8).prop_map(|fields| {
                let fields = fields.into_iter().map(|(key, value)| (key.to_owned(), value));
                Value::from(fields.collect::<Map<_, _>>())
            }),
            // What SNS does to a body: JSON within a text.
            inner.prop_map(|value| Value::from(value.to_string())),
        ]
    })
}

fn check(body: &[u8], traceparent: &str) {
    let event = arrived_event(body.to_vec(), Source::AmazonNotification, Some(traceparent));
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte);
    assert!((1..=128).contains(&event.event_id.len()) && event.event_id.bytes().all(allowed), "{event:?}");
    assert_eq!(event.event_id, event_id(body), "an event has one name");
    assert!(event.ordering_key.is_none_or(|key| !key.contains(char::is_control)));
    assert!(event.traceparent.is_none_or(|text| text.len() == 55));
    // A body that was unwrapped holds a notification, and is all that a second reading finds.
    let again = arrived_event(event.body.clone(), Source::AmazonNotification, None);
    assert_eq!((&again.body, again.export), (&event.body, event.export));
    if event.body != body {
        let inner: Value = serde_json::from_slice(&event.body).expect("a notification is JSON");
        assert!(inner.get("NotificationType").or(inner.get("notificationType")).is_some());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1024, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_make_an_event(body in prop::collection::vec(any::<u8>(), 0..200), traceparent in "\\PC{0,60}") {
        check(&body, &traceparent);
        let event = arrived_event(body.clone(), Source::Upload, None);
        prop_assert_eq!((event.export, event.body), (Export::OnOrder, body));
    }

    #[test]
    fn any_json_makes_an_event(body in json(), traceparent in "00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}") {
        check(body.to_string().as_bytes(), &traceparent);
    }
}
