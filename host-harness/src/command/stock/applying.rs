//! Brings both sides in step now: a sweep by hand that reads everything and is not braked, because a person has just
//! been shown what it does.

use std::path::Path;
use std::process::ExitCode;

use serde_json::json;

use crate::Ending;
use crate::clock::{Clock, SystemClock};
use crate::connection::Connection;
use crate::source::ScheduledEvent;
use crate::store::{StoreError, StoreLock};

use super::super::course::Course;
use super::super::deliver::{Opened, store_error};
use super::super::interrupt::Interrupt;
use super::super::plugin_loading::load;
use super::super::presentation::{Endings, print};

const SWEEP: &str = r#"{"sweep":"stock","everything":true,"brake":"off"}"#;

/// Delivers the sweep until it is through, or leaves it to the harness that delivers out of this store.
pub(super) async fn apply(
    connection: &Connection,
    plugin: Option<&Path>,
    json: bool,
) -> anyhow::Result<ExitCode> {
    let opened = Opened::new(connection)?;
    let event = ScheduledEvent::SweepStock.by_hand(SystemClock.now(), SWEEP);
    let id = &event.event_id;
    let _lock = match StoreLock::take(&connection.state_file) {
        Ok(lock) => lock,
        Err(StoreError::InUse { process, .. }) => {
            opened.store.take_in(&opened.runtime.name, &event).await.map_err(store_error)?;
            if json {
                print(json!({"queued": id}))?;
            } else {
                print(format_args!("{id}: in the queue of the harness that runs (process {process})"))?;
            }
            return Ok(ExitCode::SUCCESS);
        }
        Err(error) => return Err(store_error(error)),
    };
    let plugin = load(plugin).await?;
    let mut interrupt = Interrupt::listen()?;
    let course = Course::of(&opened, &plugin, &event, id, &mut interrupt).await?;
    course.print(id, id, json)?;
    if course.comes_again {
        eprintln!("stopped before the end: the same command, or the next sweep, goes on");
    }
    let mut endings = Endings::default();
    endings.count(if course.comes_again { Ending::Retry } else { course.ending() });
    Ok(endings.exit_code())
}
