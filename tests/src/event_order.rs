//! Events come in any order and as often as they like: the books are those of what Amazon says last.

use std::sync::OnceLock;

use proptest::prelude::*;
use tokio::runtime::Runtime;

use crate::stage::{Play, Stage, Way};
use crate::story::{Arrival, Story};

/// Three orders in all their versions: one that changes and is cancelled, one that only ships, one that is
/// cancelled and comes back with another quantity.
const STORY: &str = r#"
title = "three orders"

[settings]
"posting.on-status" = "unshipped"

[another-order.a1]
status = "UNSHIPPED"
updated = "2026-10-28T08:00:00Z"

[another-order.a2]
status = "UNSHIPPED"
updated = "2026-10-28T09:00:00Z"
line = [{ item = "15.00", tax = "2.50", total = "15.00" }]

[another-order.a3]
status = "CANCELLED"
updated = "2026-10-28T10:00:00Z"

[another-order.b1]
id = "026-0000002-0000002"
status = "UNSHIPPED"
updated = "2026-10-28T08:00:00Z"

[another-order.b2]
id = "026-0000002-0000002"
status = "SHIPPED"
updated = "2026-10-28T09:00:00Z"

[another-order.c1]
id = "026-0000003-0000003"
status = "UNSHIPPED"
updated = "2026-10-28T08:00:00Z"

[another-order.c2]
id = "026-0000003-0000003"
status = "CANCELLED"
updated = "2026-10-28T09:00:00Z"

[another-order.c3]
id = "026-0000003-0000003"
status = "SHIPPED"
updated = "2026-10-28T10:00:00Z"
line = [{ quantity = 2, item = "24.00", tax = "4.00", total = "24.00" }]
"#;

static VERSIONS: [&str; 8] = ["a1", "a2", "a3", "b1", "b2", "c1", "c2", "c3"];
static LAST: [&str; 3] = ["a3", "b2", "c3"];

fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME
        .get_or_init(|| tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime"))
}

/// Each of these versions read at least once, in any order, up to three times each.
fn readings(versions: &'static [&'static str]) -> impl Strategy<Value = Vec<&'static str>> {
    proptest::collection::vec(1_usize..=3, versions.len()).prop_flat_map(move |counts| {
        let all = versions.iter().zip(counts).flat_map(|(version, count)| vec![*version; count]);
        Just(all.collect::<Vec<_>>()).prop_shuffle()
    })
}

/// The stage after these versions were read, one delivery each.
fn played(readings: &[&str]) -> Stage {
    let story: Story = toml::from_str(STORY).expect("a story");
    runtime().block_on(async {
        let stage = Stage::set(&story, Way::InProcess).await;
        for version in readings {
            let arrival: Arrival = toml::from_str(&format!("order = '{version}'")).expect("an arrival");
            stage.prepare(&story, &arrival);
            let ending = stage.deliver(&story, &arrival, Play::Native).await;
            assert!(["completed", "already-done", "ignored"].contains(&ending.word.as_str()), "{ending:?}");
        }
        stage
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    /// Late, early, twice and out of order: what stands is what Amazon said last, and nothing else.
    #[test]
    fn what_stands_follows_the_last_version_of_each_order(readings in readings(&VERSIONS)) {
        let (books, expected) = (played(&readings).pair.kashflow.books(), played(&LAST).pair.kashflow.books());
        prop_assert_eq!(books.trial_balance(), expected.trial_balance());
        prop_assert_eq!(books.products(), expected.products());
        let standing = |books: &host_harness::twin::kashflow::Books| {
            let mut standing: Vec<(String, i64, i64)> = books
                .invoices()
                .into_iter()
                .filter(|invoice| !invoice.is_paid)
                .map(|invoice| (invoice.reference[..19].to_owned(), invoice.net_pence, invoice.vat_pence))
                .collect();
            standing.sort();
            standing
        };
        prop_assert_eq!(standing(&books), standing(&expected));
    }

    /// Where nothing changed in between, not even the documents on the way differ.
    #[test]
    fn the_books_are_the_same_in_any_order_and_number_of_events(readings in readings(&LAST)) {
        prop_assert_eq!(
            played(&readings).pair.kashflow.books().render(),
            played(&LAST).pair.kashflow.books().render()
        );
    }
}
