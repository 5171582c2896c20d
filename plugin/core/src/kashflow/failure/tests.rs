//! Both tables of words and every HTTP status that is told apart, for a read and for a write.

use super::*;
use crate::kashflow::fixture;

fn reading() -> Operation {
    Operation::reading("GetThing", "thing 1")
}

fn writing() -> Operation {
    Operation::writing("InsertThing", "thing 1")
}

fn outcome(failure: &CallFailure) -> (FailureClass, Code) {
    (failure.class, failure.finding.code)
}

#[test]
fn refusals_by_their_words() {
    let cases = [
        ("Incorrect username or password", FailureClass::Unauthorised, Code::KashFlowLoginRefused),
        (
            "The IP address of 203.0.113.7 is not in the access list",
            FailureClass::Unauthorised,
            Code::KashFlowAddressRefused,
        ),
        ("Customer Code is not unique", FailureClass::Conflict, Code::CustomerCodeTaken),
        ("Supplier Code is not unique", FailureClass::Conflict, Code::SupplierCodeTaken),
        (
            "The customer code specified is invalid, please re-enter without any special characters.",
            FailureClass::Rejected,
            Code::KashFlowRefused,
        ),
        ("", FailureClass::Rejected, Code::KashFlowRefused),
    ];
    for (detail, class, code) in cases {
        for operation in [reading(), writing()] {
            let failure = refused(&operation, detail);
            assert_eq!(outcome(&failure), (class, code), "{detail}");
            let quoted = if detail.is_empty() { "no reason given" } else { detail };
            assert!(failure.finding.message.contains(quoted), "{}", failure.finding.message);
            assert_eq!(failure.finding.subject, operation.name);
        }
        assert_eq!(concerns_access(detail), class == FailureClass::Unauthorised, "{detail}");
    }
}

#[test]
fn faults_by_their_words() {
    let (refused, down) = (
        (FailureClass::Rejected, Code::KashFlowRefused),
        (FailureClass::Transient, Code::KashFlowUnavailable),
    );
    let lost = (FailureClass::Ambiguous, Code::AnswerLost);
    let cases = [
        ("The string '2026-08-18 10:53:48 UTC' is not a valid AllXsd value", refused, refused),
        (
            "Server was unable to read request. ---> There is an error in XML document (1, 345).",
            refused,
            refused,
        ),
        ("Server did not recognize the value of HTTP Header SOAPAction: KashFlow/Nope.", refused, refused),
        ("Server was unable to process request. ---> Timeout expired.", down, lost),
        ("", down, lost),
    ];
    for (text, read, write) in cases {
        assert_eq!(outcome(&fault(&reading(), text)), read, "{text}");
        assert_eq!(outcome(&fault(&writing(), text)), write, "{text}");
    }
    let login = fault(&writing(), "Invalid username or password");
    assert_eq!(outcome(&login), (FailureClass::Unauthorised, Code::KashFlowLoginRefused));
}

#[test]
fn http_statuses() {
    let status = |operation: &Operation, status: u16| {
        let response = fixture::http(status, "<html>no</html>");
        outcome(&refused_by_http(operation, &response).unwrap_or_else(|| http_status(operation, status)))
    };
    let refused = (FailureClass::Rejected, Code::KashFlowRefused);
    for operation in [reading(), writing()] {
        assert_eq!(status(&operation, 401), (FailureClass::Unauthorised, Code::KashFlowLoginRefused));
        assert_eq!(status(&operation, 403), (FailureClass::Unauthorised, Code::KashFlowAddressRefused));
        for code in [302, 400, 404, 413] {
            assert_eq!(status(&operation, code), refused, "{code}");
        }
    }
    for code in [408, 500, 502, 503, 504] {
        assert_eq!(status(&reading(), code), (FailureClass::Transient, Code::KashFlowUnavailable), "{code}");
        assert_eq!(status(&writing(), code), (FailureClass::Ambiguous, Code::AnswerLost), "{code}");
    }
    let mut response = fixture::http(429, "");
    response.headers.push(("retry-after".into(), "30".into()));
    let throttled = refused_by_http(&writing(), &response).expect("throttled");
    assert_eq!(throttled.class, FailureClass::Throttled { retry_after_ms: Some(30_000) });
    let endpoint = refused_by_http(&reading(), &fixture::http(404, "")).expect("refused").finding.message;
    assert_eq!(
        endpoint,
        "GetThing (thing 1): HTTP 404; there is no such service: check the endpoint in the host's gateway"
    );
}

#[test]
fn absence_is_told_from_other_refusals() {
    let cases = [
        ("There is no customer with that email address", "customer", true),
        ("Customer not found", "customer", true),
        ("No customers", "customer", true),
        ("That product does not exist", "product", true),
        ("There is no customer with that email address", "product", false),
        ("Incorrect username or password", "customer", false),
        ("The customer code specified is invalid", "customer", false),
        ("", "customer", false),
    ];
    for (detail, noun, absent) in cases {
        assert_eq!(says_absent(detail, noun), absent, "{detail}");
    }
}

#[test]
fn quotes_are_short_and_hold_no_e_mail_address() {
    let quote = |text: &str| quote(&writing(), text);
    assert_eq!(quote(" a\n b "), "`a b`");
    assert_eq!(quote("bad address jane@example.com."), "`bad address (e-mail address)`");
    let long = quote(&"é".repeat(500));
    assert_eq!(long.chars().count(), QUOTE_CHARACTERS + 3);
    assert!(long.ends_with("…`"));
}

#[test]
fn what_is_said_of_a_customers_data_is_not_quoted() {
    let inserting = Operation::writing("InsertCustomer", "customer code AZ1");
    let message = refused(&inserting, "The customer Jane Roe of LS21 1AA exists").finding.message;
    assert!(!message.contains("Jane") && !message.contains("LS21"), "{message}");
    let of_invoices = Operation::reading("GetInvoicesForCustomer", "invoices of customer 4711");
    assert!(refused(&of_invoices, "Not now").finding.message.contains("`Not now`"));
}

/// The service answers NO when its own database gave up: what it had begun may be done.
#[test]
fn a_time_out_that_comes_as_a_refusal_leaves_a_write_in_doubt() {
    for words in
        ["Execution Timeout Expired.", "Transaction was deadlocked on lock resources", "Request timed out"]
    {
        let write = refused(&writing(), words);
        assert_eq!((write.class, write.finding.code), (FailureClass::Ambiguous, Code::AnswerLost), "{words}");
        assert_eq!(refused(&reading(), words).class, FailureClass::Transient, "{words}");
    }
}
