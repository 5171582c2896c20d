//! The payload of `FEED_PROCESSING_FINISHED`: which feed to look at.
//!
//! Only the id and the type are taken: how the feed ended is asked for again.

use serde::Deserialize;

use crate::canonical::FeedId;
use crate::finding::{Code, Finding};
use crate::remote::describe_json_error;

/// A feed that Amazon is done with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedFinished {
    pub feed: FeedId,
    /// As Amazon names it: `JSON_LISTINGS_FEED`.
    pub feed_type: String,
}

#[derive(Deserialize)]
struct Payload {
    #[serde(rename = "feedProcessingFinishedNotification", alias = "FeedProcessingFinishedNotification")]
    notification: Option<Body>,
}

#[derive(Deserialize)]
struct Body {
    #[serde(rename = "feedId", alias = "FeedId")]
    feed: Option<String>,
    #[serde(rename = "feedType", alias = "FeedType")]
    feed_type: Option<String>,
}

pub(super) fn decode(payload: &str, event_id: &str) -> Result<FeedFinished, Finding> {
    let incomplete = |what: &str| {
        let message = format!(
            "the FEED_PROCESSING_FINISHED notification {what}: no feed can be looked at, and the next sweep asks for \
             its own"
        );
        Finding::new(Code::EventIncomplete, event_id, message)
    };
    let payload: Option<Payload> = serde_json::from_str(payload).map_err(|error| {
        incomplete(&format!("has an unreadable payload ({})", describe_json_error(&error)))
    })?;
    let body = payload
        .and_then(|payload| payload.notification)
        .ok_or_else(|| incomplete("has no feedProcessingFinishedNotification"))?;
    Ok(FeedFinished {
        feed: body.feed.and_then(FeedId::new).ok_or_else(|| incomplete("has no feedId"))?,
        feed_type: body.feed_type.unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feed_is_named_with_its_type() {
        let payload = r#"{"feedProcessingFinishedNotification":{"accountId":"amzn1.merchant.o.EXAMPLE",
            "feedId":"53000018502","feedType":"JSON_LISTINGS_FEED","processingStatus":"DONE"}}"#;
        let expected = FeedFinished {
            feed: FeedId::new("53000018502").expect("an id"),
            feed_type: "JSON_LISTINGS_FEED".into(),
        };
        assert_eq!(decode(payload, "event"), Ok(expected));
    }

    #[test]
    fn what_names_no_feed_is_incomplete() {
        for payload in ["null", "{}", "[]", r#"{"feedProcessingFinishedNotification":{"feedId":" "}}"#] {
            assert_eq!(decode(payload, "event").expect_err(payload).code, Code::EventIncomplete);
        }
    }
}
