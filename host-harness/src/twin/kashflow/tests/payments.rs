//! Payments of invoices.

use super::*;

#[tokio::test]
async fn an_invoice_is_paid_by_its_payments() {
    let twin = started().await;
    call(&twin, "InsertInvoice", &invoice("A", &line("1", "100", "20", "20", 0))).await.expect_ok();
    let first = call(&twin, "InsertInvoicePayment", &payment(1, 148_202, "50.00")).await.expect_ok();
    assert_eq!(first.first("InsertInvoicePaymentResult"), "24118301");
    let partly = call(&twin, "GetInvoice", "<InvoiceNumber>1</InvoiceNumber>").await.expect_ok();
    assert_eq!((partly.first("Paid"), partly.first("AmountPaid")), ("0", "50.0000"));

    call(&twin, "InsertInvoicePayment", &payment(1, 148_202, "70")).await.expect_ok();
    let fully = call(&twin, "GetInvoice", "<InvoiceNumber>1</InvoiceNumber>").await.expect_ok();
    assert_eq!((fully.first("Paid"), fully.first("AmountPaid")), ("1", "120.0000"));
    let listed = call(&twin, "GetInvoicePayment", "<InvoiceNumber>1</InvoiceNumber>").await.expect_ok();
    assert_eq!(listed.all("PayAmount"), ["50.0000", "70.0000"]);
    assert_eq!((listed.all("PayInvoice"), listed.first("PayNote")), (vec!["1", "1"], "Settlement"));
    let books = twin.books();
    assert_eq!([1100, 1249, 2200, 4000].map(|code| books.balance_pence(code)), [0, 12_000, -2_000, -10_000]);
}

#[tokio::test]
async fn too_much_is_accepted_and_leaves_the_customer_in_credit() {
    let twin = started().await;
    call(&twin, "InsertInvoice", &invoice("A", &line("1", "10", "20", "2", 0))).await.expect_ok();
    call(&twin, "InsertInvoicePayment", &payment(1, 148_201, "15")).await.expect_ok();
    assert!(twin.books().invoices()[0].is_paid);
    assert_eq!(twin.books().balance_pence(1100), -300);
}

#[tokio::test]
async fn payments_that_do_not_fit_are_refused() {
    let twin = started().await;
    call(&twin, "InsertInvoice", &invoice("A", &line("1", "10", "20", "2", 0))).await.expect_ok();
    let cases = [
        (payment(FIRST_INVOICE_ID, 148_201, "12"), "There is no invoice with the number 72655684"),
        (payment(1, 1200, "12"), "There is no bank account with the ID 1200"),
        (payment(1, 148_201, "0"), "The payment amount must not be zero"),
        (payment(1, 148_201, "0.004"), "The payment amount must not be zero"),
        (payment(1, 148_201, "12").replace(">131285<", ">1<"), "There is no payment method with the ID 1"),
    ];
    for (parameters, detail) in cases {
        let reply = call(&twin, "InsertInvoicePayment", &parameters).await;
        reply.expect_no(detail);
        assert_eq!(reply.first("InsertInvoicePaymentResult"), "0");
    }
    let none = call(&twin, "GetInvoicePayment", "<InvoiceNumber>1</InvoiceNumber>").await.expect_ok();
    assert!(none.body().contains("<GetInvoicePaymentResult/>"));
    let unknown = call(&twin, "GetInvoicePayment", "<InvoiceNumber>2</InvoiceNumber>").await;
    unknown.expect_no("There is no invoice with the number 2");
}
