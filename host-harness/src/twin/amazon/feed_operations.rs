//! Feeds API 2021-06-30: `createFeedDocument`, `createFeed`, `getFeed` and `getFeedDocument`.
//!
//! Absent on purpose: the documents themselves (`document`), the work on feeds (`feeds`), searching and cancelling
//! feeds, and every feed type but `JSON_LISTINGS_FEED`, which is the only one that Amazon still takes for listings.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

use super::document;
use super::operation::Call;
use super::problem::Problem;
use crate::twin::world::feed::Feed;
use crate::twin::world::marketplace::is_european;

const LISTINGS_FEED: &str = "JSON_LISTINGS_FEED";
const MARKETPLACES_AT_MOST: usize = 25;

pub(super) fn create_feed_document(call: &Call<'_>) -> Result<Value, Problem> {
    let body = body(call)?;
    let content_type = body["contentType"].as_str().filter(|text| !text.is_empty());
    let content_type = content_type.ok_or_else(|| Problem::invalid_input("contentType is missing."))?;
    let id = call.service.stock().feeds.expect_document();
    let made = (call.service.seed(), call.now);
    let url = document::upload_link(call.service.endpoint(), id.as_str(), content_type, made);
    Ok(json!({ "feedDocumentId": id.as_str(), "url": url }))
}

pub(super) fn create_feed(call: &Call<'_>) -> Result<Value, Problem> {
    let body = body(call)?;
    if body["feedType"] != LISTINGS_FEED {
        return Err(Problem::invalid_input("feedType has an invalid value."));
    }
    let known = |id: &Value| id.as_str().filter(|id| is_european(id)).map(str::to_owned);
    let marketplaces: Option<Vec<String>> =
        body["marketplaceIds"].as_array().and_then(|ids| ids.iter().map(known).collect());
    let marketplaces = marketplaces.filter(|ids| (1..=MARKETPLACES_AT_MOST).contains(&ids.len()));
    let marketplaces =
        marketplaces.ok_or_else(|| Problem::invalid_input("marketplaceIds has an invalid value."))?;
    let mut stock = call.service.stock();
    let input = body["inputFeedDocumentId"].as_str().filter(|id| stock.feeds.document(id).is_some());
    let input = input.ok_or_else(|| Problem::invalid_input("inputFeedDocumentId has an invalid value."))?;
    let id = stock.feeds.submit(LISTINGS_FEED, marketplaces, input, call.now);
    Ok(json!({ "feedId": id.as_str() }))
}

pub(super) fn get_feed(call: &Call<'_>) -> Result<Value, Problem> {
    let stock = call.service.stock();
    stock.feeds.get(call.path_parameter("feedId"), call.now).map(feed_json).ok_or_else(Problem::not_found)
}

pub(super) fn get_feed_document(call: &Call<'_>) -> Result<Value, Problem> {
    let id = call.path_parameter("feedDocumentId");
    let stock = call.service.stock();
    let document = stock.feeds.document(id).filter(|document| document.content.is_some());
    let document = document.ok_or_else(Problem::not_found)?;
    let url = document::link(call.service.endpoint(), id, (call.service.seed(), call.now));
    let mut answer = json!({ "feedDocumentId": id, "url": url });
    if document.packed {
        answer["compressionAlgorithm"] = "GZIP".into();
    }
    Ok(answer)
}

fn body(call: &Call<'_>) -> Result<Value, Problem> {
    serde_json::from_slice(&call.body).map_err(|_| Problem::cannot_be_parsed())
}

fn feed_json(feed: &Feed) -> Value {
    let time = |time: DateTime<Utc>| time.to_rfc3339_opts(SecondsFormat::Secs, true);
    let mut json = json!({
        "feedId": feed.id.as_str(),
        "feedType": feed.feed_type,
        "marketplaceIds": feed.marketplaces,
        "createdTime": time(feed.created_at),
        "processingStatus": feed.status.name(),
    });
    let times = [("processingStartTime", feed.started_at), ("processingEndTime", feed.ended_at)];
    for (name, at) in times.into_iter().filter_map(|(name, at)| Some((name, at?))) {
        json[name] = time(at).into();
    }
    if let Some(id) = &feed.result {
        json["resultFeedDocumentId"] = id.as_str().into();
    }
    json
}
