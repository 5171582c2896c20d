//! `harness events`: what arrived, where it stands, and the story of one event.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::connection::Connection;
use crate::store::{DeliveryRecord, EventStory, PostedDocument, Reason, Stand, StoredEvent};

use super::deliver::{Opened, store_error};
use super::presentation::{effect_line, print, time};

#[derive(Subcommand)]
pub(super) enum EventsCommand {
    /// List the events that changed last
    #[command(after_help = "\
Examples:
  harness events list --connection acme-uk.toml
  harness events list --document 026-1234567-1234567 --connection acme-uk.toml
  harness events list --stand waiting --limit 100 --connection acme-uk.toml --json")]
    List(Listing),
    /// Tell the story of one event: its deliveries, their host calls, its documents
    #[command(after_help = "\
Examples:
  harness events show 3f2c… --connection acme-uk.toml
  harness events show 3f2c… --calls --connection acme-uk.toml")]
    Show(Showing),
    /// Let events that wait for a later time come now, for example after an outage
    #[command(after_help = "\
Examples:
  harness events hurry 3f2c… --connection acme-uk.toml
  harness events hurry --all --connection acme-uk.toml")]
    Hurry(Hurrying),
}

#[derive(Args)]
pub(super) struct Listing {
    /// The connection file.
    #[arg(long, value_name = "FILE")]
    connection: PathBuf,
    /// Only events that stand so: waiting, in-work, held, dead-letter, finished, discarded.
    #[arg(long, value_name = "STAND", value_parser = stand)]
    stand: Option<Stand>,
    /// Only events that put this document into the books: its number, or its reference (the order's id).
    #[arg(long, value_name = "NUMBER")]
    document: Option<String>,
    /// How many.
    #[arg(long, value_name = "NUMBER", default_value_t = 20)]
    limit: u32,
}

#[derive(Args)]
pub(super) struct Showing {
    /// The id of the event.
    event: String,
    /// The connection file.
    #[arg(long, value_name = "FILE")]
    connection: PathBuf,
    /// Show each host call of each delivery as well.
    #[arg(long)]
    calls: bool,
}

#[derive(Args)]
pub(super) struct Hurrying {
    /// The ids of the events.
    #[arg(required_unless_present = "all", conflicts_with = "all")]
    events: Vec<String>,
    /// All that wait.
    #[arg(long)]
    all: bool,
    /// The connection file.
    #[arg(long, value_name = "FILE")]
    connection: PathBuf,
}

fn stand(text: &str) -> Result<Stand, String> {
    let names = || Stand::ALL.map(Stand::name).join(", ");
    Stand::parse(text).ok_or_else(|| format!("an event stands as one of {}", names()))
}

pub(super) async fn run(command: EventsCommand, json: bool) -> anyhow::Result<ExitCode> {
    match command {
        EventsCommand::List(listing) => list(listing, json).await,
        EventsCommand::Show(showing) => show(showing, json).await,
        EventsCommand::Hurry(hurrying) => hurry(hurrying, json).await,
    }
}

async fn list(listing: Listing, json: bool) -> anyhow::Result<ExitCode> {
    let opened = Opened::new(&Connection::load(&listing.connection)?)?;
    let name = &opened.runtime.name;
    let events = opened.store.recent(name, listing.stand, listing.document.as_deref(), listing.limit).await;
    let events = events.map_err(store_error)?;
    if json {
        let events: Vec<Value> = events.iter().map(event_json).collect();
        print(json!({"connection": name.as_str(), "events": events}))?;
        return Ok(ExitCode::SUCCESS);
    }
    events.iter().try_for_each(print_event)?;
    print(format_args!("the last {} events of the connection {name}", events.len()))?;
    Ok(ExitCode::SUCCESS)
}

async fn show(showing: Showing, json: bool) -> anyhow::Result<ExitCode> {
    let opened = Opened::new(&Connection::load(&showing.connection)?)?;
    let name = &opened.runtime.name;
    let story = opened.store.story(name, &showing.event).await.map_err(store_error)?;
    let story = story.with_context(|| {
        format!("{} is no event of the connection {name}: `list` shows the last ones", showing.event)
    })?;
    if json {
        print(story_json(&story))?;
    } else {
        print_story(&story, showing.calls)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The id stands alone on its line, to be copied.
fn print_event(event: &StoredEvent) -> anyhow::Result<()> {
    print(&event.arrived.event_id)?;
    let about = event.arrived.ordering_key.as_deref().unwrap_or(event.arrived.export.name());
    let ending = event.ending.as_deref().unwrap_or("never delivered");
    print(format_args!(
        "  {} since {}: {ending}, delivery {}, {about}",
        event.stand.name(),
        time(event.since_ms),
        event.deliveries
    ))
}

/// What a harness that runs delivers next; the next one that starts, where none does.
async fn hurry(hurrying: Hurrying, json: bool) -> anyhow::Result<ExitCode> {
    let opened = Opened::new(&Connection::load(&hurrying.connection)?)?;
    let name = &opened.runtime.name;
    let mut hurried = 0;
    if hurrying.all {
        hurried = opened.store.make_due(name, None).await.map_err(store_error)?;
    }
    for event_id in &hurrying.events {
        let found = opened.store.make_due(name, Some(event_id)).await.map_err(store_error)?;
        anyhow::ensure!(
            found > 0,
            "{event_id} does not wait: `harness events show {event_id}` says how it stands"
        );
        hurried += found;
    }
    if json {
        print(json!({"hurried": hurried}))?;
    } else {
        print(format_args!("{hurried} events of the connection {name} come now"))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn print_story(story: &EventStory, with_calls: bool) -> anyhow::Result<()> {
    let event = &story.event;
    print(&event.arrived.event_id)?;
    print(format_args!("  {} event, arrived {}", event.arrived.export.name(), time(event.arrived_at_ms)))?;
    if let Some(key) = &event.arrived.ordering_key {
        print(format_args!("  about {key}"))?;
    }
    print(format_args!("  stands as {} since {}", event.stand.name(), time(event.since_ms)))?;
    if event.stand == Stand::Waiting {
        print(format_args!("  comes again {}", time(event.not_before_ms)))?;
    }
    for (number, delivery) in (1..).zip(&story.deliveries) {
        print_delivery(number, delivery, with_calls)?;
    }
    for posted in &story.documents {
        print(format_args!("posted {} {}", time(posted.recorded_at_ms), effect_line(&posted.document)))?;
    }
    Ok(())
}

fn print_delivery(number: u32, delivery: &DeliveryRecord, with_calls: bool) -> anyhow::Result<()> {
    let ending = delivery.ending.as_deref().unwrap_or("under way");
    let took = delivery.ended_at_ms.map_or_else(String::new, |ended_at_ms| {
        format!(" after {} ms", ended_at_ms.saturating_sub(delivery.began_at_ms))
    });
    print(format_args!(
        "delivery {number} {}: {ending}{took}, {} host calls, plugin {}",
        time(delivery.began_at_ms),
        delivery.host_calls.len(),
        delivery.plugin
    ))?;
    if let Some(Reason { code, subject, message }) = &delivery.reason {
        print(format_args!("  {code} {subject}: {message}"))?;
    }
    if let Some(trace_id) = &delivery.trace_id {
        print(format_args!("  trace {trace_id}"))?;
    }
    if with_calls {
        for (number, call) in (1..).zip(&delivery.host_calls) {
            let answer = call.answer.as_deref().unwrap_or("no answer");
            print(format_args!("  {number:>3} {} {} → {answer}", call.kind, call.subject))?;
        }
    }
    Ok(())
}

fn event_json(event: &StoredEvent) -> Value {
    json!({
        "eventId": event.arrived.event_id, "export": event.arrived.export.name(),
        "orderingKey": event.arrived.ordering_key, "arrivedAt": time(event.arrived_at_ms),
        "stand": event.stand.name(), "since": time(event.since_ms), "attempt": event.attempt,
        "deliveries": event.deliveries, "notBefore": time(event.not_before_ms), "ending": event.ending,
        "reason": event.reason.as_ref().map(reason_json),
    })
}

fn story_json(story: &EventStory) -> Value {
    let mut value = event_json(&story.event);
    value["history"] = story.deliveries.iter().map(delivery_json).collect();
    value["documents"] = story.documents.iter().map(document_json).collect();
    value
}

fn delivery_json(delivery: &DeliveryRecord) -> Value {
    json!({
        "attempt": delivery.attempt, "beganAt": time(delivery.began_at_ms),
        "endedAt": delivery.ended_at_ms.map(time), "ending": delivery.ending,
        "reason": delivery.reason.as_ref().map(reason_json), "plugin": delivery.plugin,
        "traceId": delivery.trace_id, "hostCalls": delivery.host_calls,
    })
}

fn document_json(posted: &PostedDocument) -> Value {
    json!({
        "document": posted.document.document, "number": posted.document.number,
        "reference": posted.document.reference, "recordedAt": time(posted.recorded_at_ms),
        "plugin": posted.plugin,
    })
}

fn reason_json(reason: &Reason) -> Value {
    json!({"code": reason.code, "subject": reason.subject, "message": reason.message})
}
