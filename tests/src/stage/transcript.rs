//! A run as text: what was called, how each delivery ended, and the books at the end.

use std::collections::BTreeMap;
use std::fmt::Write;

use host_harness::engine::{CallError, Disposition, Failure, Finding, Outcome, Unfinished};
use plugin_core::orchestration;

use crate::story::{Arrival, ArrivalSource, StockStory};

pub(super) struct Transcript {
    pub text: String,
}

/// How a delivery ended, in the same words for both ways of playing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ending {
    pub word: String,
    pub lines: Vec<String>,
    /// The plugin's own end, as opposed to a crash.
    pub by_plugin: bool,
}

impl Transcript {
    pub fn begin(title: &str) -> Self {
        Transcript { text: format!("# {title}\n") }
    }

    pub fn delivery(&mut self, arrival: &Arrival, calls: &[String], ending: &Ending) {
        let what = match arrival.source {
            ArrivalSource::Notification if arrival.body.is_some() => "a body".to_owned(),
            ArrivalSource::Notification if arrival.as_report => "REPORT_PROCESSING_FINISHED".to_owned(),
            ArrivalSource::Notification if arrival.settlement.is_some() => "a settlement file".to_owned(),
            ArrivalSource::Notification if arrival.counted.is_some() => {
                format!(
                    "FBA_INVENTORY_AVAILABILITY_CHANGES of {}",
                    arrival.counted.as_deref().unwrap_or_default()
                )
            }
            ArrivalSource::Notification if arrival.feed_is_done => "FEED_PROCESSING_FINISHED".to_owned(),
            ArrivalSource::Notification => arrival.notification_type.clone(),
            ArrivalSource::Schedule => arrival.body.clone().unwrap_or_else(|| "sweep".to_owned()),
            ArrivalSource::Queue => {
                arrival.body.clone().unwrap_or_else(|| format!("message {}", arrival.message))
            }
        };
        let _ = write!(self.text, "\n{} {what}, attempt {}", arrival.export(), arrival.attempt);
        if let Some(order) = &arrival.order {
            let _ = write!(self.text, ", order `{order}`");
        }
        for order in &arrival.unnoticed {
            let _ = write!(self.text, ", unnoticed `{order}`");
        }
        if let Some(product) = &arrival.new_product {
            let _ = write!(self.text, ", KashFlow has {product} now");
        }
        for invoice in &arrival.by_hand {
            let _ = write!(self.text, ", invoice {} changed by hand", invoice.number);
        }
        for payment in &arrival.paid {
            let _ = write!(self.text, ", {} pence paid of invoice {}", payment.pence, payment.number);
        }
        if let Some(occurred_at) = &arrival.occurred_at {
            let _ = write!(self.text, ", of {occurred_at}");
        }
        if let Some(notified) = &arrival.notified {
            let _ = write!(self.text, ", told of {notified}");
        }
        if let Some(updated) = &arrival.updated {
            let _ = write!(self.text, ", as of {updated}");
        }
        for happening in happenings(&arrival.stock) {
            let _ = write!(self.text, ", {happening}");
        }
        if arrival.healed {
            let _ = write!(self.text, ", healed");
        }
        if let Some(status) = &arrival.status {
            let _ = write!(self.text, ", now {status}");
        }
        self.text.push('\n');
        for call in together(calls) {
            let _ = writeln!(self.text, "  {call}");
        }
        let _ = writeln!(self.text, "{}", ending.word);
        for line in &ending.lines {
            let _ = writeln!(self.text, "  {line}");
        }
    }

    pub fn offers(&mut self, offers: &str) {
        let _ = write!(self.text, "\noffers\n{offers}");
    }

    pub fn books(&mut self, books: &str, addresses: &str) {
        let _ = write!(self.text, "\nbooks\n{books}\naddresses\n{addresses}");
    }
}

/// The calls, with those of one kind to numbered keys in one line: what is kept in dozens of values is read at once.
fn together(calls: &[String]) -> Vec<String> {
    let mut lines: Vec<(String, usize)> = Vec::new();
    for call in calls {
        let kind = kind_of(call);
        match lines.last_mut() {
            Some((last, times)) if *last == kind && kind != *call => *times += 1,
            _ => lines.push((kind, 1)),
        }
    }
    let line =
        |(kind, times): (String, usize)| if times > 1 { format!("{kind}, {times} times") } else { kind };
    lines.into_iter().map(line).collect()
}

/// The call without the number of its key, where it is one of dozens.
fn kind_of(call: &str) -> String {
    for prefix in ["stock/ledger/", "stock/promised/"] {
        if let Some((before, after)) = call.split_once(prefix) {
            return format!("{before}{prefix}…{}", after.get(2..).unwrap_or_default());
        }
    }
    call.to_owned()
}

/// What becomes of the goods, in a few words each.
fn happenings(stock: &StockStory) -> Vec<String> {
    let with_units = |what: &str, units: &BTreeMap<String, u32>| -> Vec<String> {
        units.iter().map(|(sku, units)| format!("{units} of {sku} {what}")).collect()
    };
    let named = |what: &str, skus: &[String]| -> Vec<String> {
        skus.iter().map(|sku| format!("{sku} {what}")).collect()
    };
    let books = stock.books.iter().map(|(code, units)| format!("{code} counted as {units} in KashFlow"));
    let lags =
        stock.lags.map(|lags| (if lags { "Amazon's counts lag" } else { "they lag no more" }).to_owned());
    let refused = stock.refuses.iter().map(|(sku, why)| format!("{sku} refused: {why}"));
    [
        with_units("at Amazon", &stock.warehouse),
        with_units("on their way to Amazon", &stock.inbound),
        with_units("offered", &stock.offer),
        with_units("bought", &stock.bought),
        named("left out by Amazon", &stock.hidden),
        named("offered by Amazon", &stock.amazon_offer),
        named("offered no more", &stock.removed),
        named("taken again", &stock.takes),
        books.chain(lags).chain(refused).collect(),
    ]
    .concat()
}

impl Ending {
    pub fn of_component(result: &Result<Result<Outcome, Failure>, CallError>) -> Self {
        match result {
            Ok(Ok(outcome)) => {
                let word = match outcome.disposition {
                    Disposition::Completed => "completed",
                    Disposition::AlreadyDone => "already-done",
                    Disposition::Ignored => "ignored",
                    Disposition::PartlyHeld => "partly-held",
                };
                let effects = outcome
                    .effects
                    .iter()
                    .map(|effect| effect_line(&effect.document, &effect.number, &effect.reference));
                Ending::new(word, effects.chain(outcome.findings.iter().map(finding_line)).collect())
            }
            Ok(Err(Failure::Retry(delay))) => Ending::retry(delay.after_ms, &delay.reason),
            Ok(Err(Failure::Held(unfinished))) => Ending::new("held", unfinished_lines(unfinished)),
            Ok(Err(Failure::DeadLetter(unfinished))) => {
                Ending::new("dead-letter", unfinished_lines(unfinished))
            }
            Err(error) => Ending { by_plugin: false, ..Ending::new("crashed", vec![error.to_string()]) },
        }
    }

    pub fn of_core(result: &Result<orchestration::Outcome, orchestration::Failure>) -> Self {
        match result {
            Ok(outcome) => {
                let word = match outcome.disposition {
                    orchestration::Disposition::Completed => "completed",
                    orchestration::Disposition::AlreadyDone => "already-done",
                    orchestration::Disposition::Ignored => "ignored",
                    orchestration::Disposition::PartlyHeld => "partly-held",
                };
                let effects = outcome
                    .effects
                    .iter()
                    .map(|effect| effect_line(effect.document, &effect.number, &effect.reference));
                Ending::new(word, effects.chain(outcome.findings.iter().map(ToString::to_string)).collect())
            }
            Err(orchestration::Failure::Retry { after_ms, reason }) => Ending::retry(*after_ms, reason),
            Err(orchestration::Failure::Held(unfinished)) => {
                Ending::new("held", core_unfinished_lines(unfinished))
            }
            Err(orchestration::Failure::DeadLetter(unfinished)) => {
                Ending::new("dead-letter", core_unfinished_lines(unfinished))
            }
        }
    }

    fn new(word: &str, lines: Vec<String>) -> Self {
        Ending { word: word.to_owned(), lines, by_plugin: true }
    }

    fn retry(after_ms: u64, reason: &str) -> Self {
        Ending::new("retry", vec![format!("after {after_ms} ms: {reason}")])
    }
}

fn unfinished_lines(unfinished: &Unfinished) -> Vec<String> {
    let done =
        unfinished.done.iter().map(|effect| effect_line(&effect.document, &effect.number, &effect.reference));
    std::iter::once(finding_line(&unfinished.finding)).chain(done.map(done_already)).collect()
}

fn core_unfinished_lines(unfinished: &orchestration::Unfinished) -> Vec<String> {
    let done =
        unfinished.done.iter().map(|effect| effect_line(effect.document, &effect.number, &effect.reference));
    std::iter::once(unfinished.finding.to_string()).chain(done.map(done_already)).collect()
}

fn done_already(effect: String) -> String {
    format!("done already: {effect}")
}

fn effect_line(document: &str, number: &str, reference: &str) -> String {
    format!("{document} {number} for {reference}")
}

fn finding_line(finding: &Finding) -> String {
    format!("{} {}: {}", finding.code, finding.subject, finding.message)
}
