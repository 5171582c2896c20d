//! Starts the sources that a connection configures, and ends them together.
//!
//! Deliberately absent: the decision to stop, which whoever holds the sender of the shutdown channel makes.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::sync::watch;
use tokio::task::JoinSet;
use tracing::Instrument;
use url::Url;

use super::directory::Directory;
use super::error::SourceError;
use super::intake::Intake;
use super::reception::Reception;
use super::schedule::Schedule;
use super::shutdown::Shutdown;
use super::sqs::{ProxyUnusable, Queue, Sqs};
use super::status::SourceStatus;
use super::webhook::Webhook;
use crate::clock::Clock;
use crate::connection::{ScheduleSettings, Sources};

/// Sources at work. Dropping it ends them in the middle of what they do, which loses nothing.
pub struct RunningSources {
    tasks: JoinSet<()>,
    statuses: Vec<Arc<SourceStatus>>,
    webhook_address: Option<SocketAddr>,
}

impl RunningSources {
    /// How each source fares, in the order of the connection file's documentation.
    pub fn statuses(&self) -> &[Arc<SourceStatus>] {
        &self.statuses
    }

    /// Where the webhook listens, if there is one.
    pub fn webhook_address(&self) -> Option<SocketAddr> {
        self.webhook_address
    }

    /// Ends once every source has finished what it had in hand, after the word to stop.
    ///
    /// # Panics
    ///
    /// As soon as a source has panicked, with its panic: await it beside the word to stop, so that a host does not
    /// go on deaf.
    pub async fn join(self) {
        self.tasks.join_all().await;
    }
}

impl Sources {
    /// Starts everything that is configured, in tasks of the current runtime and below the current span.
    ///
    /// `proxy` is for what leaves the machine: the calls to SQS. The sources stop when `shutdown` becomes true, or
    /// its sender is gone.
    ///
    /// # Errors
    ///
    /// Nothing is started where the folder cannot be used, the webhook cannot listen, or the proxy has an address
    /// that cannot be understood. What is out of order elsewhere, SQS above all, is logged and tried again.
    pub async fn start(
        &self,
        intake: Arc<dyn Intake>,
        clock: Arc<dyn Clock>,
        proxy: Option<&Url>,
        shutdown: watch::Receiver<bool>,
    ) -> Result<RunningSources, SourceError> {
        let mut desk = ReceptionDesk { intake, clock, statuses: Vec::new() };
        // All that can fail comes before the first task.
        let sqs = self.open_sqs(&mut desk, proxy).await?;
        let directory = self.open_directory(&mut desk)?;
        let schedules = self.open_schedules(&mut desk);
        let webhook = self.open_webhook(&mut desk).await?;
        let (webhook, webhook_address) = webhook.unzip();

        let shutdown = Shutdown::new(shutdown);
        let mut tasks = JoinSet::new();
        for receiver in sqs {
            tasks.spawn(receiver.run(shutdown.clone()).in_current_span());
        }
        if let Some(directory) = directory {
            tasks.spawn(directory.run(shutdown.clone()).in_current_span());
        }
        for schedule in schedules {
            tasks.spawn(schedule.run(shutdown.clone()).in_current_span());
        }
        if let Some(webhook) = webhook {
            tasks.spawn(webhook.run(shutdown.clone()).in_current_span());
        }
        Ok(RunningSources { tasks, statuses: desk.statuses, webhook_address })
    }

    async fn open_sqs(&self, desk: &mut ReceptionDesk, proxy: Option<&Url>) -> Result<Vec<Sqs>, SourceError> {
        let Some(settings) = &self.sqs else {
            return Ok(Vec::new());
        };
        let queue = Queue::new(settings, proxy).await.map_err(|ProxyUnusable| SourceError::Proxy)?;
        let receiver = Sqs::new(queue, desk.reception("sqs"));
        Ok((0..settings.receivers).map(|_| receiver.clone()).collect())
    }

    fn open_directory(&self, desk: &mut ReceptionDesk) -> Result<Option<Directory>, SourceError> {
        let Some(settings) = &self.directory else {
            return Ok(None);
        };
        let failed = |source| SourceError::Directory { path: settings.path.clone(), source };
        Directory::open(settings, desk.reception("directory")).map(Some).map_err(failed)
    }

    fn open_schedules(&self, desk: &mut ReceptionDesk) -> Vec<Schedule> {
        let open = |settings: &ScheduleSettings| {
            let name = format!("schedule {}", settings.event.name());
            Schedule::new(settings.clone(), desk.reception(name))
        };
        self.schedules.iter().map(open).collect()
    }

    async fn open_webhook(
        &self,
        desk: &mut ReceptionDesk,
    ) -> Result<Option<(Webhook, SocketAddr)>, SourceError> {
        let Some(settings) = &self.webhook else {
            return Ok(None);
        };
        let failed = |source| SourceError::Webhook { address: settings.listen, source };
        let webhook = Webhook::bind(settings, desk.reception("webhook")).await.map_err(failed)?;
        let address = webhook.address().map_err(failed)?;
        Ok(Some((webhook, address)))
    }
}

/// Gives each source its way into the store, and keeps what shows how it fares.
struct ReceptionDesk {
    intake: Arc<dyn Intake>,
    clock: Arc<dyn Clock>,
    statuses: Vec<Arc<SourceStatus>>,
}

impl ReceptionDesk {
    fn reception(&mut self, name: impl Into<String>) -> Reception {
        let status = Arc::new(SourceStatus::new(name));
        self.statuses.push(Arc::clone(&status));
        Reception { intake: Arc::clone(&self.intake), clock: Arc::clone(&self.clock), status }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use chrono::DateTime;

    use super::*;
    use crate::clock::ManualClock;
    use crate::code::Code;
    use crate::connection::{DirectorySettings, WebhookSecret, WebhookSettings};
    use crate::source::intake::tests::MemoryIntake;
    use crate::source::{ScheduledEvent, TimeZone, Timetable};

    fn sources(folder: &Path, listen: SocketAddr) -> Sources {
        let timetable = Timetable::parse("0 3 * * *", TimeZone::London).unwrap();
        let secret = WebhookSecret::Shared("a secret of the webhook".into());
        Sources {
            sqs: None,
            directory: Some(DirectorySettings { path: folder.to_owned(), poll_ms: 100 }),
            schedules: vec![ScheduleSettings { timetable, event: ScheduledEvent::SweepOrders }],
            webhook: Some(WebhookSettings { listen, path: "/events".to_owned(), secret }),
        }
    }

    async fn start(
        sources: &Sources,
        intake: Arc<MemoryIntake>,
    ) -> (Result<RunningSources, SourceError>, watch::Sender<bool>) {
        let (stop, shutdown) = watch::channel(false);
        let clock = Arc::new(ManualClock::at(DateTime::from_timestamp(1_777_777_777, 0).unwrap()));
        (sources.start(intake, clock, None, shutdown).await, stop)
    }

    #[tokio::test]
    async fn all_that_is_configured_runs_until_it_is_told_to_stop() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("event.json"), "{}").unwrap();
        let intake = Arc::new(MemoryIntake::default());
        let sources = sources(folder.path(), "127.0.0.1:0".parse().unwrap());
        let (running, stop) = start(&sources, intake.clone()).await;
        let running = running.unwrap();
        let names: Vec<&str> = running.statuses().iter().map(|status| status.name.as_str()).collect();
        assert_eq!(names, ["directory", "schedule sweep-orders", "webhook"]);
        let webhook = running.webhook_address().unwrap();
        tokio::net::TcpStream::connect(webhook).await.unwrap();
        while intake.stored().len() < 2 {
            tokio::task::yield_now().await;
        }
        stop.send(true).unwrap();
        running.join().await;
        assert!(tokio::net::TcpStream::connect(webhook).await.is_err());
    }

    #[tokio::test]
    async fn nothing_starts_where_a_source_cannot() {
        let folder = tempfile::tempdir().unwrap();
        let taken = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = taken.local_addr().unwrap();
        let intake = Arc::new(MemoryIntake::default());
        let (running, _stop) = start(&sources(folder.path(), address), intake.clone()).await;
        let error = running.err().unwrap();
        assert_eq!(error.code(), Code::WebhookCannotListen);
        assert!(error.to_string().contains(&address.to_string()), "{error}");

        let absent = folder.path().join("absent");
        let (running, _stop) = start(&sources(&absent, "127.0.0.1:0".parse().unwrap()), intake.clone()).await;
        let error = running.err().unwrap();
        assert_eq!(error.code(), Code::DirectoryUnusable);
        assert!(error.to_string().contains("absent"), "{error}");
        assert_eq!(intake.offers(), 0);
    }

    #[tokio::test]
    async fn a_connection_without_sources_has_nothing_to_wait_for() {
        let (running, _stop) = start(&Sources::default(), Arc::default()).await;
        let running = running.unwrap();
        assert!(running.statuses().is_empty() && running.webhook_address().is_none());
        running.join().await;
    }
}
