//! What the host says about itself while it runs: logs, traces, metrics, and the server that shows them.
//!
//! Secrets go from logs and traces where they leave the process, whatever wrote them; a metric has no place
//! for a secret. Personal data is kept out by those who write. Deliberately absent: whom to wake, which is
//! [`crate::alert`]'s business.

mod collector_client;
mod error;
mod logging;
pub mod metrics;
pub mod operations_server;
mod plugin_identity;
mod redaction;
mod settings;
mod spans;
#[cfg(test)]
mod tests;
pub mod trace_context;
mod traces;

use std::io::stderr;
use std::sync::Arc;
use std::time::Duration;

use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing_subscriber::layer::SubscriberExt;

pub use error::TelemetryError;
pub use logging::LogFormat;
pub use plugin_identity::PluginIdentity;
pub use redaction::Redactors;
pub use settings::{LogSettings, TelemetryFlags, TelemetrySettings, TraceSettings};
pub use spans::DeliveryContext;
pub(crate) use spans::{delivery_span, end_delivery, end_host_call, host_call_span, traceparent_of};

use crate::gateway::HttpClient;
use crate::limits::TRACE_FLUSH_TIMEOUT_MS;
use crate::redactor::Redactor;

/// The logs and traces of this process. To be shut down when the work is over, or the last spans are lost.
#[must_use = "the last spans are exported when it is shut down"]
pub struct Telemetry {
    traces: Option<SdkTracerProvider>,
    /// Of the collector's headers; the registry knows it as long as it lives.
    _redactor: Option<Arc<Redactor>>,
}

impl Telemetry {
    /// Installs logs, and traces where the settings ask for them. Once in a process, inside of its asynchronous
    /// runtime, which then carries the exports.
    pub fn install(settings: TelemetrySettings, client: HttpClient) -> Result<Self, TelemetryError> {
        let redactors = Redactors::of_the_process();
        let redactor = settings.traces.as_ref().map(|traces| Arc::new(traces.redactor()));
        if let Some(redactor) = &redactor {
            redactors.add(redactor);
        }
        let traces =
            settings.traces.map(|settings| traces::provider(settings, client, redactors)).transpose()?;
        let subscriber = tracing_subscriber::registry()
            .with(logging::layer(settings.logs, redactors.clone(), stderr)?)
            .with(traces.as_ref().map(traces::layer));
        tracing::subscriber::set_global_default(subscriber).expect("telemetry is installed once");
        Ok(Telemetry { traces, _redactor: redactor })
    }

    /// Exports the spans that are left, for a few seconds at the most. Blocks, so it is for the outside of the
    /// runtime, which must still be there.
    pub fn shut_down(self) {
        let Some(traces) = self.traces else {
            return;
        };
        if let Err(error) = traces.shutdown_with_timeout(Duration::from_millis(TRACE_FLUSH_TIMEOUT_MS)) {
            tracing::warn!("the last spans may be lost: {error}");
        }
    }
}
