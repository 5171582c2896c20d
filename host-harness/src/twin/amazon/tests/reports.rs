//! Reports over HTTP: found, looked up, fetched by a link that does not last.

use chrono::Duration;
use http::Method;
use serde_json::Value;

use super::super::fault::{Fault, When};
use super::super::operation::OperationId;
use super::client::{Reply, Setting, USER_AGENT};
use crate::twin::world::report::ReportStatus;
use crate::twin::world::settlement::SETTLEMENT_REPORT;

const REPORTS: &str = "/reports/2021-06-30/reports";
const DOCUMENTS: &str = "/reports/2021-06-30/documents";

fn ids(reply: &Reply) -> Vec<String> {
    let reply = reply.json();
    let reports = reply["reports"].as_array().expect("a page");
    reports.iter().map(|report| report["reportId"].as_str().expect("an id").to_owned()).collect()
}

/// The path and query of the link to a document, without the authority.
async fn link(setting: &Setting, token: &str, document_id: &str) -> (String, Value) {
    let told = setting.get(token, &format!("{DOCUMENTS}/{document_id}"), &[]).await.json();
    let url = told["url"].as_str().expect("a link").to_owned();
    let path = url.strip_prefix(&setting.twin.endpoint()).expect("it leads to the twin").to_owned();
    (path, told)
}

async fn fetch(setting: &Setting, path: &str) -> (u16, String) {
    let reply = setting.send(Method::GET, path, &[], "").await.expect("an answer");
    (reply.status.as_u16(), reply.text)
}

#[tokio::test]
async fn the_settlement_of_the_world_is_there_and_is_packed() {
    let setting = Setting::new().await;
    let token = setting.access_token().await;
    let (report, settlement) = setting.snapshot().settlement_reports().remove(0);
    let found = setting.get(&token, REPORTS, &[("reportTypes", SETTLEMENT_REPORT)]).await;
    assert_eq!(ids(&found), [report.id.as_str()]);
    assert!(found.json().get("nextToken").is_none());

    let told = setting.get(&token, &format!("{REPORTS}/{}", report.id), &[]).await.json();
    let document_id = report.document_id.as_ref().expect("it is done").as_str();
    assert_eq!((&told["processingStatus"], &told["reportType"]), (&"DONE".into(), &SETTLEMENT_REPORT.into()));
    assert_eq!(told["reportDocumentId"], document_id);

    let (path, told) = link(&setting, &token, document_id).await;
    assert_eq!(
        (&told["compressionAlgorithm"], &told["reportDocumentId"]),
        (&"GZIP".into(), &document_id.into())
    );
    let request = http::Request::get(format!("http://127.0.0.1:9{path}")).body(bytes::Bytes::new()).unwrap();
    let packed = setting.twin.answer_in_process(request).await.expect("an answer").into_body();
    let mut text = String::new();
    let mut decoder = flate2::read::GzDecoder::new(&packed[..]);
    std::io::Read::read_to_string(&mut decoder, &mut text).expect("it is whole");
    assert!(text.starts_with("settlement-id\t") && text.contains(&settlement.id));
}

#[tokio::test]
async fn a_link_lasts_five_minutes_and_takes_no_token() {
    let setting = Setting::new().await;
    let token = setting.access_token().await;
    let report = setting.twin.put_report(SETTLEMENT_REPORT, "a file");
    let document_id = report.document_id.expect("it is done").to_string();
    let (path, told) = link(&setting, &token, &document_id).await;
    assert!(told.get("compressionAlgorithm").is_none(), "a file that is not packed");
    setting.advance(Duration::seconds(299));
    assert_eq!(fetch(&setting, &path).await, (200, "a file".into()));

    let headers = [("x-amz-access-token", token.as_str()), ("user-agent", USER_AGENT)];
    let with_token = setting.send(Method::GET, &path, &headers, "").await.expect("an answer");
    assert_eq!(with_token.status, 400);
    assert!(with_token.text.contains("<Code>InvalidArgument</Code>"), "{}", with_token.text);

    let (status, text) = fetch(&setting, &path.replace("X-Amz-Date=2", "X-Amz-Date=3")).await;
    assert!(status == 403 && text.contains("<Code>SignatureDoesNotMatch</Code>"), "{text}");
    assert_eq!(fetch(&setting, path.split('?').next().unwrap()).await.0, 403);

    setting.advance(Duration::seconds(1));
    let (status, text) = fetch(&setting, &path).await;
    assert!(
        status == 403 && text.contains("<Code>AccessDenied</Code><Message>Request has expired"),
        "{text}"
    );
    assert_eq!(setting.twin.calls().of(OperationId::DownloadDocument), 5);
}

#[tokio::test]
async fn a_search_goes_page_by_page_and_its_token_stands_alone() {
    let setting = Setting::new().await;
    let token = setting.access_token().await;
    for number in 0..4 {
        setting.advance(Duration::minutes(1));
        setting.twin.put_report("GET_X", format!("file {number}"));
    }
    let query = [("reportTypes", "GET_X"), ("pageSize", "3")];
    let first = setting.get(&token, REPORTS, &query).await;
    let next = first.json()["nextToken"].as_str().expect("more pages").to_owned();
    let second = setting.get(&token, REPORTS, &[("nextToken", &next)]).await;
    assert_eq!((ids(&first).len(), ids(&second).len()), (3, 1));
    assert!(!ids(&first).contains(&ids(&second)[0]) && second.json().get("nextToken").is_none());

    let since = (setting.now() - Duration::minutes(1)).to_rfc3339();
    let recent = setting.get(&token, REPORTS, &[("reportTypes", "GET_X"), ("createdSince", &since)]).await;
    assert_eq!(ids(&recent).len(), 2);
    for query in [
        &[("nextToken", next.as_str()), ("pageSize", "3")][..],
        &[("nextToken", "unknown")],
        &[],
        &[("reportTypes", "GET_X"), ("pageSize", "101")],
    ] {
        assert_eq!(setting.get(&token, REPORTS, query).await.error().0, 400, "{query:?}");
    }
}

#[tokio::test]
async fn what_amazon_does_not_have_or_does_not_keep_is_not_found() {
    let setting = Setting::new().await;
    let token = setting.access_token().await;
    let report = setting.twin.put_report(SETTLEMENT_REPORT, "a file");
    let without = setting.twin.put_report_without_document(SETTLEMENT_REPORT, ReportStatus::Cancelled);
    let path = format!("{REPORTS}/{}", report.id);
    let cancelled = setting.get(&token, &format!("{REPORTS}/{}", without.id), &[]).await.json();
    assert_eq!(cancelled["processingStatus"], "CANCELLED");
    assert!(cancelled.get("reportDocumentId").is_none());
    assert_eq!(setting.get(&token, &format!("{REPORTS}/1"), &[]).await.error().0, 404);
    assert_eq!(setting.get(&token, &format!("{DOCUMENTS}/1"), &[]).await.error().0, 404);
    assert_eq!(setting.get(&token, &path, &[]).await.status, 200);
    setting.advance(Duration::days(90));
    let token = setting.access_token().await;
    assert_eq!(setting.get(&token, &path, &[]).await.error().0, 404);
}

#[tokio::test]
async fn a_settlement_cannot_be_asked_for() {
    let setting = Setting::new().await;
    let token = setting.access_token().await;
    let headers = [("x-amz-access-token", token.as_str()), ("user-agent", USER_AGENT)];
    let body = format!(r#"{{"reportType":"{SETTLEMENT_REPORT}","marketplaceIds":["A1F83G8C2ARO7P"]}}"#);
    let refused = setting.send(Method::POST, REPORTS, &headers, &body).await.expect("an answer");
    assert_eq!(refused.error().1, "InvalidInput");
    let message = &refused.json()["errors"][0]["message"];
    assert_eq!(message, "Request for report type 1118 is not allowed at this time");
}

#[tokio::test]
async fn a_fault_can_be_in_the_way_of_the_file() {
    let setting = Setting::new().await;
    let token = setting.access_token().await;
    let report = setting.twin.put_report(SETTLEMENT_REPORT, "a file");
    let (path, _) = link(&setting, &token, report.document_id.unwrap().as_str()).await;
    for (fault, expected) in [
        (Fault::TruncatedJson, (200, "a f")),
        (Fault::InternalFailure, (500, "<Code>InternalError</Code>")),
        (Fault::ServiceUnavailable, (503, "<Code>SlowDown</Code>")),
    ] {
        setting.twin.faults().clear();
        setting.twin.faults().inject(Some(OperationId::DownloadDocument), When::Next(1), fault);
        let (status, text) = fetch(&setting, &path).await;
        assert!(status == expected.0 && text.contains(expected.1), "{fault:?}: {status} {text}");
    }
    assert_eq!(fetch(&setting, &path).await, (200, "a file".into()));
}

#[tokio::test]
async fn every_announced_settlement_is_there() {
    let setting = Setting::new().await;
    let token = setting.access_token().await;
    let mut settlements = 0;
    for notification in setting.snapshot().notifications() {
        let told = &notification["payload"]["reportProcessingFinishedNotification"];
        if told["reportType"] == SETTLEMENT_REPORT {
            settlements += 1;
            let id = told["reportId"].as_str().expect("an id");
            let report = setting.get(&token, &format!("{REPORTS}/{id}"), &[]).await.json();
            assert_eq!(report["reportDocumentId"], told["reportDocumentId"]);
        }
    }
    assert!(settlements > 0);
}
