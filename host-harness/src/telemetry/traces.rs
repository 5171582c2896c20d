//! Traces over OTLP: protobuf over HTTP, in batches, from a queue with a bound.
//!
//! Only spans of the host itself are exported; log lines stay in the log. Deliberately absent: sampling of our
//! own. A parent that is not sampled is followed, and `OTEL_TRACES_SAMPLER` is read by the SDK.

use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::{Protocol, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{
    BatchConfigBuilder, BatchSpanProcessor, SdkTracerProvider, TracerProviderBuilder,
};
use tracing::Subscriber;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::registry::LookupSpan;

use super::collector_client::CollectorClient;
use super::redaction::RedactingExporter;
use super::{Redactors, TelemetryError, TraceSettings};
use crate::gateway::HttpClient;
use crate::limits::{TRACE_EXPORT_TIMEOUT_MS, TRACE_SPANS_WAITING};

const SERVICE_NAME: &str = "kashflow-amazon-harness";

/// Exports to the collector of the settings.
pub(super) fn provider(
    settings: TraceSettings,
    client: HttpClient,
    redactors: &Redactors,
) -> Result<SdkTracerProvider, TelemetryError> {
    let exporter = opentelemetry_otlp::SpanExporter::builder()
        .with_http()
        .with_protocol(Protocol::HttpBinary)
        .with_endpoint(settings.endpoint.to_string())
        .with_headers(settings.exposed_headers())
        .with_timeout(Duration::from_millis(TRACE_EXPORT_TIMEOUT_MS))
        .with_http_client(CollectorClient::new(client))
        .build()
        .map_err(|error| TelemetryError::Exporter { reason: error.to_string() })?;
    let queue = BatchConfigBuilder::default().with_max_queue_size(TRACE_SPANS_WAITING).build();
    let exporter = RedactingExporter::new(exporter, redactors.clone());
    let processor = BatchSpanProcessor::builder(exporter).with_batch_config(queue).build();
    Ok(builder().with_span_processor(processor).build())
}

/// Exports each span as it ends, on the thread that ends it: for tests.
#[cfg(test)]
pub(super) fn provider_through<E: opentelemetry_sdk::trace::SpanExporter + 'static>(
    exporter: E,
    redactors: &Redactors,
) -> SdkTracerProvider {
    builder().with_simple_exporter(RedactingExporter::new(exporter, redactors.clone())).build()
}

fn builder() -> TracerProviderBuilder {
    let resource = Resource::builder()
        .with_service_name(SERVICE_NAME)
        .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
        .build();
    SdkTracerProvider::builder().with_resource(resource)
}

/// Turns the host's spans into spans of a trace.
pub(super) fn layer<S>(provider: &SdkTracerProvider) -> impl Layer<S> + Send + Sync + use<S>
where
    S: Subscriber + for<'span> LookupSpan<'span> + Send + Sync,
{
    let ours = filter_fn(|metadata| metadata.is_span() && metadata.target().starts_with("host_harness"));
    tracing_opentelemetry::layer()
        .with_tracer(provider.tracer(SERVICE_NAME))
        .with_location(false)
        .with_threads(false)
        .with_tracked_inactivity(false)
        .with_filter(ours)
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;
    use std::sync::{Arc, Mutex};

    use axum::Router;
    use axum::extract::State;
    use bytes::Bytes;
    use http::{HeaderMap, StatusCode};
    use secrecy::SecretString;
    use tracing_subscriber::layer::SubscriberExt;

    use super::*;
    use crate::captured_log::Log;
    use crate::redactor::Redactor;

    type Received = Arc<Mutex<Vec<(HeaderMap, Bytes)>>>;

    /// A collector that keeps what it is sent, and answers with this status.
    async fn collector(status: StatusCode) -> (SocketAddr, Received) {
        let received = Received::default();
        let take = move |State(received): State<Received>, headers: HeaderMap, body: Bytes| async move {
            received.lock().unwrap().push((headers, body));
            status
        };
        let router = Router::new().route("/v1/traces", axum::routing::post(take));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(axum::serve(listener, router.with_state(Arc::clone(&received))).into_future());
        (address, received)
    }

    fn provider_to(address: SocketAddr, redactors: &Redactors) -> SdkTracerProvider {
        let settings = TraceSettings {
            endpoint: format!("http://{address}/v1/traces").parse().unwrap(),
            headers: vec![("api-key".to_owned(), SecretString::from("collector-key"))],
        };
        provider(settings, HttpClient::new(), redactors).unwrap()
    }

    fn contains(body: &Bytes, text: &str) -> bool {
        body.windows(text.len()).any(|window| window == text.as_bytes())
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn the_end_of_the_process_exports_what_is_left_without_secrets() {
        let (address, received) = collector(StatusCode::OK).await;
        let redactors = Redactors::default();
        let redactor = Arc::new(Redactor::new(&[&SecretString::from("pa55-w0rd")], &[]));
        redactors.add(&redactor);
        let provider = provider_to(address, &redactors);
        let subscriber = tracing_subscriber::registry().with(layer(&provider));
        tracing::subscriber::with_default(subscriber, || {
            drop(tracing::info_span!("delivery", subject = "GET /pa55-w0rd", connection = "acme-uk"));
            drop(tracing::info_span!(target: "hyper", "of_another_library"));
        });
        let timeout = Duration::from_secs(5);
        let shutdown = move || provider.shutdown_with_timeout(timeout);
        tokio::task::spawn_blocking(shutdown).await.unwrap().unwrap();

        let [(headers, body)] = received.lock().unwrap().clone().try_into().unwrap();
        assert_eq!(headers["content-type"], "application/x-protobuf");
        assert_eq!(headers["api-key"], "collector-key");
        for text in [SERVICE_NAME, "service.version", env!("CARGO_PKG_VERSION"), "acme-uk", "[redacted]"] {
            assert!(contains(&body, text), "{text}");
        }
        for text in ["pa55-w0rd", "of_another_library"] {
            assert!(!contains(&body, text), "{text}");
        }
    }

    #[tokio::test]
    async fn a_collector_that_refuses_is_told_of_once_and_again_when_it_recovers() {
        use opentelemetry_http::HttpClient as _;

        let (log, _guard) = Log::collect();
        let (refusing, _) = collector(StatusCode::FORBIDDEN).await;
        let (taking, _) = collector(StatusCode::OK).await;
        let client = CollectorClient::new(HttpClient::new());
        for address in [refusing, refusing, taking, taking] {
            let request = http::Request::post(format!("http://{address}/v1/traces")).body(Bytes::new());
            client.send_bytes(request.unwrap()).await.unwrap();
        }
        let text = log.text();
        assert_eq!(text.matches("HH-0604").count(), 1, "{text}");
        assert_eq!(text.matches("traces are taken again").count(), 1, "{text}");
    }
}
