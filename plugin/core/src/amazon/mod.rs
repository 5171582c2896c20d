//! Amazon's side: the only place that knows SP-API's JSON and the text of settlement reports.
//!
//! One file a notification payload, one folder an API; each API call is a `request`/`parse` pair.
//! Absent on purpose: access tokens (the gateway's), polling, and any word about books.

pub mod failure;
pub mod feed_finished;
pub mod feeds;
pub mod inventory;
pub mod inventory_change;
pub mod listings;
pub mod notification;
pub mod order_change;
pub mod orders;
mod path_segment;
pub mod report_finished;
pub mod reports;
pub mod settlement;
pub mod usage_plan;
