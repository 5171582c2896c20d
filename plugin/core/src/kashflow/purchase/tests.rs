//! Purchases as whole requests, and lists of none, one, many, refused and unreadable.

use chrono::NaiveDate;

use crate::canonical::{Currency, ExchangeRate, Money, NominalId, VatRate};
use crate::finding::Code;
use crate::kashflow::fixture;
use crate::remote::FailureClass;

use super::*;

const REFERENCE: &str = "AMZ 11122233344 FEES";

fn money(minor: i64) -> Money {
    Money::new(minor, Currency::GBP)
}

fn date() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 9).expect("a date")
}

fn fees() -> Purchase {
    let line = |description: &str, net, vat, vat_rate, nominal| PurchaseLine {
        description: description.into(),
        net: money(net),
        vat: money(vat),
        vat_rate,
        nominal: NominalId(nominal),
    };
    let lines = vec![
        line("Selling fees", 10_001, 2000, Some(VatRate::from_basis_points(2000)), 17),
        line("Fees given back", -500, 0, None, 18),
    ];
    Purchase::new(REFERENCE.into(), date(), ExchangeRate::home(), lines).expect("it adds up").expect("lines")
}

fn row(number: i64, reference: &str, net: &str) -> String {
    format!(
        "<Invoice><InvoiceDBID>88</InvoiceDBID><InvoiceNumber>{number}</InvoiceNumber>\
         <InvoiceDate>2026-11-09T00:00:00</InvoiceDate><CustomerID>55</CustomerID>\
         <CustomerReference>{reference}</CustomerReference><CurrencyCode /><NetAmount>{net}</NetAmount>\
         <VATAmount>20.0000</VATAmount><AmountPaid>0.0000</AmountPaid></Invoice>"
    )
}

fn posted(number: i64) -> PostedPurchase {
    PostedPurchase {
        number: PurchaseNumber(number),
        supplier: SupplierId(55),
        reference: REFERENCE.into(),
        date: date(),
        net: money(9501),
        vat: money(2000),
        paid: money(0),
    }
}

fn lookup(rows: &str) -> Result<Vec<PostedPurchase>, CallFailure> {
    let result = format!("<GetReceiptsForSupplierResult>{rows}</GetReceiptsForSupplierResult>");
    GetReceiptsForSupplier { supplier: SupplierId(55), reference: REFERENCE }
        .parse(&fixture::ok("GetReceiptsForSupplier", &result))
}

#[test]
fn purchases_are_looked_up_by_supplier_and_chosen_by_reference() {
    let request = GetReceiptsForSupplier { supplier: SupplierId(55), reference: REFERENCE }.request();
    assert_eq!(fixture::parameters(&request), "<SupplierID>55</SupplierID>");
    assert!(!request.writes);

    let (one, other) = (row(7, REFERENCE, "95.0100"), row(8, "PO 1", "not a number"));
    assert_eq!(lookup(""), Ok(vec![]));
    assert_eq!(lookup(&one), Ok(vec![posted(7)]));
    assert_eq!(lookup(&[other, one.clone()].concat()), Ok(vec![posted(7)]), "the other is somebody else's");
    assert_eq!(lookup(&[one, row(9, REFERENCE, "95.01")].concat()), Ok(vec![posted(7), posted(9)]));
}

/// To read a refusal as "none" would buy the same fees twice.
#[test]
fn a_refused_or_unreadable_list_is_a_failure() {
    let refused = GetReceiptsForSupplier { supplier: SupplierId(55), reference: REFERENCE }
        .parse(&fixture::no("GetReceiptsForSupplier", "There are no receipts for that supplier"));
    assert_eq!(refused.expect_err("refused").finding.code, Code::KashFlowRefused);
    let broken = lookup(&row(7, REFERENCE, "ninety")).expect_err("unreadable");
    assert_eq!((broken.class, broken.finding.code), (FailureClass::Transient, Code::KashFlowUnreadable));
}

#[test]
fn a_new_purchase_is_written_whole_and_in_order() {
    let request = InsertReceipt { purchase: &fees(), supplier: SupplierId(55) }.request();
    assert_eq!(
        fixture::parameters(&request),
        "<Inv><InvoiceDBID>0</InvoiceDBID><InvoiceNumber>0</InvoiceNumber>\
         <InvoiceDate>2026-11-09T00:00:00</InvoiceDate><DueDate>2026-11-09T00:00:00</DueDate><Customer/>\
         <CustomerID>55</CustomerID><Paid>0</Paid><CustomerReference>AMZ 11122233344 FEES</CustomerReference>\
         <EstimateCategory/><SuppressTotal>0</SuppressTotal><ProjectID>0</ProjectID><CurrencyCode>GBP</CurrencyCode>\
         <ExchangeRate>1</ExchangeRate><ReadableString/><Lines>\
         <anyType xsi:type=\"InvoiceLine\"><Quantity>1</Quantity><Description>Selling fees</Description>\
         <Rate>100.01</Rate><ChargeType>17</ChargeType><VatRate>20</VatRate><VatAmount>20.00</VatAmount>\
         <ProductID>0</ProductID><Sort>1</Sort><ProjID>0</ProjID><LineID>0</LineID>\
         <ValuesInCurrency>1</ValuesInCurrency></anyType>\
         <anyType xsi:type=\"InvoiceLine\"><Quantity>1</Quantity><Description>Fees given back</Description>\
         <Rate>-5.00</Rate><ChargeType>18</ChargeType><VatRate>-1</VatRate><VatAmount>0.00</VatAmount>\
         <ProductID>0</ProductID><Sort>2</Sort><ProjID>0</ProjID><LineID>0</LineID>\
         <ValuesInCurrency>1</ValuesInCurrency></anyType></Lines>\
         <NetAmount>0</NetAmount><VATAmount>0</VATAmount><AmountPaid>0</AmountPaid><CustomerName/><PermaLink/>\
         <UseCustomDeliveryAddress>false</UseCustomDeliveryAddress></Inv>"
    );
    assert!(request.writes);
}

#[test]
fn a_new_purchase_has_a_number_or_is_refused_or_in_doubt() {
    let purchase = fees();
    let call = InsertReceipt { purchase: &purchase, supplier: SupplierId(55) };
    let made = call.parse(&fixture::ok("InsertReceipt", "<InsertReceiptResult>7</InsertReceiptResult>"));
    assert_eq!(made, Ok(PurchaseNumber(7)));
    let refused = call.parse(&fixture::no("InsertReceipt", "There is no supplier")).expect_err("refused");
    assert_eq!(refused.class, FailureClass::Rejected);
    assert!(refused.finding.message.starts_with("InsertReceipt (purchase AMZ 11122233344 FEES): "));
    let lost = call.parse(&fixture::ok("InsertReceipt", "")).expect_err("in doubt");
    assert_eq!((lost.class, lost.finding.code), (FailureClass::Ambiguous, Code::AnswerLost));
}
