//! A circuit breaker: an upstream that fails again and again is left alone, for longer each time, and then asked
//! by one call whether it is back.
//!
//! Written here, because what a caller needs is what the libraries keep to themselves: when to come back, exactly
//! one probe at a time, and a runtime whose time a test can hold (failsafe 1.3 lets everyone through when half
//! open and counts in whole seconds of the machine's clock). Deliberately absent: what counts as a failure, which
//! is [`super::resilience`]'s to say.

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use tokio::time::Instant;

use super::GatewayObserver;
use crate::limits::{BREAKER_FAILURES, BREAKER_OPEN_MAX_MS, BREAKER_OPEN_MS};

/// What is told to callers while a probe is on its way: its end cannot be known, and comes soon.
const PROBE_PATIENCE: Duration = Duration::from_secs(1);

/// When a breaker opens, and for how long.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BreakerThresholds {
    /// Failures in a row, at least 1.
    pub failures: u32,
    /// The first rest; chance takes up to half of it away, so that connections do not come back together.
    pub open: Duration,
    /// What the rest grows to.
    pub open_max: Duration,
}

impl Default for BreakerThresholds {
    fn default() -> Self {
        BreakerThresholds {
            failures: BREAKER_FAILURES,
            open: Duration::from_millis(BREAKER_OPEN_MS),
            open_max: Duration::from_millis(BREAKER_OPEN_MAX_MS),
        }
    }
}

impl BreakerThresholds {
    /// One rest after the other, without end: half of it for certain, and up to as much again by chance.
    fn rests(&self) -> ExponentialBackoff {
        ExponentialBuilder::new()
            .with_min_delay(self.open / 2)
            .with_max_delay(self.open_max / 2)
            .without_max_times()
            .with_jitter()
            .build()
    }
}

/// How an upstream stands.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum BreakerState {
    /// Calls go through.
    Closed,
    /// Nothing is sent.
    Open,
    /// One call is asking whether it is back.
    HalfOpen,
}

impl BreakerState {
    /// The state in one word, as metrics and logs name it.
    pub fn as_str(self) -> &'static str {
        match self {
            BreakerState::Closed => "closed",
            BreakerState::Open => "open",
            BreakerState::HalfOpen => "half-open",
        }
    }
}

/// What a call says about its upstream.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Verdict {
    /// It answers, whatever the answer says.
    Answers,
    Fails,
    /// The call did not get as far as to say anything.
    Unknown,
}

/// The breaker of one upstream.
pub(super) struct CircuitBreaker {
    upstream: String,
    thresholds: BreakerThresholds,
    observer: Arc<dyn GatewayObserver>,
    circuit: Mutex<Circuit>,
}

struct Circuit {
    state: State,
    failures: u32,
    rests: ExponentialBackoff,
}

#[derive(Clone, Copy)]
enum State {
    Closed,
    Open { until: Instant },
    HalfOpen,
}

/// Leave for one call. Dropped without a verdict, it says nothing, and a probe may be made again at once.
pub(super) struct Permit<'a> {
    breaker: &'a CircuitBreaker,
    is_probe: bool,
    verdict: Verdict,
}

impl CircuitBreaker {
    pub fn new(upstream: String, thresholds: BreakerThresholds, observer: Arc<dyn GatewayObserver>) -> Self {
        let circuit = Circuit { state: State::Closed, failures: 0, rests: thresholds.rests() };
        CircuitBreaker { upstream, thresholds, observer, circuit: Mutex::new(circuit) }
    }

    /// Leave for a call, or how long to stay away.
    pub fn permit(&self) -> Result<Permit<'_>, Duration> {
        let permit = |is_probe| Permit { breaker: self, is_probe, verdict: Verdict::Unknown };
        {
            let mut circuit = self.circuit();
            match circuit.state {
                State::Closed => return Ok(permit(false)),
                State::HalfOpen => return Err(PROBE_PATIENCE),
                State::Open { until } => match until.saturating_duration_since(Instant::now()) {
                    Duration::ZERO => circuit.state = State::HalfOpen,
                    rest => return Err(rest),
                },
            }
        }
        self.tell(BreakerState::HalfOpen);
        Ok(permit(true))
    }

    pub fn state(&self) -> BreakerState {
        match self.circuit().state {
            State::Closed => BreakerState::Closed,
            State::Open { .. } => BreakerState::Open,
            State::HalfOpen => BreakerState::HalfOpen,
        }
    }

    /// How long nothing will be sent for certain; `None` where a call, or a probe, may go now.
    pub fn closed_to_calls_for(&self) -> Option<Duration> {
        match self.circuit().state {
            State::Closed => None,
            State::HalfOpen => Some(PROBE_PATIENCE),
            State::Open { until } => {
                Some(until.saturating_duration_since(Instant::now())).filter(|rest| !rest.is_zero())
            }
        }
    }

    fn circuit(&self) -> MutexGuard<'_, Circuit> {
        self.circuit.lock().expect("no holder of this lock can panic")
    }

    fn record(&self, is_probe: bool, verdict: Verdict) {
        let changed = {
            let mut circuit = self.circuit();
            match (circuit.state, is_probe) {
                (State::HalfOpen, true) => self.record_probe(&mut circuit, verdict),
                (State::Closed, _) => self.record_call(&mut circuit, verdict),
                // A call from before it opened: its end says nothing that the rest would not find out.
                _ => None,
            }
        };
        if let Some(state) = changed {
            self.tell(state);
        }
    }

    fn record_call(&self, circuit: &mut Circuit, verdict: Verdict) -> Option<BreakerState> {
        match verdict {
            Verdict::Unknown => return None,
            Verdict::Answers => circuit.failures = 0,
            Verdict::Fails => circuit.failures = circuit.failures.saturating_add(1),
        }
        (circuit.failures >= self.thresholds.failures).then(|| self.open(circuit))
    }

    fn record_probe(&self, circuit: &mut Circuit, verdict: Verdict) -> Option<BreakerState> {
        match verdict {
            Verdict::Answers => {
                *circuit = Circuit { state: State::Closed, failures: 0, rests: self.thresholds.rests() };
                Some(BreakerState::Closed)
            }
            Verdict::Fails => Some(self.open(circuit)),
            Verdict::Unknown => {
                circuit.state = State::Open { until: Instant::now() };
                Some(BreakerState::Open)
            }
        }
    }

    fn open(&self, circuit: &mut Circuit) -> BreakerState {
        let rest = circuit.rests.next().unwrap_or(self.thresholds.open_max);
        circuit.state = State::Open { until: Instant::now() + rest };
        let (upstream, rest_ms) = (&self.upstream, rest.as_millis());
        tracing::warn!(upstream, rest_ms, "the upstream fails again and again; it gets time to recover");
        BreakerState::Open
    }

    fn tell(&self, state: BreakerState) {
        if state == BreakerState::Closed {
            tracing::info!(upstream = self.upstream, "the upstream answers again");
        }
        self.observer.breaker_changed(&self.upstream, state);
    }
}

impl Permit<'_> {
    pub fn judge(mut self, verdict: Verdict) {
        self.verdict = verdict;
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        self.breaker.record(self.is_probe, self.verdict);
    }
}

#[cfg(test)]
mod tests;
