//! Which calls the gateway sends again by itself, and when.
//!
//! A read that brought no answer, or one that says "not now", is sent again after a short pause. A write never
//! is: it may have been carried out, and only the plugin can look. Deliberately absent: patience beyond a few
//! seconds, which is the business of the next delivery.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};
use bytes::Bytes;
use http::{Response, StatusCode, header};

use super::{GATEWAY_CODE, GatewayError, TransportError};
use crate::limits::{REPEAT_DELAY_MS, REPEATS};

/// The pauses before each repetition.
pub(super) fn pauses() -> impl Iterator<Item = Duration> {
    ExponentialBuilder::new()
        .with_min_delay(Duration::from_millis(REPEAT_DELAY_MS))
        .with_max_times(REPEATS)
        .with_jitter()
        .build()
}

/// Whether sending a read again soon can bring another answer.
pub(super) fn can_help(result: &Result<Response<Bytes>, GatewayError>) -> bool {
    match result {
        // The gateway's own answer, or an upstream that says itself when to come back.
        Ok(response) if response.headers().contains_key(GATEWAY_CODE) => false,
        Ok(response) if response.headers().contains_key(header::RETRY_AFTER) => false,
        Ok(response) => matches!(
            response.status(),
            StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT
        ),
        Err(GatewayError::Denied { .. }) => false,
        Err(GatewayError::Transport(error)) => is_passing(*error),
    }
}

/// Whether it could be the weather of the network, and not how something is set up.
fn is_passing(error: TransportError) -> bool {
    match error {
        TransportError::HostNotFound
        | TransportError::ConnectionRefused
        | TransportError::ConnectionTimeout
        | TransportError::NotConnected
        | TransportError::TlsFailed
        | TransportError::ProxyNotReached
        | TransportError::ProxyRefused
        | TransportError::NoAnswerInTime
        | TransportError::ConnectionLost
        | TransportError::AnswerIncomplete => true,
        TransportError::CertificateRefused
        | TransportError::NoRootCertificates
        | TransportError::AddressRefused
        | TransportError::ProxyCredentialRefused
        | TransportError::RequestTooLarge(_)
        | TransportError::AnswerUnreadable
        | TransportError::AnswerTooLarge(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gateway::GatewayCode;

    #[test]
    fn pauses_are_few_short_and_not_the_same_for_all() {
        let first = Duration::from_millis(REPEAT_DELAY_MS);
        let all: Vec<Vec<Duration>> = (0..20).map(|_| pauses().collect()).collect();
        for pauses in &all {
            assert_eq!(pauses.len(), REPEATS);
            for (pause, least) in pauses.iter().zip([first, first * 2]) {
                assert!((least..least * 2).contains(pause), "{pauses:?}");
            }
        }
        assert!(all.iter().any(|pauses| *pauses != all[0]));
    }

    #[test]
    fn only_what_may_pass_is_worth_a_repetition() {
        let answer = |status: u16, header: Option<(&str, &str)>| {
            let builder = Response::builder().status(status);
            let builder =
                header.into_iter().fold(builder, |builder, (name, value)| builder.header(name, value));
            can_help(&Ok(builder.body(Bytes::new()).unwrap()))
        };
        for (status, expected) in
            [(200, false), (404, false), (429, false), (500, false), (502, true), (503, true), (504, true)]
        {
            assert_eq!(answer(status, None), expected, "{status}");
        }
        assert!(!answer(503, Some(("retry-after", "30"))));
        assert!(!answer(503, Some(("x-gateway-code", "GW-0501"))));
        assert!(can_help(&Err(GatewayError::Transport(TransportError::ConnectionLost))));
        assert!(!can_help(&Err(GatewayError::Transport(TransportError::AnswerTooLarge(1)))));
        let denied = GatewayError::Denied { code: GatewayCode::NotGranted, reason: String::new() };
        assert!(!can_help(&Err(denied)));
    }
}
