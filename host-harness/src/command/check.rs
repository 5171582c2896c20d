//! `harness check`: everything that is wrong with a connection, at once.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use serde_json::{Value, json};

use crate::ConnectionRuntime;
use crate::clock::{Clock, SystemClock};
use crate::connection::Connection;
use crate::store::MemoryStore;

use super::plugin_loading::load;
use super::presentation::{call_error_line, finding_json, print, table};
use super::progress::spinner;

#[derive(Args)]
#[command(after_help = "\
Examples:
  harness check --connection acme-uk.toml
  harness check --connection acme-uk.toml --json

Exit code: 0 nothing to correct, 1 something to correct or an error,
2 a wrong command line.")]
pub(super) struct CheckArguments {
    /// The connection file.
    #[arg(long, value_name = "FILE")]
    connection: PathBuf,
    /// The plugin to ask, instead of the one that this workspace builds.
    #[arg(long, value_name = "FILE.wasm")]
    plugin: Option<PathBuf>,
}

pub(super) async fn run(arguments: CheckArguments, json: bool) -> anyhow::Result<ExitCode> {
    let connection = Connection::load(&arguments.connection)?;
    let host = load(arguments.plugin.as_deref()).await?.host;
    // In memory: a check must not leave anything behind, and must not wait for a running harness.
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let store = Arc::new(MemoryStore::new(Arc::clone(&clock)));
    let runtime = ConnectionRuntime::with_store(&connection, store, clock);
    let spinner = spinner("asking KashFlow");
    let findings = host.plugin.check_connection(&runtime).await.result;
    spinner.finish_and_clear();
    let findings = findings.map_err(|error| anyhow::anyhow!(call_error_line(&error)))?;
    if json {
        let findings: Vec<Value> = findings.iter().map(finding_json).collect();
        print(json!({"connection": connection.name.as_str(), "findings": findings}))?;
    } else if findings.is_empty() {
        print(format_args!("connection {}: nothing to correct, events can be delivered", connection.name))?;
    } else {
        let mut table = table(&["code", "what is wrong, and what to do"]);
        for finding in &findings {
            table.add_row([&finding.code, &format!("{}\n{}", finding.subject, finding.message)]);
        }
        print(format_args!("{table}\nconnection {}: {} to correct", connection.name, findings.len()))?;
    }
    Ok(if findings.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
