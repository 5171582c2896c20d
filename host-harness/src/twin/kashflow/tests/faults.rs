//! Planned faults, and what they leave in the books.

use super::super::{Fault, FaultEffect};
use super::*;
use crate::clock::{Clock, ManualClock};

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

/// A twin whose clock moves when it is told to.
async fn started_at_noon() -> (KashFlowTwin, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::at("2026-07-01T12:00:00Z".parse().unwrap()));
    let shown = Arc::clone(&clock);
    let options = Options::with_clock(Arc::new(move || shown.now()));
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    (KashFlowTwin::start(account(), address, options).await.unwrap(), clock)
}

fn later(operation: &str, after_ms: u64) -> Fault {
    Fault::on(operation, FaultEffect::ProcessedLater { after_ms })
}

fn customer(code: &str, name: &str) -> String {
    format!("<custr><CustomerID>0</CustomerID><Code>{code}</Code><Name>{name}</Name></custr>")
}

fn names(twin: &KashFlowTwin) -> Vec<String> {
    twin.books().customers().into_iter().map(|customer| customer.name).collect()
}

#[tokio::test]
async fn a_call_that_is_processed_later_is_in_the_books_when_the_clock_has_moved_on() {
    let (twin, clock) = started_at_noon().await;
    twin.faults().push(later("InsertInvoice", 150_000));
    assert_eq!(insert(&twin).await.0, "");
    clock.advance_ms(149_999);
    assert!(twin.books().invoices().is_empty());
    assert_eq!(call(&twin, "GetInvoice", "<InvoiceNumber>1</InvoiceNumber>").await.first("Status"), "NO");
    assert_eq!((twin.late_calls_pending(), twin.faults().pending()), (1, 0));
    clock.advance_ms(1);
    assert_eq!(twin.books().invoices().len(), 1);
    call(&twin, "GetInvoice", "<InvoiceNumber>1</InvoiceNumber>").await.expect_ok();
    assert_eq!(twin.late_calls_pending(), 0);
    assert_eq!(twin.calls()["InsertInvoice"], 1);
}

#[tokio::test]
async fn a_late_call_that_is_refused_by_then_has_no_effect() {
    let (twin, clock) = started_at_noon().await;
    twin.faults().push(later("InsertCustomer", 150_000));
    assert_eq!(call(&twin, "InsertCustomer", &customer("X1", "the late one")).await.0, "");
    call(&twin, "InsertCustomer", &customer("X1", "the one in time")).await.expect_ok();
    clock.advance_ms(150_000);
    twin.settle_late_calls();
    assert_eq!(twin.late_calls_pending(), 0);
    assert_eq!(names(&twin), ["Jane Doe", "the one in time"]);
}

#[tokio::test]
async fn late_calls_are_carried_out_in_the_order_in_which_they_are_due_and_at_that_moment() {
    let (twin, clock) = started_at_noon().await;
    for (name, after_ms) in [("second", 2_000), ("third", 2_000), ("first", 1_000), ("never", u64::MAX)] {
        twin.faults().push(later("InsertCustomer", after_ms));
        assert_eq!(call(&twin, "InsertCustomer", &customer(name, name)).await.0, "");
    }
    clock.advance_ms(3_600_000);
    call(&twin, "InsertCustomer", &customer("fourth", "fourth")).await.expect_ok();
    assert_eq!(names(&twin), ["Jane Doe", "first", "second", "third", "fourth"]);
    assert_eq!(twin.late_calls_pending(), 1);
    let reply = call(&twin, "GetCustomer", "<CustomerCode>first</CustomerCode>").await.expect_ok();
    // British summer time, as on KashFlow's servers.
    assert_eq!(reply.first("Created"), "2026-07-01T13:00:01");
}

#[tokio::test]
async fn a_change_by_hand_comes_after_the_late_calls_that_were_due_before_it() {
    let (twin, clock) = started_at_noon().await;
    twin.faults().push(later("InsertInvoice", 1_000).at_occurrence(2));
    insert(&twin).await.expect_ok();
    assert_eq!(insert(&twin).await.0, "");
    clock.advance_ms(1_000);
    twin.edit(|account| account.access.set_soap_api_enabled(false));
    assert_eq!(twin.books().invoices().len(), 2);
}
