//! The operations of settlements under the faults that every operation can meet.

use std::sync::atomic::{AtomicI64, Ordering};

use chrono::TimeDelta;

use super::super::{Fault, FaultEffect};
use super::*;

/// Each operation that writes, with parameters that are accepted once there is a purchase.
fn writes() -> [(&'static str, String); 5] {
    let fees = line_on(SELLING_FEES_ID, "1", "10", "0", "0", 0);
    [
        ("InsertSupplier", "<supl><SupplierID>0</SupplierID><Code>OTHER</Code></supl>".to_owned()),
        ("InsertReceipt", purchase("S2", &fees)),
        ("InsertReceiptPayment", purchase_payment(1, 148_202, "10")),
        ("InsertBankTransaction", bank_transaction(1249, ["0", "10"], "0", 1200)),
        ("InsertJournal", journal(0, &[(SALES_ID, "1"), (SELLING_FEES_ID, "-1")])),
    ]
}

async fn with_a_purchase() -> KashFlowTwin {
    let twin = started_with_supplier().await;
    let fees = line_on(SELLING_FEES_ID, "1", "10", "0", "0", 0);
    call(&twin, "InsertReceipt", &purchase("S1", &fees)).await.expect_ok();
    twin
}

#[tokio::test]
async fn an_answer_that_is_lost_before_or_after_the_booking() {
    for (operation, parameters) in writes() {
        let twin = with_a_purchase().await;
        let before = twin.books().render();
        twin.faults().push(Fault::on(operation, FaultEffect::DropBeforeProcessing));
        assert_eq!(call(&twin, operation, &parameters).await.0, "", "{operation}");
        assert_eq!(twin.books().render(), before, "{operation}");
        twin.faults().push(Fault::on(operation, FaultEffect::DropAfterProcessing));
        assert_eq!(call(&twin, operation, &parameters).await.0, "", "{operation}");
        assert_ne!(twin.books().render(), before, "{operation}");
    }
}

#[tokio::test]
async fn a_call_that_is_carried_out_when_its_caller_is_gone() {
    for (operation, parameters) in writes() {
        let seconds = Arc::new(AtomicI64::new(0));
        let reading = Arc::clone(&seconds);
        let noon: DateTime<Utc> = "2026-07-01T12:00:00Z".parse().unwrap();
        let clock = Arc::new(move || noon + TimeDelta::seconds(reading.load(Ordering::SeqCst)));
        let mut account = account();
        account.add_supplier(NewSupplier { code: "AMAZONEU".to_owned(), name: String::new() }).unwrap();
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let twin = KashFlowTwin::start(account, address, Options::with_clock(clock)).await.unwrap();
        let fees = line_on(SELLING_FEES_ID, "1", "10", "0", "0", 0);
        call(&twin, "InsertReceipt", &purchase("S1", &fees)).await.expect_ok();
        let before = twin.books().render();
        twin.faults().push(Fault::on(operation, FaultEffect::ProcessedLater { after_ms: 150_000 }));
        assert_eq!(call(&twin, operation, &parameters).await.0, "", "{operation}");
        seconds.store(149, Ordering::SeqCst);
        assert_eq!(twin.books().render(), before, "{operation}");
        seconds.store(150, Ordering::SeqCst);
        assert_ne!(twin.books().render(), before, "{operation}");
    }
}
