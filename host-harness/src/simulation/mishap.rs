//! What can become of a call on its way, in one vocabulary for every service.
//!
//! Absent on purpose: how often (`weather`), and how each service shows it (`gated_twins`, `gated_store`).

use crate::twin::world::history::Version;

/// What goes wrong with a call.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Mishap {
    /// The connection is refused: nothing is sent.
    NotConnected,
    /// Too many calls, and when to come back if the service says so.
    Throttled { retry_after_seconds: Option<u64> },
    /// HTTP 500.
    ServerError,
    /// HTTP 503; of the store, that it is not there, and nothing was changed.
    Unavailable,
    /// An HTML page.
    Page,
    /// Carried out, and half of the answer arrives.
    Truncated,
    /// Carried out, and the answer is lost.
    AnswerLost,
    /// Lost before it is carried out.
    CallLost,
    /// The connection closes now, and the call is carried out later.
    Late { after_ms: u64 },
    /// The credentials are refused.
    LockedOut,
    /// An older version of the order is answered.
    Stale(Box<Stale>),
}

/// A read that a replica answers which has not heard of the last change yet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Stale {
    pub shown: Version,
    pub present: Version,
}

/// What becomes of one call.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Fate {
    pub mishap: Option<Mishap>,
    /// Where no answer comes: the caller waits for it until the time-out, instead of seeing the connection end.
    pub waits_in_vain: bool,
}

impl Mishap {
    /// Whether the caller gets no answer and cannot know what happened.
    pub fn leaves_no_answer(&self) -> bool {
        matches!(self, Mishap::AnswerLost | Mishap::CallLost | Mishap::Late { .. })
    }

    /// For the trace.
    pub fn name(&self) -> &'static str {
        match self {
            Mishap::NotConnected => "not connected",
            Mishap::Throttled { .. } => "throttled",
            Mishap::ServerError => "server error",
            Mishap::Unavailable => "unavailable",
            Mishap::Page => "a page",
            Mishap::Truncated => "truncated",
            Mishap::AnswerLost => "answer lost",
            Mishap::CallLost => "call lost",
            Mishap::Late { .. } => "carried out later",
            Mishap::LockedOut => "locked out",
            Mishap::Stale(_) => "stale",
        }
    }
}
