//! The subcommands of `harness`, one file each. They put the library's parts together and show results.

mod build;
mod check;
mod course;
mod deliver;
mod demo;
mod events;
mod inspect;
mod interrupt;
mod parked;
mod plugin_loading;
mod presentation;
mod progress;
mod reconcile;
mod rules;
mod run;
mod settle;
mod simulate;
mod soak;
mod status;
mod stock;
mod twin;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::telemetry::TelemetryFlags;

pub use crate::reconciliation::{OrderResult, Reconciliation, reconcile};

/// Hosts the Amazon-to-KashFlow plugin: builds it, runs it against twins of both services or the real
/// ones, and shows what it did.
#[derive(Parser)]
#[command(name = "harness", version, after_help = EXAMPLES)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
    /// Print results as JSON on standard output.
    #[arg(long, global = true)]
    json: bool,
}

const EXAMPLES: &str = "\
Examples:
  harness demo
  harness simulate --seeds 100
  harness twin --write ./twin --events 20
  harness check --connection twin/connection.toml
  harness deliver twin/events/*.json --connection twin/connection.toml
  harness settle settlement.txt --connection acme-uk.toml
  harness stock diff --connection twin/connection.toml
  harness run --connection twin/connection.toml
  harness status --connection twin/connection.toml
  harness holds list --connection twin/connection.toml
  harness inspect

In the workspace, `cargo harness` stands for `harness`.
Logs go to standard error; HARNESS_LOG=host_harness=debug shows each call.";

#[derive(Subcommand)]
enum Command {
    /// Run the whole job against the twins: orders become invoices, and the books are checked
    Demo(demo::DemoArguments),
    /// Play seeds of a world in which everything goes wrong, and compare the books
    Simulate(simulate::SimulateArguments),
    /// Run for real against twins in bad weather, kill it on the way, and compare the books
    Soak(soak::SoakArguments),
    /// Build the plugin's artifact, ready to upload
    #[command(after_help = "Examples:\n  harness build\n  harness build --json")]
    Build,
    /// Run both twins in the foreground, for any client to use
    Twin(twin::TwinArguments),
    /// Deliver event files once and show what came of them
    Deliver(deliver::DeliverArguments),
    /// Hand in settlement files, and see each through until it is settled
    Settle(settle::SettleArguments),
    /// Compare the stock of both sides, and bring them in step: diff
    #[command(subcommand)]
    Stock(stock::StockCommand),
    /// Run for real: take events from the sources, deliver them, until it is told to stop
    Run(run::RunArguments),
    /// Look after the events that are held: list, show, release, discard
    #[command(subcommand)]
    Holds(parked::HoldsCommand),
    /// Look after the events that no delivery could handle: list, show, retry, discard
    #[command(subcommand)]
    DeadLetters(parked::DeadLettersCommand),
    /// Show what arrived and what became of it: list, show
    #[command(subcommand)]
    Events(events::EventsCommand),
    /// Show how a connection stands: what waits, what is held, who delivers
    Status(status::StatusArguments),
    /// Prove a settlement, posted or not: every row, every posting, equal figures
    Reconcile(reconcile::ReconcileArguments),
    /// Show the rules by which settlements are posted: list, explain
    #[command(subcommand)]
    Rules(rules::RulesCommand),
    /// Check a connection: settings, credentials, and what KashFlow has to hold for them
    Check(check::CheckArguments),
    /// Show what a plugin is: version, contract, powers, size
    Inspect(inspect::InspectArguments),
}

impl Arguments {
    /// How this command logs: a command that shows results keeps quiet, one that runs for long tells what it does.
    pub fn telemetry(&self) -> (TelemetryFlags, &'static str) {
        match &self.command {
            Command::Run(arguments) => (arguments.telemetry.clone(), "warn,host_harness=info,plugin=info"),
            _ => (TelemetryFlags::default(), "warn"),
        }
    }
}

pub async fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let json = arguments.json;
    match arguments.command {
        Command::Demo(arguments) => demo::run(arguments, json).await,
        Command::Simulate(arguments) => simulate::run(arguments, json).await,
        Command::Build => build::run(json),
        Command::Twin(arguments) => twin::run(arguments, json).await,
        Command::Deliver(arguments) => deliver::run(arguments, json).await,
        Command::Settle(arguments) => settle::run(arguments, json).await,
        Command::Stock(command) => stock::run(command, json).await,
        Command::Run(arguments) => run::run(arguments, json).await,
        Command::Soak(arguments) => soak::run(arguments, json).await,
        Command::Holds(command) => parked::holds(command, json).await,
        Command::DeadLetters(command) => parked::dead_letters(command, json).await,
        Command::Events(command) => events::run(command, json).await,
        Command::Status(arguments) => status::run(arguments, json).await,
        Command::Reconcile(arguments) => reconcile::run(arguments, json).await,
        Command::Rules(command) => rules::run(command, json),
        Command::Check(arguments) => check::run(arguments, json).await,
        Command::Inspect(arguments) => inspect::run(arguments, json).await,
    }
}
