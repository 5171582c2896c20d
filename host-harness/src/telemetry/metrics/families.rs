//! Every metric: its name, its help, its labels and its buckets.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::{Family, MetricConstructor};
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};

/// Declares the labels of metrics.
macro_rules! labels {
    ($($name:ident { $($label:ident: $kind:ty),+ })+) => {$(
        #[derive(Clone, PartialEq, Eq, Hash, Debug, EncodeLabelSet)]
        pub(super) struct $name { $(pub $label: $kind),+ }
    )+};
}

labels! {
    EventArrived { connection: String, source: &'static str, export: &'static str, result: &'static str }
    Delivered { connection: String, export: &'static str }
    DeliveryEnded { connection: String, export: &'static str, ending: &'static str }
    QueueState { connection: String, state: &'static str }
    DocumentPosted { connection: String, document: &'static str }
    GatewayCall { connection: String, upstream: &'static str, operation: String, result: &'static str }
    GatewayRepeated { connection: String, upstream: &'static str, operation: String }
    OfOperation { upstream: &'static str, operation: String }
    Planned { operation: String }
    Breaker { connection: String, upstream: &'static str }
    Alerts { result: &'static str }
    Plugin { version: String, digest: String }
}

type Histograms<L> = Family<L, Histogram, Seconds>;

/// Buckets of a duration: from the first, each twice the one before.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seconds {
    first: f64,
    buckets: u16,
}

impl MetricConstructor<Histogram> for Seconds {
    fn new_metric(&self) -> Histogram {
        Histogram::new(exponential_buckets(self.first, 2.0, self.buckets))
    }
}

/// Of one call or delivery: 10 milliseconds to three minutes, longer than either can take.
const SHORT: Seconds = Seconds { first: 0.01, buckets: 15 };
/// Of the life of an event: half a second to six days.
const LONG: Seconds = Seconds { first: 0.5, buckets: 21 };
/// Of a transaction: half a millisecond to sixteen seconds.
const BRIEF: Seconds = Seconds { first: 0.000_5, buckets: 16 };

#[derive(Debug)]
pub(super) struct Families {
    pub events_arrived: Family<EventArrived, Counter>,
    pub deliveries_ended: Family<DeliveryEnded, Counter>,
    pub delivery: Histograms<Delivered>,
    pub event_age: Histograms<Delivered>,
    pub queued_events: Family<QueueState, Gauge>,
    pub documents_posted: Family<DocumentPosted, Counter>,
    pub gateway_calls: Family<GatewayCall, Counter>,
    pub gateway_call: Histograms<OfOperation>,
    pub gateway_calls_repeated: Family<GatewayRepeated, Counter>,
    pub plan_wait: Histograms<Planned>,
    pub breaker_state: Family<Breaker, Gauge>,
    pub alerts: Family<Alerts, Counter>,
    pub plugin_info: Family<Plugin, Gauge>,
    pub store_write: Histogram,
}

impl Default for Families {
    fn default() -> Self {
        Families {
            events_arrived: Family::default(),
            deliveries_ended: Family::default(),
            delivery: Family::new_with_constructor(SHORT),
            event_age: Family::new_with_constructor(LONG),
            queued_events: Family::default(),
            documents_posted: Family::default(),
            gateway_calls: Family::default(),
            gateway_call: Family::new_with_constructor(SHORT),
            gateway_calls_repeated: Family::default(),
            plan_wait: Family::new_with_constructor(SHORT),
            breaker_state: Family::default(),
            alerts: Family::default(),
            plugin_info: Family::default(),
            store_write: BRIEF.new_metric(),
        }
    }
}

impl Families {
    /// The names are without the suffixes `_total` and `_seconds`, which the encoding adds.
    pub(super) fn register(&self, to: &mut Registry) {
        to.register("events_arrived", "Events that sources handed over", self.events_arrived.clone());
        to.register("deliveries_ended", "Deliveries by how they ended", self.deliveries_ended.clone());
        seconds(to, "delivery", "How long one delivery took", &self.delivery);
        seconds(to, "event_age", "From the arrival of an event to its end", &self.event_age);
        to.register("queued_events", "Events in the store by what they wait for", self.queued_events.clone());
        to.register("documents_posted", "Documents that stand in the books", self.documents_posted.clone());
        to.register("gateway_calls", "Calls of the gateway by what came of them", self.gateway_calls.clone());
        seconds(to, "gateway_call", "How long one call of the gateway took", &self.gateway_call);
        let help = "Calls that the gateway sent again by itself";
        to.register("gateway_calls_repeated", help, self.gateway_calls_repeated.clone());
        seconds(to, "plan_wait", "How long calls waited for their usage plan", &self.plan_wait);
        let help =
            "Whether calls go through: 0 closed (they do), 1 half-open (one tries), 2 open (none does)";
        to.register("breaker_state", help, self.breaker_state.clone());
        to.register("alerts", "Alerts by what became of them", self.alerts.clone());
        to.register("plugin_info", "The plugin that takes deliveries", self.plugin_info.clone());
        let help = "How long transactions of the store took until they were durable";
        to.register_with_unit("store_write", help, Unit::Seconds, self.store_write.clone());
    }
}

fn seconds<L>(to: &mut Registry, name: &str, help: &str, histograms: &Histograms<L>)
where
    L: EncodeLabelSet + Clone + Eq + std::hash::Hash + std::fmt::Debug + Send + Sync + 'static,
{
    to.register_with_unit(name, help, Unit::Seconds, histograms.clone());
}
