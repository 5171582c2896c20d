//! Answers that the gateway gives the plugin in the place of the upstream: RFC 9457 problem documents.

use std::time::Duration;

use bytes::Bytes;
use http::{Response, StatusCode, header};
use serde::Serialize;

use super::GatewayCode;
use super::headers::GATEWAY_CODE;

#[derive(Serialize)]
struct Problem<'a> {
    status: u16,
    code: &'a str,
    title: &'a str,
    detail: &'a str,
}

/// `detail` says what happened and what to do, without secrets.
pub(super) fn problem(
    code: GatewayCode,
    status: StatusCode,
    detail: &str,
    retry_after_seconds: Option<u64>,
) -> Response<Bytes> {
    let problem = Problem { status: status.as_u16(), code: code.code(), title: code.title(), detail };
    let body = serde_json::to_vec(&problem).expect("a record of text and a number is always JSON");
    let mut response = Response::builder()
        .status(status)
        .header(GATEWAY_CODE, code.code())
        .header(header::CONTENT_TYPE, "application/problem+json");
    if let Some(seconds) = retry_after_seconds {
        response = response.header(header::RETRY_AFTER, seconds);
    }
    response.body(body.into()).expect("constants and a number make a valid response")
}

/// Nothing was sent, and after the wait it may be: in whole seconds, rounded up, at least one.
pub(super) fn not_now(
    code: GatewayCode,
    status: StatusCode,
    subject: &str,
    wait: Duration,
) -> Response<Bytes> {
    let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
    let detail = format!("{} ({subject}): {}", code.title(), code.remedy());
    problem(code, status, &detail, Some(seconds.max(1)))
}
