//! `harness status`: how a connection stands, at a glance.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use serde_json::json;

use crate::connection::Connection;
use crate::store::{EventCounts, StoreLock};

use super::deliver::{Opened, store_error};
use super::presentation::{print, table, time};

#[derive(Args)]
#[command(after_help = "\
Examples:
  harness status --connection acme-uk.toml
  harness status --connection acme-uk.toml --json

Exit code: 0 nothing waits for a person, 3 something does, 1 an error, 2 a wrong command line.")]
pub(super) struct StatusArguments {
    /// The connection file.
    #[arg(long, value_name = "FILE")]
    connection: PathBuf,
}

/// Something waits for a person.
const NEEDS_A_PERSON: u8 = 3;

pub(super) async fn run(arguments: StatusArguments, json: bool) -> anyhow::Result<ExitCode> {
    let connection = Connection::load(&arguments.connection)?;
    let process = StoreLock::holder(&connection.state_file).map_err(store_error)?;
    let opened = Opened::new(&connection)?;
    let counts = opened.store.counts(&connection.name).await.map_err(store_error)?;
    if json {
        print(json!({
            "connection": connection.name.as_str(), "deliveredByProcess": process,
            "ready": counts.ready, "delayed": counts.delayed, "inWork": counts.in_work, "held": counts.held,
            "deadLetters": counts.dead_letter, "finished": counts.finished,
            "oldestReadySince": counts.oldest_ready_ms.map(time),
        }))?;
    } else {
        print_counts(&connection, process.as_deref(), &counts)?;
    }
    let waits = counts.held + counts.dead_letter > 0;
    Ok(if waits { ExitCode::from(NEEDS_A_PERSON) } else { ExitCode::SUCCESS })
}

fn print_counts(connection: &Connection, process: Option<&str>, counts: &EventCounts) -> anyhow::Result<()> {
    match process {
        Some(process) => {
            print(format_args!("connection {}: delivered by process {process}", connection.name))?;
        }
        None => print(format_args!("connection {}: nothing delivers; start `harness run`", connection.name))?,
    }
    let mut rows = table(&["ready", "delayed", "in work", "held", "dead letters", "finished"]);
    rows.add_row([
        counts.ready,
        counts.delayed,
        counts.in_work,
        counts.held,
        counts.dead_letter,
        counts.finished,
    ]);
    print(rows)?;
    if let Some(oldest_ready_ms) = counts.oldest_ready_ms {
        print(format_args!("the oldest ready event waits since {}", time(oldest_ready_ms)))?;
    }
    if counts.held > 0 {
        print("held events wait for a person: `harness holds list` says what for")?;
    }
    if counts.dead_letter > 0 {
        print("dead letters wait for a person: `harness dead-letters list` says why")?;
    }
    Ok(())
}
