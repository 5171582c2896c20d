//! Where the time comes from: the host reads it only through [`Clock`], so that a test can hold it still.
//!
//! Deliberately absent: sleeping. Time-outs of network calls and of an instance are real time and belong
//! to the runtime; this clock is what stored expiry, tokens and the plugin's own wall clock go by.

use std::sync::Mutex;

use chrono::{DateTime, TimeDelta, Utc};

/// Says what time it is.
pub trait Clock: Send + Sync {
    fn now(&self) -> DateTime<Utc>;

    /// Milliseconds since 1970-01-01T00:00:00Z, 0 for any time before.
    fn now_ms(&self) -> u64 {
        u64::try_from(self.now().timestamp_millis()).unwrap_or(0)
    }
}

/// The clock of the machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }
}

/// A clock that stands still until it is moved.
#[derive(Debug)]
pub struct ManualClock {
    now: Mutex<DateTime<Utc>>,
}

impl ManualClock {
    pub fn at(now: DateTime<Utc>) -> Self {
        ManualClock { now: Mutex::new(now) }
    }

    pub fn set(&self, now: DateTime<Utc>) {
        *self.now.lock().expect("no holder of this lock can panic") = now;
    }

    pub fn advance_ms(&self, milliseconds: u64) {
        let step = i64::try_from(milliseconds).ok().and_then(TimeDelta::try_milliseconds);
        let mut now = self.now.lock().expect("no holder of this lock can panic");
        *now = step.and_then(|step| now.checked_add_signed(step)).unwrap_or(DateTime::<Utc>::MAX_UTC);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> DateTime<Utc> {
        *self.now.lock().expect("no holder of this lock can panic")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manual_clock_moves_only_when_told() {
        let start = DateTime::from_timestamp_millis(1_750_000_000_000).unwrap();
        let clock = ManualClock::at(start);
        assert_eq!(clock.now_ms(), 1_750_000_000_000);
        clock.advance_ms(1_500);
        assert_eq!(clock.now_ms(), 1_750_000_001_500);
        clock.set(start);
        assert_eq!(clock.now(), start);
    }

    #[test]
    fn a_step_beyond_the_calendar_ends_at_its_end() {
        let clock = ManualClock::at(DateTime::UNIX_EPOCH);
        clock.advance_ms(u64::MAX);
        assert_eq!(clock.now(), DateTime::<Utc>::MAX_UTC);
    }
}
