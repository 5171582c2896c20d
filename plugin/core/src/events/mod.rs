//! One file an export: the only place where Amazon, the mapping, the orchestration and KashFlow meet.
//!
//! A handler takes the host and a delivery and gives an outcome or a failure. Absent on purpose: any
//! decision that has a home in `mapping` or `orchestration`.

mod alert;
mod chart;
mod check_connection;
mod describe;
mod kashflow_books;
mod kashflow_settlement_books;
mod on_financial_event;
mod on_order;
mod order_planner;
mod order_promise;
mod order_version;
mod queued_order;
mod settlement_file;
mod settlement_intake;
mod settlement_report;
mod settlement_terms;
mod stock;
mod sweep;
mod sweep_request;

pub use check_connection::check_connection;
pub use describe::{Capability, Description, describe};
pub use settlement_file::{hash as settlement_file_hash, kept_file as kept_settlement_file};
pub use stock::{StockLine, overview as stock_overview};

use chrono::{DateTime, Utc};

use crate::finding::{Code, Finding};
use crate::host::Host;
use crate::orchestration::{Attempt, Failure, Outcome, verdict};
use crate::remote::{CallFailure, FailureClass};
use crate::settings::Settings;

/// How an event reached the host.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Source {
    AmazonNotification,
    /// A timer of the host.
    Schedule,
    /// A file that a person handed in.
    Upload,
    /// A message that this plugin put into a queue.
    Queue,
}

/// One delivery of an event.
#[derive(Clone, PartialEq, Eq)]
pub struct Delivery {
    pub event_id: String,
    pub source: Source,
    /// RFC 3339, where the source says when it happened.
    pub occurred_at: Option<String>,
    /// 1 for the first.
    pub attempt: u32,
    pub body: Vec<u8>,
}

/// `on-order`: an order was placed, changed, shipped or cancelled, or it is time to look for orders that were.
pub fn on_order(host: &mut dyn Host, delivery: &Delivery) -> Result<Outcome, Failure> {
    let result = match delivery.source {
        Source::AmazonNotification | Source::Upload => on_order::handle_notification(host, delivery),
        Source::Schedule => sweep::handle(host, delivery),
        Source::Queue => on_order::handle_queued(host, delivery),
    };
    alert::raise(host, delivery, &result);
    result
}

/// `on-financial-event`: a settlement report is ready, or a person hands in a settlement file.
pub fn on_financial_event(host: &mut dyn Host, delivery: &Delivery) -> Result<Outcome, Failure> {
    let result = on_financial_event::handle(host, delivery);
    alert::raise(host, delivery, &result);
    result
}

/// `on-inventory`: stock moved at Amazon, a feed of quantities is done, or it is time to compare both sides.
pub fn on_inventory(host: &mut dyn Host, delivery: &Delivery) -> Result<Outcome, Failure> {
    let result = stock::handle(host, delivery);
    alert::raise(host, delivery, &result);
    result
}

impl Delivery {
    /// How often and for how long the event has been tried by now.
    fn attempt(&self, host: &mut dyn Host) -> Attempt<'_> {
        let occurred_at =
            self.occurred_at.as_deref().and_then(|text| DateTime::parse_from_rfc3339(text).ok());
        let event_age_ms = occurred_at.map(|at| age_ms(host, at.to_utc()));
        Attempt { event_id: &self.event_id, number: self.attempt, event_age_ms }
    }
}

/// How long ago that was; 0 for what is still to come by the clock of the host.
fn age_ms(host: &mut dyn Host, at: DateTime<Utc>) -> u64 {
    u64::try_from((host.now() - at).num_milliseconds()).unwrap_or(0)
}

fn not_handled_finding(name: &str, delivery: &Delivery) -> Finding {
    Finding::new(
        Code::EventNotHandled,
        &delivery.event_id,
        format!(
            "the notification type {name} asks for nothing here: unsubscribe from it, or route it elsewhere"
        ),
    )
}

/// The settings, or one finding that names the first problem and how many there are.
fn settings(host: &mut dyn Host, attempt: Attempt<'_>) -> Result<Settings, Failure> {
    let texts = host.settings().map_err(|reason| {
        let message = format!("the host gives no settings: {reason}");
        let (class, code) = (FailureClass::Transient, Code::SettingsUnavailable);
        verdict(&CallFailure::new(class, code, "settings", message), attempt)
    })?;
    Settings::parse(&texts).map_err(|findings| {
        let all: Vec<String> =
            findings.iter().map(|finding| format!("{} {}", finding.subject, finding.message)).collect();
        let code = findings.first().map_or(Code::SettingInvalid, |finding| finding.code);
        let message = format!("{}; then release the event", all.join("; "));
        Failure::Held(Finding::new(code, "settings", &message).caused_by(message).into())
    })
}
