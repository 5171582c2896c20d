//! `harness soak`: the harness as it runs in earnest, against twins in bad weather, killed on the way.
//!
//! The twins live in this process; `harness run` is a process of its own that is ended by SIGKILL and started
//! again. Its events come in through the webhook, those of the first minute stand in the queue already. At the
//! end the books are compared with the world. Absent on purpose: stock, and virtual time. This is about the clock on
//! the wall, the disk and the sockets.

mod figures;
mod process;
mod weather;
mod webhook;

use std::collections::HashSet;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context;
use clap::{Args, value_parser};
use serde_json::Value;

use crate::clock::{Clock, SystemClock};
use crate::connection::Connection;
use crate::reconciliation::{Arrival, Reconciliation, Settled, reconcile};
use crate::source::event_id;
use crate::store::{EventCounts, SqliteStore};
use crate::twin::world::expected_sale::{PostOn, PostingPolicy, UnknownSku};
use crate::twin::world::{World, WorldSize};
use crate::twin::{ConnectionFolder, PairOptions, TwinPair};

use super::deliver::store_error;
use super::plugin_loading::artifact_path;
use super::progress::bar;

use figures::Figures;
use process::{HarnessProcess, Places};
use weather::Weather;

/// Amazon's real usage plan reads one order every two seconds; this Amazon is more patient.
const USAGE_PLAN_FACTOR: u32 = 10_000;

/// What the connection folder of the twins configures.
const POLICY: PostingPolicy = PostingPolicy { post_on: PostOn::Shipped, unknown_sku: UnknownSku::Hold };
const SHARED_CUSTOMER: &str = "AMAZONUK";

/// Events that stand in the queue before the harness starts: how soon it works tells how it comes back after a
/// long absence.
const QUEUED_BEFORE_MAX: usize = 10_000;

/// How often what waits is hurried.
const HURRY_EVERY: Duration = Duration::from_secs(5);

/// How often progress is looked at.
const LOOK: Duration = Duration::from_millis(200);

#[derive(Args)]
#[command(after_help = "\
Examples:
  harness soak --orders 500 --kills 2 --outage-seconds 5 --hurry
  harness soak
  harness soak --orders 5000 --json

Exit code: 0 the books are right, 1 they are not or an error, 2 a wrong command line.")]
pub(super) struct SoakArguments {
    /// The world to play: the same seed gives the same orders.
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    seed: u64,
    /// How many orders the world has.
    #[arg(long, value_name = "NUMBER", default_value_t = 20_000, value_parser = value_parser!(u32).range(1..))]
    orders: u32,
    /// How often the harness is killed on the way, in the first half of the work.
    #[arg(long, value_name = "NUMBER", default_value_t = 5)]
    kills: u32,
    /// How long both services are gone, at two thirds of the work.
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    outage_seconds: u64,
    /// Deliveries that run side by side.
    #[arg(long, value_name = "NUMBER", default_value_t = 16)]
    workers: usize,
    /// When nothing else is left, let what waits for a later time come every few seconds, as an operator would.
    #[arg(long)]
    hurry: bool,
    /// Give up after this long.
    #[arg(long, value_name = "MINUTES", default_value_t = 60)]
    give_up_minutes: u64,
    /// The plugin to run, instead of the one that this workspace builds.
    #[arg(long, value_name = "FILE.wasm")]
    plugin: Option<PathBuf>,
}

pub(super) async fn run(arguments: SoakArguments, json: bool) -> anyhow::Result<ExitCode> {
    let plugin = artifact_path(arguments.plugin.as_deref())?;
    let world = World::generate(arguments.seed, WorldSize::orders(arguments.orders as usize));
    let notifications = world.notifications_without_stock();
    // Some come twice, word for word, and are one event.
    let events = notifications.iter().map(|event| event_id(event.to_string().as_bytes()));
    let events = events.collect::<HashSet<_>>().len();
    let pair = TwinPair::start(world, options()).await?;
    let folder = tempfile::tempdir().context("cannot create a temporary folder")?;
    let file = ConnectionFolder::write_without_stock(folder.path(), &pair)?.file;
    let places = Places::choose(&file, plugin, arguments.workers)?;
    let connection = Connection::load(&file)?;
    let store = SqliteStore::open(&connection.state_file, Arc::new(SystemClock)).map_err(store_error)?;

    let weather = Weather::begin(&pair);
    let soak = Soak { arguments: &arguments, events, weather, places, connection, store };
    let figures = soak.play(&notifications).await;
    // What the log says is worth more than the temporary folder.
    let figures = figures.with_context(|| soak.places.last_words())?;
    let books = pair.kashflow.books();
    // The report of the settlement is somewhere among the notifications.
    let settled = pair.with_world(|world| Settled::all(world, Arrival::AmongOrders));
    let reconciliation =
        pair.with_world(|world| reconcile(world, &POLICY, &books, SHARED_CUSTOMER, &settled));
    let problems = problems(&figures, &reconciliation);
    figures.print(&arguments, &reconciliation, &problems, json)?;
    Ok(if problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn options() -> PairOptions {
    PairOptions {
        amazon_port: 0,
        kashflow_port: 0,
        usage_plan_factor: USAGE_PLAN_FACTOR,
        clock: Arc::new(|| SystemClock.now()),
    }
}

fn problems(figures: &Figures, reconciliation: &Reconciliation) -> Vec<String> {
    let mut problems = reconciliation.problems();
    if figures.left.dead_letter > 0 {
        problems.push(format!("{} dead letters, where every event can be read", figures.left.dead_letter));
    }
    problems.extend(figures.memory_problem());
    problems
}

struct Soak<'a> {
    arguments: &'a SoakArguments,
    events: usize,
    weather: Weather<'a>,
    places: Places,
    connection: Connection,
    store: SqliteStore,
}

impl Soak<'_> {
    async fn play(&self, notifications: &[Value]) -> anyhow::Result<Figures> {
        let (before, coming) = notifications.split_at(notifications.len().min(QUEUED_BEFORE_MAX));
        webhook::queue(&self.store, &self.connection.name, before).await?;
        let begun = Instant::now();
        let process = HarnessProcess::start(&self.places)?;
        let feeding = webhook::feed(self.places.webhook(), coming);
        let working = self.work(process);
        let (fed, worked) = tokio::join!(feeding, working);
        fed?;
        let mut figures = worked?;
        figures.elapsed = begun.elapsed();
        figures.events = self.events;
        figures.deliveries = self.store.delivery_figures(&self.connection.name).await.map_err(store_error)?;
        Ok(figures)
    }

    /// Watches the work, kills the harness and takes the services away, until nothing is left to deliver.
    async fn work(&self, mut process: HarnessProcess) -> anyhow::Result<Figures> {
        let events = self.events;
        let mut figures = Figures::default();
        let progress = bar(events, "delivering");
        let mut calamities = Calamities::of(self.arguments, events);
        let mut hurry_at = Instant::now();
        let give_up = Instant::now() + Duration::from_secs(self.arguments.give_up_minutes * 60);
        loop {
            tokio::time::sleep(LOOK).await;
            process.check()?;
            anyhow::ensure!(
                Instant::now() < give_up,
                "not done in {} minutes",
                self.arguments.give_up_minutes
            );
            let counts = self.store.counts(&self.connection.name).await.map_err(store_error)?;
            let ended = ended(&counts);
            progress.set_position(ended as u64);
            figures.sample(&process);
            if process.worked_after_ms.is_none() {
                process.worked_after_ms = self.worked_after(&process).await?;
            }
            if ended >= events {
                figures.left = counts;
                break;
            }
            let only_later = counts.ready + counts.in_work == 0 && counts.delayed > 0;
            if self.arguments.hurry && only_later && Instant::now() >= hurry_at {
                self.store.make_due(&self.connection.name, None).await.map_err(store_error)?;
                hurry_at = Instant::now() + HURRY_EVERY;
            }
            if calamities.kill_is_due(ended) {
                figures.ended_process(&process);
                process.kill().await?;
                process = HarnessProcess::start(&self.places)?;
                figures.process_started();
            }
            if calamities.outage_is_due(ended) {
                self.weather.outage(Duration::from_secs(self.arguments.outage_seconds)).await;
            }
        }
        progress.finish_and_clear();
        figures.ended_process(&process);
        process.stop().await?;
        Ok(figures)
    }

    /// How long after its start the process began its first delivery.
    async fn worked_after(&self, process: &HarnessProcess) -> anyhow::Result<Option<u64>> {
        let first = self.store.first_delivery_since(process.started_at_ms).await.map_err(store_error)?;
        Ok(first.map(|first_ms| first_ms.saturating_sub(process.started_at_ms)))
    }
}

/// Events that no delivery is to come for.
fn ended(counts: &EventCounts) -> usize {
    (counts.finished + counts.held + counts.dead_letter) as usize
}

/// When what happens, by the number of events that have ended.
struct Calamities {
    kills: Vec<usize>,
    outage: Option<usize>,
}

impl Calamities {
    /// Kills in the first half, so that the last process lives long enough to show whether its memory grows.
    fn of(arguments: &SoakArguments, events: usize) -> Self {
        let kills = arguments.kills as usize;
        let step = events / 2 / kills.max(1);
        let outage = (arguments.outage_seconds > 0).then_some(events * 2 / 3);
        Calamities { kills: (1..=kills).rev().map(|kill| kill * step).collect(), outage }
    }

    fn kill_is_due(&mut self, ended: usize) -> bool {
        self.kills.pop_if(|due| ended >= *due).is_some()
    }

    fn outage_is_due(&mut self, ended: usize) -> bool {
        self.outage.take_if(|due| ended >= *due).is_some()
    }
}
