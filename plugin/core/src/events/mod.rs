//! One file an export: the only place where Amazon, the mapping, the orchestration and KashFlow meet.
//!
//! A handler takes the host and a delivery and gives an outcome or a failure. Absent on purpose: any
//! decision that has a home in `mapping` or `orchestration`.

mod chart;
mod check_connection;
mod describe;
mod kashflow_books;
mod on_order;

pub use check_connection::check_connection;
pub use describe::{Capability, Description, describe};
pub use on_order::on_order;

use crate::finding::{Code, Finding};
use crate::host::Host;
use crate::orchestration::{Failure, Outcome};
use crate::settings::Settings;

/// One delivery of an event.
#[derive(Clone, PartialEq, Eq)]
pub struct Delivery {
    pub event_id: String,
    /// 1 for the first.
    pub attempt: u32,
    pub body: Vec<u8>,
}

/// `on-financial-event`: no notification type is handled yet.
pub fn on_financial_event(_host: &mut dyn Host, delivery: &Delivery) -> Result<Outcome, Failure> {
    not_handled(delivery)
}

/// `on-inventory`: no notification type is handled yet.
pub fn on_inventory(_host: &mut dyn Host, delivery: &Delivery) -> Result<Outcome, Failure> {
    not_handled(delivery)
}

/// Reads the envelope, so that rubbish is dead-lettered and a real notification is named.
fn not_handled(delivery: &Delivery) -> Result<Outcome, Failure> {
    use crate::amazon::notification::{Notification, decode};
    let name = match decode(&delivery.body, &delivery.event_id).map_err(Failure::DeadLetter)? {
        Notification::OrderChange(_) => "ORDER_CHANGE".to_owned(),
        Notification::Other(name) => name,
    };
    Ok(Outcome::ignored(not_handled_finding(&name, delivery)))
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
fn settings(host: &mut dyn Host) -> Result<Settings, Failure> {
    let texts = host.settings().map_err(|reason| Failure::Retry {
        after_ms: crate::limits::RETRY_FIRST_MS,
        reason: format!("{}: the host gives no settings: {reason}", Code::SettingsUnavailable),
    })?;
    Settings::parse(&texts).map_err(|findings| {
        let all: Vec<String> =
            findings.iter().map(|finding| format!("{} {}", finding.subject, finding.message)).collect();
        let code = findings.first().map_or(Code::SettingInvalid, |finding| finding.code);
        Failure::Held(Finding::new(code, "settings", format!("{}; then release the event", all.join("; "))))
    })
}
