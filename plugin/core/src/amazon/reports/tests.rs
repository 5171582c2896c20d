//! Requests and answers of the three calls, each a table.

use super::*;
use crate::canonical::{ReportDocumentId, ReportId};
use crate::limits::{PARSED_BYTES_MAX, RESPONSE_BYTES_MAX};
use crate::remote::{Call, HttpResponse};

const HOST: &str = "sellingpartnerapi-eu.amazon.com";

fn answer(status: u16, body: impl Into<Vec<u8>>) -> HttpResponse {
    HttpResponse { status, headers: Vec::new(), body: body.into() }
}

fn report_id() -> ReportId {
    ReportId::new("54517018502").unwrap()
}

fn document_id() -> ReportDocumentId {
    ReportDocumentId::new("amzn1.spdoc.1.4.eu.example/1").unwrap()
}

fn document() -> ReportDocument {
    let url = DocumentUrl::parse("https://documents.example.org/1?X-Amz-Signature=5e0").unwrap();
    ReportDocument { document: document_id(), url, compression: Some(Compression::Gzip) }
}

#[test]
fn a_request_names_what_it_asks_for_and_no_token() {
    let report = GetReport { host: HOST, report: &report_id() }.request();
    assert_eq!((&*report.host, &*report.path), (HOST, "/reports/2021-06-30/reports/54517018502"));
    let of_document = GetReportDocument { host: HOST, document: &document_id() }.request();
    assert_eq!(of_document.path, "/reports/2021-06-30/documents/amzn1.spdoc.1.4.eu.example%2F1");
    let download = DownloadDocument { document: &document() }.request();
    assert_eq!((&*download.host, &*download.path), ("documents.example.org", "/1?X-Amz-Signature=5e0"));
    assert!(download.headers.is_empty());
    for request in [report, of_document, download] {
        assert!(!request.writes && request.method.as_str() == "GET");
    }
}

#[test]
fn a_report_is_read_with_and_without_a_document() {
    let read = |fields: &str| {
        let body = format!(
            r#"{{"reportId":"54517018502","reportType":"GET_X","createdTime":"2026-10-28T12:00:00Z",{fields}}}"#
        );
        GetReport { host: HOST, report: &report_id() }.parse(&answer(200, body)).unwrap()
    };
    let done = read(r#""processingStatus":"DONE","reportDocumentId":"amzn1.spdoc.1""#);
    assert_eq!((done.status, done.report_type.as_str()), (ProcessingStatus::Done, "GET_X"));
    assert_eq!(done.document, ReportDocumentId::new("amzn1.spdoc.1"));
    for (name, status) in [
        ("IN_QUEUE", ProcessingStatus::InQueue),
        ("IN_PROGRESS", ProcessingStatus::InProgress),
        ("CANCELLED", ProcessingStatus::Cancelled),
        ("FATAL", ProcessingStatus::Fatal),
        ("RESTING", ProcessingStatus::Other("RESTING".into())),
    ] {
        let report = read(&format!(r#""processingStatus":"{name}""#));
        assert_eq!((report.status, report.document), (status, None));
    }
}

#[test]
fn an_answer_about_something_else_is_unreadable() {
    for body in ["", "{}", r#"{"reportId":"1","reportType":"GET_X","processingStatus":"DONE"}"#] {
        let failure = GetReport { host: HOST, report: &report_id() }.parse(&answer(200, body)).unwrap_err();
        assert_eq!(failure.finding.code, Code::AmazonUnreadable, "{body}");
    }
    for fields in [
        r#""reportDocumentId":"another","url":"https://example.org/1""#,
        r#""reportDocumentId":"amzn1.spdoc.1.4.eu.example/1","url":"http://example.org/1?secret""#,
        r#""reportDocumentId":"amzn1.spdoc.1.4.eu.example/1","url":"https://example.org/1","compressionAlgorithm":"ZIP""#,
    ] {
        let call = GetReportDocument { host: HOST, document: &document_id() };
        let failure = call.parse(&answer(200, format!("{{{fields}}}"))).unwrap_err();
        assert_eq!(failure.finding.code, Code::AmazonUnreadable, "{fields}");
        assert!(!failure.finding.message.contains("secret"), "{}", failure.finding.message);
    }
}

#[test]
fn a_document_has_its_link_and_how_it_is_packed() {
    let read = |more: &str| {
        let id = document_id();
        let body = format!(r#"{{"reportDocumentId":"{id}","url":"https://example.org/1?s=2"{more}}}"#);
        GetReportDocument { host: HOST, document: &id }.parse(&answer(200, body)).unwrap()
    };
    let plain = read("");
    assert_eq!((plain.url.host(), plain.url.path_and_query()), ("example.org", "/1?s=2"));
    assert_eq!(plain.compression, None);
    let packed = read(r#","compressionAlgorithm":"GZIP""#);
    assert_eq!(packed.compression, Some(Compression::Gzip));
    assert!(!format!("{packed:?}").contains("s=2"));
}

#[test]
fn what_amazon_refuses_has_its_class() {
    for (status, class, code) in [
        (404, FailureClass::Rejected, Code::ReportGone),
        (429, FailureClass::Throttled { retry_after_ms: Some(59_881) }, Code::AmazonThrottled),
        (403, FailureClass::Unauthorised, Code::AmazonUnauthorised),
        (503, FailureClass::Transient, Code::AmazonUnavailable),
    ] {
        let call = GetReportDocument { host: HOST, document: &document_id() };
        let failure = call.parse(&answer(status, "{}")).unwrap_err();
        assert_eq!((failure.class, failure.finding.code), (class, code), "{status}");
    }
    let missing = GetReport { host: HOST, report: &report_id() }.parse(&answer(404, "")).unwrap_err();
    assert_eq!(missing.finding.code, Code::ReportGone);
}

#[test]
fn a_file_is_what_the_link_gives_and_a_refusal_has_its_class() {
    let document = document();
    let call = DownloadDocument { document: &document };
    assert_eq!(call.take(answer(200, [0x1f, 0x8b, 0xff])), Ok(vec![0x1f, 0x8b, 0xff]));
    assert_eq!(call.parse(&answer(200, "file")), Ok(b"file".to_vec()));
    let error = |code: &str| format!("<?xml version=\"1.0\"?><Error><Code>{code}</Code></Error>");
    for (status, body, class, code) in [
        (403, error("AccessDenied"), FailureClass::Transient, Code::ReportLinkExpired),
        (400, error("ExpiredToken"), FailureClass::Transient, Code::ReportLinkExpired),
        (400, error("InvalidArgument"), FailureClass::Rejected, Code::AmazonRejected),
        (404, error("NoSuchKey"), FailureClass::Rejected, Code::ReportGone),
        (503, error("SlowDown"), FailureClass::Transient, Code::AmazonUnavailable),
        (302, String::new(), FailureClass::Rejected, Code::AmazonRejected),
    ] {
        let failure = call.take(answer(status, body)).unwrap_err();
        assert_eq!((failure.class, failure.finding.code), (class, code), "{status}");
        assert!(!failure.finding.message.contains("5e0"), "{}", failure.finding.message);
    }
}

#[test]
fn only_a_file_may_be_larger_than_what_is_parsed() {
    assert_eq!(DownloadDocument { document: &document() }.answer_bytes_max(), RESPONSE_BYTES_MAX);
    assert_eq!(GetReport { host: HOST, report: &report_id() }.answer_bytes_max(), PARSED_BYTES_MAX);
}
