//! Sends the alerts of one connection, in the order in which they came.
//!
//! Once the hour's alerts are used up the rest waits, and goes out as one that names the causes. A target that
//! fails is tried again after a pause that grows, and the others are not told twice meanwhile. Without a target
//! the log is told, which someone reads anyway, and the alert is done with: kept, it would only come late to
//! whoever sets a target up.

use std::sync::Arc;
use std::time::Duration;

use governor::clock::DefaultClock;
use tokio::sync::watch;

use super::command::Command;
use super::hourly_limit::{HourlyLimit, hourly_limit};
use super::target::Target;
use super::webhook::Webhook;
use super::{ALERT_QUEUE, Alert};
use crate::clock::Clock;
use crate::code::Code;
use crate::connection::{AlertSettings, ConnectionName};
use crate::gateway::HttpClient;
use crate::limits::{ALERT_LOOK_MS, ALERT_RETRY_FIRST_MS, ALERT_RETRY_LONGEST_MS};
use crate::redactor::Redactor;
use crate::runtime::ConnectionRuntime;
use crate::store::{MessageQueue, QueuedMessage, StoreError};
use crate::telemetry::metrics::{AlertResult, Metrics};

/// Takes alerts from the queue of one connection to its targets.
pub struct AlertSender {
    connection: ConnectionName,
    targets: Vec<Target>,
    queue: Arc<dyn MessageQueue>,
    clock: Arc<dyn Clock>,
    redactor: Arc<Redactor>,
    metrics: Arc<Metrics>,
    allows: HourlyLimit,
    /// Whether alerts have had to wait for the limit.
    limited: bool,
    under_way: Option<UnderWay>,
}

/// What is being sent, until every target has it and the queue has let go of it.
struct UnderWay {
    alert: Alert,
    sequences: Vec<u64>,
    /// By place in the list of targets.
    untold: Vec<usize>,
    failures: u32,
}

/// Sends until `stop` says true or its sender is gone. What is being sent then is finished.
pub async fn run(mut sender: AlertSender, mut stop: watch::Receiver<bool>) {
    loop {
        let pause = sender.step().await;
        tokio::select! {
            biased;
            _ = stop.wait_for(|stop| *stop) => return,
            () = tokio::time::sleep(pause) => {}
        }
    }
}

impl AlertSender {
    pub fn new(
        connection: &ConnectionRuntime,
        settings: &AlertSettings,
        client: HttpClient,
        metrics: Arc<Metrics>,
    ) -> Self {
        let limit = hourly_limit(settings.per_hour, DefaultClock::default());
        AlertSender::with_limit(connection, settings, client, metrics, limit)
    }

    pub(super) fn with_limit(
        connection: &ConnectionRuntime,
        settings: &AlertSettings,
        client: HttpClient,
        metrics: Arc<Metrics>,
        allows: HourlyLimit,
    ) -> Self {
        let redactor = Arc::clone(&connection.redactor);
        let webhook = settings.webhook.as_ref().map(|settings| Webhook::new(settings, client));
        let webhook = webhook.map(|webhook| Target::Webhook(Box::new(webhook)));
        let command = Command::new(&settings.command, Arc::clone(&redactor)).map(Target::Command);
        AlertSender {
            connection: connection.name.clone(),
            targets: webhook.into_iter().chain(command).collect(),
            queue: Arc::clone(&connection.queue),
            clock: Arc::clone(&connection.clock),
            redactor,
            metrics,
            allows,
            limited: false,
            under_way: None,
        }
    }

    /// Sends what can be sent next, and says after which pause to go on.
    pub(super) async fn step(&mut self) -> Duration {
        self.try_step().await.unwrap_or_else(|error| {
            let connection = &self.connection;
            tracing::warn!(%connection, code = %error.code(), "the queue of alerts cannot be read: {error}");
            Duration::from_millis(ALERT_LOOK_MS)
        })
    }

    async fn try_step(&mut self) -> Result<Duration, StoreError> {
        let under_way = match self.under_way.take() {
            Some(under_way) => under_way,
            None => match self.next().await? {
                Some(next) => next,
                None => return Ok(Duration::from_millis(ALERT_LOOK_MS)),
            },
        };
        let under_way = self.under_way.insert(under_way);
        if !tell(&self.targets, under_way, &self.metrics).await {
            return Ok(pause(under_way.failures));
        }
        for sequence in &under_way.sequences {
            self.queue.remove(&self.connection, ALERT_QUEUE, *sequence).await?;
        }
        self.under_way = None;
        Ok(Duration::ZERO)
    }

    /// What goes out next, where something waits and may go.
    async fn next(&mut self) -> Result<Option<UnderWay>, StoreError> {
        let now_ms = self.clock.now_ms();
        let mut waiting = self.queue.all(&self.connection, ALERT_QUEUE).await?;
        waiting.retain(|message| message.not_before_ms <= now_ms);
        if waiting.is_empty() {
            return Ok(None);
        }
        // The log has no limit: it is told of each.
        if !self.targets.is_empty() && !(self.allows)() {
            self.limited = true;
            return Ok(None);
        }
        if !std::mem::take(&mut self.limited) {
            waiting.truncate(1);
        }
        Ok(self.prepared(&waiting))
    }

    fn prepared(&self, waiting: &[QueuedMessage]) -> Option<UnderWay> {
        let alerts: Vec<Alert> =
            waiting.iter().map(|message| Alert::from_queue_message(&self.connection, message)).collect();
        let alert = match alerts.as_slice() {
            [alert] => alert.clone(),
            alerts => Alert::combined(alerts)?,
        };
        Some(UnderWay {
            alert: alert.redacted(&self.redactor),
            sequences: waiting.iter().map(|message| message.sequence).collect(),
            untold: (0..self.targets.len()).collect(),
            failures: 0,
        })
    }
}

/// Tells the targets that are not told yet. False where one of them failed.
async fn tell(targets: &[Target], under_way: &mut UnderWay, metrics: &Metrics) -> bool {
    let UnderWay { alert, untold, failures, .. } = under_way;
    let Alert { code, subject, connection, count, .. } = &*alert;
    if targets.is_empty() {
        tracing::warn!(%connection, code, subject, count, "alert: {}", alert.message);
        metrics.alerts(AlertResult::Logged, *count as u64);
        return true;
    }
    // All were told before, and the store had failed to let go of it.
    if untold.is_empty() {
        return true;
    }
    let json = alert.to_json();
    let mut failed = Vec::new();
    for index in std::mem::take(untold) {
        if let Err(error) = targets[index].tell(&json).await {
            let host_code = Code::AlertNotSent;
            tracing::warn!(%connection, code = %host_code, alert = code, "an alert waits: {error}");
            failed.push(index);
        }
    }
    *untold = failed;
    if !untold.is_empty() {
        *failures = failures.saturating_add(1);
        metrics.alerts(AlertResult::Failed, 1);
        return false;
    }
    tracing::info!(%connection, code, subject, count, "alert sent");
    let result = if *count == 1 { AlertResult::Sent } else { AlertResult::Combined };
    metrics.alerts(result, *count as u64);
    true
}

/// Twice as long each time, up to the longest.
fn pause(failures: u32) -> Duration {
    let doubled = 2_u64.saturating_pow(failures.saturating_sub(1));
    Duration::from_millis(ALERT_RETRY_FIRST_MS.saturating_mul(doubled).min(ALERT_RETRY_LONGEST_MS))
}
