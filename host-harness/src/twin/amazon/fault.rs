//! Faults that tests put in the way of calls.
//!
//! A rule names which calls it is for, counted from the moment the rule is made, and what happens to them.
//! Absent on purpose: chance. A fault happens exactly where a test says.

use std::sync::{Arc, Mutex, PoisonError};

use super::operation::OperationId;

/// What happens to a call.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fault {
    /// 429 with the body of an exceeded quota, whatever the quota.
    QuotaExceeded,
    /// 500 with Amazon's body.
    InternalFailure,
    /// 503 with Amazon's body.
    ServiceUnavailable,
    /// 503 with an HTML page, as the load balancers in front of the API send it.
    ServiceUnavailablePage,
    /// 403: the seller has withdrawn the authorisation (for the token operation: 400 `invalid_grant`).
    Revoked,
    /// The true answer, cut off in the middle of its JSON or of its file; the HTTP around it is sound.
    TruncatedJson,
    /// 200 with a body that is not JSON.
    NotJson,
    /// The connection closes before the call is handled: nothing has happened.
    DropCall,
    /// The call is handled and the connection closes before the answer.
    DropAnswer,
}

/// Which of the matching calls a fault is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum When {
    /// The nth from now, counted from 1.
    Nth(u64),
    /// The next n.
    Next(u64),
    /// Each nth from now: one in n.
    Every(u64),
    Always,
}

struct Rule {
    /// `None` for every operation.
    operation: Option<OperationId>,
    when: When,
    fault: Fault,
    seen: u64,
}

/// The faults of a twin. Clones are handles to the same faults.
#[derive(Clone, Default)]
pub struct Faults(Arc<Mutex<Vec<Rule>>>);

impl Faults {
    /// Puts a fault in the way of calls to `operation`, or to any operation where it is `None`.
    ///
    /// Where several rules match a call, the one made first wins; all of them count the call.
    pub fn inject(&self, operation: Option<OperationId>, when: When, fault: Fault) {
        self.rules().push(Rule { operation, when, fault, seen: 0 });
    }

    /// Takes all faults away.
    pub fn clear(&self) {
        self.rules().clear();
    }

    /// Counts a call and tells what happens to it.
    pub(super) fn strike(&self, operation: OperationId) -> Option<Fault> {
        let mut struck = None;
        for rule in self.rules().iter_mut() {
            if rule.operation.is_none_or(|wanted| wanted == operation) {
                rule.seen += 1;
                let hit = match rule.when {
                    When::Nth(number) => rule.seen == number,
                    When::Next(count) => rule.seen <= count,
                    When::Every(number) => rule.seen.is_multiple_of(number),
                    When::Always => true,
                };
                struck = struck.or(hit.then_some(rule.fault));
            }
        }
        struck
    }

    fn rules(&self) -> std::sync::MutexGuard<'_, Vec<Rule>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_strikes_the_calls_it_names_and_no_other() {
        let faults = Faults::default();
        faults.inject(Some(OperationId::GetOrder), When::Nth(2), Fault::InternalFailure);
        faults.inject(None, When::Next(1), Fault::QuotaExceeded);
        assert_eq!(faults.strike(OperationId::Token), Some(Fault::QuotaExceeded));
        assert_eq!(faults.strike(OperationId::GetOrder), None);
        assert_eq!(faults.strike(OperationId::SearchOrders), None);
        assert_eq!(faults.strike(OperationId::GetOrder), Some(Fault::InternalFailure));
        assert_eq!(faults.strike(OperationId::GetOrder), None);
        faults.inject(None, When::Always, Fault::Revoked);
        faults.clear();
        assert_eq!(faults.strike(OperationId::GetOrder), None);
        faults.inject(None, When::Every(3), Fault::DropAnswer);
        let struck: Vec<bool> = (0..6).map(|_| faults.strike(OperationId::GetOrder).is_some()).collect();
        assert_eq!(struck, [false, false, true, false, false, true]);
    }
}
