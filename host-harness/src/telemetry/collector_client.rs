//! Carries exports of traces to the collector, over the host's own HTTP client.
//!
//! The SDK exports on a thread of its own, outside of the asynchronous runtime; the exchange runs inside of
//! it. Deliberately absent: retries, which are the exporter's.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::Full;
use opentelemetry_http::HttpError;
use tokio::runtime::Handle;

use crate::code::Code;
use crate::gateway::{Bounds, HttpClient, TransportError};
use crate::limits::{TRACE_EXPORT_RESPONSE_BYTES, TRACE_EXPORT_TIMEOUT_MS};

pub(super) struct CollectorClient {
    client: HttpClient,
    runtime: Handle,
    /// So that an outage is told once and not with every batch.
    failing: AtomicBool,
}

impl CollectorClient {
    /// To be made inside of the runtime that is to carry the exchanges.
    pub(super) fn new(client: HttpClient) -> Self {
        CollectorClient { client, runtime: Handle::current(), failing: AtomicBool::new(false) }
    }

    fn tell(&self, result: &Result<Response<Bytes>, TransportError>) {
        let reason = match result {
            Ok(response) if response.status().is_success() => None,
            Ok(response) => Some(refusal(response.status())),
            Err(error) => Some(error.to_string()),
        };
        let was_failing = self.failing.swap(reason.is_some(), Ordering::Relaxed);
        match reason {
            Some(reason) if !was_failing => {
                tracing::warn!(code = %Code::TracesNotSent, "traces are not taken: {reason}");
            }
            None if was_failing => tracing::info!("traces are taken again"),
            _ => {}
        }
    }
}

fn refusal(status: StatusCode) -> String {
    format!("the collector answers {status}")
}

#[async_trait]
impl opentelemetry_http::HttpClient for CollectorClient {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let client = self.client.clone();
        let timeout = Duration::from_millis(TRACE_EXPORT_TIMEOUT_MS);
        let bounds = Bounds::within(timeout, TRACE_EXPORT_RESPONSE_BYTES);
        let exchange = async move { client.exchange(request.map(Full::new), bounds).await };
        let result = self.runtime.spawn(exchange).await?;
        self.tell(&result);
        Ok(result?)
    }
}

impl std::fmt::Debug for CollectorClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CollectorClient")
    }
}
