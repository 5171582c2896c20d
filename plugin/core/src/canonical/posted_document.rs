//! An invoice or a credit note as the books show it.
//!
//! Absent on purpose: who posted it. The books are shared with people, so anything may stand in them.

use chrono::NaiveDate;

use super::ids::{CustomerId, DocumentId, InvoiceNumber, NominalId, ProductId};
use super::money::{Money, MoneyError};
use super::sales_document::{Amounts, DocumentLine, ExchangeRate, SalesDocument};
use super::vat::VatRate;

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PostedDocument {
    /// The books' own id of the document, which is not the number that people see.
    pub id: DocumentId,
    pub number: InvoiceNumber,
    pub customer: CustomerId,
    pub reference: String,
    pub date: NaiveDate,
    pub exchange_rate: ExchangeRate,
    pub net: Money,
    pub vat: Money,
    /// What was paid of it, or used of a credit note (negative then).
    pub paid: Money,
    /// `None` where a line is of a form that this plugin never writes: half a piece, a fraction of a penny.
    pub lines: Option<Vec<DocumentLine>>,
}

impl PostedDocument {
    pub fn gross(&self) -> Result<Money, MoneyError> {
        self.net.checked_add(self.vat)
    }

    pub fn amounts(&self) -> Amounts {
        Amounts { net: self.net, vat: self.vat }
    }

    /// Whether nothing is left to be paid of it, or to be used of a credit note.
    pub fn is_settled(&self) -> bool {
        self.gross() == Ok(self.paid)
    }

    /// Whether it sells the same goods at the same prices to the same nominals as `document` would. The words
    /// and the order of the lines do not count.
    pub fn says_the_same_as(&self, document: &SalesDocument) -> bool {
        let Some(lines) = &self.lines else { return false };
        let in_order = |lines: &[DocumentLine]| {
            let mut places: Vec<_> = lines.iter().map(content).collect();
            places.sort();
            places
        };
        let same_currency = self.net.currency() == document.currency();
        same_currency && in_order(lines) == in_order(document.lines())
    }
}

/// What a line sells, without its words, in an order of its own. Amounts are of one currency.
fn content(line: &DocumentLine) -> (Option<ProductId>, NominalId, i64, i64, i64, Option<VatRate>) {
    let DocumentLine { product, nominal, quantity, unit_price, vat, vat_rate, .. } = line;
    (*product, *nominal, *quantity, unit_price.minor(), vat.minor(), *vat_rate)
}
