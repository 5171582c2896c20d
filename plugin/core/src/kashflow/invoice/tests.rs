//! Requests compared as whole texts, answers in every shape that KashFlow is known or likely to give.

use crate::canonical::{
    Amounts, Currency, DocumentId, ExchangeRate, Money, NominalId, OrderId, ProductId, VatRate,
};
use crate::finding::Code;
use crate::kashflow::{ApplyCreditNote, fixture};
use crate::remote::FailureClass;

use super::*;

const ORDER: &str = "026-1234567-1234567";

fn reference() -> DocumentReference {
    DocumentReference::invoice(&OrderId::new(ORDER).expect("an id"), 1)
}

fn date(day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, day).expect("a date")
}

fn money(minor: i64) -> Money {
    Money::new(minor, Currency::GBP)
}

fn line(
    description: &str,
    unit_price: i64,
    quantity: i64,
    vat: i64,
    vat_rate: Option<VatRate>,
) -> DocumentLine {
    DocumentLine {
        description: description.into(),
        quantity,
        unit_price: money(unit_price),
        vat: money(vat),
        vat_rate,
        nominal: NominalId(17_387_826),
        product: None,
    }
}

fn sales_invoice() -> SalesDocument {
    let mug = DocumentLine {
        product: Some(ProductId(991)),
        ..line("Mug \"A&B\"\n2 × <blue>", 1000, 2, 400, Some(VatRate::from_basis_points(2000)))
    };
    let lines = vec![
        mug,
        line("Heating pad", 500, 1, 25, Some(VatRate::from_basis_points(500))),
        line("Discount", -100, 1, -20, Some(VatRate::from_basis_points(1750))),
        line("Stamps", 300, 1, 0, None),
    ];
    SalesDocument::new(reference(), date(2), date(30), ExchangeRate::home(), lines, money(3105))
        .expect("it balances")
}

fn insert(response: &HttpResponse) -> Result<InvoiceNumber, CallFailure> {
    InsertInvoice { document: &sales_invoice(), customer: CustomerId(4711) }.parse(response)
}

fn row(number: i64, reference: &str, currency: &str) -> String {
    format!(
        "<InvoiceDBID>88{number}</InvoiceDBID><InvoiceNumber>{number}</InvoiceNumber>\
         <InvoiceDate>2026-11-02T00:00:00</InvoiceDate><DueDate>2026-11-30T00:00:00</DueDate>\
         <Customer>Jane Roe</Customer><CustomerID>4711</CustomerID><Paid>0</Paid>\
         <CustomerReference>{reference}</CustomerReference><CurrencyCode>{currency}</CurrencyCode>\
         <ExchangeRate>1.0000</ExchangeRate><Lines><anyType xsi:type=\"InvoiceLine\"><Quantity>2.0000</Quantity>\
         <Description>Mug</Description><Rate>58.7500</Rate><ChargeType>17387826</ChargeType>\
         <VatRate>20.0000</VatRate><VatAmount>23.5000</VatAmount><ProductID>991</ProductID><Sort>1</Sort>\
         <ProjID>0</ProjID><LineID>133</LineID><Sku>MUG</Sku></anyType></Lines><NetAmount>117.5000</NetAmount><VATAmount>23.50</VATAmount>\
         <AmountPaid>0.0000</AmountPaid><CISRCNetAmount xsi:nil=\"true\" /><IsCISReverseCharge xsi:nil=\"true\" />"
    )
}

fn record(number: i64, reference: &str) -> PostedDocument {
    PostedDocument {
        id: DocumentId(8800 + number),
        number: InvoiceNumber(number),
        customer: CustomerId(4711),
        reference: reference.into(),
        date: date(2),
        exchange_rate: ExchangeRate::parse("1.0000").expect("a rate"),
        net: money(11750),
        vat: money(2350),
        paid: money(0),
        lines: Some(vec![DocumentLine {
            description: "Mug".into(),
            quantity: 2,
            unit_price: money(5875),
            vat: money(2350),
            vat_rate: Some(VatRate::from_basis_points(2000)),
            nominal: NominalId(17_387_826),
            product: Some(ProductId(991)),
        }]),
    }
}

#[test]
fn lookups_send_their_parameters() {
    let number = GetInvoice { number: InvoiceNumber(42) }.request();
    assert_eq!(fixture::parameters(&number), "<InvoiceNumber>42</InvoiceNumber>");
    let customer = GetInvoicesForCustomer { customer: CustomerId(4711), reference: &reference() }.request();
    assert_eq!(fixture::parameters(&customer), "<CustID>4711</CustID>");
    let range = GetInvoicesByDateRange { from: date(1), to: date(2), reference: &reference() }.request();
    assert_eq!(
        fixture::parameters(&range),
        "<StartDate>2026-11-01T00:00:00</StartDate><EndDate>2026-11-02T23:59:59</EndDate>"
    );
    assert!([number, customer, range].iter().all(|request| !request.writes));
}

#[test]
fn an_invoice_is_read() {
    let result = format!("<GetInvoiceResult>{}</GetInvoiceResult>", row(42, ORDER, "GBP"));
    let call = GetInvoice { number: InvoiceNumber(42) };
    assert_eq!(call.parse(&fixture::ok("GetInvoice", &result)), Ok(Some(record(42, ORDER))));

    let euros = format!("<GetInvoiceResult>{}</GetInvoiceResult>", row(42, "", "EUR"));
    let euros = call.parse(&fixture::ok("GetInvoice", &euros)).expect("accepted").expect("found");
    assert_eq!((euros.net, euros.reference.as_str()), (Money::new(11750, Currency::EUR), ""));
}

#[test]
fn an_invoice_that_is_not_there_is_none() {
    let blank = "<GetInvoiceResult><InvoiceDBID>0</InvoiceDBID><InvoiceNumber>0</InvoiceNumber>\
                 <InvoiceDate>0001-01-01T00:00:00</InvoiceDate></GetInvoiceResult>";
    let shapes = [
        fixture::no("GetInvoice", "There is no invoice with that number"),
        fixture::ok("GetInvoice", blank),
        fixture::ok("GetInvoice", "<GetInvoiceResult xsi:nil=\"true\" />"),
    ];
    for response in shapes {
        assert_eq!(GetInvoice { number: InvoiceNumber(42) }.parse(&response), Ok(None));
    }
    let refused = GetInvoice { number: InvoiceNumber(42) }.parse(&fixture::no("GetInvoice", "Not now"));
    assert_eq!(refused.expect_err("refused").finding.code, Code::KashFlowRefused);
}

#[test]
fn lists_are_none_one_or_many_invoices() {
    let for_customer = |rows: &str| {
        let result = format!("<GetInvoicesForCustomerResult>{rows}</GetInvoicesForCustomerResult>");
        GetInvoicesForCustomer { customer: CustomerId(4711), reference: &reference() }
            .parse(&fixture::ok("GetInvoicesForCustomer", &result))
    };
    let one = format!("<Invoice>{}</Invoice>", row(42, ORDER, ""));
    let two = format!("{one}<Invoice>{}</Invoice>", row(43, "PO 7", "GBP"));
    assert_eq!(for_customer(""), Ok(vec![]));
    assert_eq!(for_customer(&one), Ok(vec![record(42, ORDER)]));
    assert_eq!(for_customer(&two), Ok(vec![record(42, ORDER)]), "the other is somebody else's");
    let twice = format!("{one}<Invoice>{}</Invoice>", row(43, ORDER, "GBP"));
    assert_eq!(for_customer(&twice), Ok(vec![record(42, ORDER), record(43, ORDER)]));

    let range = format!("<GetInvoicesByDateRangeResult>{two}</GetInvoicesByDateRangeResult>");
    let range = GetInvoicesByDateRange { from: date(1), to: date(2), reference: &reference() }
        .parse(&fixture::ok("GetInvoicesByDateRange", &range))
        .expect("accepted");
    assert_eq!(range.len(), 1);
}

/// "None" is an empty list with status OK. Reading a refusal as "none" would post the order again.
#[test]
fn a_refused_list_is_a_failure_whatever_its_words() {
    for words in ["There are no invoices for that customer", "The invoice list could not be found in time"] {
        let refused = GetInvoicesForCustomer { customer: CustomerId(4711), reference: &reference() }
            .parse(&fixture::no("GetInvoicesForCustomer", words));
        assert_eq!(refused.expect_err(words).finding.code, Code::KashFlowRefused);
    }
}

#[test]
fn an_unreadable_invoice_of_somebody_else_stops_nothing() {
    let broken = row(43, "PO 7", "Euro").replace("<InvoiceDate>2026-11-02", "<InvoiceDate>02/11/2026");
    let result =
        format!("<GetInvoicesForCustomerResult><Invoice>{broken}</Invoice></GetInvoicesForCustomerResult>");
    let read = GetInvoicesForCustomer { customer: CustomerId(4711), reference: &reference() }
        .parse(&fixture::ok("GetInvoicesForCustomer", &result));
    assert_eq!(read, Ok(vec![]));
}

#[test]
fn an_invoice_that_cannot_be_read_is_never_left_out_of_a_list() {
    let broken = row(42, ORDER, "GBP").replace("<InvoiceDate>2026-11-02", "<InvoiceDate>02/11/2026");
    let result = format!(
        "<GetInvoicesForCustomerResult><Invoice>{broken}</Invoice><Invoice>{}</Invoice></GetInvoicesForCustomerResult>",
        row(43, "", "GBP")
    );
    let failure = GetInvoicesForCustomer { customer: CustomerId(4711), reference: &reference() }
        .parse(&fixture::ok("GetInvoicesForCustomer", &result))
        .expect_err("unreadable");
    assert_eq!((failure.class, failure.finding.code), (FailureClass::Transient, Code::KashFlowUnreadable));
    assert_eq!(
        failure.finding.message,
        "GetInvoicesForCustomer (invoices of customer 4711): the answer cannot be read: \
         its InvoiceDate in Invoice; nothing was changed; if it lasts, check the endpoint and what stands before it"
    );
}

#[test]
fn a_new_invoice_is_written_whole_and_in_order() {
    let request = InsertInvoice { document: &sales_invoice(), customer: CustomerId(4711) }.request();
    let expected = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\
        <soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\" \
        xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" \
        xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\"><soap:Body><InsertInvoice xmlns=\"KashFlow\"><Inv>\
        <InvoiceDBID>0</InvoiceDBID><InvoiceNumber>0</InvoiceNumber>\
        <InvoiceDate>2026-11-02T00:00:00</InvoiceDate><DueDate>2026-11-30T00:00:00</DueDate><Customer/>\
        <CustomerID>4711</CustomerID><Paid>0</Paid><CustomerReference>026-1234567-1234567</CustomerReference>\
        <EstimateCategory/><SuppressTotal>0</SuppressTotal><ProjectID>0</ProjectID><CurrencyCode>GBP</CurrencyCode>\
        <ExchangeRate>1</ExchangeRate><ReadableString/><Lines>\
        <anyType xsi:type=\"InvoiceLine\"><Quantity>2</Quantity>\
        <Description>Mug &quot;A&amp;B&quot; 2 × &lt;blue&gt;</Description><Rate>10.00</Rate>\
        <ChargeType>17387826</ChargeType><VatRate>20</VatRate><VatAmount>4.00</VatAmount><ProductID>991</ProductID>\
        <Sort>1</Sort><ProjID>0</ProjID><LineID>0</LineID><ValuesInCurrency>1</ValuesInCurrency></anyType>\
        <anyType xsi:type=\"InvoiceLine\"><Quantity>1</Quantity><Description>Heating pad</Description>\
        <Rate>5.00</Rate><ChargeType>17387826</ChargeType><VatRate>5</VatRate><VatAmount>0.25</VatAmount>\
        <ProductID>0</ProductID><Sort>2</Sort><ProjID>0</ProjID><LineID>0</LineID>\
        <ValuesInCurrency>1</ValuesInCurrency></anyType>\
        <anyType xsi:type=\"InvoiceLine\"><Quantity>1</Quantity><Description>Discount</Description>\
        <Rate>-1.00</Rate><ChargeType>17387826</ChargeType><VatRate>17.5</VatRate><VatAmount>-0.20</VatAmount>\
        <ProductID>0</ProductID><Sort>3</Sort><ProjID>0</ProjID><LineID>0</LineID>\
        <ValuesInCurrency>1</ValuesInCurrency></anyType>\
        <anyType xsi:type=\"InvoiceLine\"><Quantity>1</Quantity><Description>Stamps</Description>\
        <Rate>3.00</Rate><ChargeType>17387826</ChargeType><VatRate>-1</VatRate><VatAmount>0.00</VatAmount>\
        <ProductID>0</ProductID><Sort>4</Sort><ProjID>0</ProjID><LineID>0</LineID>\
        <ValuesInCurrency>1</ValuesInCurrency></anyType></Lines>\
        <NetAmount>0</NetAmount><VATAmount>0</VATAmount><AmountPaid>0</AmountPaid><CustomerName/><PermaLink/>\
        <UseCustomDeliveryAddress>false</UseCustomDeliveryAddress></Inv></InsertInvoice></soap:Body></soap:Envelope>";
    assert_eq!(String::from_utf8(request.body).expect("UTF-8"), expected);
    assert!(request.writes);
    let action =
        request.headers.iter().find(|(name, _)| *name == "SOAPAction").map(|(_, value)| value.as_str());
    assert_eq!(action, Some("\"KashFlow/InsertInvoice\""));
}

#[test]
fn a_new_invoice_has_a_number_or_is_in_doubt() {
    let number = fixture::ok("InsertInvoice", "<InsertInvoiceResult>1042</InsertInvoiceResult>");
    assert_eq!(insert(&number), Ok(InvoiceNumber(1042)));
    let doubtful = [
        fixture::ok("InsertInvoice", "<InsertInvoiceResult>0</InsertInvoiceResult>"),
        fixture::ok("InsertInvoice", ""),
        fixture::http(200, "<html><body>Server too busy</body></html>"),
        fixture::http(503, "Service Unavailable"),
        fixture::fault(500, "Server was unable to process request. ---&gt; Timeout expired."),
    ];
    for response in doubtful {
        let failure = insert(&response).expect_err("in doubt");
        assert_eq!((failure.class, failure.finding.code), (FailureClass::Ambiguous, Code::AnswerLost));
        assert!(failure.finding.message.starts_with("InsertInvoice (invoice 026-1234567-1234567): "));
    }
}

#[test]
fn a_refused_invoice_was_not_written() {
    let refused = insert(&fixture::no("InsertInvoice", "There is no invoice template")).expect_err("refused");
    assert_eq!((refused.class, refused.finding.code), (FailureClass::Rejected, Code::KashFlowRefused));
    let fault = fixture::fault(500, "The string 'x' is not a valid AllXsd value.");
    let refused = insert(&fault).expect_err("refused");
    assert_eq!((refused.class, refused.finding.code), (FailureClass::Rejected, Code::KashFlowRefused));
    assert!(refused.finding.message.contains("`The string 'x' is not a valid AllXsd value.`"));
}

/// Somebody else's invoice with such a line can be found and compared; only taking it back needs each line.
#[test]
fn a_line_of_another_form_leaves_the_invoice_without_lines() {
    let read = |from: &str, to: &str| {
        let row = row(42, ORDER, "GBP").replace(from, to);
        let result = format!("<GetInvoiceResult>{row}</GetInvoiceResult>");
        let call = GetInvoice { number: InvoiceNumber(42) };
        call.parse(&fixture::ok("GetInvoice", &result)).expect("accepted").expect("found")
    };
    for (from, to) in [
        ("<Quantity>2.0000", "<Quantity>1.5000"),
        ("<Rate>58.7500", "<Rate>58.7512"),
        ("<VatRate>20.0000", "<VatRate>reduced"),
        ("<ChargeType>17387826", "<ChargeType>Sales"),
    ] {
        let document = read(from, to);
        assert_eq!((document.amounts(), document.lines), (record(42, ORDER).amounts(), None), "{to}");
    }
    let exempt = read("<VatRate>20.0000", "<VatRate>-1.0000").lines.expect("lines");
    assert_eq!(exempt[0].vat_rate, None);
}

#[test]
fn a_credit_note_is_an_invoice_with_the_signs_of_its_prices_turned() {
    let credit_note = DocumentReference::credit_note(&OrderId::new(ORDER).expect("an id"), 1);
    let document = SalesDocument::reversal(&record(42, ORDER), credit_note, date(9)).expect("it balances");
    assert_eq!(document.amounts(), Amounts { net: money(-11750), vat: money(-2350) });
    let request = InsertInvoice { document: &document, customer: CustomerId(4711) }.request();
    let written = fixture::parameters(&request);
    for part in [
        "<InvoiceNumber>0</InvoiceNumber><InvoiceDate>2026-11-09T00:00:00</InvoiceDate>",
        "<CustomerReference>026-1234567-1234567 CN1</CustomerReference>",
        "<Quantity>2</Quantity><Description>Mug</Description><Rate>-58.75</Rate><ChargeType>17387826</ChargeType>\
         <VatRate>20</VatRate><VatAmount>-23.50</VatAmount><ProductID>991</ProductID>",
    ] {
        assert!(written.contains(part), "{part} in {written}");
    }
}

#[test]
fn a_credit_note_is_applied_by_database_ids_or_is_in_doubt() {
    let apply = ApplyCreditNote { invoice: DocumentId(72_655_684), credit_note: DocumentId(72_655_685) };
    let request = apply.request();
    assert_eq!(
        fixture::parameters(&request),
        "<InvoiceID>72655684</InvoiceID><CreditNoteID>72655685</CreditNoteID>"
    );
    assert!(request.writes);
    let answered = |result: &str| {
        let element = format!("<applyCreditNoteToInvoiceResult>{result}</applyCreditNoteToInvoiceResult>");
        apply.parse(&fixture::ok("applyCreditNoteToInvoice", &element))
    };
    assert_eq!(answered("true"), Ok(()));
    assert_eq!(answered("false").expect_err("not applied").class, FailureClass::Rejected);
    assert_eq!(answered("perhaps").expect_err("in doubt").class, FailureClass::Ambiguous);
    let refused = apply.parse(&fixture::no("applyCreditNoteToInvoice", "There is nothing left to credit"));
    assert_eq!(refused.expect_err("refused").class, FailureClass::Rejected);
}
