//! What a person does in KashFlow beside the plugin, over the twin's own door: posting invoices and reading
//! customer cards. It shares nothing with the plugin's client.

use std::fmt::Write;

use host_harness::twin::TwinPair;

use crate::story::{InvoiceStory, PaymentStory};

/// Posts invoices, or writes them over others.
pub(super) fn post_invoices(invoices: &[InvoiceStory], pair: &TwinPair) {
    for invoice in invoices {
        let answer = call(pair, "InsertInvoice", &invoice_xml(invoice, pair));
        assert!(answer.contains("<Status>OK</Status>"), "the invoice was not posted: {answer}");
    }
}

/// Books payments into the account where Amazon's money arrives.
pub(super) fn pay(payments: &[PaymentStory], pair: &TwinPair) {
    for PaymentStory { number, pence, bank, note } in payments {
        let account = match bank {
            1249 => 148_202,
            1200 => 148_201,
            other => panic!("a story pays from the bank account {other}"),
        };
        let payment = format!(
            "<InvoicePayment><PayID>0</PayID><PayInvoice>{number}</PayInvoice><PayDate>2026-10-28T00:00:00</PayDate>\
             <PayNote>{note}</PayNote><PayMethod>131285</PayMethod><PayAccount>{account}</PayAccount>\
             <PayAmount>{}</PayAmount></InvoicePayment>",
            decimal(*pence)
        );
        let answer = call(pair, "InsertInvoicePayment", &payment);
        assert!(answer.contains("<Status>OK</Status>"), "the payment was not booked: {answer}");
    }
}

/// Sets the stock level of a product.
pub(super) fn count(code: &str, units: i32, pair: &TwinPair) {
    let answer = call(pair, "GetSubProductByCode", &format!("<ProductCode>{code}</ProductCode>"));
    let record = answer
        .split_once("<GetSubProductByCodeResult>")
        .and_then(|(_, rest)| rest.split_once("</GetSubProductByCodeResult>"))
        .unwrap_or_else(|| panic!("the story has no product {code}: {answer}"))
        .0;
    let level = format!("<QtyInStock>{}</QtyInStock>", text_of(record, "QtyInStock"));
    let counted = record.replace(&level, &format!("<QtyInStock>{units}</QtyInStock>"));
    let answer = call(pair, "AddOrUpdateSubProduct", &format!("<sp>{counted}</sp>"));
    assert!(answer.contains("<Status>OK</Status>"), "the stock was not counted: {answer}");
}

/// Where each customer lives: what the twin's view of the books leaves out. Customers without it are not listed.
pub(super) fn addresses(pair: &TwinPair) -> String {
    let answer = call(pair, "GetCustomers", "");
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

fn decimal(pence: i64) -> String {
    let sign = if pence < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", pence.abs() / 100, pence.abs() % 100)
}

/// One SOAP call.
fn call(pair: &TwinPair, operation: &str, parameters: &str) -> String {
    let escape = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;");
    let envelope = format!(
        r#"<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soap:Body><{operation} xmlns="KashFlow"><UserName>{user}</UserName><Password>{password}</Password>{parameters}</{operation}></soap:Body></soap:Envelope>"#,
        user = escape(&pair.kashflow_credentials.user_name),
        password = escape(&pair.kashflow_credentials.password),
    );
    let request = http::Request::post(pair.kashflow.url())
        .header("content-type", "text/xml")
        .body(envelope.into())
        .expect("a twin has a sound URL");
    let answer = pair.kashflow.faults().lifted(|| pair.kashflow.answer_in_process(request));
    let answer = answer.expect("no fault cuts the connection of a person");
    String::from_utf8(answer.into_body().to_vec()).expect("the twin answers in UTF-8")
}
