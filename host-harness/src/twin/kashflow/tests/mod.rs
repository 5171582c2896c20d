//! The twin over real HTTP on loopback, one file a subject.
//!
//! The client here writes raw bytes and looks for raw text, so that it shares nothing with the code under test.

mod access;
mod bank_transactions;
mod books;
mod credit_notes;
mod customers;
mod description;
mod faults;
mod foreign_currency;
mod in_process;
mod invoices;
mod journals;
mod lost_answers;
mod payments;
mod products;
mod purchases;
mod settings;
mod suppliers;
mod transport;

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::{Account, KashFlowTwin, NewCustomer, NewProduct, NewSupplier, NominalCode, Options, VatRate};

/// The id of the nominal 4000, Sales.
pub const SALES_ID: i32 = 17_387_826;
/// The ids of the nominals 6100, Sales Commissions, and 6110, Fulfilment fees.
pub const SELLING_FEES_ID: i32 = 17_387_837;
pub const FULFILMENT_FEES_ID: i32 = 17_387_838;
/// The id of the first supplier of an account.
pub const AMAZON_ID: i32 = 8_314_207;
/// The id of the first customer of an account.
pub const JANE_ID: i32 = 47_414_686;
/// The database id of the first invoice of an account.
pub const FIRST_INVOICE_ID: i32 = 72_655_684;
/// The id of the first product of an account.
pub const TENT_ID: i32 = 2_745_024;

pub fn options() -> Options {
    let noon: DateTime<Utc> = "2026-07-01T12:00:00Z".parse().unwrap();
    Options::with_clock(Arc::new(move || noon))
}

/// One customer, one managed product.
pub fn account() -> Account {
    let mut account = Account::standard_uk();
    let jane = NewCustomer {
        code: "JANE01".to_owned(),
        name: "Jane Doe".to_owned(),
        email: "jane@example.com".to_owned(),
        postcode: "LS1 4AP".to_owned(),
        country_code: "GB".to_owned(),
    };
    account.add_customer(jane).unwrap();
    let tent = NewProduct {
        code: "TENT-2".to_owned(),
        name: "Two-person tent".to_owned(),
        price_pence: 10_000,
        vat_rate: VatRate::percent(20),
        managed: true,
        quantity_in_stock: 10,
        nominal_code: NominalCode::new(4000),
    };
    account.add_product(tent).unwrap();
    account
}

/// The same, and the supplier Amazon.
pub async fn started_with_supplier() -> KashFlowTwin {
    let mut account = account();
    let amazon = NewSupplier { code: "AMAZONEU".to_owned(), name: "Amazon EU".to_owned() };
    account.add_supplier(amazon).unwrap();
    start(account).await
}

pub async fn start(account: Account) -> KashFlowTwin {
    KashFlowTwin::start(account, SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), options()).await.unwrap()
}

pub async fn started() -> KashFlowTwin {
    start(account()).await
}

/// An HTTP answer; empty when the connection closed without one.
#[derive(Debug)]
pub struct Reply(pub String);

impl Reply {
    pub fn http_status(&self) -> &str {
        self.0.get(9..12).unwrap_or_default()
    }

    pub fn body(&self) -> &str {
        self.0.split_once("\r\n\r\n").map_or("", |(_, body)| body)
    }

    /// The content of the first element of this name.
    pub fn first(&self, name: &str) -> &str {
        self.all(name).into_iter().next().unwrap_or_else(|| panic!("no {name} in {}", self.0))
    }

    /// The contents of all elements of this name, in order.
    pub fn all(&self, name: &str) -> Vec<&str> {
        let (open, empty, close) = (format!("<{name}"), format!("<{name}/>"), format!("</{name}>"));
        let mut contents = Vec::new();
        for (start, _) in self.body().match_indices(&open) {
            let rest = &self.body()[start..];
            if rest.starts_with(&empty) {
                contents.push("");
            } else if rest[open.len()..].starts_with(['>', ' ']) {
                let content = &rest[rest.find('>').unwrap() + 1..];
                contents.push(&content[..content.find(&close).unwrap()]);
            }
        }
        contents
    }

    pub fn expect_ok(self) -> Self {
        assert_eq!((self.http_status(), self.first("Status")), ("200", "OK"), "{}", self.0);
        self
    }

    #[track_caller]
    pub fn expect_no(&self, detail: &str) {
        assert_eq!((self.http_status(), self.first("Status")), ("200", "NO"), "{}", self.0);
        assert_eq!(self.first("StatusDetail"), detail);
    }

    #[track_caller]
    pub fn expect_fault(&self, text: &str) {
        assert_eq!(self.http_status(), "500", "{}", self.0);
        assert!(self.first("faultstring").replace("&gt;", ">").contains(text), "{}", self.0);
    }
}

/// Calls an operation with the right credentials.
pub async fn call(twin: &KashFlowTwin, operation: &str, parameters: &str) -> Reply {
    call_as(twin, "acme", "correct horse", operation, parameters).await
}

pub async fn call_as(
    twin: &KashFlowTwin,
    user: &str,
    password: &str,
    operation: &str,
    parameters: &str,
) -> Reply {
    let content = format!("<UserName>{user}</UserName><Password>{password}</Password>{parameters}");
    let action = format!("SOAPAction: \"KashFlow/{operation}\"\r\n");
    let headers = format!("Content-Type: text/xml; charset=utf-8\r\n{action}");
    post(twin, &headers, &envelope(&format!(r#"<{operation} xmlns="KashFlow">{content}</{operation}>"#)))
        .await
}

pub fn envelope(body: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soap:Body>{body}</soap:Body></soap:Envelope>"#
    )
}

pub async fn post(twin: &KashFlowTwin, headers: &str, body: &str) -> Reply {
    let length = body.len();
    let request = format!("POST /api/service.asmx HTTP/1.1\r\n{headers}Content-Length: {length}\r\n");
    send(twin, &request, body).await
}

/// Sends a request line with headers, and reads until the twin closes the connection.
pub async fn send(twin: &KashFlowTwin, head: &str, body: &str) -> Reply {
    let address: SocketAddr = twin.url().split('/').nth(2).unwrap().parse().unwrap();
    let request = format!("{head}Host: {address}\r\nConnection: close\r\n\r\n{body}");
    tokio::task::spawn_blocking(move || {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        // A cut connection may end in a reset instead of an orderly close; what arrived before it counts.
        let _ = stream.read_to_end(&mut answer);
        Reply(String::from_utf8(answer).unwrap())
    })
    .await
    .unwrap()
}

/// A line as `InsertInvoice` wants it.
pub fn line(quantity: &str, rate: &str, vat_rate: &str, vat: &str, product: i32) -> String {
    line_on(SALES_ID, quantity, rate, vat_rate, vat, product)
}

pub fn line_on(nominal: i32, quantity: &str, rate: &str, vat_rate: &str, vat: &str, product: i32) -> String {
    format!(
        "<anyType xsi:type=\"InvoiceLine\"><Quantity>{quantity}</Quantity><Description>Tent</Description>\
         <Rate>{rate}</Rate><ChargeType>{nominal}</ChargeType><VatRate>{vat_rate}</VatRate>\
         <VatAmount>{vat}</VatAmount><ProductID>{product}</ProductID><Sort>1</Sort><ProjID>0</ProjID>\
         <LineID>0</LineID><ValuesInCurrency>1</ValuesInCurrency></anyType>"
    )
}

/// An invoice to Jane, dated 1 March 2026.
pub fn invoice(reference: &str, lines: &str) -> String {
    numbered_invoice(0, reference, "2026-03-01T00:00:00", lines)
}

pub fn numbered_invoice(number: i32, reference: &str, date: &str, lines: &str) -> String {
    format!(
        "<Inv><InvoiceDBID>0</InvoiceDBID><InvoiceNumber>{number}</InvoiceNumber><InvoiceDate>{date}</InvoiceDate>\
         <DueDate>2026-03-31T00:00:00</DueDate><CustomerID>{JANE_ID}</CustomerID><Paid>0</Paid>\
         <CustomerReference>{reference}</CustomerReference><SuppressTotal>0</SuppressTotal><ProjectID>0</ProjectID>\
         <CurrencyCode>GBP</CurrencyCode><ExchangeRate>1</ExchangeRate><Lines>{lines}</Lines><NetAmount>0</NetAmount>\
         <VATAmount>0</VATAmount><AmountPaid>0</AmountPaid>\
         <UseCustomDeliveryAddress>false</UseCustomDeliveryAddress></Inv>"
    )
}

/// A purchase from Amazon, dated 1 March 2026.
pub fn purchase(reference: &str, lines: &str) -> String {
    invoice(reference, lines)
        .replace(&format!("<CustomerID>{JANE_ID}<"), &format!("<CustomerID>{AMAZON_ID}<"))
}

/// A payment of a purchase.
pub fn purchase_payment(number: i32, bank_account: i32, amount: &str) -> String {
    payment(number, bank_account, amount)
        .replace("InvoicePayment>", "ReceiptPayment>")
        .replace(">131285<", ">98413<")
}

/// A bank transaction on the bank account with this nominal code, dated 10 March 2026.
pub fn bank_transaction(bank_code: i32, [money_in, money_out]: [&str; 2], vat: &str, nominal: i32) -> String {
    let has_vat = i32::from(vat != "0");
    format!(
        "<bp><ID>0</ID><accid>{bank_code}</accid><TransactionDate>2026-03-10T00:00:00</TransactionDate>\
         <moneyin>{money_in}</moneyin><moneyout>{money_out}</moneyout><Vatable>{has_vat}</Vatable>\
         <VatRate>20</VatRate><VatAmount>{vat}</VatAmount><TransactionType>{nominal}</TransactionType>\
         <Comment>S1</Comment><ProjectID>0</ProjectID><CustomerId>0</CustomerId><SupplierId>0</SupplierId></bp>"
    )
}

/// A journal of lines of nominal id and amount, dated 10 March 2026.
pub fn journal(number: i32, lines: &[(i32, &str)]) -> String {
    let line = |(nominal, amount): &(i32, &str)| {
        format!(
            "<anyType xsi:type=\"JournalLine\"><NominalID>{nominal}</NominalID><Amount>{amount}</Amount>\
             <Comment>kept back</Comment><ProjId>0</ProjId></anyType>"
        )
    };
    let lines: String = lines.iter().map(line).collect();
    format!(
        "<Jnl><DBID>0</DBID><JournalNumber>{number}</JournalNumber><JournalDate>2026-03-10T00:00:00</JournalDate>\
         <Comment>S1</Comment><Lines>{lines}</Lines></Jnl>"
    )
}

pub fn payment(invoice_number: i32, bank_account: i32, amount: &str) -> String {
    format!(
        "<InvoicePayment><PayID>0</PayID><PayInvoice>{invoice_number}</PayInvoice><PayDate>2026-03-10T00:00:00</PayDate>\
         <PayNote>Settlement</PayNote><PayMethod>131285</PayMethod><PayAccount>{bank_account}</PayAccount>\
         <PayAmount>{amount}</PayAmount></InvoicePayment>"
    )
}
