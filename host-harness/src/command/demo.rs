//! `harness demo`: the whole job, offline, in seconds.
//!
//! A seeded world of orders stands behind both twins; its notifications are delivered to the component,
//! some of them twice, and the books are compared with the world afterwards.

mod round;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context;
use clap::{Args, value_parser};
use serde_json::json;

use crate::clock::{Clock, ManualClock};
use crate::connection::Connection;
use crate::reconciliation::{Reconciliation, reconcile};
use crate::twin::world::expected_sale::{PostOn, PostingPolicy, UnknownSku};
use crate::twin::world::{World, WorldSize};
use crate::twin::{ConnectionFolder, PairOptions, TwinPair};
use crate::{ConnectionRuntime, Ending};

use super::plugin_loading::load;
use super::presentation::{pounds, print, table};

use round::{Round, deliver_all};

/// Amazon's real usage plan reads one order every two seconds; the demo's Amazon is more patient.
const USAGE_PLAN_FACTOR: u32 = 10_000;

/// What the connection folder of the twins configures.
const POLICY: PostingPolicy = PostingPolicy { post_on: PostOn::Shipped, unknown_sku: UnknownSku::Hold };
const SHARED_CUSTOMER: &str = "AMAZONUK";

#[derive(Args)]
#[command(after_help = "\
Examples:
  harness demo
  harness demo --orders 1000 --seed 7
  harness demo --json

Exit code: 0 the books are right, 1 they are not or an error,
2 a wrong command line.")]
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
    let host = load(arguments.plugin.as_deref()).await?.host;
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
    let (runtime, _store) = ConnectionRuntime::open(&connection, Arc::clone(&clock) as Arc<dyn Clock>)?;

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
    if !first.reasons.is_empty() {
        let example = "for example; docs/errors.md explains the codes";
        let mut reasons = table(&["held, ignored", "events", example]);
        for (code, reason) in &first.reasons {
            reasons.add_row([code, &reason.events.to_string(), &reason.example]);
        }
        print(reasons)?;
    }
    let (expected, booked) = (reconciliation.expected_gross_pence, reconciliation.booked_gross_pence);
    print(format_args!("must be in KashFlow  {} orders for £{}", reconciliation.posted, pounds(expected)))?;
    print(format_args!("is in KashFlow       £{}", pounds(booked)))?;
    print(format_args!(
        "of the other orders  {} wait for a person, {} need no invoice",
        reconciliation.held, reconciliation.not_posted
    ))?;
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
