//! The last look at what leaves the process about itself: every log line and every span, whatever wrote it.
//!
//! Deliberately absent: what a secret is, which each connection's [`Redactor`] knows.

use std::io;
use std::sync::{Arc, LazyLock, RwLock, Weak};

use opentelemetry::trace::Status;
use opentelemetry::{KeyValue, StringValue, Value};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SpanData, SpanExporter};
use tracing_subscriber::fmt::MakeWriter;

use crate::redactor::Redactor;

/// The redactors of all connections that are in use. Clones share them.
#[derive(Clone, Default)]
pub struct Redactors(Arc<RwLock<Vec<Weak<Redactor>>>>);

impl Redactors {
    /// The one that the logs and traces of this process go by.
    pub fn of_the_process() -> &'static Redactors {
        static OF_THE_PROCESS: LazyLock<Redactors> = LazyLock::new(Redactors::default);
        &OF_THE_PROCESS
    }

    /// Goes by this redactor from now on, for as long as anything of its connection is in use.
    pub fn add(&self, redactor: &Arc<Redactor>) {
        let mut redactors = self.0.write().expect("no holder of this lock can panic");
        redactors.retain(|known| known.strong_count() > 0);
        redactors.push(Arc::downgrade(redactor));
    }

    /// The text without what any of them knows.
    pub fn redact(&self, text: &str) -> String {
        let redactors = self.0.read().expect("no holder of this lock can panic");
        let known = redactors.iter().filter_map(Weak::upgrade);
        known.fold(text.to_owned(), |text, redactor| redactor.redact(&text))
    }
}

impl std::fmt::Debug for Redactors {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Redactors")
    }
}

/// Takes secrets out of every line before it is written.
pub(super) struct RedactingWriter<W> {
    inner: W,
    redactors: Redactors,
}

impl<W> RedactingWriter<W> {
    pub(super) fn new(inner: W, redactors: Redactors) -> Self {
        RedactingWriter { inner, redactors }
    }
}

impl<'writer, W: MakeWriter<'writer>> MakeWriter<'writer> for RedactingWriter<W> {
    type Writer = RedactingWriter<W::Writer>;

    fn make_writer(&'writer self) -> Self::Writer {
        RedactingWriter { inner: self.inner.make_writer(), redactors: self.redactors.clone() }
    }
}

impl<W: io::Write> io::Write for RedactingWriter<W> {
    /// A formatter writes a line at once, so no secret is torn in two.
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let redacted = self.redactors.redact(&String::from_utf8_lossy(line));
        self.inner.write_all(redacted.as_bytes())?;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// Takes secrets out of every span before it is exported.
#[derive(Debug)]
pub(super) struct RedactingExporter<E> {
    inner: E,
    redactors: Redactors,
}

impl<E> RedactingExporter<E> {
    pub(super) fn new(inner: E, redactors: Redactors) -> Self {
        RedactingExporter { inner, redactors }
    }

    fn redact(&self, span: &mut SpanData) {
        span.name = self.redactors.redact(&span.name).into();
        self.redact_attributes(&mut span.attributes);
        for event in &mut span.events.events {
            event.name = self.redactors.redact(&event.name).into();
            self.redact_attributes(&mut event.attributes);
        }
        if let Status::Error { description } = &mut span.status {
            *description = self.redactors.redact(description).into();
        }
    }

    /// No code of the host attaches a list; one would go as a whole.
    fn redact_attributes(&self, attributes: &mut Vec<KeyValue>) {
        attributes.retain(|attribute| !matches!(attribute.value, Value::Array(_)));
        for attribute in attributes {
            if let Value::String(text) = &mut attribute.value {
                *text = StringValue::from(self.redactors.redact(text.as_str()));
            }
        }
    }
}

impl<E: SpanExporter> SpanExporter for RedactingExporter<E> {
    fn export(&self, mut batch: Vec<SpanData>) -> impl Future<Output = OTelSdkResult> + Send {
        batch.iter_mut().for_each(|span| self.redact(span));
        self.inner.export(batch)
    }

    fn shutdown_with_timeout(&self, timeout: std::time::Duration) -> OTelSdkResult {
        self.inner.shutdown_with_timeout(timeout)
    }

    fn shutdown(&self) -> OTelSdkResult {
        self.inner.shutdown()
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.inner.force_flush()
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.inner.set_resource(resource);
    }
}
