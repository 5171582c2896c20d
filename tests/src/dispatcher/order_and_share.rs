//! One event of a key at a time, and a share of the workers for each connection.

use std::collections::BTreeMap;

use host_harness::store::{Message, MessageQueue};

use super::{Bench, Moment, Silent};

#[tokio::test]
async fn events_of_one_key_are_delivered_one_at_a_time() {
    let bench = Bench::new(8);
    let running = bench.start().await;
    for number in 0..60 {
        let key = format!("order/{}", number % 3);
        running.put(0, &format!("event-{number}"), Some(&key), "create lease").await;
    }
    for number in 0..60 {
        running.seen.until_ended(&format!("event-{number}")).await;
    }
    // Told apart by when the plugin ran: an event is free for the next worker a moment before it is told as ended.
    let mut runs: BTreeMap<Option<String>, Vec<(u64, u64)>> = BTreeMap::new();
    for moment in running.stop().await.moments() {
        if let Moment::Ended { key, run_ms, .. } = moment {
            runs.entry(key).or_default().push(run_ms);
        }
    }
    assert_eq!(runs.values().map(Vec::len).collect::<Vec<_>>(), [20, 20, 20]);
    for (key, runs) in &mut runs {
        runs.sort_unstable();
        // Times are whole milliseconds.
        let overlap = runs.windows(2).find(|pair| pair[1].0 + 1 < pair[0].1);
        assert_eq!(overlap, None, "two of {key:?} at a time");
    }
}

#[tokio::test]
async fn what_the_plugin_queues_for_itself_is_delivered_however_much_else_waits() {
    let bench = Bench::new(1).with(super::NOWHERE, "\n[grants]\nqueues = [\"on-order\"]\n");
    let store = super::store_of(&bench).await;
    let name = &bench.connections[0].name;
    let message = Message {
        content_type: "text/plain".to_owned(),
        body: b"log well".to_vec(),
        deduplication_key: Some("order/026-1".to_owned()),
        delay_ms: 0,
    };
    store.send(name, "on-order", &message).await.expect("the store works");
    for number in 0..200 {
        let event = super::event(&format!("event-{number}"), None, "create lease");
        store.take_in(name, &event).await.expect("the store works");
    }
    let running = bench.start().await;
    running.seen.until_ended("on-order/order/026-1").await;
    let seen = running.stop().await;
    assert_eq!(seen.endings("on-order/order/026-1"), ["completed"]);
}

#[tokio::test]
async fn a_connection_whose_calls_hang_does_not_keep_another_one_waiting() {
    let silent = Silent::new();
    let mut bench = Bench::new(4).with(&silent.address(), "").with_connection("other-uk", "");
    bench.shutdown_deadline = std::time::Duration::ZERO;
    let running = bench.start().await;
    for number in 0..10 {
        running.put(0, &format!("hangs-{number}"), None, &Silent::script()).await;
    }
    running.seen.until("the first connection has its workers", |seen| seen.has_begun("hangs-2")).await;
    for number in 0..5 {
        running.put(1, &format!("sound-{number}"), None, "log well").await;
        running.seen.until_ended(&format!("sound-{number}")).await;
    }
    let seen = running.stop().await;
    assert!(!seen.has_begun("hangs-3"), "one worker is the other connection's");
}
