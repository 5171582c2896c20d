//! `harness stock diff`: what both sides have of each SKU, what the next sweep would do, and the doing of it.
//!
//! The plugin's own core compares, natively and with everything read anew; nothing is written unless `--apply` asks for
//! it, which is a delivery like any other. Absent on purpose: a change of single SKUs, which would be another owner of
//! the stock.

mod applying;
mod presentation;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use plugin_core::events::{StockLine, stock_overview};
use plugin_core::finding::{Code, Finding};
use plugin_core::settings::Settings;
use tokio::runtime::Handle;
use tokio::task::spawn_blocking;

use crate::ConnectionRuntime;
use crate::clock::{Clock, SystemClock};
use crate::connection::Connection;
use crate::gateway::Unobserved;
use crate::read_only_host::ReadOnlyHost;
use crate::store::MemoryStore;

use super::deliver::Opened;
use super::progress::spinner;
use presentation::Comparison;

#[derive(Subcommand)]
pub(super) enum StockCommand {
    /// Show both sides of each SKU, and what a sweep would change; with --apply, have it changed
    #[command(after_help = "\
Examples:
  harness stock diff --connection acme-uk.toml
  harness stock diff --connection acme-uk.toml --all
  harness stock diff --connection acme-uk.toml --json
  harness stock diff --connection acme-uk.toml --apply

Everything is read anew, and nothing is changed without --apply. With it, what is shown is brought in step after it
was shown, however much it is. Ctrl-C ends that after the delivery in hand; the next sweep goes on.

Exit code: 0 all in step; 3 something differs, or waits for a person; 1 an error; 2 a wrong command line.
With --apply that of the delivery:
  0  in step, now or before
  3  partly held: a person has to look at a part of it
  4  stopped before the end: give the same command again
  5  held: correct what is named, then give the same command again
  6  dead letter: this plugin knows no such sweep
  7  the plugin failed

While a harness runs on this connection, the sweep goes into its queue, with exit code 0.")]
    Diff(DiffArguments),
}

#[derive(Args)]
pub(super) struct DiffArguments {
    /// The connection file.
    #[arg(long, value_name = "FILE")]
    connection: PathBuf,
    /// Show also what is in step, where there are many SKUs.
    #[arg(long)]
    all: bool,
    /// Bring both sides in step, after showing how they differ.
    #[arg(long)]
    apply: bool,
    /// The plugin that brings them in step, instead of the one that this workspace builds.
    #[arg(long, value_name = "FILE.wasm", requires = "apply")]
    plugin: Option<PathBuf>,
}

pub(super) async fn run(command: StockCommand, json: bool) -> anyhow::Result<ExitCode> {
    let StockCommand::Diff(arguments) = command;
    let connection = Connection::load(&arguments.connection)?;
    check_settings(&connection)?;
    let lines = compare(&connection).await?;
    let comparison = Comparison { connection: &connection.name, lines: &lines };
    if json {
        comparison.print_json()?;
    } else {
        comparison.print(arguments.all)?;
    }
    if arguments.apply {
        return applying::apply(&connection, arguments.plugin.as_deref(), json).await;
    }
    Ok(comparison.exit_code())
}

/// Names everything that is wrong with the settings before anybody is asked for anything.
fn check_settings(connection: &Connection) -> anyhow::Result<()> {
    let name = &connection.name;
    let settings = Settings::parse(&connection.settings).map_err(|findings| {
        let all: Vec<String> = findings.iter().map(ToString::to_string).collect();
        anyhow::anyhow!("the settings of the connection {name}:\n  {}", all.join("\n  "))
    })?;
    if settings.stock.is_none() {
        let message = format!(
            "the connection {name} keeps no stock in step: add `stock.seller-id`, the merchant token of Seller Central, \
             to its settings; docs/connection.example.toml has the others and the grants"
        );
        bail!("{}", Finding::new(Code::StockNotConfigured, "settings", message));
    }
    Ok(())
}

/// Asks both sides. The core is synchronous: it works where it may block.
async fn compare(connection: &Connection) -> anyhow::Result<Vec<StockLine>> {
    let runtime = runtime(connection)?;
    let mut host = ReadOnlyHost::new(runtime, connection.settings.clone(), Handle::current());
    let progress = spinner("reading KashFlow's products and Amazon's counts");
    let shown = progress.clone();
    let compared = spawn_blocking(move || {
        stock_overview(&mut host, |read, all| shown.set_message(format!("reading offers: {read} of {all}")))
    })
    .await
    .context("the stock cannot be compared")?;
    progress.finish_and_clear();
    compared.map_err(|failure| anyhow::anyhow!("{}", failure.finding))
}

/// With what the connection remembers, and with nothing where it has no store yet: looking leaves none behind.
fn runtime(connection: &Connection) -> anyhow::Result<ConnectionRuntime> {
    if connection.state_file.exists() {
        return Ok(Opened::new(connection)?.runtime);
    }
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let store = Arc::new(MemoryStore::new(Arc::clone(&clock)));
    Ok(ConnectionRuntime::for_upstreams(connection, store, clock, Arc::new(Unobserved)))
}
