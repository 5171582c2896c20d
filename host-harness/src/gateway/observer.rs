//! What the gateway tells about its calls, for whoever counts them.
//!
//! Deliberately absent: paths, queries and bodies. They hold order numbers and buyers, and a name of a metric
//! must come from a short list.

use std::time::Duration;

use super::BreakerState;

/// What an operation or an upstream is called that the connection does not know.
pub const OTHER: &str = "other";

/// A call of the plugin that is over, however it ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct EndedCall<'a> {
    /// The host as the plugin names it, or [`OTHER`] where no route leads there.
    pub upstream: &'a str,
    /// The SOAP operation, the operation of SP-API, or [`OTHER`]. A call that was refused has no name.
    pub operation: &'a str,
    /// The status of the answer, the upstream's or the gateway's own; `None` where there was no answer.
    pub status: Option<u16>,
    /// The gateway's code, where it refused, answered itself or got no answer.
    pub code: Option<&'a str>,
    /// Waiting and repetitions included.
    pub elapsed: Duration,
}

/// Is told as it happens, on the way of the call: it must be quick.
pub trait GatewayObserver: Send + Sync {
    /// Once for each call of the plugin.
    fn call_ended(&self, _call: &EndedCall<'_>) {}

    /// The circuit breaker of an upstream changed to this state.
    fn breaker_changed(&self, _upstream: &str, _state: BreakerState) {}

    /// A call had to wait for its turn in the usage plan, and got it or gave up.
    fn waited_for_plan(&self, _operation: &str, _waited: Duration) {}

    /// A read brought no answer and is sent again.
    fn repeated(&self, _upstream: &str, _operation: &str) {}
}

/// Nobody is told.
#[derive(Clone, Copy, Debug)]
pub struct Unobserved;

impl GatewayObserver for Unobserved {}
