//! What people do in the books while the plugin works, against books in memory.
//!
//! The stories play what services do; these are the moments between two calls that only a person can fill.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};

use super::*;
use crate::canonical::{
    Currency, CustomerCard, CustomerCode, CustomerId, CustomerRecord, DocumentId, DocumentLine,
    DocumentReference, ExchangeRate, InvoiceNumber, Money, NominalId, OrderId, PostedDocument, SalesDocument,
};
use crate::finding::Code;
use crate::host::{Entry, Host, LogLevel, QueueError, State, StateError};
use crate::remote::{CallFailure, HttpRequest, HttpResponse, TransportFailure};

const CUSTOMER: CustomerId = CustomerId(4711);

/// State and a clock in memory; nothing is sent.
struct Desk {
    now: DateTime<Utc>,
    entries: BTreeMap<String, Entry>,
    revision: u64,
}

impl Host for Desk {
    fn now(&mut self) -> DateTime<Utc> {
        self.now
    }

    fn settings(&mut self) -> Result<BTreeMap<String, String>, String> {
        Ok(BTreeMap::new())
    }

    fn send(&mut self, _: &HttpRequest) -> Result<HttpResponse, TransportFailure> {
        Err(TransportFailure::NotGranted)
    }

    fn state(&mut self) -> &mut dyn State {
        self
    }

    fn enqueue(&mut self, _: &str, _: &[u8], _: &str) -> Result<(), QueueError> {
        Ok(())
    }

    fn log(&mut self, _: LogLevel, _: &str, _: &[(&str, &str)]) {}
}

impl State for Desk {
    fn get(&mut self, key: &str) -> Result<Option<Entry>, StateError> {
        Ok(self.entries.get(key).cloned())
    }

    fn create(&mut self, key: &str, value: &[u8], _: Option<u64>) -> Result<u64, StateError> {
        self.revision += 1;
        let entry = Entry { value: value.to_vec(), revision: self.revision };
        self.entries.insert(key.to_owned(), entry);
        Ok(self.revision)
    }

    fn update(&mut self, key: &str, value: &[u8], _: u64, ttl_ms: Option<u64>) -> Result<u64, StateError> {
        self.create(key, value, ttl_ms)
    }

    fn delete(&mut self, key: &str, _: u64) -> Result<(), StateError> {
        self.entries.remove(key);
        Ok(())
    }
}

/// The books, and what a person does right before the nth look at a document.
#[derive(Default)]
struct Paper {
    documents: std::cell::RefCell<Vec<PostedDocument>>,
    looks: std::cell::Cell<u32>,
    before_look: Option<(u32, Edit)>,
}

/// What a person does with the documents.
type Edit = fn(&mut Vec<PostedDocument>);

impl Paper {
    fn amounts(&self) -> Vec<(String, i64, bool)> {
        let documents = self.documents.borrow();
        let row = |posted: &PostedDocument| {
            (posted.reference.clone(), posted.gross().map_or(0, Money::minor), posted.is_settled())
        };
        documents.iter().map(row).collect()
    }
}

impl Books for Paper {
    fn customer_by_email(&self, _: &mut dyn Host, _: &str) -> Result<Option<CustomerRecord>, CallFailure> {
        let name = "Jane Roe".to_owned();
        let [code, email, post_code] = ["C1", "j", "LS21 1AA"].map(str::to_owned);
        Ok(Some(CustomerRecord { id: CUSTOMER, code, name, email, post_code }))
    }

    fn customers_by_post_code(&self, _: &mut dyn Host, _: &str) -> Result<Vec<CustomerRecord>, CallFailure> {
        Ok(Vec::new())
    }

    fn customer_by_code(
        &self,
        _: &mut dyn Host,
        _: &CustomerCode,
    ) -> Result<Option<CustomerRecord>, CallFailure> {
        Ok(None)
    }

    fn create_customer(&self, _: &mut dyn Host, _: &CustomerCard) -> Result<CustomerId, CallFailure> {
        Ok(CUSTOMER)
    }

    fn documents_of(
        &self,
        _: &mut dyn Host,
        _: CustomerId,
        reference: &DocumentReference,
    ) -> Result<Vec<PostedDocument>, CallFailure> {
        let wanted = reference.to_string();
        Ok(self.documents.borrow().iter().filter(|posted| posted.reference == wanted).cloned().collect())
    }

    fn documents_dated(
        &self,
        host: &mut dyn Host,
        date: NaiveDate,
        reference: &DocumentReference,
    ) -> Result<Vec<PostedDocument>, CallFailure> {
        let found = self.documents_of(host, CUSTOMER, reference)?;
        Ok(found.into_iter().filter(|posted| posted.date == date).collect())
    }

    fn document(
        &self,
        _: &mut dyn Host,
        number: InvoiceNumber,
    ) -> Result<Option<PostedDocument>, CallFailure> {
        self.looks.set(self.looks.get() + 1);
        if let Some((look, edit)) = self.before_look
            && look == self.looks.get()
        {
            edit(&mut self.documents.borrow_mut());
        }
        Ok(self.documents.borrow().iter().find(|posted| posted.number == number).cloned())
    }

    fn create_document(
        &self,
        _: &mut dyn Host,
        document: &SalesDocument,
        customer: CustomerId,
    ) -> Result<InvoiceNumber, CallFailure> {
        let mut documents = self.documents.borrow_mut();
        let number = i64::try_from(documents.len()).expect("few documents") + 1;
        documents.push(PostedDocument {
            id: DocumentId(number + 900),
            number: InvoiceNumber(number),
            customer,
            reference: document.reference.to_string(),
            date: document.date,
            exchange_rate: document.exchange_rate.clone(),
            net: document.net(),
            vat: document.vat(),
            paid: Money::zero(document.currency()),
            lines: Some(document.lines().to_vec()),
        });
        Ok(InvoiceNumber(number))
    }

    fn apply_credit_note(
        &self,
        _: &mut dyn Host,
        invoice: DocumentId,
        credit_note: DocumentId,
    ) -> Result<(), CallFailure> {
        for posted in self.documents.borrow_mut().iter_mut() {
            if posted.id == invoice || posted.id == credit_note {
                posted.paid = posted.gross().expect("it adds up");
            }
        }
        Ok(())
    }
}

/// Plans an invoice of one mug at a price in pence, net; no VAT.
struct OneMug<'a>(&'a OrderId, i64);

impl Planner for OneMug<'_> {
    fn plan(&mut self, _: &mut dyn Host, ordinal: u32) -> Result<Plan, Stop> {
        let pounds = |minor| Money::new(minor, Currency::GBP);
        let line = DocumentLine {
            description: "Mug".into(),
            quantity: 1,
            unit_price: pounds(self.1),
            vat: pounds(0),
            vat_rate: None,
            nominal: NominalId(1),
            product: None,
        };
        let reference = DocumentReference::invoice(self.0, ordinal);
        let invoice =
            SalesDocument::new(reference, day(), day(), ExchangeRate::home(), vec![line], pounds(self.1));
        let customer = CustomerCard {
            code: CustomerCode::new("C1").expect("a code"),
            name: "Jane Roe".into(),
            contact: String::new(),
            email: "j@example.com".into(),
            lines: Default::default(),
            post_code: String::new(),
            country: None,
            notes: String::new(),
            shared: false,
        };
        let invoice = invoice.expect("it balances");
        Ok(Plan { customer, invoice, findings: Vec::new(), partly_held: false })
    }
}

fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 10, 28).expect("a date")
}

struct Table {
    desk: Desk,
    paper: Paper,
    order: OrderId,
    /// Counts the versions of the order.
    version: i64,
}

impl Table {
    fn new() -> Self {
        let now = DateTime::from_timestamp(1_793_000_000, 0).expect("a time");
        let desk = Desk { now, entries: BTreeMap::new(), revision: 0 };
        let order = OrderId::new("026-1").expect("an id");
        Table { desk, paper: Paper::default(), order, version: 0 }
    }

    /// The order is now a mug at this price, or nothing.
    fn becomes(&mut self, price: Option<i64>) -> Result<Outcome, Stop> {
        self.version += 1;
        let wanted = price.map(|price| format!("mug at {price}"));
        let asked = Asked {
            order: &self.order,
            as_of: self.desk.now + chrono::Duration::seconds(self.version),
            wanted: wanted.as_deref(),
            invoice_date: day(),
            correction_date: day(),
        };
        let mut journal =
            Journal::open(&mut self.desk, &BusinessKey::invoice(&self.order)).expect("it opens");
        let mut planner = OneMug(&self.order, price.unwrap_or_default());
        run(&mut self.desk, &self.paper, &mut journal, &asked, &mut planner)
    }

    /// A person does this right before the nth look at a document from now.
    fn before_look(&mut self, look: u32, edit: Edit) {
        self.paper.looks.set(0);
        self.paper.before_look = Some((look, edit));
    }
}

fn code(result: Result<Outcome, Stop>) -> Code {
    match result.expect_err("it stops") {
        Stop::Held(finding) => finding.code,
        Stop::Failed(failure) => failure.finding.code,
    }
}

const RAISE_THE_PRICE: Edit = |documents| documents[0].net = Money::new(1300, Currency::GBP);

const DELETE_THE_INVOICE: Edit = |documents| documents.retain(|posted| posted.reference != "026-1");

#[test]
fn a_change_and_a_cancellation_without_anybody_in_between() {
    let mut table = Table::new();
    for price in [Some(1000), Some(1500), None] {
        table.becomes(price).expect("nothing is in the way");
    }
    let settled = |reference: &str, gross| (reference.to_owned(), gross, true);
    assert_eq!(
        table.paper.amounts(),
        [
            settled("026-1", 1000),
            settled("026-1 CN1", -1000),
            settled("026-1 R2", 1500),
            settled("026-1 CN2", -1500),
        ]
    );
}

/// The credit note stands already, for the old amount: applied, it would leave the difference in the books.
#[test]
fn an_invoice_that_somebody_edits_after_its_credit_note_was_made_is_not_settled_with_it() {
    let mut table = Table::new();
    table.becomes(Some(1000)).expect("it is posted");
    // Looks: the invoice, the new credit note, then the invoice again before the application.
    table.before_look(3, RAISE_THE_PRICE);
    assert_eq!(code(table.becomes(Some(1500))), Code::InvoiceDiffers);
    let standing: Vec<bool> = table.paper.amounts().into_iter().map(|(_, _, settled)| settled).collect();
    assert_eq!(standing, [false, false], "neither is settled with the other");
    // Put right again, the event goes on where it stopped.
    table.paper.documents.borrow_mut()[0].net = Money::new(1000, Currency::GBP);
    table.version -= 1;
    table.becomes(Some(1500)).expect("the person has put it right");
    assert_eq!(table.paper.amounts().len(), 3);
}

#[test]
fn an_invoice_that_somebody_deleted_leaves_nothing_to_take_back_when_its_order_is_cancelled() {
    let mut table = Table::new();
    table.becomes(Some(1000)).expect("it is posted");
    DELETE_THE_INVOICE(&mut table.paper.documents.borrow_mut());
    let outcome = table.becomes(None).expect("there is nothing to do");
    assert_eq!((outcome.disposition, outcome.effects.len()), (Disposition::AlreadyDone, 0));
    assert_eq!(outcome.findings[0].code, Code::PostedOrderCancelled);
    assert_eq!(table.paper.amounts(), []);
}

#[test]
fn an_invoice_that_somebody_deleted_is_not_posted_again_when_its_order_changes() {
    let mut table = Table::new();
    table.becomes(Some(1000)).expect("it is posted");
    DELETE_THE_INVOICE(&mut table.paper.documents.borrow_mut());
    assert_eq!(code(table.becomes(Some(1500))), Code::InvoiceDiffers);
    assert_eq!(table.paper.amounts(), []);
}

/// The books say OK and keep another amount: a person corrects the document, and no second one is made.
#[test]
fn a_document_that_reads_back_otherwise_is_held_and_not_made_again() {
    let mut table = Table::new();
    table.before_look(1, RAISE_THE_PRICE);
    assert_eq!(code(table.becomes(Some(1000))), Code::NotReadBack);
    table.version -= 1;
    table.becomes(Some(1000)).expect("it is recorded");
    assert_eq!(table.paper.amounts().len(), 1);
}

#[test]
fn an_order_that_never_stops_changing_is_given_to_a_person() {
    let mut table = Table::new();
    let mut prices = 1000..;
    let stopped = loop {
        let result = table.becomes(prices.next());
        if result.is_err() {
            break result;
        }
    };
    assert_eq!(code(stopped), Code::CorrectedTooOften);
    let invoices = table.paper.amounts().into_iter().filter(|(_, gross, _)| *gross > 0).count();
    assert_eq!(invoices, crate::limits::CORRECTIONS_MAX as usize);
    // What stands is what was posted last: nothing was taken back that nothing replaced.
    assert_eq!(table.paper.amounts().iter().filter(|(_, _, settled)| !settled).count(), 1);
}
