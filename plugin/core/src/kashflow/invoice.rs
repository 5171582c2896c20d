//! Sales invoices and credit notes: found by number, customer or date, and created.
//!
//! A credit note is an invoice with a negative total, to KashFlow as well. KashFlow cannot search by
//! reference, so a lookup by order reads the invoices of a customer or of some days. Absent on purpose:
//! changing or deleting an invoice, setting one off (`credit_note`), and payments of money (`payment`).

use chrono::{NaiveDate, NaiveTime};

use crate::canonical::{
    CustomerId, DocumentLine, DocumentReference, InvoiceNumber, PostedDocument, SalesDocument,
};
use crate::remote::{Call, CallFailure, HttpRequest, HttpResponse};

use super::failure;
use super::invoice_type::{self, Header, Line};
use super::posted_document::{document, documents};
use super::soap::{Content, Operation, Record, answer, envelope};

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

    fn write(&self, content: &mut Content) {
        let document = self.document;
        let reference = document.reference.to_string();
        let header = Header {
            date: document.date,
            due: document.due,
            contact: self.customer.0,
            reference: &reference,
            currency: document.currency(),
            exchange_rate: &document.exchange_rate,
        };
        invoice_type::write(content, &header, document.lines().iter().map(line));
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

fn line(line: &DocumentLine) -> Line<'_> {
    Line {
        quantity: line.quantity,
        description: &line.description,
        rate: line.unit_price,
        nominal: line.nominal,
        vat_rate: line.vat_rate,
        vat: line.vat,
        product: line.product,
    }
}

fn is_absent(detail: &str) -> bool {
    failure::says_absent(detail, "invoice")
}

#[cfg(test)]
mod tests;
