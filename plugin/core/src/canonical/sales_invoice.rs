//! A sales invoice to be posted, and one as the books show it.
//!
//! A line carries its net unit price, its quantity and its VAT in money: net is price × quantity, so
//! nothing is left for the books to round. An invoice exists only if its lines come to the gross amount
//! that it is built for. Absent on purpose: ids of the books (they differ from account to account).

use chrono::NaiveDate;

use super::chart::Nominal;
use super::currency::Currency;
use super::ids::{CustomerId, InvoiceNumber, OrderId, ProductId};
use super::money::{Money, MoneyError};
use super::vat::VatRate;

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InvoiceLine {
    pub description: String,
    pub quantity: u32,
    /// Net price of one, in whole minor units: KashFlow keeps two decimals of a rate.
    pub unit_price: Money,
    /// The VAT of the whole line.
    pub vat: Money,
    /// `None` for a line without VAT ("N/A" in KashFlow).
    pub vat_rate: Option<VatRate>,
    pub nominal: Nominal,
    pub product: Option<ProductId>,
}

impl InvoiceLine {
    pub fn net(&self) -> Result<Money, MoneyError> {
        self.unit_price.scaled(i64::from(self.quantity), 1)
    }
}

/// Units of a foreign currency for one of the home currency, as decimal text: `1.1745`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ExchangeRate(String);

impl ExchangeRate {
    pub fn home() -> Self {
        ExchangeRate("1".into())
    }

    /// `None` where the text is not a positive plain decimal.
    pub fn parse(text: &str) -> Option<Self> {
        let trimmed = text.trim();
        let (whole, fraction) = trimmed.split_once('.').unwrap_or((trimmed, "0"));
        let digits = |part: &str| {
            !part.is_empty() && part.len() <= 9 && part.bytes().all(|byte| byte.is_ascii_digit())
        };
        let positive = trimmed.bytes().any(|byte| (b'1'..=b'9').contains(&byte));
        (digits(whole) && digits(fraction) && positive).then(|| ExchangeRate(trimmed.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SalesInvoice {
    /// The business key, written into the document itself.
    pub reference: OrderId,
    /// The tax point, a calendar date in London.
    pub date: NaiveDate,
    pub due: NaiveDate,
    pub exchange_rate: ExchangeRate,
    lines: Vec<InvoiceLine>,
    net: Money,
    vat: Money,
}

/// Why lines do not make an invoice.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvoiceError {
    #[error("an invoice needs at least one line")]
    NoLines,
    #[error("the lines come to {lines} gross, {expected} is to be posted: difference {difference}")]
    Unbalanced { lines: Money, expected: Money, difference: Money },
    #[error("the amounts cannot be added")]
    Money(#[source] MoneyError),
}

impl SalesInvoice {
    /// An invoice whose lines must come to `gross`, VAT included.
    pub fn new(
        reference: OrderId,
        date: NaiveDate,
        due: NaiveDate,
        exchange_rate: ExchangeRate,
        lines: Vec<InvoiceLine>,
        gross: Money,
    ) -> Result<Self, InvoiceError> {
        if lines.is_empty() {
            return Err(InvoiceError::NoLines);
        }
        let (mut net, mut vat) = (Money::zero(gross.currency()), Money::zero(gross.currency()));
        for line in &lines {
            net = line.net().and_then(|amount| net.checked_add(amount)).map_err(InvoiceError::Money)?;
            vat = vat.checked_add(line.vat).map_err(InvoiceError::Money)?;
        }
        let sum = net.checked_add(vat).map_err(InvoiceError::Money)?;
        if sum != gross {
            let difference = gross.checked_sub(sum).map_err(InvoiceError::Money)?;
            return Err(InvoiceError::Unbalanced { lines: sum, expected: gross, difference });
        }
        Ok(SalesInvoice { reference, date, due, exchange_rate, lines, net, vat })
    }

    pub fn lines(&self) -> &[InvoiceLine] {
        &self.lines
    }

    pub fn net(&self) -> Money {
        self.net
    }

    pub fn vat(&self) -> Money {
        self.vat
    }

    pub fn currency(&self) -> Currency {
        self.net.currency()
    }
}

/// An invoice as the books show it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InvoiceRecord {
    pub number: InvoiceNumber,
    pub customer: CustomerId,
    pub reference: String,
    pub date: NaiveDate,
    pub net: Money,
    pub vat: Money,
}
