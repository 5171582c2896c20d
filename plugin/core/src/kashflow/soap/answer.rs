//! Decides what an answer says: a result, a record that is not there, or a classified failure.
//!
//! KashFlow answers HTTP 200 to a refusal and puts `NO` into `Status`; a `StatusDetail` beside `OK` means
//! nothing. Absent on purpose: the classes themselves (`kashflow::failure`).

use crate::kashflow::failure;
use crate::remote::{CallFailure, HttpResponse};

use super::{Element, Operation, Record};

/// The result of a lookup: `None` where there is none, or where KashFlow refuses in words that `is_absent`
/// knows as "there is none".
pub fn find(
    operation: &Operation,
    response: &HttpResponse,
    is_absent: impl Fn(&str) -> bool,
) -> Result<Option<Element>, CallFailure> {
    match read(operation, response)? {
        Answer::Accepted(result) => Ok(result.filter(|element| !element.children.is_empty())),
        Answer::Refused(detail) if is_absent(&detail) => Ok(None),
        Answer::Refused(detail) => Err(failure::refused(operation, &detail)),
    }
}

/// The rows of a list, each an element named `row`. An empty list may come as an empty or absent result.
///
/// A list of anything else is unreadable: to read it as empty would let a document be written twice.
pub fn list(
    operation: &Operation,
    response: &HttpResponse,
    row: &str,
    is_absent: impl Fn(&str) -> bool,
) -> Result<Vec<Element>, CallFailure> {
    let Some(result) = find(operation, response, is_absent)? else {
        return Ok(Vec::new());
    };
    let rows: Vec<Element> =
        result.children.into_iter().filter(|child| child.name == row && !child.nil).collect();
    if rows.is_empty() {
        return Err(failure::unreadable(operation, &format!("its result has no {row}")));
    }
    Ok(rows)
}

/// The rows of a list, read. No refusal means "none".
pub fn rows<T>(
    operation: &Operation,
    response: &HttpResponse,
    row: &str,
    read: impl Fn(&Record<'_>) -> Result<T, CallFailure>,
) -> Result<Vec<T>, CallFailure> {
    let elements = list(operation, response, row, |_| false)?;
    elements.iter().map(|element| read(&Record { element, operation })).collect()
}

/// The text of a result that is a single value; empty where there is none.
pub fn value(operation: &Operation, response: &HttpResponse) -> Result<String, CallFailure> {
    match read(operation, response)? {
        Answer::Accepted(result) => Ok(result.map_or_else(String::new, |element| element.text)),
        Answer::Refused(detail) => Err(failure::refused(operation, &detail)),
    }
}

/// The id or number that KashFlow gave to a new document.
///
/// An answer that is not a refusal and names no document leaves open whether there is one.
pub fn created(operation: &Operation, response: &HttpResponse) -> Result<i64, CallFailure> {
    match read(operation, response)? {
        Answer::Refused(detail) => Err(failure::refused(operation, &detail)),
        Answer::Accepted(result) => result
            .and_then(|element| element.text.trim().parse().ok())
            .filter(|number: &i64| *number > 0)
            .ok_or_else(|| failure::unreadable(operation, "it names no new document")),
    }
}

/// The result of an operation that answers `true` or `false`.
///
/// An answer that is not a refusal and neither of the two leaves open what was done.
pub fn is_true(operation: &Operation, response: &HttpResponse) -> Result<bool, CallFailure> {
    match read(operation, response)? {
        Answer::Refused(detail) => Err(failure::refused(operation, &detail)),
        Answer::Accepted(result) => match result.as_ref().map_or("", |element| element.text.trim()) {
            "true" | "1" => Ok(true),
            "false" | "0" => Ok(false),
            _ => Err(failure::unreadable(operation, "it is neither true nor false")),
        },
    }
}

enum Answer {
    Accepted(Option<Element>),
    Refused(String),
}

fn read(operation: &Operation, response: &HttpResponse) -> Result<Answer, CallFailure> {
    if let Some(failure) = failure::refused_by_http(operation, response) {
        return Err(failure);
    }
    let document = Element::parse(&response.body);
    if let Some(fault) = document.as_ref().ok().and_then(fault) {
        return Err(failure::fault(operation, &fault));
    }
    if !(200..300).contains(&response.status) {
        return Err(failure::http_status(operation, response.status));
    }
    let document = document.map_err(|error| failure::unreadable(operation, &error.to_string()))?;
    status(operation, document)
}

/// The text of a `soap:Fault`, if this document is one.
fn fault(document: &Element) -> Option<String> {
    let fault = document.child("Body")?.child("Fault")?;
    Some(fault.child("faultstring").map_or_else(String::new, |element| element.text.clone()))
}

fn status(operation: &Operation, document: Element) -> Result<Answer, CallFailure> {
    let (response_name, result_name) =
        (format!("{}Response", operation.name), format!("{}Result", operation.name));
    let response = document
        .into_child("Body")
        .and_then(|body| body.into_child(&response_name))
        .ok_or_else(|| failure::unreadable(operation, &format!("it has no {response_name}")))?;
    let text = |name: &str| response.child(name).map_or("", |element| element.text.trim());
    match text("Status") {
        "OK" => Ok(Answer::Accepted(response.into_child(&result_name).filter(|result| !result.nil))),
        "NO" => Ok(Answer::Refused(text("StatusDetail").to_owned())),
        "" => Err(failure::unreadable(operation, "it has no Status")),
        _ => Err(failure::unreadable(operation, "its Status is neither OK nor NO")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Code;
    use crate::kashflow::fixture;
    use crate::remote::FailureClass;

    fn reading() -> Operation {
        Operation::reading("GetThing", "thing 1")
    }

    fn writing() -> Operation {
        Operation::writing("InsertThing", "thing 1")
    }

    fn never(_: &str) -> bool {
        false
    }

    #[test]
    fn status_decides_and_not_its_detail() {
        let body = "<GetThingResult><ID>1</ID></GetThingResult><Status>OK</Status>\
                    <StatusDetail>Found Thing</StatusDetail>";
        let found = find(&reading(), &fixture::answer("GetThing", body), never).expect("accepted");
        assert_eq!(
            found.and_then(|element| element.into_child("ID")).map(|id| id.text).as_deref(),
            Some("1")
        );

        let refused = find(&reading(), &fixture::no("GetThing", ""), never).expect_err("refused");
        assert_eq!((refused.class, refused.finding.code), (FailureClass::Rejected, Code::KashFlowRefused));
    }

    #[test]
    fn prefixed_answers_and_a_detail_before_the_status_are_read() {
        let body = "<?xml version=\"1.0\"?><S:Envelope xmlns:S=\"s\" xmlns:k=\"KashFlow\"><S:Header/><S:Body>\
                    <k:GetThingResponse><k:StatusDetail/><k:New>x</k:New><k:Status> OK </k:Status><k:GetThingResult>\
                    <k:ID>7</k:ID></k:GetThingResult></k:GetThingResponse></S:Body></S:Envelope>";
        let found = find(&reading(), &fixture::http(200, body), never).expect("accepted").expect("found");
        assert_eq!(found.child("ID").map(|id| id.text.as_str()), Some("7"));
    }

    #[test]
    fn lists_are_none_one_or_many_rows() {
        let rows = |result: &str| {
            let response = fixture::ok("GetThing", result);
            list(&reading(), &response, "Thing", never)
                .map(|rows| rows.len())
                .map_err(|failure| failure.finding.code)
        };
        assert_eq!(rows(""), Ok(0));
        assert_eq!(rows("<GetThingResult/>"), Ok(0));
        assert_eq!(rows("<GetThingResult xsi:nil=\"true\"/>"), Ok(0));
        assert_eq!(rows("<GetThingResult>\n<Thing><ID>1</ID></Thing>\n</GetThingResult>"), Ok(1));
        assert_eq!(rows("<GetThingResult><Thing/><Total>2</Total><Thing/></GetThingResult>"), Ok(2));
        assert_eq!(rows("<GetThingResult><Other/></GetThingResult>"), Err(Code::KashFlowUnreadable));
    }

    #[test]
    fn a_new_document_has_a_number() {
        let number = |result: &str| {
            created(&writing(), &fixture::ok("InsertThing", result))
                .map_err(|failure| (failure.class, failure.finding.code))
        };
        let unknown = Err((FailureClass::Ambiguous, Code::AnswerLost));
        assert_eq!(number("<InsertThingResult>4471</InsertThingResult>"), Ok(4471));
        assert_eq!(number("<InsertThingResult>0</InsertThingResult>"), unknown);
        assert_eq!(number("<InsertThingResult/>"), unknown);
        assert_eq!(number("<InsertThingResult xsi:nil=\"true\"/>"), unknown);
        assert_eq!(number(""), unknown);
    }

    #[test]
    fn what_cannot_be_read_is_transient_for_a_read_and_ambiguous_for_a_write() {
        let bodies = [
            ("<html><body><p>Maintenance</p></body></html>".to_owned(), "it has no "),
            (String::new(), "it ends before it is complete"),
            (fixture::envelope("<OtherResponse/>"), "it has no "),
            (fixture::envelope("<GetThingResponse/><InsertThingResponse/>"), "it has no Status"),
            (
                fixture::envelope(
                    "<GetThingResponse><Status>MAYBE</Status></GetThingResponse>\
                     <InsertThingResponse><Status>MAYBE</Status></InsertThingResponse>",
                ),
                "its Status is neither OK nor NO",
            ),
        ];
        for (body, reason) in bodies {
            let response = fixture::http(200, &body);
            let read = find(&reading(), &response, never).expect_err("unreadable");
            assert_eq!(
                (read.class, read.finding.code),
                (FailureClass::Transient, Code::KashFlowUnreadable),
                "{body}"
            );
            assert!(read.finding.message.contains(reason), "{}", read.finding.message);
            let write = created(&writing(), &response).expect_err("unreadable");
            assert_eq!(
                (write.class, write.finding.code),
                (FailureClass::Ambiguous, Code::AnswerLost),
                "{body}"
            );
        }
    }

    #[test]
    fn an_answer_that_is_cut_off_anywhere_is_unreadable() {
        let whole = fixture::ok("InsertThing", "<InsertThingResult>4471</InsertThingResult>");
        assert_eq!(created(&writing(), &whole), Ok(4471));
        for length in 0..whole.body.len() {
            let response = HttpResponse { body: whole.body[..length].to_vec(), ..whole.clone() };
            let failure = created(&writing(), &response).expect_err("it is cut off");
            assert_eq!((failure.class, failure.finding.code), (FailureClass::Ambiguous, Code::AnswerLost));
        }
    }

    #[test]
    fn a_fault_is_a_fault_whatever_its_http_status() {
        let text = "Server was unable to process request. ---&gt; Timeout expired.";
        for status in [200, 500] {
            let response = fixture::fault(status, text);
            let read = find(&reading(), &response, never).expect_err("a fault");
            assert_eq!((read.class, read.finding.code), (FailureClass::Transient, Code::KashFlowUnavailable));
            assert!(read.finding.message.contains("---> Timeout expired."), "{}", read.finding.message);
        }
    }
}
