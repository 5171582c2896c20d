//! `harness demo`: the whole job, offline, in seconds.
//!
//! A seeded world of orders stands behind both twins; its notifications are delivered to the component, some of them
//! twice, and then the settlement that pays for the orders. Everything is delivered once more, and the books are
//! compared with the world.

mod clearing;
mod presentation;
mod round;
mod stock;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context;
use clap::{Args, value_parser};
use serde_json::Value;

use crate::ConnectionRuntime;
use crate::clock::{Clock, ManualClock};
use crate::connection::Connection;
use crate::reconciliation::{Arrival, BooksSnapshot, Reconciliation, Settled, reconcile_snapshot};
use crate::twin::world::expected_sale::{PostOn, PostingPolicy, UnknownSku};
use crate::twin::world::{World, WorldSize};
use crate::twin::{ConnectionFolder, PairOptions, TwinPair};

use super::plugin_loading::load;

use round::{Postman, Round};

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

/// What came of everything.
struct Played {
    orders: Round,
    settlements: Round,
    /// The second delivery of all events.
    again: Round,
    books: BooksSnapshot,
    /// Documents that the second delivery made. There must be none.
    new_documents: usize,
    reconciliation: Reconciliation,
    problems: Vec<String>,
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
    let notifications = Notifications::of(&world);
    let pair = TwinPair::start(world, options).await?;
    let folder = tempfile::tempdir().context("cannot create a temporary folder")?;
    let file = ConnectionFolder::write(folder.path(), &pair)?.file;
    let connection = Connection::load(&file)?;
    let (runtime, _store) = ConnectionRuntime::open(&connection, Arc::clone(&clock) as Arc<dyn Clock>)?;
    let postman = Postman { host: &host, runtime: &runtime, clock: &clock };

    let mut played = play(&postman, &notifications, &pair).await;
    let stocked = stock::play(&postman, &pair).await;
    played.problems.extend(stocked.problems.iter().cloned());
    if json {
        presentation::print_json(&arguments, &played, &stocked)?;
    } else {
        presentation::print_text(&arguments, &played, &stocked)?;
    }
    Ok(if played.problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What Amazon tells, in the order in which it is delivered.
struct Notifications {
    /// All but the reports of settlements, and but Amazon's counts of stock, which would move levels beside the orders.
    orders: Vec<Value>,
    /// The settlements come when the orders are in the books, as they do at the end of a fortnight.
    settlements: Vec<Value>,
}

impl Notifications {
    fn of(world: &World) -> Self {
        let reports = world.settlement_reports();
        let settlements: Vec<Value> =
            reports.iter().map(|(report, _)| world.report_notification(report)).collect();
        let mut orders = world.notifications_without_stock();
        orders.retain(|notification| !settlements.contains(notification));
        Notifications { orders, settlements }
    }
}

async fn play(postman: &Postman<'_>, notifications: &Notifications, pair: &TwinPair) -> Played {
    let orders = postman.deliver_all(&notifications.orders, "delivering notifications").await;
    let settlements = postman.deliver_all(&notifications.settlements, "delivering settlements  ").await;
    let books = pair.kashflow.books();
    let (rendered, first_books) = (books.render_with_identifiers(), BooksSnapshot::of(&books));
    let mut again = postman.deliver_all(&notifications.orders, "delivering all again    ").await;
    again.add(postman.deliver_all(&notifications.settlements, "delivering all again    ").await);

    let books_now = BooksSnapshot::of(&books);
    let reconciliation = pair.with_world(|world| {
        let settled = Settled::all(world, Arrival::AfterOrders);
        reconcile_snapshot(world, &POLICY, &books_now, SHARED_CUSTOMER, &settled)
    });
    let mut problems = reconciliation.problems();
    for round in [&orders, &settlements, &again] {
        problems.extend(round.problems.iter().cloned());
    }
    if books.render_with_identifiers() != rendered {
        problems.push("the second delivery of every event changed the books".to_owned());
    }
    let new_documents = books_now.documents().saturating_sub(first_books.documents());
    Played { orders, settlements, again, books: books_now, new_documents, reconciliation, problems }
}
