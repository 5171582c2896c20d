//! How a delivery ended, in one word.

use crate::engine::{CallError, Disposition, Failure, Outcome};

/// The plugin's own endings, and the one that the plugin did not choose. In the order in which a person is
/// needed: the last the most.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Ending {
    Completed,
    AlreadyDone,
    Ignored,
    PartlyHeld,
    Retry,
    Held,
    DeadLetter,
    /// The plugin did not end the call itself: it crashed, or a limit ended it.
    Failed,
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
            Err(_) => Ending::Failed,
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
            Ending::Failed => "failed",
        }
    }

    /// Whether nothing good will come of it by itself.
    pub fn is_failure(self) -> bool {
        matches!(self, Ending::DeadLetter | Ending::Failed)
    }
}
