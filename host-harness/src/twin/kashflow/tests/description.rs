//! The service description.

use std::collections::BTreeSet;

use super::super::operations::operations;
use super::super::soap::element::{Element, parse};
use super::*;

async fn description(twin: &KashFlowTwin, query: &str) -> Element {
    let reply = send(twin, &format!("GET /api/service.asmx?{query} HTTP/1.1\r\n"), "").await;
    assert_eq!(reply.http_status(), "200");
    parse(reply.body()).unwrap()
}

fn walk<'e>(element: &'e Element, visit: &mut dyn FnMut(&'e Element)) {
    visit(element);
    element.children.iter().for_each(|child| walk(child, visit));
}

#[tokio::test]
async fn it_is_served_under_either_spelling_with_the_twins_own_address() {
    let twin = started().await;
    let reply = send(&twin, "GET /api/service.asmx?wsdl HTTP/1.1\r\n", "").await;
    assert!(reply.body().contains(&format!("<soap:address location=\"{}\"/>", twin.url())), "{}", reply.0);
    assert_eq!(reply.body(), send(&twin, "GET /api/service.asmx?WSDL HTTP/1.1\r\n", "").await.body());
}

#[tokio::test]
async fn every_operation_has_messages_a_port_and_two_bindings() {
    let twin = started().await;
    let root = description(&twin, "WSDL").await;
    assert!(root.name.is("http://schemas.xmlsoap.org/wsdl/", "definitions"));
    let mut counts = std::collections::BTreeMap::new();
    walk(&root, &mut |element| *counts.entry(element.name.local.as_str()).or_insert(0_usize) += 1);
    let number = operations().count();
    assert_eq!(counts["message"], number * 2);
    // One in the port type; in each of the two bindings one of WSDL and one of SOAP.
    assert_eq!(counts["operation"], number * 5);
    assert_eq!((counts["binding"], counts["port"]), (4, 2));
}

#[tokio::test]
async fn every_type_that_is_named_is_defined_once() {
    let twin = started().await;
    let reply = send(&twin, "GET /api/service.asmx?WSDL HTTP/1.1\r\n", "").await;
    let quoted = |prefix: &str| -> Vec<&str> {
        reply.body().split(prefix).skip(1).map(|rest| rest.split('"').next().unwrap()).collect()
    };
    let defined = quoted("<s:complexType name=\"");
    let unique: BTreeSet<&str> = defined.iter().copied().collect();
    assert_eq!(unique.len(), defined.len());
    for named in quoted(" type=\"tns:") {
        assert!(unique.contains(named) || named == "KashFlowAPISoap", "{named}");
    }
    for expected in
        ["Customer", "Invoice", "InvoiceLine", "ArrayOfAnyType", "DeliveryAddress", "ArrayOfCurrencies"]
            .into_iter()
            .chain(["Supplier", "BankTransaction", "BankTXType", "JournalEntry", "JournalLine"])
    {
        assert!(unique.contains(expected), "{expected}");
    }
}

#[tokio::test]
async fn elements_are_declared_as_kashflow_declares_them() {
    let twin = started().await;
    let reply = send(&twin, "GET /api/service.asmx?WSDL HTTP/1.1\r\n", "").await;
    for declaration in [
        r#"<s:schema elementFormDefault="qualified" targetNamespace="KashFlow">"#,
        r#"<s:element minOccurs="0" maxOccurs="1" name="UserName" type="s:string"/>"#,
        r#"<s:element minOccurs="1" maxOccurs="1" name="InsertInvoiceResult" type="s:int"/>"#,
        r#"<s:element minOccurs="0" maxOccurs="1" name="Inv" type="tns:Invoice"/>"#,
        r#"<s:element minOccurs="0" maxOccurs="unbounded" name="anyType" nillable="true"/>"#,
        r#"<s:element minOccurs="0" maxOccurs="unbounded" name="Customer" nillable="true" type="tns:Customer"/>"#,
        r#"<s:element minOccurs="1" maxOccurs="1" name="CISRCNetAmount" nillable="true" type="s:decimal"/>"#,
        r#"<s:element minOccurs="0" maxOccurs="1" name="ValuesInCurrency" type="s:integer"/>"#,
        r#"<soap:operation soapAction="KashFlow/InsertInvoice" style="document"/>"#,
    ] {
        assert!(reply.body().contains(declaration), "{declaration}");
    }
}
