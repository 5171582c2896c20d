//! A story played to its end with disturbances on the way, and the comparison of two such runs.

use std::fmt;

use host_harness::Host;
use host_harness::engine::Moment;
use host_harness::twin::kashflow::{Fault, FaultEffect};

use crate::stage::{Play, Stage, Way};
use crate::story::{Arrival, Story};

/// More deliveries than this mean that an event never settles.
const DELIVERIES_MAX: u32 = 10;

/// Longer than any lease, so that a dead delivery does not hold up the next; shorter than a call that KashFlow
/// carries out late can take, so that the next delivery comes before it.
const LEASE_IS_OVER_MS: u64 = 121_000;
const LATE_BY_MS: u64 = 150_000;

/// The operations of KashFlow that write.
const WRITES: [&str; 10] = [
    "InsertCustomer",
    "InsertInvoice",
    "applyCreditNoteToInvoice",
    "InsertInvoicePayment",
    "InsertSupplier",
    "InsertReceipt",
    "InsertReceiptPayment",
    "InsertBankTransaction",
    "InsertJournal",
    "AddOrUpdateSubProduct",
];

/// What goes wrong in a run, at which delivery of which arrival of the story.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Disturbance {
    pub arrival: usize,
    /// 0 for the arrival itself, 1 for the delivery after it.
    pub delivery: u32,
    pub what: What,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum What {
    /// The plugin is ended at its host call of this number, or goes on without the answer.
    AtCall(u32, Moment),
    /// The answer of the nth call of this operation in this arrival never comes, and KashFlow carries it out later.
    Late { operation: &'static str, occurrence: u32 },
}

impl fmt::Display for Disturbance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Disturbance { arrival, delivery, what } = self;
        write!(f, "arrival {}, delivery {}, ", arrival + 1, delivery + 1)?;
        match what {
            What::AtCall(call, moment) => write!(f, "{moment} call {call}"),
            What::Late { operation, occurrence } => write!(f, "{operation} number {occurrence} is late"),
        }
    }
}

/// What a run left.
pub(super) struct Run {
    books: String,
    /// How the last delivery of the story ended.
    word: String,
    leases: Vec<String>,
    /// The host calls of each arrival's own delivery, and of the one after it where there was one.
    pub calls: Vec<[Vec<String>; 2]>,
}

pub(super) type Undisturbed = Run;

/// Every way to disturb the deliveries of a run that was not.
pub(super) fn disturbances(undisturbed: &Undisturbed) -> Vec<Disturbance> {
    let mut all = Vec::new();
    for (arrival, [calls, later_calls]) in undisturbed.calls.iter().enumerate() {
        all.extend(at_every_call(arrival, 0, calls.len()).filter(|place| !is_amid_readings(calls, place)));
        all.extend(
            at_every_call(arrival, 1, later_calls.len())
                .filter(|place| !is_amid_readings(later_calls, place)),
        );
        for operation in WRITES {
            let count = calls.iter().filter(|line| line.contains(&format!("/{operation} "))).count();
            let occurrences = 1..=u32::try_from(count).expect("a few calls");
            all.extend(occurrences.map(|occurrence| {
                let what = What::Late { operation, occurrence };
                Disturbance { arrival, delivery: 0, what }
            }));
        }
    }
    all
}

/// Whether the call is one of many that read the stock value by value, with another before and after it: whatever is
/// disturbed there is disturbed at the first and the last of them.
fn is_amid_readings(calls: &[String], place: &Disturbance) -> bool {
    let What::AtCall(number, _) = place.what else { return false };
    let index = number as usize - 1;
    let reads = |index: Option<usize>| {
        let line = index.and_then(|index| calls.get(index));
        line.is_some_and(|line| line.starts_with("state-get stock/") || line.contains("/GetSubProducts "))
    };
    [index.checked_sub(1), Some(index), Some(index + 1)].into_iter().all(reads)
}

pub(super) fn at_every_call(
    arrival: usize,
    delivery: u32,
    calls: usize,
) -> impl Iterator<Item = Disturbance> {
    let calls = 1..=u32::try_from(calls).expect("a delivery makes few calls");
    calls.flat_map(move |call| {
        let moments = [Moment::BeforeTheCall, Moment::AnswerLost, Moment::AfterTheCall];
        moments.map(|moment| Disturbance { arrival, delivery, what: What::AtCall(call, moment) })
    })
}

/// Plays a story to its end. Its last event is delivered until it settles, and so is every one that is
/// disturbed.
pub(super) async fn run(story: &Story, host: &'static Host, disturbances: &[Disturbance]) -> Run {
    let mut stage = Stage::set(story, Way::InProcess).await;
    stage.host = host;
    stage.inject_faults(story);
    let (mut word, mut calls) = (String::new(), Vec::new());
    for (index, arrival) in story.deliver.iter().enumerate() {
        stage.prepare(story, arrival);
        let is_last = index + 1 == story.deliver.len();
        let here: Vec<&Disturbance> = disturbances.iter().filter(|place| place.arrival == index).collect();
        for disturbance in &here {
            if let What::Late { operation, occurrence } = disturbance.what {
                let late = Fault::on(operation, FaultEffect::ProcessedLater { after_ms: LATE_BY_MS });
                stage.pair.kashflow.faults().push(late.at_occurrence(occurrence));
            }
        }
        // A story may go on while an event waits to be tried again.
        let may_wait = !is_last && here.is_empty();
        let (ending, made) = settle(&stage, story, arrival, (is_last, may_wait), &here).await;
        word = ending;
        calls.push(made);
        if is_last && matches!(word.as_str(), "held" | "dead-letter") {
            word = release(&stage, story, arrival).await;
        }
    }
    finish(&stage, word, calls).await
}

/// What a person does with an event that was given to one: puts right what can be, and delivers it again.
async fn release(stage: &Stage, story: &Story, arrival: &Arrival) -> String {
    stage.heal();
    stage.clock.advance_ms(LEASE_IS_OVER_MS);
    let released = Arrival { attempt: 1, ..arrival.clone() };
    settle(stage, story, &released, (true, false), &[]).await.0
}

/// Delivers an arrival until it settles; gives its last word and the calls of its first two deliveries.
async fn settle(
    stage: &Stage,
    story: &Story,
    arrival: &Arrival,
    (is_last, may_wait): (bool, bool),
    disturbances: &[&Disturbance],
) -> (String, [Vec<String>; 2]) {
    let mut again = arrival.clone();
    let mut calls = [Vec::new(), Vec::new()];
    for delivery in 0..DELIVERIES_MAX {
        let crash = disturbances.iter().find_map(|place| match place.what {
            What::AtCall(call, moment) if place.delivery == delivery => Some((call, moment)),
            _ => None,
        });
        stage.recorder.crash_at(crash);
        let ending = stage.deliver(story, &again, Play::Component).await;
        stage.recorder.crash_at(None);
        let made = stage.recorder.take();
        if let Some(kept) = calls.get_mut(delivery as usize) {
            *kept = made;
        }
        if ending.by_plugin && (ending.word != "retry" || may_wait) {
            return (ending.word, calls);
        }
        if ending.by_plugin && is_last {
            stage.heal();
        }
        stage.clock.advance_ms(LEASE_IS_OVER_MS);
        again.attempt += 1;
    }
    ("unsettled".to_owned(), calls)
}

/// Everything that is on its way arrives, then the books are read.
async fn finish(stage: &Stage, word: String, calls: Vec<[Vec<String>; 2]>) -> Run {
    stage.clock.advance_ms(LATE_BY_MS + LEASE_IS_OVER_MS);
    stage.pair.kashflow.settle_late_calls();
    let name = &stage.connection.name;
    let leases = stage.runtime.state.list_keys(name, "lease/", None, 100).await.expect("the store works");
    let books = format!("{}\noffers\n{}", stage.pair.kashflow.books().render(), stage.offers());
    Run { books, word, leases, calls }
}

/// A delivery that is killed before a call and never comes again.
pub(super) async fn abandon(story: &Story, host: &'static Host, call: u32) -> Run {
    let mut stage = Stage::set(story, Way::InProcess).await;
    stage.host = host;
    let arrival: Arrival = toml::from_str("").expect("an arrival");
    stage.prepare(story, &arrival);
    stage.recorder.crash_at(Some((call, Moment::BeforeTheCall)));
    let ending = stage.deliver(story, &arrival, Play::Component).await;
    finish(&stage, ending.word, Vec::new()).await
}

/// The books must be the same. The ending too, unless the delivery after the disturbance found all done where
/// the undisturbed one did it itself or had to leave that question to a person. What waits in the holding place
/// must be told in any case.
pub(super) fn compare(place: &str, undisturbed: &Run, disturbed: &Run) -> Option<String> {
    if !disturbed.leases.is_empty() {
        return Some(format!("{place}: leaves {:?}", disturbed.leases));
    }
    let (ended, expected) = (disturbed.word.as_str(), undisturbed.word.as_str());
    let is_done = expected != "partly-held" && matches!(ended, "completed" | "already-done");
    let same_ending = ended == expected || is_done;
    (disturbed.books != undisturbed.books || !same_ending).then(|| {
        format!(
            "{place}: ends as {ended} instead of {expected}, with the books\n{}\ninstead of\n{}",
            disturbed.books, undisturbed.books
        )
    })
}
