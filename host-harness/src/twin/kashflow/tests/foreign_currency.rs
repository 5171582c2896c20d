//! Invoices in other currencies than the home currency.

use super::*;

fn in_euro(rate: &str, lines: &str) -> String {
    let euro = invoice("E", lines).replace(">GBP<", ">EUR<");
    euro.replace("<ExchangeRate>1<", &format!("<ExchangeRate>{rate}<"))
}

#[tokio::test]
async fn values_in_currency_are_taken_as_they_are() {
    let twin = started().await;
    call(&twin, "InsertInvoice", &in_euro("1.2", &line("1", "100", "20", "20", 0))).await.expect_ok();
    let invoice = twin.books().invoices().remove(0);
    assert_eq!((invoice.currency.as_str(), invoice.exchange_rate.as_str()), ("EUR", "1.2000"));
    assert_eq!((invoice.net_pence, invoice.vat_pence), (10_000, 2_000));
    let books = twin.books();
    assert_eq!([1100, 2200, 4000].map(|code| books.balance_pence(code)), [10_000, -1_667, -8_333]);
}

#[tokio::test]
async fn home_values_are_converted_at_the_accounts_rate_unless_one_is_stated() {
    let twin = started().await;
    let home = line("2", "100", "20", "40", 0).replace("<ValuesInCurrency>1</ValuesInCurrency>", "");
    call(&twin, "InsertInvoice", &in_euro("0", &home)).await.expect_ok();
    let invoice = twin.books().invoices().remove(0);
    assert_eq!((invoice.lines[0].rate_pence, invoice.net_pence, invoice.vat_pence), (11_500, 23_000, 4_600));
    assert_eq!(twin.books().balance_pence(1100), 24_000);
}

#[tokio::test]
async fn payments_clear_the_debt_to_the_penny() {
    let twin = started().await;
    let lines = line("1", "33.33", "20", "6.67", 0) + &line("1", "0.01", "0", "0", 0);
    call(&twin, "InsertInvoice", &in_euro("1.13", &lines)).await.expect_ok();
    for part in ["13.34", "13.34", "13.33"] {
        call(&twin, "InsertInvoicePayment", &payment(1, 148_203, part)).await.expect_ok();
    }
    assert!(twin.books().invoices()[0].is_paid);
    assert_eq!(twin.books().balance_pence(1100), 0);
}

#[tokio::test]
async fn a_credit_note_in_another_currency_does_not_apply() {
    let twin = started().await;
    call(&twin, "InsertInvoice", &invoice("A", &line("1", "10", "20", "2", 0))).await.expect_ok();
    call(&twin, "InsertInvoice", &in_euro("1.2", &line("-1", "10", "20", "-2", 0))).await.expect_ok();
    let ids = format!(
        "<InvoiceID>{FIRST_INVOICE_ID}</InvoiceID><CreditNoteID>{}</CreditNoteID>",
        FIRST_INVOICE_ID + 1
    );
    let reply = call(&twin, "applyCreditNoteToInvoice", &ids).await;
    reply.expect_no("The credit note is in another currency");
}
