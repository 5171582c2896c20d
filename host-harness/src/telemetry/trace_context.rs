//! W3C trace context: the header `traceparent`, read from events and written to outgoing calls.
//!
//! Deliberately absent: `tracestate` and baggage, which nothing here reads and which could carry anything.
//! Source: W3C Recommendation "Trace Context", 23 November 2021.

use http::{HeaderMap, HeaderName, HeaderValue};
use opentelemetry::trace::{SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState};
use tracing_opentelemetry::OpenTelemetrySpanExt;

pub const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// The context that a `traceparent` names, or `None` where it is not exactly of the form that its version has.
///
/// A higher version is read as the first one, which the Recommendation promises to be possible.
pub fn parse(traceparent: &str) -> Option<SpanContext> {
    if !traceparent.is_ascii() || traceparent.len() < 55 {
        return None;
    }
    let (known, further) = traceparent.split_at(55);
    let [version, trace_id, span_id, flags] = known.split('-').collect::<Vec<_>>().try_into().ok()?;
    let is_whole = further.is_empty() || (version != "00" && further.starts_with('-'));
    if !is_whole || version == "ff" || [version.len(), trace_id.len(), span_id.len()] != [2, 32, 16] {
        return None;
    }
    let is_hex = |text: &str| text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    if ![version, trace_id, span_id, flags].into_iter().all(is_hex) {
        return None;
    }
    // Of the flags only "sampled" has a meaning in every version.
    let flags = TraceFlags::new(u8::from_str_radix(flags, 16).ok()?) & TraceFlags::SAMPLED;
    let (trace_id, span_id) = (TraceId::from_hex(trace_id).ok()?, SpanId::from_hex(span_id).ok()?);
    let context = SpanContext::new(trace_id, span_id, flags, true, TraceState::default());
    context.is_valid().then_some(context)
}

/// The header's value for this context.
pub fn format(context: &SpanContext) -> String {
    let flags = context.trace_flags() & TraceFlags::SAMPLED;
    format!("00-{}-{}-{:02x}", context.trace_id(), context.span_id(), flags.to_u8())
}

/// The `traceparent` of the current span, where traces are on.
pub fn current_traceparent() -> Option<String> {
    let context = tracing::Span::current().context();
    let span = context.span();
    span.span_context().is_valid().then(|| format(span.span_context()))
}

/// Tells the receiver of a request which span it belongs to. Without traces the headers stay as they are.
pub(crate) fn add_to(headers: &mut HeaderMap) {
    if let Some(traceparent) = current_traceparent() {
        let value = HeaderValue::try_from(traceparent).expect("hexadecimal digits and hyphens");
        headers.insert(TRACEPARENT, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXAMPLE: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    #[test]
    fn a_traceparent_is_read_and_written() {
        let context = parse(EXAMPLE).unwrap();
        assert_eq!(context.trace_id().to_string(), "0af7651916cd43dd8448eb211c80319c");
        assert!(context.is_sampled() && context.is_remote());
        assert_eq!(format(&context), EXAMPLE);
        assert!(!parse(&EXAMPLE.replace("-01", "-00")).unwrap().is_sampled());
    }

    #[test]
    fn a_later_version_is_read_as_far_as_it_is_known() {
        let later = EXAMPLE.replacen("00-", "cc-", 1);
        assert_eq!(parse(&later), parse(EXAMPLE));
        assert_eq!(parse(&format!("{later}-what-comes-next")), parse(EXAMPLE));
        assert_eq!(parse(&format!("{later}.what-comes-next")), None);
    }

    #[test]
    fn what_is_not_exactly_right_is_ignored() {
        let wrong = [
            String::new(),
            EXAMPLE.to_uppercase(),
            format!("{EXAMPLE}-00"),
            format!(" {EXAMPLE}"),
            EXAMPLE[..54].to_owned(),
            EXAMPLE.replacen("00-", "ff-", 1),
            EXAMPLE.replace("0af7651916cd43dd8448eb211c80319c", "00000000000000000000000000000000"),
            EXAMPLE.replace("b7ad6b7169203331", "0000000000000000"),
            EXAMPLE.replace("0af7", "+af7"),
            EXAMPLE.replace("-b7ad", "b-7ad"),
            "é".repeat(28),
        ];
        for traceparent in wrong {
            assert_eq!(parse(&traceparent), None, "{traceparent}");
        }
    }

    #[test]
    fn without_traces_no_header_is_added() {
        let mut headers = HeaderMap::new();
        tracing::info_span!("delivery").in_scope(|| add_to(&mut headers));
        assert!(headers.is_empty());
    }
}
