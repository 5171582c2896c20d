//! `harness holds` and `harness dead-letters`: the events that wait for a person, and what a person does with
//! them.
//!
//! Both work on the connection's state file. Where a harness delivers out of it already, what is released goes
//! into its queue; otherwise it is delivered here and now. Absent on purpose: putting right what an event waits
//! for, which is done in KashFlow, at Amazon or in the connection file.

mod arguments;

use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use serde_json::{Value, json};

pub(super) use arguments::{DeadLettersCommand, HoldsCommand};
use arguments::{Discarding, Listing, Redelivering, Showing};

use crate::connection::Connection;
use crate::source::ArrivedEvent;
use crate::store::{StoreError, StoreLock, StoredEvent, Waits};

use super::deliver::{Opened, store_error};
use super::plugin_loading::load;
use super::presentation::{self, Endings, print, time};
use super::progress::bar;

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
    let opened = Opened::new(&Connection::load(&listing.connection)?)?;
    let name = &opened.runtime.name;
    let events = parked(&opened, waits).await?;
    if json {
        let events: Vec<Value> = events.iter().map(|event| event_json(event, false)).collect();
        print(json!({"connection": name.as_str(), "events": events}))?;
    } else {
        events.iter().try_for_each(print_event)?;
        print(format_args!("{} of the connection {name}: {}", plural(waits), events.len()))?;
    }
    Ok(ExitCode::SUCCESS)
}

async fn show(waits: Waits, showing: Showing, json: bool) -> anyhow::Result<ExitCode> {
    let opened = Opened::new(&Connection::load(&showing.connection)?)?;
    let event = chosen(&opened, waits, &[showing.event]).await?.remove(0);
    if json {
        print(event_json(&event, showing.body))?;
        return Ok(ExitCode::SUCCESS);
    }
    print_event(&event)?;
    if showing.body {
        match text(&event.arrived) {
            Some(text) => print(text)?,
            None => print(format_args!(
                "a body of {} bytes of {}, which is no text",
                event.arrived.body.len(),
                event.arrived.content_type
            ))?,
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn redeliver(waits: Waits, redelivering: Redelivering, json: bool) -> anyhow::Result<ExitCode> {
    let connection = Connection::load(&redelivering.connection)?;
    let opened = Opened::new(&connection)?;
    let events = match &redelivering.code {
        None if !redelivering.all => chosen(&opened, waits, &redelivering.events).await?,
        code => {
            let mut events = parked(&opened, waits).await?;
            let is_meant = |event: &StoredEvent| code.as_deref().is_none_or(|code| code == reason(event).0);
            events.retain(is_meant);
            events
        }
    };
    match StoreLock::take(&connection.state_file) {
        Ok(_lock) => deliver_again(&opened, &events, redelivering.plugin.as_deref(), json).await,
        Err(StoreError::InUse { process, .. }) => queue(&opened, waits, &events, &process, json).await,
        Err(error) => Err(store_error(error)),
    }
}

async fn deliver_again(
    opened: &Opened,
    events: &[StoredEvent],
    plugin: Option<&Path>,
    json: bool,
) -> anyhow::Result<ExitCode> {
    let plugin = load(plugin).await?;
    let progress = bar(events.len(), "delivering again");
    let mut endings = Endings::default();
    for StoredEvent { arrived, .. } in events {
        let report = opened.deliver(&plugin, arrived, &mut endings).await?;
        progress
            .suspend(|| presentation::print_delivery(&arrived.event_id, &arrived.event_id, &report, json))?;
        progress.inc(1);
    }
    progress.finish_and_clear();
    endings.print(json)?;
    Ok(endings.exit_code())
}

/// Leaves the delivery to the harness that delivers out of this store.
async fn queue(
    opened: &Opened,
    waits: Waits,
    events: &[StoredEvent],
    process: &str,
    json: bool,
) -> anyhow::Result<ExitCode> {
    for event in events {
        let event_id = &event.arrived.event_id;
        opened.store.release(&opened.runtime.name, event_id, waits).await.map_err(store_error)?;
        if json {
            print(json!({"queued": event_id}))?;
        } else {
            print(format_args!("{event_id}: in the queue of the harness that runs (process {process})"))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn discard(waits: Waits, discarding: Discarding, json: bool) -> anyhow::Result<ExitCode> {
    let opened = Opened::new(&Connection::load(&discarding.connection)?)?;
    // All are looked for first: a misspelt one must not leave half of them discarded.
    for event in chosen(&opened, waits, &discarding.events).await? {
        let event_id = &event.arrived.event_id;
        opened.store.discard(&opened.runtime.name, event_id, waits).await.map_err(store_error)?;
        if json {
            print(json!({"discarded": event_id}))?;
        } else {
            let (code, subject, _) = reason(&event);
            print(format_args!("{event_id}: discarded ({code} {subject})"))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn parked(opened: &Opened, waits: Waits) -> anyhow::Result<Vec<StoredEvent>> {
    opened.store.parked(&opened.runtime.name, waits).await.map_err(store_error)
}

/// The events of these ids, in this order.
async fn chosen(opened: &Opened, waits: Waits, ids: &[String]) -> anyhow::Result<Vec<StoredEvent>> {
    let events = parked(opened, waits).await?;
    let find = |id: &String| {
        events.iter().find(|event| event.arrived.event_id == *id).cloned().with_context(|| {
            let (name, those) = (&opened.runtime.name, plural(waits));
            format!("{id} is not among the {those} of the connection {name}: `list` shows them")
        })
    };
    ids.iter().map(find).collect()
}

/// The id stands alone on its line, to be copied.
fn print_event(event: &StoredEvent) -> anyhow::Result<()> {
    let (code, subject, message) = reason(event);
    print(&event.arrived.event_id)?;
    print(format_args!("  {code} {subject}: {message}"))?;
    print(format_args!(
        "  {} event, since {}, delivery {}",
        event.arrived.export.name(),
        time(event.since_ms),
        event.attempt
    ))?;
    event
        .done
        .iter()
        .try_for_each(|effect| print(format_args!("  done already: {}", presentation::effect_line(effect))))
}

/// Code, subject and message of why it waits.
fn reason(event: &StoredEvent) -> (&str, &str, &str) {
    let reason = event.reason.as_ref();
    reason.map_or(("", "", ""), |reason| (&reason.code, &reason.subject, &reason.message))
}

fn plural(waits: Waits) -> &'static str {
    match waits {
        Waits::Held => "held events",
        Waits::DeadLetter => "dead letters",
    }
}

fn event_json(event: &StoredEvent, with_body: bool) -> Value {
    let (code, subject, message) = reason(event);
    let mut value = json!({
        "eventId": event.arrived.event_id, "waits": event.stand.name(), "since": time(event.since_ms),
        "export": event.arrived.export.name(), "attempt": event.attempt, "code": code,
        "subject": subject, "message": message,
        "done": event.done.iter().map(presentation::effect_json).collect::<Vec<_>>(),
    });
    if with_body {
        value["body"] = text(&event.arrived).into();
        value["bodyBytes"] = event.arrived.body.len().into();
        value["contentType"] = event.arrived.content_type.as_str().into();
    }
    value
}

/// A body that a terminal can show. A packed settlement file is none.
fn text(event: &ArrivedEvent) -> Option<&str> {
    str::from_utf8(&event.body).ok()
}
