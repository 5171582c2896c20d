//! Where a story is played: both twins on loopback, a connection to them, and a run that leaves a
//! transcript. Natively or through the component, the transcript must be the same.

mod amazon_notification;
mod amazon_order;
pub mod big_settlement;
mod books;
mod by_hand;
mod faults;
mod native;
mod recorder;
mod settlement_file;
mod stock;
mod transcript;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock};

use chrono::{DateTime, TimeZone, Utc};
use host_harness::clock::{Clock, ManualClock};
use host_harness::connection::Connection;
use host_harness::engine::{Delivery, Export, PluginEngine, Source};
use host_harness::gateway::HttpClient;
use host_harness::store::{MemoryStore, StateKey};
use host_harness::twin::world::report::{Report, ReportStatus};
use host_harness::twin::world::settlement::SETTLEMENT_REPORT;
use host_harness::twin::world::{World, WorldSize};
use host_harness::twin::{ConnectionFolder, InProcessTwins, PairOptions, TwinPair};
use host_harness::{ConnectionRuntime, Host};

use serde_json::{Value, json};

use crate::story::{Arrival, ArrivalSource, Story};

pub use native::{NativeHost, source};
pub use recorder::Recorder;

/// How a story is played.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Play {
    /// Through the component in wasmtime.
    Component,
    /// Through the core, compiled for this machine.
    Native,
}

/// The plugin in a host, built and loaded once a process.
pub fn host() -> &'static Host {
    static HOST: OnceLock<Host> = OnceLock::new();
    HOST.get_or_init(|| {
        let artifact = artifact();
        let bytes = std::fs::read(&artifact).expect("the artifact was just built");
        let cache = host_harness::artifact::workspace().join("target/plugin/cache");
        let engine = PluginEngine::new(Some(cache)).expect("the engine starts");
        Host::new(&engine, &bytes).expect("the artifact is a plugin")
    })
}

/// The plugin without the intent that it writes before it creates: what the tests of crashes must notice.
pub fn host_without_intents() -> &'static Host {
    static HOST: OnceLock<Host> = OnceLock::new();
    HOST.get_or_init(|| {
        let bytes = host_harness::artifact::build_sabotaged("no-intent", |_| {})
            .unwrap_or_else(|error| panic!("{error}"));
        let engine = PluginEngine::new(None).expect("the engine starts");
        Host::new(&engine, &bytes).expect("the artifact is a plugin")
    })
}

/// The component, built where its sources are newer.
pub fn artifact() -> PathBuf {
    host_harness::artifact::build(|_| {}).unwrap_or_else(|error| panic!("{error}"))
}

/// How the plugin reaches the twins.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Way {
    /// Over loopback, as it reaches the real services.
    Sockets,
    /// Within the process: what thousands of runs need.
    InProcess,
}

/// A world with no orders of its own: the story's order is all that Amazon tells.
pub struct Stage {
    pub pair: Arc<TwinPair>,
    pub runtime: ConnectionRuntime,
    pub connection: Connection,
    pub clock: Arc<ManualClock>,
    pub recorder: Arc<Recorder>,
    /// The reports that Amazon has told of, by the settlement's name in the story.
    reports: Mutex<BTreeMap<String, Report>>,
    /// The feed that Amazon was last asked to work on.
    last_feed: Mutex<Option<String>>,
    /// The plugin that [`Play::Component`] plays with.
    pub host: &'static Host,
}

impl Stage {
    pub async fn set(story: &Story, way: Way) -> Stage {
        let now = Utc.with_ymd_and_hms(2026, 10, 28, 12, 0, 0).single().expect("noon happens once");
        let clock = Arc::new(ManualClock::at(now));
        let pair = Arc::new(twins(story, &clock, now, way).await);
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = ConnectionFolder::write(folder.path(), &pair).expect("a writable folder").file;
        let mut text = std::fs::read_to_string(&file).expect("the file was just written");
        if story.kashflow.unreachable {
            // Port 1 is reserved and closed: a connection is refused at once.
            text = text.replace(&pair.kashflow.url(), "http://127.0.0.1:1/api/service.asmx");
        }
        std::fs::write(folder.path().join("sku.csv"), books::SKU_TABLE).expect("a writable folder");
        let mut connection =
            Connection::from_text(&text, folder.path(), |_| None).unwrap_or_else(|error| panic!("{error}"));
        connection.queues.retain(|queue| !story.without_queues.contains(queue));
        connection.settings.retain(|key, _| !key.starts_with("stock."));
        if story.stock.is_some() {
            let seller = pair.with_world(|world| world.seller().id.to_string());
            connection.settings.insert("stock.seller-id".to_owned(), seller);
        }
        for (key, value) in &story.settings {
            if value.is_empty() {
                connection.settings.remove(key);
            } else {
                connection.settings.insert(key.clone(), value.clone());
            }
        }
        let recorder = Arc::new(Recorder::default());
        let shared: Arc<dyn Clock> = clock.clone();
        let store = Arc::new(MemoryStore::new(Arc::clone(&shared)));
        let client = match way {
            Way::Sockets => HttpClient::new(),
            Way::InProcess => HttpClient::through(Arc::new(InProcessTwins::new(Arc::clone(&pair)))),
        };
        let runtime = ConnectionRuntime::with_client(&connection, store, shared, client);
        let runtime = runtime.with_observer(recorder.clone());
        Stage {
            pair,
            runtime,
            connection,
            clock,
            recorder,
            reports: Mutex::default(),
            last_feed: Mutex::default(),
            host: host(),
        }
    }

    /// Plays a story from the first arrival to the last and gives its transcript.
    pub async fn play(story: &Story, play: Play) -> String {
        let stage = Stage::set(story, Way::Sockets).await;
        let mut transcript = transcript::Transcript::begin(&story.title);
        stage.inject_faults(story);
        for arrival in &story.deliver {
            stage.prepare(story, arrival);
            let ending = stage.deliver(story, arrival, play).await;
            transcript.delivery(arrival, &stage.recorder.take(), &ending);
        }
        stage.heal();
        transcript.books(&stage.pair.kashflow.books().render(), &by_hand::addresses(&stage.pair));
        if story.stock.is_some() {
            transcript.offers(&stage.offers());
        }
        transcript.text
    }

    /// Lets go wrong what the story says.
    pub fn inject_faults(&self, story: &Story) {
        for fault in &story.fault {
            faults::inject(fault, &self.pair);
        }
    }

    /// What changes in the world, and what people do, before an arrival.
    pub fn prepare(&self, story: &Story, arrival: &Arrival) {
        self.before(story, arrival);
        stock::happen(&arrival.stock, &self.pair);
        by_hand::post_invoices(&arrival.by_hand, &self.pair);
        by_hand::pay(&arrival.paid, &self.pair);
    }

    /// What changes in the world before an arrival.
    pub fn before(&self, story: &Story, arrival: &Arrival) {
        self.clock.advance_ms(arrival.after_ms);
        if arrival.healed {
            self.heal();
        }
        if let Some(code) = &arrival.new_product {
            books::make_product(code, &self.pair);
        }
        let order = story.order_of(arrival);
        if !order.unknown {
            let told = amazon_order::json(order, arrival);
            self.pair.amazon.tell_instead(order.id.as_str(), told);
        }
        for order in arrival.unnoticed.iter().map(|name| story.another_order(name)) {
            let told = amazon_order::json_as_it_is(order);
            self.pair.amazon.tell_instead(order.id.as_str(), told);
        }
    }

    /// Ends everything that goes wrong.
    pub fn heal(&self) {
        faults::end(&self.pair);
        books::lift_restrictions(&self.pair);
    }

    pub async fn deliver(&self, story: &Story, arrival: &Arrival, play: Play) -> transcript::Ending {
        let (source, usual_body) = match arrival.source {
            ArrivalSource::Notification if arrival.settlement.is_some() => self.settlement(story, arrival),
            ArrivalSource::Notification if arrival.feed_is_done => {
                (Source::AmazonNotification, self.feed_notification().await)
            }
            ArrivalSource::Notification => (Source::AmazonNotification, self.notification(story, arrival)),
            ArrivalSource::Schedule if arrival.export() == "on-inventory" => {
                (Source::Schedule, br#"{"sweep":"stock"}"#.to_vec())
            }
            ArrivalSource::Schedule => (Source::Schedule, br#"{"sweep":"orders"}"#.to_vec()),
            ArrivalSource::Queue => (Source::Queue, self.message(arrival).await),
        };
        let delivery = Delivery {
            event_id: arrival.event.clone(),
            source,
            content_type: "application/json".to_owned(),
            occurred_at: arrival.occurred_at.clone(),
            attempt: arrival.attempt,
            body: arrival.body.clone().map_or(usual_body, String::into_bytes),
        };
        match play {
            Play::Component => {
                let export = match arrival.export() {
                    "on-order" => Export::OnOrder,
                    "on-financial-event" => Export::OnFinancialEvent,
                    "on-inventory" => Export::OnInventory,
                    other => panic!("a story names the export `{other}`, which there is not"),
                };
                let report = self.host.deliver(&self.runtime, export, &delivery).await;
                transcript::Ending::of_component(&report.result)
            }
            Play::Native => {
                native::deliver(&self.runtime, &self.connection.settings, arrival.export(), &delivery).await
            }
        }
    }
}

impl Stage {
    /// What Amazon offers by now.
    pub fn offers(&self) -> String {
        stock::offers(&self.pair)
    }

    /// The notification of the feed that the plugin has made last, as its own journal names it.
    async fn feed_notification(&self) -> Vec<u8> {
        let key = StateKey::new("stock/journal").expect("a sound key");
        let journal = self.runtime.state.get(&self.connection.name, &key).await.expect("the store works");
        let feed = journal.and_then(|entry| serde_json::from_slice::<Value>(&entry.value).ok());
        let feed = feed.and_then(|journal| journal["feed"]["feed"].as_str().map(str::to_owned));
        // A feed that was looked at already is told of all the same.
        let mut last = self.last_feed.lock().expect("no holder of this lock panics");
        if feed.is_some() {
            *last = feed;
        }
        let told = last.as_deref().and_then(|feed| self.pair.amazon.feed_notification(feed));
        // Where a disturbed delivery has looked at its feed before anybody told of it, it is one that nobody knows.
        let unknown = json!({
            "notificationType": "FEED_PROCESSING_FINISHED",
            "payload": {"feedProcessingFinishedNotification": {
                "feedId": "1", "feedType": "JSON_LISTINGS_FEED", "processingStatus": "DONE",
            }},
        });
        told.unwrap_or(unknown).to_string().into_bytes()
    }

    fn notification(&self, story: &Story, arrival: &Arrival) -> Vec<u8> {
        match &arrival.counted {
            Some(sku) => stock::notification(sku, &self.pair),
            None => amazon_notification::body(story, arrival),
        }
    }

    /// A settlement that a person hands in, or that Amazon tells of as a report.
    fn settlement(&self, story: &Story, arrival: &Arrival) -> (Source, Vec<u8>) {
        let name = arrival.settlement.as_deref().expect("only such arrivals are asked for it");
        let settlement = story.settlement(name);
        if !arrival.as_report {
            return (Source::Upload, settlement_file::bytes(settlement));
        }
        let mut reports = self.reports.lock().expect("no holder of this lock panics");
        // However often it is delivered, it is the same report.
        let report = reports.entry(name.to_owned()).or_insert_with(|| {
            let amazon = &self.pair.amazon;
            match settlement.report_status.as_deref() {
                None => amazon.put_report(SETTLEMENT_REPORT, settlement_file::bytes(settlement)),
                Some("FATAL") => amazon.put_report_without_document(SETTLEMENT_REPORT, ReportStatus::Fatal),
                Some("CANCELLED") => {
                    amazon.put_report_without_document(SETTLEMENT_REPORT, ReportStatus::Cancelled)
                }
                Some(other) => panic!("a story has a report with the status `{other}`"),
            }
        });
        let notification = self.pair.with_world(|world| world.report_notification(report));
        (Source::AmazonNotification, notification.to_string().into_bytes())
    }

    /// The message of an arrival, unless the story writes it itself.
    async fn message(&self, arrival: &Arrival) -> Vec<u8> {
        if arrival.body.is_some() {
            return Vec::new();
        }
        let messages = self.runtime.queue.all(&self.connection.name, "on-order").await;
        let messages = messages.expect("the store works");
        let index = arrival.message.checked_sub(1).expect("messages are counted from 1") as usize;
        let message = messages.into_iter().nth(index);
        message.unwrap_or_else(|| panic!("there is no message {}", arrival.message)).body
    }
}

async fn twins(story: &Story, clock: &Arc<ManualClock>, now: DateTime<Utc>, way: Way) -> TwinPair {
    let size = WorldSize { orders: 0, products: 1, buyers: 1, epoch: now };
    let twins_clock = Arc::clone(clock);
    let options = PairOptions {
        amazon_port: 0,
        kashflow_port: 0,
        // The clock of a story stands still, so a bucket that is spent would stay so.
        usage_plan_factor: 1_000_000,
        clock: Arc::new(move || twins_clock.now()),
    };
    let account = books::account(&story.kashflow);
    let world = World::generate(1, size);
    let pair = match way {
        Way::Sockets => TwinPair::start_with(world, account, options).await.expect("the twins start"),
        Way::InProcess => TwinPair::in_process(world, Some(account), options).expect("the twins start"),
    };
    if let Some(orders) = story.amazon.orders_of_a_page {
        pair.amazon.limit_pages(orders);
    }
    stock::empty(&pair);
    stock::happen(&story.stock.clone().unwrap_or_default(), &pair);
    by_hand::post_invoices(&story.kashflow.invoice, &pair);
    books::restrict(&story.kashflow, &pair);
    pair
}
