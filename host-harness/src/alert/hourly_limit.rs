//! How many alerts go out one by one: so many at once, and as many within an hour.

use std::num::NonZeroU32;

use governor::clock::Clock;
use governor::middleware::NoOpMiddleware;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};

/// Takes one from the hour's alerts, where one is left.
pub(super) type HourlyLimit = Box<dyn Fn() -> bool + Send + Sync>;

/// By a clock that does not jump: a corrected wall clock must not silence alerts.
pub(super) fn hourly_limit<C>(per_hour: NonZeroU32, clock: C) -> HourlyLimit
where
    C: Clock + Send + Sync + 'static,
{
    let quota = Quota::per_hour(per_hour);
    let limiter: RateLimiter<NotKeyed, InMemoryState, C, NoOpMiddleware<C::Instant>> =
        RateLimiter::direct_with_clock(quota, clock);
    Box::new(move || limiter.check().is_ok())
}
