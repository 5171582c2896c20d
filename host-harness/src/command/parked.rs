//! `harness holds` and `harness dead-letters`: the events that wait for a person, and what a person does with
//! them.
//!
//! Both work on what `deliver` has parked in the connection's state file. Absent on purpose: putting right what
//! an event waits for, which is done in KashFlow, at Amazon or in the connection file.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use chrono::{DateTime, SecondsFormat};
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::ConnectionRuntime;
use crate::connection::Connection;
use crate::store::{ParkedEvent, Waits};

use super::deliver::{self, deliver_once, store_error};
use super::plugin_loading::load;
use super::presentation::{self, Endings, print};
use super::progress::bar;

#[derive(Subcommand)]
pub(super) enum HoldsCommand {
    /// List the events that are held, the longest first
    #[command(after_help = "Examples:\n  harness holds list --connection acme-uk.toml --json")]
    List(Listing),
    /// Show all that is known of a held event
    #[command(after_help = "Examples:\n  harness holds show 3f2c… --connection acme-uk.toml --body")]
    Show(Showing),
    /// Deliver held events again, once what they wait for is put right
    #[command(after_help = "\
Examples:
  harness holds release 3f2c… --connection acme-uk.toml
  harness holds release --code KA-0401 --connection acme-uk.toml
  harness holds release --all --connection acme-uk.toml

Exit code: as of `harness deliver`.")]
    Release(Redelivering),
    /// Forget held events for good: nothing will be posted for them
    #[command(after_help = "Examples:\n  harness holds discard 3f2c… --connection acme-uk.toml")]
    Discard(Discarding),
}

#[derive(Subcommand)]
pub(super) enum DeadLettersCommand {
    /// List the dead letters, the oldest first
    #[command(after_help = "Examples:\n  harness dead-letters list --connection acme-uk.toml --json")]
    List(Listing),
    /// Show all that is known of a dead letter
    #[command(after_help = "Examples:\n  harness dead-letters show 3f2c… --connection acme-uk.toml --body")]
    Show(Showing),
    /// Deliver dead letters again, for example to a newer plugin
    #[command(after_help = "\
Examples:
  harness dead-letters retry 3f2c… --connection acme-uk.toml
  harness dead-letters retry --all --connection acme-uk.toml

Exit code: as of `harness deliver`.")]
    Retry(Redelivering),
    /// Forget dead letters for good
    #[command(after_help = "Examples:\n  harness dead-letters discard 3f2c… --connection acme-uk.toml")]
    Discard(Discarding),
}

#[derive(Args)]
pub(super) struct Listing {
    /// The connection file.
    #[arg(long, value_name = "FILE")]
    connection: PathBuf,
}

#[derive(Args)]
pub(super) struct Showing {
    /// The id of the event.
    event: String,
    /// The connection file.
    #[arg(long, value_name = "FILE")]
    connection: PathBuf,
    /// Show the event's body as well; it can hold personal data.
    #[arg(long)]
    body: bool,
}

#[derive(Args)]
pub(super) struct Redelivering {
    /// The ids of the events.
    #[arg(required_unless_present_any = ["all", "code"], conflicts_with_all = ["all", "code"])]
    events: Vec<String>,
    /// All of them.
    #[arg(long, conflicts_with = "code")]
    all: bool,
    /// All that wait for this reason.
    #[arg(long, value_name = "CODE")]
    code: Option<String>,
    /// The connection file.
    #[arg(long, value_name = "FILE")]
    connection: PathBuf,
    /// The plugin to call, instead of the one that this workspace builds.
    #[arg(long, value_name = "FILE.wasm")]
    plugin: Option<PathBuf>,
}

#[derive(Args)]
pub(super) struct Discarding {
    /// The ids of the events.
    #[arg(required = true)]
    events: Vec<String>,
    /// The connection file.
    #[arg(long, value_name = "FILE")]
    connection: PathBuf,
}

pub(super) async fn holds(command: HoldsCommand, json: bool) -> anyhow::Result<ExitCode> {
    match command {
        HoldsCommand::List(listing) => list(Waits::Held, listing, json).await,
        HoldsCommand::Show(showing) => show(Waits::Held, showing, json).await,
        HoldsCommand::Release(redelivering) => redeliver(Waits::Held, redelivering, json).await,
        HoldsCommand::Discard(discarding) => discard(Waits::Held, discarding, json).await,
    }
}

pub(super) async fn dead_letters(command: DeadLettersCommand, json: bool) -> anyhow::Result<ExitCode> {
    match command {
        DeadLettersCommand::List(listing) => list(Waits::DeadLetter, listing, json).await,
        DeadLettersCommand::Show(showing) => show(Waits::DeadLetter, showing, json).await,
        DeadLettersCommand::Retry(redelivering) => redeliver(Waits::DeadLetter, redelivering, json).await,
        DeadLettersCommand::Discard(discarding) => discard(Waits::DeadLetter, discarding, json).await,
    }
}

async fn list(waits: Waits, listing: Listing, json: bool) -> anyhow::Result<ExitCode> {
    let runtime = open(&listing.connection)?;
    let events = parked(&runtime, waits).await?;
    if json {
        let events: Vec<Value> = events.iter().map(|event| event_json(event, false)).collect();
        print(json!({"connection": runtime.name.as_str(), "events": events}))?;
    } else {
        events.iter().try_for_each(print_event)?;
        print(format_args!("{} of the connection {}: {}", plural(waits), runtime.name, events.len()))?;
    }
    Ok(ExitCode::SUCCESS)
}

async fn show(waits: Waits, showing: Showing, json: bool) -> anyhow::Result<ExitCode> {
    let runtime = open(&showing.connection)?;
    let event = chosen(&runtime, waits, &[showing.event]).await?.remove(0);
    if json {
        print(event_json(&event, showing.body))?;
        return Ok(ExitCode::SUCCESS);
    }
    print_event(&event)?;
    if showing.body {
        print(String::from_utf8_lossy(&event.delivery.body))?;
    }
    Ok(ExitCode::SUCCESS)
}

async fn redeliver(waits: Waits, redelivering: Redelivering, json: bool) -> anyhow::Result<ExitCode> {
    let runtime = open(&redelivering.connection)?;
    let events = match &redelivering.code {
        None if !redelivering.all => chosen(&runtime, waits, &redelivering.events).await?,
        code => {
            let mut events = parked(&runtime, waits).await?;
            events.retain(|event| code.as_ref().is_none_or(|code| *code == event.code));
            events
        }
    };
    let host = load(redelivering.plugin.as_deref())?;
    let progress = bar(events.len(), "delivering again");
    let mut endings = Endings::default();
    for event in &events {
        let report = deliver_once(&host, &runtime, event.export, &event.released(), &mut endings).await?;
        progress.suspend(|| {
            presentation::print_delivery(&event.delivery.event_id, &event.delivery.event_id, &report, json)
        })?;
        progress.inc(1);
    }
    progress.finish_and_clear();
    endings.print(json)?;
    Ok(endings.exit_code())
}

async fn discard(waits: Waits, discarding: Discarding, json: bool) -> anyhow::Result<ExitCode> {
    let runtime = open(&discarding.connection)?;
    // All are looked for first: a misspelt one must not leave half of them discarded.
    for event in chosen(&runtime, waits, &discarding.events).await? {
        runtime.parking.forget(&runtime.name, &event.delivery.event_id).await.map_err(store_error)?;
        if json {
            print(json!({"discarded": event.delivery.event_id}))?;
        } else {
            print(format_args!("{}: discarded ({} {})", event.delivery.event_id, event.code, event.subject))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn open(file: &Path) -> anyhow::Result<ConnectionRuntime> {
    deliver::open(&Connection::load(file)?)
}

async fn parked(runtime: &ConnectionRuntime, waits: Waits) -> anyhow::Result<Vec<ParkedEvent>> {
    let mut events = runtime.parking.parked(&runtime.name).await.map_err(store_error)?;
    events.retain(|event| event.waits == waits);
    Ok(events)
}

/// The events of these ids, in this order.
async fn chosen(
    runtime: &ConnectionRuntime,
    waits: Waits,
    ids: &[String],
) -> anyhow::Result<Vec<ParkedEvent>> {
    let events = parked(runtime, waits).await?;
    let find = |id: &String| {
        events.iter().find(|event| event.delivery.event_id == *id).cloned().with_context(|| {
            let (name, those) = (&runtime.name, plural(waits));
            format!("{id} is not among the {those} of the connection {name}: `list` shows them")
        })
    };
    ids.iter().map(find).collect()
}

/// The id stands alone on its line, to be copied.
fn print_event(event: &ParkedEvent) -> anyhow::Result<()> {
    print(&event.delivery.event_id)?;
    print(format_args!("  {} {}: {}", event.code, event.subject, event.message))?;
    print(format_args!(
        "  {} event, since {}, delivery {}",
        event.export.name(),
        since(event),
        event.delivery.attempt
    ))?;
    event
        .done
        .iter()
        .try_for_each(|effect| print(format_args!("  done already: {}", presentation::effect_line(effect))))
}

fn plural(waits: Waits) -> &'static str {
    match waits {
        Waits::Held => "held events",
        Waits::DeadLetter => "dead letters",
    }
}

fn since(event: &ParkedEvent) -> String {
    let at = i64::try_from(event.parked_at_ms).ok().and_then(DateTime::from_timestamp_millis);
    at.unwrap_or_default().to_rfc3339_opts(SecondsFormat::Secs, true)
}

fn event_json(event: &ParkedEvent, with_body: bool) -> Value {
    let mut value = json!({
        "eventId": event.delivery.event_id, "waits": event.waits.name(), "since": since(event),
        "export": event.export.name(), "attempt": event.delivery.attempt, "code": event.code,
        "subject": event.subject, "message": event.message,
        "done": event.done.iter().map(presentation::effect_json).collect::<Vec<_>>(),
    });
    if with_body {
        value["body"] = String::from_utf8_lossy(&event.delivery.body).into();
    }
    value
}
