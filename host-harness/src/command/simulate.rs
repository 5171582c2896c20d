//! `harness simulate`: seeds of a world in which everything goes wrong, and whether the books are right in
//! the end.
//!
//! Two seeds are played at a time, each on a thread of its own. What is shown of a failure is the seed, what
//! is wrong, and the command that plays it again. Absent on purpose: the simulation (`crate::simulation`).

mod telling;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Context;
use clap::{Args, value_parser};
use indicatif::ProgressBar;

use crate::Host;
use crate::simulation::{SeedReport, SimulationOptions, Tally, run_seed};

use super::plugin_loading::load;
use super::progress::bar;

/// Seeds that are played at a time.
const SEEDS_AT_A_TIME: usize = 2;

#[derive(Args, Clone)]
#[command(after_help = "\
Examples:
  harness simulate
  harness simulate --seeds 2000 --first-seed 1
  harness simulate --seed 17 --trace
  harness simulate --seeds 100 --json

A seed draws its own size, policy, machines and weather.
HARNESS_LOG shows the host's logs, which are silent here otherwise.

Exit code: 0 the books are right in every seed, 1 they are not or an error,
2 a wrong command line.")]
pub(super) struct SimulateArguments {
    /// How many seeds to play.
    #[arg(long, value_name = "NUMBER", default_value_t = 50, value_parser = value_parser!(u64).range(1..))]
    seeds: u64,
    /// The first of them.
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    first_seed: u64,
    /// Play this seed alone.
    #[arg(long, value_name = "NUMBER", conflicts_with_all = ["seeds", "first_seed"])]
    seed: Option<u64>,
    /// How many orders each world has, instead of what the seed draws.
    #[arg(long, value_name = "NUMBER", value_parser = value_parser!(u32).range(1..=1000))]
    orders: Option<u32>,
    /// Show what happened to the orders that are wrong; to all orders of a single seed that is right.
    #[arg(long)]
    trace: bool,
    /// The plugin to play with, instead of the one that this workspace builds.
    #[arg(long, value_name = "FILE.wasm")]
    plugin: Option<PathBuf>,
}

/// What came of all seeds.
struct Played {
    seeds: u64,
    orders: u64,
    tally: Tally,
    /// The reports that are shown: of seeds that are wrong, and of a single one.
    shown: Vec<SeedReport>,
    elapsed: Duration,
}

impl Played {
    fn failed(&self) -> impl Iterator<Item = &SeedReport> {
        self.shown.iter().filter(|report| !report.problems.is_empty())
    }
}

pub(super) async fn run(arguments: SimulateArguments, json: bool) -> anyhow::Result<ExitCode> {
    let host = load(arguments.plugin.as_deref()).await?.host;
    let playing = arguments.clone();
    // A seed makes a runtime of its own, which must not be made within this one.
    let played = tokio::task::spawn_blocking(move || play(&host, &playing));
    let played = played.await.context("the simulation ended in the middle")??;
    if json {
        telling::print_json(&arguments, &played)?;
    } else {
        telling::print_text(&arguments, &played)?;
    }
    Ok(if played.failed().next().is_none() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn play(host: &Host, arguments: &SimulateArguments) -> anyhow::Result<Played> {
    let (first, seeds) = match arguments.seed {
        Some(seed) => (seed, 1),
        None => (arguments.first_seed, arguments.seeds),
    };
    let start = Instant::now();
    let progress = bar(usize::try_from(seeds).unwrap_or(usize::MAX), "playing seeds");
    let played = Mutex::new(Played {
        seeds,
        orders: 0,
        tally: Tally::default(),
        shown: Vec::new(),
        elapsed: Duration::ZERO,
    });
    let next = AtomicU64::new(0);
    let player = Player { host, arguments, progress: &progress, played: &played };
    std::thread::scope(|scope| {
        let threads = (0..SEEDS_AT_A_TIME).map(|_| {
            scope.spawn(|| {
                loop {
                    let place = next.fetch_add(1, Ordering::Relaxed);
                    if place >= seeds {
                        return Ok(());
                    }
                    player.play(first.wrapping_add(place))?;
                }
            })
        });
        let threads: Vec<_> = threads.collect();
        threads.into_iter().try_for_each(|thread| thread.join().unwrap_or_else(|_| panicked("a thread")))
    })?;
    progress.finish_and_clear();
    let mut played = played.into_inner().unwrap_or_else(PoisonError::into_inner);
    played.shown.sort_by_key(|report| report.seed);
    played.elapsed = start.elapsed();
    Ok(played)
}

struct Player<'a> {
    host: &'a Host,
    arguments: &'a SimulateArguments,
    progress: &'a ProgressBar,
    played: &'a Mutex<Played>,
}

impl Player<'_> {
    /// On a thread that is named after the seed: a panic then tells which one it was.
    fn play(&self, seed: u64) -> anyhow::Result<()> {
        let SimulateArguments { orders, trace, seed: single, .. } = self.arguments;
        let orders = orders.map(|orders| orders as usize);
        let options = SimulationOptions { seed, orders, keeps_trace: *trace };
        let report = std::thread::scope(|scope| {
            let played = || quietly(|| run_seed(self.host, options));
            let thread =
                std::thread::Builder::new().name(format!("seed {seed}")).spawn_scoped(scope, played)?;
            thread.join().unwrap_or_else(|_| panicked(&format!("seed {seed}")))
        });
        let report = report.with_context(|| format!("cannot play seed {seed}"))?;
        let mut played = self.played.lock().unwrap_or_else(PoisonError::into_inner);
        played.orders += report.orders as u64;
        played.tally.add(&report.tally);
        if !report.problems.is_empty() {
            self.progress.println(format!("seed {seed} is wrong"));
        }
        if !report.problems.is_empty() || single.is_some() {
            played.shown.push(report);
        }
        self.progress.inc(1);
        Ok(())
    }
}

fn panicked<T>(who: &str) -> anyhow::Result<T> {
    Err(anyhow::anyhow!("{who} panicked: the simulation or a twin is broken, see above"))
}

/// Thousands of simulated failures would bury everything else, so the log is for who asks for it.
fn quietly<T>(work: impl FnOnce() -> T) -> T {
    if std::env::var_os("HARNESS_LOG").is_some() {
        return work();
    }
    tracing::subscriber::with_default(tracing::subscriber::NoSubscriber::new(), work)
}
