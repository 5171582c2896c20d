//! `harness inspect`: what a plugin is, before anybody runs it.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use comfy_table::presets::NOTHING;
use comfy_table::{ContentArrangement, Table};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::engine::Description;

use super::plugin_loading::{artifact_path, load_file, read};
use super::presentation::{TABLE_COLUMNS, print};

#[derive(Args)]
#[command(after_help = "Examples:\n  harness inspect\n  harness inspect kashflow-amazon-0.1.0.wasm --json")]
pub(super) struct InspectArguments {
    /// The plugin, instead of the one that this workspace builds.
    #[arg(value_name = "FILE.wasm")]
    plugin: Option<PathBuf>,
}

pub(super) async fn run(arguments: InspectArguments, json: bool) -> anyhow::Result<ExitCode> {
    let path = artifact_path(arguments.plugin.as_deref())?;
    let bytes = read(&path)?;
    let plugin = load_file(&path).await?.host.plugin;
    let description = plugin.describe().await?;
    let digest: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    let interfaces = plugin.interfaces();
    if json {
        let capabilities: Vec<Value> = description
            .capabilities
            .iter()
            .map(|capability| {
                json!({"host": capability.host, "methods": capability.methods, "reason": capability.reason})
            })
            .collect();
        print(json!({
            "name": description.name, "version": description.version, "file": path, "bytes": bytes.len(),
            "sha256": digest, "subscriptions": description.subscriptions, "capabilities": capabilities,
            "exports": interfaces.exports, "imports": interfaces.imports,
        }))?;
    } else {
        let mut lists = Table::new();
        lists
            .load_style(NOTHING)
            .set_content_arrangement(ContentArrangement::Dynamic)
            .set_width(TABLE_COLUMNS);
        add(&mut lists, "subscriptions", &description.subscriptions);
        add(&mut lists, "powers", &powers(&description));
        add(&mut lists, "size", &[format!("{} KiB", bytes.len().div_ceil(1024))]);
        add(&mut lists, "sha256", &[digest]);
        add(&mut lists, "exports", &interfaces.exports);
        add(&mut lists, "imports", &interfaces.imports);
        // A digest fits beside its title, whole.
        for (column, space_after) in lists.column_iter_mut().zip([2, 0]) {
            column.set_padding((0, space_after));
        }
        print(format_args!("{} {}\n{}", description.name, description.version, lists.trim_fmt()))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn powers(description: &Description) -> Vec<String> {
    description
        .capabilities
        .iter()
        .map(|capability| {
            format!("{} {}: {}", capability.methods.join(", "), capability.host, capability.reason)
        })
        .collect()
}

/// The title stands beside the first item only.
fn add(lists: &mut Table, title: &str, items: &[String]) {
    for (index, item) in items.iter().enumerate() {
        lists.add_row([if index == 0 { title } else { "" }, item]);
    }
}
