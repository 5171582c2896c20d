//! A machine that hosts the plugin: it takes one delivery at a time, and can lose power at any moment.
//!
//! What it keeps in memory, such as an access token, is lost with the power; state and queues are elsewhere
//! and stay. Absent on purpose: when any of that happens.

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::engine::{HostCall, HostCallObserver, Verdict};
use crate::{ConnectionRuntime, DeliveryReport};

use super::dispatcher::EventNumber;
use super::gate::LifeId;
use super::weather::Weather;

pub(super) struct Machine<'a> {
    /// What it is since it was switched on last.
    pub life: LifeId,
    pub runtime: ConnectionRuntime,
    pub is_on: bool,
    pub work: Option<Work<'a>>,
}

/// A delivery under way.
pub(super) struct Work<'a> {
    /// Its number among all deliveries of the run.
    pub delivery: u64,
    pub event: EventNumber,
    pub future: Pin<Box<dyn Future<Output = DeliveryReport> + 'a>>,
    /// Whether it has made a call that is not answered.
    pub waits: bool,
}

impl Machine<'_> {
    pub fn is_free(&self) -> bool {
        self.is_on && self.work.is_none()
    }

    /// Whether this delivery is still under way here.
    pub fn is_at(&self, delivery: u64) -> bool {
        self.work.as_ref().is_some_and(|work| work.delivery == delivery)
    }
}

/// Ends an instance right before or right after one of its calls, as the weather has it.
pub(super) struct PowerSwitch(pub SharedWeather);

impl HostCallObserver for PowerSwitch {
    fn before(&self, _call: &HostCall) -> Verdict {
        verdict(self.0.lock().kills_before_a_call())
    }

    fn after(&self, _call: &HostCall, _answer: &str) -> Verdict {
        verdict(self.0.lock().kills_after_a_call())
    }
}

fn verdict(kills: bool) -> Verdict {
    if kills { Verdict::Kill } else { Verdict::Continue }
}

/// One weather for everything that happens, asked by one thing at a time.
#[derive(Clone)]
pub(super) struct SharedWeather(Arc<Mutex<Weather>>);

impl SharedWeather {
    pub fn new(weather: Weather) -> Self {
        SharedWeather(Arc::new(Mutex::new(weather)))
    }

    pub fn lock(&self) -> MutexGuard<'_, Weather> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
