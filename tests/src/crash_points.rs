//! The proof of "once each": every story is cut off at every host call, and delivered again.
//!
//! A delivery is killed before the call, or after the call was carried out and before its answer arrives,
//! which is what a power cut or a lost answer looks like from outside. Then the event is delivered until it
//! settles. The books must be those of the undisturbed run, and no lease may be left.

use std::sync::Arc;

use host_harness::engine::Moment;

use crate::scenarios::stories;
use crate::stage::{Play, Stage};
use crate::story::{Arrival, Story};

/// More deliveries than this mean that an event never settles.
const DELIVERIES_MAX: u32 = 8;

/// Longer than any lease, so that a dead delivery does not hold up the next.
const LEASE_IS_OVER_MS: u64 = 121_000;

/// Where a delivery is cut off: which arrival of the story, which host call of it, before or after.
type Cut = (usize, u32, Moment);

struct Run {
    books: String,
    /// How the last delivery of the story ended.
    word: String,
    leases: Vec<String>,
    /// Host calls of each arrival.
    calls: Vec<u32>,
}

/// Plays a story to its end and delivers its last event until it settles.
async fn run(story: &Story, cut: Option<Cut>) -> Run {
    let stage = Stage::set(story).await;
    stage.inject_faults(story);
    let (mut word, mut calls) = (String::new(), Vec::new());
    for (index, arrival) in story.deliver.iter().enumerate() {
        stage.prepare(story, arrival).await;
        let here = cut.filter(|(at, _, _)| *at == index).map(|(_, call, moment)| (call, moment));
        stage.recorder.crash_at(here);
        let mut ending = stage.deliver(story, arrival, Play::Component).await;
        stage.recorder.crash_at(None);
        calls.push(u32::try_from(stage.recorder.take().len()).expect("a delivery makes few calls"));
        let mut again = arrival.clone();
        let is_last = index + 1 == story.deliver.len();
        for _ in 0..DELIVERIES_MAX {
            // A story may go on after a retry; a delivery that was cut off is given again until it settles.
            if ending.by_plugin && !(ending.word == "retry" && (is_last || here.is_some())) {
                break;
            }
            if ending.by_plugin && is_last {
                stage.heal();
            }
            stage.clock.advance_ms(LEASE_IS_OVER_MS);
            again.attempt += 1;
            ending = stage.deliver(story, &again, Play::Component).await;
        }
        stage.recorder.take();
        word = ending.word;
    }
    let name = &stage.connection.name;
    let leases = stage.runtime.state.list_keys(name, "lease/", None, 100).await.expect("the store works");
    Run { books: stage.pair.kashflow.books().render(), word, leases, calls }
}

/// Whether the order is done with, and no person is needed.
fn is_done(word: &str) -> bool {
    matches!(word, "completed" | "partly-held" | "already-done")
}

#[test]
fn every_story_survives_a_crash_at_every_host_call() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let plays: Vec<_> = stories()
        .into_iter()
        .map(|path| runtime.spawn(async move { crash_everywhere(Arc::new(Story::read(&path))).await }))
        .collect();
    let (mut points, mut problems) = (0, Vec::new());
    for play in plays {
        let (count, found) = runtime.block_on(play).unwrap_or_else(|error| panic!("{error}"));
        points += count;
        problems.extend(found);
    }
    println!("{points} crash points");
    assert!(problems.is_empty(), "{} of {points} crash points:\n{}", problems.len(), problems.join("\n"));
    assert!(points > 2_000, "{points} crash points");
}

async fn crash_everywhere(story: Arc<Story>) -> (usize, Vec<String>) {
    let undisturbed = run(&story, None).await;
    let mut problems = Vec::new();
    let mut points = 0;
    for (arrival, count) in undisturbed.calls.iter().enumerate() {
        for call in 1..=*count {
            for moment in [Moment::BeforeTheCall, Moment::AfterTheCall] {
                points += 1;
                let disturbed = run(&story, Some((arrival, call, moment))).await;
                let place = format!("{}: arrival {}, {moment} call {call}", story.title, arrival + 1);
                problems.extend(compare(&place, &undisturbed, &disturbed));
            }
        }
    }
    (points, problems)
}

/// The books must be the same. The ending too, unless the delivery after the crash found all done where
/// the undisturbed one had to leave that question to a person.
fn compare(place: &str, undisturbed: &Run, disturbed: &Run) -> Option<String> {
    if !disturbed.leases.is_empty() {
        return Some(format!("{place}: leaves {:?}", disturbed.leases));
    }
    let same_ending = disturbed.word == undisturbed.word || is_done(&disturbed.word);
    (disturbed.books != undisturbed.books || !same_ending).then(|| {
        format!(
            "{place}: ends as {} instead of {}, with the books\n{}\ninstead of\n{}",
            disturbed.word, undisturbed.word, disturbed.books, undisturbed.books
        )
    })
}

/// The proof is worth something only if it can fail: a story whose event is never delivered again.
#[test]
fn a_crash_without_another_delivery_is_noticed() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let story: Story = toml::from_str("title = 'an ordinary order'").expect("a story");
        let arrival: Arrival = toml::from_str("").expect("an arrival");
        let undisturbed = run(&story, None).await;
        let stage = Stage::set(&story).await;
        stage.prepare(&story, &arrival).await;
        stage.recorder.crash_at(Some((3, Moment::BeforeTheCall)));
        let ending = stage.deliver(&story, &arrival, Play::Component).await;
        let books = stage.pair.kashflow.books().render();
        let cut = Run { books, word: ending.word, leases: Vec::new(), calls: Vec::new() };
        assert!(compare("cut", &undisturbed, &cut).is_some());
    });
}
