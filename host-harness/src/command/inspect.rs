//! `harness inspect`: what a plugin is, before anybody runs it.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::engine::Description;

use super::plugin_loading::{artifact_path, host, read};

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
    let plugin = host(&path, &bytes)?.plugin;
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
        println!(
            "{}",
            json!({
                "name": description.name, "version": description.version, "file": path, "bytes": bytes.len(),
                "sha256": digest, "subscriptions": description.subscriptions, "capabilities": capabilities,
                "exports": interfaces.exports, "imports": interfaces.imports,
            })
        );
    } else {
        print_description(&description);
        println!("size           {} KiB\nsha256         {digest}", bytes.len().div_ceil(1024));
        print_list("exports", &interfaces.exports);
        print_list("imports", &interfaces.imports);
    }
    Ok(ExitCode::SUCCESS)
}

fn print_description(description: &Description) {
    println!("{} {}", description.name, description.version);
    print_list("subscriptions", &description.subscriptions);
    let capabilities: Vec<String> = description
        .capabilities
        .iter()
        .map(|capability| {
            format!("{} {}: {}", capability.methods.join(", "), capability.host, capability.reason)
        })
        .collect();
    print_list("powers", &capabilities);
}

fn print_list(title: &str, items: &[String]) {
    for (index, item) in items.iter().enumerate() {
        println!("{:<14} {item}", if index == 0 { title } else { "" });
    }
}
