//! Planned faults, and what they leave in the books.

use super::super::{Fault, FaultEffect};
use super::*;

async fn insert(twin: &KashFlowTwin) -> Reply {
    call(twin, "InsertInvoice", &invoice("A", &line("1", "10", "20", "2", 0))).await
}

#[tokio::test]
async fn http_errors_and_pages_process_nothing() {
    let twin = started().await;
    for (effect, status) in [
        (FaultEffect::HttpError(500), "500"),
        (FaultEffect::HttpError(503), "503"),
        (FaultEffect::NotXml, "200"),
    ] {
        twin.faults().push(Fault::on("InsertInvoice", effect));
        let reply = insert(&twin).await;
        assert_eq!(reply.http_status(), status);
        assert!(reply.body().starts_with("<!DOCTYPE html>"), "{}", reply.0);
    }
    assert!(twin.books().invoices().is_empty());
    insert(&twin).await.expect_ok();
}

#[tokio::test]
async fn a_truncated_answer_follows_a_processed_call() {
    let twin = started().await;
    twin.faults().push(Fault::on_any(FaultEffect::TruncatedBody));
    let reply = insert(&twin).await;
    assert_eq!(reply.http_status(), "200");
    assert!(reply.body().starts_with("<?xml") && !reply.body().contains("</soap:Envelope>"), "{}", reply.0);
    assert_eq!(twin.books().invoices().len(), 1);
}

#[tokio::test]
async fn a_password_can_be_wrong_once() {
    let twin = started().await;
    twin.faults().push(Fault::on("InsertInvoice", FaultEffect::WrongPassword));
    insert(&twin).await.expect_no("Incorrect username or password");
    assert!(twin.books().invoices().is_empty());
    insert(&twin).await.expect_ok();
}

#[tokio::test]
async fn a_dropped_connection_says_nothing_and_the_books_show_when_it_dropped() {
    let twin = started().await;
    twin.faults().push(Fault::on("InsertInvoice", FaultEffect::DropBeforeProcessing));
    assert_eq!(insert(&twin).await.0, "");
    assert!(twin.books().invoices().is_empty());
    twin.faults().push(Fault::on("InsertInvoice", FaultEffect::DropAfterProcessing));
    assert_eq!(insert(&twin).await.0, "");
    assert_eq!(twin.books().invoices().len(), 1);
    insert(&twin).await.expect_ok();
    assert_eq!(twin.calls()["InsertInvoice"], 3);
    twin.stop().await;
}

#[tokio::test]
async fn a_fault_waits_for_its_operation_and_occurrence() {
    let twin = started().await;
    twin.faults().push(Fault::on("InsertInvoice", FaultEffect::HttpError(503)).at_occurrence(2));
    call(&twin, "GetCustomers", "").await.expect_ok();
    insert(&twin).await.expect_ok();
    assert_eq!(twin.faults().pending(), 1);
    assert_eq!(insert(&twin).await.http_status(), "503");
    twin.faults().push(Fault::on_any(FaultEffect::NotXml));
    twin.faults().clear();
    insert(&twin).await.expect_ok();
}
