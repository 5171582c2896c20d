//! The books of the stories: a small catalogue, and what a story adds to it.

use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, TcpStream};

use host_harness::twin::TwinPair;
use host_harness::twin::kashflow::{Account, NewCustomer, NewProduct, NominalCode, VatRate};

use crate::story::{InvoiceStory, KashFlowStory};

/// The seller's own table of the stories.
pub(super) const SKU_TABLE: &str = "\
seller-sku,kashflow-product,vat-class
OLD-KETTLE,KETTLE-2,
PAMPHLET,,zero
GONE,NO-SUCH-PRODUCT,
";

/// Code, price, VAT percent (-1 exempt), whether KashFlow keeps its stock.
const PRODUCTS: [(&str, i64, i32, bool); 7] = [
    ("MUG-RED", 1000, 20, true),
    ("BOOK-1", 999, 0, false),
    ("CAR-SEAT", 8000, 5, false),
    ("INSURANCE", 500, -1, false),
    ("LAMP-BLUE", 2500, 20, true),
    ("KETTLE-2", 3000, 20, false),
    ("PAMPHLET", 200, 20, false),
];

pub(super) fn account(story: &KashFlowStory) -> Account {
    let mut account = Account::standard_uk();
    for (code, price_pence, percent, managed) in PRODUCTS {
        let product = NewProduct {
            code: code.to_owned(),
            name: code.to_lowercase(),
            price_pence,
            vat_rate: if percent < 0 { VatRate::EXEMPT } else { VatRate::percent(percent) },
            managed,
            quantity_in_stock: if managed { 100 } else { 0 },
            nominal_code: NominalCode::new(4000),
        };
        account.add_product(product).expect("the catalogue is sound");
    }
    for customer in &story.customer {
        let customer = NewCustomer {
            code: customer.code.clone(),
            name: customer.name.clone(),
            email: customer.email.clone(),
            postcode: customer.post_code.clone(),
            country_code: "GB".to_owned(),
        };
        account.add_customer(customer).expect("the story's customer is sound");
    }
    account
}

/// Posts the invoices that stand in the books before the story, over the twin's own door.
pub(super) fn post_by_hand(story: &KashFlowStory, pair: &TwinPair) {
    for invoice in &story.invoice {
        let answer = post(&pair.kashflow.url(), &insert_invoice(invoice, pair));
        assert!(answer.contains("<Status>OK</Status>"), "the invoice was not posted: {answer}");
    }
}

/// What another program would send; it shares nothing with the plugin's own client.
fn insert_invoice(invoice: &InvoiceStory, pair: &TwinPair) -> String {
    let customers = pair.kashflow.books().customers();
    let customer = customers
        .iter()
        .find(|customer| customer.code == invoice.customer_code)
        .expect("the story has the invoice's customer");
    let escape = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;");
    let (pounds, vat) = (invoice.net_pence, invoice.vat_pence);
    let decimal = |pence: i64| format!("{}.{:02}", pence / 100, pence % 100);
    format!(
        r#"<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soap:Body><InsertInvoice xmlns="KashFlow"><UserName>{user}</UserName><Password>{password}</Password><Inv><InvoiceDBID>0</InvoiceDBID><InvoiceNumber>0</InvoiceNumber><InvoiceDate>{date}T00:00:00</InvoiceDate><DueDate>{date}T00:00:00</DueDate><CustomerID>{customer}</CustomerID><Paid>0</Paid><CustomerReference>{reference}</CustomerReference><SuppressTotal>0</SuppressTotal><ProjectID>0</ProjectID><CurrencyCode>GBP</CurrencyCode><ExchangeRate>1</ExchangeRate><Lines><anyType xsi:type="InvoiceLine"><Quantity>1</Quantity><Description>by hand</Description><Rate>{rate}</Rate><ChargeType>0</ChargeType><VatRate>20</VatRate><VatAmount>{vat}</VatAmount><ProductID>0</ProductID><Sort>1</Sort><ProjID>0</ProjID><LineID>0</LineID><ValuesInCurrency>1</ValuesInCurrency></anyType></Lines></Inv></InsertInvoice></soap:Body></soap:Envelope>"#,
        user = escape(&pair.kashflow_credentials.user_name),
        password = escape(&pair.kashflow_credentials.password),
        date = invoice.date,
        customer = customer.id,
        reference = invoice.reference,
        rate = decimal(pounds),
        vat = decimal(vat),
    )
}

/// One plain HTTP exchange.
fn post(url: &str, body: &str) -> String {
    let rest = url.strip_prefix("http://").expect("a twin's URL");
    let (authority, path) = rest.split_once('/').expect("a URL with a path");
    let mut stream = TcpStream::connect(authority).expect("the twin listens");
    let request = format!(
        "POST /{path} HTTP/1.1\r\nHost: {authority}\r\nContent-Type: text/xml\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).expect("the twin reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("the twin answers");
    answer
}

/// Restrictions come last: they would also keep out what the story prepares.
pub(super) fn restrict(story: &KashFlowStory, pair: &TwinPair) {
    pair.kashflow.edit(|account| {
        if story.address_refused {
            account.set_allowed_addresses(Some(vec![IpAddr::V4(Ipv4Addr::new(203, 0, 113, 7))]));
        }
        if let Some(day) = &story.locked_until {
            let day = day.parse().unwrap_or_else(|error| panic!("locked-until `{day}`: {error}"));
            account.set_transaction_lock(Some(day));
        }
    });
}
