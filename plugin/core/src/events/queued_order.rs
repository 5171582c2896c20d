//! The message by which a sweep asks for an order that it found, and its way back as an event.
//!
//! It says which version of the order was seen and nothing else: what is posted is read from Amazon again.

use chrono::{DateTime, SecondsFormat, SubsecRound};
use serde::{Deserialize, Serialize};

use crate::amazon::order_change::OrderChange;
use crate::amazon::orders::search::FoundOrder;
use crate::canonical::{MarketplaceId, OrderId};
use crate::finding::{Code, Finding};
use crate::remote::describe_json_error;

/// The queue from which the host delivers to the export of the same name.
pub(super) const QUEUE: &str = "on-order";

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Message {
    order: String,
    /// RFC 3339.
    last_updated_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    marketplace: Option<String>,
}

/// The body of the message.
pub(super) fn encode(found: &FoundOrder) -> Vec<u8> {
    let message = Message {
        order: found.order.to_string(),
        last_updated_at: instant(found),
        marketplace: found.marketplace.as_ref().map(ToString::to_string),
    };
    serde_json::to_vec(&message).expect("a struct of texts serialises")
}

/// The same for every sweep that finds this version of the order, so that the queue keeps one message. What a person
/// sweeps by hand is asked for again, once for that event.
pub(super) fn deduplication_key(found: &FoundOrder, by_hand: Option<&str>) -> String {
    let version = format!("order/{}/{}", found.order, instant(found));
    match by_hand {
        Some(event_id) => format!("{version}/{event_id}"),
        None => version,
    }
}

/// Reads a message. The error is a finding for the dead letter: no later delivery can read it better.
pub(super) fn decode(body: &[u8], event_id: &str) -> Result<FoundOrder, Finding> {
    let unreadable = |problem: &str| {
        let message = format!(
            "the message {problem}: nothing can be read again; check what else sends to the queue `{QUEUE}`, a sweep \
             finds the order if there is one"
        );
        Finding::new(Code::QueuedOrderUnreadable, event_id, message)
    };
    let message: Message = serde_json::from_slice(body)
        .map_err(|error| unreadable(&format!("is none of a sweep's ({})", describe_json_error(&error))))?;
    let last_updated_at = DateTime::parse_from_rfc3339(&message.last_updated_at)
        .map_err(|_| unreadable("does not say when the order changed"))?;
    Ok(FoundOrder {
        order: OrderId::new(message.order).ok_or_else(|| unreadable("names no order"))?,
        last_updated_at: last_updated_at.to_utc(),
        marketplace: message.marketplace.and_then(MarketplaceId::new),
    })
}

/// The change that a notification of this version would have told of.
pub(super) fn change(found: FoundOrder) -> OrderChange {
    let FoundOrder { order, last_updated_at, marketplace } = found;
    OrderChange { order, marketplace, changed_at: Some(last_updated_at.trunc_subsecs(0)) }
}

fn instant(found: &FoundOrder) -> String {
    found.last_updated_at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(marketplace: Option<&str>) -> FoundOrder {
        FoundOrder {
            order: OrderId::new("026-0000001-0000001").expect("an id"),
            last_updated_at: "2026-10-28T10:59:00.250Z".parse().expect("a time"),
            marketplace: marketplace.and_then(MarketplaceId::new),
        }
    }

    #[test]
    fn a_message_says_the_order_its_version_and_its_marketplace_and_is_read_back() {
        let body = encode(&found(Some("A1F83G8C2ARO7P")));
        assert_eq!(
            std::str::from_utf8(&body),
            Ok(
                r#"{"order":"026-0000001-0000001","lastUpdatedAt":"2026-10-28T10:59:00.250Z","marketplace":"A1F83G8C2ARO7P"}"#
            )
        );
        for found in [found(None), found(Some("A1F83G8C2ARO7P"))] {
            assert_eq!(decode(&encode(&found), "event"), Ok(found));
        }
    }

    #[test]
    fn one_version_has_one_key_unless_a_person_asks_for_it_again() {
        let key = "order/026-0000001-0000001/2026-10-28T10:59:00.250Z";
        assert_eq!(deduplication_key(&found(None), None), key);
        assert_eq!(deduplication_key(&found(None), Some("by-hand-1")), format!("{key}/by-hand-1"));
    }

    #[test]
    fn what_is_no_message_of_a_sweep_is_a_dead_letter_that_repeats_none_of_it() {
        for body in [
            "",
            "Jane Roe",
            "{}",
            r#"{"order":"026-1"}"#,
            r#"{"order":"","lastUpdatedAt":"2026-10-28T10:59:00Z"}"#,
            r#"{"order":"026-1","lastUpdatedAt":"Jane Roe"}"#,
        ] {
            let finding = decode(body.as_bytes(), "event").expect_err(body);
            assert_eq!(finding.code, Code::QueuedOrderUnreadable, "{body}");
            assert!(!finding.message.contains("Jane"), "{}", finding.message);
        }
    }
}
