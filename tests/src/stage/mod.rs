//! Where a story is played: both twins on loopback, a connection to them, and a run that leaves a
//! transcript. Natively or through the component, the transcript must be the same.

mod amazon_notification;
mod amazon_order;
mod books;
mod by_hand;
mod faults;
mod native;
mod recorder;
mod transcript;

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use chrono::{DateTime, TimeZone, Utc};
use host_harness::clock::{Clock, ManualClock};
use host_harness::connection::Connection;
use host_harness::engine::{Delivery, Export, PluginEngine, Source};
use host_harness::store::MemoryStore;
use host_harness::twin::world::{World, WorldSize};
use host_harness::twin::{ConnectionFolder, PairOptions, TwinPair};
use host_harness::{ConnectionRuntime, Host};

use crate::story::{Arrival, Story};

pub use native::NativeHost;
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

/// The component, built where its sources are newer.
pub fn artifact() -> PathBuf {
    host_harness::artifact::build(|_| {}).unwrap_or_else(|error| panic!("{error}"))
}

/// A world with no orders of its own: the story's order is all that Amazon tells.
pub struct Stage {
    pub pair: TwinPair,
    pub runtime: ConnectionRuntime,
    pub connection: Connection,
    pub clock: Arc<ManualClock>,
    pub recorder: Arc<Recorder>,
}

impl Stage {
    pub async fn set(story: &Story) -> Stage {
        let now = Utc.with_ymd_and_hms(2026, 10, 28, 12, 0, 0).single().expect("noon happens once");
        let clock = Arc::new(ManualClock::at(now));
        let pair = twins(story, &clock, now).await;
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
        let runtime =
            ConnectionRuntime::with_store(&connection, store, shared).with_observer(recorder.clone());
        Stage { pair, runtime, connection, clock, recorder }
    }

    /// Plays a story from the first arrival to the last and gives its transcript.
    pub async fn play(story: &Story, play: Play) -> String {
        let stage = Stage::set(story).await;
        let mut transcript = transcript::Transcript::begin(&story.title);
        stage.inject_faults(story);
        for arrival in &story.deliver {
            stage.prepare(story, arrival).await;
            let ending = stage.deliver(story, arrival, play).await;
            transcript.delivery(arrival, &stage.recorder.take(), &ending);
        }
        stage.heal();
        transcript.books(&stage.pair.kashflow.books().render(), &by_hand::addresses(&stage.pair).await);
        transcript.text
    }

    /// Lets go wrong what the story says.
    pub fn inject_faults(&self, story: &Story) {
        for fault in &story.fault {
            faults::inject(fault, &self.pair);
        }
    }

    /// What changes in the world, and what people do, before an arrival.
    pub async fn prepare(&self, story: &Story, arrival: &Arrival) {
        self.before(story, arrival);
        by_hand::post_invoices(&arrival.by_hand, &self.pair).await;
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
            let told = amazon_order::json(order, arrival.status.as_deref());
            self.pair.amazon.tell_instead(order.id.as_str(), told);
        }
    }

    /// Ends everything that goes wrong.
    pub fn heal(&self) {
        faults::end(&self.pair);
        books::lift_restrictions(&self.pair);
    }

    pub async fn deliver(&self, story: &Story, arrival: &Arrival, play: Play) -> transcript::Ending {
        let delivery = Delivery {
            event_id: "event-1".to_owned(),
            source: Source::AmazonNotification,
            content_type: "application/json".to_owned(),
            occurred_at: None,
            attempt: arrival.attempt,
            body: amazon_notification::body(story, arrival),
        };
        match play {
            Play::Component => {
                let export = match arrival.export.as_str() {
                    "on-order" => Export::OnOrder,
                    "on-financial-event" => Export::OnFinancialEvent,
                    "on-inventory" => Export::OnInventory,
                    other => panic!("a story names the export `{other}`, which there is not"),
                };
                let report = host().deliver(&self.runtime, export, &delivery).await;
                transcript::Ending::of_component(&report.result)
            }
            Play::Native => {
                native::deliver(&self.runtime, &self.connection.settings, &arrival.export, &delivery).await
            }
        }
    }
}

async fn twins(story: &Story, clock: &Arc<ManualClock>, now: DateTime<Utc>) -> TwinPair {
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
    let pair =
        TwinPair::start_with(World::generate(1, size), account, options).await.expect("the twins start");
    by_hand::post_invoices(&story.kashflow.invoice, &pair).await;
    books::restrict(&story.kashflow, &pair);
    pair
}
