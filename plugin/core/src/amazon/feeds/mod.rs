//! Feeds API 2021-06-30: many quantities in one file, and what became of each.
//!
//! A file is sent to where Amazon says (`createFeedDocument`), made a feed (`createFeed`), worked on for minutes
//! (`getFeed`), and answered with a file (`getFeedDocument`). Absent on purpose: every type of feed but
//! `JSON_LISTINGS_FEED`.

mod document;
mod feed;
mod quantities;
mod results;
mod upload;

pub use document::{CreateFeedDocument, FeedDocument, GetFeedDocument, UploadTarget};
pub use feed::{CreateFeed, Feed, FeedStatus, GetFeed};
pub use quantities::{FeedMessage, quantities};
pub use results::{FeedResults, results};
pub use upload::{DownloadFeedDocument, UploadFeedDocument};

/// The type of feed that changes listings.
pub const JSON_LISTINGS_FEED: &str = "JSON_LISTINGS_FEED";

/// What a document is: the same has to be said when it is asked for and when it is sent.
const CONTENT_TYPE: &str = "application/json; charset=UTF-8";

#[cfg(test)]
mod tests;
