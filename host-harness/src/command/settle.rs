//! `harness settle`: settlement files that a person hands in, each seen through to its end.
//!
//! One delivery posts a part of a large settlement, and the plugin says when to go on. How far it came is in the
//! store and the plugin's state, so a command that was stopped is simply given again. Absent on purpose: what is in a
//! file, which the plugin reads.

mod interrupt;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use clap::Args;
use indicatif::ProgressBar;

use crate::clock::{Clock, SystemClock};
use crate::connection::Connection;
use crate::dispatcher::{Delivered, LoadedPlugin, deliver_next, deliver_now};
use crate::engine::Failure;
use crate::source::{ArrivedEvent, HandedIn, hand_in};
use crate::store::{After, StoreError, StoreLock};
use crate::{DeliveryReport, Ending};

use super::deliver::{Opened, queue, store_error};
use super::plugin_loading::load;
use super::presentation::{self, Endings, print};
use super::progress::spinner;
use interrupt::Interrupt;

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
        print_course(&name, &event.event_id, &course, json)?;
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

/// What became of one file on its way through any number of deliveries.
struct Course {
    /// Of the last delivery.
    report: DeliveryReport,
    deliveries: u32,
    host_calls: usize,
    /// In deliveries; the waits between them are not counted.
    elapsed: Duration,
    /// It was stopped before its end.
    comes_again: bool,
}

impl Course {
    /// Delivers an event until nothing comes of it by itself any more, or until Ctrl-C.
    async fn of(
        opened: &Opened,
        plugin: &LoadedPlugin,
        event: &ArrivedEvent,
        name: &str,
        interrupt: &mut Interrupt,
    ) -> anyhow::Result<Self> {
        let progress = spinner(&format!("{name}: is delivered"));
        let (runtime, store) = (&opened.runtime, &opened.store);
        let first = deliver_now(plugin, runtime, store, event);
        let delivered = interrupt.finish(first, || tell_stopping(&progress)).await.map_err(store_error)?;
        let mut course = Course::begin(delivered.report, &delivered.after);
        let mut after = delivered.after;
        while let After::Again { not_before_ms, .. } = after {
            let pause = Duration::from_millis(not_before_ms.saturating_sub(SystemClock.now_ms()));
            progress.set_message(format!("{name}: {}", waiting(&course.report, pause)));
            if !interrupt.sleep(pause).await {
                break;
            }
            let next = deliver_next(plugin, runtime, store, &event.event_id);
            let next = interrupt.finish(next, || tell_stopping(&progress)).await.map_err(store_error)?;
            let Delivered { report, after: next_after } = next.with_context(|| {
                format!("{name}: its event {} was taken away by another process", event.event_id)
            })?;
            course.go_on(report, &next_after);
            after = next_after;
        }
        progress.finish_and_clear();
        Ok(course)
    }

    fn begin(report: DeliveryReport, after: &After) -> Self {
        let (host_calls, elapsed) = (report.host_calls.len(), report.elapsed);
        Course { report, deliveries: 1, host_calls, elapsed, comes_again: comes_again(after) }
    }

    fn go_on(&mut self, report: DeliveryReport, after: &After) {
        self.deliveries += 1;
        self.host_calls += report.host_calls.len();
        self.elapsed += report.elapsed;
        self.report = report;
        self.comes_again = comes_again(after);
    }

    fn ending(&self) -> Ending {
        Ending::of(&self.report.result)
    }
}

fn comes_again(after: &After) -> bool {
    matches!(after, After::Again { .. })
}

/// How far it is and when it goes on.
fn waiting(report: &DeliveryReport, pause: Duration) -> String {
    let reason = match &report.result {
        Ok(Err(Failure::Retry(delay))) => delay.reason.clone(),
        Err(error) => presentation::call_error_line(error),
        Ok(_) => String::new(),
    };
    format!("{reason}; next delivery in {} s", pause.as_millis().div_ceil(1_000))
}

fn tell_stopping(progress: &ProgressBar) {
    progress.suspend(|| eprintln!("stops once the delivery in hand has ended"));
}

/// A line of JSON, or lines for people.
fn print_course(name: &str, event_id: &str, course: &Course, as_json: bool) -> anyhow::Result<()> {
    let Course { report, deliveries, host_calls, elapsed, .. } = course;
    let elapsed_ms = elapsed.as_millis() as u64;
    if as_json {
        let mut value = presentation::json(report);
        value["file"] = name.into();
        value["eventId"] = event_id.into();
        value["deliveries"] = (*deliveries).into();
        value["hostCalls"] = (*host_calls).into();
        value["elapsedMs"] = elapsed_ms.into();
        return print(value);
    }
    let (ending, times) = (course.ending().name(), if *deliveries == 1 { "delivery" } else { "deliveries" });
    print(format_args!("{name}: {ending} ({deliveries} {times}, {host_calls} host calls, {elapsed_ms} ms)"))?;
    presentation::lines(report).iter().try_for_each(|line| print(format_args!("  {line}")))
}
