//! The payload of `ORDER_CHANGE`: which order to read again.
//!
//! It carries no money, and what it says of the order may be older than the order; only the id, the
//! marketplace and the moment of the change are taken.

use chrono::{DateTime, SubsecRound, Utc};
use serde::Deserialize;

use crate::canonical::{MarketplaceId, OrderId};
use crate::finding::{Code, Finding};
use crate::remote::describe_json_error;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderChange {
    pub order: OrderId,
    /// Where the notification says so.
    pub marketplace: Option<MarketplaceId>,
    /// When the order changed, in whole seconds, where the notification says so. An answer of `getOrder` that
    /// is older does not have the change yet.
    pub changed_at: Option<DateTime<Utc>>,
}

#[derive(Deserialize)]
struct Payload {
    #[serde(rename = "OrderChangeNotification", alias = "orderChangeNotification")]
    notification: Option<Body>,
}

#[derive(Deserialize)]
struct Body {
    #[serde(rename = "AmazonOrderId", alias = "amazonOrderId")]
    order: Option<String>,
    #[serde(rename = "OrderChangeTrigger", alias = "orderChangeTrigger")]
    trigger: Option<Trigger>,
    #[serde(rename = "Summary", alias = "summary")]
    summary: Option<Summary>,
}

#[derive(Deserialize)]
struct Trigger {
    #[serde(rename = "TimeOfOrderChange", alias = "timeOfOrderChange")]
    at: Option<String>,
}

#[derive(Deserialize)]
struct Summary {
    #[serde(rename = "MarketplaceId", alias = "marketplaceId")]
    marketplace: Option<String>,
}

pub(super) fn decode(payload: &str, event_id: &str) -> Result<OrderChange, Finding> {
    let incomplete = |what: String| {
        Finding::new(
            Code::EventIncomplete,
            event_id,
            format!(
                "the ORDER_CHANGE notification {what}: nothing can be read again, so keep it for a person"
            ),
        )
    };
    let payload: Option<Payload> = serde_json::from_str(payload).map_err(|error| {
        incomplete(format!("has an unreadable payload ({})", describe_json_error(&error)))
    })?;
    let body = payload
        .and_then(|payload| payload.notification)
        .ok_or_else(|| incomplete("has no OrderChangeNotification".into()))?;
    let order = body.order.and_then(OrderId::new).ok_or_else(|| incomplete("has no AmazonOrderId".into()))?;
    let marketplace = body.summary.and_then(|summary| summary.marketplace).and_then(MarketplaceId::new);
    // A time that cannot be read is as good as none: the order is read again in any case.
    let changed_at = body.trigger.and_then(|trigger| DateTime::parse_from_rfc3339(&trigger.at?).ok());
    let changed_at = changed_at.map(|at| at.to_utc().trunc_subsecs(0));
    Ok(OrderChange { order, marketplace, changed_at })
}
