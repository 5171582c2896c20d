//! What is shown of the seeds that were played.
//!
//! Absent on purpose: anything that is worked out; the reports say it all.

use serde_json::{Value, json};

use crate::command::presentation::{print, table};
use crate::simulation::{SeedReport, Tally};

use super::{Played, SimulateArguments};

pub(super) fn print_text(arguments: &SimulateArguments, played: &Played) -> anyhow::Result<()> {
    for report in &played.shown {
        print_report(arguments, report)?;
    }
    let mut rows = table(&["played", "", "went wrong on the way", ""]);
    for ((what, count), (mishap, times)) in done(played).into_iter().zip(mishaps(&played.tally)) {
        rows.add_row([what, &count, mishap, &times]);
    }
    print(rows)?;
    match played.failed().count() {
        0 => print(format_args!(
            "right: every order of {} is in the books as it must be, once, to the penny",
            seeds(played.seeds)
        )),
        failed => print(format_args!("WRONG: {failed} of {}", seeds(played.seeds))),
    }
}

fn seeds(count: u64) -> String {
    if count == 1 { "1 seed".to_owned() } else { format!("{count} seeds") }
}

fn print_report(arguments: &SimulateArguments, report: &SeedReport) -> anyhow::Result<()> {
    if !report.problems.is_empty() {
        print(format_args!("WRONG seed {}, of {} orders:", report.seed, report.orders))?;
        report.problems.iter().try_for_each(|problem| print(format_args!("  {problem}")))?;
        print(format_args!("  play it again: {}", replay(arguments, report.seed)))?;
    }
    report.trace_of_problems().try_for_each(print)
}

/// The command that plays a seed again, and shows what happened.
fn replay(arguments: &SimulateArguments, seed: u64) -> String {
    let orders = arguments.orders.map(|orders| format!(" --orders {orders}")).unwrap_or_default();
    let plugin = arguments.plugin.as_ref().map(|file| format!(" --plugin {}", file.display()));
    format!("harness simulate --seed {seed}{orders} --trace{}", plugin.unwrap_or_default())
}

fn done(played: &Played) -> [(&'static str, String); 10] {
    let tally = &played.tally;
    let seconds = played.elapsed.as_secs_f64();
    [
        ("seeds", played.seeds.to_string()),
        ("orders", played.orders.to_string()),
        ("events", tally.events.to_string()),
        ("deliveries", tally.deliveries.to_string()),
        ("host calls", tally.host_calls.to_string()),
        ("credit notes", tally.credit_notes.to_string()),
        ("corrected invoices", tally.corrected_invoices.to_string()),
        ("virtual time", format!("{} days", tally.virtual_seconds / 86_400)),
        ("real time", format!("{seconds:.1} s")),
        ("seeds per second", format!("{:.2}", played.seeds as f64 / seconds.max(0.001))),
    ]
}

fn mishaps(tally: &Tally) -> [(&'static str, String); 10] {
    [
        ("kills", tally.kills),
        ("deliveries out of time", tally.timed_out),
        ("events lost and sent again", tally.lost_deliveries),
        ("lost answers", tally.lost_answers),
        ("late calls", tally.late_calls),
        ("stale reads", tally.stale_reads),
        ("throttled", tally.throttled),
        ("other failed calls", tally.other_mishaps),
        ("retries", tally.retries),
        ("held for a person", tally.held),
    ]
    .map(|(what, times)| (what, times.to_string()))
}

pub(super) fn print_json(arguments: &SimulateArguments, played: &Played) -> anyhow::Result<()> {
    let tally = &played.tally;
    let failed: Vec<Value> = played.failed().map(|report| failure(arguments, report)).collect();
    let mut value = json!({
        "firstSeed": arguments.seed.unwrap_or(arguments.first_seed), "seeds": played.seeds,
        "orders": played.orders, "events": tally.events, "deliveries": tally.deliveries,
        "hostCalls": tally.host_calls, "kills": tally.kills, "timedOut": tally.timed_out,
        "lostDeliveries": tally.lost_deliveries, "lostAnswers": tally.lost_answers,
        "lateCalls": tally.late_calls, "staleReads": tally.stale_reads, "throttled": tally.throttled,
        "otherMishaps": tally.other_mishaps, "retries": tally.retries, "held": tally.held,
        "released": tally.released, "creditNotes": tally.credit_notes,
        "correctedInvoices": tally.corrected_invoices, "virtualSeconds": tally.virtual_seconds,
        "elapsedMs": played.elapsed.as_millis() as u64,
        "passed": failed.is_empty(), "failed": failed,
    });
    if let (Some(_), [report]) = (arguments.seed, played.shown.as_slice()) {
        value["digest"] = report.digest.as_str().into();
        if arguments.trace {
            value["trace"] = trace(report);
        }
    }
    print(value)
}

fn failure(arguments: &SimulateArguments, report: &SeedReport) -> Value {
    let problems =
        report.problems.iter().map(|problem| json!({"order": problem.order, "problem": problem.text}));
    json!({
        "seed": report.seed, "orders": report.orders, "problems": problems.collect::<Vec<_>>(),
        "replay": replay(arguments, report.seed),
    })
}

fn trace(report: &SeedReport) -> Value {
    let lines = report.trace_of_problems();
    lines.map(|line| json!({"at": line.at, "order": line.order, "text": line.text})).collect()
}
