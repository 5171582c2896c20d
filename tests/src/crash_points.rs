//! The proof of "once each": every story is disturbed at every host call, and delivered again.
//!
//! A delivery is killed before the call; or goes on without the answer of a call that was carried out; or is
//! killed when the call is answered; or KashFlow carries a call out after its caller has gone. Then the event
//! is delivered until it settles. The books must be those of the undisturbed run, and no lease may be left.

mod core_stories;
mod run;

use std::sync::Arc;

use host_harness::Host;
use host_harness::artifact::workspace;
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinSet;

use crate::scenarios::stories;
use crate::stage::{host, host_without_intents};
use crate::story::Story;

use run::{compare, disturbances};

fn runtime() -> Runtime {
    Builder::new_multi_thread().enable_all().build().expect("a runtime")
}

/// What came of disturbing stories.
#[derive(Default)]
struct Proof {
    points: usize,
    problems: Vec<String>,
}

/// Disturbs a story at every host call of its undisturbed run, once each.
async fn disturb_everywhere(story: Arc<Story>, host: &'static Host) -> Proof {
    let undisturbed = run::run(&story, host, &[]).await;
    let mut proof = Proof::default();
    for disturbance in disturbances(&undisturbed) {
        proof.points += 1;
        let disturbed = run::run(&story, host, std::slice::from_ref(&disturbance)).await;
        proof.problems.extend(compare(&format!("{}: {disturbance}", story.title), &undisturbed, &disturbed));
    }
    proof
}

fn prove(plays: impl IntoIterator<Item = impl Future<Output = Proof> + Send + 'static>) -> Proof {
    runtime().block_on(async {
        let mut running: JoinSet<Proof> = plays.into_iter().collect();
        let mut whole = Proof::default();
        while let Some(proof) = running.join_next().await {
            let proof = proof.unwrap_or_else(|error| panic!("{error}"));
            whole.points += proof.points;
            whole.problems.extend(proof.problems);
        }
        whole.problems.sort();
        whole
    })
}

/// No story and no call is left out: whatever the undisturbed run calls is a place to fail.
#[test]
fn every_story_survives_a_disturbance_at_every_host_call() {
    let host = host();
    let stories = stories().into_iter().map(|path| Arc::new(Story::read(&path)));
    let Proof { points, problems } = prove(stories.map(|story| disturb_everywhere(story, host)));
    println!("{points} crash points in every story");
    assert!(problems.is_empty(), "{} of {points} crash points:\n{}", problems.len(), problems.join("\n"));
    assert!(points > 8_000, "{points} crash points");
}

/// The stories that go through most of the code, disturbed twice: in a delivery and in the one after it.
#[test]
fn the_core_stories_survive_two_disturbances_in_one_run() {
    let host = host();
    let plays = core_stories::ALL.iter().map(|name| core_stories::disturb_twice(name, host));
    let Proof { points, problems } = prove(plays);
    println!("{points} pairs of crash points in {} stories", core_stories::ALL.len());
    assert!(problems.is_empty(), "{} of {points} pairs:\n{}", problems.len(), problems.join("\n"));
    assert!(points > 4_000, "{points} pairs of crash points");
}

/// The proof is worth something only if it can fail. A plugin that creates without writing down first that it
/// is about to makes a document twice where KashFlow carries the first call out late.
#[test]
fn a_plugin_that_writes_down_no_intent_is_noticed() {
    let order: Story = toml::from_str("title = 'an ordinary order'").expect("a story");
    let settlement = Story::read(&workspace().join("tests/scenarios/settlement-delivered-twice"));
    let doubled_things = [
        (order, "\n  026-0000001-0000001 |"),
        (settlement.clone(), "| Amazon settlement 50011020300\n"),
        (settlement, "\n  AMZ 50011020300 PAYOUT 1: "),
    ];
    for (story, line) in doubled_things {
        let Proof { points, problems } = prove([disturb_everywhere(Arc::new(story), host_without_intents())]);
        assert!(points > 50, "{points} crash points");
        // A problem shows the books as they are and as they should be, each with the line once.
        let is_doubled = |problem: &&String| problem.matches(line).count() > 2;
        assert!(
            problems.iter().any(|problem| is_doubled(&problem)),
            "no {line} is doubled in:\n{}",
            problems.join("\n")
        );
    }
}

/// A story whose event is never delivered again is incomplete, and that is noticed as well.
#[test]
fn a_crash_without_another_delivery_is_noticed() {
    runtime().block_on(async {
        let story: Story = toml::from_str("title = 'an ordinary order'").expect("a story");
        let undisturbed = run::run(&story, host(), &[]).await;
        let abandoned = run::abandon(&story, host(), 3).await;
        assert!(compare("abandoned", &undisturbed, &abandoned).is_some());
    });
}
