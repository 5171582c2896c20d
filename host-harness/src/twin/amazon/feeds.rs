//! Feeds, their documents, and how Amazon works them off.
//!
//! A feed waits, is worked on, and is done: its document is read when the work begins, and what it asks for takes
//! effect when the work ends. Sources: Feeds API 2021-06-30, `Feed`, and its use case guide. Absent on purpose:
//! requests and answers (`feed_operations`), what stands in a document (`listings_feed`), cancelling, and feeds that
//! wait for each other.

use std::collections::BTreeMap;
use std::io::Write;

use bytes::Bytes;
use chrono::{DateTime, Duration, Utc};
use flate2::Compression;
use flate2::write::GzEncoder;

use super::listings_feed;
use super::stock::Offers;
use crate::twin::world::feed::{Feed, FeedStatus};
use crate::twin::world::ids::{FeedDocumentId, FeedId, SellerId};

/// How long a feed waits, and when after its creation it is done.
const WAITING_SECONDS: i64 = 20;
const DONE_SECONDS: i64 = 60;
/// Amazon keeps feeds for so long.
const KEPT_DAYS: i64 = 90;

/// A document that a client sends or receives.
pub(super) struct FeedDocument {
    /// `None` until something is sent.
    pub content: Option<Bytes>,
    pub packed: bool,
}

struct Work {
    feed: Feed,
    input: FeedDocumentId,
    /// What is worked on, from the moment that the work begins.
    content: Option<Option<Bytes>>,
}

pub(super) struct Feeds {
    seed: u64,
    seller_id: SellerId,
    documents: BTreeMap<FeedDocumentId, FeedDocument>,
    works: Vec<Work>,
}

impl Feeds {
    pub fn new(seed: u64, seller_id: SellerId) -> Self {
        Feeds { seed, seller_id, documents: BTreeMap::new(), works: Vec::new() }
    }

    /// A document to be sent.
    pub fn expect_document(&mut self) -> FeedDocumentId {
        self.add_document(FeedDocument { content: None, packed: false })
    }

    pub fn document(&self, id: &str) -> Option<&FeedDocument> {
        self.documents.get(&FeedDocumentId::new(id))
    }

    pub fn document_mut(&mut self, id: &str) -> Option<&mut FeedDocument> {
        self.documents.get_mut(&FeedDocumentId::new(id))
    }

    pub fn submit(
        &mut self,
        feed_type: &str,
        marketplaces: Vec<String>,
        input: &str,
        now: DateTime<Utc>,
    ) -> FeedId {
        let feed = Feed {
            id: FeedId::generate(self.seed, self.works.len()),
            feed_type: feed_type.to_owned(),
            marketplaces,
            created_at: now,
            status: FeedStatus::InQueue,
            started_at: None,
            ended_at: None,
            result: None,
        };
        let id = feed.id.clone();
        self.works.push(Work { feed, input: FeedDocumentId::new(input), content: None });
        id
    }

    /// A feed that Amazon still keeps.
    pub fn get(&self, id: &str, now: DateTime<Utc>) -> Option<&Feed> {
        let feeds = self.works.iter().map(|work| &work.feed);
        let mut kept = feeds.filter(|feed| now - feed.created_at < Duration::days(KEPT_DAYS));
        kept.find(|feed| feed.id.as_str() == id)
    }

    /// Begins and ends what is due by now, and lets the offers follow in the order of time.
    pub fn settle(&mut self, now: DateTime<Utc>, offers: &mut Offers) {
        let after = |feed: &Feed, seconds| feed.created_at + Duration::seconds(seconds);
        for place in 0..self.works.len() {
            let Work { feed, input, content } = &mut self.works[place];
            let begins_at = after(feed, WAITING_SECONDS);
            if content.is_none() && begins_at <= now {
                (feed.status, feed.started_at) = (FeedStatus::InProgress, Some(begins_at));
                *content = Some(self.documents.get(input).and_then(|document| document.content.clone()));
            }
        }
        // Feeds stand in the order of their creation, which is that in which they end.
        for place in 0..self.works.len() {
            let ends_at = after(&self.works[place].feed, DONE_SECONDS);
            if self.works[place].feed.ended_at.is_none() && ends_at <= now {
                offers.settle(ends_at);
                self.end(place, ends_at, offers);
            }
        }
    }

    fn end(&mut self, place: usize, at: DateTime<Utc>, offers: &mut Offers) {
        let work = &mut self.works[place];
        work.feed.ended_at = Some(at);
        let content = work.content.take().flatten();
        // Nothing is left to work on, and the work does not begin again.
        work.content = Some(None);
        let feed_id = work.feed.id.clone();
        let read = content.and_then(|content| listings_feed::read(&content));
        let Some(document) = read else {
            work.feed.status = FeedStatus::Fatal;
            return;
        };
        let report = listings_feed::carry_out(&document, (&self.seller_id, &feed_id), offers, at);
        let result = self.add_document(FeedDocument {
            content: Some(packed(report.to_string().as_bytes())),
            packed: true,
        });
        let feed = &mut self.works[place].feed;
        (feed.status, feed.result) = (FeedStatus::Done, Some(result));
    }

    fn add_document(&mut self, document: FeedDocument) -> FeedDocumentId {
        let id = FeedDocumentId::generate(self.seed, self.documents.len());
        self.documents.insert(id.clone(), document);
        id
    }
}

fn packed(bytes: &[u8]) -> Bytes {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).expect("writing to memory does not fail");
    encoder.finish().expect("writing to memory does not fail").into()
}
