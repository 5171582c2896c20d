//! Credit notes: negative invoices, applied by their database ids.

use super::*;

async fn apply(twin: &KashFlowTwin, invoice: i32, credit_note: i32) -> Reply {
    let parameters = format!("<InvoiceID>{invoice}</InvoiceID><CreditNoteID>{credit_note}</CreditNoteID>");
    call(twin, "applyCreditNoteToInvoice", &parameters).await
}

async fn with_invoice_and_credit_note(credited: &str, vat: &str) -> KashFlowTwin {
    let twin = started().await;
    call(&twin, "InsertInvoice", &invoice("A", &line("1", "100", "20", "20", 0))).await.expect_ok();
    call(&twin, "InsertInvoice", &invoice("A-CREDIT", &line("1", credited, "20", vat, 0))).await.expect_ok();
    twin
}

#[tokio::test]
async fn a_credit_note_pays_what_it_can_and_keeps_the_rest() {
    let twin = with_invoice_and_credit_note("-150", "-30").await;
    let reply = apply(&twin, FIRST_INVOICE_ID, FIRST_INVOICE_ID + 1).await.expect_ok();
    assert_eq!(reply.first("applyCreditNoteToInvoiceResult"), "true");
    let invoices = twin.books().invoices();
    assert_eq!((invoices[0].paid_pence, invoices[0].is_paid), (12_000, true));
    assert_eq!((invoices[1].paid_pence, invoices[1].is_paid), (-12_000, false));
    // Through the default bank account and out again, dated like the credit note.
    assert_eq!(invoices[1].payments[0].bank_nominal_code, 1200);
    assert_eq!(invoices[0].payments[0].date, invoices[1].date);
    let books = twin.books();
    assert_eq!([1100, 1200, 2200, 4000].map(|code| books.balance_pence(code)), [-6_000, 0, 1_000, 5_000]);
    let again = apply(&twin, FIRST_INVOICE_ID, FIRST_INVOICE_ID + 1).await;
    again.expect_no("There is nothing left to credit");
}

#[tokio::test]
async fn a_credit_note_is_paid_out_by_a_negative_payment() {
    let twin = with_invoice_and_credit_note("-10", "-2").await;
    let wrong = call(&twin, "InsertInvoicePayment", &payment(2, 148_202, "12")).await;
    wrong.expect_no("The payment of a credit note must be negative");
    call(&twin, "InsertInvoicePayment", &payment(2, 148_202, "-12")).await.expect_ok();
    let credit_note = twin.books().invoices().remove(1);
    assert!(credit_note.is_paid);
    assert_eq!(twin.books().balance_pence(1249), -1_200);
}

#[tokio::test]
async fn credits_that_do_not_fit_are_refused() {
    let twin = with_invoice_and_credit_note("-10", "-2").await;
    let other = "<custr><CustomerID>0</CustomerID><Code>OTHER1</Code><Name>Other</Name></custr>";
    call(&twin, "InsertCustomer", other).await.expect_ok();
    let to_other = invoice("B", &line("1", "5", "20", "1", 0)).replace("47414686", "47414687");
    call(&twin, "InsertInvoice", &to_other).await.expect_ok();
    let cases = [
        (1, 2, "There is no invoice with the ID 1"),
        (FIRST_INVOICE_ID, 2, "There is no invoice with the ID 2"),
        (FIRST_INVOICE_ID + 1, FIRST_INVOICE_ID, "The invoice 72655684 is not a credit note"),
        (FIRST_INVOICE_ID + 2, FIRST_INVOICE_ID + 1, "The credit note belongs to another customer"),
    ];
    for (invoice, credit_note, detail) in cases {
        let reply = apply(&twin, invoice, credit_note).await;
        reply.expect_no(detail);
        assert_eq!(reply.first("applyCreditNoteToInvoiceResult"), "false");
    }
    assert!(twin.books().invoices().iter().all(|invoice| invoice.payments.is_empty()));
}
