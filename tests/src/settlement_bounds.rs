//! Large settlements within the limits of an instance: its memory, its calls, its time; and what is left where a
//! delivery is killed.
//!
//! The bounds are those of a million rows, scaled; `cargo benchmark settlement -- million` takes a million.
//! Absent on purpose: what a settlement is posted as (`scenarios`).

use host_harness::DeliveryReport;
use host_harness::engine::{CallError, Delay, Delivery, Disposition, Export, Failure, Moment};
use host_harness::store::StateKey;
use plugin_core::limits::{FILE_PIECE_BYTES, SETTLEMENT_PART_POSTINGS};
use serde_json::Value;

use crate::stage::Stage;
use crate::stage::big_settlement::{packed, stage_with_books, stage_without_books, text, upload};

/// Rows of one order in these settlements.
const ROWS_OF_AN_ORDER: usize = 4;

/// Calls beside those for pieces of the file and parts of the plan: lease, manifest, the file's record, KashFlow.
const FURTHER_CALLS: usize = 20;

async fn deliver(stage: &Stage, delivery: &Delivery) -> DeliveryReport {
    stage.host.deliver(&stage.runtime, Export::OnFinancialEvent, delivery).await
}

fn pause(report: &DeliveryReport) -> &Delay {
    match &report.result {
        Ok(Err(Failure::Retry(delay))) => delay,
        other => panic!("the delivery is not to be repeated: {other:?}"),
    }
}

async fn value(stage: &Stage, key: &str) -> Option<Value> {
    let key = StateKey::new(key.to_owned()).expect("a sound key");
    let entry = stage.runtime.state.get(&stage.runtime.name, &key).await.expect("the store works");
    entry.map(|entry| serde_json::from_slice(&entry.value).expect("JSON"))
}

/// The manifest and all items of the plan, if it is kept whole.
async fn plan(stage: &Stage, settlement: &str) -> Option<(Value, Vec<Value>)> {
    let manifest = value(stage, &format!("settlement/{settlement}")).await?;
    let mut items = Vec::new();
    for number in 0..manifest["parts"].as_u64().expect("a number") {
        let part = value(stage, &format!("settlement/{settlement}/part/{number}")).await.expect("a part");
        items.extend(part["items"].as_array().expect("a list").iter().cloned());
    }
    Some((manifest, items))
}

fn of_kind<'i>(items: &'i [Value], kind: &str) -> impl Iterator<Item = &'i Value> {
    items.iter().map(|item| &item["posting"]).filter(move |posting| posting["kind"] == kind)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_settlement_takes_little_memory_and_few_calls() {
    const ROWS: usize = 120_000;
    // With 4 MiB for an instance that has read nothing, a million rows are below 96 MiB.
    const MEMORY_BYTES_MAX: usize = 4 * 1024 * 1024 + ROWS * 96;
    let (big, text) = text(ROWS as u64);
    let file = packed(&text);
    let pieces = file.len().div_ceil(FILE_PIECE_BYTES);
    let stage = stage_without_books().await;
    let first = deliver(&stage, &upload(file.clone(), 1)).await;
    assert!(pause(&first).reason.starts_with("KA-0702"), "{}", pause(&first).reason);
    assert!(first.memory_bytes <= MEMORY_BYTES_MAX, "{} bytes", first.memory_bytes);

    let (manifest, items) = plan(&stage, &big.id).await.expect("it is planned");
    assert_eq!(
        (manifest["rows"].as_u64(), manifest["total"].as_i64()),
        (Some(big.rows), Some(big.total_pence))
    );
    assert_eq!(manifest["postings"].as_u64(), Some(items.len() as u64));
    assert_eq!(of_kind(&items, "payment").count(), ROWS / ROWS_OF_AN_ORDER);
    let payout = of_kind(&items, "transaction").find(|posting| posting["purpose"] == "PAYOUT");
    assert_eq!(payout.expect("it is paid out")["amount"].as_i64(), Some(-big.total_pence));
    let parts = items.len().div_ceil(SETTLEMENT_PART_POSTINGS);
    let calls = first.host_calls.len();
    assert!((pieces + parts..pieces + parts + FURTHER_CALLS).contains(&calls), "{calls} calls");

    // The next delivery knows the file and has its plan: it reads neither again.
    let second = deliver(&stage, &upload(file.clone(), 2)).await;
    assert!(pause(&second).reason.starts_with("KA-0702"), "{}", pause(&second).reason);
    assert!(second.host_calls.len() < FURTHER_CALLS, "{} calls", second.host_calls.len());
    assert!(second.memory_bytes < 4 * 1024 * 1024 + file.len(), "{} bytes", second.memory_bytes);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_planning_that_is_killed_is_done_again_in_as_many_calls() {
    const ROWS: u64 = 16_000;
    let (big, text) = text(ROWS);
    let file = packed(&text);
    let undisturbed = stage_without_books().await;
    let calls = deliver(&undisturbed, &upload(file.clone(), 1)).await.host_calls.len();
    let expected = plan(&undisturbed, &big.id).await.expect("it is planned");
    let parts = expected.1.len().div_ceil(SETTLEMENT_PART_POSTINGS);
    assert!(parts > 10, "{parts} parts");

    for killed_at in [3, calls - parts, calls - parts / 2] {
        let stage = stage_without_books().await;
        let number = u32::try_from(killed_at).expect("few calls");
        stage.recorder.crash_at(Some((number, Moment::AfterTheCall)));
        let killed = deliver(&stage, &upload(file.clone(), 1)).await.result;
        assert!(matches!(killed, Err(CallError::Stopped { .. })), "{killed:?}");
        assert_eq!(plan(&stage, &big.id).await, None, "half a plan is none");

        stage.recorder.crash_at(None);
        // The killed delivery still holds the settlement, if it came so far.
        let mut again = deliver(&stage, &upload(file.clone(), 2)).await;
        if plan(&stage, &big.id).await.is_none() {
            stage.clock.advance_ms(130_000);
            again = deliver(&stage, &upload(file.clone(), 3)).await;
        }
        let (mut manifest, items) = plan(&stage, &big.id).await.expect("it is planned");
        manifest["plannedAt"] = expected.0["plannedAt"].clone();
        assert_eq!((manifest, items), expected, "killed at call {killed_at}");
        // One call finds the part that is there, one the part that is not.
        assert!(again.host_calls.len() <= calls + 2, "{} of {calls} calls", again.host_calls.len());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_orders_are_posted_once_in_several_deliveries() {
    const ORDERS: usize = 450;
    let (big, text) = text((ORDERS * ROWS_OF_AN_ORDER) as u64);
    let file = packed(&text);
    let stage = stage_with_books().await;
    let (mut reasons, mut outcome) = (Vec::new(), None);
    for attempt in 1..30 {
        // The second delivery is killed in the middle of its work.
        stage.recorder.crash_at((attempt == 2).then_some((100, Moment::AfterTheCall)));
        let report = deliver(&stage, &upload(file.clone(), attempt)).await;
        match report.result {
            Ok(Ok(ended)) => {
                outcome = Some(ended);
                break;
            }
            Ok(Err(Failure::Retry(delay))) => {
                stage.clock.advance_ms(delay.after_ms);
                reasons.push(delay.reason);
            }
            Err(CallError::Stopped { .. }) => assert_eq!(attempt, 2),
            other => panic!("delivery {attempt}: {other:?}"),
        }
    }
    let progress: Vec<&String> =
        reasons.iter().filter(|reason| reason.contains("parts are posted")).collect();
    assert!(progress.len() >= 2, "{reasons:?}");
    assert!(progress.is_sorted() && progress.first() < progress.last(), "{progress:?}");
    let outcome = outcome.unwrap_or_else(|| panic!("it never ends: {reasons:?}"));
    assert_eq!(outcome.disposition, Disposition::PartlyHeld, "the books have none of the orders");

    let (manifest, items) = plan(&stage, &big.id).await.expect("it is planned");
    assert_eq!((manifest["partsDone"].as_u64(), &manifest["partsWaiting"]), (Some(3), &Value::Array(vec![])));
    assert_eq!(of_kind(&items, "payment").count(), ORDERS);
    let sales: i64 = of_kind(&items, "payment").filter_map(|payment| payment["amount"].as_i64()).sum();
    let books = stage.pair.kashflow.books();
    // Whatever was posted twice would be left on one of these.
    let balances = [1249, 1200, 9998].map(|nominal| books.balance_pence(nominal));
    assert_eq!(balances, [0, big.total_pence, -sales]);
}
