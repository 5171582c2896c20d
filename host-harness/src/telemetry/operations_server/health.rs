//! Whether the loops of the process still turn: each gives a sign of life, and silence is told.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::limits::HEARTBEAT_SILENCE_MS;

/// The signs of life of all loops. Clones share them.
#[derive(Clone, Debug)]
pub struct Health {
    started: Instant,
    loops: Arc<Mutex<Vec<Heartbeat>>>,
}

/// The sign of life of one loop, which beats at least every few seconds, idle or not.
#[derive(Clone, Debug)]
pub struct Heartbeat {
    name: &'static str,
    last: Arc<Mutex<Instant>>,
}

impl Default for Health {
    fn default() -> Self {
        Health::new()
    }
}

impl Health {
    pub fn new() -> Self {
        Health { started: Instant::now(), loops: Arc::default() }
    }

    /// For a loop of this name, which is expected to beat from now on.
    pub fn heartbeat(&self, name: &'static str) -> Heartbeat {
        let heartbeat = Heartbeat { name, last: Arc::new(Mutex::new(Instant::now())) };
        self.loops.lock().expect("no holder of this lock can panic").push(heartbeat.clone());
        heartbeat
    }

    pub fn uptime(&self) -> Duration {
        self.started.elapsed()
    }

    /// The loops that have been silent for too long, one sentence each.
    pub(super) fn silences(&self) -> Vec<String> {
        self.silences_at(Instant::now())
    }

    pub(super) fn silences_at(&self, now: Instant) -> Vec<String> {
        let loops = self.loops.lock().expect("no holder of this lock can panic");
        loops.iter().filter_map(|heartbeat| heartbeat.silence_at(now)).collect()
    }
}

impl Heartbeat {
    pub fn beat(&self) {
        self.beat_at(Instant::now());
    }

    fn beat_at(&self, now: Instant) {
        *self.last.lock().expect("no holder of this lock can panic") = now;
    }

    fn silence_at(&self, now: Instant) -> Option<String> {
        let last = *self.last.lock().expect("no holder of this lock can panic");
        let silent = now.saturating_duration_since(last);
        let is_silent = silent > Duration::from_millis(HEARTBEAT_SILENCE_MS);
        is_silent.then(|| format!("the {} has given no sign of life for {} s", self.name, silent.as_secs()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loop_that_stands_still_is_named_until_it_moves() {
        let health = Health::new();
        let (dispatcher, source) = (health.heartbeat("dispatcher"), health.heartbeat("source"));
        let start = Instant::now();
        let after = |seconds| start + Duration::from_secs(seconds);
        for heartbeat in [&dispatcher, &source] {
            heartbeat.beat_at(start);
        }
        assert_eq!(health.silences_at(after(30)), Vec::<String>::new());
        source.beat_at(after(30));
        assert_eq!(health.silences_at(after(31)), ["the dispatcher has given no sign of life for 31 s"]);
        dispatcher.beat_at(after(31));
        assert_eq!(health.silences_at(after(31)), Vec::<String>::new());
    }
}
