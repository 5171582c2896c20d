//! Whatever the plugin does with an event, it costs that event an attempt and no other event anything.

use host_harness::store::{Stand, Waits};

use super::Bench;

#[tokio::test]
async fn a_crash_a_loop_and_a_hunger_for_memory_cost_their_events_an_attempt_and_nothing_else() {
    let limits = "wall-time-ms = 300\nmemory-bytes = 16_777_216\n";
    let bench = Bench::new(4).with(super::NOWHERE, limits);
    let running = bench.start().await;
    let poison = [
        ("panics", "panic as told", "HH-0401"),
        ("loops", "loop", "HH-0403"),
        ("grows", "grow", "HH-0402"),
        ("exits", "exit", "HH-0401"),
    ];
    for (event_id, script, _) in poison {
        running.put(0, event_id, None, script).await;
    }
    for number in 0..20 {
        running.put(0, &format!("sound-{number}"), None, "log well").await;
    }
    for number in 0..20 {
        running.seen.until_ended(&format!("sound-{number}")).await;
    }
    for (event_id, _, code) in poison {
        running.seen.until_ended(event_id).await;
        let event = running.story(event_id).await.event;
        assert_eq!((event.stand, event.attempt), (Stand::Waiting, 2), "{event_id}");
        assert_eq!(event.reason.expect("it says why").code, code, "{event_id}");
    }
    running.stop().await;
}

#[tokio::test]
async fn what_crashes_time_and_again_becomes_a_dead_letter_with_its_whole_body() {
    let bench = Bench::new(2);
    let running = bench.start().await;
    running.put(0, "poison", None, "panic as told").await;
    let crashed = running.works[0].clone();
    for failures in 1..=host_harness::limits::PLUGIN_FAILURES_MAX as usize {
        running.seen.until("the next crash", |seen| seen.endings("poison").len() >= failures).await;
        // A person need not wait for the pause: the claim is made now.
        let event = running.story("poison").await.event;
        if event.stand == Stand::Waiting {
            let name = crashed.name();
            crashed.store.make_due(name, Some("poison")).await.expect("the store works");
            running.wake.notify_one();
        }
    }
    let dead = crashed.store.parked(crashed.name(), Waits::DeadLetter).await.expect("the store works");
    let [event] = &dead[..] else { panic!("one dead letter: {dead:?}") };
    assert_eq!((event.arrived.body.as_slice(), event.deliveries), (&b"panic as told"[..], 5));
    assert_eq!(running.seen.endings("poison"), ["failed"; 5]);
    running.stop().await;
}

#[tokio::test]
async fn an_event_that_is_to_come_again_does() {
    let bench = Bench::new(1);
    let running = bench.start().await;
    running.put(0, "later", None, "retry 50").await;
    running.seen.until("it comes again", |seen| seen.endings("later").len() == 2).await;
    assert_eq!(running.seen.endings("later"), ["retry", "completed"]);
    let story = running.story("later").await;
    assert!(story.deliveries[1].began_at_ms >= story.deliveries[0].ended_at_ms.unwrap() + 50);
    running.stop().await;
}
