//! The proof of "exactly once" in a world where everything goes wrong: seeds of `host_harness::simulation`,
//! played with the component. `harness simulate` plays as many more as there is time for.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use host_harness::Host;
use host_harness::simulation::{SeedReport, SimulationOptions, Tally, run_seed};

use crate::stage::{host, host_without_intents};

fn play(host: &Host, options: SimulationOptions) -> SeedReport {
    run_seed(host, options).unwrap_or_else(|error| panic!("seed {}: {error:#}", options.seed))
}

/// The first seeds, two at a time; each is played on one thread.
fn play_first(host: &Host, seeds: u64) -> Vec<SeedReport> {
    let (next, reports) = (AtomicU64::new(1), Mutex::new(Vec::new()));
    let play_some = || {
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed > seeds {
                return;
            }
            let report = play(host, SimulationOptions::of_seed(seed));
            reports.lock().expect("no holder of this lock panics").push(report);
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(play_some);
        scope.spawn(play_some);
    });
    reports.into_inner().expect("no holder of this lock panics")
}

/// What is wrong, seed by seed, each with the command that plays it again.
fn wrong(reports: &[SeedReport]) -> Vec<String> {
    let failed = reports.iter().filter(|report| !report.problems.is_empty());
    failed
        .map(|report| {
            let problems: Vec<String> =
                report.problems.iter().map(|problem| format!("  {problem}")).collect();
            let replay = format!("cargo harness simulate --seed {} --trace", report.seed);
            format!("seed {}:\n{}\n  play it again: {replay}", report.seed, problems.join("\n"))
        })
        .collect()
}

#[test]
fn forty_seeds_end_with_the_right_books() {
    let reports = play_first(host(), 40);
    let wrong = wrong(&reports);
    assert!(wrong.is_empty(), "{} of 40 seeds are wrong:\n{}", wrong.len(), wrong.join("\n"));
    let mut all = Tally::default();
    reports.iter().for_each(|report| all.add(&report.tally));
    // A world in which nothing goes wrong proves nothing.
    let happened = [
        ("deliveries", all.deliveries, 4_000),
        ("kills", all.kills, 100),
        ("lost answers", all.lost_answers, 100),
        ("late calls", all.late_calls, 40),
        ("stale reads", all.stale_reads, 100),
        ("throttled", all.throttled, 50),
        ("deliveries out of time", all.timed_out, 1),
        ("held", all.held, 100),
        ("credit notes", all.credit_notes, 50),
        ("corrected invoices", all.corrected_invoices, 40),
    ];
    for (what, times, at_least) in happened {
        assert!(times >= at_least, "{what}: {times}");
    }
}

#[test]
fn a_seed_always_takes_the_same_course() {
    for seed in [3, 8, 21] {
        let traced = SimulationOptions { keeps_trace: true, ..SimulationOptions::of_seed(seed) };
        let (first, second) = (play(host(), traced), play(host(), traced));
        let difference = first.trace.iter().zip(&second.trace).find(|(first, second)| first != second);
        assert_eq!(difference, None, "seed {seed}");
        assert_eq!((&first.digest, first.tally), (&second.digest, second.tally), "seed {seed}");
        let untraced = play(host(), SimulationOptions::of_seed(seed));
        assert_eq!((untraced.digest, untraced.trace.len()), (first.digest, 0), "seed {seed}");
    }
}

/// The proof is worth something only if it can fail: a plugin that creates documents without having said so
/// makes some of them twice.
#[test]
fn a_plugin_without_its_journal_of_intentions_is_found_out() {
    let reports = play_first(host_without_intents(), 10);
    let doubled = |report: &&SeedReport| {
        report.problems.iter().any(|problem| problem.text.starts_with("two documents have the reference"))
    };
    assert!(reports.iter().filter(doubled).count() > 2, "{:?}", wrong(&reports));
}
