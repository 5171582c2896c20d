//! A scenario as it is written: `story.toml`, the event and the outside world.
//!
//! Everything that a story leaves out is as in most stories: a shipped order of one red mug by a buyer
//! called Jane Roe, in a healthy world. So a story shows what it is about and nothing else.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use serde_json::{Value, json};

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
    /// Settings that differ from the usual ones; an empty text takes one away.
    #[serde(default)]
    pub settings: BTreeMap<String, String>,
    #[serde(default)]
    pub kashflow: KashFlowStory,
    #[serde(default)]
    pub fault: Vec<FaultStory>,
}

/// One delivery of one event.
#[derive(Deserialize, Clone)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Arrival {
    #[serde(default = "on_order")]
    pub export: String,
    /// `pascal` or `camel`.
    #[serde(default)]
    pub casing: Casing,
    #[serde(default = "order_change")]
    pub notification_type: String,
    /// The body as it is, in the place of a notification.
    pub body: Option<String>,
    #[serde(default = "one")]
    pub attempt: u32,
    /// What the order has become at Amazon before this arrival.
    pub status: Option<String>,
    /// Milliseconds that pass before this arrival.
    #[serde(default)]
    pub after_ms: u64,
    /// Faults end before this arrival.
    #[serde(default)]
    pub healed: bool,
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
    pub currency: String,
    pub buyer_name: String,
    pub buyer_email: String,
    pub company: String,
    pub address: Vec<String>,
    pub city: String,
    pub post_code: String,
    pub country: String,
    pub dispatched_from: String,
    pub replaces: Option<String>,
    pub line: Vec<LineStory>,
    /// In the place of the sum of the lines.
    pub total: Option<String>,
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
    /// What the item comes to.
    pub total: String,
    /// Who collects the VAT, where it is the marketplace.
    pub facilitator: Option<String>,
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
    pub customer_code: String,
    pub reference: String,
    pub date: String,
    pub net_pence: i64,
    pub vat_pence: i64,
}

/// Something that goes wrong on the way.
#[derive(Deserialize, Clone)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct FaultStory {
    /// `amazon` or `kashflow`.
    pub at: String,
    /// The operation, for example `getOrder`, `token` or `InsertInvoice`.
    pub on: String,
    /// The name of the twin's fault, for example `quota-exceeded` or `drop-after-processing`.
    pub what: String,
}

impl Story {
    pub fn read(folder: &Path) -> Story {
        let path = folder.join("story.toml");
        let text =
            std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }
}

impl Arrival {
    /// The body that arrives.
    pub fn body(&self, order: &OrderStory) -> Vec<u8> {
        if let Some(body) = &self.body {
            return body.clone().into_bytes();
        }
        let notification = json!({
            "NotificationVersion": "1.0",
            "NotificationType": self.notification_type,
            "PayloadVersion": "1.0",
            "EventTime": "2026-10-28T11:00:00Z",
            "Payload": {"OrderChangeNotification": {
                "NotificationLevel": "OrderLevel",
                "SellerId": "A3EXAMPLESELLER",
                "AmazonOrderId": order.id,
                "OrderChangeType": "OrderStatusChange",
                "OrderChangeTrigger": {"TimeOfOrderChange": "2026-10-28T10:59:00Z", "ChangeReason": ""},
                "Summary": {"MarketplaceId": order.marketplace, "OrderStatus": "Shipped"},
            }},
            "NotificationMetadata": {"NotificationId": "5d1d2b52-0000-4000-8000-000000000001"},
        });
        match self.casing {
            Casing::Pascal => notification.to_string().into_bytes(),
            Casing::Camel => camel(&notification).to_string().into_bytes(),
        }
    }
}

fn camel(value: &Value) -> Value {
    match value {
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| (name[..1].to_lowercase() + &name[1..], camel(value)))
            .collect::<serde_json::Map<_, _>>()
            .into(),
        other => other.clone(),
    }
}

fn one_notification() -> Vec<Arrival> {
    vec![toml::from_str("").expect("every field has a usual value")]
}

fn on_order() -> String {
    "on-order".to_owned()
}

fn order_change() -> String {
    "ORDER_CHANGE".to_owned()
}

fn one() -> u32 {
    1
}

impl Default for OrderStory {
    fn default() -> Self {
        OrderStory {
            id: "026-0000001-0000001".to_owned(),
            status: "SHIPPED".to_owned(),
            fulfilled_by: "MERCHANT".to_owned(),
            marketplace: "A1F83G8C2ARO7P".to_owned(),
            placed: "2026-10-20T09:30:00Z".to_owned(),
            currency: "GBP".to_owned(),
            buyer_name: "Jane Roe".to_owned(),
            buyer_email: "b4k2d9@marketplace.amazon.co.uk".to_owned(),
            company: String::new(),
            address: vec!["14 Weir Lane".to_owned()],
            city: "Otley".to_owned(),
            post_code: "ls211aa".to_owned(),
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
            total: "12.00".to_owned(),
            facilitator: None,
        }
    }
}
