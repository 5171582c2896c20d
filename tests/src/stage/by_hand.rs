//! What a person does in KashFlow beside the plugin, over the twin's own door: posting invoices and reading
//! customer cards. It shares nothing with the plugin's client.

use std::fmt::Write;

use host_harness::twin::TwinPair;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::story::InvoiceStory;

/// Posts invoices, or writes them over others.
pub(super) async fn post_invoices(invoices: &[InvoiceStory], pair: &TwinPair) {
    for invoice in invoices {
        let answer = call(pair, "InsertInvoice", &invoice_xml(invoice, pair)).await;
        assert!(answer.contains("<Status>OK</Status>"), "the invoice was not posted: {answer}");
    }
}

/// Where each customer lives: what the twin's view of the books leaves out. Customers without it are not listed.
pub(super) async fn addresses(pair: &TwinPair) -> String {
    let answer = call(pair, "GetCustomers", "").await;
    assert!(answer.contains("<Status>OK</Status>"), "the customers cannot be read: {answer}");
    let mut cards: Vec<String> = answer.split("<Customer>").skip(1).filter_map(card).collect();
    cards.sort();
    cards.concat()
}

fn card(record: &str) -> Option<String> {
    let field = |name: &str| text_of(record, name);
    let lines = ["Address1", "Address2", "Address3", "Address4"].map(field);
    let (contact, notes) = (field("Contact"), field("Notes"));
    if contact.is_empty() && notes.is_empty() && lines.iter().all(String::is_empty) {
        return None;
    }
    let (code, country) = (field("Code"), field("CountryName"));
    let mut card = format!("  {code} | {contact} | {} | {country}\n", lines.join(" / "));
    if !notes.is_empty() {
        writeln!(card, "    notes {notes}").expect("writing into memory cannot fail");
    }
    Some(card)
}

/// The text of an element that stands once in a record.
fn text_of(record: &str, name: &str) -> String {
    let text = record.split_once(&format!("<{name}>")).and_then(|(_, rest)| rest.split_once("</"));
    let text = text.map_or("", |(text, _)| text);
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}

fn invoice_xml(invoice: &InvoiceStory, pair: &TwinPair) -> String {
    let customers = pair.kashflow.books().customers();
    let customer = customers
        .iter()
        .find(|customer| customer.code == invoice.customer_code)
        .expect("the story has the invoice's customer");
    let decimal = |pence: i64| format!("{}.{:02}", pence / 100, pence % 100);
    format!(
        r#"<Inv><InvoiceDBID>0</InvoiceDBID><InvoiceNumber>{number}</InvoiceNumber><InvoiceDate>{date}T00:00:00</InvoiceDate><DueDate>{date}T00:00:00</DueDate><CustomerID>{customer}</CustomerID><Paid>0</Paid><CustomerReference>{reference}</CustomerReference><SuppressTotal>0</SuppressTotal><ProjectID>0</ProjectID><CurrencyCode>GBP</CurrencyCode><ExchangeRate>1</ExchangeRate><Lines><anyType xsi:type="InvoiceLine"><Quantity>1</Quantity><Description>by hand</Description><Rate>{rate}</Rate><ChargeType>0</ChargeType><VatRate>20</VatRate><VatAmount>{vat}</VatAmount><ProductID>0</ProductID><Sort>1</Sort><ProjID>0</ProjID><LineID>0</LineID><ValuesInCurrency>1</ValuesInCurrency></anyType></Lines></Inv>"#,
        number = invoice.number,
        date = invoice.date,
        customer = customer.id,
        reference = invoice.reference,
        rate = decimal(invoice.net_pence),
        vat = decimal(invoice.vat_pence),
    )
}

/// One SOAP call in one plain HTTP exchange.
async fn call(pair: &TwinPair, operation: &str, parameters: &str) -> String {
    let escape = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;");
    let envelope = format!(
        r#"<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soap:Body><{operation} xmlns="KashFlow"><UserName>{user}</UserName><Password>{password}</Password>{parameters}</{operation}></soap:Body></soap:Envelope>"#,
        user = escape(&pair.kashflow_credentials.user_name),
        password = escape(&pair.kashflow_credentials.password),
    );
    let url = pair.kashflow.url();
    let (authority, path) =
        url.trim_start_matches("http://").split_once('/').expect("a twin's URL has a path");
    let request = format!(
        "POST /{path} HTTP/1.1\r\nHost: {authority}\r\nContent-Type: text/xml\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{envelope}",
        envelope.len()
    );
    let mut stream = TcpStream::connect(authority).await.expect("the twin listens");
    stream.write_all(request.as_bytes()).await.expect("the twin reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("the twin answers");
    answer
}
