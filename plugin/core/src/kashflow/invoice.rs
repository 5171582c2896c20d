//! Sales invoices and credit notes: found by number, customer or date, created, and set off.
//!
//! A credit note is an invoice with a negative total, to KashFlow as well. KashFlow cannot search by
//! reference, so a lookup by order reads the invoices of a customer or of some days. Absent on purpose:
//! changing or deleting an invoice, and payments of money.

use chrono::{NaiveDate, NaiveTime};

use crate::canonical::{
    Currency, CustomerId, DocumentId, DocumentLine, DocumentReference, ExchangeRate, InvoiceNumber, Money,
    NominalId, PostedDocument, PostedLine, ProductId, SalesDocument, VatRate,
};
use crate::remote::{Call, CallFailure, HttpRequest, HttpResponse};

use super::failure;
use super::soap::{Content, Element, Operation, Record, answer, envelope};

/// The invoice of one number.
#[derive(Clone, Copy, Debug)]
pub struct GetInvoice {
    pub number: InvoiceNumber,
}

impl GetInvoice {
    fn operation(&self) -> Operation {
        Operation::reading("GetInvoice", format!("invoice {}", self.number))
    }
}

impl Call for GetInvoice {
    type Answer = Option<PostedDocument>;

    fn request(&self) -> HttpRequest {
        envelope::request(&self.operation(), |content| content.value("InvoiceNumber", self.number))
    }

    /// A blank object with number 0 stands for "none".
    fn parse(&self, response: &HttpResponse) -> Result<Self::Answer, CallFailure> {
        let operation = self.operation();
        let found = answer::find(&operation, response, is_absent)?;
        let Some(element) = found else {
            return Ok(None);
        };
        let record = Record { element: &element, operation: &operation };
        if record.integer("InvoiceNumber")? == 0 {
            return Ok(None);
        }
        document(&record).map(Some)
    }
}

/// The invoices of one customer that carry a reference; KashFlow gives all of the customer's.
#[derive(Clone, Copy, Debug)]
pub struct GetInvoicesForCustomer<'a> {
    pub customer: CustomerId,
    /// Which of them are wanted.
    pub reference: &'a DocumentReference,
}

impl GetInvoicesForCustomer<'_> {
    fn operation(&self) -> Operation {
        Operation::reading("GetInvoicesForCustomer", format!("invoices of customer {}", self.customer))
    }
}

impl Call for GetInvoicesForCustomer<'_> {
    type Answer = Vec<PostedDocument>;

    fn request(&self) -> HttpRequest {
        envelope::request(&self.operation(), |content| content.value("CustID", self.customer))
    }

    fn parse(&self, response: &HttpResponse) -> Result<Self::Answer, CallFailure> {
        documents(&self.operation(), response, self.reference)
    }
}

/// The invoices of these days, both included, that carry a reference; KashFlow gives all of the days'.
#[derive(Clone, Copy, Debug)]
pub struct GetInvoicesByDateRange<'a> {
    pub from: NaiveDate,
    pub to: NaiveDate,
    /// Which of them are wanted.
    pub reference: &'a DocumentReference,
}

impl GetInvoicesByDateRange<'_> {
    fn operation(&self) -> Operation {
        Operation::reading("GetInvoicesByDateRange", format!("invoices from {} to {}", self.from, self.to))
    }
}

impl Call for GetInvoicesByDateRange<'_> {
    type Answer = Vec<PostedDocument>;

    /// The range ends with the last second of its last day: other clients store a time of day.
    fn request(&self) -> HttpRequest {
        let end_of_day = NaiveTime::from_hms_opt(23, 59, 59).expect("a time of day");
        envelope::request(&self.operation(), |content| {
            content.date("StartDate", self.from);
            content.date_time("EndDate", self.to.and_time(end_of_day));
        })
    }

    fn parse(&self, response: &HttpResponse) -> Result<Self::Answer, CallFailure> {
        documents(&self.operation(), response, self.reference)
    }
}

/// Creates an invoice or a credit note and answers its number.
#[derive(Clone, Copy, Debug)]
pub struct InsertInvoice<'a> {
    pub document: &'a SalesDocument,
    pub customer: CustomerId,
}

impl InsertInvoice<'_> {
    fn operation(&self) -> Operation {
        let reference = &self.document.reference;
        Operation::writing("InsertInvoice", format!("{} {reference}", reference.kind.name()))
    }

    /// Every element of the type `Invoice`, in the order of the service description. Left out are the optional
    /// delivery address and the fields of the construction industry scheme that end the type since 2026:
    /// clients of earlier descriptions do not send them either.
    ///
    /// The number is 0 for "the next one": any other number is reported to overwrite the invoice that has
    /// it. Amounts of the whole are 0 because KashFlow computes them from the lines.
    fn write(&self, content: &mut Content) {
        let document = self.document;
        content.value("InvoiceDBID", 0);
        content.value("InvoiceNumber", 0);
        content.date("InvoiceDate", document.date);
        content.date("DueDate", document.due);
        content.text("Customer", "");
        content.value("CustomerID", self.customer);
        content.value("Paid", 0);
        content.text("CustomerReference", &document.reference.to_string());
        content.text("EstimateCategory", "");
        content.value("SuppressTotal", 0);
        content.value("ProjectID", 0);
        content.text("CurrencyCode", document.currency().as_str());
        content.text("ExchangeRate", document.exchange_rate.as_str());
        content.text("ReadableString", "");
        content.group("Lines", |lines| {
            for (sort, line) in (1..).zip(document.lines()) {
                lines.any_type("InvoiceLine", |content| write_line(content, line, sort));
            }
        });
        content.value("NetAmount", 0);
        content.value("VATAmount", 0);
        content.value("AmountPaid", 0);
        content.text("CustomerName", "");
        content.text("PermaLink", "");
        content.value("UseCustomDeliveryAddress", false);
    }
}

impl Call for InsertInvoice<'_> {
    type Answer = InvoiceNumber;

    fn request(&self) -> HttpRequest {
        envelope::request(&self.operation(), |content| content.group("Inv", |invoice| self.write(invoice)))
    }

    fn parse(&self, response: &HttpResponse) -> Result<Self::Answer, CallFailure> {
        answer::created(&self.operation(), response).map(InvoiceNumber)
    }
}

/// Uses a credit note to settle an invoice of the same customer.
///
/// KashFlow takes database ids here, not the numbers that everything else goes by, and keeps the set-off as
/// two payments, one of each document. What is used up is refused, so a repetition cannot credit twice.
#[derive(Clone, Copy, Debug)]
pub struct ApplyCreditNote {
    pub invoice: DocumentId,
    pub credit_note: DocumentId,
}

impl ApplyCreditNote {
    fn operation(&self) -> Operation {
        let ApplyCreditNote { invoice, credit_note } = self;
        Operation::writing(
            "applyCreditNoteToInvoice",
            format!("credit note with id {credit_note} to the invoice with id {invoice}"),
        )
    }
}

impl Call for ApplyCreditNote {
    type Answer = ();

    fn request(&self) -> HttpRequest {
        envelope::request(&self.operation(), |content| {
            content.value("InvoiceID", self.invoice);
            content.value("CreditNoteID", self.credit_note);
        })
    }

    /// `false` beside `OK` is no success that anybody documents, so it counts as a refusal.
    fn parse(&self, response: &HttpResponse) -> Result<Self::Answer, CallFailure> {
        let operation = self.operation();
        if answer::is_true(&operation, response)? {
            Ok(())
        } else {
            Err(failure::refused(&operation, "it was not applied"))
        }
    }
}

/// `ValuesInCurrency` 1: the amounts are in the invoice's currency, so that KashFlow converts none of them.
fn write_line(content: &mut Content, line: &DocumentLine, sort: u32) {
    content.value("Quantity", line.quantity);
    content.text("Description", &line.description);
    content.text("Rate", &line.unit_price.to_decimal());
    content.value("ChargeType", line.nominal);
    content.text("VatRate", &line.vat_rate.map_or_else(|| "-1".to_owned(), VatRate::to_percent));
    content.text("VatAmount", &line.vat.to_decimal());
    content.value("ProductID", line.product.map_or(0, |product| product.0));
    content.value("Sort", sort);
    content.value("ProjID", 0);
    content.value("LineID", 0);
    content.value("ValuesInCurrency", 1);
}

/// The rows that carry the reference. Others are not read further: what somebody else wrote into an
/// invoice must not stop ours. An empty list comes as OK, so no refusal means "none" here.
fn documents(
    operation: &Operation,
    response: &HttpResponse,
    reference: &DocumentReference,
) -> Result<Vec<PostedDocument>, CallFailure> {
    let wanted = reference.to_string();
    let rows: Vec<Element> = answer::list(operation, response, "Invoice", |_| false)?;
    rows.iter()
        .map(|element| Record { element, operation })
        .filter(|record| record.text("CustomerReference") == wanted)
        .map(|record| document(&record))
        .collect()
}

fn document(record: &Record<'_>) -> Result<PostedDocument, CallFailure> {
    let currency = record.currency("CurrencyCode")?;
    let rate = ExchangeRate::parse(record.text("ExchangeRate"));
    Ok(PostedDocument {
        id: DocumentId(record.integer("InvoiceDBID")?),
        number: InvoiceNumber(record.integer("InvoiceNumber")?),
        customer: CustomerId(record.integer("CustomerID")?),
        reference: record.text("CustomerReference").to_owned(),
        date: record.date("InvoiceDate")?,
        exchange_rate: rate.clone().unwrap_or_else(ExchangeRate::home),
        net: record.amount("NetAmount", currency)?,
        vat: record.amount("VATAmount", currency)?,
        paid: record.amount("AmountPaid", currency)?,
        // Without its rate a foreign document cannot be taken back at the value that it was posted at.
        lines: if rate.is_some() || currency == Currency::GBP { lines(record, currency) } else { None },
    })
}

/// `None` as soon as one line is of another form than those that are written here: it can be looked at, but
/// not taken back line by line.
fn lines(record: &Record<'_>, currency: Currency) -> Option<Vec<PostedLine>> {
    let rows = record.element.child("Lines").map_or(&[][..], |lines| &lines.children);
    rows.iter().map(|element| line(&Record { element, operation: record.operation }, currency)).collect()
}

fn line(record: &Record<'_>, currency: Currency) -> Option<PostedLine> {
    let money = |name| Money::parse(record.text(name), currency).ok();
    let product = record.integer("ProductID").unwrap_or(0);
    Some(PostedLine {
        description: record.text("Description").to_owned(),
        quantity: whole(record.text("Quantity"))?,
        unit_price: money("Rate")?,
        vat: money("VatAmount")?,
        vat_rate: match record.text("VatRate") {
            text if text.starts_with('-') => None,
            text => Some(VatRate::parse_percent(text)?),
        },
        nominal: NominalId(record.integer("ChargeType").ok()?),
        product: (product != 0).then_some(ProductId(product)),
    })
}

/// A whole number with or without zero decimals, as KashFlow prints quantities: `2.0000`.
fn whole(text: &str) -> Option<i64> {
    let (digits, decimals) = text.split_once('.').unwrap_or((text, ""));
    decimals.bytes().all(|byte| byte == b'0').then(|| digits.parse().ok())?
}

fn is_absent(detail: &str) -> bool {
    failure::says_absent(detail, "invoice")
}

#[cfg(test)]
mod tests;
