//! The stories that are disturbed twice in one run.

use std::sync::Arc;

use host_harness::Host;
use host_harness::artifact::workspace;
use host_harness::engine::Moment;

use crate::story::Story;

use super::Proof;
use super::run::{self, Disturbance, What, at_every_call, compare};

/// A first sale, one that somebody else posted, a cancellation, a correction, an order that comes back to life,
/// a held one that is released, one of the shared customer, and a settlement.
pub(super) const ALL: [&str; 8] = [
    "shipped-order-of-a-new-buyer",
    "posted-by-hand",
    "cancelled-after-posting",
    "changed-after-posting",
    "cancelled-then-alive-again",
    "unknown-sku-is-posted-once-it-has-a-product",
    "cancelled-order-that-amazon-sends",
    "settlement-delivered-twice",
];

/// Disturbs every delivery at every call, and the delivery after it at every call of that one.
pub(super) async fn disturb_twice(name: &'static str, host: &'static Host) -> Proof {
    let story = Arc::new(Story::read(&workspace().join("tests/scenarios").join(name)));
    let undisturbed = run::run(&story, host, &[]).await;
    let mut proof = Proof::default();
    for first in run::disturbances(&undisturbed).into_iter().filter(|first| first.delivery == 0) {
        let once = run::run(&story, host, std::slice::from_ref(&first)).await;
        let [_, redelivery] = &once.calls[first.arrival];
        for second in at_every_call(first.arrival, 1, redelivery.len()).filter(is_a_kill) {
            proof.points += 1;
            let twice = [first.clone(), second.clone()];
            let disturbed = run::run(&story, host, &twice).await;
            let place = format!("{}: {first}; {second}", story.title);
            proof.problems.extend(compare(&place, &undisturbed, &disturbed));
        }
    }
    proof
}

/// The second disturbance is a power cut; what a lost answer does is shown by the first.
fn is_a_kill(disturbance: &Disturbance) -> bool {
    !matches!(disturbance.what, What::AtCall(_, Moment::AnswerLost))
}
