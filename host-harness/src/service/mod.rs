//! The host in operation: sources, dispatcher, alerts and the operations server of some connections, started
//! together and ended together.
//!
//! Deliberately absent: the signals of the operating system, which the command listens to.

mod error;
mod gateway_metrics;
mod intake;
mod observer;
mod status;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::task::{JoinHandle, JoinSet};
use tracing::Instrument;
use url::Url;

pub use error::ServiceError;

use crate::ConnectionRuntime;
use crate::alert::{self, AlertSender};
use crate::clock::Clock;
use crate::connection::Connection;
use crate::dispatcher::{ArtifactWatch, DispatchOptions, Dispatcher, Granted, PluginSlot, Work};
use crate::engine::PluginEngine;
use crate::gateway::HttpClient;
use crate::limits::STATUS_EVERY_MS;
use crate::source::{RunningSources, SourceStatus};
use crate::store::StoreLock;
use crate::telemetry::metrics::Metrics;
use crate::telemetry::operations_server::{Health, OperationsServer, RunningServer};
use gateway_metrics::GatewayMetrics;
use intake::StoreIntake;
use observer::ServiceObserver;
use status::ServiceStatus;

/// How a service runs, beside what its connections say.
pub struct ServiceOptions {
    /// The plugin's file. It is looked at for newer artifacts.
    pub plugin: PathBuf,
    /// Where compiled plugins are kept.
    pub cache: Option<PathBuf>,
    pub dispatch: DispatchOptions,
    /// Where the operations server listens.
    pub listen: SocketAddr,
    pub allow_remote: bool,
}

/// A service that runs. Dropped, it ends without any order: that loses nothing, and costs what is in work an
/// attempt.
pub struct Service {
    stop: watch::Sender<bool>,
    stop_server: watch::Sender<bool>,
    look_for_artifact: Arc<Notify>,
    sources: JoinSet<()>,
    dispatcher: JoinHandle<()>,
    others: Vec<JoinHandle<()>>,
    server: RunningServer,
    /// What `harness run` says when it is ready.
    pub plugin: String,
    /// Where webhooks listen, by connection.
    pub webhooks: Vec<(String, SocketAddr)>,
}

impl Service {
    /// Starts everything, or nothing.
    pub async fn start(
        connections: &[Connection],
        options: ServiceOptions,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, ServiceError> {
        let engine = PluginEngine::new(options.cache)?;
        let slot = PluginSlot::open(engine, &options.plugin, connections.iter().map(granted).collect());
        let slot = Arc::new(slot.await?);
        let (metrics, health, wake) = (Metrics::new(), Health::new(), Arc::new(Notify::new()));
        metrics.plugin_is(&slot.current().identity);
        let mut works = Vec::with_capacity(connections.len());
        for connection in connections {
            works.push(Arc::new(work(connection, &clock, &metrics).await?));
        }

        let (stop, stopped) = watch::channel(false);
        let mut running = Vec::with_capacity(connections.len());
        for (connection, work) in connections.iter().zip(&works) {
            let intake =
                Arc::new(StoreIntake::new(Arc::clone(work), Arc::clone(&metrics), Arc::clone(&wake)));
            let proxy = proxy(connection);
            let sources =
                connection.sources.start(intake, Arc::clone(&clock), proxy.as_ref(), stopped.clone());
            let connection = work.name();
            running.push(sources.instrument(tracing::info_span!("sources", %connection)).await?);
        }
        let observer = ServiceObserver::new(&works, &metrics, health.heartbeat("dispatcher"));
        let status = ServiceStatus {
            slot: Arc::clone(&slot),
            works: works.clone(),
            sources: running.iter().map(|sources| sources.statuses().to_vec()).collect(),
            observer: Arc::clone(&observer),
        };
        let status = Arc::new(status);
        let server =
            OperationsServer { metrics: Arc::clone(&metrics), health, status: Arc::clone(&status) as Arc<_> };
        let (stop_server, server_stopped) = watch::channel(false);
        let server = server.start(options.listen, options.allow_remote, server_stopped).await?;

        let mut others: Vec<_> = connections
            .iter()
            .zip(&works)
            .map(|(connection, work)| tokio::spawn(alerts(connection, work, &metrics, stopped.clone())))
            .collect();
        others.push(tokio::spawn(keep_gauges(status, Arc::clone(&metrics), stopped.clone())));
        let look_for_artifact = Arc::new(Notify::new());
        let artifact = ArtifactWatch {
            path: options.plugin,
            slot: Arc::clone(&slot),
            look: Arc::clone(&look_for_artifact),
            observer: Arc::clone(&observer) as Arc<_>,
        };
        others.push(tokio::spawn(artifact.run(stopped.clone())));
        let plugin = slot.current().label();
        let dispatcher = Dispatcher { plugin: slot, works, options: options.dispatch, wake, observer };
        let dispatcher = tokio::spawn(dispatcher.run(stopped));
        let webhooks = webhooks(connections, &running);
        let sources = running.into_iter().map(RunningSources::join).collect();
        Ok(Service {
            stop,
            stop_server,
            look_for_artifact,
            sources,
            dispatcher,
            others,
            server,
            plugin,
            webhooks,
        })
    }

    /// Where the operations server listens.
    pub fn address(&self) -> SocketAddr {
        self.server.address
    }

    /// Looks for a newer plugin at once.
    pub fn look_for_artifact(&self) {
        self.look_for_artifact.notify_one();
    }

    /// Comes back when a part has ended that should not, which is a fault of the host.
    pub async fn broken(&mut self) -> ServiceError {
        let (sources, dispatcher) = (&mut self.sources, &mut self.dispatcher);
        let deaf = async {
            // A connection without sources has nothing to wait for, and ends at once.
            while let Some(ended) = sources.join_next().await {
                if ended.is_err() {
                    return;
                }
            }
            std::future::pending::<()>().await;
        };
        tokio::select! {
            () = deaf => ServiceError::Broken { part: "source of events" },
            _ = dispatcher => ServiceError::Broken { part: "dispatcher" },
        }
    }

    /// Takes no more events, ends what is under way or gives it back, and ends.
    pub async fn stop(mut self) {
        // Whoever listens no more has ended already.
        self.stop.send(true).ok();
        while self.sources.join_next().await.is_some() {}
        if !self.dispatcher.is_finished() {
            self.dispatcher.await.ok();
        }
        for other in self.others {
            // What it did not do is in the store.
            other.await.ok();
        }
        self.stop_server.send(true).ok();
        self.server.task.await.ok();
    }
}

fn granted(connection: &Connection) -> Granted {
    Granted {
        connection: connection.name.clone(),
        amazon_host: connection.amazon.host.clone(),
        grants: connection.grants.clone(),
    }
}

async fn work(
    connection: &Connection,
    clock: &Arc<dyn Clock>,
    metrics: &Arc<Metrics>,
) -> Result<Work, ServiceError> {
    let lock = StoreLock::take(&connection.state_file)?;
    let observer = GatewayMetrics { connection: connection.name.clone(), metrics: Arc::clone(metrics) };
    let (runtime, store) =
        ConnectionRuntime::open_observed(connection, Arc::clone(clock), Arc::new(observer))?;
    let metrics = Arc::clone(metrics);
    store.observe_commits(move |took| metrics.store_written(took));
    Ok(Work::begin(runtime, store, lock).await?)
}

/// The proxy of a connection as the AWS SDK takes it, with its credential.
fn proxy(connection: &Connection) -> Option<Url> {
    let proxy = connection.egress.proxy.as_ref()?;
    let mut address = Url::parse(&proxy.address.to_string()).ok()?;
    if let Some((user_name, password)) = proxy.credential.as_ref().and_then(|credential| credential.parts()) {
        address.set_username(user_name).ok()?;
        address.set_password(Some(password)).ok()?;
    }
    Some(address)
}

fn alerts(
    connection: &Connection,
    work: &Work,
    metrics: &Arc<Metrics>,
    stopped: watch::Receiver<bool>,
) -> impl Future<Output = ()> + Send + 'static {
    let client = HttpClient::over(&connection.egress);
    let sender = AlertSender::new(&work.runtime, &connection.alerts, client, Arc::clone(metrics));
    alert::run(sender, stopped)
}

/// Counts what waits, for whoever asks next.
async fn keep_gauges(status: Arc<ServiceStatus>, metrics: Arc<Metrics>, mut stopped: watch::Receiver<bool>) {
    while !*stopped.borrow() {
        status.gauge(&metrics).await;
        tokio::select! {
            _ = stopped.changed() => {}
            () = tokio::time::sleep(Duration::from_millis(STATUS_EVERY_MS)) => {}
        }
    }
}

fn webhooks(connections: &[Connection], running: &[RunningSources]) -> Vec<(String, SocketAddr)> {
    let address = |(connection, sources): (&Connection, &RunningSources)| {
        Some((connection.name.to_string(), sources.webhook_address()?))
    };
    connections.iter().zip(running).filter_map(address).collect()
}

/// The sources of one connection, for the status page.
type SourceStatuses = Vec<Arc<SourceStatus>>;
