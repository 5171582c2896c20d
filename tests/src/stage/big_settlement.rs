//! A settlement of any length, handed in as the host hands it in: packed, as an upload.
//!
//! Absent on purpose: what the rows are (`twin::world::settlement::big`).

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use host_harness::engine::{Delivery, Source};
use host_harness::twin::world::settlement::big::{BigSettlement, write_big_settlement};
use host_harness::twin::world::settlement::file::Dress;

use super::{Stage, Way};
use crate::story::Story;

/// Makes the settlement of so many rows, as text.
pub fn text(rows: u64) -> (BigSettlement, Vec<u8>) {
    let mut text = Vec::new();
    let big = write_big_settlement(1, rows, Dress::UnitedKingdom, &mut text);
    (big.expect("memory takes everything"), text)
}

/// As text is packed on its way in.
pub fn packed(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text).expect("memory takes everything");
    encoder.finish().expect("memory takes everything")
}

/// The event of a file that a person hands in.
pub fn upload(body: Vec<u8>, attempt: u32) -> Delivery {
    Delivery {
        event_id: "event-1".to_owned(),
        source: Source::Upload,
        content_type: "application/gzip".to_owned(),
        occurred_at: None,
        attempt,
        body,
    }
}

/// A stage whose books have none of the orders, so that all of their money goes to suspense.
pub async fn stage_with_books() -> Stage {
    let story: Story = toml::from_str("title = 'a big settlement'").expect("a story");
    Stage::set(&story, Way::InProcess).await
}

/// A stage where KashFlow cannot be reached, so that a delivery ends when the plan is kept.
pub async fn stage_without_books() -> Stage {
    let story: Story =
        toml::from_str("title = 'a big settlement'\nkashflow.unreachable = true").expect("a story");
    Stage::set(&story, Way::Sockets).await
}
