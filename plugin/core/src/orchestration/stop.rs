//! Why the work on an order stops before its end.

use crate::finding::Finding;
use crate::remote::CallFailure;

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Stop {
    /// A person must decide or correct something.
    Held(Finding),
    /// A call failed; its class decides what follows.
    Failed(CallFailure),
}

impl From<CallFailure> for Stop {
    fn from(failure: CallFailure) -> Self {
        Stop::Failed(failure)
    }
}
