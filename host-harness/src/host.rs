//! The host as commands and tests use it: one plugin, and deliveries to it.

use std::time::{Duration, Instant};

use tracing::Instrument;

use crate::engine::{
    CallError, Called, Delivery, Export, Failure, HostCallRecord, Outcome, Plugin, PluginEngine, PluginError,
};
use crate::runtime::ConnectionRuntime;
use crate::telemetry::{DeliveryContext, delivery_span, end_delivery, traceparent_of};

/// A loaded plugin, ready for deliveries of any connection.
#[derive(Clone, Debug)]
pub struct Host {
    pub plugin: Plugin,
}

/// What came of one delivery.
#[derive(Debug)]
pub struct DeliveryReport {
    /// The plugin's own word, or why there is none.
    pub result: Result<Result<Outcome, Failure>, CallError>,
    /// In the order in which the plugin made them.
    pub host_calls: Vec<HostCallRecord>,
    /// The most memory that the plugin's instance had, in bytes.
    pub memory_bytes: usize,
    pub elapsed: Duration,
    /// W3C trace context of this delivery, where traces are on. Stored with an event that has none, it makes the
    /// event's next delivery part of the same trace.
    pub traceparent: Option<String>,
}

impl Host {
    pub fn new(engine: &PluginEngine, plugin: &[u8]) -> Result<Self, PluginError> {
        Plugin::load(plugin, engine).map(|plugin| Host { plugin })
    }

    /// Hands a delivery to the plugin, once.
    pub async fn deliver(
        &self,
        connection: &ConnectionRuntime,
        export: Export,
        delivery: &Delivery,
    ) -> DeliveryReport {
        self.deliver_within(connection, export, delivery, &DeliveryContext::default()).await
    }

    /// The same, as a part of the trace that the event came with.
    pub async fn deliver_within(
        &self,
        connection: &ConnectionRuntime,
        export: Export,
        delivery: &Delivery,
        context: &DeliveryContext,
    ) -> DeliveryReport {
        let start = Instant::now();
        let span = delivery_span(&connection.name, export, delivery, context);
        let Called { result, host_calls, memory_bytes } =
            self.plugin.deliver(connection, export, delivery).instrument(span.clone()).await;
        end_delivery(&span, &result);
        DeliveryReport {
            result,
            host_calls,
            memory_bytes,
            elapsed: start.elapsed(),
            traceparent: traceparent_of(&span),
        }
    }
}
