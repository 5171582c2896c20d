//! One writer a key: a lease in the connection's state, which ends by itself when its holder dies.
//!
//! The lease outlives the longest invocation (`limits::ORDER_LEASE_MS`), so a holder that is still at
//! work is never overtaken.

use chrono::{DateTime, Utc};

use crate::canonical::OrderId;
use crate::host::{Host, StateError};
use crate::limits::{LEASED_RETRY_MS, ORDER_LEASE_MS};
use crate::remote::CallFailure;

use super::journal::state_failure;
use super::outcome::Failure;
use super::verdict::{Attempt, verdict};

/// The right to work on one order.
pub struct Lease {
    key: String,
    revision: u64,
}

impl Lease {
    /// Takes the lease, or says when to come back.
    pub fn take(host: &mut dyn Host, order: &OrderId, attempt: Attempt<'_>) -> Result<Lease, Failure> {
        let key = format!("lease/order/{order}");
        let now = host.now();
        let expires = now + chrono::Duration::milliseconds(ORDER_LEASE_MS as i64);
        let failed = |failure: CallFailure| verdict(&failure, attempt);
        match host.state().create(&key, expires.to_rfc3339().as_bytes(), Some(ORDER_LEASE_MS)) {
            Ok(revision) => Ok(Lease { key, revision }),
            Err(StateError::Stale) => {
                let holder = host.state().get(&key).map_err(|error| failed(state_failure(&key, &error)))?;
                let after_ms = holder.map_or(LEASED_RETRY_MS, |entry| remaining_ms(&entry.value, now));
                let reason = format!("another delivery is working on order {order}");
                Err(Failure::Retry { after_ms, reason })
            }
            Err(error) => Err(failed(state_failure(&key, &error))),
        }
    }

    /// Gives the lease back. If that fails, it ends by itself.
    pub fn release(self, host: &mut dyn Host) {
        if let Err(error) = host.state().delete(&self.key, self.revision) {
            let text = error.to_string();
            host.log(
                crate::host::LogLevel::Warn,
                "a lease was not given back",
                &[("key", &self.key), ("why", &text)],
            );
        }
    }
}

/// A working delivery is over in seconds, a dead one when its lease ends: the wait grows with what is left.
fn remaining_ms(value: &[u8], now: DateTime<Utc>) -> u64 {
    let expires = std::str::from_utf8(value).ok().and_then(|text| DateTime::parse_from_rfc3339(text).ok());
    let left = expires.map_or(0, |expires| (expires.to_utc() - now).num_milliseconds());
    u64::try_from(left).unwrap_or(0).clamp(LEASED_RETRY_MS, ORDER_LEASE_MS)
}
