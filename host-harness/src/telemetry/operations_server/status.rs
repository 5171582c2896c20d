//! What the host can tell of itself at any moment. Whoever puts the host together implements [`StatusSource`].

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::code::Code;
use crate::connection::ConnectionName;
use crate::telemetry::PluginIdentity;
use crate::telemetry::metrics::{BreakerState, QueueCounts, Upstream};

/// Gathers the status. It reads stores, so it may fail in part; it never takes an event or a lease.
#[async_trait]
pub trait StatusSource: Send + Sync {
    async fn snapshot(&self) -> StatusSnapshot;
}

/// The host at one moment.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct StatusSnapshot {
    /// The plugin that takes deliveries; `None` while none is loaded.
    pub plugin: Option<PluginIdentity>,
    /// Whether every source takes events in.
    pub sources_run: bool,
    /// Whether events are delivered.
    pub dispatcher_runs: bool,
    pub connections: Vec<ConnectionStatus>,
}

/// One connection at one moment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ConnectionStatus {
    pub name: ConnectionName,
    /// What waits, or why the store does not say so.
    pub queue: Result<QueueCounts, Code>,
    pub breakers: Vec<(Upstream, BreakerState)>,
    /// The newest first; a handful.
    pub last_errors: Vec<LastError>,
}

/// What went wrong, by its code alone: the message can quote a service.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LastError {
    pub code: ErrorCode,
    pub at: DateTime<Utc>,
}

/// A code that `docs/errors.md` explains, such as `KA-0401`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ErrorCode(String);

impl ErrorCode {
    /// `None` for what is not two capital letters, a hyphen and four digits.
    pub fn parse(text: &str) -> Option<Self> {
        let (letters, digits) = text.split_once('-')?;
        let is_code = letters.len() == 2
            && digits.len() == 4
            && letters.bytes().all(|byte| byte.is_ascii_uppercase())
            && digits.bytes().all(|byte| byte.is_ascii_digit());
        is_code.then(|| ErrorCode(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<Code> for ErrorCode {
    fn from(code: Code) -> Self {
        ErrorCode(code.code().to_owned())
    }
}

/// What stands between an event and its delivery, one sentence each. `None`: the status does not come.
pub(super) fn obstacles(snapshot: Option<&StatusSnapshot>) -> Vec<String> {
    match snapshot {
        Some(snapshot) => snapshot.obstacles(),
        None => vec!["the status cannot be gathered in time".to_owned()],
    }
}

impl StatusSnapshot {
    fn obstacles(&self) -> Vec<String> {
        let parts = [
            (self.plugin.is_some(), "no plugin is loaded"),
            (self.sources_run, "the sources do not run"),
            (self.dispatcher_runs, "the dispatcher does not run"),
        ];
        let parts = parts.into_iter().filter(|(well, _)| !well).map(|(_, obstacle)| obstacle.to_owned());
        let stores = self.connections.iter().filter_map(|connection| {
            let code = connection.queue.as_ref().err()?;
            Some(format!("the store of {} does not answer ({code})", connection.name))
        });
        parts.chain(stores).collect()
    }
}
