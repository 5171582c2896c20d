//! How often each operation was called.
//!
//! Absent on purpose: what was said. Tests that need it put a recorder in front of the twin.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::operation::OperationId;

/// The counts of a twin. Clones are handles to the same counts.
#[derive(Clone, Default)]
pub struct Calls(Arc<Mutex<BTreeMap<OperationId, u64>>>);

impl Calls {
    /// Calls that have reached the operation, refused and faulty ones included.
    pub fn of(&self, operation: OperationId) -> u64 {
        self.all().get(&operation).copied().unwrap_or(0)
    }

    /// The counts of all operations that were called at all.
    pub fn all(&self) -> BTreeMap<OperationId, u64> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn count(&self, operation: OperationId) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(operation).or_insert(0) += 1;
    }
}
