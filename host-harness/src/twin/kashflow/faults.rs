//! Faults that a test plans: what the twin does instead of answering properly.
//!
//! A fault fires once, at a counted call, or at each of so many calls. Delays of an answer are absent, because tests here do not wait;
//! what is carried out late goes by the twin's clock.

use std::sync::{Arc, Mutex, PoisonError};

/// What happens to the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultEffect {
    /// An HTML page with this HTTP status, such as 500 or 503; nothing is processed.
    HttpError(u16),
    /// Processed, but the answer breaks off in the middle.
    TruncatedBody,
    /// HTTP 200 with an HTML page, as from a maintenance notice; nothing is processed.
    NotXml,
    /// Refused as if the password were wrong; nothing is processed.
    WrongPassword,
    /// The connection closes without an answer; nothing is processed.
    DropBeforeProcessing,
    /// Processed, then the connection closes without an answer: the caller cannot know.
    DropAfterProcessing,
    /// The connection closes without an answer now, and the call is carried out when the twin's clock has
    /// moved on by this: IIS lets a request run on when its caller is gone. If it is refused then, nobody
    /// learns of it.
    ProcessedLater { after_ms: u64 },
}

/// A planned fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    operation: Option<String>,
    /// How many matching calls are still to come, this one included.
    occurrence: u32,
    /// Fires again after as many calls more.
    every: Option<u32>,
    effect: FaultEffect,
}

impl Fault {
    /// At the next call of this operation.
    pub fn on(operation: impl Into<String>, effect: FaultEffect) -> Self {
        Self { operation: Some(operation.into()), occurrence: 1, every: None, effect }
    }

    /// At the next call of any operation.
    pub fn on_any(effect: FaultEffect) -> Self {
        Self { operation: None, occurrence: 1, every: None, effect }
    }

    /// At the `occurrence`th matching call from now, counted from one.
    #[must_use]
    pub fn at_occurrence(mut self, occurrence: u32) -> Self {
        self.occurrence = occurrence;
        self
    }

    /// At each `number`th matching call from now: one in so many, for as long as the plan has it.
    #[must_use]
    pub fn every(mut self, number: u32) -> Self {
        (self.occurrence, self.every) = (number, Some(number));
        self
    }
}

/// The plan of faults of a running twin. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Faults(Arc<Mutex<Vec<Fault>>>);

impl Faults {
    pub fn push(&self, fault: Fault) {
        self.plan().push(fault);
    }

    pub fn clear(&self) {
        self.plan().clear();
    }

    /// Does something that no planned fault disturbs or counts: what people do beside the client under test.
    pub fn lifted<R>(&self, work: impl FnOnce() -> R) -> R {
        let plan = std::mem::take(&mut *self.plan());
        let result = work();
        self.plan().splice(..0, plan);
        result
    }

    /// How many faults have not fired yet.
    pub fn pending(&self) -> usize {
        self.plan().len()
    }

    /// Counts a call down on every fault that it matches, and takes the first one that is due.
    pub(super) fn take_due(&self, operation: &str) -> Option<FaultEffect> {
        let mut plan = self.plan();
        for fault in plan.iter_mut() {
            if fault.operation.as_deref().is_none_or(|named| named == operation) {
                fault.occurrence = fault.occurrence.saturating_sub(1);
            }
        }
        let due = plan.iter().position(|fault| fault.occurrence == 0)?;
        if let Some(number) = plan[due].every {
            plan[due].occurrence = number;
            return Some(plan[due].effect);
        }
        Some(plan.remove(due).effect)
    }

    fn plan(&self) -> std::sync::MutexGuard<'_, Vec<Fault>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_done_while_faults_are_lifted_meets_and_counts_none() {
        let faults = Faults::default();
        faults.push(Fault::on("InsertInvoice", FaultEffect::TruncatedBody));
        assert_eq!(faults.lifted(|| faults.take_due("InsertInvoice")), None);
        assert_eq!(faults.take_due("InsertInvoice"), Some(FaultEffect::TruncatedBody));
    }

    #[test]
    fn a_fault_fires_once_at_its_occurrence() {
        let faults = Faults::default();
        faults.push(Fault::on("InsertInvoice", FaultEffect::TruncatedBody).at_occurrence(2));
        faults.push(Fault::on_any(FaultEffect::HttpError(503)).at_occurrence(3));
        assert_eq!(faults.take_due("InsertInvoice"), None);
        assert_eq!(faults.take_due("GetInvoice"), None);
        // Both are due here; the older one fires now and the other at the next call.
        assert_eq!(faults.take_due("InsertInvoice"), Some(FaultEffect::TruncatedBody));
        assert_eq!(faults.take_due("GetInvoice"), Some(FaultEffect::HttpError(503)));
        assert_eq!(faults.take_due("GetInvoice"), None);
        assert_eq!(faults.pending(), 0);
    }

    #[test]
    fn a_recurring_fault_fires_at_each_of_so_many_calls() {
        let faults = Faults::default();
        faults.push(Fault::on_any(FaultEffect::HttpError(429)).every(3));
        let fired: Vec<bool> = (0..6).map(|_| faults.take_due("GetInvoice").is_some()).collect();
        assert_eq!(fired, [false, false, true, false, false, true]);
        faults.clear();
        assert_eq!(faults.pending(), 0);
    }
}
