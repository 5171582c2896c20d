//! Counts and durations for Prometheus, under names that begin with `kashflow_amazon_`.
//!
//! One value an application, no global: whoever works holds an `Arc` of it. The methods take closed sets of
//! words and names of connections, so the number of series is bounded and no label can hold an order, a buyer or
//! a secret. Deliberately absent: anything that a store knows better; queues are counted there and set here.

mod families;
mod labels;
mod process;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use prometheus_client::encoding::{prometheus_text, text};
use prometheus_client::registry::Registry;

pub use labels::{
    AlertResult, Arrival, BreakerState, CallResult, Document, OperationName, QueueCounts, Upstream,
};

use super::PluginIdentity;
use crate::Ending;
use crate::connection::ConnectionName;
use crate::engine::{Export, Source};
use crate::limits::METRIC_OPERATIONS;
use families::Families;

/// The metrics of the host.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    families: Families,
    operations: Mutex<BTreeSet<OperationName>>,
}

/// The form in which metrics are read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MetricsFormat {
    /// OpenMetrics 1.0, where it is asked for.
    OpenMetrics,
    /// Prometheus' own text, version 0.0.4.
    PrometheusText,
}

impl MetricsFormat {
    /// By the request's `Accept`.
    pub fn accepted(accept: &str) -> Self {
        match accept.contains("application/openmetrics-text") {
            true => MetricsFormat::OpenMetrics,
            false => MetricsFormat::PrometheusText,
        }
    }

    pub fn content_type(self) -> &'static str {
        match self {
            MetricsFormat::OpenMetrics => "application/openmetrics-text; version=1.0.0; charset=utf-8",
            MetricsFormat::PrometheusText => prometheus_text::CONTENT_TYPE,
        }
    }
}

impl Metrics {
    pub fn new() -> Arc<Self> {
        let (mut registry, families) = (Registry::default(), Families::default());
        families.register(registry.sub_registry_with_prefix("kashflow_amazon"));
        registry.register_collector(Box::new(process::ProcessMemory));
        Arc::new(Metrics { registry, families, operations: Mutex::default() })
    }

    /// Everything, as Prometheus reads it.
    pub fn render(&self, format: MetricsFormat) -> String {
        let mut rendered = String::new();
        match format {
            MetricsFormat::OpenMetrics => text::encode(&mut rendered, &self.registry),
            MetricsFormat::PrometheusText => prometheus_text::encode(&mut rendered, &self.registry),
        }
        .expect("a String takes all text");
        rendered
    }

    /// A source handed over an event.
    pub fn event_arrived(
        &self,
        connection: &ConnectionName,
        source: Source,
        export: Export,
        result: Arrival,
    ) {
        let labels = families::EventArrived {
            connection: connection.to_string(),
            source: source.name(),
            export: export.name(),
            result: result.name(),
        };
        self.families.events_arrived.get_or_create(&labels).inc();
    }

    /// One delivery came back; most events need one, some several.
    pub fn delivery_ended(
        &self,
        connection: &ConnectionName,
        export: Export,
        ending: Ending,
        took: Duration,
    ) {
        let delivered = families::Delivered { connection: connection.to_string(), export: export.name() };
        let labels = families::DeliveryEnded {
            connection: delivered.connection.clone(),
            export: delivered.export,
            ending: ending.name(),
        };
        self.families.deliveries_ended.get_or_create(&labels).inc();
        self.families.delivery.get_or_create(&delivered).observe(took.as_secs_f64());
    }

    /// An event came to its end, this long after it had arrived.
    pub fn event_ended(&self, connection: &ConnectionName, export: Export, age: Duration) {
        let labels = families::Delivered { connection: connection.to_string(), export: export.name() };
        self.families.event_age.get_or_create(&labels).observe(age.as_secs_f64());
    }

    /// How many events wait, as the store has just counted them.
    pub fn queue_is(&self, connection: &ConnectionName, counts: &QueueCounts) {
        for (state, count) in counts.by_state() {
            let labels = families::QueueState { connection: connection.to_string(), state };
            let count = i64::try_from(count).unwrap_or(i64::MAX);
            self.families.queued_events.get_or_create(&labels).set(count);
        }
    }

    /// A document stands in the books.
    pub fn document_posted(&self, connection: &ConnectionName, document: Document) {
        let labels =
            families::DocumentPosted { connection: connection.to_string(), document: document.name() };
        self.families.documents_posted.get_or_create(&labels).inc();
    }

    /// The gateway was asked for a call, and this came of it after this long.
    pub fn gateway_called(
        &self,
        connection: &ConnectionName,
        upstream: Upstream,
        operation: &OperationName,
        result: CallResult,
        took: Duration,
    ) {
        let operation = self.bounded(operation);
        let of_operation = families::OfOperation { upstream: upstream.name(), operation: operation.clone() };
        let labels = families::GatewayCall {
            connection: connection.to_string(),
            upstream: upstream.name(),
            operation,
            result: result.name(),
        };
        self.families.gateway_calls.get_or_create(&labels).inc();
        self.families.gateway_call.get_or_create(&of_operation).observe(took.as_secs_f64());
    }

    /// The gateway sent a call again by itself.
    pub fn gateway_repeated(
        &self,
        connection: &ConnectionName,
        upstream: Upstream,
        operation: &OperationName,
    ) {
        let labels = families::GatewayRepeated {
            connection: connection.to_string(),
            upstream: upstream.name(),
            operation: self.bounded(operation),
        };
        self.families.gateway_calls_repeated.get_or_create(&labels).inc();
    }

    /// A call waited this long for its usage plan.
    pub fn plan_waited(&self, operation: &OperationName, waited: Duration) {
        let labels = families::Planned { operation: self.bounded(operation) };
        self.families.plan_wait.get_or_create(&labels).observe(waited.as_secs_f64());
    }

    pub fn breaker_is(&self, connection: &ConnectionName, upstream: Upstream, state: BreakerState) {
        let labels = families::Breaker { connection: connection.to_string(), upstream: upstream.name() };
        self.families.breaker_state.get_or_create(&labels).set(state.value());
    }

    /// This became of so many alerts.
    pub fn alerts(&self, result: AlertResult, count: u64) {
        self.families.alerts.get_or_create(&families::Alerts { result: result.name() }).inc_by(count);
    }

    /// The plugin that takes deliveries from now on; the one before is told of no more.
    pub fn plugin_is(&self, plugin: &PluginIdentity) {
        let labels = families::Plugin { version: plugin.version.clone(), digest: plugin.digest.clone() };
        self.families.plugin_info.clear();
        self.families.plugin_info.get_or_create(&labels).set(1);
    }

    /// A transaction of the store was durable after this long.
    pub fn store_written(&self, took: Duration) {
        self.families.store_write.observe(took.as_secs_f64());
    }

    /// A plugin that invents names of operations makes one series of them.
    fn bounded(&self, operation: &OperationName) -> String {
        let mut known = self.operations.lock().expect("no holder of this lock can panic");
        if known.contains(operation) || known.len() < METRIC_OPERATIONS {
            known.insert(operation.clone());
            return operation.as_str().to_owned();
        }
        OperationName::other().as_str().to_owned()
    }
}
