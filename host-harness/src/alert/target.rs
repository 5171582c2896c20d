//! Where one alert goes, and why it did not arrive.

use std::io;
use std::process::ExitStatus;

use http::StatusCode;

use super::command::Command;
use super::webhook::Webhook;
use crate::gateway::TransportError;

/// Takes alerts.
pub(super) enum Target {
    Webhook(Box<Webhook>),
    Command(Command),
}

/// An alert that may not have arrived. Names the host of a webhook, never its path.
#[derive(Debug, thiserror::Error)]
pub(super) enum TargetError {
    #[error("the webhook at {host} answers {status}")]
    WebhookRefused { host: String, status: StatusCode },
    #[error("the webhook at {host} does not answer: {source}")]
    WebhookSilent {
        host: String,
        #[source]
        source: TransportError,
    },
    #[error("the command `{program}` cannot be run: {source}")]
    CommandNotRun {
        program: String,
        #[source]
        source: io::Error,
    },
    #[error("the command `{program}` failed: {status}")]
    CommandFailed { program: String, status: ExitStatus },
    #[error("the command `{program}` took longer than {limit_ms} ms and was ended")]
    CommandTooSlow { program: String, limit_ms: u64 },
}

impl Target {
    pub(super) async fn tell(&self, alert: &[u8]) -> Result<(), TargetError> {
        match self {
            Target::Webhook(webhook) => webhook.post(alert).await,
            Target::Command(command) => command.run(alert).await,
        }
    }
}
