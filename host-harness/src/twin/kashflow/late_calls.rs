//! Calls that are carried out after their caller is gone.
//!
//! IIS lets a request run on when the connection of its caller closes, so what the caller gave up can reach
//! the books minutes later. Absent: answers, because nobody is there to read them, and waiting, because the
//! clock of the twin decides.

use std::net::IpAddr;
use std::sync::Mutex;

use chrono::{DateTime, TimeDelta, Utc};

use super::operations::Operation;
use super::service::lock;
use super::soap::value::Record;

/// A call that was read and not yet carried out.
pub struct ReceivedCall {
    pub operation: &'static Operation,
    pub credentials: Record,
    pub parameters: Record,
    pub caller: IpAddr,
}

struct LateCall {
    due_at: DateTime<Utc>,
    call: ReceivedCall,
}

/// The accepted calls of a twin, in the order of their arrival.
#[derive(Default)]
pub struct LateCalls(Mutex<Vec<LateCall>>);

impl LateCalls {
    pub fn accept(&self, call: ReceivedCall, now: DateTime<Utc>, after_ms: u64) {
        let delay = i64::try_from(after_ms).ok().and_then(TimeDelta::try_milliseconds);
        let due_at = delay.and_then(|delay| now.checked_add_signed(delay));
        lock(&self.0).push(LateCall { due_at: due_at.unwrap_or(DateTime::<Utc>::MAX_UTC), call });
    }

    /// How many were not carried out yet, due or not.
    pub fn pending(&self) -> usize {
        lock(&self.0).len()
    }

    /// Carries out what is due by now, the oldest due first, each at the moment that it was due. Whoever
    /// comes meanwhile waits for the last of them.
    pub fn carry_out_due(&self, now: DateTime<Utc>, carry_out: impl Fn(ReceivedCall, DateTime<Utc>)) {
        let mut late_calls = lock(&self.0);
        let mut due: Vec<LateCall> = late_calls.extract_if(.., |late| late.due_at <= now).collect();
        // Stable: of two that are due at one moment, the first to arrive is the first to be carried out.
        due.sort_by_key(|late| late.due_at);
        for LateCall { due_at, call } in due {
            carry_out(call, due_at);
        }
    }
}
