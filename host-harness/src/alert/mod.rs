//! Tells a person that something waits for one: the messages of the queue `alert`, by webhook and by command.
//!
//! The plugin's alerts and the host's own take the same way: into the store first, so that none is lost, then out,
//! at a bounded rate. Every target is told of every alert at least once: what was sent when the host ended before
//! it wrote that down is sent again. Deliberately absent: the events themselves, which `holds list` shows.

mod command;
mod hourly_limit;
mod sender;
mod target;
#[cfg(test)]
mod tests;
mod webhook;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

pub use sender::{AlertSender, run};

use crate::code::Code;
use crate::connection::ConnectionName;
use crate::redactor::Redactor;
use crate::store::{Message, MessageQueue, QueuedMessage, SendError, Sent};

/// The queue that alerts wait in, the plugin's and the host's.
pub const ALERT_QUEUE: &str = "alert";

/// How many causes a combined alert names, and how many subjects of each.
const CAUSES_NAMED: usize = 20;
const SUBJECTS_NAMED: usize = 3;

/// Something that a person is told.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Alert {
    /// What `docs/errors.md` explains.
    pub code: String,
    /// What it is about: an order, a SKU, a setting.
    pub subject: String,
    /// What happened and what to do.
    pub message: String,
    pub connection: ConnectionName,
    pub occurred_at: DateTime<Utc>,
    /// How many alerts this one stands for: 1, unless several were combined.
    pub count: usize,
}

/// The part of a message in the queue that is read. The plugin says more, for other readers.
#[derive(Serialize, Deserialize)]
struct QueuedAlert {
    code: String,
    subject: String,
    message: String,
}

/// What a webhook and a command are given.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SentAlert<'a> {
    code: &'a str,
    subject: &'a str,
    message: &'a str,
    connection: &'a str,
    /// RFC 3339, in UTC.
    occurred_at: String,
    count: usize,
}

impl Alert {
    /// One of the host's own.
    pub fn of_host(
        code: Code,
        subject: impl Into<String>,
        message: impl Into<String>,
        connection: &ConnectionName,
        occurred_at: DateTime<Utc>,
    ) -> Self {
        let (code, connection) = (code.code().to_owned(), connection.clone());
        Alert { code, subject: subject.into(), message: message.into(), connection, occurred_at, count: 1 }
    }

    /// What stands in the queue. A message that is no alert is told of without its content.
    pub fn from_queue_message(connection: &ConnectionName, queued: &QueuedMessage) -> Self {
        let arrived_ms = i64::try_from(queued.not_before_ms).unwrap_or(i64::MAX);
        let occurred_at = DateTime::from_timestamp_millis(arrived_ms).unwrap_or(DateTime::<Utc>::MAX_UTC);
        match serde_json::from_slice::<QueuedAlert>(&queued.body) {
            Ok(QueuedAlert { code, subject, message }) => {
                Alert { code, subject, message, connection: connection.clone(), occurred_at, count: 1 }
            }
            Err(_) => {
                let code = Code::AlertUnreadable;
                let subject = format!("message {}", queued.sequence);
                let message = format!("{}: {}", code.title(), code.remedy());
                Alert::of_host(code, subject, message, connection, occurred_at)
            }
        }
    }

    /// One alert in the place of many, which names the causes. `None` for none at all.
    pub fn combined(alerts: &[Alert]) -> Option<Self> {
        let first = alerts.first()?;
        let mut causes: Vec<(&str, Vec<&str>)> = Vec::new();
        for alert in alerts {
            match causes.iter_mut().find(|(code, _)| *code == alert.code) {
                Some((_, subjects)) => subjects.push(&alert.subject),
                None => causes.push((&alert.code, vec![&alert.subject])),
            }
        }
        let named: Vec<String> = causes.iter().take(CAUSES_NAMED).map(named).collect();
        let code = Code::AlertsCombined;
        let subject = format!("{} further alerts", alerts.len());
        let message = format!("{subject}: {}; {}", named.join("; "), code.remedy());
        let combined = Alert::of_host(code, subject, message, &first.connection, first.occurred_at);
        Some(Alert { count: alerts.len(), ..combined })
    }

    /// As a webhook and a command are given it.
    pub fn to_json(&self) -> Vec<u8> {
        let sent = SentAlert {
            code: &self.code,
            subject: &self.subject,
            message: &self.message,
            connection: self.connection.as_str(),
            occurred_at: self.occurred_at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true),
            count: self.count,
        };
        serde_json::to_vec(&sent).expect("a struct of texts serialises")
    }

    fn redacted(self, redactor: &Redactor) -> Self {
        let redact = |text: &str| redactor.redact(text);
        Alert {
            code: redact(&self.code),
            subject: redact(&self.subject),
            message: redact(&self.message),
            ..self
        }
    }
}

/// `14 × KA-0401 (026-1, 026-2, 026-3 and others)`.
fn named((code, subjects): &(&str, Vec<&str>)) -> String {
    let others = if subjects.len() > SUBJECTS_NAMED { " and others" } else { "" };
    let first = &subjects[..subjects.len().min(SUBJECTS_NAMED)];
    format!("{} × {code} ({}{others})", subjects.len(), first.join(", "))
}

/// Puts an alert of the host into the queue: the same cause and subject once a day, as the plugin does it.
pub async fn raise(queue: &dyn MessageQueue, alert: &Alert) -> Result<Sent, SendError> {
    let Alert { code, subject, message, connection, occurred_at, .. } = alert;
    let body = QueuedAlert { code: code.clone(), subject: subject.clone(), message: message.clone() };
    let message = Message {
        content_type: "application/json".to_owned(),
        body: serde_json::to_vec(&body).expect("a struct of texts serialises"),
        deduplication_key: Some(format!("host/{}/{code}/{subject}", occurred_at.date_naive())),
        delay_ms: 0,
    };
    queue.send(connection, ALERT_QUEUE, &message).await
}
