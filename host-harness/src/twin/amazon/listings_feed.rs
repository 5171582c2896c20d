//! The documents of a `JSON_LISTINGS_FEED`: what it asks for, and the report of what became of each message.
//!
//! A message is a patch that comes in a file, and is judged as one (`listing_patch`). Sources: the Listings Feed Schema
//! v2 and the Listings Feed Processing Report Schema v2; codes and messages as integrators report them. Absent on
//! purpose: every operation but `PATCH`, which a message may name and which then is invalid.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::listing_patch::{PatchRefusal, issue, patches};
use super::stock::Offers;
use crate::twin::world::ids::{FeedId, SellerId, Sku};
use crate::twin::world::stock::ListingIssue;

/// Amazon takes so many messages in one feed.
const MESSAGES_AT_MOST: usize = 25_000;
const VERSION: &str = "2.0";

/// The document of a feed, unless it is none at all.
pub(super) fn read(content: &[u8]) -> Option<Value> {
    let document: Value = serde_json::from_slice(content).ok().filter(Value::is_object)?;
    let too_many = document["messages"].as_array().is_some_and(|messages| messages.len() > MESSAGES_AT_MOST);
    (!too_many).then_some(document)
}

/// Changes the offers as the messages say, and reports.
pub(super) fn carry_out(
    document: &Value,
    (seller_id, feed_id): (&SellerId, &FeedId),
    offers: &mut Offers,
    at: DateTime<Utc>,
) -> Value {
    let mut issues = Vec::new();
    let (mut processed, mut accepted) = (0, 0);
    match messages(document, seller_id) {
        Err(missing) => {
            let message = format!("Attribute '{missing}' is required, but not present.");
            issues.push(issue_json(None, &issue("4002005", &message, &[])));
        }
        Ok(messages) => {
            let mut seen = BTreeSet::new();
            for message in messages {
                processed += 1;
                let id = message["messageId"].as_u64().filter(|id| *id > 0);
                let is_new = id.is_some_and(|id| seen.insert(id));
                match apply(message, is_new, offers, at) {
                    Ok(()) => accepted += 1,
                    Err(found) => issues.extend(found.iter().map(|issue| issue_json(id, issue))),
                }
            }
        }
    }
    json!({
        "header": { "sellerId": seller_id.as_str(), "version": VERSION, "feedId": feed_id.as_str() },
        "issues": issues,
        "summary": {
            "errors": issues.len(),
            "warnings": 0,
            "messagesProcessed": processed,
            "messagesAccepted": accepted,
            "messagesInvalid": processed - accepted,
        },
    })
}

/// The messages under a sound header, or what is missing.
fn messages<'a>(document: &'a Value, seller_id: &SellerId) -> Result<&'a [Value], &'static str> {
    let header = &document["header"];
    if header["sellerId"] != seller_id.as_str() {
        return Err("Merchant");
    }
    if header["version"] != VERSION {
        return Err("Version");
    }
    let messages = document["messages"].as_array().filter(|messages| !messages.is_empty());
    messages.map(Vec::as_slice).ok_or("Messages")
}

fn apply(
    message: &Value,
    is_new: bool,
    offers: &mut Offers,
    at: DateTime<Utc>,
) -> Result<(), Vec<ListingIssue>> {
    let bad_request = || vec![issue("BAD_REQUEST", "Invalid parameters provided.", &[])];
    let sku = message["sku"].as_str().filter(|_| is_new && message["operationType"] == "PATCH");
    let sku = Sku::new(sku.ok_or_else(bad_request)?);
    let Some(listing) = offers.get(&sku) else {
        let text =
            "This SKU does not exist in the Amazon.com catalog. Your inventory data was not processed.";
        return Err(vec![issue("13013", text, &[])]);
    };
    let patches = patches(message, listing).map_err(|refusal| match refusal {
        PatchRefusal::Malformed(_) => bad_request(),
        PatchRefusal::Invalid(issues) => issues,
    })?;
    offers.apply(&sku, &patches, at);
    Ok(())
}

/// An issue of a message; the report names none where the whole feed is meant.
fn issue_json(message_id: Option<u64>, issue: &ListingIssue) -> Value {
    let mut json = json!({
        "code": issue.code,
        "severity": issue.severity.name(),
        "message": issue.message,
    });
    if let Some(id) = message_id {
        json["messageId"] = id.into();
    }
    if !issue.attribute_names.is_empty() {
        json["attributeNames"] = issue.attribute_names.clone().into();
    }
    json
}
