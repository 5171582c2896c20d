//! From a body to an event: what identifies it, which export it is for, and what it must not overtake.
//!
//! The wrappings that Amazon's services put around an SP-API notification are taken off (EventBridge, SNS); what
//! is stored is the notification itself, byte for byte. A settlement file is told by its first bytes. Deliberately
//! absent: judgement. Nothing is dropped here; what nobody knows goes to `on-order`, whose answer says what is wrong
//! with it.

use chrono::DateTime;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use super::intake::ArrivedEvent;
use super::settlement_file::Packing;
use crate::engine::{Export, Source};
use crate::limits::EVENT_ID_CHARACTERS;

/// EventBridge within SNS within SNS is the most that can be set up by mistake.
const WRAPPINGS: u8 = 3;

/// Longer names of orders, SKUs, reports and feeds are none of Amazon's: a SKU has 40 characters at most.
const ORDERING_KEY_CHARACTERS: usize = 128;

/// Reads what a body says about itself. Never fails: a body that says nothing is named by its content.
pub fn arrived_event(body: Vec<u8>, source: Source, traceparent: Option<&str>) -> ArrivedEvent {
    let traceparent = traceparent.filter(|text| is_traceparent(text)).map(str::to_owned);
    let contents = read(&body, WRAPPINGS);
    let event_id = contents.event_id(&body);
    if let Some(packing) = Packing::of(&body) {
        return ArrivedEvent { traceparent, ..packing.event(body, event_id, source) };
    }
    let notification_type = contents.notification_type.as_deref().unwrap_or_default();
    let body = contents.body.unwrap_or(body);
    let is_json = serde_json::from_slice::<IgnoredAny>(&body).is_ok();
    ArrivedEvent {
        event_id,
        export: export(notification_type),
        source,
        content_type: if is_json { "application/json" } else { "application/octet-stream" }.to_owned(),
        occurred_at: contents.occurred_at,
        ordering_key: contents.ordering_key,
        traceparent,
        body,
    }
}

/// A notification names itself; anything else is named by its content.
pub fn event_id(body: &[u8]) -> String {
    read(body, WRAPPINGS).event_id(body)
}

/// What a body says about itself once its wrappings are off.
#[derive(Default)]
struct Contents {
    /// The notification, where it was wrapped.
    body: Option<Vec<u8>>,
    notification_type: Option<String>,
    id: Option<String>,
    occurred_at: Option<String>,
    ordering_key: Option<String>,
}

impl Contents {
    fn event_id(&self, body: &[u8]) -> String {
        self.id.clone().unwrap_or_else(|| named_by_content(&Sha256::digest(body)))
    }
}

/// The id of what has no name of its own: the first half of the SHA-256 of its content.
pub(super) fn named_by_content(digest: &[u8]) -> String {
    digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// The keys by which a notification and its wrappings are told apart. Older notification types come in PascalCase,
/// newer ones in camelCase (Notifications API, "Notification type values").
#[derive(Deserialize, Default)]
#[serde(default)]
struct Layer<'a> {
    #[serde(rename = "NotificationType", alias = "notificationType", borrow)]
    notification_type: Option<&'a RawValue>,
    #[serde(rename = "EventTime", alias = "eventTime", borrow)]
    event_time: Option<&'a RawValue>,
    #[serde(rename = "NotificationMetadata", alias = "notificationMetadata", borrow)]
    metadata: Option<&'a RawValue>,
    #[serde(rename = "Payload", alias = "payload", borrow)]
    payload: Option<&'a RawValue>,
    // EventBridge ("Events and their structure").
    #[serde(rename = "detail-type", borrow)]
    detail_type: Option<&'a RawValue>,
    #[serde(borrow)]
    detail: Option<&'a RawValue>,
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    #[serde(borrow)]
    time: Option<&'a RawValue>,
    // SNS ("HTTP/HTTPS notification JSON format"; the same in a queue without raw message delivery).
    #[serde(rename = "Type", borrow)]
    sns_type: Option<&'a RawValue>,
    #[serde(rename = "Message", borrow)]
    sns_message: Option<&'a RawValue>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Metadata<'a> {
    #[serde(rename = "NotificationId", alias = "notificationId", borrow)]
    notification_id: Option<&'a RawValue>,
}

fn read(body: &[u8], wrappings: u8) -> Contents {
    let layer: Layer<'_> = object(body);
    if layer.notification_type.is_some() {
        return layer.notification();
    }
    let is_event_bridge = layer.detail_type.is_some() && layer.detail.is_some();
    let (id, occurred_at) = match is_event_bridge {
        true => (identifier(layer.id), time(layer.time)),
        // In anything else `id` can mean anything, and two events must not be taken for one.
        false => (None, None),
    };
    let wrapped = layer.wrapped(is_event_bridge).filter(|_| wrappings > 0);
    let inner = wrapped.as_deref().map(|inner| read(inner, wrappings - 1)).unwrap_or_default();
    // A wrapping is opened only where a notification is inside: of anything else, people have to see all.
    if inner.notification_type.is_none() {
        return Contents { id, occurred_at, ..Contents::default() };
    }
    Contents {
        id: inner.id.or(id),
        occurred_at: inner.occurred_at.or(occurred_at),
        body: inner.body.or(wrapped),
        ..inner
    }
}

impl Layer<'_> {
    fn notification(&self) -> Contents {
        let metadata: Metadata<'_> =
            self.metadata.map(|raw| object(raw.get().as_bytes())).unwrap_or_default();
        let notification_type = text(self.notification_type).unwrap_or_default();
        Contents {
            body: None,
            id: identifier(metadata.notification_id),
            occurred_at: time(self.event_time),
            ordering_key: ordering_key(&notification_type, self.payload),
            notification_type: Some(notification_type),
        }
    }

    fn wrapped(&self, is_event_bridge: bool) -> Option<Vec<u8>> {
        if is_event_bridge {
            return self.detail.map(|detail| detail.get().as_bytes().to_vec());
        }
        let is_sns = text(self.sns_type).is_some_and(|kind| kind == "Notification");
        text(self.sns_message).filter(|_| is_sns).map(String::into_bytes)
    }
}

/// Nothing is found in what is not an object. serde would take the items of a list for fields, in their order.
fn object<'a, T: Deserialize<'a> + Default>(json: &'a [u8]) -> T {
    match json.trim_ascii_start() {
        [b'{', ..] => serde_json::from_slice(json).unwrap_or_default(),
        _ => T::default(),
    }
}

/// The export for a type of notification.
fn export(notification_type: &str) -> Export {
    match notification_type {
        "REPORT_PROCESSING_FINISHED" | "TRANSACTION_UPDATE" => Export::OnFinancialEvent,
        "FBA_INVENTORY_AVAILABILITY_CHANGES"
        | "LISTINGS_ITEM_MFN_QUANTITY_CHANGE"
        | "FEED_PROCESSING_FINISHED" => Export::OnInventory,
        _ => Export::OnOrder,
    }
}

fn ordering_key(notification_type: &str, payload: Option<&RawValue>) -> Option<String> {
    let (prefix, names): (_, &[&str]) = match notification_type {
        "ORDER_CHANGE" => ("order", &["AmazonOrderId"]),
        "REPORT_PROCESSING_FINISHED" => ("report", &["ReportId"]),
        "FEED_PROCESSING_FINISHED" => ("feed", &["FeedId"]),
        "FBA_INVENTORY_AVAILABILITY_CHANGES" | "LISTINGS_ITEM_MFN_QUANTITY_CHANGE" => {
            ("sku", &["SKU", "SellerSKU"])
        }
        _ => return None,
    };
    let payload: Value = serde_json::from_str(payload?.get()).ok()?;
    let name = named(&payload, names)?;
    let allowed = |character: char| !character.is_control();
    let fits = !name.is_empty() && name.chars().count() <= ORDERING_KEY_CHARACTERS;
    (fits && name.chars().all(allowed)).then(|| format!("{prefix}/{name}"))
}

/// The text under one of these names, in any casing: in the payload, or in the one object that most types put
/// around their fields (`OrderChangeNotification`).
fn named<'a>(payload: &'a Value, names: &[&str]) -> Option<&'a str> {
    let direct = |value: &'a Value| {
        let mut fields = value.as_object()?.iter();
        fields.find_map(|(key, value)| {
            names.iter().any(|name| name.eq_ignore_ascii_case(key)).then(|| value.as_str()).flatten()
        })
    };
    direct(payload).or_else(|| payload.as_object()?.values().find_map(direct))
}

fn text(raw: Option<&RawValue>) -> Option<String> {
    serde_json::from_str(raw?.get()).ok()
}

/// An id that can stand in logs and keys. Without a slash, so that nothing from outside can name itself like an
/// event of the host's own, `schedule/…`.
fn identifier(raw: Option<&RawValue>) -> Option<String> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte);
    text(raw).filter(|id| (1..=EVENT_ID_CHARACTERS).contains(&id.len()) && id.bytes().all(allowed))
}

fn time(raw: Option<&RawValue>) -> Option<String> {
    text(raw).filter(|time| DateTime::parse_from_rfc3339(time).is_ok())
}

/// Version 00 of W3C Trace Context, section 3.2. Anything else is not passed on.
fn is_traceparent(text: &str) -> bool {
    let is_hex = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
    let is_id = |part: &str, length| part.len() == length && is_hex(part) && part.bytes().any(|b| b != b'0');
    match text.split('-').collect::<Vec<_>>()[..] {
        ["00", trace, parent, flags] => {
            is_id(trace, 32) && is_id(parent, 16) && flags.len() == 2 && is_hex(flags)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests;
