//! Counts what the gateway of one connection does.

use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;

use crate::connection::{ConnectionName, KASHFLOW_HOST, is_amazon_host};
use crate::gateway::{self, EndedCall, GatewayObserver};
use crate::telemetry::metrics::{BreakerState, CallResult, Metrics, OperationName, Upstream};

pub(super) struct GatewayMetrics {
    pub connection: ConnectionName,
    pub metrics: Arc<Metrics>,
}

impl GatewayObserver for GatewayMetrics {
    fn call_ended(&self, call: &EndedCall<'_>) {
        let result = match (call.status, call.code) {
            (Some(_), Some(_)) => CallResult::Gateway,
            (Some(status), None) => {
                StatusCode::from_u16(status).map_or(CallResult::ServerError, CallResult::of)
            }
            // GW-01xx: nothing was sent, by decision.
            (None, Some(code)) if code.starts_with("GW-01") => CallResult::Refused,
            (None, _) => CallResult::NoAnswer,
        };
        let (upstream, operation) = (upstream(call.upstream), OperationName::new(call.operation));
        self.metrics.gateway_called(&self.connection, upstream, &operation, result, call.elapsed);
    }

    fn breaker_changed(&self, host: &str, state: gateway::BreakerState) {
        self.metrics.breaker_is(&self.connection, upstream(host), shown(state));
    }

    fn waited_for_plan(&self, operation: &str, waited: Duration) {
        self.metrics.plan_waited(&OperationName::new(operation), waited);
    }

    fn repeated(&self, host: &str, operation: &str) {
        self.metrics.gateway_repeated(&self.connection, upstream(host), &OperationName::new(operation));
    }
}

/// Whom a host of the plugin's stands for.
pub(super) fn upstream(host: &str) -> Upstream {
    match host {
        KASHFLOW_HOST => Upstream::KashFlow,
        gateway::REPORT_DOCUMENT_HOST => Upstream::AmazonDocuments,
        gateway::FEED_DOCUMENT_HOST => Upstream::AmazonFeedDocuments,
        host if is_amazon_host(host) => Upstream::Amazon,
        _ => Upstream::Other,
    }
}

pub(super) fn shown(state: gateway::BreakerState) -> BreakerState {
    match state {
        gateway::BreakerState::Closed => BreakerState::Closed,
        gateway::BreakerState::HalfOpen => BreakerState::HalfOpen,
        gateway::BreakerState::Open => BreakerState::Open,
    }
}
