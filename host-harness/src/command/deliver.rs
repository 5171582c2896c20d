//! `harness deliver`: event files to the plugin, once each.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context;
use clap::{Args, ValueEnum};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::ConnectionRuntime;
use crate::clock::SystemClock;
use crate::connection::Connection;
use crate::engine::{Delivery, Export, Source};

use super::plugin_loading::load;
use super::presentation::{self, Ending};

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
    let runtime = ConnectionRuntime::open(&connection, Arc::new(SystemClock))
        .map_err(|error| anyhow::anyhow!("{}: {error:#}", error.code()))?;
    let mut endings: BTreeMap<Ending, usize> = BTreeMap::new();
    for (path, delivery) in deliveries {
        let report = host
            .deliver_and_park(&runtime, arguments.export.into(), &delivery)
            .await
            .map_err(|error| anyhow::anyhow!("{}: {error:#}", error.code()))?;
        *endings.entry(Ending::of(&report)).or_default() += 1;
        presentation::print_delivery(&path.display().to_string(), &delivery.event_id, &report, json)?;
    }
    presentation::print_endings(arguments.events.len(), &endings, json)?;
    Ok(ExitCode::from(endings.keys().map(|ending| ending.exit_code()).max().unwrap_or_default()))
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

/// A notification names itself; anything else is named by its content.
pub(super) fn event_id(body: &[u8]) -> String {
    let notification: Option<Value> = serde_json::from_slice(body).ok();
    let id = notification.as_ref().and_then(|value| {
        let metadata = value.get("NotificationMetadata").or_else(|| value.get("notificationMetadata"))?;
        metadata.get("NotificationId").or_else(|| metadata.get("notificationId"))?.as_str()
    });
    match id {
        Some(id) => id.to_owned(),
        None => Sha256::digest(body).iter().take(16).map(|byte| format!("{byte:02x}")).collect(),
    }
}
