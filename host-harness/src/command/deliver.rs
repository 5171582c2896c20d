//! `harness deliver`: event files to the plugin, once each.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context;
use clap::{Args, ValueEnum};

use crate::clock::SystemClock;
use crate::connection::Connection;
use crate::dispatcher::{LoadedPlugin, deliver_now};
use crate::engine::{Export, Source};
use crate::source::{ArrivedEvent, event_id};
use crate::store::{SqliteStore, StoreError, StoreLock};
use crate::{ConnectionRuntime, DeliveryReport};

use super::plugin_loading::load;
use super::presentation::{self, Endings};

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
  7  the plugin failed")]
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
    let plugin = load(arguments.plugin.as_deref()).await?;
    let opened = Opened::new(&connection)?;
    let _lock = StoreLock::take(&connection.state_file).map_err(store_error)?;
    let mut endings = Endings::default();
    for (path, event) in events {
        let report = opened.deliver(&plugin, &event, &mut endings).await?;
        presentation::print_delivery(&path.display().to_string(), &event.event_id, &report, json)?;
    }
    endings.print(json)?;
    Ok(endings.exit_code())
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
        let report = deliver_now(plugin, &self.runtime, &self.store, event).await.map_err(store_error)?;
        endings.count(&report);
        Ok(report)
    }
}

pub(super) fn store_error(error: StoreError) -> anyhow::Error {
    anyhow::anyhow!("{}: {error:#}", error.code())
}

fn event(path: &Path, export: Export, source: Source) -> anyhow::Result<ArrivedEvent> {
    let body = std::fs::read(path).with_context(|| {
        format!("nothing was delivered, because the event {} cannot be read", path.display())
    })?;
    Ok(ArrivedEvent {
        event_id: event_id(&body),
        export,
        source,
        content_type: "application/json".to_owned(),
        occurred_at: None,
        ordering_key: None,
        traceparent: None,
        body,
    })
}
