//! What went wrong with a remote call, by the one property that matters: whether repeating can help.

use crate::finding::{Code, Finding};

use super::http::{HttpRequest, HttpResponse, TransportFailure};

/// The class of a failed call.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FailureClass {
    /// The service asks for patience, in milliseconds where it says how much.
    Throttled { retry_after_ms: Option<u64> },
    /// The service or the way to it is out of order; nothing was changed.
    Transient,
    /// The service understood and refuses: the same request will be refused again.
    Rejected,
    /// Credentials or permissions: a person must act, then it can work.
    Unauthorised,
    /// The books hold something else than what was to be written.
    Conflict,
    /// Sent, and no answer: it may have been carried out. Look before repeating.
    Ambiguous,
}

/// A failed call: its class and what to tell a person.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .finding.message)]
pub struct CallFailure {
    pub class: FailureClass,
    pub finding: Finding,
}

impl CallFailure {
    pub fn new(class: FailureClass, code: Code, subject: &str, message: impl Into<String>) -> Self {
        CallFailure { class, finding: Finding::new(code, subject, message) }
    }

    /// The failure of a request that brought no response.
    pub fn from_transport(request: &HttpRequest, failure: &TransportFailure) -> Self {
        let (class, code, advice) = match failure {
            TransportFailure::NotGranted => (
                FailureClass::Unauthorised,
                Code::CallNotGranted,
                "grant this host, method and path to the connection, then deliver the event again",
            ),
            TransportFailure::NotSent(_) => (
                FailureClass::Transient,
                Code::ServiceUnreachable,
                "nothing was changed; if it lasts, check the endpoint, the network and the proxy",
            ),
            TransportFailure::NoAnswer(_) if request.writes => (
                FailureClass::Ambiguous,
                Code::AnswerLost,
                "it may have been carried out; the next delivery looks before it repeats",
            ),
            TransportFailure::NoAnswer(_) => {
                (FailureClass::Transient, Code::ServiceUnreachable, "nothing was changed")
            }
        };
        CallFailure::new(
            class,
            code,
            request.operation,
            format!("{} at {}: {failure}; {advice}", request.operation, request.host),
        )
    }

    /// The failure that the host's gateway reports in its own name, if this response is one.
    ///
    /// The gateway marks its own answers with `x-gateway-code`: no credentials, no quota, an upstream that rests.
    /// A 503 with `Retry-After` says that nothing was sent and when it can be: patience is all that it asks, and
    /// an outage of hours must not use up the attempts of an event.
    pub fn from_gateway(request: &HttpRequest, response: &HttpResponse) -> Option<Self> {
        let gateway_code = response.header("x-gateway-code")?;
        // A gateway that gave up waiting (502, 504) may have passed the request on; 503 says that it did not.
        let retry_after_ms = response.retry_after_ms();
        let (class, what) = match response.status {
            429 => (FailureClass::Throttled { retry_after_ms }, "was not sent"),
            503 if retry_after_ms.is_some() => (FailureClass::Throttled { retry_after_ms }, "was not sent"),
            401 | 403 => (FailureClass::Unauthorised, "was not sent"),
            502 | 504 if request.writes => (FailureClass::Ambiguous, "may have been carried out"),
            _ => (FailureClass::Transient, "was not sent"),
        };
        let problem: Option<Problem> = serde_json::from_slice(&response.body).ok();
        let detail = problem.map_or_else(|| "no detail given".to_owned(), |problem| problem.detail);
        Some(CallFailure::new(
            class,
            Code::GatewayRefused,
            request.operation,
            format!("{} {what}: the gateway answered {gateway_code}: {detail}", request.operation),
        ))
    }
}

/// The part of an RFC 9457 problem that a person reads.
#[derive(serde::Deserialize)]
struct Problem {
    #[serde(default)]
    detail: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::remote::Method;

    fn class(writes: bool, status: u16, headers: &[(&str, &str)]) -> Option<FailureClass> {
        let request = HttpRequest {
            operation: "InsertInvoice",
            method: Method::Post,
            host: "securedwebapp.com".into(),
            path: "/api/service.asmx".to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
            writes,
        };
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let response = HttpResponse { status, headers, body: b"{\"detail\":\"not now\"}".to_vec() };
        CallFailure::from_gateway(&request, &response).map(|failure| failure.class)
    }

    #[test]
    fn what_the_gateway_answers_has_a_class_by_its_status() {
        let throttled = |retry_after_ms| FailureClass::Throttled { retry_after_ms };
        for (status, retry_after, writing, reading) in [
            (401, None, FailureClass::Unauthorised, FailureClass::Unauthorised),
            (429, None, throttled(None), throttled(None)),
            (429, Some("2"), throttled(Some(2_000)), throttled(Some(2_000))),
            (502, None, FailureClass::Ambiguous, FailureClass::Transient),
            (503, None, FailureClass::Transient, FailureClass::Transient),
            // An upstream that rests: nothing was sent, whatever the call is.
            (503, Some("90"), throttled(Some(90_000)), throttled(Some(90_000))),
            (503, Some("soon"), FailureClass::Transient, FailureClass::Transient),
            (504, Some("90"), FailureClass::Ambiguous, FailureClass::Transient),
        ] {
            let headers: Vec<_> = [("x-gateway-code", "GW-0505")]
                .into_iter()
                .chain(retry_after.map(|seconds| ("retry-after", seconds)))
                .collect();
            assert_eq!(class(true, status, &headers), Some(writing), "{status} {retry_after:?}");
            assert_eq!(class(false, status, &headers), Some(reading), "{status} {retry_after:?}");
        }
    }

    #[test]
    fn an_answer_without_the_gateways_code_is_the_upstreams() {
        assert_eq!(class(true, 503, &[("retry-after", "90")]), None);
    }
}
