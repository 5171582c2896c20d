//! The spans of a delivery and of its host calls: the same for logs and for traces.
//!
//! Deliberately absent: bodies, queries and anything about a buyer. A span says which event, how it ended, and
//! what was called; the event itself is in the store.

use opentelemetry::Context;
use opentelemetry::trace::{Status, TraceContextExt};
use tracing::Span;
use tracing::field::Empty;
use tracing_opentelemetry::OpenTelemetrySpanExt;

use super::{PluginIdentity, trace_context};
use crate::Ending;
use crate::connection::ConnectionName;
use crate::engine::{CallError, Delivery, Export, Failure, HostCall, Outcome};

/// What a delivery belongs to, beside what the plugin is told of it.
#[derive(Clone, Debug, Default)]
pub struct DeliveryContext {
    /// W3C trace context of whoever sent the event, as it is stored with it. One that is not valid is ignored,
    /// and a new trace begins.
    pub traceparent: Option<String>,
    /// Whose version the trace tells.
    pub plugin: Option<PluginIdentity>,
}

/// Around one delivery.
pub(crate) fn delivery_span(
    connection: &ConnectionName,
    export: Export,
    delivery: &Delivery,
    context: &DeliveryContext,
) -> Span {
    let span = tracing::info_span!(
        "delivery",
        %connection,
        export = export.name(),
        event_id = delivery.event_id,
        attempt = delivery.attempt,
        trace_id = Empty,
        ending = Empty,
    );
    if let Some(parent) = context.traceparent.as_deref().and_then(trace_context::parse) {
        // Where traces are off there is nothing to set.
        _ = span.set_parent(Context::new().with_remote_span_context(parent));
    }
    if let Some(plugin) = &context.plugin {
        span.set_attribute("plugin.version", plugin.version.clone());
        span.set_attribute("plugin.digest", plugin.digest.clone());
    }
    let started = span.context();
    let started = started.span();
    if started.span_context().is_valid() {
        started.update_name(format!("deliver {}", export.name()));
        span.record("trace_id", started.span_context().trace_id().to_string());
    }
    span
}

/// The trace context of a span, to be stored with its event: the next delivery then joins the same trace.
pub(crate) fn traceparent_of(span: &Span) -> Option<String> {
    let context = span.context();
    let started = context.span();
    started.span_context().is_valid().then(|| trace_context::format(started.span_context()))
}

/// Says how the delivery ended, and under which code where it did not end well.
pub(crate) fn end_delivery(span: &Span, result: &Result<Result<Outcome, Failure>, CallError>) {
    let ending = Ending::of(result);
    span.record("ending", ending.name());
    let code = match result {
        Ok(Ok(_) | Err(Failure::Retry(_))) => None,
        Ok(Err(Failure::Held(unfinished) | Failure::DeadLetter(unfinished))) => {
            Some(unfinished.finding.code.clone())
        }
        Err(error) => Some(error.code().to_string()),
    };
    if let Some(code) = code {
        span.set_attribute("error.code", code);
    }
    if ending.is_failure() {
        span.set_status(Status::error(ending.name()));
    }
}

/// Around one host call; a child of the span that is current where the plugin makes it.
pub(crate) fn host_call_span(call: &HostCall) -> Span {
    let HostCall { number, kind, subject } = call;
    let span = tracing::debug_span!("host_call", number, kind = kind.name(), subject, answer = Empty);
    span.context().span().update_name(kind.name());
    span
}

pub(crate) fn end_host_call(span: &Span, answer: &str) {
    span.record("answer", answer);
}
