//! Finding and writing customers.

use super::*;

fn customer(code: &str, name: &str, rest: &str) -> String {
    format!("<custr><CustomerID>0</CustomerID><Code>{code}</Code><Name>{name}</Name>{rest}</custr>")
}

#[tokio::test]
async fn customers_are_found_by_code_id_email_and_postcode() {
    let twin = started().await;
    let id = format!("<CustomerID>{JANE_ID}</CustomerID>");
    let ways = [
        ("GetCustomer", "<CustomerCode>jane01</CustomerCode>"),
        ("GetCustomerByID", &id),
        ("GetCustomerByEmail", "<CustomerEmail>JANE@Example.COM</CustomerEmail>"),
        ("GetCustomersByPostcode", "<Postcode>ls1 4ap</Postcode>"),
        ("GetCustomers", ""),
    ];
    for (operation, parameters) in ways {
        let reply = call(&twin, operation, parameters).await.expect_ok();
        assert_eq!((reply.all("Code"), reply.first("Name")), (vec!["JANE01"], "Jane Doe"), "{operation}");
    }
}

#[tokio::test]
async fn a_missing_customer_is_refused_but_an_empty_list_is_a_list() {
    let twin = started().await;
    let nobody = call(&twin, "GetCustomerByEmail", "<CustomerEmail>john@example.com</CustomerEmail>").await;
    nobody.expect_no("There is no customer with that email address");
    assert!(nobody.all("GetCustomerByEmailResult").is_empty());
    call(&twin, "GetCustomerByEmail", "").await.expect_no("There is no customer with that email address");
    let unknown = call(&twin, "GetCustomer", "<CustomerCode>JOHN01</CustomerCode>").await;
    unknown.expect_no("There is no customer with that code");
    let number = call(&twin, "GetCustomerByID", "<CustomerID>1</CustomerID>").await;
    number.expect_no("There is no customer with the ID 1");
    let elsewhere = call(&twin, "GetCustomersByPostcode", "<Postcode>LS14AP</Postcode>").await.expect_ok();
    assert!(elsewhere.body().contains("<GetCustomersByPostcodeResult/>"));
}

#[tokio::test]
async fn an_inserted_customer_comes_back_whole() {
    let twin = started().await;
    let rest = "<Email>ada@example.org</Email><Address1>1 Mill Lane</Address1><CountryCode>EL</CountryCode>\
        <Postcode>104 31</Postcode><EC>1</EC><Discount>2.5</Discount><ShowDiscount>true</ShowDiscount>\
        <CheckBox20>1</CheckBox20><Created>2020-01-01T00:00:00</Created><VATNumber>EL123456789</VATNumber>";
    let id = call(&twin, "InsertCustomer", &customer("ADA01", "Ada &amp; Sons", rest)).await.expect_ok();
    let id = id.first("InsertCustomerResult").to_owned();
    let reply = call(&twin, "GetCustomerByID", &format!("<CustomerID>{id}</CustomerID>")).await.expect_ok();
    let expected = [
        ("CustomerID", id.as_str()),
        ("Code", "ADA01"),
        ("Name", "Ada &amp; Sons"),
        ("Contact", ""),
        ("CountryCode", "EL"),
        ("EC", "1"),
        ("Discount", "2.5000"),
        ("ShowDiscount", "true"),
        ("CheckBox1", "0"),
        ("CheckBox20", "1"),
        // The clock says noon UTC; the server's time in July is one hour ahead.
        ("Created", "2026-07-01T13:00:00"),
        ("Updated", "2026-07-01T13:00:00"),
        ("CurrencyID", "25801"),
        ("VATNumber", "EL123456789"),
    ];
    for (element, content) in expected {
        assert_eq!(reply.first(element), content, "{element}");
    }
    assert!(reply.all("CustHasDeliveryAddress").is_empty());
}

#[tokio::test]
async fn codes_are_unique_and_alphanumeric() {
    let twin = started().await;
    let cases = [
        ("JANE01", "Customer Code is not unique"),
        ("jane01", "Customer Code is not unique"),
        ("JANE-1", "The customer code is invalid, please re-enter without any special characters"),
        ("JANE 1", "The customer code is invalid, please re-enter without any special characters"),
        ("JOSÉ1", "The customer code is invalid, please re-enter without any special characters"),
    ];
    for (code, detail) in cases {
        let reply = call(&twin, "InsertCustomer", &customer(code, "Jane", "")).await;
        reply.expect_no(detail);
        assert_eq!(reply.first("InsertCustomerResult"), "0");
    }
    let greece =
        call(&twin, "InsertCustomer", &customer("GR1", "Nikos", "<CountryCode>GR</CountryCode>")).await;
    greece.expect_no("The country code GR is not valid");
    assert_eq!(twin.books().customers().len(), 1);
}

#[tokio::test]
async fn a_blank_code_is_generated_from_the_name() {
    let twin = started().await;
    for (name, code) in [("Smith Jones", "SMIT01"), ("smithy", "SMIT02"), ("O'B", "OB01"), ("", "CUST01")] {
        call(&twin, "InsertCustomer", &customer("", name, "")).await.expect_ok();
        assert_eq!(twin.books().customers().last().unwrap().code, code);
    }
}

#[tokio::test]
async fn elements_out_of_order_are_dropped() {
    let twin = started().await;
    let rest =
        "<Postcode>AB1 2CD</Postcode><Email>late@example.com</Email><VATNumber>GB1</VATNumber><EC>1</EC>";
    call(&twin, "InsertCustomer", &customer("ORDER1", "Out of Order", rest)).await.expect_ok();
    let stored = call(&twin, "GetCustomer", "<CustomerCode>ORDER1</CustomerCode>").await.expect_ok();
    let found = ["Postcode", "Email", "VATNumber", "EC"].map(|element| stored.first(element));
    assert_eq!(found, ["AB1 2CD", "", "GB1", "0"]);
}

#[tokio::test]
async fn an_update_replaces_every_field() {
    let twin = started().await;
    let update = |id: i32, code: &str| {
        format!("<custr><CustomerID>{id}</CustomerID><Code>{code}</Code><Name>Jane Roe</Name></custr>")
    };
    call(&twin, "UpdateCustomer", &update(JANE_ID, "")).await.expect_ok();
    let jane = twin.books().customers().remove(0);
    assert_eq!((jane.code.as_str(), jane.name.as_str(), jane.email.as_str()), ("JANE01", "Jane Roe", ""));

    call(&twin, "InsertCustomer", &customer("ADA01", "Ada", "")).await.expect_ok();
    call(&twin, "UpdateCustomer", &update(JANE_ID, "ADA01")).await.expect_no("Customer Code is not unique");
    call(&twin, "UpdateCustomer", &update(JANE_ID, "JANE01")).await.expect_ok();
    call(&twin, "UpdateCustomer", &update(1, "X1")).await.expect_no("There is no customer with the ID 1");
}
