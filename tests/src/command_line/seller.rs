//! A seller for the commands: both twins in this process, and a connection to them in a folder.

use std::path::PathBuf;
use std::sync::Arc;

use host_harness::clock::{Clock, ManualClock, SystemClock};
use host_harness::connection::Connection;
use host_harness::store::{SqliteStore, StoredEvent, Waits};
use host_harness::twin::world::expected_sale::{Expected, PostOn, PostingPolicy, UnknownSku};
use host_harness::twin::world::{World, WorldSize};
use host_harness::twin::{ConnectionFolder, PairOptions, TwinPair};
use serde_json::Value;
use tempfile::TempDir;
use tokio::runtime::Runtime;

use super::{Ran, harness, plugin};

/// Port 1 is reserved and closed: a connection is refused at once.
pub(super) const CLOSED: &str = "http://127.0.0.1:1";

pub(super) struct Seller {
    pub pair: TwinPair,
    /// The time of the twins, which stands still unless a test moves it.
    pub clock: Arc<ManualClock>,
    folder: TempDir,
    /// Dropped last: the twins run on it.
    runtime: Runtime,
}

impl Seller {
    pub(super) fn new() -> Self {
        Seller::with_usage_plans(1)
    }

    /// Whose usage plans are never spent: at a time that stands still, one that is would stay so.
    pub(super) fn patient() -> Self {
        Seller::with_usage_plans(1_000_000)
    }

    fn with_usage_plans(usage_plan_factor: u32) -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let world = World::generate(1, WorldSize::orders(20));
        let clock = Arc::new(ManualClock::at(world.epoch()));
        let twins_clock = Arc::clone(&clock);
        let options = PairOptions {
            amazon_port: 0,
            kashflow_port: 0,
            usage_plan_factor,
            clock: Arc::new(move || twins_clock.now()),
        };
        let pair = runtime.block_on(TwinPair::start(world, options)).expect("the twins start");
        let folder = tempfile::tempdir().expect("a temporary folder");
        ConnectionFolder::write(folder.path(), &pair).expect("a writable folder");
        Seller { pair, clock, folder, runtime }
    }

    /// A file in the folder of the connection.
    pub(super) fn file(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().expect("a path of text").to_owned()
    }

    pub(super) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.file(name);
        std::fs::write(&path, content).expect("a writable folder");
        path
    }

    /// Changes the connection file; each text must be there.
    pub(super) fn edit(&self, replacements: &[(&str, &str)]) {
        let path = PathBuf::from(self.file("connection.toml"));
        let mut text = std::fs::read_to_string(&path).expect("the connection file is there");
        for (from, to) in replacements {
            assert!(text.contains(from), "{from}");
            text = text.replace(from, to);
        }
        std::fs::write(&path, text).expect("a writable folder");
    }

    /// The notification of an order that must be posted, in a file.
    pub(super) fn event(&self) -> String {
        let policy = PostingPolicy { post_on: PostOn::Shipped, unknown_sku: UnknownSku::Hold };
        let notification = self.pair.with_world(|world| {
            let is_posted = |notification: &&Value| {
                let id = &notification["Payload"]["OrderChangeNotification"]["AmazonOrderId"];
                let order = world.orders().iter().find(|order| Some(order.id.as_str()) == id.as_str());
                order.is_some_and(|order| matches!(world.expected_sale(order, &policy), Expected::Posted(_)))
            };
            world.notifications().iter().find(is_posted).cloned()
        });
        self.write("event.json", notification.expect("an order is shipped").to_string())
    }

    /// How many orders of the world must be in the books.
    pub(super) fn orders_to_post(&self) -> usize {
        let policy = PostingPolicy { post_on: PostOn::Shipped, unknown_sku: UnknownSku::Hold };
        self.pair.with_world(|world| {
            let is_posted = |order: &&_| matches!(world.expected_sale(order, &policy), Expected::Posted(_));
            world.orders().iter().filter(is_posted).count()
        })
    }

    /// Runs a subcommand with this connection and the plugin, for JSON.
    pub(super) fn run(&self, subcommand: &str, more: &[&str]) -> Ran {
        let connection = self.file("connection.toml");
        let plugin = plugin().to_str().expect("a path of text");
        let arguments = ["--json", "--connection", &connection, "--plugin", plugin];
        harness([subcommand].iter().chain(more).chain(&arguments))
    }

    /// Runs a subcommand that needs no plugin with this connection, for JSON.
    pub(super) fn run_alone(&self, words: &[&str]) -> Ran {
        let connection = self.file("connection.toml");
        harness(words.iter().chain(&["--json", "--connection", &connection]))
    }

    fn connection(&self) -> Connection {
        let file = PathBuf::from(self.file("connection.toml"));
        Connection::load(&file).unwrap_or_else(|error| panic!("{error}"))
    }

    /// Where the store of the connection is, or will be.
    pub(super) fn state_file(&self) -> PathBuf {
        self.connection().state_file
    }

    /// The events that wait for a person, as a process that comes later finds them.
    pub(super) fn parked(&self, waits: Waits) -> Vec<StoredEvent> {
        let connection = self.connection();
        let store = SqliteStore::open(&connection.state_file, Arc::new(SystemClock)).expect("it is there");
        self.runtime.block_on(store.parked(&connection.name, waits)).expect("the store works")
    }

    /// No secret of the connection and no buyer's name or address stands in what the harness shows.
    pub(super) fn assert_discreet(&self, name: &str, told: &str) {
        for file in std::fs::read_dir(self.file("secrets")).expect("the secrets").flatten() {
            let secret = std::fs::read_to_string(file.path()).expect("a secret is text");
            assert!(!told.contains(secret.trim()), "{name} has the secret of {:?}", file.file_name());
        }
        self.pair.with_world(|world| {
            for buyer in world.buyers() {
                for personal in [&buyer.name, &buyer.email] {
                    assert!(!told.contains(personal.as_str()), "{name} has {personal}");
                }
            }
        });
    }

    /// How many invoices are in the books.
    pub(super) fn invoices(&self) -> usize {
        self.pair.kashflow.books().invoices().len()
    }
}
