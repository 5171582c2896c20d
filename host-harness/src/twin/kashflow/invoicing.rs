//! Accepting an invoice: checks, rounding, numbering, stock and posting.
//!
//! Sources: KashFlow SOAP API, InsertInvoice and the Invoice and InvoiceLine classes. Two rules are only reported by
//! other clients: the unit rate is kept with two decimals (KashFlow for WooCommerce), and an invoice number that
//! exists is overwritten (the same). Nothing recomputes VAT: what a line states is kept.

use chrono::{Datelike as _, NaiveDateTime};

use super::account::Account;
use super::chart::{DEBTORS_CONTROL, OTHER_INCOME, SALES_TAX_CONTROL};
use super::currencies::ExchangeRate;
use super::decimal::{Decimal, OutOfRange};
use super::identifiers::{CustomerId, InvoiceNumber, NominalCode};
use super::invoices::{Invoice, InvoiceHeader, InvoiceLine};
use super::ledger::{Document, Entry, Posting};
use super::refusal::Refusal;
use super::soap::value::Record;

/// The first year that SQL Server's `datetime` can hold.
const FIRST_YEAR: i32 = 1753;

/// An invoice as a client states it.
#[derive(Debug)]
pub struct InvoiceDraft {
    /// None for the next number; the number of an existing invoice overwrites it.
    pub number: Option<InvoiceNumber>,
    pub date: NaiveDateTime,
    pub due_date: NaiveDateTime,
    pub customer: CustomerId,
    pub reference: String,
    pub suppress_total: i32,
    pub project: i32,
    /// Empty for the home currency.
    pub currency: String,
    /// Zero for the rate of the account.
    pub exchange_rate: Decimal,
    pub lines: Vec<LineDraft>,
    pub delivery_address: Option<Record>,
    pub use_custom_delivery_address: bool,
    pub is_cis_reverse_charge: bool,
}

#[derive(Debug)]
pub struct LineDraft {
    pub quantity: Decimal,
    pub description: String,
    pub rate: Decimal,
    pub charge_type: i32,
    pub vat_rate: Decimal,
    pub vat: Decimal,
    pub product: i32,
    pub sort: i32,
    pub project: i32,
    /// Whether rate and VAT are stated in the invoice's currency; otherwise they are home currency.
    pub values_in_currency: bool,
}

impl Account {
    /// Keeps and posts an invoice, and moves the stock of the managed products on it.
    ///
    /// # Errors
    /// When something that the draft refers to does not exist, a date is locked, or an amount is out of range;
    /// then the books have not changed.
    pub fn insert_invoice(&mut self, draft: InvoiceDraft) -> Result<InvoiceNumber, Refusal> {
        let overwritten = self.overwritten(draft.number)?;
        let header = self.accept_header(&draft)?;
        let lines = self.accept_lines(&draft.lines, header.exchange_rate, Some(OTHER_INCOME))?;
        let invoice = match &overwritten {
            Some(old) => Invoice { header, lines, ..old.clone() },
            None => Invoice {
                id: self.invoices.next_id(),
                number: draft.number.unwrap_or_else(|| self.invoices.next_number()),
                header,
                lines,
                payments: Vec::new(),
                notes: Vec::new(),
            },
        };
        let posting = sales_posting(&invoice)?;

        if let Some(old) = &overwritten {
            self.ledger.withdraw(posting.document());
            self.move_stock(&old.lines, 1);
        }
        self.ledger.post(posting);
        self.move_stock(&invoice.lines, -1);
        let number = invoice.number;
        self.invoices.keep(invoice);
        Ok(number)
    }

    /// # Errors
    /// When the date cannot be kept, or lies in the locked past.
    pub fn check_date(&self, date: NaiveDateTime) -> Result<(), Refusal> {
        if date.year() < FIRST_YEAR {
            return Err(Refusal::DateOutOfRange);
        }
        match self.transaction_lock {
            Some(lock) if date.date() < lock => Err(Refusal::BeforeTransactionLock),
            _ => Ok(()),
        }
    }

    fn overwritten(&self, number: Option<InvoiceNumber>) -> Result<Option<Invoice>, Refusal> {
        let Some(number) = number else { return Ok(None) };
        if number.get() < 0 {
            return Err(Refusal::InvoiceNumberInvalid(number));
        }
        let old = self.invoices.find(number).cloned();
        if let Some(old) = &old {
            self.check_date(old.header.date)?;
        }
        Ok(old)
    }

    fn accept_header(&self, draft: &InvoiceDraft) -> Result<InvoiceHeader, Refusal> {
        self.customers.by_id(draft.customer)?;
        self.check_date(draft.date)?;
        let (currency, exchange_rate) = self.accept_currency(&draft.currency, draft.exchange_rate)?;
        Ok(InvoiceHeader {
            date: draft.date,
            due_date: draft.due_date,
            customer: draft.customer,
            reference: draft.reference.clone(),
            suppress_total: draft.suppress_total,
            project: draft.project,
            currency,
            exchange_rate,
            delivery_address: draft.delivery_address.clone(),
            use_custom_delivery_address: draft.use_custom_delivery_address,
            is_cis_reverse_charge: draft.is_cis_reverse_charge,
        })
    }

    /// A currency of the account and its rate: of what is stated in the home currency always one.
    ///
    /// # Errors
    /// When the account does not have the currency, or the rate is out of range.
    pub fn accept_currency(
        &self,
        code: &str,
        stated_rate: Decimal,
    ) -> Result<(&'static str, ExchangeRate), Refusal> {
        let currency = self.currencies.by_code(code)?;
        let exchange_rate = match ExchangeRate::new(stated_rate.four_places()?) {
            _ if currency.id == self.currencies.home().id => ExchangeRate::PARITY,
            Some(stated) => stated,
            None => currency.rate,
        };
        Ok((currency.code, exchange_rate))
    }

    /// The lines of an invoice or a purchase, in the order of their `Sort`. `other` is where a line with
    /// `ChargeType` 0 is posted, if that is possible.
    ///
    /// # Errors
    /// When something that a line refers to does not exist, or an amount is out of range.
    pub fn accept_lines(
        &mut self,
        drafts: &[LineDraft],
        exchange_rate: ExchangeRate,
        other: Option<NominalCode>,
    ) -> Result<Vec<InvoiceLine>, Refusal> {
        let mut lines = Vec::with_capacity(drafts.len());
        for line in drafts {
            lines.push(self.accept_line(line, exchange_rate, other)?);
        }
        lines.sort_by_key(|line| line.sort);
        Ok(lines)
    }

    fn accept_line(
        &mut self,
        line: &LineDraft,
        exchange_rate: ExchangeRate,
        other: Option<NominalCode>,
    ) -> Result<InvoiceLine, Refusal> {
        let nominal = match (line.charge_type, other) {
            (0, Some(other)) => other,
            (id, _) => self.chart.by_id(id)?.code,
        };
        let product = match line.product {
            0 => None,
            id => Some(self.products.by_id(id)?.id),
        };
        let vat_rate = self.vat_rates.accept(line.vat_rate)?;
        let quantity = line.quantity.four_places()?;
        let (rate, vat) = match line.values_in_currency {
            true => (line.rate.pence()?, line.vat.pence()?),
            false => {
                (exchange_rate.to_foreign(line.rate.pence()?)?, exchange_rate.to_foreign(line.vat.pence()?)?)
            }
        };
        Ok(InvoiceLine {
            quantity,
            description: on_one_line(&line.description),
            rate,
            net: quantity.times(rate)?,
            charge_type: line.charge_type,
            nominal,
            vat_rate,
            vat,
            product,
            sort: line.sort,
            project: line.project,
            id: self.invoices.next_line_id(),
        })
    }

    /// Moves the stock of the products on lines: `direction` -1 for selling, 1 for buying or taking a sale back.
    pub fn move_stock(&mut self, lines: &[InvoiceLine], direction: i64) {
        for line in lines {
            if let Some(product) = line.product {
                self.products.move_stock(product, direction * units_sold(line));
            }
        }
    }
}

/// A credited line has negative units, whether its quantity or its rate carries the sign.
fn units_sold(line: &InvoiceLine) -> i64 {
    let sign = if line.net.is_zero() { line.quantity.signum() } else { line.net.get().signum() };
    sign * line.quantity.nearest_whole().abs()
}

/// Debtors against sales and output VAT, in pence of the home currency.
fn sales_posting(invoice: &Invoice) -> Result<Posting, OutOfRange> {
    let rate = invoice.header.exchange_rate;
    let mut entries = Vec::with_capacity(invoice.lines.len() * 2 + 1);
    for line in &invoice.lines {
        entries.push(Entry::credit(line.nominal, rate.to_home(line.net)?));
        entries.push(Entry::credit(SALES_TAX_CONTROL, rate.to_home(line.vat)?));
    }
    let (document, date) = (Document::Invoice(invoice.id), invoice.header.date.date());
    Ok(Posting::against(DEBTORS_CONTROL, document, date, entries))
}

/// Line breaks in descriptions do not survive the SOAP API.
fn on_one_line(description: &str) -> String {
    description.lines().map(str::trim_end).collect::<Vec<_>>().join(" ")
}
