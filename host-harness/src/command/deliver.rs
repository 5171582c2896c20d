//! `harness deliver`: event files to the plugin, once each.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context;
use clap::{Args, ValueEnum};

use crate::clock::SystemClock;
use crate::connection::Connection;
use crate::engine::{Delivery, Export, Source};
use crate::source::event_id;
use crate::store::StoreError;
use crate::{ConnectionRuntime, DeliveryReport, Host};

use super::plugin_loading::load;
use super::presentation::{self, Endings};

#[derive(Args)]
#[command(after_help = "\
Examples:
  harness deliver order.json --connection acme-uk.toml
  harness deliver events/*.json --connection acme-uk.toml --json

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
    /// The plugin to call, instead of the one that this workspace builds.
    #[arg(long, value_name = "FILE.wasm")]
    plugin: Option<PathBuf>,
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
    let mut deliveries = Vec::with_capacity(arguments.events.len());
    for path in &arguments.events {
        deliveries.push((path, delivery(path)?));
    }
    let host = load(arguments.plugin.as_deref())?;
    let runtime = open(&connection)?;
    let mut endings = Endings::default();
    for (path, delivery) in deliveries {
        let report = deliver_once(&host, &runtime, arguments.export.into(), &delivery, &mut endings).await?;
        presentation::print_delivery(&path.display().to_string(), &delivery.event_id, &report, json)?;
    }
    endings.print(json)?;
    Ok(endings.exit_code())
}

pub(super) fn open(connection: &Connection) -> anyhow::Result<ConnectionRuntime> {
    ConnectionRuntime::open(connection, Arc::new(SystemClock)).map_err(store_error)
}

/// Delivers an event once, parks it where it has to wait, and counts how it ended.
pub(super) async fn deliver_once(
    host: &Host,
    runtime: &ConnectionRuntime,
    export: Export,
    delivery: &Delivery,
    endings: &mut Endings,
) -> anyhow::Result<DeliveryReport> {
    let report = host.deliver_and_park(runtime, export, delivery).await.map_err(store_error)?;
    endings.count(&report);
    Ok(report)
}

pub(super) fn store_error(error: StoreError) -> anyhow::Error {
    anyhow::anyhow!("{}: {error:#}", error.code())
}

fn delivery(path: &Path) -> anyhow::Result<Delivery> {
    let body = std::fs::read(path).with_context(|| {
        format!("nothing was delivered, because the event {} cannot be read", path.display())
    })?;
    Ok(Delivery {
        event_id: event_id(&body),
        source: Source::Upload,
        content_type: "application/json".to_owned(),
        occurred_at: None,
        attempt: 1,
        body,
    })
}
