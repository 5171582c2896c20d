//! A remote call as a pair of pure functions, and the one place where it meets the host.

use crate::finding::Code;
use crate::host::{Host, LogLevel};
use crate::limits::PARSED_BYTES_MAX;

use super::failure::{CallFailure, FailureClass};
use super::http::{HttpRequest, HttpResponse};

/// One remote operation with its parameters.
pub trait Call {
    type Answer;

    /// The request, without credentials.
    fn request(&self) -> HttpRequest;

    /// Reads the answer and classifies what failed.
    fn parse(&self, response: &HttpResponse) -> Result<Self::Answer, CallFailure>;

    /// The same where the answer is no longer needed: what is a file stays where it is.
    fn take(&self, response: HttpResponse) -> Result<Self::Answer, CallFailure> {
        self.parse(&response)
    }

    /// The largest answer that this operation reads, in bytes.
    fn answer_bytes_max(&self) -> usize {
        PARSED_BYTES_MAX
    }
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
    let bytes_max = call.answer_bytes_max();
    if response.body.len() > bytes_max {
        return Err(CallFailure::new(
            if request.writes { FailureClass::Ambiguous } else { FailureClass::Rejected },
            Code::AnswerTooLarge,
            request.operation,
            format!(
                "{} answered {} bytes; at most {bytes_max} are read",
                request.operation,
                response.body.len()
            ),
        ));
    }
    call.take(response)
}
