//! The business key of a document, as it is written into the document itself.
//!
//! KashFlow has no idempotency key, so what a document carries in its `CustomerReference` tells whether it
//! exists already. Absent on purpose: which documents an order needs (`orchestration`).

use std::fmt;

use super::ids::{OrderId, SettlementId};

/// What a document does to the sales ledger.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum DocumentKind {
    Invoice,
    CreditNote,
}

impl DocumentKind {
    /// As outcomes name it (`effect.document` of the contract).
    pub fn effect_name(self) -> &'static str {
        match self {
            DocumentKind::Invoice => "sales-invoice",
            DocumentKind::CreditNote => "credit-note",
        }
    }

    /// What people call it.
    pub fn name(self) -> &'static str {
        match self {
            DocumentKind::Invoice => "invoice",
            DocumentKind::CreditNote => "credit note",
        }
    }
}

/// One document of an order: one reference, one document, for ever.
///
/// The first invoice of an order has the order's own id, so that people find it by what Amazon shows them.
/// The credit note `CN1` reverses invoice 1, the invoice `R2` takes its place, and so on. The credit note
/// `RF50011020300` is for what that settlement paid back to the buyer.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct DocumentReference {
    pub order: OrderId,
    pub kind: DocumentKind,
    /// From 1. A credit note has the number of the invoice that it reverses.
    pub ordinal: u32,
    /// The settlement of a refund: all that one settlement pays back of an order is one credit note.
    pub settlement: Option<SettlementId>,
}

impl DocumentReference {
    pub fn invoice(order: &OrderId, ordinal: u32) -> Self {
        DocumentReference { order: order.clone(), kind: DocumentKind::Invoice, ordinal, settlement: None }
    }

    pub fn credit_note(order: &OrderId, ordinal: u32) -> Self {
        DocumentReference { order: order.clone(), kind: DocumentKind::CreditNote, ordinal, settlement: None }
    }

    /// The credit note of a refund.
    pub fn refund(order: &OrderId, settlement: SettlementId) -> Self {
        DocumentReference { settlement: Some(settlement), ..DocumentReference::credit_note(order, 1) }
    }
}

impl fmt::Display for DocumentReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(settlement) = self.settlement {
            return write!(f, "{} RF{settlement}", self.order);
        }
        match (self.kind, self.ordinal) {
            (DocumentKind::Invoice, 1) => write!(f, "{}", self.order),
            (DocumentKind::Invoice, ordinal) => write!(f, "{} R{ordinal}", self.order),
            (DocumentKind::CreditNote, ordinal) => write!(f, "{} CN{ordinal}", self.order),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_document_of_an_order_has_its_own_reference() {
        let order = OrderId::new("026-1234567-1234567").expect("an id");
        let invoice = |ordinal| DocumentReference::invoice(&order, ordinal).to_string();
        let credit_note = |ordinal| DocumentReference::credit_note(&order, ordinal).to_string();
        assert_eq!(
            [invoice(1), credit_note(1), invoice(2), credit_note(2)],
            [
                "026-1234567-1234567",
                "026-1234567-1234567 CN1",
                "026-1234567-1234567 R2",
                "026-1234567-1234567 CN2"
            ]
        );
    }
}
