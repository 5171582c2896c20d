//! What is under way when the host stops comes to its end, or is given back; what it left in work when it was
//! killed comes again.

use std::time::Duration;

use host_harness::store::Stand;

use super::{Bench, Silent, event, store_of};

#[tokio::test]
async fn a_delivery_that_does_not_end_in_time_is_given_back_as_the_same_attempt() {
    let silent = Silent::new();
    let mut bench = Bench::new(2).with(&silent.address(), "");
    bench.shutdown_deadline = Duration::from_millis(50);
    let running = bench.start().await;
    running.put(0, "hangs", None, &Silent::script()).await;
    running.seen.until("it begins", |seen| seen.has_begun("hangs")).await;
    assert!(running.stop().await.endings("hangs").is_empty());
    let store = store_of(&bench).await;
    let story = store.story(&bench.connections[0].name, "hangs").await.unwrap().unwrap();
    assert_eq!((story.event.stand, story.event.attempt), (Stand::Waiting, 1));
    assert_eq!(story.deliveries[0].ending.as_deref(), Some("given-back"));
}

#[tokio::test]
async fn what_ends_in_time_is_settled_and_nothing_new_is_begun() {
    let bench = Bench::new(1);
    let running = bench.start().await;
    for number in 0..50 {
        running.put(0, &format!("event-{number}"), None, "log well").await;
    }
    running.seen.until_ended("event-0").await;
    let seen = running.stop().await;
    let store = store_of(&bench).await;
    let counts = store.counts(&bench.connections[0].name).await.unwrap();
    assert_eq!((counts.in_work, counts.ready + counts.finished), (0, 50));
    let ended = (0..50).filter(|number| !seen.endings(&format!("event-{number}")).is_empty()).count();
    assert_eq!(counts.finished as usize, ended);
}

#[tokio::test]
async fn what_a_killed_process_had_in_work_is_delivered_by_the_next() {
    let bench = Bench::new(2);
    let store = store_of(&bench).await;
    let name = &bench.connections[0].name;
    store.take_in(name, &event("interrupted", None, "log well")).await.unwrap();
    assert_eq!(store.claim(name, 1, 3_600_000, "killed").await.unwrap().len(), 1);
    drop(store);
    let running = bench.start().await;
    running.seen.until_ended("interrupted").await;
    let story = running.story("interrupted").await;
    assert_eq!((story.event.stand, story.deliveries.len()), (Stand::Finished, 2));
    assert_eq!(story.deliveries[0].ending.as_deref(), Some("interrupted"));
    running.stop().await;
}

#[tokio::test]
async fn two_dispatchers_cannot_have_one_store() {
    let bench = Bench::new(1);
    let running = bench.start().await;
    let refused = host_harness::store::StoreLock::take(&bench.connections[0].state_file).unwrap_err();
    assert_eq!(refused.code().code(), "HH-0208");
    running.stop().await;
    host_harness::store::StoreLock::take(&bench.connections[0].state_file).unwrap();
}
