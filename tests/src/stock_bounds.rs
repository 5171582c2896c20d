//! A sweep over a large catalogue within the limits of an instance, its cost at Amazon, and what a crash leaves of it.
//!
//! Absent on purpose: what a sweep does to single SKUs (`scenarios`), and the keeping of usage plans, which the gateway
//! does.

use host_harness::DeliveryReport;
use host_harness::engine::{Delivery, Export, Failure, Moment, Source};
use host_harness::twin::amazon::operation::OperationId;
use host_harness::twin::kashflow::{NewProduct, NominalCode, VatRate};
use host_harness::twin::world::World;
use host_harness::twin::world::ids::Asin;
use host_harness::twin::world::stock::{Availability, Listing};

use crate::stage::{Stage, Way};
use crate::story::Story;

const PRODUCTS: usize = 20_000;

/// Offers that show another quantity than the books hold, at first.
const WRONG: usize = 300;

/// SKUs that one call reads.
const SKUS_OF_A_CALL: u64 = 20;

const MEMORY_BYTES_MAX: usize = 96 * 1024 * 1024;

fn sku(number: usize) -> String {
    format!("SHELF-{number:05}")
}

/// Books and offers of a large catalogue, in step but for some.
async fn stage() -> Stage {
    let text = "title = 'a large catalogue'\n[settings]\n'stock.brake-from' = '100000'\n[stock]\n";
    let story: Story = toml::from_str(text).expect("a story");
    let stage = Stage::set(&story, Way::InProcess).await;
    let product = |number| NewProduct {
        code: sku(number),
        name: format!("Shelf number {number}"),
        price_pence: 1_000,
        vat_rate: VatRate::percent(20),
        managed: true,
        quantity_in_stock: 7,
        nominal_code: NominalCode::new(4000),
    };
    let added = stage.pair.kashflow.edit(|account| account.add_products((0..PRODUCTS).map(product)));
    added.expect("the catalogue is sound");
    let at = stage.pair.with_world(World::epoch);
    for number in 0..PRODUCTS {
        let listing = Listing {
            asin: Asin::new("B00EXAMPLE"),
            product_type: "SHELF".to_owned(),
            item_name: "A shelf".to_owned(),
            availability: Availability::merchant(if number < WRONG { 9 } else { 7 }),
            issues: Vec::new(),
            created_at: at,
            last_updated_at: at,
        };
        stage.pair.amazon.put_listing(&sku(number), listing);
    }
    stage
}

async fn deliver(stage: &Stage, event: &str, attempt: u32) -> DeliveryReport {
    let delivery = Delivery {
        event_id: event.to_owned(),
        source: Source::Schedule,
        content_type: "application/json".to_owned(),
        occurred_at: None,
        attempt,
        body: br#"{"sweep":"stock"}"#.to_vec(),
    };
    stage.host.deliver(&stage.runtime, Export::OnInventory, &delivery).await
}

/// Sweeps to the end; gives how many deliveries it took.
async fn sweep(stage: &Stage, event: &str) -> u32 {
    for attempt in 1..40 {
        let report = deliver(stage, event, attempt).await;
        assert!(report.memory_bytes <= MEMORY_BYTES_MAX, "{} bytes", report.memory_bytes);
        match report.result {
            Ok(Ok(_)) => return attempt,
            Ok(Err(Failure::Retry(delay))) => stage.clock.advance_ms(delay.after_ms),
            other => panic!("a sweep ends as {other:?}"),
        }
    }
    panic!("the sweep never ends")
}

/// Calls to Amazon so far: searches of offers, patches, feeds, counts.
fn calls(stage: &Stage) -> [u64; 4] {
    let calls = stage.pair.amazon.calls();
    [
        OperationId::SearchListingsItems,
        OperationId::PatchListingsItem,
        OperationId::CreateFeed,
        OperationId::GetInventorySummaries,
    ]
    .map(|operation| calls.of(operation))
}

fn since(stage: &Stage, before: [u64; 4]) -> [u64; 4] {
    let now = calls(stage);
    [0, 1, 2, 3].map(|index| now[index] - before[index])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sweep_over_a_large_catalogue_goes_on_after_a_crash_and_costs_what_changed() {
    let stage = stage().await;
    let all = PRODUCTS as u64 / SKUS_OF_A_CALL;

    // The first sweep has to see every offer once. It dies in the middle of that.
    stage.recorder.crash_at(Some((600, Moment::BeforeTheCall)));
    let killed = deliver(&stage, "sweep-1", 1).await;
    assert!(killed.result.is_err(), "the instance was ended");
    stage.recorder.crash_at(None);
    let seen_before = calls(&stage)[0];
    assert!(seen_before > 300, "{seen_before} calls before the crash");
    stage.clock.advance_ms(121_000);
    let deliveries = sweep(&stage, "sweep-1").await;
    let [searches, patches, feeds, _] = calls(&stage);
    // What a crash takes is little; what has changed goes as one feed.
    assert!(searches < all + 60, "{searches} searches for {all} batches, {seen_before} before the crash");
    assert_eq!((patches, feeds), (0, 1), "{deliveries} deliveries");

    // The feed is done, and its quantities are seen.
    stage.clock.advance_ms(15 * 60_000);
    let before = calls(&stage);
    sweep(&stage, "sweep-2").await;
    stage.clock.advance_ms(15 * 60_000);
    sweep(&stage, "sweep-3").await;
    let [searches, patches, feeds, _] = since(&stage, before);
    assert!(searches <= WRONG as u64 / SKUS_OF_A_CALL + 1, "{searches} searches to see {WRONG} quantities");
    assert_eq!((patches, feeds), (0, 0));
    assert_eq!(stage.pair.amazon.listing(&sku(0)).and_then(|listing| listing.quantity()), Some(7));

    // Thirty products change: the cost at Amazon is theirs, not that of the catalogue.
    for number in 1_000..1_030 {
        let changed = stage.pair.kashflow.set_stock(&sku(number), 3);
        changed.expect("the catalogue has it");
    }
    stage.clock.advance_ms(60 * 60_000);
    let before = calls(&stage);
    sweep(&stage, "sweep-4").await;
    assert_eq!(since(&stage, before), [2, 30, 0, 1]);
    stage.clock.advance_ms(15 * 60_000);
    let before = calls(&stage);
    sweep(&stage, "sweep-5").await;
    assert_eq!(since(&stage, before), [2, 0, 0, 1], "what was sent is seen once");
    stage.clock.advance_ms(15 * 60_000);
    let before = calls(&stage);
    assert_eq!(sweep(&stage, "sweep-6").await, 1);
    assert_eq!(since(&stage, before), [0, 0, 0, 1], "a sweep at rest asks what changed, and nothing else");
}
