//! One request to the webhook: from its head to its answer.
//!
//! Deliberately absent: any word in an answer that helps somebody without the secret.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_LENGTH, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderMap, StatusCode};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde_json::json;

use super::authenticity::Authenticity;
use crate::code::Code;
use crate::engine::Source;
use crate::limits::EVENT_BYTES;
use crate::source::envelope::arrived_event;
use crate::source::intake::Taken;
use crate::source::reception::Reception;

/// When a sender may try again while the store is out of order, in seconds.
const RETRY_AFTER_SECONDS: u32 = 30;

/// What every request is handled with.
pub(super) struct Receiver {
    pub authenticity: Authenticity,
    pub reception: Reception,
    pub body_timeout: Duration,
}

pub(super) async fn receive(State(receiver): State<Arc<Receiver>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    if !receiver.authenticity.may_send(&head.headers) {
        return receiver.not_authentic();
    }
    let body = match read(&head.headers, body, receiver.body_timeout).await {
        Ok(body) => body,
        Err(status) => return (status, [(CONNECTION, "close")]).into_response(),
    };
    let now_ms = receiver.reception.clock.now_ms();
    if !receiver.authenticity.is_authentic(&head.headers, &body, now_ms) {
        return receiver.not_authentic();
    }
    let traceparent = head.headers.get("traceparent").and_then(|value| value.to_str().ok());
    let event = arrived_event(body.into(), Source::AmazonNotification, traceparent);
    match receiver.reception.take(&event).await {
        Ok(taken) => {
            let duplicate = taken == Taken::Duplicate;
            let answer = json!({"eventId": event.event_id, "duplicate": duplicate});
            (StatusCode::ACCEPTED, Json(answer)).into_response()
        }
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, [(RETRY_AFTER, RETRY_AFTER_SECONDS.to_string())])
            .into_response(),
    }
}

impl Receiver {
    fn not_authentic(&self) -> Response {
        self.reception.turned_away(
            Code::WebhookNotAuthentic,
            "a request with a wrong secret or signature was refused; check what sends it",
        );
        // The body is not read, so the connection cannot go on.
        let headers = [(WWW_AUTHENTICATE, self.authenticity.challenge()), (CONNECTION, "close")];
        (StatusCode::UNAUTHORIZED, headers).into_response()
    }
}

/// Reads no further than an event can be long, and not at all where the head announces more.
async fn read(headers: &HeaderMap, body: Body, timeout: Duration) -> Result<Bytes, StatusCode> {
    let announced = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > EVENT_BYTES as u64) {
        return Err(StatusCode::PAYLOAD_TOO_LARGE);
    }
    match tokio::time::timeout(timeout, Limited::new(body, EVENT_BYTES).collect()).await {
        Ok(Ok(whole)) => Ok(whole.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(StatusCode::PAYLOAD_TOO_LARGE),
        Ok(Err(_)) => Err(StatusCode::BAD_REQUEST),
        Err(_) => Err(StatusCode::REQUEST_TIMEOUT),
    }
}
