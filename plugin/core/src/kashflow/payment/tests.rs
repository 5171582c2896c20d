//! Payments as whole requests, and answers of none, one, many, refused and unreadable.

use chrono::NaiveDate;

use crate::canonical::Money;
use crate::finding::Code;
use crate::kashflow::fixture;
use crate::remote::FailureClass;

use super::*;

fn date(day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, day).expect("a date")
}

fn payment(minor: i64) -> Payment {
    Payment {
        date: date(9),
        amount: Money::new(minor, Currency::GBP),
        account: BankAccountId(148_202),
        method: PaymentMethodId(131_285),
        note: "Amazon settlement 11122233344 & more".into(),
    }
}

fn row(id: i64, amount: &str) -> String {
    format!(
        "<Payment><PayID>{id}</PayID><PayInvoice>42</PayInvoice><PayDate>2026-11-09T00:00:00</PayDate>\
         <PayNote> S1 </PayNote><PayMethod>131285</PayMethod><PayAccount>148202</PayAccount>\
         <PayAmount>{amount}</PayAmount></Payment>"
    )
}

fn posted(id: i64, amount: Money) -> PostedPayment {
    let account = BankAccountId(148_202);
    PostedPayment { id: PaymentId(id), date: date(9), amount, account, note: "S1".into() }
}

fn of_invoice(rows: &str) -> Result<Vec<PostedPayment>, CallFailure> {
    let result = format!("<GetInvoicePaymentResult>{rows}</GetInvoicePaymentResult>");
    GetInvoicePayment { number: InvoiceNumber(42), currency: Currency::GBP }
        .parse(&fixture::ok("GetInvoicePayment", &result))
}

#[test]
fn lookups_send_their_parameters() {
    let invoice = GetInvoicePayment { number: InvoiceNumber(42), currency: Currency::GBP }.request();
    assert_eq!(fixture::parameters(&invoice), "<InvoiceNumber>42</InvoiceNumber>");
    let purchase = GetReceiptPayment { number: PurchaseNumber(7), currency: Currency::GBP }.request();
    assert_eq!(fixture::parameters(&purchase), "<ReceiptNumber>7</ReceiptNumber>");
    let methods = [GetInvPayMethods.request(), GetRecPayMethods.request()];
    assert_eq!(methods.each_ref().map(|request| request.operation), ["GetInvPayMethods", "GetRecPayMethods"]);
    for request in methods.iter().chain([&invoice, &purchase]) {
        assert!(!request.writes);
    }
    assert!(methods.iter().all(|request| fixture::parameters(request).is_empty()));
}

#[test]
fn payments_are_none_one_or_many_in_the_currency_of_their_document() {
    let gbp = |minor| Money::new(minor, Currency::GBP);
    assert_eq!(of_invoice(""), Ok(vec![]));
    assert_eq!(of_invoice(&row(1, "117.5000")), Ok(vec![posted(1, gbp(11750))]));
    let many = [row(1, "117.5000"), row(2, "-17.50")].concat();
    assert_eq!(of_invoice(&many), Ok(vec![posted(1, gbp(11750)), posted(2, gbp(-1750))]));

    let result = format!("<GetReceiptPaymentResult>{}</GetReceiptPaymentResult>", row(3, "5.0000"));
    let purchase = GetReceiptPayment { number: PurchaseNumber(7), currency: Currency::EUR }
        .parse(&fixture::ok("GetReceiptPayment", &result));
    assert_eq!(purchase, Ok(vec![posted(3, Money::new(500, Currency::EUR))]));
}

/// To read a refusal as "none" would pay the invoice twice.
#[test]
fn refused_and_unreadable_payments_are_failures_and_never_none() {
    let refused = GetInvoicePayment { number: InvoiceNumber(42), currency: Currency::GBP }
        .parse(&fixture::no("GetInvoicePayment", "There are no payments"));
    let refused = refused.expect_err("refused");
    assert_eq!((refused.class, refused.finding.code), (FailureClass::Rejected, Code::KashFlowRefused));
    let broken = of_invoice(&row(1, "a lot")).expect_err("unreadable");
    assert_eq!((broken.class, broken.finding.code), (FailureClass::Transient, Code::KashFlowUnreadable));
    assert!(broken.finding.message.contains("its PayAmount in Payment"), "{}", broken.finding.message);
}

#[test]
fn a_payment_is_written_whole_and_in_order() {
    let invoice = InsertInvoicePayment { document: InvoiceNumber(42), payment: &payment(-2350) }.request();
    let content = |amount: &str, document: i64| {
        format!(
            "<PayID>0</PayID><PayInvoice>{document}</PayInvoice><PayDate>2026-11-09T00:00:00</PayDate>\
             <PayNote>Amazon settlement 11122233344 &amp; more</PayNote><PayMethod>131285</PayMethod>\
             <PayAccount>148202</PayAccount><PayAmount>{amount}</PayAmount>"
        )
    };
    let expected = format!("<InvoicePayment>{}</InvoicePayment>", content("-23.50", 42));
    assert_eq!(fixture::parameters(&invoice), expected, "a credit note is paid out");
    let purchase = InsertReceiptPayment { document: PurchaseNumber(7), payment: &payment(2350) }.request();
    let expected = format!("<ReceiptPayment>{}</ReceiptPayment>", content("23.50", 7));
    assert_eq!(fixture::parameters(&purchase), expected);
    assert!(invoice.writes && purchase.writes);
}

#[test]
fn a_new_payment_has_an_id_or_is_refused_or_in_doubt() {
    let document = PurchaseNumber(7);
    let money = payment(2350);
    let call = InsertReceiptPayment { document, payment: &money };
    let paid = call.parse(&fixture::ok(
        "InsertReceiptPayment",
        "<InsertReceiptPaymentResult>9</InsertReceiptPaymentResult>",
    ));
    assert_eq!(paid, Ok(PaymentId(9)));
    let zero = call.parse(&fixture::ok(
        "InsertReceiptPayment",
        "<InsertReceiptPaymentResult>0</InsertReceiptPaymentResult>",
    ));
    assert_eq!(zero.expect_err("no id").class, FailureClass::Ambiguous);

    let call = InsertInvoicePayment { document: InvoiceNumber(42), payment: &money };
    let paid = call.parse(&fixture::ok(
        "InsertInvoicePayment",
        "<InsertInvoicePaymentResult>8</InsertInvoicePaymentResult>",
    ));
    assert_eq!(paid, Ok(PaymentId(8)));
    let refused =
        call.parse(&fixture::no("InsertInvoicePayment", "The date is locked")).expect_err("refused");
    assert_eq!(refused.class, FailureClass::Rejected);
    assert!(refused.finding.message.starts_with("InsertInvoicePayment (payment of invoice 42): "));
    let lost = call.parse(&fixture::http(503, "Service Unavailable")).expect_err("in doubt");
    assert_eq!((lost.class, lost.finding.code), (FailureClass::Ambiguous, Code::AnswerLost));
}

#[test]
fn payment_methods_are_read() {
    let row = "<PaymentMethod><MethodID>131285</MethodID><MethodName>Amazon</MethodName></PaymentMethod>";
    let expected = vec![PaymentMethod { id: PaymentMethodId(131_285), name: "Amazon".into() }];
    let invoices = format!("<GetInvPayMethodsResult>{row}</GetInvPayMethodsResult>");
    assert_eq!(GetInvPayMethods.parse(&fixture::ok("GetInvPayMethods", &invoices)), Ok(expected.clone()));
    let purchases = format!("<GetRecPayMethodsResult>{row}</GetRecPayMethodsResult>");
    assert_eq!(GetRecPayMethods.parse(&fixture::ok("GetRecPayMethods", &purchases)), Ok(expected));
    assert_eq!(
        GetRecPayMethods.parse(&fixture::ok("GetRecPayMethods", "<GetRecPayMethodsResult/>")),
        Ok(vec![])
    );
    let refused = GetRecPayMethods.parse(&fixture::no("GetRecPayMethods", "Incorrect username or password"));
    assert_eq!(refused.expect_err("refused").finding.code, Code::KashFlowLoginRefused);
}
