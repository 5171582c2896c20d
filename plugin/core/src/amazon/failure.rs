//! Classifies what SP-API answers instead of a result.
//!
//! Statuses and error codes are those of the SP-API documentation ("Usage plans and rate limits",
//! "SP-API errors"). Amazon documents no `Retry-After`; where one is sent it is obeyed, and where none is, the
//! usage plan of the operation tells how long to wait.

use serde::Deserialize;

use crate::finding::Code;
use crate::remote::{CallFailure, FailureClass, HttpResponse};

use super::usage_plan::UsagePlan;

#[derive(Deserialize)]
struct ErrorList {
    errors: Vec<ErrorEntry>,
}

#[derive(Deserialize)]
struct ErrorEntry {
    #[serde(default)]
    code: String,
    #[serde(default)]
    message: String,
    #[serde(default)]
    details: Option<String>,
}

/// The failure that a status other than 200 stands for. `subject` is what was asked for.
pub(super) fn classify(
    operation: &str,
    plan: UsagePlan,
    subject: &str,
    response: &HttpResponse,
) -> CallFailure {
    let said = describe(&response.body);
    let status = response.status;
    let (class, code, advice) = match status {
        429 => (
            FailureClass::Throttled { retry_after_ms: Some(plan.retry_after_ms(response)) },
            Code::AmazonThrottled,
            "the usage plan of this operation is spent for now",
        ),
        401 | 403 => (
            FailureClass::Unauthorised,
            Code::AmazonUnauthorised,
            "check that the seller's authorisation is current and that the application has the role for \
             this operation; after a new role the seller must authorise again",
        ),
        404 => (
            FailureClass::Rejected,
            Code::OrderNotFound,
            "check that the event belongs to this seller and region",
        ),
        500..=599 => (FailureClass::Transient, Code::AmazonUnavailable, "nothing was changed"),
        _ => {
            (FailureClass::Rejected, Code::AmazonRejected, "report it: the request should not have been made")
        }
    };
    CallFailure::new(
        class,
        code,
        subject,
        format!("{operation} for {subject} answered {status} ({said}); {advice}"),
    )
}

/// The failure of an answer that says 200 and cannot be read.
pub(super) fn unreadable(operation: &str, subject: &str, problem: &str) -> CallFailure {
    CallFailure::new(
        FailureClass::Transient,
        Code::AmazonUnreadable,
        subject,
        format!(
            "{operation} for {subject} gave an answer that cannot be read ({problem}); \
             if it lasts, Amazon's form has changed: report it with the event"
        ),
    )
}

fn describe(body: &[u8]) -> String {
    let Ok(list) = serde_json::from_slice::<ErrorList>(body) else {
        return "no error list".into();
    };
    let entries: Vec<String> = list
        .errors
        .iter()
        .map(|entry| match entry.details.as_deref().filter(|details| !details.is_empty()) {
            Some(details) => format!("{}: {} {details}", entry.code, entry.message),
            None => format!("{}: {}", entry.code, entry.message),
        })
        .collect();
    entries.join("; ").chars().take(300).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::amazon::usage_plan::GET_ORDER;

    #[test]
    fn each_status_has_its_class() {
        let table = [
            (429, FailureClass::Throttled { retry_after_ms: Some(7000) }, Code::AmazonThrottled),
            (401, FailureClass::Unauthorised, Code::AmazonUnauthorised),
            (403, FailureClass::Unauthorised, Code::AmazonUnauthorised),
            (404, FailureClass::Rejected, Code::OrderNotFound),
            (400, FailureClass::Rejected, Code::AmazonRejected),
            (500, FailureClass::Transient, Code::AmazonUnavailable),
            (503, FailureClass::Transient, Code::AmazonUnavailable),
        ];
        for (status, class, code) in table {
            let response = HttpResponse {
                status,
                headers: vec![("retry-after".into(), "7".into())],
                body: br#"{"errors":[{"code":"X","message":"said","details":""}]}"#.to_vec(),
            };
            let failure = classify("getOrder", GET_ORDER, "026-1", &response);
            assert_eq!((failure.class, failure.finding.code), (class, code), "{status}");
            assert!(failure.finding.message.contains("X: said"), "{}", failure.finding.message);
        }
    }
}
