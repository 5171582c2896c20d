//! `clarity:ipaas/log`: the plugin's log lines, without known secrets and within bounds.

use std::fmt::Write;
use std::sync::Arc;

use crate::connection::ConnectionName;
use crate::engine::since_v0_1::clarity::ipaas::log::{Field, Host, Level};
use crate::limits::{LOG_LINES, LOG_TEXT_CHARACTERS};
use crate::redactor::Redactor;
use crate::runtime::ConnectionRuntime;

pub(crate) struct LogCapability {
    connection: ConnectionName,
    redactor: Arc<Redactor>,
    lines: u32,
}

impl LogCapability {
    pub(crate) fn new(connection: &ConnectionRuntime) -> Self {
        LogCapability {
            connection: connection.name.clone(),
            redactor: Arc::clone(&connection.redactor),
            lines: 0,
        }
    }

    fn text(&self, text: &str) -> String {
        let redacted = self.redactor.redact(text);
        match redacted.char_indices().nth(LOG_TEXT_CHARACTERS) {
            Some((end, _)) => format!("{}…", &redacted[..end]),
            None => redacted,
        }
    }
}

impl Host for LogCapability {
    async fn emit(&mut self, level: Level, message: String, fields: Vec<Field>) -> wasmtime::Result<()> {
        self.lines = self.lines.saturating_add(1);
        let connection = &self.connection;
        if self.lines > LOG_LINES {
            if self.lines == LOG_LINES + 1 {
                tracing::warn!(target: "plugin", %connection, "more than {LOG_LINES} lines; the rest is dropped");
            }
            return Ok(());
        }
        let mut joined = String::new();
        for field in fields {
            let separator = if joined.is_empty() { "" } else { " " };
            write!(joined, "{separator}{}={}", field.name, field.value).expect("a String takes all text");
        }
        let (message, fields) = (self.text(&message), self.text(&joined));
        match level {
            Level::Debug => tracing::debug!(target: "plugin", %connection, fields, "{message}"),
            Level::Info => tracing::info!(target: "plugin", %connection, fields, "{message}"),
            Level::Warn => tracing::warn!(target: "plugin", %connection, fields, "{message}"),
            Level::Error => tracing::error!(target: "plugin", %connection, fields, "{message}"),
        }
        Ok(())
    }
}
