//! `harness deliver`: event files to the plugin, once each.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context;
use chrono::SecondsFormat;
use clap::{Args, ValueEnum};
use serde_json::json;

use crate::clock::{Clock, SystemClock};
use crate::connection::Connection;
use crate::dispatcher::{LoadedPlugin, deliver_now};
use crate::engine::{Export, Source};
use crate::source::{ArrivedEvent, Taken, arrived_event};
use crate::store::{SqliteStore, StoreError, StoreLock};
use crate::{ConnectionRuntime, DeliveryReport, Ending};

use super::plugin_loading::load;
use super::presentation::{self, Endings, print};

#[derive(Args)]
#[command(after_help = "\
Examples:
  harness deliver order.json --connection acme-uk.toml
  harness deliver events/*.json --connection acme-uk.toml --json
  harness deliver sweep.json --source schedule --connection acme-uk.toml

Exit code, of several events the largest:
  0  finished: completed, already done, or nothing to do
  1  an error: nothing was delivered, or what came of it cannot be written
  2  a wrong command line
  3  partly held: a person has to look at a part of it
  4  retry: deliver it again later
  5  held: correct what is named, then deliver it again
  6  dead letter: no repetition can help
  7  the plugin failed

While a harness runs on this connection, the events go into its queue, with exit code 0.")]
pub(super) struct DeliverArguments {
    /// The event files, each with the body of one event.
    #[arg(required = true, value_name = "EVENT.json")]
    events: Vec<PathBuf>,
    /// The connection file.
    #[arg(long, value_name = "FILE")]
    connection: PathBuf,
    /// Which event of the plugin is called.
    #[arg(long, value_enum, default_value_t = ExportName::OnOrder)]
    export: ExportName,
    /// Where the plugin is told that the event comes from: a sweep by hand is a `schedule`.
    #[arg(long, value_enum, default_value_t = SourceName::Upload)]
    source: SourceName,
    /// The plugin to call, instead of the one that this workspace builds.
    #[arg(long, value_name = "FILE.wasm")]
    plugin: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum SourceName {
    Upload,
    Schedule,
}

impl From<SourceName> for Source {
    fn from(name: SourceName) -> Self {
        match name {
            SourceName::Upload => Source::Upload,
            SourceName::Schedule => Source::Schedule,
        }
    }
}

#[derive(Clone, Copy, ValueEnum)]
#[expect(clippy::enum_variant_names, reason = "the names are those of the contract")]
enum ExportName {
    OnOrder,
    OnFinancialEvent,
    OnInventory,
}

impl From<ExportName> for Export {
    fn from(name: ExportName) -> Self {
        match name {
            ExportName::OnOrder => Export::OnOrder,
            ExportName::OnFinancialEvent => Export::OnFinancialEvent,
            ExportName::OnInventory => Export::OnInventory,
        }
    }
}

pub(super) async fn run(arguments: DeliverArguments, json: bool) -> anyhow::Result<ExitCode> {
    let connection = Connection::load(&arguments.connection)?;
    // All files are read first: a missing one must not leave half of them delivered.
    let mut events = Vec::with_capacity(arguments.events.len());
    for path in &arguments.events {
        events.push((path, event(path, arguments.export.into(), arguments.source.into())?));
    }
    let opened = Opened::new(&connection)?;
    let _lock = match StoreLock::take(&connection.state_file) {
        Ok(lock) => lock,
        Err(StoreError::InUse { process, .. }) => return queue(&opened, &events, &process, json).await,
        Err(error) => return Err(store_error(error)),
    };
    let plugin = load(arguments.plugin.as_deref()).await?;
    let mut endings = Endings::default();
    for (path, event) in events {
        let report = opened.deliver(&plugin, &event, &mut endings).await?;
        presentation::print_delivery(&path.display().to_string(), &event.event_id, &report, json)?;
    }
    endings.print(json)?;
    Ok(endings.exit_code())
}

/// Leaves the delivery to the harness that delivers out of this store.
pub(super) async fn queue(
    opened: &Opened,
    events: &[(&PathBuf, ArrivedEvent)],
    process: &str,
    json: bool,
) -> anyhow::Result<ExitCode> {
    for (path, event) in events {
        let taken = opened.store.take_in(&opened.runtime.name, event).await.map_err(store_error)?;
        let duplicate = taken == Taken::Duplicate;
        if json {
            print(json!({"file": path, "queued": event.event_id, "duplicate": duplicate}))?;
            continue;
        }
        let what = if duplicate { "was there before, with" } else { "is in the queue of" };
        let path = path.display();
        print(format_args!("{path}: {} {what} the harness that runs (process {process})", event.event_id))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// A connection with its store, for a command that delivers or looks at what was delivered.
pub(super) struct Opened {
    pub runtime: ConnectionRuntime,
    pub store: Arc<SqliteStore>,
}

impl Opened {
    pub(super) fn new(connection: &Connection) -> anyhow::Result<Self> {
        let (runtime, store) =
            ConnectionRuntime::open(connection, Arc::new(SystemClock)).map_err(store_error)?;
        Ok(Opened { runtime, store })
    }

    /// Delivers an event once, keeps what came of it, and counts how it ended.
    pub(super) async fn deliver(
        &self,
        plugin: &LoadedPlugin,
        event: &ArrivedEvent,
        endings: &mut Endings,
    ) -> anyhow::Result<DeliveryReport> {
        let delivered = deliver_now(plugin, &self.runtime, &self.store, event).await.map_err(store_error)?;
        endings.count(Ending::of(&delivered.report.result));
        Ok(delivered.report)
    }
}

pub(super) fn store_error(error: StoreError) -> anyhow::Error {
    anyhow::anyhow!("{}: {error:#}", error.code())
}

fn event(path: &Path, export: Export, source: Source) -> anyhow::Result<ArrivedEvent> {
    let body = std::fs::read(path).with_context(|| {
        format!("nothing was delivered, because the event {} cannot be read", path.display())
    })?;
    // An old file is no old event: whoever delivers it means it now.
    let event = ArrivedEvent { export, occurred_at: None, ..arrived_event(body, source, None) };
    Ok(match source {
        // The same sweep twice is two sweeps.
        Source::Schedule => {
            let now = SystemClock.now().to_rfc3339_opts(SecondsFormat::Millis, true);
            let file = path.file_name().unwrap_or_default().to_string_lossy();
            ArrivedEvent { event_id: format!("schedule/by-hand/{now}/{file}"), ..event }
        }
        _ => event,
    })
}
