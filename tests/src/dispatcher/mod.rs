//! The dispatcher, tried with a component that does what a test tells it to (`tests/guest`), over a real store.
//!
//! Time is the machine's, and no test waits for luck: each waits for what must happen, however long it takes.

mod hot_swap;
mod misbehaviour;
mod order_and_share;
mod stopping;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use host_harness::ConnectionRuntime;
use host_harness::clock::{Clock, SystemClock};
use host_harness::connection::Connection;
use host_harness::dispatcher::{
    DispatchObserver, DispatchOptions, Dispatcher, EndedDelivery, Granted, PluginSlot, Work,
};
use host_harness::engine::{Export, Source};
use host_harness::source::ArrivedEvent;
use host_harness::store::{ClaimedEvent, EventStory, SqliteStore, StoreLock};
use tempfile::TempDir;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

use crate::engine::{CONNECTION, NOWHERE, component, engine};

/// Nothing here takes so long, unless it never happens.
const NEVER: Duration = Duration::from_secs(60);

/// A store and a plugin, before or between the lives of a dispatcher.
struct Bench {
    folder: TempDir,
    connections: Vec<Connection>,
    workers: usize,
    shutdown_deadline: Duration,
}

impl Bench {
    fn new(workers: usize) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        std::fs::write(folder.path().join("plugin.wasm"), component()).expect("a writable folder");
        let shutdown_deadline = NEVER;
        Bench { folder, connections: Vec::new(), workers, shutdown_deadline }.with_connection("acme-uk", "")
    }

    fn with_connection(mut self, name: &str, limits: &str) -> Self {
        self.connections.push(connection(self.folder.path(), name, NOWHERE, limits));
        self
    }

    /// The first connection with other limits, or with an upstream of the test's own.
    fn with(mut self, upstream: &str, limits: &str) -> Self {
        self.connections[0] = connection(self.folder.path(), "acme-uk", upstream, limits);
        self
    }

    fn plugin(&self) -> PathBuf {
        self.folder.path().join("plugin.wasm")
    }

    async fn start(&self) -> Running {
        let granted = |connection: &Connection| Granted {
            connection: connection.name.clone(),
            amazon_host: connection.amazon.host.clone(),
            grants: connection.grants.clone(),
        };
        let granted = self.connections.iter().map(granted).collect();
        let slot = PluginSlot::open(engine(), &self.plugin(), granted).await.expect("the guest is a plugin");
        let mut works = Vec::new();
        for connection in &self.connections {
            let clock: Arc<dyn Clock> = Arc::new(SystemClock);
            let lock = StoreLock::take(&connection.state_file).expect("the store is free");
            let (runtime, store) = ConnectionRuntime::open(connection, clock).expect("a store");
            works.push(Arc::new(Work::begin(runtime, store, lock).await.expect("the store works")));
        }
        Running::start(self, Arc::new(slot), works)
    }
}

fn connection(folder: &Path, name: &str, upstream: &str, limits: &str) -> Connection {
    let text = CONNECTION.replace("{upstream}", upstream).replace("acme-uk", name) + limits;
    let connection = Connection::from_text(&text, folder, |name| Some(format!("the-secret-{name}")));
    connection.unwrap_or_else(|error| panic!("{error}"))
}

/// A dispatcher at work.
struct Running {
    slot: Arc<PluginSlot>,
    works: Vec<Arc<Work>>,
    wake: Arc<Notify>,
    seen: Arc<Seen>,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Running {
    fn start(bench: &Bench, slot: Arc<PluginSlot>, works: Vec<Arc<Work>>) -> Self {
        let (wake, seen) = (Arc::new(Notify::new()), Arc::new(Seen::default()));
        let (stop, stopped) = watch::channel(false);
        let dispatcher = Dispatcher {
            plugin: Arc::clone(&slot),
            works: works.clone(),
            options: DispatchOptions { workers: bench.workers, shutdown_deadline: bench.shutdown_deadline },
            wake: Arc::clone(&wake),
            observer: Arc::clone(&seen) as Arc<dyn DispatchObserver>,
        };
        let task = tokio::spawn(dispatcher.run(stopped));
        Running { slot, works, wake, seen, stop, task }
    }

    /// Puts an event into the queue of the nth connection.
    async fn put(&self, place: usize, event_id: &str, key: Option<&str>, script: &str) {
        let work = &self.works[place];
        work.store.take_in(work.name(), &event(event_id, key, script)).await.expect("the store works");
        self.wake.notify_one();
    }

    async fn story(&self, event_id: &str) -> EventStory {
        let work = &self.works[0];
        let story = work.store.story(work.name(), event_id).await.expect("the store works");
        story.unwrap_or_else(|| panic!("{event_id} is in the store"))
    }

    /// Stops, and comes back when everything has ended.
    async fn stop(self) -> Arc<Seen> {
        self.stop.send(true).expect("the dispatcher runs");
        self.task.await.expect("the dispatcher does not panic");
        self.seen
    }
}

fn event(event_id: &str, key: Option<&str>, script: &str) -> ArrivedEvent {
    ArrivedEvent {
        event_id: event_id.to_owned(),
        export: Export::OnOrder,
        source: Source::AmazonNotification,
        content_type: "text/plain".to_owned(),
        occurred_at: None,
        ordering_key: key.map(str::to_owned),
        traceparent: None,
        body: script.as_bytes().to_vec(),
    }
}

/// What an observer has seen, in order.
#[derive(Default)]
struct Seen {
    log: Mutex<Vec<Moment>>,
    news: Notify,
}

#[derive(Clone, PartialEq, Eq, Debug)]
enum Moment {
    Began {
        event_id: String,
        key: Option<String>,
    },
    Ended {
        event_id: String,
        key: Option<String>,
        ending: &'static str,
        attempt: u32,
        plugin: String,
        /// From when to when the plugin had it, by the clock of the connection.
        run_ms: (u64, u64),
    },
}

impl Seen {
    fn moments(&self) -> Vec<Moment> {
        self.log.lock().expect("no holder of this lock can panic").clone()
    }

    fn add(&self, moment: Moment) {
        self.log.lock().expect("no holder of this lock can panic").push(moment);
        self.news.notify_waiters();
    }

    /// How the deliveries of an event ended, in order.
    fn endings(&self, event: &str) -> Vec<&'static str> {
        let ended = |moment| match moment {
            Moment::Ended { event_id, ending, .. } if event_id == event => Some(ending),
            _ => None,
        };
        self.moments().into_iter().filter_map(ended).collect()
    }

    fn has_begun(&self, event: &str) -> bool {
        self.moments()
            .iter()
            .any(|moment| matches!(moment, Moment::Began { event_id, .. } if event_id == event))
    }

    async fn until(&self, what: &str, has_happened: impl Fn(&Seen) -> bool) {
        let happened = async {
            loop {
                let news = self.news.notified();
                tokio::pin!(news);
                news.as_mut().enable();
                if has_happened(self) {
                    return;
                }
                news.await;
            }
        };
        let in_time = tokio::time::timeout(NEVER, happened).await;
        assert!(in_time.is_ok(), "never: {what}; {:?}", self.moments());
    }

    async fn until_ended(&self, event: &str) {
        self.until(&format!("{event} ends"), |seen| !seen.endings(event).is_empty()).await;
    }
}

impl DispatchObserver for Seen {
    fn began(&self, _work: &Work, event: &ClaimedEvent) {
        let (event_id, key) = (event.delivery.event_id.clone(), event.ordering_key.clone());
        self.add(Moment::Began { event_id, key });
    }

    fn ended(&self, _work: &Work, ended: &EndedDelivery<'_>) {
        self.add(Moment::Ended {
            event_id: ended.event.delivery.event_id.clone(),
            key: ended.event.ordering_key.clone(),
            ending: ended.settlement.ending.name(),
            attempt: ended.event.delivery.attempt,
            plugin: ended.plugin.label(),
            run_ms: (ended.now_ms - ended.elapsed.as_millis() as u64, ended.now_ms),
        });
    }
}

/// A service that takes connections and never answers. It is gone when this is dropped.
struct Silent(std::net::TcpListener);

impl Silent {
    fn new() -> Self {
        Silent(std::net::TcpListener::bind("127.0.0.1:0").expect("a free port"))
    }

    fn address(&self) -> String {
        self.0.local_addr().expect("a listener has an address").to_string()
    }

    /// What makes the guest wait for it.
    fn script() -> String {
        format!("http GET {} /orders/2026-01-01/orders/1", crate::engine::AMAZON)
    }
}

/// The store of the first connection, for a look at it while no dispatcher runs.
async fn store_of(bench: &Bench) -> SqliteStore {
    SqliteStore::open(&bench.connections[0].state_file, Arc::new(SystemClock)).expect("a store")
}
