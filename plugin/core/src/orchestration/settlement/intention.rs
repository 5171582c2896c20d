//! When something that was intended may be created: the rule of [`SETTLING_MS`] for postings of a settlement.

use chrono::{DateTime, Utc};

use crate::finding::Code;
use crate::limits::SETTLING_MS;
use crate::remote::{CallFailure, FailureClass};

use super::item::Stage;

/// Fails while an earlier creation may still be on its way. `looked_at` is when the books were looked at and did not
/// show it.
pub(super) fn await_settled(
    stage: Stage,
    looked_at: DateTime<Utc>,
    subject: &str,
) -> Result<(), CallFailure> {
    let Stage::Intended(at) = stage else { return Ok(()) };
    let age_ms = u64::try_from((looked_at - at).num_milliseconds()).unwrap_or(0);
    if age_ms >= SETTLING_MS {
        return Ok(());
    }
    Err(CallFailure::new(
        FailureClass::Throttled { retry_after_ms: Some(SETTLING_MS - age_ms) },
        Code::AnswerLost,
        subject,
        "an earlier delivery may have posted it and the books do not show it yet: they are looked at again",
    ))
}
