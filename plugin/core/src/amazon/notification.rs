//! The envelope of an SP-API notification, in both casings that Amazon uses.
//!
//! Older types come in PascalCase, newer ones in camelCase (Notifications API, "Notification type
//! values"). Only the envelope is read here; each payload has its own file.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::finding::{Code, Finding};
use crate::limits::EVENT_BYTES_MAX;
use crate::remote::describe_json_error;

use super::feed_finished::FeedFinished;
use super::inventory_change::InventoryChange;
use super::order_change::OrderChange;
use super::report_finished::ReportFinished;

/// A notification by what it is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notification {
    OrderChange(OrderChange),
    ReportFinished(ReportFinished),
    InventoryChange(InventoryChange),
    FeedFinished(FeedFinished),
    /// A type that has no reader here, by its name.
    Other(String),
}

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(rename = "NotificationType", alias = "notificationType")]
    notification_type: String,
    #[serde(rename = "Payload", alias = "payload", borrow)]
    payload: Option<&'a RawValue>,
}

impl Notification {
    /// The type's name, as Amazon has it.
    pub fn name(&self) -> &str {
        match self {
            Notification::OrderChange(_) => "ORDER_CHANGE",
            Notification::ReportFinished(_) => "REPORT_PROCESSING_FINISHED",
            Notification::InventoryChange(_) => "FBA_INVENTORY_AVAILABILITY_CHANGES",
            Notification::FeedFinished(_) => "FEED_PROCESSING_FINISHED",
            Notification::Other(name) => name,
        }
    }
}

/// Reads an event body. The error is a finding for the dead letter: no later delivery can read it better.
pub fn decode(body: &[u8], event_id: &str) -> Result<Notification, Finding> {
    if body.len() > EVENT_BYTES_MAX {
        return Err(Finding::new(
            Code::EventTooLarge,
            event_id,
            format!(
                "the event has {} bytes, a notification has at most {EVENT_BYTES_MAX}: check what sends it",
                body.len()
            ),
        ));
    }
    let envelope: Envelope<'_> = serde_json::from_slice(body).map_err(|error| {
        Finding::new(
            Code::EventUnreadable,
            event_id,
            format!(
                "the event is not an SP-API notification ({}): check which queue it came from",
                describe_json_error(&error)
            ),
        )
    })?;
    let payload = envelope.payload.map_or("null", RawValue::get);
    match envelope.notification_type.as_str() {
        "ORDER_CHANGE" => super::order_change::decode(payload, event_id).map(Notification::OrderChange),
        "REPORT_PROCESSING_FINISHED" => {
            super::report_finished::decode(payload, event_id).map(Notification::ReportFinished)
        }
        "FBA_INVENTORY_AVAILABILITY_CHANGES" => {
            super::inventory_change::decode(payload, event_id).map(Notification::InventoryChange)
        }
        "FEED_PROCESSING_FINISHED" => {
            super::feed_finished::decode(payload, event_id).map(Notification::FeedFinished)
        }
        _ => Ok(Notification::Other(envelope.notification_type)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHANGE: &str = r#"{"NotificationType":"ORDER_CHANGE","Payload":{"OrderChangeNotification":
        {"AmazonOrderId":"026-1234567-1234567","Summary":{"MarketplaceId":"A1F83G8C2ARO7P"}}}}"#;

    #[test]
    fn both_casings_are_read() {
        let camel = CHANGE
            .replace("NotificationType", "notificationType")
            .replace("Payload", "payload")
            .replace("OrderChangeNotification", "orderChangeNotification")
            .replace("AmazonOrderId", "amazonOrderId")
            .replace("Summary", "summary")
            .replace("MarketplaceId", "marketplaceId");
        let read = |text: &str| decode(text.as_bytes(), "event").expect("a notification");
        assert_eq!(read(CHANGE), read(&camel));
        assert!(matches!(read(CHANGE), Notification::OrderChange(change)
            if change.order.as_str() == "026-1234567-1234567"));
    }

    #[test]
    fn another_type_is_named_whatever_its_payload() {
        let body = br#"{"notificationType":"PRICING_HEALTH","payload":[1,2]}"#;
        assert_eq!(decode(body, "event"), Ok(Notification::Other("PRICING_HEALTH".into())));
    }

    #[test]
    fn what_is_no_notification_is_named_as_such() {
        let code = |body: &[u8]| decode(body, "event").expect_err("unreadable").code;
        for body in
            [&b""[..], b"{", b"[]", b"\xff\xfe", b"{\"Type\":\"Notification\"}", &CHANGE.as_bytes()[..60]]
        {
            assert_eq!(code(body), Code::EventUnreadable);
        }
        assert_eq!(code(&vec![b' '; EVENT_BYTES_MAX + 1]), Code::EventTooLarge);
    }

    #[test]
    fn an_order_change_without_an_order_is_incomplete() {
        for payload in ["{}", "null", r#"{"OrderChangeNotification":{"AmazonOrderId":""}}"#] {
            let body = format!(r#"{{"NotificationType":"ORDER_CHANGE","Payload":{payload}}}"#);
            assert_eq!(decode(body.as_bytes(), "event").expect_err(payload).code, Code::EventIncomplete);
        }
    }
}
