//! One writer a key: a lease in the connection's state, which ends by itself when its holder dies.
//!
//! The lease outlives the longest invocation (`limits::LEASE_MS`), so a holder that is still at work is never
//! overtaken.

use chrono::{DateTime, Duration, Utc};

use crate::canonical::{OrderId, SettlementId};
use crate::finding::{Code, Finding};
use crate::host::{Host, LogLevel, StateError};
use crate::limits::{LEASE_MS, LEASED_RETRY_MS};
use crate::remote::CallFailure;

use super::journal::state_failure;
use super::outcome::Failure;
use super::verdict::{Attempt, pause_ms, verdict};

/// What one delivery at a time may work on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Claim<'a> {
    Order(&'a OrderId),
    /// A sweep, by the name of what it goes through.
    Sweep(&'a str),
    Settlement(SettlementId),
    /// The stock of the whole connection: what is counted together is written by one delivery.
    Stock,
}

impl Claim<'_> {
    fn key(self) -> String {
        match self {
            Claim::Order(order) => format!("lease/order/{order}"),
            Claim::Sweep(name) => format!("lease/sweep/{name}"),
            Claim::Settlement(settlement) => format!("lease/settlement/{settlement}"),
            Claim::Stock => "lease/stock".to_owned(),
        }
    }

    /// What is said of it while another delivery owns it.
    fn is_owned(self) -> Finding {
        match self {
            Claim::Order(order) => {
                Finding::new(Code::OrderInWork, order.as_str(), "another delivery is working on the order")
            }
            Claim::Sweep(name) => Finding::new(Code::SweepInWork, name, "another delivery is sweeping"),
            Claim::Settlement(settlement) => {
                let message = "another delivery is working on the settlement";
                Finding::new(Code::SettlementInWork, settlement.to_string(), message)
            }
            Claim::Stock => {
                Finding::new(Code::StockInWork, "stock", "another delivery is working on the stock")
            }
        }
    }
}

/// The right to work on what was claimed.
pub struct Lease {
    key: String,
    revision: u64,
}

impl Lease {
    /// Takes the lease, or says when to come back.
    pub fn take(host: &mut dyn Host, claim: Claim<'_>, attempt: Attempt<'_>) -> Result<Lease, Failure> {
        let key = claim.key();
        let now = host.now();
        let expires = now + Duration::milliseconds(LEASE_MS as i64);
        let failed = |failure: CallFailure| verdict(&failure, attempt);
        match host.state().create(&key, expires.to_rfc3339().as_bytes(), Some(LEASE_MS)) {
            Ok(revision) => Ok(Lease { key, revision }),
            Err(StateError::Stale) => {
                let holder = host.state().get(&key).map_err(|error| failed(state_failure(&key, &error)))?;
                let left_ms = holder.map_or(0, |entry| remaining_ms(&entry.value, now));
                let reason = claim.is_owned().to_string();
                Err(Failure::Retry { after_ms: wait_ms(left_ms, attempt), reason })
            }
            Err(error) => Err(failed(state_failure(&key, &error))),
        }
    }

    /// Gives the lease back. If that fails, it ends by itself.
    pub fn release(self, host: &mut dyn Host) {
        if let Err(error) = host.state().delete(&self.key, self.revision) {
            let text = error.to_string();
            host.log(LogLevel::Warn, "a lease was not given back", &[("key", &self.key), ("why", &text)]);
        }
    }
}

/// Soon at first, for a working delivery is over in seconds; at the latest when the lease of a dead one ends.
fn wait_ms(left_ms: u64, attempt: Attempt<'_>) -> u64 {
    pause_ms(attempt.number, attempt.event_id).min(left_ms).max(LEASED_RETRY_MS)
}

fn remaining_ms(value: &[u8], now: DateTime<Utc>) -> u64 {
    let expires = std::str::from_utf8(value).ok().and_then(|text| DateTime::parse_from_rfc3339(text).ok());
    let left = expires.map_or(0, |expires| (expires.to_utc() - now).num_milliseconds());
    u64::try_from(left).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attempt(number: u32) -> Attempt<'static> {
        Attempt { event_id: "event-1", number, event_age_ms: None }
    }

    #[test]
    fn a_holder_at_work_is_waited_for_briefly_and_a_dead_one_no_longer_than_its_lease() {
        assert_eq!(wait_ms(LEASE_MS, attempt(1)), LEASED_RETRY_MS);
        let fifth = wait_ms(LEASE_MS, attempt(5));
        assert!(fifth > LEASED_RETRY_MS && fifth < LEASE_MS / 2, "{fifth}");
        assert_eq!(wait_ms(60_000, attempt(9)), 60_000);
        assert_eq!(wait_ms(0, attempt(9)), LEASED_RETRY_MS);
    }

    #[test]
    fn an_order_and_a_sweep_are_never_the_same_claim() {
        let order = OrderId::new("orders").expect("an id");
        assert_eq!(Claim::Order(&order).key(), "lease/order/orders");
        assert_eq!(Claim::Sweep("orders").key(), "lease/sweep/orders");
    }
}
