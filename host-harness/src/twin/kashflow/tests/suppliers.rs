//! Suppliers and their codes.

use super::*;

fn supplier(code: &str, name: &str) -> String {
    format!("<supl><SupplierID>0</SupplierID><Code>{code}</Code><Name>{name}</Name></supl>")
}

#[tokio::test]
async fn a_supplier_is_found_by_its_code_whatever_its_case() {
    let twin = started().await;
    let created = call(&twin, "InsertSupplier", &supplier("AMAZONEU", "Amazon EU")).await.expect_ok();
    assert_eq!(created.first("InsertSupplierResult"), "8314207");
    for code in ["AMAZONEU", "amazonEU"] {
        let parameters = format!("<SupplierCode>{code}</SupplierCode>");
        let found = call(&twin, "GetSupplier", &parameters).await.expect_ok();
        let values = ["SupplierID", "Code", "Name", "Email", "CurrencyID"].map(|name| found.first(name));
        assert_eq!(values, ["8314207", "AMAZONEU", "Amazon EU", "", "25801"]);
        assert_eq!(found.first("Created"), found.first("Updated"));
    }
    let unknown = call(&twin, "GetSupplier", "<SupplierCode>AMAZON</SupplierCode>").await;
    unknown.expect_no("There is no supplier with that code");
}

#[tokio::test]
async fn codes_are_unique_and_alphanumeric_and_made_up_where_none_is_given() {
    let twin = started().await;
    call(&twin, "InsertSupplier", &supplier("AMAZONEU", "Amazon EU")).await.expect_ok();
    let again = call(&twin, "InsertSupplier", &supplier("amazoneu", "Again")).await;
    again.expect_no("Supplier Code is not unique");
    let special = call(&twin, "InsertSupplier", &supplier("AMAZON-EU", "Amazon")).await;
    special.expect_no("The supplier code is invalid, please re-enter without any special characters");
    call(&twin, "InsertSupplier", &supplier("", "Amazon UK")).await.expect_ok();
    let listed = call(&twin, "GetSuppliers", "").await.expect_ok();
    assert_eq!(listed.all("Code"), ["AMAZONEU", "AMAZ01"]);
    // The file of customers is another.
    let customer = "<custr><CustomerID>0</CustomerID><Code>AMAZONEU</Code><Name>Amazon</Name></custr>";
    call(&twin, "InsertCustomer", customer).await.expect_ok();
}
