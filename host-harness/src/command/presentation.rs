//! How results look: a table or lines for people, JSON for programs.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Display;
use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;

use anyhow::Context;
use chrono::{DateTime, SecondsFormat};
use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{ContentArrangement, Table};
use serde_json::{Value, json};

use crate::code::Code;
use crate::engine::{CallError, Effect, Failure, Finding, Outcome};
use crate::{DeliveryReport, Ending};

/// The width of tables in columns: what the usual terminal shows without breaking their lines. It is the
/// same everywhere, so that a document shows what a terminal does.
pub(super) const TABLE_COLUMNS: u16 = 80;

/// Prints a result to standard output. A reader who went away early (`| head`) is no error: what the
/// command is to do is still done.
pub(super) fn print(text: impl Display) -> anyhow::Result<()> {
    match writeln!(io::stdout().lock(), "{text}") {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(error).context("cannot write to standard output")
        }
        _ => Ok(()),
    }
}

/// 0 where the event is finished; otherwise the larger, the more a person is needed.
fn exit_code(ending: Ending) -> u8 {
    match ending {
        Ending::Completed | Ending::AlreadyDone | Ending::Ignored => 0,
        Ending::PartlyHeld => 3,
        Ending::Retry => 4,
        Ending::Held => 5,
        Ending::DeadLetter => 6,
        Ending::Failed => 7,
    }
}

pub(super) fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table
        .load_style(UTF8_FULL_CONDENSED)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(TABLE_COLUMNS)
        .set_header(header);
    table
}

/// How several deliveries ended.
#[derive(Default)]
pub(super) struct Endings(BTreeMap<Ending, usize>);

impl Endings {
    pub(super) fn count(&mut self, ending: Ending) {
        *self.0.entry(ending).or_default() += 1;
    }

    /// A line for people, where it says more than the only delivery did.
    pub(super) fn print(&self, as_json: bool) -> anyhow::Result<()> {
        let events: usize = self.0.values().sum();
        if as_json || events == 1 {
            return Ok(());
        }
        let counts: Vec<String> =
            self.0.iter().map(|(ending, count)| format!("{count} {}", ending.name())).collect();
        let counts = if counts.is_empty() { "nothing to deliver".to_owned() } else { counts.join(", ") };
        print(format_args!("{events} events: {counts}"))
    }

    /// That of the ending for which a person is needed most.
    pub(super) fn exit_code(&self) -> ExitCode {
        ExitCode::from(self.0.keys().copied().map(exit_code).max().unwrap_or_default())
    }
}

/// What came of one delivery: a line of JSON, or lines for people. `name` is what the event goes by here: its
/// file, or its id.
pub(super) fn print_delivery(
    name: &str,
    event_id: &str,
    report: &DeliveryReport,
    as_json: bool,
) -> anyhow::Result<()> {
    if as_json {
        let mut value = json(report);
        if name != event_id {
            value["file"] = name.into();
        }
        value["eventId"] = event_id.into();
        return print(value);
    }
    let (calls, elapsed_ms) = (report.host_calls.len(), report.elapsed.as_millis());
    print(format_args!(
        "{name}: {} ({calls} host calls, {elapsed_ms} ms)",
        Ending::of(&report.result).name()
    ))?;
    lines(report).iter().try_for_each(|line| print(format_args!("  {line}")))
}

/// Lines for people: effects, findings, and what is to be done.
pub(super) fn lines(report: &DeliveryReport) -> Vec<String> {
    match &report.result {
        Ok(Ok(outcome)) => outcome_lines(outcome),
        Ok(Err(Failure::Retry(delay))) => {
            vec![format!("deliver again in {} s: {}", delay.after_ms.div_ceil(1000), delay.reason)]
        }
        Ok(Err(Failure::Held(unfinished) | Failure::DeadLetter(unfinished))) => {
            let done = unfinished.done.iter().map(|effect| format!("done already: {}", effect_line(effect)));
            std::iter::once(finding_line(&unfinished.finding)).chain(done).collect()
        }
        Err(error) => vec![call_error_line(error)],
    }
}

fn outcome_lines(outcome: &Outcome) -> Vec<String> {
    outcome.effects.iter().map(effect_line).chain(outcome.findings.iter().map(finding_line)).collect()
}

pub(super) fn effect_line(effect: &Effect) -> String {
    format!("{} {} for {}", effect.document, effect.number, effect.reference)
}

pub(super) fn finding_line(finding: &Finding) -> String {
    format!("{} {}: {}", finding.code, finding.subject, finding.message)
}

pub(super) fn call_error_line(error: &CallError) -> String {
    with_causes(error.code(), error)
}

/// The code, what happened, and all that is behind it.
pub(super) fn with_causes(code: Code, error: &dyn Error) -> String {
    let mut text = format!("{code}: {error}");
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

pub(super) fn json(report: &DeliveryReport) -> Value {
    let mut value = json!({
        "ending": Ending::of(&report.result).name(),
        "hostCalls": report.host_calls.len(),
        "elapsedMs": report.elapsed.as_millis() as u64,
    });
    match &report.result {
        Ok(Ok(outcome)) => {
            value["effects"] = outcome.effects.iter().map(effect_json).collect();
            value["findings"] = outcome.findings.iter().map(finding_json).collect();
        }
        Ok(Err(Failure::Retry(delay))) => {
            value["afterMs"] = delay.after_ms.into();
            value["reason"] = delay.reason.as_str().into();
        }
        Ok(Err(Failure::Held(unfinished) | Failure::DeadLetter(unfinished))) => {
            value["effects"] = unfinished.done.iter().map(effect_json).collect();
            value["findings"] = vec![finding_json(&unfinished.finding)].into();
        }
        Err(error) => {
            value["code"] = error.code().code().into();
            value["reason"] = call_error_line(error).into();
        }
    }
    value
}

pub(super) fn effect_json(effect: &Effect) -> Value {
    json!({"document": effect.document, "number": effect.number, "reference": effect.reference})
}

pub(super) fn finding_json(finding: &Finding) -> Value {
    json!({"code": finding.code, "subject": finding.subject, "message": finding.message})
}

/// Milliseconds since 1970 as RFC 3339, to the second.
pub(super) fn time(at_ms: u64) -> String {
    let at = i64::try_from(at_ms).ok().and_then(DateTime::from_timestamp_millis);
    at.unwrap_or_default().to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// Pence as pounds: `1234.56`.
pub(super) fn pounds(pence: i64) -> String {
    let sign = if pence < 0 { "-" } else { "" };
    let pence = pence.unsigned_abs();
    format!("{sign}{}.{:02}", pence / 100, pence % 100)
}
