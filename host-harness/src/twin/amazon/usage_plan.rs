//! Usage plans: a token bucket for each operation.
//!
//! Source: "Usage Plans and Rate Limits in the SP-API". A plan belongs to one seller and one application;
//! the twin has one of each. Absent on purpose: dynamic plans, whose rates follow the seller's business.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::operation::OperationId;

/// How often an operation may be called.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct UsagePlan {
    /// Requests that come back in 10,000 seconds: 56 is Amazon's 0.0056 a second.
    pub rate_per_10_000_seconds: u64,
    /// Requests that may be made at once.
    pub burst: u64,
}

/// One request, in the unit of the bucket: at a rate of 1 in 10,000 s, a millisecond brings back 1.
const REQUEST: u64 = 10_000_000;

impl UsagePlan {
    pub(super) fn times(self, factor: u32) -> Self {
        let factor = u64::from(factor);
        UsagePlan {
            rate_per_10_000_seconds: self.rate_per_10_000_seconds * factor,
            burst: self.burst * factor,
        }
    }

    /// The rate a second as the header `x-amzn-RateLimit-Limit` gives it: `0.0056`, `0.5`, `2.0`.
    pub(super) fn rate_text(self) -> String {
        let (whole, fraction) =
            (self.rate_per_10_000_seconds / 10_000, self.rate_per_10_000_seconds % 10_000);
        let fraction = format!("{fraction:04}");
        let kept = fraction.trim_end_matches('0');
        format!("{whole}.{}", if kept.is_empty() { "0" } else { kept })
    }
}

struct Bucket {
    credit: u64,
    filled_at: DateTime<Utc>,
}

/// The buckets of all operations, full at first.
#[derive(Default)]
pub(super) struct Usage(BTreeMap<OperationId, Bucket>);

impl Usage {
    /// Takes one request out of the operation's bucket. False where the quota is used up.
    pub fn take(&mut self, operation: OperationId, plan: UsagePlan, now: DateTime<Utc>) -> bool {
        let full = plan.burst * REQUEST;
        let bucket = self.0.entry(operation).or_insert(Bucket { credit: full, filled_at: now });
        let elapsed_ms = u64::try_from((now - bucket.filled_at).num_milliseconds()).unwrap_or(0);
        let refill = elapsed_ms.saturating_mul(plan.rate_per_10_000_seconds);
        bucket.credit = bucket.credit.saturating_add(refill).min(full);
        bucket.filled_at = bucket.filled_at.max(now);
        match bucket.credit.checked_sub(REQUEST) {
            Some(left) => {
                bucket.credit = left;
                true
            }
            None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::{Duration, TimeZone};

    use super::*;

    #[test]
    fn a_bucket_empties_by_the_burst_and_refills_at_the_rate() {
        let plan = UsagePlan { rate_per_10_000_seconds: 5_000, burst: 3 };
        let start = Utc.timestamp_opt(1_800_000_000, 0).single().expect("a time");
        let mut usage = Usage::default();
        let mut at = |ms: i64| usage.take(OperationId::GetOrder, plan, start + Duration::milliseconds(ms));
        assert_eq!([at(0), at(0), at(0), at(0)], [true, true, true, false]);
        assert_eq!(
            [at(1_999), at(2_000), at(2_001)],
            [false, true, false],
            "one comes back every two seconds"
        );
        assert_eq!([at(60_000), at(60_000), at(60_000), at(60_000)], [true, true, true, false]);
        assert!(!at(0), "a clock that goes back brings nothing back");
    }

    #[test]
    fn the_rate_is_written_as_amazon_writes_it() {
        let text = |rate_per_10_000_seconds| UsagePlan { rate_per_10_000_seconds, burst: 1 }.rate_text();
        assert_eq!([56, 5_000, 20_000, 167].map(text), ["0.0056", "0.5", "2.0", "0.0167"]);
        let plan = UsagePlan { rate_per_10_000_seconds: 56, burst: 20 };
        assert_eq!((plan.times(10).rate_text().as_str(), plan.times(10).burst), ("0.056", 200));
    }
}
