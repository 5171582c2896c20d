//! Feeds that the seller has sent to Amazon: what they are called and how far they have come, not what is in them.
//!
//! Source: Feeds API 2021-06-30, `Feed`. Absent on purpose: the work on them, which is the Amazon twin's.

use chrono::{DateTime, Utc};

use super::ids::{FeedDocumentId, FeedId};
use super::stream::{Purpose, Stream};

/// A feed as Amazon tells of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Feed {
    pub id: FeedId,
    /// As Amazon names it.
    pub feed_type: String,
    pub marketplaces: Vec<String>,
    pub created_at: DateTime<Utc>,
    pub status: FeedStatus,
    pub started_at: Option<DateTime<Utc>>,
    pub ended_at: Option<DateTime<Utc>>,
    /// The report of what became of it.
    pub result: Option<FeedDocumentId>,
}

/// How far Amazon's work on a feed has come (`processingStatus`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FeedStatus {
    InQueue,
    InProgress,
    Done,
    Cancelled,
    Fatal,
}

impl FeedStatus {
    pub fn name(self) -> &'static str {
        match self {
            FeedStatus::InQueue => "IN_QUEUE",
            FeedStatus::InProgress => "IN_PROGRESS",
            FeedStatus::Done => "DONE",
            FeedStatus::Cancelled => "CANCELLED",
            FeedStatus::Fatal => "FATAL",
        }
    }
}

impl FeedId {
    /// The id of the nth feed of the world of `seed`.
    pub(in crate::twin) fn generate(seed: u64, number: usize) -> Self {
        FeedId::new(format!("3{}", stream(seed, Purpose::Feed, number).digits(11)))
    }
}

impl FeedDocumentId {
    /// The id of the nth document of a feed in the world of `seed`.
    pub(in crate::twin) fn generate(seed: u64, number: usize) -> Self {
        let mut stream = stream(seed, Purpose::FeedDocument, number);
        let uuid = stream.uuid();
        let end = stream.text(13, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ");
        FeedDocumentId::new(format!("amzn1.tortuga.4.eu.{uuid}.T{end}"))
    }
}

fn stream(seed: u64, purpose: Purpose, number: usize) -> Stream {
    Stream::new(seed, purpose, u64::try_from(number).expect("a count fits 64 bits"))
}
