//! An invoice or a credit note to be posted to the sales ledger.
//!
//! A line carries its net unit price, its quantity and its VAT in money: net is price × quantity, so
//! nothing is left for the books to round. A document exists only if its lines come to the gross amount
//! that it is built for, and a credit note only if it is the exact negative of what it reverses. Absent on
//! purpose: ids of the books' own (they differ from account to account).

use chrono::NaiveDate;

use super::currency::Currency;
use super::document_reference::DocumentReference;
use super::ids::{NominalId, ProductId};
use super::money::{Money, MoneyError};
use super::posted_document::PostedDocument;
use super::vat::VatRate;

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DocumentLine {
    pub description: String,
    /// Negative only in a credit note, for goods that cost nothing: their price cannot carry the sign.
    pub quantity: i64,
    /// Net price of one, in whole minor units: KashFlow keeps two decimals of a rate. Negative for a discount
    /// and in a credit note.
    pub unit_price: Money,
    /// The VAT of the whole line.
    pub vat: Money,
    /// `None` for a line without VAT ("N/A" in KashFlow).
    pub vat_rate: Option<VatRate>,
    pub nominal: NominalId,
    pub product: Option<ProductId>,
}

impl DocumentLine {
    pub fn net(&self) -> Result<Money, MoneyError> {
        self.unit_price.scaled(self.quantity, 1)
    }

    /// The line that takes this one back. Prices carry the sign, as in the credit notes that KashFlow makes
    /// itself; a line that costs nothing has only its quantity to carry it.
    fn reversed(&self) -> Self {
        let costs_nothing = self.unit_price.is_zero();
        DocumentLine {
            quantity: if costs_nothing { -self.quantity } else { self.quantity },
            unit_price: self.unit_price.negated(),
            vat: self.vat.negated(),
            ..self.clone()
        }
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
            !part.is_empty() && part.len() <= 18 && part.bytes().all(|byte| byte.is_ascii_digit())
        };
        let positive = trimmed.bytes().any(|byte| (b'1'..=b'9').contains(&byte));
        (digits(whole) && digits(fraction) && positive).then(|| ExchangeRate(trimmed.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SalesDocument {
    /// The business key, written into the document itself.
    pub reference: DocumentReference,
    /// The tax point, a calendar date in London.
    pub date: NaiveDate,
    pub due: NaiveDate,
    pub exchange_rate: ExchangeRate,
    lines: Vec<DocumentLine>,
    net: Money,
    vat: Money,
}

/// Why lines do not make a document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    #[error("a document needs at least one line")]
    NoLines,
    #[error("the lines come to {lines} gross, {expected} is to be posted: difference {difference}")]
    Unbalanced { lines: Money, expected: Money, difference: Money },
    #[error("the amounts cannot be added")]
    Money(#[source] MoneyError),
    #[error("it has lines of a form that cannot be taken back line by line")]
    NotReversible,
}

impl SalesDocument {
    /// A document whose lines must come to `gross`, VAT included.
    pub fn new(
        reference: DocumentReference,
        date: NaiveDate,
        due: NaiveDate,
        exchange_rate: ExchangeRate,
        lines: Vec<DocumentLine>,
        gross: Money,
    ) -> Result<Self, DocumentError> {
        if lines.is_empty() {
            return Err(DocumentError::NoLines);
        }
        let (mut net, mut vat) = (Money::zero(gross.currency()), Money::zero(gross.currency()));
        for line in &lines {
            net = line.net().and_then(|amount| net.checked_add(amount)).map_err(DocumentError::Money)?;
            vat = vat.checked_add(line.vat).map_err(DocumentError::Money)?;
        }
        let sum = net.checked_add(vat).map_err(DocumentError::Money)?;
        if sum != gross {
            let difference = gross.checked_sub(sum).map_err(DocumentError::Money)?;
            return Err(DocumentError::Unbalanced { lines: sum, expected: gross, difference });
        }
        Ok(SalesDocument { reference, date, due, exchange_rate, lines, net, vat })
    }

    /// The credit note that takes a posted invoice back, line by line and to the penny, with the VAT that the
    /// invoice was posted with (VAT Regulations 1995, regulations 15C and 38: a decrease in consideration is
    /// adjusted by a credit note, in the period in which it is given, at the rate of the original supply).
    pub fn reversal(
        posted: &PostedDocument,
        reference: DocumentReference,
        date: NaiveDate,
    ) -> Result<Self, DocumentError> {
        let lines = posted.lines.as_ref().ok_or(DocumentError::NotReversible)?;
        let reversed: Vec<DocumentLine> = lines.iter().map(DocumentLine::reversed).collect();
        let gross = posted.gross().map_err(DocumentError::Money)?.negated();
        let document =
            SalesDocument::new(reference, date, date, posted.exchange_rate.clone(), reversed, gross)?;
        if (document.net, document.vat) == (posted.net.negated(), posted.vat.negated()) {
            Ok(document)
        } else {
            Err(DocumentError::NotReversible)
        }
    }

    /// The same document under another date, due as many days later.
    #[must_use]
    pub fn dated(&self, date: NaiveDate) -> Self {
        SalesDocument { date, due: date + (self.due - self.date), ..self.clone() }
    }

    pub fn lines(&self) -> &[DocumentLine] {
        &self.lines
    }

    pub fn net(&self) -> Money {
        self.net
    }

    pub fn vat(&self) -> Money {
        self.vat
    }

    pub fn amounts(&self) -> Amounts {
        Amounts { net: self.net, vat: self.vat }
    }

    pub fn currency(&self) -> Currency {
        self.net.currency()
    }
}

/// What a document comes to: two documents of one reference are the same if their amounts are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Amounts {
    pub net: Money,
    pub vat: Money,
}

impl std::fmt::Display for Amounts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} net and {} VAT", self.net, self.vat)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canonical::{CustomerId, DocumentId, InvoiceNumber, OrderId};

    fn gbp(minor: i64) -> Money {
        Money::new(minor, Currency::GBP)
    }

    fn date() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, 2).expect("a date")
    }

    fn order() -> OrderId {
        OrderId::new("026-1234567-1234567").expect("an id")
    }

    fn line(quantity: i64, unit_price: i64, vat: i64) -> DocumentLine {
        DocumentLine {
            description: "MUG: Mug".into(),
            quantity,
            unit_price: gbp(unit_price),
            vat: gbp(vat),
            vat_rate: Some(VatRate::from_basis_points(2000)),
            nominal: NominalId(17_000_000),
            product: Some(ProductId(991)),
        }
    }

    fn posted(lines: Option<Vec<DocumentLine>>, net: i64, vat: i64) -> PostedDocument {
        PostedDocument {
            id: DocumentId(72_655_684),
            number: InvoiceNumber(1001),
            customer: CustomerId(4711),
            reference: order().to_string(),
            date: date(),
            exchange_rate: ExchangeRate::home(),
            net: gbp(net),
            vat: gbp(vat),
            paid: gbp(0),
            lines,
        }
    }

    fn reversal(posted: &PostedDocument) -> Result<SalesDocument, DocumentError> {
        SalesDocument::reversal(posted, DocumentReference::credit_note(&order(), 1), date())
    }

    #[test]
    fn a_reversal_is_the_negative_of_each_line_and_moves_the_units_back() {
        let document = reversal(&posted(Some(vec![line(2, 500, 200), line(3, 0, 0)]), 1000, 200));
        let document = document.expect("it balances");
        assert_eq!(document.amounts(), Amounts { net: gbp(-1000), vat: gbp(-200) });
        let lines: Vec<(i64, i64, i64)> = document
            .lines()
            .iter()
            .map(|line| (line.quantity, line.unit_price.minor(), line.vat.minor()))
            .collect();
        assert_eq!(lines, [(2, -500, -200), (-3, 0, 0)]);
    }

    #[test]
    fn what_cannot_be_taken_back_to_the_penny_has_no_reversal() {
        let cases = [posted(None, 1000, 200), posted(Some(vec![line(2, 500, 201)]), 1001, 200)];
        for posted in cases {
            assert_eq!(reversal(&posted), Err(DocumentError::NotReversible));
        }
        let unbalanced = reversal(&posted(Some(vec![line(2, 500, 200)]), 1000, 201));
        assert!(matches!(unbalanced, Err(DocumentError::Unbalanced { .. })), "{unbalanced:?}");
    }
}
