//! A token bucket that callers queue at: who comes first is served first, and who would wait too long is told at
//! once when to come back.
//!
//! The arithmetic is governor's. Deliberately absent: what the bucket is for ([`super::usage_plan`]).

use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use governor::clock::Clock;
use governor::middleware::StateInformationMiddleware;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use tokio::time::{Instant, sleep, timeout_at};

/// A bucket with its queue.
pub(super) struct TokenBucket {
    burst: NonZeroU32,
    /// Those who wait for their turn, the one whose turn it is included.
    waiting: AtomicU32,
    /// Held by the one whose turn it is; the lock is given in the order of asking.
    turn: tokio::sync::Mutex<()>,
    content: Mutex<Content>,
}

struct Content {
    limiter: Limiter,
    /// Requests a second.
    rate: f64,
    /// Tokens that were there after the last one was taken.
    left: u32,
    /// When the one whose turn it is will get a token, where that one waits.
    next_at: Option<Instant>,
}

type Limiter = RateLimiter<NotKeyed, InMemoryState, RuntimeClock, StateInformationMiddleware>;

impl TokenBucket {
    /// A full one. `rate` is in requests a second, from one a day to a million; `burst` is at least 1.
    pub fn new(rate: f64, burst: u32) -> Self {
        let burst = NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN);
        let content = Mutex::new(Content::holding(burst.get(), rate, burst));
        TokenBucket { burst, waiting: AtomicU32::new(0), turn: tokio::sync::Mutex::default(), content }
    }

    /// Takes a token, after waiting for it if need be, and gives the time of waiting; or takes none and gives the
    /// time after which there may be one, where that is beyond the patience.
    pub async fn take(&self, patience: Duration) -> Result<Duration, Duration> {
        let began = Instant::now();
        let deadline = began + patience;
        let place = self.line_up();
        if let Some(wait) = self.wait_behind(place.ahead).filter(|wait| *wait > patience) {
            return Err(wait);
        }
        let Ok(_turn) = timeout_at(deadline, self.turn.lock()).await else {
            return Err(self.wait_behind(place.ahead).unwrap_or_default());
        };
        loop {
            let taken = self.content().take();
            let Err(wait) = taken else {
                return Ok(began.elapsed());
            };
            if Instant::now() + wait > deadline {
                return Err(wait);
            }
            sleep(wait).await;
        }
    }

    /// Takes over a rate, in requests a second. What was taken out stays taken out.
    ///
    /// The burst stays the documented one: Amazon tells the rate alone. Where it allows less, a 429 says so and
    /// empties the bucket; where it allows more, calls are spread over a few more moments, which harms nobody.
    pub fn correct(&self, rate: f64) {
        let mut content = self.content();
        if content.rate != rate {
            tracing::debug!(from = content.rate, to = rate, "the rate of a usage plan is another");
            *content = Content::holding(content.left, rate, self.burst);
        }
    }

    /// The upstream says that nothing is left: then nothing is.
    pub fn empty(&self) {
        let mut content = self.content();
        *content = Content::holding(0, content.rate, self.burst);
    }

    fn content(&self) -> MutexGuard<'_, Content> {
        self.content.lock().expect("no holder of this lock can panic")
    }

    fn line_up(&self) -> Place<'_> {
        Place { ahead: self.waiting.fetch_add(1, Ordering::Relaxed), bucket: self }
    }

    /// How long it takes until those ahead and then one more have their tokens. `None` where nobody waits for a
    /// token: then there may be one.
    fn wait_behind(&self, ahead: u32) -> Option<Duration> {
        let content = self.content();
        let next_in = content.next_at?.checked_duration_since(Instant::now())?;
        Some(next_in + interval(content.rate) * ahead)
    }
}

impl Content {
    /// A limiter has no other rate and no other content than at first, so a new one takes its place.
    fn holding(tokens: u32, rate: f64, burst: NonZeroU32) -> Self {
        let quota = Quota::with_period(interval(rate)).expect("a rate has an interval").allow_burst(burst);
        let limiter = RateLimiter::direct_with_clock(quota, RuntimeClock::new()).with_middleware();
        let left = tokens.min(burst.get());
        if let Some(gone) = NonZeroU32::new(burst.get() - left) {
            let _taken = limiter.check_n(gone).expect("a full bucket holds its burst");
        }
        Content { limiter, rate, left, next_at: None }
    }

    /// Takes a token, or says how long it takes until there is one.
    fn take(&mut self) -> Result<(), Duration> {
        match self.limiter.check() {
            Ok(snapshot) => {
                self.left = snapshot.remaining_burst_capacity();
                self.next_at = None;
                Ok(())
            }
            Err(not_until) => {
                self.left = 0;
                let wait = not_until.wait_time_from(self.limiter.clock().now());
                self.next_at = Some(Instant::now() + wait);
                Err(wait)
            }
        }
    }
}

/// A place in the queue, left when it is dropped.
struct Place<'a> {
    ahead: u32,
    bucket: &'a TokenBucket,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.bucket.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

fn interval(rate: f64) -> Duration {
    Duration::from_secs_f64(1.0 / rate)
}

/// The time of the runtime, which stands still in tests until it is moved.
#[derive(Clone, Debug)]
struct RuntimeClock {
    origin: Instant,
}

impl RuntimeClock {
    fn new() -> Self {
        RuntimeClock { origin: Instant::now() }
    }
}

impl Clock for RuntimeClock {
    type Instant = Duration;

    fn now(&self) -> Duration {
        self.origin.elapsed()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use futures::future::join_all;
    use tokio::time::advance;

    use super::*;

    const NOW: Duration = Duration::ZERO;

    fn seconds(seconds: f64) -> Duration {
        Duration::from_secs_f64(seconds)
    }

    /// Nearly the same: a timer wakes on whole milliseconds.
    fn assert_about(duration: Duration, expected: f64) {
        assert!(
            duration.abs_diff(seconds(expected)) < Duration::from_millis(3),
            "{duration:?}, not {expected} s"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn the_burst_is_free_and_then_the_rate_counts() {
        let bucket = TokenBucket::new(0.5, 3);
        for _ in 0..3 {
            assert_eq!(bucket.take(NOW).await, Ok(NOW));
        }
        assert_about(bucket.take(NOW).await.unwrap_err(), 2.0);
        advance(seconds(0.5)).await;
        assert_about(bucket.take(seconds(1.0)).await.unwrap_err(), 1.5);
        assert_about(bucket.take(seconds(5.0)).await.unwrap(), 1.5);
        advance(seconds(3600.0)).await;
        for _ in 0..3 {
            assert_eq!(bucket.take(NOW).await, Ok(NOW));
        }
        assert!(bucket.take(NOW).await.is_err(), "an hour fills it up to the burst and no further");
    }

    #[tokio::test(start_paused = true)]
    async fn who_comes_first_is_served_first_and_who_would_wait_too_long_is_told_at_once() {
        let bucket = Arc::new(TokenBucket::new(0.5, 1));
        bucket.take(NOW).await.unwrap();
        let began = Instant::now();
        let callers = (0..4).map(|number| {
            let bucket = Arc::clone(&bucket);
            async move { (number, bucket.take(seconds(5.0)).await, began.elapsed()) }
        });
        let results = join_all(callers).await;
        for (number, result, at) in results {
            let in_turn = 2.0 * f64::from(number + 1);
            match number {
                0 | 1 => {
                    assert_about(result.unwrap(), in_turn);
                    assert_about(at, in_turn);
                }
                _ => {
                    // Six seconds are more than anyone waits: who is told so does not even begin to.
                    assert_about(result.unwrap_err(), 6.0);
                    assert_eq!(at, NOW);
                }
            }
        }
        assert_about(bucket.take(NOW).await.unwrap_err(), 2.0);
    }

    #[tokio::test(start_paused = true)]
    async fn a_caller_that_goes_away_leaves_its_place() {
        let bucket = Arc::new(TokenBucket::new(1.0, 1));
        bucket.take(NOW).await.unwrap();
        let gone = tokio::time::timeout(seconds(0.25), bucket.take(seconds(5.0))).await;
        assert!(gone.is_err());
        assert_eq!(bucket.waiting.load(Ordering::Relaxed), 0);
        assert_about(bucket.take(seconds(5.0)).await.unwrap(), 0.75);
    }

    #[tokio::test(start_paused = true)]
    async fn another_rate_counts_from_now_and_gives_nothing_back() {
        let bucket = TokenBucket::new(0.5, 2);
        bucket.take(NOW).await.unwrap();
        bucket.correct(0.1);
        bucket.take(NOW).await.unwrap();
        assert_about(bucket.take(NOW).await.unwrap_err(), 10.0);
        bucket.correct(4.0);
        assert_about(bucket.take(NOW).await.unwrap_err(), 0.25);
        bucket.correct(4.0);
        advance(seconds(0.25)).await;
        assert_eq!(bucket.take(NOW).await, Ok(NOW), "the same rate again changes nothing");
    }

    #[tokio::test(start_paused = true)]
    async fn an_emptied_bucket_makes_everyone_wait() {
        let bucket = TokenBucket::new(0.5, 30);
        bucket.take(NOW).await.unwrap();
        bucket.empty();
        assert_about(bucket.take(NOW).await.unwrap_err(), 2.0);
        assert_about(bucket.take(seconds(5.0)).await.unwrap(), 2.0);
    }

    #[tokio::test(start_paused = true)]
    async fn the_slowest_and_the_fastest_rate_work() {
        let slow = TokenBucket::new(1.0 / 86_400.0, 30);
        slow.empty();
        assert_about(slow.take(NOW).await.unwrap_err(), 86_400.0);
        let fast = TokenBucket::new(1_000_000.0, 1);
        fast.empty();
        assert!(fast.take(seconds(0.1)).await.unwrap() < Duration::from_millis(3));
    }
}
