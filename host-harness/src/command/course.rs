//! One event seen through to its end, over as many deliveries as it takes: for a command that a person waits for.
//!
//! The plugin says when to go on, and the reason is shown meanwhile. Absent on purpose: an end to the patience. Ctrl-C
//! ends it between two deliveries, and what is left stays in the store.

use std::time::Duration;

use anyhow::Context;
use indicatif::ProgressBar;

use crate::clock::{Clock, SystemClock};
use crate::dispatcher::{Delivered, LoadedPlugin, deliver_next, deliver_now};
use crate::engine::Failure;
use crate::source::ArrivedEvent;
use crate::store::After;
use crate::{DeliveryReport, Ending};

use super::deliver::{Opened, store_error};
use super::interrupt::Interrupt;
use super::presentation::{self, print};
use super::progress::spinner;

/// What became of one event on its way through any number of deliveries.
pub(super) struct Course {
    /// Of the last delivery.
    report: DeliveryReport,
    deliveries: u32,
    host_calls: usize,
    /// In deliveries; the waits between them are not counted.
    elapsed: Duration,
    /// It was stopped before its end.
    pub(super) comes_again: bool,
}

impl Course {
    /// Delivers an event until nothing comes of it by itself any more, or until Ctrl-C. `name` is what it goes by here:
    /// its file, or its id.
    pub(super) async fn of(
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

    pub(super) fn ending(&self) -> Ending {
        Ending::of(&self.report.result)
    }

    /// A line of JSON, or lines for people.
    pub(super) fn print(&self, name: &str, event_id: &str, as_json: bool) -> anyhow::Result<()> {
        let Course { report, deliveries, host_calls, elapsed, .. } = self;
        let elapsed_ms = elapsed.as_millis() as u64;
        if as_json {
            let mut value = presentation::json(report);
            if name != event_id {
                value["file"] = name.into();
            }
            value["eventId"] = event_id.into();
            value["deliveries"] = (*deliveries).into();
            value["hostCalls"] = (*host_calls).into();
            value["elapsedMs"] = elapsed_ms.into();
            return print(value);
        }
        let (ending, times) =
            (self.ending().name(), if *deliveries == 1 { "delivery" } else { "deliveries" });
        print(format_args!(
            "{name}: {ending} ({deliveries} {times}, {host_calls} host calls, {elapsed_ms} ms)"
        ))?;
        presentation::lines(report).iter().try_for_each(|line| print(format_args!("  {line}")))
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
