//! Sales invoices: found by number, customer or date, and created.
//!
//! KashFlow cannot search by reference, so a lookup by order reads the invoices of a customer or of some
//! days. Absent on purpose: changing or deleting an invoice, payments, and credit notes.

use chrono::{NaiveDate, NaiveTime};

use crate::canonical::{CustomerId, InvoiceLine, InvoiceNumber, InvoiceRecord, SalesInvoice, VatRate};
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
    type Answer = Option<InvoiceRecord>;

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
        invoice(&record).map(Some)
    }
}

/// The invoices of one customer that carry a reference; KashFlow gives all of the customer's.
#[derive(Clone, Copy, Debug)]
pub struct GetInvoicesForCustomer<'a> {
    pub customer: CustomerId,
    /// Which of them are wanted.
    pub reference: &'a str,
}

impl GetInvoicesForCustomer<'_> {
    fn operation(&self) -> Operation {
        Operation::reading("GetInvoicesForCustomer", format!("invoices of customer {}", self.customer))
    }
}

impl Call for GetInvoicesForCustomer<'_> {
    type Answer = Vec<InvoiceRecord>;

    fn request(&self) -> HttpRequest {
        envelope::request(&self.operation(), |content| content.value("CustID", self.customer))
    }

    fn parse(&self, response: &HttpResponse) -> Result<Self::Answer, CallFailure> {
        invoices(&self.operation(), response, self.reference)
    }
}

/// The invoices of these days, both included, that carry a reference; KashFlow gives all of the days'.
#[derive(Clone, Copy, Debug)]
pub struct GetInvoicesByDateRange<'a> {
    pub from: NaiveDate,
    pub to: NaiveDate,
    /// Which of them are wanted.
    pub reference: &'a str,
}

impl GetInvoicesByDateRange<'_> {
    fn operation(&self) -> Operation {
        Operation::reading("GetInvoicesByDateRange", format!("invoices from {} to {}", self.from, self.to))
    }
}

impl Call for GetInvoicesByDateRange<'_> {
    type Answer = Vec<InvoiceRecord>;

    /// The range ends with the last second of its last day: other clients store a time of day.
    fn request(&self) -> HttpRequest {
        let end_of_day = NaiveTime::from_hms_opt(23, 59, 59).expect("a time of day");
        envelope::request(&self.operation(), |content| {
            content.date("StartDate", self.from);
            content.date_time("EndDate", self.to.and_time(end_of_day));
        })
    }

    fn parse(&self, response: &HttpResponse) -> Result<Self::Answer, CallFailure> {
        invoices(&self.operation(), response, self.reference)
    }
}

/// Creates an invoice and answers its number.
#[derive(Clone, Copy, Debug)]
pub struct InsertInvoice<'a> {
    pub invoice: &'a SalesInvoice,
    pub customer: CustomerId,
}

impl InsertInvoice<'_> {
    fn operation(&self) -> Operation {
        Operation::writing("InsertInvoice", format!("invoice of order {}", self.invoice.reference))
    }

    /// Every element of the type `Invoice`, in the order of the service description. Left out are the optional
    /// delivery address and the fields of the construction industry scheme that end the type since 2026:
    /// clients of earlier descriptions do not send them either.
    ///
    /// The number is 0 for "the next one": any other number is reported to overwrite the invoice that has
    /// it. Amounts of the whole are 0 because KashFlow computes them from the lines.
    fn write(&self, content: &mut Content) {
        let invoice = self.invoice;
        content.value("InvoiceDBID", 0);
        content.value("InvoiceNumber", 0);
        content.date("InvoiceDate", invoice.date);
        content.date("DueDate", invoice.due);
        content.text("Customer", "");
        content.value("CustomerID", self.customer);
        content.value("Paid", 0);
        content.text("CustomerReference", invoice.reference.as_str());
        content.text("EstimateCategory", "");
        content.value("SuppressTotal", 0);
        content.value("ProjectID", 0);
        content.text("CurrencyCode", invoice.currency().as_str());
        content.text("ExchangeRate", invoice.exchange_rate.as_str());
        content.text("ReadableString", "");
        content.group("Lines", |lines| {
            for (sort, line) in (1..).zip(invoice.lines()) {
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

/// `ValuesInCurrency` 1: the amounts are in the invoice's currency, so that KashFlow converts none of them.
fn write_line(content: &mut Content, line: &InvoiceLine, sort: u32) {
    content.value("Quantity", line.quantity);
    content.text("Description", &line.description);
    content.text("Rate", &line.unit_price.to_decimal());
    content.value("ChargeType", line.nominal.id);
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
fn invoices(
    operation: &Operation,
    response: &HttpResponse,
    reference: &str,
) -> Result<Vec<InvoiceRecord>, CallFailure> {
    let rows: Vec<Element> = answer::list(operation, response, "Invoice", |_| false)?;
    rows.iter()
        .map(|element| Record { element, operation })
        .filter(|record| record.text("CustomerReference") == reference)
        .map(|record| invoice(&record))
        .collect()
}

fn invoice(record: &Record<'_>) -> Result<InvoiceRecord, CallFailure> {
    let currency = record.currency("CurrencyCode")?;
    Ok(InvoiceRecord {
        number: InvoiceNumber(record.integer("InvoiceNumber")?),
        customer: CustomerId(record.integer("CustomerID")?),
        reference: record.text("CustomerReference").to_owned(),
        date: record.date("InvoiceDate")?,
        net: record.amount("NetAmount", currency)?,
        vat: record.amount("VATAmount", currency)?,
    })
}

fn is_absent(detail: &str) -> bool {
    failure::says_absent(detail, "invoice")
}

#[cfg(test)]
mod tests;
