//! Log lines: which are written, in which form, and without the secrets of any connection.
//!
//! Text is for a person at a terminal, JSON for a collector of logs; there every line carries the fields of
//! the spans around it: connection, event, attempt, trace. Deliberately absent: files and their rotation,
//! which belong to whatever runs the host.

use std::io::IsTerminal;

use clap::ValueEnum;
use tracing::Subscriber;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::{EnvFilter, Layer, fmt};

use super::redaction::RedactingWriter;
use super::{LogSettings, Redactors, TelemetryError};

/// The form of a log line.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, ValueEnum)]
pub enum LogFormat {
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// Writes what the filter lets through.
pub(super) fn layer<S, W>(
    settings: LogSettings,
    redactors: Redactors,
    writer: W,
) -> Result<impl Layer<S> + Send + Sync, TelemetryError>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
    W: for<'writer> MakeWriter<'writer> + Send + Sync + 'static,
{
    let filter = EnvFilter::try_new(&settings.filter)
        .map_err(|error| TelemetryError::LogFilter { reason: error.to_string() })?;
    let writer = RedactingWriter::new(writer, redactors);
    let layer = match settings.format {
        LogFormat::Text => fmt::layer().with_ansi(colours()).with_writer(writer).boxed(),
        LogFormat::Json => fmt::layer().json().with_current_span(false).with_writer(writer).boxed(),
    };
    Ok(layer.with_filter(filter))
}

/// Whether standard error is a terminal whose user did not turn colours off (no-color.org).
fn colours() -> bool {
    std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use secrecy::SecretString;
    use serde_json::Value;
    use tracing_subscriber::layer::SubscriberExt;

    use super::*;
    use crate::captured_log::{Log, offer_every_line};
    use crate::redactor::Redactor;

    /// What is written while this runs.
    fn written(filter: &str, format: LogFormat, run: impl FnOnce()) -> String {
        offer_every_line();
        let (log, settings) = (Log::default(), LogSettings { filter: filter.to_owned(), format });
        let redactors = Redactors::default();
        let redactor = Arc::new(Redactor::new(&[&SecretString::from("say \"please\"")], &[]));
        redactors.add(&redactor);
        let layer = layer(settings, redactors, log.clone()).unwrap();
        tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), run);
        log.text()
    }

    fn speak() {
        let span = tracing::info_span!("delivery", connection = "acme-uk", trace_id = tracing::field::Empty);
        let _entered = span.enter();
        span.record("trace_id", "0af7651916cd43dd8448eb211c80319c");
        tracing::info!(password = "say \"please\"", "it was say \"please\"");
        tracing::debug!("not wanted");
    }

    #[test]
    fn a_line_of_json_has_the_fields_of_its_spans_and_no_secret() {
        let text = written("info", LogFormat::Json, speak);
        let line: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
        assert_eq!(line["fields"]["message"], "it was [redacted]");
        assert_eq!(line["fields"]["password"], "[redacted]");
        assert_eq!(line["spans"][0]["connection"], "acme-uk");
        assert_eq!(line["spans"][0]["trace_id"], "0af7651916cd43dd8448eb211c80319c");
    }

    #[test]
    fn a_line_of_text_has_no_secret_however_it_is_printed() {
        let text = written("info", LogFormat::Text, speak);
        assert!(text.contains("it was [redacted]") && !text.contains("please"), "{text}");
        assert_eq!(text.lines().count(), 1);
    }

    #[test]
    fn a_filter_that_is_none_is_refused() {
        let settings = LogSettings { filter: "host_harness=loud".to_owned(), format: LogFormat::Text };
        let error = layer::<tracing_subscriber::Registry, _>(settings, Redactors::default(), Log::default());
        assert_eq!(error.err().map(|error| error.code().code()), Some("HH-0605"));
    }
}
