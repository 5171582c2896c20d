//! Invoices: numbers, rounding, references to other things, stock.

use super::*;

async fn insert(twin: &KashFlowTwin, invoice: &str) -> i32 {
    let reply = call(twin, "InsertInvoice", invoice).await.expect_ok();
    reply.first("InsertInvoiceResult").parse().unwrap()
}

#[tokio::test]
async fn an_invoice_comes_back_with_its_lines_and_kashflows_own_totals() {
    let twin = started().await;
    let lines = line("2", "100", "20", "40", TENT_ID) + &line_on(SALES_ID + 7, "1", "4.99", "20", "1", 0);
    let stated = invoice("026-1234567-1234567", &lines)
        .replace("<Paid>0<", "<Paid>1<")
        .replace("<NetAmount>0<", "<NetAmount>1<")
        .replace("<AmountPaid>0<", "<AmountPaid>1<");
    assert_eq!(insert(&twin, &stated).await, 1);

    let reply = call(&twin, "GetInvoice", "<InvoiceNumber>1</InvoiceNumber>").await.expect_ok();
    let expected = [
        ("InvoiceDBID", "72655684"),
        ("InvoiceNumber", "1"),
        ("InvoiceDate", "2026-03-01T00:00:00"),
        ("DueDate", "2026-03-31T00:00:00"),
        ("Customer", "JANE01"),
        ("CustomerName", "Jane Doe"),
        ("Paid", "0"),
        ("CustomerReference", "026-1234567-1234567"),
        ("ExchangeRate", "1.0000"),
        ("NetAmount", "204.9900"),
        ("VATAmount", "41.0000"),
        ("AmountPaid", "0.0000"),
        ("IsCISReverseCharge", "false"),
    ];
    for (element, content) in expected {
        assert_eq!(reply.first(element), content, "{element}");
    }
    assert!(reply.body().contains(r#"<CISRCNetAmount xsi:nil="true"/>"#));
    assert!(reply.all("EstimateCategory").is_empty());
    assert_eq!(reply.body().matches(r#"<anyType xsi:type="InvoiceLine">"#).count(), 2);
    assert_eq!(reply.all("Quantity"), ["2.0000", "1.0000"]);
    assert_eq!(reply.all("Rate"), ["100.0000", "4.9900"]);
    assert_eq!(reply.all("VatAmount"), ["40.0000", "1.0000"]);
    assert_eq!(reply.all("LineID"), ["133251213", "133251214"]);
    let readable = reply.first("ReadableString");
    assert!(
        readable.starts_with("Invoice Number : 1 \nDBID: 72655684 \nDate: 01/03/2026 00:00:00 \n"),
        "{readable}"
    );

    let by_id = call(&twin, "GetInvoiceByID", "<InvoiceID>72655684</InvoiceID>").await.expect_ok();
    assert_eq!(by_id.first("GetInvoiceByIDResult"), reply.first("GetInvoiceResult"));
}

#[tokio::test]
async fn the_unit_rate_keeps_two_decimals_and_the_vat_is_kept_as_stated() {
    let twin = started().await;
    insert(&twin, &invoice("A", &line("3", "3.33333", "20", "2.005", 0))).await;
    insert(&twin, &invoice("B", &line("1.5", "3.335", "20", "-2.005", 0))).await;
    let invoices = twin.books().invoices();
    assert_eq!(
        (invoices[0].lines[0].rate_pence, invoices[0].net_pence, invoices[0].vat_pence),
        (333, 999, 201)
    );
    assert_eq!(
        (invoices[1].lines[0].rate_pence, invoices[1].net_pence, invoices[1].vat_pence),
        (334, 501, -201)
    );
}

#[tokio::test]
async fn numbers_follow_the_highest_and_a_stated_number_overwrites() {
    let twin = started().await;
    assert_eq!(insert(&twin, &invoice("A", &line("1", "10", "20", "2", TENT_ID))).await, 1);
    let date = "2026-03-02T00:00:00";
    assert_eq!(
        insert(&twin, &numbered_invoice(41, "B", date, &line("1", "20", "20", "4", TENT_ID))).await,
        41
    );
    assert_eq!(insert(&twin, &invoice("C", &line("1", "30", "20", "6", TENT_ID))).await, 42);
    assert_eq!(twin.books().products()[0].quantity_in_stock, 7);
    assert_eq!(twin.books().balance_pence(1100), 7_200);

    assert_eq!(insert(&twin, &numbered_invoice(1, "D", date, &line("5", "1", "0", "0", TENT_ID))).await, 1);
    let invoices = twin.books().invoices();
    assert_eq!((invoices.len(), invoices[0].id, invoices[0].reference.as_str()), (3, FIRST_INVOICE_ID, "D"));
    assert_eq!(twin.books().products()[0].quantity_in_stock, 3);
    assert_eq!(twin.books().balance_pence(1100), 6_500);
    let negative = numbered_invoice(-1, "E", date, &line("1", "1", "0", "0", 0));
    call(&twin, "InsertInvoice", &negative).await.expect_no("The invoice number -1 is not valid");
}

#[tokio::test]
async fn what_an_invoice_refers_to_must_exist() {
    let twin = started().await;
    let good = invoice("A", &line("1", "10", "20", "2", 0));
    let cases = [
        (format!("<CustomerID>{JANE_ID}<"), "<CustomerID>1<", "There is no customer with the ID 1"),
        (format!("<ChargeType>{SALES_ID}<"), "<ChargeType>4000<", "There is no nominal with the ID 4000"),
        ("<ProductID>0<".to_owned(), "<ProductID>5<", "There is no product with the ID 5"),
        ("<VatRate>20<".to_owned(), "<VatRate>17.5<", "17.5 is not one of the VAT rates of this account"),
        (">GBP<".to_owned(), ">SEK<", "The currency SEK is not set up for this account"),
        (
            "<Rate>10<".to_owned(),
            "<Rate>99999999999999<",
            "Arithmetic overflow error converting numeric to data type money.",
        ),
        (
            "<InvoiceDate>2026-03-01T00:00:00</InvoiceDate>".to_owned(),
            "",
            "SqlDateTime overflow. Must be between 1/1/1753 12:00:00 AM and 12/31/9999 11:59:59 PM.",
        ),
    ];
    for (part, replacement, detail) in cases {
        assert!(good.contains(&part), "{part}");
        let reply = call(&twin, "InsertInvoice", &good.replace(&part, replacement)).await;
        reply.expect_no(detail);
        assert_eq!(reply.first("InsertInvoiceResult"), "0");
    }
    call(&twin, "InsertInvoice", "").await.expect_no("There is no customer with the ID 0");
    assert!(twin.books().invoices().is_empty() && twin.books().trial_balance().is_empty());
}

#[tokio::test]
async fn charge_type_zero_is_other_and_minus_one_is_exempt() {
    let twin = started().await;
    insert(&twin, &invoice("A", &line_on(0, "1", "10", "-1", "0", 0))).await;
    let invoice = twin.books().invoices().remove(0);
    assert_eq!((invoice.lines[0].nominal_code, invoice.lines[0].vat_rate.as_str()), (4910, "-1.0000"));
    assert_eq!(twin.books().balance_pence(4910), -1_000);
}

#[tokio::test]
async fn lines_need_their_type() {
    let twin = started().await;
    let typed = line("1", "10", "20", "2", 0);
    let untyped = invoice("A", &typed.replace(" xsi:type=\"InvoiceLine\"", ""));
    let fault = call(&twin, "InsertInvoice", &untyped).await;
    fault
        .expect_fault("Unable to cast object of type 'System.Xml.XmlNode[]' to type 'KashFlow.InvoiceLine'.");
    assert_eq!(fault.first("faultcode"), "soap:Server");
    let foreign = invoice("A", &typed.replace("\"InvoiceLine\"", "\"JournalLine\""));
    call(&twin, "InsertInvoice", &foreign).await.expect_fault("The specified type was not recognized");
    assert!(twin.books().invoices().is_empty());

    // Lines under another name are no lines: the invoice is accepted without them.
    let misnamed =
        typed.replace("anyType xsi:type=\"InvoiceLine\"", "InvoiceLine").replace("anyType", "InvoiceLine");
    insert(&twin, &invoice("B", &misnamed)).await;
    let reply = call(&twin, "GetInvoice", "<InvoiceNumber>1</InvoiceNumber>").await.expect_ok();
    assert_eq!((reply.first("Lines"), reply.first("NetAmount")), ("", "0.0000"));
}

#[tokio::test]
async fn lines_are_sorted_and_lose_their_line_breaks() {
    let twin = started().await;
    let numbered = |sort: i32, text: &str| {
        let sorted = line("1", "1", "0", "0", 0).replace("<Sort>1<", &format!("<Sort>{sort}<"));
        sorted.replace(">Tent<", &format!(">{text}<"))
    };
    insert(&twin, &invoice("A", &(numbered(2, "second") + &numbered(1, "first\nof &#13;&#10;all")))).await;
    let invoice = twin.books().invoices().remove(0);
    let descriptions: Vec<&str> = invoice.lines.iter().map(|line| line.description.as_str()).collect();
    assert_eq!(descriptions, ["first of all", "second"]);
}

#[tokio::test]
async fn stock_moves_with_managed_products_only() {
    let twin = started().await;
    let stock = || twin.books().products()[0].quantity_in_stock;
    insert(&twin, &invoice("A", &line("3", "100", "20", "60", TENT_ID))).await;
    assert_eq!(stock(), 7);
    insert(&twin, &invoice("B", &line("-2", "100", "20", "-40", TENT_ID))).await;
    assert_eq!(stock(), 9);
    insert(&twin, &invoice("C", &line("1", "-100", "20", "-20", TENT_ID))).await;
    assert_eq!(stock(), 10);

    let unmanaged = "<sp><id>2745024</id><ParentID>17387826</ParentID><Code>TENT-2</Code><VatRate>20</VatRate>\
        <QtyInStock>4</QtyInStock></sp>";
    call(&twin, "AddOrUpdateSubProduct", unmanaged).await.expect_ok();
    insert(&twin, &invoice("D", &line("3", "100", "20", "60", TENT_ID))).await;
    assert_eq!(stock(), 4);
}

#[tokio::test]
async fn invoices_are_listed_by_customer_date_and_age() {
    let twin = started().await;
    for (reference, date) in
        [("A", "2026-02-28T00:00:00"), ("B", "2026-03-01T00:00:00"), ("C", "2026-03-31T23:59:59")]
    {
        insert(&twin, &numbered_invoice(0, reference, date, &line("1", "1", "0", "0", 0))).await;
    }
    let customer = format!("<CustID>{JANE_ID}</CustID>");
    let march = "<StartDate>2026-03-01T00:00:00</StartDate><EndDate>2026-03-31T23:59:59</EndDate>";
    let cases = [
        ("GetInvoicesForCustomer", customer.as_str(), vec!["A", "B", "C"]),
        ("GetInvoicesForCustomer", "<CustID>5</CustID>", vec![]),
        ("GetInvoicesByDateRange", march, vec!["B", "C"]),
        ("GetInvoicesByDateRange", "<StartDate>2027-01-01T00:00:00</StartDate>", vec![]),
        ("GetInvoices_Recent", "<NumberOfInvoices>2</NumberOfInvoices>", vec!["C", "B"]),
        ("GetInvoices_Recent", "<NumberOfInvoices>0</NumberOfInvoices>", vec![]),
    ];
    for (operation, parameters, references) in cases {
        let reply = call(&twin, operation, parameters).await.expect_ok();
        assert_eq!(reply.all("CustomerReference"), references, "{operation} {parameters}");
        assert_eq!(reply.all("Rate").len(), references.len());
        assert_eq!(reply.body().contains(&format!("<{operation}Result/>")), references.is_empty());
    }
    let unknown = call(&twin, "GetInvoice", "<InvoiceNumber>9</InvoiceNumber>").await;
    unknown.expect_no("There is no invoice with the number 9");
    let number_as_id = call(&twin, "GetInvoiceByID", "<InvoiceID>1</InvoiceID>").await;
    number_as_id.expect_no("There is no invoice with the ID 1");
}

#[tokio::test]
async fn nothing_can_be_entered_before_the_lock_date() {
    let twin = started().await;
    insert(&twin, &invoice("A", &line("1", "10", "20", "2", 0))).await;
    twin.edit(|account| account.set_transaction_lock(chrono::NaiveDate::from_ymd_opt(2026, 3, 2)));
    let locked = "The date is before the transaction lock date";
    call(&twin, "InsertInvoice", &invoice("B", &line("1", "1", "0", "0", 0))).await.expect_no(locked);
    let overwriting = numbered_invoice(1, "C", "2026-03-02T00:00:00", &line("1", "1", "0", "0", 0));
    call(&twin, "InsertInvoice", &overwriting).await.expect_no(locked);
    insert(&twin, &numbered_invoice(0, "D", "2026-03-02T00:00:00", &line("1", "1", "0", "0", 0))).await;
    let early = payment(1, 148_202, "12").replace("2026-03-10", "2026-03-01");
    call(&twin, "InsertInvoicePayment", &early).await.expect_no(locked);
}

#[tokio::test]
async fn notes_and_delivery_addresses_are_kept() {
    let twin = started().await;
    let address = "<DeliveryAddress><Name>Jane</Name><PostCode>LS1 4AP</PostCode></DeliveryAddress>\
        <UseCustomDeliveryAddress>true<";
    let stated = invoice("A", "").replace("<UseCustomDeliveryAddress>false<", address);
    insert(&twin, &stated).await;
    let note =
        "<InvoiceId>72655684</InvoiceId><NoteDate>2026-03-01T10:00:00</NoteDate><Notes>From Amazon</Notes>";
    let reply = call(&twin, "InsertInvoiceNote", note).await.expect_ok();
    assert_eq!(reply.first("InsertInvoiceNoteResult"), "true");
    let by_number = call(&twin, "InsertInvoiceNote", &note.replace("72655684", "1")).await;
    by_number.expect_no("There is no invoice with the ID 1");
    assert_eq!(by_number.first("InsertInvoiceNoteResult"), "false");
    assert_eq!(twin.books().invoices()[0].notes[0].text, "From Amazon");
    let kept = call(&twin, "GetInvoice", "<InvoiceNumber>1</InvoiceNumber>").await.expect_ok();
    assert_eq!((kept.first("PostCode"), kept.first("UseCustomDeliveryAddress")), ("LS1 4AP", "true"));
}
