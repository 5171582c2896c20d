//! `harness settle`: settlement files that a person hands in, each seen through to its end.
//!
//! One delivery posts a part of a large settlement, and the plugin says when to go on. How far it came is in the
//! store and the plugin's state, so a command that was stopped is simply given again. Absent on purpose: what is in a
//! file, which the plugin reads.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;

use crate::Ending;
use crate::connection::Connection;
use crate::source::{ArrivedEvent, HandedIn, hand_in};
use crate::store::{StoreError, StoreLock};

use super::course::Course;
use super::deliver::{Opened, queue, store_error};
use super::interrupt::Interrupt;
use super::plugin_loading::load;
use super::presentation::Endings;

#[derive(Args)]
#[command(after_help = "\
Examples:
  harness settle 2026-11-02.txt --connection acme-uk.toml
  harness settle settlements/*.txt --connection acme-uk.toml --json
  harness settle 2026-11-02.txt.gz --connection acme-uk.toml --plugin kashflow-amazon-0.1.0.wasm

A file is the settlement report that Seller Central gives (Payments, All Statements, \"Flat File V2\"), as it
is or packed with gzip. A settlement is posted once, however often and under whichever name it is handed in.
A large one takes many deliveries. Ctrl-C ends the command after the one in hand, and the same command goes on
where it was.

Exit code, of several files the largest:
  0  settled, now or before
  1  an error: nothing was delivered, or what came of it cannot be written
  2  a wrong command line
  3  partly held: settled, and a person has to look at a part of it
  4  stopped before the end: give the same command again
  5  held: correct what is named, then give the same command again
  6  dead letter: the file is no settlement, or not all of one
  7  the plugin failed

While a harness runs on this connection, the files go into its queue, with exit code 0.")]
pub(super) struct SettleArguments {
    /// The settlement files.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The connection file.
    #[arg(long, value_name = "FILE")]
    connection: PathBuf,
    /// The plugin to call, instead of the one that this workspace builds.
    #[arg(long, value_name = "FILE.wasm")]
    plugin: Option<PathBuf>,
}

pub(super) async fn run(arguments: SettleArguments, json: bool) -> anyhow::Result<ExitCode> {
    let connection = Connection::load(&arguments.connection)?;
    // All files are read first: a missing one must not leave half of them delivered.
    let mut events = Vec::with_capacity(arguments.files.len());
    for file in &arguments.files {
        events.push((file, event(file)?));
    }
    let opened = Opened::new(&connection)?;
    let _lock = match StoreLock::take(&connection.state_file) {
        Ok(lock) => lock,
        Err(StoreError::InUse { process, .. }) => return queue(&opened, &events, &process, json).await,
        Err(error) => return Err(store_error(error)),
    };
    let plugin = load(arguments.plugin.as_deref()).await?;
    let mut interrupt = Interrupt::listen()?;
    let mut endings = Endings::default();
    let mut left = 0;
    for (file, event) in &events {
        let name = file.display().to_string();
        if !interrupt.goes_on().await {
            endings.count(Ending::Retry);
            left += 1;
            continue;
        }
        let course = Course::of(&opened, &plugin, event, &name, &mut interrupt).await?;
        course.print(&name, &event.event_id, json)?;
        endings.count(course.ending());
        left += usize::from(course.comes_again);
    }
    endings.print(json)?;
    if left > 0 {
        let all = events.len();
        eprintln!("stopped with {left} of {all} files not settled: the same command goes on where it was");
    }
    Ok(endings.exit_code())
}

fn event(file: &Path) -> anyhow::Result<ArrivedEvent> {
    let name = file.display();
    let handed_in = hand_in(file).with_context(|| {
        format!("nothing was delivered, because the settlement file {name} cannot be read")
    })?;
    match handed_in {
        HandedIn::Settlement(event) | HandedIn::Other(event) => Ok(event),
        HandedIn::TooLarge { most } => anyhow::bail!(
            "nothing was delivered, because the file {name} is larger than {most} bytes: no settlement of Amazon's is, \
             so look at what it is"
        ),
    }
}
