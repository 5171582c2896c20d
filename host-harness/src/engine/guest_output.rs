//! What the plugin writes to stdout and stderr goes to the log, line by line, without known secrets.
//!
//! At level `debug`: a plugin that has something to say has `clarity:ipaas/log`. This is for panics.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll};

use bytes::Bytes;
use tokio::io::AsyncWrite;
use wasmtime_wasi::cli::{IsTerminal, StdoutStream};
use wasmtime_wasi::p2::{OutputStream, Pollable, StreamError};

use crate::limits::GUEST_OUTPUT_BYTES;
use crate::redactor::Redactor;

/// One of the two streams of one instance; all handles to it share their lines.
#[derive(Clone)]
pub(super) struct GuestOutput {
    lines: Arc<Mutex<Lines>>,
}

struct Lines {
    stream: &'static str,
    redactor: Arc<Redactor>,
    /// What has come since the last line break.
    pending: Vec<u8>,
    bytes_left: usize,
}

impl GuestOutput {
    pub(super) fn new(stream: &'static str, redactor: Arc<Redactor>) -> Self {
        let lines = Lines { stream, redactor, pending: Vec::new(), bytes_left: GUEST_OUTPUT_BYTES };
        GuestOutput { lines: Arc::new(Mutex::new(lines)) }
    }

    fn lines(&self) -> MutexGuard<'_, Lines> {
        self.lines.lock().expect("no holder of this lock can panic")
    }
}

impl Lines {
    /// Takes everything, and drops what is beyond the limit: a plugin must not fail over its output.
    fn write(&mut self, bytes: &[u8]) {
        let kept = &bytes[..bytes.len().min(self.bytes_left)];
        self.bytes_left -= kept.len();
        for part in kept.split_inclusive(|byte| *byte == b'\n') {
            self.pending.extend_from_slice(part);
            if part.ends_with(b"\n") {
                self.emit();
            }
        }
    }

    fn emit(&mut self) {
        let line = self.redactor.redact(String::from_utf8_lossy(&self.pending).trim_end());
        self.pending.clear();
        if !line.is_empty() {
            tracing::debug!(target: "plugin", stream = self.stream, "{line}");
        }
    }
}

impl Drop for Lines {
    fn drop(&mut self) {
        self.emit();
    }
}

impl IsTerminal for GuestOutput {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdoutStream for GuestOutput {
    fn async_stream(&self) -> Box<dyn AsyncWrite + Send + Sync> {
        Box::new(self.clone())
    }

    fn p2_stream(&self) -> Box<dyn OutputStream> {
        Box::new(self.clone())
    }
}

impl OutputStream for GuestOutput {
    fn write(&mut self, bytes: Bytes) -> Result<(), StreamError> {
        self.lines().write(&bytes);
        Ok(())
    }

    fn flush(&mut self) -> Result<(), StreamError> {
        Ok(())
    }

    fn check_write(&mut self) -> Result<usize, StreamError> {
        Ok(GUEST_OUTPUT_BYTES)
    }
}

#[async_trait::async_trait]
impl Pollable for GuestOutput {
    async fn ready(&mut self) {}
}

impl AsyncWrite for GuestOutput {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.lines().write(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use secrecy::SecretString;

    use super::*;
    use crate::captured_log::Log;

    #[test]
    fn output_becomes_lines_without_secrets_and_never_fails() {
        let (log, _guard) = Log::collect();
        let redactor = Arc::new(Redactor::new(&[&SecretString::from("hunter22")], &[]));
        let output = GuestOutput::new("stderr", redactor);
        let mut handle = output.p2_stream();
        for part in ["panicked with hun", "ter22\nat a", " line\nand the rest"] {
            handle.write(Bytes::from_static(part.as_bytes())).unwrap();
        }
        drop(handle);
        drop(output);
        let text = log.text();
        for line in ["panicked with [redacted]", "at a line", "and the rest"] {
            assert!(
                text.lines().any(|logged| logged.contains("DEBUG") && logged.contains(line)),
                "{line}: {text}"
            );
        }
        assert!(!text.contains("hunter22"));
    }

    #[test]
    fn a_flood_is_dropped() {
        let (log, _guard) = Log::collect();
        let mut handle = GuestOutput::new("stdout", Arc::default()).p2_stream();
        for _ in 0..=GUEST_OUTPUT_BYTES / 1000 {
            handle.write(Bytes::from(format!("{}\n", "x".repeat(999)))).unwrap();
        }
        handle.write(Bytes::from_static(b"one more\n")).unwrap();
        let text = log.text();
        assert!(text.contains("xxx") && !text.contains("one more"));
    }
}
