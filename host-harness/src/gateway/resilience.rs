//! What makes a gateway fit for real upstreams: usage plans, a circuit breaker for each upstream, and the verdict
//! on every call that the breakers live on.
//!
//! It is a part of its own, because a simulation and the tests that count every call must do without: there a
//! call of the plugin is one exchange.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Response, StatusCode};

use super::circuit_breaker::{CircuitBreaker, Permit, Verdict};
use super::soap_fault::is_soap_fault;
use super::token_bucket::TokenBucket;
use super::usage_plan::{PLANS, UsagePlan, told_rate};
use super::{
    BreakerState, BreakerThresholds, GATEWAY_CODE, GatewayCode, GatewayError, GatewayObserver,
    TransportError, answer,
};
use crate::limits::PLAN_WAIT_MS;

/// The plans and breakers of one connection.
pub struct Resilience {
    breakers: BTreeMap<String, CircuitBreaker>,
    /// By operation.
    buckets: BTreeMap<&'static str, TokenBucket>,
    observer: Arc<dyn GatewayObserver>,
}

/// How one upstream stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UpstreamHealth {
    /// The host as the plugin names it.
    pub upstream: String,
    pub state: BreakerState,
    /// How long nothing will be sent to it for certain; `None` where a call, or a probe, may go now.
    pub closed_for: Option<Duration>,
}

impl Resilience {
    /// For the upstreams of these hosts, as the plugin names them. All breakers are closed and all buckets full.
    pub fn new<I>(upstreams: I, thresholds: BreakerThresholds, observer: Arc<dyn GatewayObserver>) -> Self
    where
        I: IntoIterator<Item = String>,
    {
        let breaker = |upstream: String| {
            (upstream.clone(), CircuitBreaker::new(upstream, thresholds, Arc::clone(&observer)))
        };
        let bucket = |plan: &UsagePlan| (plan.operation, TokenBucket::new(plan.rate, plan.burst));
        Resilience {
            breakers: upstreams.into_iter().map(breaker).collect(),
            buckets: PLANS.iter().map(bucket).collect(),
            observer,
        }
    }

    pub(super) fn health(&self) -> Vec<UpstreamHealth> {
        let of = |(upstream, breaker): (&String, &CircuitBreaker)| UpstreamHealth {
            upstream: upstream.clone(),
            state: breaker.state(),
            closed_for: breaker.closed_to_calls_for(),
        };
        self.breakers.iter().map(of).collect()
    }

    /// Leave for a call to the upstream, or how long to stay away.
    pub(super) fn permit(&self, upstream: &str) -> Result<Permit<'_>, Duration> {
        self.breakers.get(upstream).expect("every route of the gateway has its breaker").permit()
    }

    /// Waits for the call's turn in its usage plan. `patience` is how long the caller waits for an answer; at
    /// most half of it is spent here. Where the turn is further away, gives how long to stay away.
    pub(super) async fn take_turn(
        &self,
        plan: &'static UsagePlan,
        patience: Duration,
    ) -> Result<(), Duration> {
        let bucket = self.bucket(plan);
        let began = tokio::time::Instant::now();
        let result = bucket.take((patience / 2).min(Duration::from_millis(PLAN_WAIT_MS))).await;
        let waited = began.elapsed();
        if !waited.is_zero() || result.is_err() {
            self.observer.waited_for_plan(plan.operation, waited);
        }
        result.map(|_waited| ())
    }

    /// Learns from an answer of Amazon's what the plan is for this seller, and that nothing is left of it.
    pub(super) fn learn(&self, plan: &'static UsagePlan, response: &Response<Bytes>) {
        let bucket = self.bucket(plan);
        if let Some(rate) = told_rate(response) {
            bucket.correct(rate);
        }
        if response.status() == StatusCode::TOO_MANY_REQUESTS {
            bucket.empty();
        }
    }

    fn bucket(&self, plan: &'static UsagePlan) -> &TokenBucket {
        self.buckets.get(plan.operation).expect("every plan has its bucket")
    }
}

/// The answer in the place of an upstream that is left alone.
pub(super) fn resting(upstream: &str, wait: Duration) -> Response<Bytes> {
    answer::not_now(GatewayCode::UpstreamResting, StatusCode::SERVICE_UNAVAILABLE, upstream, wait)
}

/// The answer in the place of an upstream whose plan allows no more.
pub(super) fn spent(plan: &UsagePlan, wait: Duration) -> Response<Bytes> {
    answer::not_now(GatewayCode::UsagePlanSpent, StatusCode::TOO_MANY_REQUESTS, plan.operation, wait)
}

/// What a call says about its upstream.
pub(super) fn verdict(result: &Result<Response<Bytes>, GatewayError>) -> Verdict {
    match result {
        Ok(response) => match response.headers().get(GATEWAY_CODE) {
            Some(code) => verdict_on_own_answer(code.as_bytes()),
            None => verdict_on_answer(response),
        },
        Err(GatewayError::Denied { .. }) => Verdict::Unknown,
        Err(GatewayError::Transport(error)) => match error {
            TransportError::RequestTooLarge(_) | TransportError::AddressRefused => Verdict::Unknown,
            TransportError::AnswerTooLarge(_) => Verdict::Answers,
            _ => Verdict::Fails,
        },
    }
}

fn verdict_on_answer(response: &Response<Bytes>) -> Verdict {
    match response.status() {
        StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT => {
            Verdict::Fails
        }
        StatusCode::INTERNAL_SERVER_ERROR if !is_soap_fault(response.body()) => Verdict::Fails,
        _ => Verdict::Answers,
    }
}

/// Without its token endpoint an upstream is as good as down, and a probe tries both. What the endpoint refuses,
/// and what the usage plan holds back, says nothing about it.
fn verdict_on_own_answer(code: &[u8]) -> Verdict {
    let down = [GatewayCode::TokenEndpointUnreachable, GatewayCode::TokenEndpointBusy];
    match down.iter().any(|down| down.code().as_bytes() == code) {
        true => Verdict::Fails,
        false => Verdict::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on_answer(status: u16, code: Option<&str>, body: &'static str) -> Verdict {
        let builder = Response::builder().status(status);
        let builder = code.into_iter().fold(builder, |builder, code| builder.header(GATEWAY_CODE, code));
        verdict(&Ok(builder.body(Bytes::from_static(body.as_bytes())).unwrap()))
    }

    #[test]
    fn an_upstream_fails_by_table() {
        let fault = "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><s:Fault/></s:Body>\
                     </s:Envelope>";
        for (status, body, expected) in [
            (200, "{}", Verdict::Answers),
            (302, "", Verdict::Answers),
            (404, "", Verdict::Answers),
            (429, "", Verdict::Answers),
            (500, "", Verdict::Fails),
            (500, fault, Verdict::Answers),
            (501, "", Verdict::Answers),
            (502, fault, Verdict::Fails),
            (503, "", Verdict::Fails),
            (504, "", Verdict::Fails),
        ] {
            assert_eq!(on_answer(status, None, body), expected, "{status} {body}");
        }
        for (status, code, expected) in [
            (401, GatewayCode::RefreshTokenRefused, Verdict::Unknown),
            (503, GatewayCode::TokenEndpointUnreachable, Verdict::Fails),
            (503, GatewayCode::TokenEndpointBusy, Verdict::Fails),
            (503, GatewayCode::TokenAnswerUnreadable, Verdict::Unknown),
            (429, GatewayCode::UsagePlanSpent, Verdict::Unknown),
        ] {
            assert_eq!(on_answer(status, Some(code.code()), ""), expected, "{code}");
        }
        for (error, expected) in [
            (TransportError::HostNotFound, Verdict::Fails),
            (TransportError::NoAnswerInTime, Verdict::Fails),
            (TransportError::ProxyNotReached, Verdict::Fails),
            (TransportError::AddressRefused, Verdict::Unknown),
            (TransportError::RequestTooLarge(1), Verdict::Unknown),
            (TransportError::AnswerTooLarge(1), Verdict::Answers),
        ] {
            assert_eq!(verdict(&Err(GatewayError::Transport(error))), expected, "{error}");
        }
    }
}
