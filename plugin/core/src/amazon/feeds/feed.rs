//! `createFeed` and `getFeed`: has a document worked on, and asks how far that is.

use serde::Deserialize;
use serde_json::json;

use crate::amazon::failure;
use crate::amazon::path_segment::segment;
use crate::amazon::usage_plan::{CREATE_FEED, GET_FEED};
use crate::canonical::{FeedDocumentId, FeedId, MarketplaceId};
use crate::remote::{Call, CallFailure, HttpRequest, HttpResponse, Method, describe_json_error};

use super::JSON_LISTINGS_FEED;

/// `POST /feeds/2021-06-30/feeds`; usage plan 0.0083 a second, burst 15.
///
/// Quantities are absolute, so that a feed which is made twice of one document does no harm.
pub struct CreateFeed<'a> {
    pub host: &'static str,
    pub marketplace: &'a MarketplaceId,
    pub document: &'a FeedDocumentId,
}

/// `GET /feeds/2021-06-30/feeds/{feedId}`; usage plan 2 a second, burst 15.
pub struct GetFeed<'a> {
    pub host: &'static str,
    pub feed: &'a FeedId,
}

/// How far Amazon is with a feed (Feeds API 2021-06-30, `processingStatus`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FeedStatus {
    /// In the queue, in work, or in a state that is new.
    Underway,
    Done,
    /// Fatal or cancelled: nothing of it took effect.
    Failed,
}

/// What became of a feed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Feed {
    pub status: FeedStatus,
    /// What became of each message; `None` where Amazon gives no such document.
    pub results: Option<FeedDocumentId>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Created {
    feed_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    feed_id: String,
    processing_status: String,
    result_feed_document_id: Option<String>,
}

const CREATE: &str = "createFeed";
const GET: &str = "getFeed";

impl Call for CreateFeed<'_> {
    type Answer = FeedId;

    fn request(&self) -> HttpRequest {
        let body = json!({
            "feedType": JSON_LISTINGS_FEED,
            "marketplaceIds": [self.marketplace.as_str()],
            "inputFeedDocumentId": self.document.as_str(),
        });
        HttpRequest {
            operation: CREATE,
            method: Method::Post,
            host: self.host.into(),
            path: "/feeds/2021-06-30/feeds".to_owned(),
            headers: vec![("accept", "application/json".into()), ("content-type", "application/json".into())],
            body: body.to_string().into_bytes(),
            writes: true,
        }
    }

    fn parse(&self, response: &HttpResponse) -> Result<FeedId, CallFailure> {
        let subject = self.document.as_str();
        if !matches!(response.status, 200 | 202) {
            return Err(failure::classify(CREATE, CREATE_FEED, subject, response));
        }
        let unreadable = |problem: &str| failure::unreadable(CREATE, subject, problem);
        let created: Created = serde_json::from_slice(&response.body)
            .map_err(|error| unreadable(&describe_json_error(&error)))?;
        FeedId::new(created.feed_id).ok_or_else(|| unreadable("it names no feed"))
    }
}

impl Call for GetFeed<'_> {
    type Answer = Feed;

    fn request(&self) -> HttpRequest {
        HttpRequest {
            operation: GET,
            method: Method::Get,
            host: self.host.into(),
            path: format!("/feeds/2021-06-30/feeds/{}", segment(self.feed.as_str())),
            headers: vec![("accept", "application/json".into())],
            body: Vec::new(),
            writes: false,
        }
    }

    fn parse(&self, response: &HttpResponse) -> Result<Feed, CallFailure> {
        let subject = self.feed.as_str();
        match response.status {
            200 => {}
            // Amazon keeps feeds for 90 days: one that it does not know took no effect that anybody could learn of.
            404 | 410 => return Ok(Feed { status: FeedStatus::Failed, results: None }),
            _ => return Err(failure::classify(GET, GET_FEED, subject, response)),
        }
        let unreadable = |problem: &str| failure::unreadable(GET, subject, problem);
        let answer: Answer = serde_json::from_slice(&response.body)
            .map_err(|error| unreadable(&describe_json_error(&error)))?;
        if answer.feed_id != subject {
            return Err(unreadable("it is about another feed"));
        }
        let status = match answer.processing_status.as_str() {
            "DONE" => FeedStatus::Done,
            "FATAL" | "CANCELLED" => FeedStatus::Failed,
            _ => FeedStatus::Underway,
        };
        Ok(Feed { status, results: answer.result_feed_document_id.and_then(FeedDocumentId::new) })
    }
}
