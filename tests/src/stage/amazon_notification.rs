//! A story's event as SP-API sends it.

use serde_json::{Value, json};

use crate::story::{Arrival, Casing, Story};

/// The body of the notification that tells of an arrival's order.
pub(super) fn body(story: &Story, arrival: &Arrival) -> Vec<u8> {
    let order = story.order_of(arrival);
    let changed_at = arrival.notified.as_ref().or(arrival.updated.as_ref()).unwrap_or(&order.updated);
    let notification = json!({
        "NotificationVersion": "1.0",
        "NotificationType": arrival.notification_type,
        "PayloadVersion": "1.0",
        "EventTime": "2026-10-28T11:00:00Z",
        "Payload": {"OrderChangeNotification": {
            "NotificationLevel": "OrderLevel",
            "SellerId": "A3EXAMPLESELLER",
            "AmazonOrderId": order.id,
            "OrderChangeType": "OrderStatusChange",
            "OrderChangeTrigger": {"TimeOfOrderChange": changed_at, "ChangeReason": ""},
            "Summary": {
                "MarketplaceId": arrival.marketplace.as_ref().unwrap_or(&order.marketplace),
                "OrderStatus": "Shipped",
            },
        }},
        "NotificationMetadata": {"NotificationId": "5d1d2b52-0000-4000-8000-000000000001"},
    });
    match arrival.casing {
        Casing::Pascal => notification.to_string().into_bytes(),
        Casing::Camel => camel(&notification).to_string().into_bytes(),
    }
}

fn camel(value: &Value) -> Value {
    match value {
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| (name[..1].to_lowercase() + &name[1..], camel(value)))
            .collect::<serde_json::Map<_, _>>()
            .into(),
        other => other.clone(),
    }
}
