//! A scenario as it is written: `story.toml`, the event and the outside world.
//!
//! Everything that a story leaves out is as in most stories: a shipped order of one red mug by a buyer
//! called Jane Roe, in a healthy world. So a story shows what it is about and nothing else.

mod fault;
mod goods;

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

pub use fault::FaultStory;
pub use goods::StockStory;

#[derive(Deserialize, Clone)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Story {
    /// What happens, in a sentence.
    pub title: String,
    /// What arrives, in order. One ordinary notification where left out.
    #[serde(default = "one_notification")]
    pub deliver: Vec<Arrival>,
    #[serde(default)]
    pub order: OrderStory,
    /// Further orders, or the same one as it is later, under a name that an arrival can refer to.
    #[serde(default)]
    pub another_order: BTreeMap<String, OrderStory>,
    /// Settings that differ from the usual ones; an empty text takes one away.
    #[serde(default)]
    pub settings: BTreeMap<String, String>,
    #[serde(default)]
    pub amazon: AmazonStory,
    #[serde(default)]
    pub kashflow: KashFlowStory,
    /// Settlements that an arrival can refer to by name.
    #[serde(default)]
    pub settlement: BTreeMap<String, SettlementStory>,
    /// What both sides have of the seller's goods before; without it the connection keeps no stock in step.
    pub stock: Option<StockStory>,
    /// Queues that the connection does not grant.
    #[serde(default)]
    pub without_queues: Vec<String>,
    #[serde(default)]
    pub fault: Vec<FaultStory>,
}

/// One delivery of one event.
#[derive(Deserialize, Clone)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Arrival {
    #[serde(default = "on_order")]
    pub export: String,
    /// What brings it.
    #[serde(default)]
    pub source: ArrivalSource,
    /// Which event it is of: each of a story is the same one unless it says otherwise.
    #[serde(default = "event_1")]
    pub event: String,
    /// Which of the messages that the plugin has sent to the queue `on-order`, counted from 1.
    #[serde(default = "one")]
    pub message: u32,
    /// `pascal` or `camel`.
    #[serde(default)]
    pub casing: Casing,
    #[serde(default = "order_change")]
    pub notification_type: String,
    /// The body as it is, in the place of a notification, a sweep or a message.
    pub body: Option<String>,
    /// The name of a settlement: its file is handed in, or tells of itself as a report.
    pub settlement: Option<String>,
    #[serde(default)]
    pub as_report: bool,
    /// The name of another order, in the place of the story's own.
    pub order: Option<String>,
    /// The marketplace that the notification names, where it is not the order's.
    pub marketplace: Option<String>,
    #[serde(default = "one")]
    pub attempt: u32,
    /// Other orders that Amazon has by now, although nothing told of them.
    #[serde(default)]
    pub unnoticed: Vec<String>,
    /// What the order has become at Amazon before this arrival.
    pub status: Option<String>,
    /// When it last changed there, where it is not when the order says.
    pub updated: Option<String>,
    /// When the notification says that the order changed, where that is not when it last did.
    pub notified: Option<String>,
    /// When the event happened, where its source says so.
    pub occurred_at: Option<String>,
    /// Milliseconds that pass before this arrival.
    #[serde(default)]
    pub after_ms: u64,
    /// Faults and restrictions end before this arrival.
    #[serde(default)]
    pub healed: bool,
    /// The code of a standard-rated product that a person makes in KashFlow before this arrival.
    pub new_product: Option<String>,
    /// Invoices that somebody posts or changes in KashFlow before this arrival.
    #[serde(default)]
    pub by_hand: Vec<InvoiceStory>,
    /// Payments that somebody books in KashFlow before this arrival.
    #[serde(default)]
    pub paid: Vec<PaymentStory>,
    /// What becomes of the goods before this arrival.
    #[serde(default)]
    pub stock: StockStory,
    /// The SKU whose units Amazon tells of, as they are then.
    pub counted: Option<String>,
    /// Amazon tells that the feed is done which the plugin waits for.
    #[serde(default)]
    pub feed_is_done: bool,
}

/// A settlement as Amazon writes it.
#[derive(Deserialize, Clone)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct SettlementStory {
    pub id: String,
    pub currency: String,
    pub deposit: String,
    /// In the place of the sum of the rows.
    pub total: Option<String>,
    /// A row a line, its cells between bars: transaction type, amount type, description, amount, and where they
    /// matter order, SKU and the day. An empty cell is as in the row before.
    pub rows: String,
    /// The file as it is, in the place of all that.
    pub text: Option<String>,
    /// What Amazon says of the report, where it made none: `FATAL` or `CANCELLED`.
    pub report_status: Option<String>,
    /// Bytes that are missing at the end.
    pub cut_off: usize,
}

/// What brings an event to the host.
#[derive(Deserialize, Clone, Copy, PartialEq, Eq, Default)]
#[serde(rename_all = "kebab-case")]
pub enum ArrivalSource {
    #[default]
    Notification,
    /// It is time for a sweep.
    Schedule,
    /// The plugin has sent a message.
    Queue,
}

#[derive(Deserialize, Clone)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct PaymentStory {
    /// The number of the invoice.
    pub number: i32,
    pub pence: i64,
    /// From which bank account, by its nominal: the clearing account where left out.
    #[serde(default = "clearing")]
    pub bank: i32,
    #[serde(default = "by_hand")]
    pub note: String,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq, Default)]
#[serde(rename_all = "kebab-case")]
pub enum Casing {
    #[default]
    Pascal,
    Camel,
}

/// The order as Amazon tells it.
#[derive(Deserialize, Clone)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct OrderStory {
    pub id: String,
    pub status: String,
    pub fulfilled_by: String,
    pub marketplace: String,
    pub placed: String,
    /// When it last changed.
    pub updated: String,
    pub currency: String,
    /// Empty where Amazon tells none. Of orders that Amazon sends it tells no buyer at all.
    pub buyer_name: String,
    pub buyer_email: String,
    pub company: String,
    pub address: Vec<String>,
    pub city: String,
    pub post_code: String,
    pub region: String,
    pub country: String,
    pub dispatched_from: String,
    pub replaces: Option<String>,
    pub line: Vec<LineStory>,
    /// In the place of the sum of the lines' totals.
    pub total: Option<String>,
    /// Amazon has not filled in the amounts yet.
    pub without_proceeds: bool,
    pub placed_elsewhere: bool,
    /// The order is not known to Amazon.
    pub unknown: bool,
}

#[derive(Deserialize, Clone)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct LineStory {
    pub sku: String,
    pub title: String,
    pub quantity: u32,
    /// Amounts as Amazon writes them; empty for none.
    pub item: String,
    pub shipping: String,
    pub gift_wrap: String,
    pub other: String,
    pub item_discount: String,
    pub shipping_discount: String,
    /// The item's TAX subtotal; empty where Amazon states none.
    pub tax: String,
    /// Its `detailedBreakdowns`, by subtype; most stories leave the attribution open.
    pub tax_of: BTreeMap<String, String>,
    /// What the item comes to.
    pub total: String,
    /// Who collects the VAT, where it is the marketplace.
    pub facilitator: Option<String>,
}

/// How Amazon is set up.
#[derive(Deserialize, Clone, Default)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct AmazonStory {
    /// The most orders of one page of a search.
    pub orders_of_a_page: Option<usize>,
}

/// What stands in KashFlow before, and how it is set up.
#[derive(Deserialize, Clone, Default)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct KashFlowStory {
    pub customer: Vec<CustomerStory>,
    /// Invoices that somebody posted by hand.
    pub invoice: Vec<InvoiceStory>,
    pub wrong_password: bool,
    pub address_refused: bool,
    pub locked_until: Option<String>,
    pub unreachable: bool,
}

#[derive(Deserialize, Clone)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct CustomerStory {
    pub code: String,
    pub name: String,
    #[serde(default)]
    pub email: String,
    #[serde(default)]
    pub post_code: String,
}

#[derive(Deserialize, Clone)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct InvoiceStory {
    /// The number of an invoice that this one is written over; the next number where left out.
    #[serde(default)]
    pub number: i32,
    pub customer_code: String,
    pub reference: String,
    pub date: String,
    pub net_pence: i64,
    pub vat_pence: i64,
}

impl Arrival {
    /// Which export it is for: every settlement is for one.
    pub fn export(&self) -> &str {
        match self {
            Arrival { settlement: Some(_), .. } => "on-financial-event",
            Arrival { counted: Some(_), .. } | Arrival { feed_is_done: true, .. } => "on-inventory",
            _ => &self.export,
        }
    }
}

impl Story {
    pub fn read(folder: &Path) -> Story {
        let path = folder.join("story.toml");
        let text =
            std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// The order that an arrival is about.
    pub fn order_of(&self, arrival: &Arrival) -> &OrderStory {
        arrival.order.as_ref().map_or(&self.order, |name| self.another_order(name))
    }

    pub fn settlement(&self, name: &str) -> &SettlementStory {
        self.settlement.get(name).unwrap_or_else(|| panic!("the story has no settlement `{name}`"))
    }

    pub fn another_order(&self, name: &str) -> &OrderStory {
        self.another_order.get(name).unwrap_or_else(|| panic!("the story has no other order `{name}`"))
    }
}

fn one_notification() -> Vec<Arrival> {
    vec![toml::from_str("").expect("every field has a usual value")]
}

fn on_order() -> String {
    "on-order".to_owned()
}

fn event_1() -> String {
    "event-1".to_owned()
}

fn order_change() -> String {
    "ORDER_CHANGE".to_owned()
}

fn by_hand() -> String {
    "by hand".to_owned()
}

fn clearing() -> i32 {
    1249
}

fn one() -> u32 {
    1
}

impl Default for SettlementStory {
    fn default() -> Self {
        SettlementStory {
            id: "50011020300".to_owned(),
            currency: "GBP".to_owned(),
            deposit: "29.10.2026 09:10:07 UTC".to_owned(),
            total: None,
            rows: String::new(),
            text: None,
            report_status: None,
            cut_off: 0,
        }
    }
}

impl Default for OrderStory {
    fn default() -> Self {
        OrderStory {
            id: "026-0000001-0000001".to_owned(),
            status: "SHIPPED".to_owned(),
            fulfilled_by: "MERCHANT".to_owned(),
            marketplace: "A1F83G8C2ARO7P".to_owned(),
            placed: "2026-10-20T09:30:00Z".to_owned(),
            updated: "2026-10-28T10:59:00Z".to_owned(),
            currency: "GBP".to_owned(),
            buyer_name: "Jane Roe".to_owned(),
            buyer_email: "b4k2d9@marketplace.amazon.co.uk".to_owned(),
            company: String::new(),
            address: vec!["14 Weir Lane".to_owned()],
            city: "Otley".to_owned(),
            post_code: "ls211aa".to_owned(),
            region: String::new(),
            country: "GB".to_owned(),
            dispatched_from: "GB".to_owned(),
            replaces: None,
            line: vec![LineStory::default()],
            total: None,
            without_proceeds: false,
            placed_elsewhere: false,
            unknown: false,
        }
    }
}

impl Default for LineStory {
    fn default() -> Self {
        LineStory {
            sku: "MUG-RED".to_owned(),
            title: "Red mug".to_owned(),
            quantity: 1,
            item: "12.00".to_owned(),
            shipping: String::new(),
            gift_wrap: String::new(),
            other: String::new(),
            item_discount: String::new(),
            shipping_discount: String::new(),
            tax: "2.00".to_owned(),
            tax_of: BTreeMap::new(),
            total: "12.00".to_owned(),
            facilitator: None,
        }
    }
}
