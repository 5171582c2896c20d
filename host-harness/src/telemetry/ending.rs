//! How a delivery ended, in the one set of words that logs, traces and metrics use.

use crate::engine::{CallError, Disposition, Failure, Outcome};

/// The ending of one delivery.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Ending {
    Completed,
    AlreadyDone,
    Ignored,
    PartlyHeld,
    Retry,
    Held,
    DeadLetter,
    /// The plugin came to no end of its own.
    PluginFailed,
}

impl Ending {
    pub fn of(result: &Result<Result<Outcome, Failure>, CallError>) -> Self {
        match result {
            Ok(Ok(outcome)) => match outcome.disposition {
                Disposition::Completed => Ending::Completed,
                Disposition::AlreadyDone => Ending::AlreadyDone,
                Disposition::Ignored => Ending::Ignored,
                Disposition::PartlyHeld => Ending::PartlyHeld,
            },
            Ok(Err(Failure::Retry(_))) => Ending::Retry,
            Ok(Err(Failure::Held(_))) => Ending::Held,
            Ok(Err(Failure::DeadLetter(_))) => Ending::DeadLetter,
            Err(_) => Ending::PluginFailed,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Ending::Completed => "completed",
            Ending::AlreadyDone => "already-done",
            Ending::Ignored => "ignored",
            Ending::PartlyHeld => "partly-held",
            Ending::Retry => "retry",
            Ending::Held => "held",
            Ending::DeadLetter => "dead-letter",
            Ending::PluginFailed => "plugin-failed",
        }
    }

    /// Whether nothing good will come of it by itself.
    pub fn is_failure(self) -> bool {
        matches!(self, Ending::DeadLetter | Ending::PluginFailed)
    }
}
