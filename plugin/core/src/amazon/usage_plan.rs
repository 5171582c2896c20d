//! How often Amazon lets an operation be called, which tells how long to wait when it was called too often.
//!
//! Rates are those of the SP-API documentation ("Usage plans and rate limits"), per operation, seller and
//! application; where an answer carries `x-amzn-RateLimit-Limit`, that is the seller's own. Absent on purpose:
//! keeping to them, which the host's gateway does.

use crate::remote::HttpResponse;

/// The steady rate of one operation, as the time in which one call becomes possible again.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct UsagePlan {
    pub interval_ms: u64,
}

/// `getOrder` of 2026-01-01: one call every two seconds (burst 30).
pub const GET_ORDER: UsagePlan = UsagePlan { interval_ms: 2_000 };

/// `searchOrders` of 2026-01-01: 0.0056 calls a second, which is one in some three minutes (burst 20).
pub const SEARCH_ORDERS: UsagePlan = UsagePlan { interval_ms: 178_572 };

/// `getReport` of 2021-06-30: two calls a second (burst 15).
pub const GET_REPORT: UsagePlan = UsagePlan { interval_ms: 500 };

/// `getReportDocument` of 2021-06-30: 0.0167 calls a second, which is one a minute (burst 15).
pub const GET_REPORT_DOCUMENT: UsagePlan = UsagePlan { interval_ms: 59_881 };

/// `getInventorySummaries` of v1: two calls a second (burst 2).
pub const GET_INVENTORY_SUMMARIES: UsagePlan = UsagePlan { interval_ms: 500 };

/// `searchListingsItems` of 2021-08-01: five calls a second (burst 5).
pub const SEARCH_LISTINGS_ITEMS: UsagePlan = UsagePlan { interval_ms: 200 };

/// `patchListingsItem` of 2021-08-01: five calls a second (burst 5).
pub const PATCH_LISTINGS_ITEM: UsagePlan = UsagePlan { interval_ms: 200 };

/// `createFeedDocument` of 2021-06-30: one call every two seconds (burst 15).
pub const CREATE_FEED_DOCUMENT: UsagePlan = UsagePlan { interval_ms: 2_000 };

/// `createFeed` of 2021-06-30: 0.0083 calls a second, which is one in two minutes (burst 15).
pub const CREATE_FEED: UsagePlan = UsagePlan { interval_ms: 120_482 };

/// `getFeed` of 2021-06-30: two calls a second (burst 15).
pub const GET_FEED: UsagePlan = UsagePlan { interval_ms: 500 };

/// `getFeedDocument` of 2021-06-30: 0.0222 calls a second, which is one in 45 seconds (burst 10).
pub const GET_FEED_DOCUMENT: UsagePlan = UsagePlan { interval_ms: 45_046 };

/// A rate that is slower than one call an hour is none of Amazon's.
const INTERVAL_MS_MAX: u64 = 3_600_000;

impl UsagePlan {
    /// How long to wait after a 429: what the answer asks for, or until the plan admits one call more.
    pub fn retry_after_ms(self, response: &HttpResponse) -> u64 {
        let stated = response.header("x-amzn-ratelimit-limit").and_then(interval_ms);
        response.retry_after_ms().or(stated).unwrap_or(self.interval_ms)
    }
}

/// The interval of a rate such as `0.5` or `0.0167`, in calls a second. `None` where it is no such text.
fn interval_ms(rate: &str) -> Option<u64> {
    let (whole, fraction) = rate.trim().split_once('.').unwrap_or((rate.trim(), ""));
    let scaled: u64 = format!("{whole}{fraction}").parse().ok().filter(|scaled| *scaled > 0)?;
    let scale = 10_u64.checked_pow(u32::try_from(fraction.len()).ok()?)?;
    let interval = scale.checked_mul(1_000)?.div_ceil(scaled);
    (interval <= INTERVAL_MS_MAX).then_some(interval)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_read_without_a_fraction_of_a_float() {
        let cases = [
            ("0.5", Some(2_000)),
            ("0.0167", Some(GET_REPORT_DOCUMENT.interval_ms)),
            ("0.0056", Some(SEARCH_ORDERS.interval_ms)),
            ("2", Some(GET_REPORT.interval_ms)),
            ("2.0", Some(500)),
            ("30.0", Some(34)),
            ("0", None),
            ("0.00001", None),
            ("-1", None),
            ("", None),
            ("fast", None),
            ("1.99999999999999999999999", None),
        ];
        for (rate, interval) in cases {
            assert_eq!(interval_ms(rate), interval, "{rate}");
        }
    }

    #[test]
    fn what_the_answer_asks_for_comes_before_the_plan() {
        let answer = |headers: &[(&str, &str)]| HttpResponse {
            status: 429,
            headers: headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
            body: Vec::new(),
        };
        let wait = |headers: &[(&str, &str)]| GET_ORDER.retry_after_ms(&answer(headers));
        assert_eq!(wait(&[]), 2_000);
        assert_eq!(wait(&[("x-amzn-RateLimit-Limit", "0.25")]), 4_000);
        assert_eq!(wait(&[("x-amzn-RateLimit-Limit", "0.25"), ("Retry-After", "7")]), 7_000);
        assert_eq!(wait(&[("x-amzn-RateLimit-Limit", "none")]), 2_000);
    }
}
