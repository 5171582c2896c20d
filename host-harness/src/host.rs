//! The host as commands and tests use it: one plugin, and deliveries to it.

use std::time::{Duration, Instant};

use tracing::Instrument;

use crate::engine::{
    CallError, Called, Delivery, Export, Failure, HostCallRecord, Outcome, Plugin, PluginEngine, PluginError,
};
use crate::runtime::ConnectionRuntime;

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
    pub elapsed: Duration,
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
        let start = Instant::now();
        let (event_id, attempt) = (&delivery.event_id, delivery.attempt);
        let span = tracing::info_span!("delivery", connection = %connection.name, ?export, event_id, attempt);
        let Called { result, host_calls } =
            self.plugin.deliver(connection, export, delivery).instrument(span).await;
        DeliveryReport { result, host_calls, elapsed: start.elapsed() }
    }
}
