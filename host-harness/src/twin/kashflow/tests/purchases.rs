//! Purchases, their double entry and their payments.

use super::*;

async fn fees() -> KashFlowTwin {
    let twin = started_with_supplier().await;
    let lines = [
        line_on(SELLING_FEES_ID, "1", "100", "20", "20", 0),
        line_on(FULFILMENT_FEES_ID, "1", "50.555", "0", "0", 0),
    ];
    call(&twin, "InsertReceipt", &purchase("S1 fees", &lines.concat())).await.expect_ok();
    twin
}

#[tokio::test]
async fn a_purchase_is_owed_to_its_supplier() {
    let twin = fees().await;
    let read = call(&twin, "GetReceipt", "<ReceiptNumber>1</ReceiptNumber>").await.expect_ok();
    let names = ["InvoiceDBID", "InvoiceNumber", "Customer", "CustomerID", "CustomerReference", "Paid"];
    assert_eq!(names.map(|name| read.first(name)), ["31902118", "1", "AMAZONEU", "8314207", "S1 fees", "0"]);
    let amounts = ["NetAmount", "VATAmount", "AmountPaid"].map(|name| read.first(name));
    assert_eq!(amounts, ["150.5600", "20.0000", "0.0000"]);
    let books = twin.books();
    assert_eq!(
        [2100, 2201, 2200, 6100, 6110].map(|code| books.balance_pence(code)),
        [-17_056, 2_000, 0, 10_000, 5_056]
    );
    // Numbers of purchases and of invoices are counted apart.
    let sale = call(&twin, "InsertInvoice", &invoice("A", &line("1", "1", "20", "0.2", 0))).await.expect_ok();
    assert_eq!(sale.first("InsertInvoiceResult"), "1");
}

#[tokio::test]
async fn purchases_are_listed_by_supplier() {
    let twin = fees().await;
    let list = async |supplier: i32| {
        let parameters = format!("<SupplierID>{supplier}</SupplierID>");
        call(&twin, "GetReceiptsForSupplier", &parameters).await.expect_ok()
    };
    assert_eq!(list(AMAZON_ID).await.all("CustomerReference"), ["S1 fees"]);
    assert!(list(JANE_ID).await.body().contains("<GetReceiptsForSupplierResult/>"));
}

#[tokio::test]
async fn a_purchase_is_paid_from_a_bank_account() {
    let twin = fees().await;
    let paid = call(&twin, "InsertReceiptPayment", &purchase_payment(1, 148_202, "100")).await.expect_ok();
    assert_eq!(paid.first("InsertReceiptPaymentResult"), "24118301");
    assert!(!twin.books().purchases()[0].is_paid);
    call(&twin, "InsertReceiptPayment", &purchase_payment(1, 148_202, "70.56")).await.expect_ok();
    let listed = call(&twin, "GetReceiptPayment", "<ReceiptNumber>1</ReceiptNumber>").await.expect_ok();
    assert_eq!(listed.all("PayAmount"), ["100.0000", "70.5600"]);
    let books = twin.books();
    assert!(books.purchases()[0].is_paid);
    assert_eq!(books.purchases()[0].payments[0].method, "Amazon");
    assert_eq!([2100, 1249].map(|code| books.balance_pence(code)), [0, -17_056]);
}

#[tokio::test]
async fn a_negative_purchase_is_a_credit_note_and_paid_with_negative_money() {
    let twin = started_with_supplier().await;
    let lines = line_on(SELLING_FEES_ID, "1", "-10", "20", "-2", 0);
    call(&twin, "InsertReceipt", &purchase("S2 fees", &lines)).await.expect_ok();
    let wrong = call(&twin, "InsertReceiptPayment", &purchase_payment(1, 148_202, "12")).await;
    wrong.expect_no("The payment of a credit note must be negative");
    call(&twin, "InsertReceiptPayment", &purchase_payment(1, 148_202, "-12")).await.expect_ok();
    let books = twin.books();
    assert!(books.purchases()[0].is_paid);
    assert_eq!([2100, 1249, 6100, 2201].map(|code| books.balance_pence(code)), [0, 1_200, -1_000, -200]);
}

#[tokio::test]
async fn what_does_not_fit_is_refused_and_leaves_nothing() {
    let twin = fees().await;
    let before = twin.books().render();
    let line = line_on(SELLING_FEES_ID, "1", "1", "20", "0.2", 0);
    let stated = |from: &str, to: &str| purchase("X", &line).replace(from, to);
    let cases = [
        (stated(&AMAZON_ID.to_string(), "47414686"), "There is no supplier with the ID 47414686"),
        (stated(&SELLING_FEES_ID.to_string(), "6100"), "There is no nominal with the ID 6100"),
        (stated(&SELLING_FEES_ID.to_string(), "0"), "There is no nominal with the ID 0"),
        (stated("<VatRate>20<", "<VatRate>19<"), "19 is not one of the VAT rates of this account"),
    ];
    for (parameters, detail) in cases {
        call(&twin, "InsertReceipt", &parameters).await.expect_no(detail);
    }
    let payments = [
        (purchase_payment(2, 148_202, "1"), "There is no receipt with the number 2"),
        (purchase_payment(1, 1249, "1"), "There is no bank account with the ID 1249"),
        (purchase_payment(1, 148_202, "0"), "The payment amount must not be zero"),
        (
            // A method of invoices.
            purchase_payment(1, 148_202, "1").replace(">98413<", ">131285<"),
            "There is no payment method with the ID 131285",
        ),
    ];
    for (parameters, detail) in payments {
        call(&twin, "InsertReceiptPayment", &parameters).await.expect_no(detail);
    }
    twin.edit(|account| account.set_transaction_lock("2026-03-11".parse().ok()));
    let locked = call(&twin, "InsertReceipt", &purchase("X", &line)).await;
    locked.expect_no("The date is before the transaction lock date");
    let locked = call(&twin, "InsertReceiptPayment", &purchase_payment(1, 148_202, "1")).await;
    locked.expect_no("The date is before the transaction lock date");
    assert_eq!(twin.books().render(), before);
}

/// The quirk of invoices, which share their type with purchases.
#[tokio::test]
async fn a_number_that_exists_overwrites() {
    let twin = fees().await;
    let line = line_on(SELLING_FEES_ID, "1", "7", "0", "0", 0);
    let stated =
        purchase("S9", &line).replace("<InvoiceNumber>0</InvoiceNumber>", "<InvoiceNumber>1</InvoiceNumber>");
    call(&twin, "InsertReceipt", &stated).await.expect_ok();
    let books = twin.books();
    let references: Vec<String> = books.purchases().into_iter().map(|purchase| purchase.reference).collect();
    assert_eq!(references, ["S9"]);
    assert_eq!([2100, 6100, 6110].map(|code| books.balance_pence(code)), [-700, 700, 0]);
}

#[tokio::test]
async fn buying_a_managed_product_adds_to_its_stock() {
    let twin = started_with_supplier().await;
    let lines = line_on(SELLING_FEES_ID, "3", "40", "20", "24", TENT_ID);
    call(&twin, "InsertReceipt", &purchase("PO 1", &lines)).await.expect_ok();
    assert_eq!(twin.books().products()[0].quantity_in_stock, 13);
}
