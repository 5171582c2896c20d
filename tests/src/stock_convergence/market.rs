//! A market of three goods: mugs and vases that the merchant sends, and lamps that Amazon sends.
//!
//! It keeps its own account of what was there, received and sent, and shares it with nobody.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use chrono::SecondsFormat;
use host_harness::clock::Clock;
use host_harness::engine::Moment;
use host_harness::twin::amazon::fault::{Fault as AmazonFault, When};
use host_harness::twin::amazon::operation::OperationId;
use host_harness::twin::kashflow::{Fault, FaultEffect};
use tokio::runtime::Runtime;

use crate::stage::{Play, Stage, Way};
use crate::story::{Arrival, ArrivalSource, OrderStory, StockStory, Story};

/// What goes wrong with a delivery.
#[derive(Clone, Copy, Debug)]
pub(super) enum Accident {
    None,
    /// It is ended before its call of this number.
    Killed(u32),
    /// It goes on without the answer of this call.
    AnswerLost(u32),
    /// KashFlow carries the next stock level out after its caller is gone.
    LateStockLevel,
    /// Amazon takes the next quantity and its answer is lost.
    LostQuantity,
    /// The next quantity never reaches Amazon.
    LostQuantityCall,
}

/// Deliveries after which an event has to be over.
const DELIVERIES_MAX: u32 = 14;

/// Longer than a lease.
const PAUSE_MS: u64 = 121_000;

struct OpenOrder {
    name: String,
    sku: String,
    units: u32,
}

pub(super) struct Market {
    stage: Stage,
    story: Story,
    /// Events that wait to be delivered, or to be delivered again.
    waiting: Vec<Arrival>,
    open: Vec<OpenOrder>,
    /// What the books must count of the merchant's goods once everything is invoiced that was sent.
    counted: BTreeMap<String, i32>,
    numbered: u32,
}

fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME
        .get_or_init(|| tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime"))
}

const STORY: &str = r#"
title = "a market"

[settings]
"stock.buffer" = "1"
"stock.brake-from" = "1000"

[stock]
warehouse = { "LAMP-BLUE" = 30 }
amazon-offer = ["LAMP-BLUE"]
offer = { "MUG-RED" = 5, "VASE" = 5 }
"#;

impl Market {
    pub fn new(feeds: bool) -> Self {
        let mut story: Story = toml::from_str(STORY).expect("a story");
        if feeds {
            story.settings.insert("stock.feed-from".to_owned(), "2".to_owned());
        }
        let stage = runtime().block_on(Stage::set(&story, Way::InProcess));
        let prepared: Arrival = toml::from_str("new-product = 'VASE'").expect("an arrival");
        stage.prepare(&story, &prepared);
        let counted = [("MUG-RED", 100), ("VASE", 100)].map(|(sku, units)| (sku.to_owned(), units)).into();
        Market { stage, story, waiting: Vec::new(), open: Vec::new(), counted, numbered: 0 }
    }

    /// A buyer orders from the merchant, where Amazon still offers as much.
    pub fn order(&mut self, sku: &str, units: u32) {
        if self.offered(sku) < i32::try_from(units).expect("a few units") {
            return;
        }
        self.stage.pair.amazon.sell(sku, units).expect("it is offered");
        let name = self.new_order(sku, units, "MERCHANT");
        self.tell(&name, "UNSHIPPED");
        self.open.push(OpenOrder { name, sku: sku.to_owned(), units });
    }

    /// A buyer orders what Amazon sends, if there is as much.
    pub fn order_from_amazon(&mut self, sku: &str, units: u32) {
        let there = self.at_amazon(sku);
        let Some(left) =
            there.checked_sub(i32::try_from(units).expect("a few units")).filter(|left| *left >= 0)
        else {
            return;
        };
        self.count_at_amazon(sku, left);
        let name = self.new_order(sku, units, "AMAZON");
        self.tell(&name, "SHIPPED");
    }

    /// An open order is sent or cancelled.
    pub fn close(&mut self, index: usize, status: &str) {
        if self.open.is_empty() {
            return;
        }
        let order = self.open.remove(index % self.open.len());
        if status == "SHIPPED" {
            *self.counted.get_mut(&order.sku).expect("the merchant's goods") -=
                i32::try_from(order.units).expect("a few units");
        }
        self.tell(&order.name, status);
    }

    pub fn receive(&mut self, sku: &str, units: i32) {
        // A person counts what is there at this moment and what has come.
        let there = self.in_books(sku);
        let books = BTreeMap::from([(sku.to_owned(), there + units)]);
        self.happen(StockStory { books, ..StockStory::default() });
        *self.counted.get_mut(sku).expect("the merchant's goods") += units;
    }

    pub fn receive_at_amazon(&mut self, sku: &str, units: u32) {
        self.count_at_amazon(sku, self.at_amazon(sku) + i32::try_from(units).expect("a few units"));
    }

    pub fn sweep_is_due(&mut self) {
        let event = self.next_event("sweep");
        let sweep = format!("export = 'on-inventory'\nsource = 'schedule'\nevent = '{event}'");
        self.waiting.push(toml::from_str(&sweep).expect("an arrival"));
    }

    pub fn pass(&self, minutes: u64) {
        self.stage.clock.advance_ms(minutes * 60_000);
    }

    /// One of the events that wait is delivered once.
    pub fn deliver(&mut self, index: usize, accident: Accident) {
        if self.waiting.is_empty() {
            return;
        }
        let mut event = self.waiting.remove(index % self.waiting.len());
        self.befall(accident);
        let ending = runtime().block_on(self.stage.deliver(&self.story, &event, Play::Native));
        self.stage.recorder.crash_at(None);
        if !ending.by_plugin || ending.word == "retry" {
            event.attempt += 1;
            self.waiting.push(event);
        } else {
            assert_ne!(ending.word, "held", "{:?}", ending.lines);
        }
    }

    /// Everything is delivered until nothing waits.
    pub fn deliver_all(&mut self) {
        self.stage.heal();
        for _ in 0..DELIVERIES_MAX {
            for _ in 0..self.waiting.len() {
                self.deliver(0, Accident::None);
            }
            if self.waiting.is_empty() {
                return;
            }
            self.stage.clock.advance_ms(PAUSE_MS);
        }
        panic!("{} events are never over", self.waiting.len());
    }

    /// All that is on its way arrives, and sweeps go on for an hour and a half.
    pub fn come_to_rest(&mut self) {
        self.deliver_all();
        self.stage.clock.advance_ms(PAUSE_MS * 2);
        self.stage.pair.kashflow.settle_late_calls();
        for _ in 0..6 {
            self.pass(15);
            self.sweep_is_due();
            self.deliver_all();
        }
    }

    pub fn in_books(&self, sku: &str) -> i32 {
        let products = self.stage.pair.kashflow.books().products();
        products.iter().find(|product| product.code == sku).expect("a product").quantity_in_stock
    }

    pub fn at_amazon(&self, sku: &str) -> i32 {
        let counts = self.stage.pair.amazon.fba_stock(sku).expect("it lies at Amazon");
        i32::try_from(counts.fulfillable).expect("a few units")
    }

    pub fn offered(&self, sku: &str) -> i32 {
        let units = self.stage.pair.amazon.listing(sku).and_then(|listing| listing.quantity());
        i32::try_from(units.expect("it is offered")).expect("a few units")
    }

    /// What the books must hold.
    pub fn counted(&self, sku: &str) -> i32 {
        self.counted[sku]
    }

    /// Units of open orders.
    pub fn promised(&self, sku: &str) -> i32 {
        let units: u32 = self.open.iter().filter(|order| order.sku == sku).map(|order| order.units).sum();
        i32::try_from(units).expect("a few units")
    }

    pub fn conversions(&self) -> usize {
        self.stage.pair.amazon.conversions()
    }

    /// How often either side was written to.
    pub fn writes(&self) -> u64 {
        let calls = self.stage.pair.amazon.calls();
        let of_amazon = [OperationId::PatchListingsItem, OperationId::CreateFeed];
        let of_amazon: u64 = of_amazon.iter().map(|operation| calls.of(*operation)).sum();
        of_amazon + self.stage.pair.kashflow.calls().get("AddOrUpdateSubProduct").copied().unwrap_or(0)
    }

    fn befall(&self, accident: Accident) {
        let amazon = |fault| {
            self.stage.pair.amazon.faults().inject(Some(OperationId::PatchListingsItem), When::Nth(1), fault);
        };
        match accident {
            Accident::None => {}
            Accident::Killed(call) => self.stage.recorder.crash_at(Some((call, Moment::BeforeTheCall))),
            Accident::AnswerLost(call) => self.stage.recorder.crash_at(Some((call, Moment::AnswerLost))),
            Accident::LateStockLevel => {
                let late = FaultEffect::ProcessedLater { after_ms: 100_000 };
                let fault = Fault::on("AddOrUpdateSubProduct", late);
                self.stage.pair.kashflow.faults().push(fault.at_occurrence(1));
            }
            Accident::LostQuantity => amazon(AmazonFault::DropAnswer),
            Accident::LostQuantityCall => amazon(AmazonFault::DropCall),
        }
    }

    fn count_at_amazon(&mut self, sku: &str, units: i32) {
        let units = u32::try_from(units).expect("never below none");
        self.happen(StockStory {
            warehouse: BTreeMap::from([(sku.to_owned(), units)]),
            ..StockStory::default()
        });
        let event = self.next_event("counted");
        self.waiting
            .push(toml::from_str(&format!("counted = '{sku}'\nevent = '{event}'")).expect("an arrival"));
    }

    fn happen(&self, stock: StockStory) {
        let mut arrival: Arrival = toml::from_str("").expect("an arrival");
        (arrival.stock, arrival.source) = (stock, ArrivalSource::Schedule);
        self.stage.prepare(&self.story, &arrival);
    }

    fn new_order(&mut self, sku: &str, units: u32, fulfilled_by: &str) -> String {
        self.numbered += 1;
        let name = format!("order-{}", self.numbered);
        let (item, tax) = (format!("{}.00", 12 * units), format!("{}.00", 2 * units));
        let text = format!(
            "id = '026-0000009-{:07}'\nfulfilled-by = '{fulfilled_by}'\n\
             line = [{{ sku = '{sku}', quantity = {units}, item = '{item}', tax = '{tax}', total = '{item}' }}]",
            self.numbered
        );
        let order: OrderStory = toml::from_str(&text).expect("an order");
        self.story.another_order.insert(name.clone(), order);
        name
    }

    /// Amazon shows the order so from now on, and tells of it.
    fn tell(&mut self, name: &str, status: &str) {
        let updated = self.stage.clock.now().to_rfc3339_opts(SecondsFormat::Secs, true);
        let event = self.next_event("order");
        let text = format!("order = '{name}'\nstatus = '{status}'\nupdated = '{updated}'\nevent = '{event}'");
        let arrival: Arrival = toml::from_str(&text).expect("an arrival");
        self.stage.prepare(&self.story, &arrival);
        self.waiting.push(arrival);
        // The same moment would leave open which of two versions is later.
        self.stage.clock.advance_ms(1_000);
    }

    fn next_event(&mut self, kind: &str) -> String {
        self.numbered += 1;
        format!("{kind}-{}", self.numbered)
    }
}
