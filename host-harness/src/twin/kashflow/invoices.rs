//! Invoices as they are kept, and the book of them.
//!
//! An invoice with a negative total is a credit note. Its totals come from its lines and its paid state from its
//! payments; nothing else is ever stored for them. Quotes, recurring invoices and deletion are absent.

use chrono::NaiveDateTime;

use super::currencies::ExchangeRate;
use super::decimal::FourPlaces;
use super::identifiers::{CustomerId, InvoiceId, InvoiceNumber, LineId, NominalCode, ProductId, Sequence};
use super::money::Pence;
use super::payable::Payable;
use super::payments::Payment;
use super::refusal::Refusal;
use super::soap::value::Record;
use super::vat::VatRate;

const FIRST_INVOICE_ID: i32 = 72_655_684;
const FIRST_LINE_ID: i32 = 133_251_213;

/// A line as it was accepted: the unit rate at two places, the VAT as it was stated.
#[derive(Debug, Clone)]
pub struct InvoiceLine {
    pub id: LineId,
    pub quantity: FourPlaces,
    pub description: String,
    /// Net price of one unit in the invoice's currency.
    pub rate: Pence,
    /// Quantity × rate, to the penny.
    pub net: Pence,
    /// Nominal id, or 0 for "Other".
    pub charge_type: i32,
    /// The nominal that `charge_type` means.
    pub nominal: NominalCode,
    pub vat_rate: VatRate,
    pub vat: Pence,
    pub product: Option<ProductId>,
    pub sort: i32,
    pub project: i32,
}

#[derive(Debug, Clone)]
pub struct Note {
    pub date: NaiveDateTime,
    pub text: String,
}

#[derive(Debug, Clone)]
pub struct Invoice {
    pub id: InvoiceId,
    pub number: InvoiceNumber,
    pub header: InvoiceHeader,
    /// In the order of their `Sort`.
    pub lines: Vec<InvoiceLine>,
    pub payments: Vec<Payment>,
    pub notes: Vec<Note>,
}

/// What an invoice has beside lines, payments and notes.
#[derive(Debug, Clone)]
pub struct InvoiceHeader {
    pub date: NaiveDateTime,
    pub due_date: NaiveDateTime,
    pub customer: CustomerId,
    pub reference: String,
    pub suppress_total: i32,
    pub project: i32,
    pub currency: &'static str,
    pub exchange_rate: ExchangeRate,
    pub delivery_address: Option<Record>,
    pub use_custom_delivery_address: bool,
    pub is_cis_reverse_charge: bool,
}

impl Payable for Invoice {
    fn lines(&self) -> &[InvoiceLine] {
        &self.lines
    }

    fn payments(&self) -> &[Payment] {
        &self.payments
    }

    fn exchange_rate(&self) -> ExchangeRate {
        self.header.exchange_rate
    }
}

/// All invoices of the account.
#[derive(Debug, Clone)]
pub struct InvoiceBook {
    invoices: Vec<Invoice>,
    ids: Sequence,
    line_ids: Sequence,
}

impl Default for InvoiceBook {
    fn default() -> Self {
        Self {
            invoices: Vec::new(),
            ids: Sequence::starting_at(FIRST_INVOICE_ID),
            line_ids: Sequence::starting_at(FIRST_LINE_ID),
        }
    }
}

impl InvoiceBook {
    pub fn iter(&self) -> impl Iterator<Item = &Invoice> {
        self.invoices.iter()
    }

    /// # Errors
    /// `NoInvoiceWithNumber`.
    pub fn by_number(&self, number: InvoiceNumber) -> Result<&Invoice, Refusal> {
        self.find(number).ok_or(Refusal::NoInvoiceWithNumber(number))
    }

    /// # Errors
    /// `NoInvoiceWithId`.
    pub fn by_id(&self, id: InvoiceId) -> Result<&Invoice, Refusal> {
        self.invoices.iter().find(|invoice| invoice.id == id).ok_or(Refusal::NoInvoiceWithId(id))
    }

    /// # Errors
    /// `NoInvoiceWithId`.
    pub fn by_id_mut(&mut self, id: InvoiceId) -> Result<&mut Invoice, Refusal> {
        self.invoices.iter_mut().find(|invoice| invoice.id == id).ok_or(Refusal::NoInvoiceWithId(id))
    }

    pub fn find(&self, number: InvoiceNumber) -> Option<&Invoice> {
        self.invoices.iter().find(|invoice| invoice.number == number)
    }

    /// The highest number so far plus one.
    /// Source: KashFlow SOAP API, InsertInvoice.
    pub fn next_number(&self) -> InvoiceNumber {
        let highest = self.invoices.iter().map(|invoice| invoice.number.get()).max().unwrap_or(0);
        InvoiceNumber::new(highest.saturating_add(1))
    }

    pub fn next_id(&mut self) -> InvoiceId {
        InvoiceId::new(self.ids.take())
    }

    pub fn next_line_id(&mut self) -> LineId {
        LineId::new(self.line_ids.take())
    }

    /// Keeps the invoice, in the place of one with the same id if there is one.
    pub fn keep(&mut self, invoice: Invoice) {
        match self.invoices.iter_mut().find(|kept| kept.id == invoice.id) {
            Some(kept) => *kept = invoice,
            None => self.invoices.push(invoice),
        }
    }
}
