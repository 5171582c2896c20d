//! Suppliers: the whole request, and every shape of "none".

use crate::finding::Code;
use crate::kashflow::fixture;
use crate::remote::FailureClass;

use super::*;

fn code() -> SupplierCode {
    SupplierCode::new("AMAZONEU").expect("a code")
}

fn insert(response: &HttpResponse) -> Result<SupplierId, CallFailure> {
    let card = SupplierCard { code: code(), name: "Amazon EU S.à r.l. & Co".into() };
    let created = NaiveDate::from_ymd_opt(2026, 11, 2).expect("a date");
    InsertSupplier { card: &card, created }.parse(response)
}

#[test]
fn a_supplier_is_found_by_its_code() {
    let code = code();
    let call = GetSupplier { code: &code };
    assert_eq!(fixture::parameters(&call.request()), "<SupplierCode>AMAZONEU</SupplierCode>");
    assert!(!call.request().writes);
    let result = "<GetSupplierResult><SupplierID>55</SupplierID><Code>AMAZONEU</Code><Name>Amazon</Name>\
                  <Contact /></GetSupplierResult>";
    let expected = SupplierRecord { id: SupplierId(55), code: "AMAZONEU".into(), name: "Amazon".into() };
    assert_eq!(call.parse(&fixture::ok("GetSupplier", result)), Ok(Some(expected)));
}

#[test]
fn a_supplier_that_is_not_there_is_none_and_a_refused_caller_is_a_failure() {
    let code = code();
    let call = GetSupplier { code: &code };
    let shapes = [
        fixture::no("GetSupplier", "There is no supplier with that code"),
        fixture::no("GetSupplier", "Invalid supplier"),
        fixture::ok("GetSupplier", "<GetSupplierResult><SupplierID>0</SupplierID></GetSupplierResult>"),
        fixture::ok("GetSupplier", "<GetSupplierResult xsi:nil=\"true\" />"),
    ];
    for response in shapes {
        assert_eq!(call.parse(&response), Ok(None));
    }
    let refused = call.parse(&fixture::no("GetSupplier", "Incorrect username or password"));
    assert_eq!(refused.expect_err("refused").finding.code, Code::KashFlowLoginRefused);
    let broken =
        fixture::ok("GetSupplier", "<GetSupplierResult><SupplierID>x</SupplierID></GetSupplierResult>");
    assert_eq!(call.parse(&broken).expect_err("unreadable").finding.code, Code::KashFlowUnreadable);
}

#[test]
fn a_new_supplier_is_written_whole_and_in_order() {
    let card = SupplierCard { code: code(), name: "Amazon EU S.à r.l. & Co".into() };
    let created = NaiveDate::from_ymd_opt(2026, 11, 2).expect("a date");
    let request = InsertSupplier { card: &card, created }.request();
    assert_eq!(
        fixture::parameters(&request),
        "<supl><SupplierID>0</SupplierID><Code>AMAZONEU</Code><Name>Amazon EU S.à r.l. &amp; Co</Name><Contact/>\
         <Mobile/><Fax/><Address1/><Address2/><Address3/><Address4/><PostCode/><Telephone/><Website/><Email/>\
         <Created>2026-11-02T00:00:00</Created><Updated>2026-11-02T00:00:00</Updated><EC>0</EC><VATNumber/><Notes/>\
         <CurrencyID>0</CurrencyID><PaymentTerms>0</PaymentTerms><ContactTitle/><ContactFirstName/>\
         <ContactLastName/></supl>"
    );
    assert!(request.writes);
}

#[test]
fn a_new_supplier_has_an_id_or_loses_a_race_or_is_in_doubt() {
    let made = insert(&fixture::ok("InsertSupplier", "<InsertSupplierResult>55</InsertSupplierResult>"));
    assert_eq!(made, Ok(SupplierId(55)));
    let taken = insert(&fixture::no("InsertSupplier", "Supplier Code is not unique")).expect_err("taken");
    assert_eq!((taken.class, taken.finding.code), (FailureClass::Conflict, Code::SupplierCodeTaken));
    let unknown = insert(&fixture::ok("InsertSupplier", "<InsertSupplierResult>0</InsertSupplierResult>"));
    assert_eq!(unknown.expect_err("no id").class, FailureClass::Ambiguous);
}
