//! Requests compared as whole texts, answers in every shape that KashFlow is known or likely to give.

use crate::canonical::CountryCode;
use crate::finding::Code;
use crate::kashflow::fixture;
use crate::remote::FailureClass;

use super::*;

const JANE: &str = "<CustomerID>4711</CustomerID><Code>AMZ1F2E3D</Code><Name>Jane &amp; Joe Roe</Name>\
    <Contact>Jane Roe</Contact><Email>jane@example.com</Email><Postcode> LS1 4AP </Postcode><Notes xsi:nil=\"true\" />\
    <FutureElement><Deep>1</Deep></FutureElement>";

fn code() -> CustomerCode {
    CustomerCode::new("AMZ1F2E3D").expect("a code")
}

fn card() -> CustomerCard {
    CustomerCard {
        code: code(),
        name: "Roe & Daughters <Ltd>".into(),
        contact: "Jane Roe".into(),
        email: "jane@example.com".into(),
        lines: ["1 High Street".into(), "Flat 2\nRear".into(), "Leeds".into(), String::new()],
        post_code: "LS1 4AP".into(),
        country: CountryCode::parse("GR"),
        notes: "Buzzer 7".into(),
        shared: false,
    }
}

fn by_email(response: &HttpResponse) -> Result<Option<CustomerRecord>, CallFailure> {
    GetCustomerByEmail { email: "jane@example.com" }.parse(response)
}

fn insert(response: &HttpResponse) -> Result<CustomerId, CallFailure> {
    let created = NaiveDate::from_ymd_opt(2026, 11, 2).expect("a date");
    InsertCustomer { card: &card(), created }.parse(response)
}

fn jane() -> CustomerRecord {
    CustomerRecord {
        id: CustomerId(4711),
        code: "AMZ1F2E3D".into(),
        name: "Jane & Joe Roe".into(),
        email: "jane@example.com".into(),
        post_code: "LS1 4AP".into(),
    }
}

#[test]
fn lookups_send_their_one_parameter() {
    let code = code();
    assert_eq!(
        fixture::parameters(&GetCustomer { code: &code }.request()),
        "<CustomerCode>AMZ1F2E3D</CustomerCode>"
    );
    assert_eq!(
        fixture::parameters(&GetCustomerByEmail { email: "o'neil@example.com" }.request()),
        "<CustomerEmail>o&apos;neil@example.com</CustomerEmail>"
    );
    assert_eq!(
        fixture::parameters(&GetCustomersByPostcode { post_code: "LS1 4AP" }.request()),
        "<Postcode>LS1 4AP</Postcode>"
    );
}

#[test]
fn a_customer_is_read() {
    let response = fixture::ok("GetCustomer", &format!("<GetCustomerResult>{JANE}</GetCustomerResult>"));
    assert_eq!(GetCustomer { code: &code() }.parse(&response), Ok(Some(jane())));
    let response = fixture::answer(
        "GetCustomerByEmail",
        &format!(
            "<GetCustomerByEmailResult>{JANE}</GetCustomerByEmailResult><Status>OK</Status>\
             <StatusDetail>Found Customer</StatusDetail>"
        ),
    );
    assert_eq!(by_email(&response), Ok(Some(jane())));
}

#[test]
fn a_customer_that_is_not_there_is_none() {
    let missing = fixture::no("GetCustomerByEmail", "There is no customer with that email address");
    assert_eq!(by_email(&missing), Ok(None));
    let code = code();
    let shapes = [
        fixture::no("GetCustomer", "There is no customer with that code"),
        fixture::no("GetCustomer", "Words that nobody has documented"),
        fixture::no("GetCustomer", ""),
        fixture::ok("GetCustomer", "<GetCustomerResult xsi:nil=\"true\" />"),
        fixture::ok("GetCustomer", "<GetCustomerResult><CustomerID>0</CustomerID></GetCustomerResult>"),
        fixture::ok("GetCustomer", ""),
    ];
    for response in shapes {
        assert_eq!(GetCustomer { code: &code }.parse(&response), Ok(None));
    }
}

#[test]
fn a_refused_caller_is_never_read_as_a_missing_customer() {
    let cases = [
        ("Incorrect username or password", Code::KashFlowLoginRefused),
        ("The IP address of 203.0.113.7 is not in the access list", Code::KashFlowAddressRefused),
    ];
    for (detail, expected) in cases {
        let by_code = GetCustomer { code: &code() }.parse(&fixture::no("GetCustomer", detail));
        let by_post_code = GetCustomersByPostcode { post_code: "LS1 4AP" }
            .parse(&fixture::no("GetCustomersByPostcode", detail));
        let failures = [
            by_code.expect_err(detail),
            by_email(&fixture::no("GetCustomerByEmail", detail)).expect_err(detail),
            by_post_code.expect_err(detail),
            insert(&fixture::no("InsertCustomer", detail)).expect_err(detail),
        ];
        for failure in failures {
            assert_eq!((failure.class, failure.finding.code), (FailureClass::Unauthorised, expected));
        }
    }
    let other = by_email(&fixture::no("GetCustomerByEmail", "Something else")).expect_err("refused");
    assert_eq!((other.class, other.finding.code), (FailureClass::Rejected, Code::KashFlowRefused));
}

#[test]
fn customers_of_a_post_code_are_none_one_or_many() {
    let customers = |rows: &str| {
        let result = format!("<GetCustomersByPostcodeResult>{rows}</GetCustomersByPostcodeResult>");
        GetCustomersByPostcode { post_code: "LS1 4AP" }.parse(&fixture::ok("GetCustomersByPostcode", &result))
    };
    let row = format!("<Customer>{JANE}</Customer>");
    assert_eq!(customers(""), Ok(vec![]));
    assert_eq!(customers(&row), Ok(vec![jane()]));
    assert_eq!(customers(&row.repeat(2)), Ok(vec![jane(), jane()]));
    let none = fixture::no("GetCustomersByPostcode", "There are no customers with that postcode");
    assert_eq!(GetCustomersByPostcode { post_code: "LS1 4AP" }.parse(&none), Ok(vec![]));
    let broken = customers("<Customer><Code>A</Code></Customer>").expect_err("there is no id");
    assert_eq!((broken.class, broken.finding.code), (FailureClass::Transient, Code::KashFlowUnreadable));
}

#[test]
fn a_new_customer_is_written_whole_and_in_order() {
    let created = NaiveDate::from_ymd_opt(2026, 11, 2).expect("a date");
    let extra_texts: String = (1..=20).map(|number| format!("<ExtraText{number}/>")).collect();
    let check_boxes: String =
        (1..=20).map(|number| format!("<CheckBox{number}>0</CheckBox{number}>")).collect();
    let expected = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\
         <soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\" \
         xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" \
         xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\"><soap:Body><InsertCustomer xmlns=\"KashFlow\"><custr>\
         <CustomerID>0</CustomerID><Code>AMZ1F2E3D</Code><Name>Roe &amp; Daughters &lt;Ltd&gt;</Name>\
         <Contact>Jane Roe</Contact><Telephone/><Mobile/><Fax/><Email>jane@example.com</Email>\
         <Address1>1 High Street</Address1><Address2>Flat 2 Rear</Address2><Address3>Leeds</Address3><Address4/>\
         <CountryName>Greece</CountryName><CountryCode>EL</CountryCode><Postcode>LS1 4AP</Postcode><Website/>\
         <EC>0</EC><OutsideEC>0</OutsideEC><Notes>Buzzer 7</Notes><Source>0</Source><Discount>0</Discount>\
         <ShowDiscount>false</ShowDiscount><PaymentTerms>0</PaymentTerms>{extra_texts}{check_boxes}\
         <Created>2026-11-02T00:00:00</Created><Updated>2026-11-02T00:00:00</Updated><CurrencyID>0</CurrencyID>\
         <ContactTitle/><ContactFirstName/><ContactLastName/><CustHasDeliveryAddress>0</CustHasDeliveryAddress>\
         <DeliveryAddress1/><DeliveryAddress2/><DeliveryAddress3/><DeliveryAddress4/><DeliveryCountryName/>\
         <DeliveryCountryCode/><DeliveryPostcode/><VATNumber/></custr></InsertCustomer></soap:Body></soap:Envelope>"
    );
    let request = InsertCustomer { card: &card(), created }.request();
    assert_eq!(String::from_utf8(request.body).expect("UTF-8"), expected);
    assert!(request.writes);
}

#[test]
fn a_new_customer_has_an_id_or_its_code_is_taken() {
    let response = fixture::ok("InsertCustomer", "<InsertCustomerResult>555</InsertCustomerResult>");
    assert_eq!(insert(&response), Ok(CustomerId(555)));

    let taken = insert(&fixture::no("InsertCustomer", "Customer Code is not unique")).expect_err("taken");
    assert_eq!((taken.class, taken.finding.code), (FailureClass::Conflict, Code::CustomerCodeTaken));
    assert_eq!(
        taken.finding.message,
        "InsertCustomer (customer code AMZ1F2E3D): KashFlow refused: `customer code is not unique`; \
         another delivery was first; the next one finds that customer"
    );

    let unknown = insert(&fixture::ok("InsertCustomer", "<InsertCustomerResult>0</InsertCustomerResult>"));
    assert_eq!(unknown.expect_err("no id").class, FailureClass::Ambiguous);
}

#[test]
fn no_call_prints_personal_data() {
    let created = NaiveDate::from_ymd_opt(2026, 11, 2).expect("a date");
    let printed = format!(
        "{:?} {:?} {:?} {:?}",
        GetCustomer { code: &code() },
        GetCustomerByEmail { email: "jane@example.com" },
        GetCustomersByPostcode { post_code: "LS1 4AP" },
        InsertCustomer { card: &card(), created },
    );
    for secret in ["jane", "LS1", "Roe", "High Street"] {
        assert!(!printed.contains(secret), "{printed}");
    }
}
