//! The view of the books from outside.

use super::*;

fn customer(code: &str) -> String {
    format!("<custr><CustomerID>0</CustomerID><Code>{code}</Code><Name>{code}</Name></custr>")
}

#[tokio::test]
async fn two_runs_with_the_same_effect_have_the_same_text() {
    let (one, other) = (started().await, started().await);
    let first = invoice("A", &line("1", "100", "20", "20", TENT_ID));
    let second = invoice("B", &line("1", "50", "20", "10", 0));
    for (operation, parameters) in [
        ("InsertCustomer", customer("X1")),
        ("InsertCustomer", customer("Y1")),
        ("InsertInvoice", first.clone()),
        ("InsertInvoice", second.clone()),
        ("InsertInvoicePayment", payment(1, 148_202, "120")),
    ] {
        call(&one, operation, &parameters).await.expect_ok();
    }
    for (operation, parameters) in [
        ("InsertInvoice", second),
        ("InsertInvoice", first),
        ("InsertInvoicePayment", payment(2, 148_202, "120")),
        ("InsertCustomer", customer("Y1")),
        ("InsertCustomer", customer("X1")),
    ] {
        call(&other, operation, &parameters).await.expect_ok();
    }
    assert_eq!(one.books().render(), other.books().render());
    assert_ne!(one.books().render_with_identifiers(), other.books().render_with_identifiers());
    call(&other, "InsertInvoicePayment", &payment(1, 148_202, "0.01")).await.expect_ok();
    assert_ne!(one.books().render(), other.books().render());
}

#[tokio::test]
async fn the_text_shows_everything_that_was_booked() {
    let twin = started().await;
    call(&twin, "InsertInvoice", &invoice("026-1", &line("1", "100", "20", "20", TENT_ID))).await.expect_ok();
    call(&twin, "InsertInvoicePayment", &payment(1, 148_202, "120")).await.expect_ok();
    let expected = "\
customers
  JANE01 | Jane Doe | jane@example.com | LS1 4AP | GB

invoices
  026-1 | JANE01 | dated 2026-03-01 | due 2026-03-31 | GBP at 1.0000
    net 100.00 | vat 20.00 | paid 120.00, in full
    1.0000 x 100.00 = 100.00 | vat 20.0000% 20.00 | nominal 4000 | product TENT-2 | Tent
    payment 120.00 on 2026-03-10 | bank 1249 | Amazon | Settlement

stock
  TENT-2 | 9

trial balance
  1249 Amazon UK clearing | debit 120.00 | credit 0.00
  2200 Sales Tax Control Account | debit 0.00 | credit 20.00
  4000 Sales | debit 0.00 | credit 100.00
";
    assert_eq!(twin.books().render(), expected);
}

/// The account of a settlement: its sections appear between those of every account.
#[tokio::test]
async fn the_text_shows_what_a_settlement_left() {
    let twin = started_with_supplier().await;
    let fees = line_on(SELLING_FEES_ID, "1", "100", "20", "20", 0);
    for (operation, parameters) in [
        ("InsertReceipt", purchase("S1 fees", &fees)),
        ("InsertReceiptPayment", purchase_payment(1, 148_202, "100")),
        ("InsertReceiptPayment", purchase_payment(1, 148_202, "20")),
        ("InsertBankTransaction", bank_transaction(1249, ["12", "0"], "2", 4910)),
        ("InsertBankTransaction", bank_transaction(1249, ["0", "5"], "0", 1200)),
        ("InsertJournal", journal(0, &[(SELLING_FEES_ID, "3"), (SALES_ID, "-3")])),
    ] {
        call(&twin, operation, &parameters).await.expect_ok();
    }
    let expected = "\
suppliers
  AMAZONEU | Amazon EU

purchases
  S1 fees | AMAZONEU | dated 2026-03-01 | due 2026-03-31 | GBP at 1.0000
    net 100.00 | vat 20.00 | paid 120.00, in full
    1.0000 x 100.00 = 100.00 | vat 20.0000% 20.00 | nominal 6100 | product - | Tent
    payment 100.00 on 2026-03-10 | bank 1249 | Amazon | Settlement
    payment 20.00 on 2026-03-10 | bank 1249 | Amazon | Settlement

bank transactions
  S1 | dated 2026-03-10 | bank 1249 | -5.00 | no vat | nominal 1200
  S1 | dated 2026-03-10 | bank 1249 | 12.00 | vat 20.0000% 2.00 | nominal 4910

journals
  S1 | dated 2026-03-10
    debit 3.00 | nominal 6100 | kept back
    credit 3.00 | nominal 4000 | kept back

stock
  TENT-2 | 10
";
    let text = twin.books().render();
    assert!(text.contains(expected), "{text}");
    let identified = twin.books().render_with_identifiers();
    for generated in ["AMAZONEU | Amazon EU | id 8314207", "number 1 | id 31902118", "number 1 | id 6207731"]
    {
        assert!(identified.contains(generated), "{identified}");
    }
}

/// Whatever the order of the calls, and although the numbers that KashFlow gives differ.
#[tokio::test]
async fn two_runs_of_a_settlement_have_the_same_text() {
    let fees = line_on(SELLING_FEES_ID, "1", "100", "20", "20", 0);
    let mut calls = [
        ("InsertReceiptPayment", purchase_payment(1, 148_202, "100")),
        ("InsertReceiptPayment", purchase_payment(1, 148_202, "20")),
        ("InsertBankTransaction", bank_transaction(1249, ["12", "0"], "2", 4910)),
        ("InsertBankTransaction", bank_transaction(1249, ["0", "5"], "0", 1200)),
        ("InsertJournal", journal(0, &[(SELLING_FEES_ID, "3"), (SALES_ID, "-3")])),
        ("InsertJournal", journal(0, &[(SALES_ID, "4"), (SELLING_FEES_ID, "-4")])),
    ];
    let mut texts = Vec::new();
    for _ in 0..2 {
        let twin = started_with_supplier().await;
        call(&twin, "InsertReceipt", &purchase("S1 fees", &fees)).await.expect_ok();
        for (operation, parameters) in &calls {
            call(&twin, operation, parameters).await.expect_ok();
        }
        texts.push(twin.books().render());
        calls.reverse();
    }
    assert_eq!(texts[0], texts[1]);
}

#[tokio::test]
async fn the_trial_balance_always_balances_and_outlives_the_twin() {
    let twin = started().await;
    for (quantity, rate, vat) in
        [("3", "33.333", "19.99"), ("-1", "0.015", "-0.01"), ("2.5", "1.99", "0.995")]
    {
        call(&twin, "InsertInvoice", &invoice("A", &line(quantity, rate, "20", vat, 0))).await.expect_ok();
    }
    call(&twin, "InsertInvoicePayment", &payment(1, 148_202, "7.77")).await.expect_ok();
    let books = twin.books();
    twin.stop().await;
    let rows = books.trial_balance();
    let (debit, credit) =
        rows.iter().fold((0, 0), |(debit, credit), row| (debit + row.debit_pence, credit + row.credit_pence));
    assert!(debit == credit && debit > 0, "{rows:?}");
}
