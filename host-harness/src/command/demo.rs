//! `harness demo`: the whole job, offline, in seconds.
//!
//! A seeded world of orders stands behind both twins; its notifications are delivered to the component,
//! some of them twice, and the books are compared with the world afterwards.

use std::collections::{BTreeMap, VecDeque};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context;
use clap::{Args, value_parser};
use serde_json::{Value, json};

use crate::clock::{Clock, ManualClock};
use crate::connection::Connection;
use crate::engine::{Delivery, Export, Failure, Finding, Source};
use crate::twin::world::expected_sale::{PostOn, PostingPolicy, UnknownSku};
use crate::twin::world::{World, WorldSize};
use crate::twin::{ConnectionFolder, PairOptions, TwinPair};
use crate::{ConnectionRuntime, DeliveryReport, Host};

use super::deliver::event_id;
use super::plugin_loading::load;
use super::presentation::{Ending, pounds, print, table};
use super::progress::bar;
use super::reconciliation::{Reconciliation, reconcile};

/// Amazon's real usage plan reads one order every two seconds; the demo's Amazon is more patient.
const USAGE_PLAN_FACTOR: u32 = 10_000;

/// What the connection folder of the twins configures.
const POLICY: PostingPolicy = PostingPolicy { post_on: PostOn::Shipped, unknown_sku: UnknownSku::Hold };
const SHARED_CUSTOMER: &str = "AMAZONUK";

/// More deliveries of one event than this mean that it never settles.
const ATTEMPTS_MAX: u32 = 20;

#[derive(Args)]
#[command(after_help = "\
Examples:
  harness demo
  harness demo --orders 1000 --seed 7
  harness demo --json

Exit code: 0 the books are as they should be, 1 they are not or an error, 2 a wrong command line.")]
pub(super) struct DemoArguments {
    /// The world to play: the same seed gives the same orders.
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    seed: u64,
    /// How many orders the world has.
    #[arg(long, value_name = "NUMBER", default_value_t = 200, value_parser = value_parser!(u32).range(1..))]
    orders: u32,
    /// The plugin to play with, instead of the one that this workspace builds.
    #[arg(long, value_name = "FILE.wasm")]
    plugin: Option<PathBuf>,
}

pub(super) async fn run(arguments: DemoArguments, json: bool) -> anyhow::Result<ExitCode> {
    let host = load(arguments.plugin.as_deref())?;
    let world = World::generate(arguments.seed, WorldSize::orders(arguments.orders as usize));
    let clock = Arc::new(ManualClock::at(world.epoch()));
    let twins_clock = Arc::clone(&clock);
    let options = PairOptions {
        amazon_port: 0,
        kashflow_port: 0,
        usage_plan_factor: USAGE_PLAN_FACTOR,
        clock: Arc::new(move || twins_clock.now()),
    };
    let notifications = world.notifications();
    let pair = TwinPair::start(world, options).await?;
    let folder = tempfile::tempdir().context("cannot create a temporary folder")?;
    let connection = Connection::load(&ConnectionFolder::write(folder.path(), &pair)?.file)?;
    let runtime = ConnectionRuntime::open(&connection, Arc::clone(&clock) as Arc<dyn Clock>)?;

    let first = deliver_all(&host, &runtime, &clock, &notifications, "delivering notifications").await;
    let books_after_first = pair.kashflow.books().render_with_identifiers();
    let second = deliver_all(&host, &runtime, &clock, &notifications, "delivering all again     ").await;
    let changed = pair.kashflow.books().render_with_identifiers() != books_after_first;

    let books = pair.kashflow.books();
    let reconciliation = pair.with_world(|world| reconcile(world, &POLICY, &books, SHARED_CUSTOMER));
    let mut problems = reconciliation.problems();
    problems.extend(first.problems.iter().chain(&second.problems).cloned());
    if changed {
        problems.push("the second delivery of every event changed the books".to_owned());
    }
    if json {
        print_json(&arguments, &first, &reconciliation, &problems)?;
    } else {
        print_text(&arguments, &first, &second, &reconciliation, &problems)?;
    }
    Ok(if problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What came of a round of deliveries.
#[derive(Default)]
struct Round {
    events: usize,
    deliveries: usize,
    endings: BTreeMap<&'static str, usize>,
    customers_created: usize,
    /// Invoices that were made out to a customer who was there before.
    customers_reused: usize,
    /// Why events ended without an invoice, by code.
    reasons: BTreeMap<String, Reason>,
    host_calls: u64,
    elapsed: Duration,
    problems: Vec<String>,
}

/// One reason of events that ended without an invoice.
struct Reason {
    events: usize,
    /// What the plugin said the first time.
    example: String,
}

/// Delivers every notification until it is settled. Waiting is virtual: the clock is moved on instead.
async fn deliver_all(
    host: &Host,
    runtime: &ConnectionRuntime,
    clock: &ManualClock,
    notifications: &[Value],
    title: &str,
) -> Round {
    let start = Instant::now();
    let progress = bar(notifications.len(), title);
    let mut round = Round { events: notifications.len(), ..Round::default() };
    let mut queue: VecDeque<Delivery> = notifications.iter().map(delivery).collect();
    while let Some(mut delivery) = queue.pop_front() {
        let report = host.deliver(runtime, Export::OnOrder, &delivery).await;
        round.deliveries += 1;
        round.host_calls += report.host_calls.len() as u64;
        if let Ok(Err(Failure::Retry(delay))) = &report.result
            && delivery.attempt < ATTEMPTS_MAX
        {
            clock.advance_ms(delay.after_ms);
            delivery.attempt += 1;
            queue.push_back(delivery);
            continue;
        }
        round.count(&report, &delivery);
        progress.inc(1);
    }
    progress.finish_and_clear();
    round.elapsed = start.elapsed();
    round
}

fn delivery(notification: &Value) -> Delivery {
    let body = notification.to_string().into_bytes();
    Delivery {
        event_id: event_id(&body),
        source: Source::AmazonNotification,
        content_type: "application/json".to_owned(),
        occurred_at: None,
        attempt: 1,
        body,
    }
}

impl Round {
    fn count(&mut self, report: &DeliveryReport, delivery: &Delivery) {
        let ending = Ending::of(report);
        *self.endings.entry(ending.name()).or_default() += 1;
        match &report.result {
            Ok(Ok(outcome)) => {
                let customers = outcome.effects.iter().filter(|effect| effect.document == "customer");
                let created = customers.count();
                self.customers_created += created;
                if created == 0 && matches!(ending, Ending::Completed | Ending::PartlyHeld) {
                    self.customers_reused += 1;
                }
                if ending == Ending::Ignored {
                    outcome.findings.iter().for_each(|finding| self.count_reason(finding));
                }
            }
            Ok(Err(Failure::Held(finding))) => self.count_reason(finding),
            Ok(Err(Failure::Retry(_) | Failure::DeadLetter(_))) | Err(_) => {
                let lines = super::presentation::lines(report).join("; ");
                self.problems.push(format!(
                    "event {} ended as {}: {lines}",
                    delivery.event_id,
                    ending.name()
                ));
            }
        }
    }

    fn count_reason(&mut self, finding: &Finding) {
        let new = || Reason { events: 0, example: finding.message.clone() };
        self.reasons.entry(finding.code.clone()).or_insert_with(new).events += 1;
    }

    fn ended(&self, ending: Ending) -> usize {
        self.endings.get(ending.name()).copied().unwrap_or_default()
    }
}

fn print_text(
    arguments: &DemoArguments,
    first: &Round,
    second: &Round,
    reconciliation: &Reconciliation,
    problems: &[String],
) -> anyhow::Result<()> {
    let mut rows =
        table(&["orders", "events", "invoices", "customers made", "reused", "held", "nothing to do"]);
    rows.add_row([
        arguments.orders as usize,
        first.events,
        first.ended(Ending::Completed),
        first.customers_created,
        first.customers_reused,
        first.ended(Ending::Held),
        first.ended(Ending::Ignored) + first.ended(Ending::AlreadyDone),
    ]);
    print(rows)?;
    let mut reasons = table(&["held, ignored", "events", "for example"]);
    for (code, reason) in &first.reasons {
        reasons.add_row([code, &reason.events.to_string(), &reason.example]);
    }
    print(reasons)?;
    print(format_args!(
        "must be in KashFlow  {} orders for £{}; {} wait for a person, {} need no invoice",
        reconciliation.posted,
        pounds(reconciliation.expected_gross_pence),
        reconciliation.held,
        reconciliation.not_posted,
    ))?;
    print(format_args!("is in KashFlow       £{}", pounds(reconciliation.booked_gross_pence)))?;
    let new_documents = second.ended(Ending::Completed) + second.ended(Ending::PartlyHeld);
    print(format_args!("delivered again      {} events, {new_documents} new documents", second.events))?;
    let seconds = first.elapsed.as_secs_f32();
    print(format_args!(
        "took                 {seconds:.1} s, {} host calls in {} deliveries",
        first.host_calls, first.deliveries
    ))?;
    if problems.is_empty() {
        return print("reconciled: every order that should be in KashFlow is there once, to the penny");
    }
    problems.iter().try_for_each(|problem| print(format_args!("WRONG: {problem}")))
}

fn print_json(
    arguments: &DemoArguments,
    first: &Round,
    reconciliation: &Reconciliation,
    problems: &[String],
) -> anyhow::Result<()> {
    let reasons: BTreeMap<&String, usize> =
        first.reasons.iter().map(|(code, reason)| (code, reason.events)).collect();
    print(json!({
        "seed": arguments.seed, "orders": arguments.orders, "events": first.events,
        "deliveries": first.deliveries, "endings": first.endings, "reasons": reasons,
        "customersCreated": first.customers_created,
        "customersReused": first.customers_reused, "hostCalls": first.host_calls,
        "elapsedMs": first.elapsed.as_millis() as u64,
        "expectedInvoices": reconciliation.posted,
        "expectedGrossPence": reconciliation.expected_gross_pence,
        "bookedGrossPence": reconciliation.booked_gross_pence,
        "reconciled": problems.is_empty(), "problems": problems,
    }))
}
