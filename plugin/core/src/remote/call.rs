//! A remote call as a pair of pure functions, and the one place where it meets the host.

use crate::finding::Code;
use crate::host::{Host, LogLevel};
use crate::limits::RESPONSE_BYTES_MAX;

use super::failure::{CallFailure, FailureClass};
use super::http::{HttpRequest, HttpResponse};

/// One remote operation with its parameters.
pub trait Call {
    type Answer;

    /// The request, without credentials.
    fn request(&self) -> HttpRequest;

    /// Reads the answer and classifies what failed.
    fn parse(&self, response: &HttpResponse) -> Result<Self::Answer, CallFailure>;
}

/// Sends a call through the host and reads its answer.
pub fn perform<C: Call>(host: &mut dyn Host, call: &C) -> Result<C::Answer, CallFailure> {
    let request = call.request();
    let response = host.send(&request).map_err(|failure| CallFailure::from_transport(&request, &failure))?;
    let status = response.status.to_string();
    host.log(LogLevel::Debug, "called", &[("operation", request.operation), ("status", &status)]);
    if let Some(failure) = CallFailure::from_gateway(&request, &response) {
        return Err(failure);
    }
    if response.body.len() > RESPONSE_BYTES_MAX {
        return Err(CallFailure::new(
            if request.writes { FailureClass::Ambiguous } else { FailureClass::Rejected },
            Code::AnswerTooLarge,
            request.operation,
            format!(
                "{} answered {} bytes; at most {RESPONSE_BYTES_MAX} are parsed",
                request.operation,
                response.body.len()
            ),
        ));
    }
    call.parse(&response)
}
