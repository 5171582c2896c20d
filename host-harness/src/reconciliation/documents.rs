//! Whose document is whose: references read, and the documents of each order in their places.
//!
//! Absent on purpose: what the documents must come to (`order_rules`).

use std::collections::BTreeMap;
use std::fmt;

use crate::twin::kashflow::InvoiceSnapshot;

/// Which of an order's documents it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum DocumentKind {
    /// 1 is the first invoice; each later one takes the place of the one before.
    Invoice(u32),
    /// Reverses the invoice of this number.
    CreditNote(u32),
    /// Gives back what the settlement of this id says: no reversal, the invoice stands.
    Refund(u64),
}

/// The reference that a document carries.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct DocumentReference<'a> {
    pub order: &'a str,
    pub kind: DocumentKind,
}

impl<'a> DocumentReference<'a> {
    /// Only what would be written the same way is read.
    pub fn read(text: &'a str) -> Option<Self> {
        let (order, suffix) = text.split_once(' ').unwrap_or((text, ""));
        let number = |digits: &str| digits.parse::<u32>().ok().filter(|number| *number > 0);
        let kind = if suffix.is_empty() {
            DocumentKind::Invoice(1)
        } else if let Some(digits) = suffix.strip_prefix("CN") {
            DocumentKind::CreditNote(number(digits)?)
        } else if let Some(digits) = suffix.strip_prefix("RF") {
            DocumentKind::Refund(digits.parse().ok()?)
        } else {
            DocumentKind::Invoice(number(suffix.strip_prefix('R')?).filter(|number| *number > 1)?)
        };
        Some(DocumentReference { order, kind }).filter(|reference| reference.to_string() == text)
    }
}

impl fmt::Display for DocumentReference<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let order = self.order;
        match self.kind {
            DocumentKind::Invoice(1) => f.write_str(order),
            DocumentKind::Invoice(number) => write!(f, "{order} R{number}"),
            DocumentKind::CreditNote(number) => write!(f, "{order} CN{number}"),
            DocumentKind::Refund(settlement) => write!(f, "{order} RF{settlement}"),
        }
    }
}

/// All documents of the books.
pub(super) struct Documents<'a> {
    of_orders: BTreeMap<&'a str, OrderDocuments<'a>>,
    /// References of documents that are no order's.
    strange: Vec<&'a str>,
}

/// The documents of one order. Of each kind there should be one, and more are what a comparison looks for.
#[derive(Default)]
pub(super) struct OrderDocuments<'a>(BTreeMap<DocumentKind, Vec<&'a InvoiceSnapshot>>);

impl<'a> Documents<'a> {
    pub fn of(invoices: &'a [InvoiceSnapshot]) -> Self {
        let mut documents = Documents { of_orders: BTreeMap::new(), strange: Vec::new() };
        for invoice in invoices {
            match DocumentReference::read(&invoice.reference) {
                Some(DocumentReference { order, kind }) => {
                    documents.of_orders.entry(order).or_default().0.entry(kind).or_default().push(invoice);
                }
                None => documents.strange.push(&invoice.reference),
            }
        }
        documents
    }

    pub fn take(&mut self, order: &str) -> OrderDocuments<'a> {
        self.of_orders.remove(order).unwrap_or_default()
    }

    pub fn count(&self, wanted: impl Fn(DocumentKind) -> bool) -> usize {
        let of_orders = self.of_orders.values().flat_map(|documents| &documents.0);
        of_orders.filter(|(kind, _)| wanted(**kind)).map(|(_, found)| found.len()).sum()
    }

    /// Invoices that no credit note reverses.
    fn standing(&self) -> impl Iterator<Item = &'a InvoiceSnapshot> {
        self.of_orders.values().flat_map(OrderDocuments::standing).map(|(_, invoice)| invoice)
    }

    /// What may be owed by a customer or to one: invoices that stand, and refunds.
    pub fn open(&self) -> impl Iterator<Item = &'a InvoiceSnapshot> {
        self.standing().chain(self.of_orders.values().flat_map(OrderDocuments::refunds))
    }

    /// The references of what was not taken.
    pub fn left_over(&self) -> impl Iterator<Item = String> {
        let of_orders = self.of_orders.iter().flat_map(|(order, documents)| {
            documents.0.keys().map(|kind| DocumentReference { order, kind: *kind }.to_string())
        });
        of_orders.chain(self.strange.iter().map(ToString::to_string))
    }
}

impl<'a> OrderDocuments<'a> {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn all(&self) -> impl Iterator<Item = (DocumentKind, &[&'a InvoiceSnapshot])> {
        self.0.iter().map(|(kind, found)| (*kind, found.as_slice()))
    }

    pub fn one(&self, kind: DocumentKind) -> Option<&'a InvoiceSnapshot> {
        self.0.get(&kind).and_then(|found| found.first().copied())
    }

    /// The invoices by number, one a number.
    pub fn invoices(&self) -> impl Iterator<Item = (u32, &'a InvoiceSnapshot)> {
        self.0.iter().filter_map(|(kind, found)| match kind {
            DocumentKind::Invoice(number) => Some((*number, *found.first()?)),
            DocumentKind::CreditNote(_) | DocumentKind::Refund(_) => None,
        })
    }

    pub fn standing(&self) -> impl Iterator<Item = (u32, &'a InvoiceSnapshot)> {
        self.invoices().filter(|(number, _)| self.one(DocumentKind::CreditNote(*number)).is_none())
    }

    fn refunds(&self) -> impl Iterator<Item = &'a InvoiceSnapshot> {
        let refunds = self.0.iter().filter(|(kind, _)| matches!(kind, DocumentKind::Refund(_)));
        refunds.flat_map(|(_, found)| found.iter().copied())
    }

    /// What the sale comes to. A refund leaves it as it is.
    pub fn gross_pence(&self) -> i64 {
        let of_the_sale = self.0.iter().filter(|(kind, _)| !matches!(kind, DocumentKind::Refund(_)));
        of_the_sale.flat_map(|(_, found)| found).map(|invoice| gross_pence(invoice)).sum()
    }
}

pub(super) fn gross_pence(invoice: &InvoiceSnapshot) -> i64 {
    invoice.net_pence + invoice.vat_pence
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_read_as_they_are_written_and_in_no_other_way() {
        let kinds = [
            ("026-1", DocumentKind::Invoice(1)),
            ("026-1 CN1", DocumentKind::CreditNote(1)),
            ("026-1 R2", DocumentKind::Invoice(2)),
            ("026-1 CN12", DocumentKind::CreditNote(12)),
            ("026-1 RF50011020300", DocumentKind::Refund(50_011_020_300)),
        ];
        for (text, kind) in kinds {
            assert_eq!(DocumentReference::read(text), Some(DocumentReference { order: "026-1", kind }));
        }
        let strange = [
            "026-1 ",
            "026-1 R1",
            "026-1 R02",
            "026-1 CN0",
            "026-1 CN",
            "026-1 CN+1",
            "026-1 X1",
            "026-1 RF",
            "026-1 RF05",
            "026-1  R2",
        ];
        for text in strange {
            assert_eq!(DocumentReference::read(text), None, "{text}");
        }
    }
}
