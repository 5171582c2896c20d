//! The class of whatever KashFlow answered instead of a result.
//!
//! Two tables decide: one for the words of a refusal (`Status` NO), one for the words of a `soap:Fault`.
//! KashFlow publishes no list of either; the known words come from its documentation and from what shipped
//! clients report. Absent on purpose: what happens next, which only the class decides.

use crate::finding::Code;
use crate::remote::{CallFailure, FailureClass, HttpResponse};

use super::soap::Operation;

/// How much of KashFlow's own words a message quotes.
const QUOTE_CHARACTERS: usize = 200;

const LOGIN_ADVICE: &str =
    "check the user name and API password that the host's gateway holds, and KashFlow's API settings";

/// Words of a refusal that say more than "refused", in lower case: class, code, what to do.
const REFUSALS: [(&str, FailureClass, Code, &str); 4] = [
    ("username or password", FailureClass::Unauthorised, Code::KashFlowLoginRefused, LOGIN_ADVICE),
    (
        "access list",
        FailureClass::Unauthorised,
        Code::KashFlowAddressRefused,
        "add the address to KashFlow's API settings, or lift the restriction there",
    ),
    (
        "customer code is not unique",
        FailureClass::Conflict,
        Code::CustomerCodeTaken,
        "another delivery was first; the next one finds that customer",
    ),
    (
        "supplier code is not unique",
        FailureClass::Conflict,
        Code::SupplierCodeTaken,
        "another delivery was first; the next one finds that supplier",
    ),
];

/// Words of a fault that blames the request, in lower case. The service read it, refused it and did nothing.
const FAULTS_OF_THE_REQUEST: [&str; 3] =
    ["not a valid allxsd value", "there is an error in xml document", "did not recognize"];

/// Words of a refusal that is none, in lower case: the service gave up on its own database, and what it had
/// begun may be done.
const FAILURES_IN_DISGUISE: [&str; 3] = ["timeout expired", "timed out", "deadlock"];

/// `Status` NO, or a fault that speaks as one.
pub(super) fn refused(operation: &Operation, detail: &str) -> CallFailure {
    let lower = detail.to_lowercase();
    if FAILURES_IN_DISGUISE.iter().any(|words| lower.contains(words)) {
        return unavailable(operation, &format!("KashFlow failed: {}", quote(operation, detail)));
    }
    let (class, code, advice) = known_refusal(detail).unwrap_or((
        FailureClass::Rejected,
        Code::KashFlowRefused,
        "correct what it names, then deliver the event again",
    ));
    let said = quote(operation, detail);
    let failure = failure(class, code, operation, &format!("KashFlow refused: {said}"), advice);
    if code != Code::KashFlowRefused {
        return failure;
    }
    // What is refused in the same words has one cause, whatever the document: a locked period, say.
    let finding = failure.finding.caused_by(format!("{} {said}", operation.name));
    CallFailure { finding, ..failure }
}

/// Whether a refusal is about the caller and not about the record that was asked for.
pub(super) fn concerns_access(detail: &str) -> bool {
    known_refusal(detail).is_some_and(|(class, _, _)| class == FailureClass::Unauthorised)
}

/// Whether a refusal says that there is no such record; `noun` is the record in lower case.
///
/// Only one such text is documented ("There is no customer with that email address").
pub(super) fn says_absent(detail: &str, noun: &str) -> bool {
    let detail = detail.to_lowercase();
    let phrases = ["there is no", "there are no", "not found", "not exist", "not be found", "not find"];
    detail.contains(noun)
        && (detail.contains(&format!("no {noun}")) || phrases.iter().any(|phrase| detail.contains(phrase)))
}

/// A `soap:Fault`.
pub(super) fn fault(operation: &Operation, text: &str) -> CallFailure {
    if known_refusal(text).is_some() {
        return refused(operation, text);
    }
    let lower = text.to_lowercase();
    if FAULTS_OF_THE_REQUEST.iter().any(|words| lower.contains(words)) {
        return failure(
            FailureClass::Rejected,
            Code::KashFlowRefused,
            operation,
            &format!("KashFlow could not read the request: {}", quote(operation, text)),
            "nothing was changed; report it, since repeating cannot help",
        );
    }
    unavailable(operation, &format!("KashFlow failed: {}", quote(operation, text)))
}

/// An HTTP status that speaks for itself, whatever the body.
pub(super) fn refused_by_http(operation: &Operation, response: &HttpResponse) -> Option<CallFailure> {
    let (class, code, advice) = match response.status {
        429 => (
            FailureClass::Throttled { retry_after_ms: response.retry_after_ms() },
            Code::KashFlowUnavailable,
            "nothing was changed",
        ),
        401 => (FailureClass::Unauthorised, Code::KashFlowLoginRefused, LOGIN_ADVICE),
        403 => (
            FailureClass::Unauthorised,
            Code::KashFlowAddressRefused,
            "check that KashFlow admits the address that this host calls from",
        ),
        404 => (
            FailureClass::Rejected,
            Code::KashFlowRefused,
            "there is no such service: check the endpoint in the host's gateway",
        ),
        _ => return None,
    };
    Some(failure(class, code, operation, &format!("HTTP {}", response.status), advice))
}

/// An HTTP status other than success, without a fault in the body.
///
/// A 5xx of the web server can come after the service has committed, so a write stays in doubt.
pub(super) fn http_status(operation: &Operation, status: u16) -> CallFailure {
    let what = format!("HTTP {status} without a SOAP answer");
    // 408 is a proxy's: it gave up waiting for the service.
    if status >= 500 || status == 408 {
        return unavailable(operation, &what);
    }
    failure(
        FailureClass::Rejected,
        Code::KashFlowRefused,
        operation,
        &what,
        "check the endpoint in the host's gateway and whatever stands between it and KashFlow",
    )
}

/// A success whose body is not the answer. `what` must be free of personal data.
pub(super) fn unreadable(operation: &Operation, what: &str) -> CallFailure {
    broken(operation, Code::KashFlowUnreadable, &format!("the answer cannot be read: {what}"))
}

fn unavailable(operation: &Operation, what: &str) -> CallFailure {
    broken(operation, Code::KashFlowUnavailable, what)
}

/// Out of order: harmless for a read, in doubt for a write.
fn broken(operation: &Operation, code: Code, what: &str) -> CallFailure {
    if operation.writes {
        let advice = "it may have been carried out; the next delivery looks before it repeats";
        failure(FailureClass::Ambiguous, Code::AnswerLost, operation, what, advice)
    } else {
        let advice = "nothing was changed; if it lasts, check the endpoint and what stands before it";
        failure(FailureClass::Transient, code, operation, what, advice)
    }
}

fn failure(class: FailureClass, code: Code, operation: &Operation, what: &str, advice: &str) -> CallFailure {
    let Operation { name, document, .. } = operation;
    CallFailure::new(class, code, name, format!("{name} ({document}): {what}; {advice}"))
}

fn known_refusal(detail: &str) -> Option<(FailureClass, Code, &'static str)> {
    let detail = detail.to_lowercase();
    REFUSALS
        .iter()
        .find(|(words, ..)| detail.contains(words))
        .map(|(_, class, code, advice)| (*class, *code, *advice))
}

/// KashFlow's words on one line, shortened, without anything that looks like an e-mail address.
///
/// Of what is said of a customer's own data only known words are quoted: the rest may repeat a name or an
/// address.
fn quote(operation: &Operation, text: &str) -> String {
    if operation.name.starts_with("GetCustomer") || operation.name == "InsertCustomer" {
        let lower = text.to_lowercase();
        let known = REFUSALS.iter().find(|(words, ..)| lower.contains(words));
        return known.map_or_else(
            || "(words that may hold personal data; KashFlow shows them for the same entry)".to_owned(),
            |(words, ..)| format!("`{words}`"),
        );
    }
    let words =
        text.split_whitespace().map(|word| if word.contains('@') { "(e-mail address)" } else { word });
    let line = words.collect::<Vec<_>>().join(" ");
    if line.is_empty() {
        return "no reason given".to_owned();
    }
    let kept: String = line.chars().take(QUOTE_CHARACTERS).collect();
    let ellipsis = if kept.len() < line.len() { "…" } else { "" };
    format!("`{kept}{ellipsis}`")
}

#[cfg(test)]
mod tests;
