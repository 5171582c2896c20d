//! The documents of one order, in the order in which they were made, and what is to be done next.
//!
//! A chain is an invoice, the credit note that takes it back, the invoice that replaces it, and so on:
//! corrections are new documents, never edits. Everything here is pure; the calls are `run`'s.

use chrono::{DateTime, NaiveDate, Utc};

use crate::canonical::{Amounts, DocumentKind, DocumentReference, InvoiceNumber, OrderId};

use super::outcome::Effect;

/// How far a document has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Phase {
    /// About to be created since then, or created without our knowing.
    Intended(DateTime<Utc>),
    /// Created and read back under this number.
    Recorded(InvoiceNumber),
    /// A credit note that has settled the invoice that it takes back.
    Applied(InvoiceNumber),
}

/// One document of a chain, as the journal knows it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ChainDocument {
    pub phase: Phase,
    /// A digest of the sale that is posted or taken back: it changes when Amazon's content does, not when
    /// settings do.
    pub fingerprint: String,
    /// The date that it has in the books; entries of version 1 do not say it.
    pub date: Option<NaiveDate>,
    /// What it comes to; entries of version 1 do not say it.
    pub amounts: Option<Amounts>,
    /// Whether a part of it went to the holding place and awaits a person.
    pub partly_held: bool,
}

impl ChainDocument {
    pub fn number(&self) -> Option<InvoiceNumber> {
        match self.phase {
            Phase::Intended(_) => None,
            Phase::Recorded(number) | Phase::Applied(number) => Some(number),
        }
    }
}

/// What is to be done next, so that the books hold what the order asks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    /// The books hold it.
    Nothing,
    /// The answer to the creation of an invoice that is not wanted any more was lost: is it there?
    FindOut,
    PostInvoice {
        ordinal: u32,
    },
    /// Takes back the invoice of this ordinal.
    PostCreditNote {
        ordinal: u32,
    },
    /// Settles the invoice of this ordinal with its credit note.
    ApplyCreditNote {
        ordinal: u32,
    },
}

/// The documents of an order. Invoices and credit notes alternate, the first is an invoice.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Chain {
    documents: Vec<ChainDocument>,
}

impl Chain {
    /// `None` where a document that is not the last is unfinished: no chain goes on after one.
    pub fn new(documents: Vec<ChainDocument>) -> Option<Self> {
        let (_, earlier) = documents.split_last().unzip();
        let is_finished = |(index, document): (usize, &ChainDocument)| match kind(index) {
            DocumentKind::Invoice => matches!(document.phase, Phase::Recorded(_)),
            DocumentKind::CreditNote => matches!(document.phase, Phase::Applied(_)),
        };
        let is_invoice_applied = |(index, document): (usize, &ChainDocument)| {
            kind(index) == DocumentKind::Invoice && matches!(document.phase, Phase::Applied(_))
        };
        let is_sound = earlier.unwrap_or_default().iter().enumerate().all(is_finished)
            && !documents.iter().enumerate().any(is_invoice_applied);
        is_sound.then_some(Chain { documents })
    }

    pub fn documents(&self) -> &[ChainDocument] {
        &self.documents
    }

    /// The last document with its kind and ordinal.
    pub fn last(&self) -> Option<(DocumentKind, u32, &ChainDocument)> {
        let index = self.documents.len().checked_sub(1)?;
        Some((kind(index), ordinal(index), &self.documents[index]))
    }

    pub fn document(&self, kind: DocumentKind, ordinal: u32) -> Option<&ChainDocument> {
        self.documents.get(place(kind, ordinal))
    }

    /// The chain with this document put in its place, which is that of the last one or the one after it.
    #[must_use]
    pub fn with(&self, kind: DocumentKind, ordinal: u32, document: ChainDocument) -> Self {
        let mut documents = self.documents.clone();
        documents.truncate(place(kind, ordinal));
        documents.push(document);
        Chain { documents }
    }

    /// The chain without its last document.
    #[must_use]
    pub fn without_last(&self) -> Self {
        let mut documents = self.documents.clone();
        documents.pop();
        Chain { documents }
    }

    /// What to do so that the sale of fingerprint `wanted` stands in the books, or none where it is `None`.
    pub fn next_step(&self, wanted: Option<&str>) -> Step {
        let Some((kind, ordinal, document)) = self.last() else {
            return if wanted.is_some() { Step::PostInvoice { ordinal: 1 } } else { Step::Nothing };
        };
        let is_wanted = wanted == Some(document.fingerprint.as_str());
        match (kind, document.phase) {
            (DocumentKind::Invoice, Phase::Intended(_)) if is_wanted => Step::PostInvoice { ordinal },
            (DocumentKind::Invoice, Phase::Intended(_)) => Step::FindOut,
            (DocumentKind::Invoice, _) if is_wanted => Step::Nothing,
            (DocumentKind::Invoice, _) | (DocumentKind::CreditNote, Phase::Intended(_)) => {
                Step::PostCreditNote { ordinal }
            }
            (DocumentKind::CreditNote, Phase::Recorded(_)) => Step::ApplyCreditNote { ordinal },
            (DocumentKind::CreditNote, Phase::Applied(_)) if wanted.is_none() => Step::Nothing,
            (DocumentKind::CreditNote, Phase::Applied(_)) => Step::PostInvoice { ordinal: ordinal + 1 },
        }
    }

    /// The documents that are known to stand in the books.
    pub fn effects(&self, order: &OrderId) -> Vec<Effect> {
        self.documents
            .iter()
            .enumerate()
            .filter_map(|(index, document)| {
                let reference = match kind(index) {
                    DocumentKind::Invoice => DocumentReference::invoice(order, ordinal(index)),
                    DocumentKind::CreditNote => DocumentReference::credit_note(order, ordinal(index)),
                };
                Some(Effect::document(&reference, document.number()?))
            })
            .collect()
    }
}

fn kind(index: usize) -> DocumentKind {
    if index.is_multiple_of(2) { DocumentKind::Invoice } else { DocumentKind::CreditNote }
}

fn ordinal(index: usize) -> u32 {
    u32::try_from(index / 2 + 1).unwrap_or(u32::MAX)
}

fn place(kind: DocumentKind, ordinal: u32) -> usize {
    let pairs_before = ordinal.saturating_sub(1) as usize;
    pairs_before * 2 + usize::from(kind == DocumentKind::CreditNote)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(phase: Phase, fingerprint: &str) -> ChainDocument {
        ChainDocument {
            phase,
            fingerprint: fingerprint.into(),
            date: None,
            amounts: None,
            partly_held: false,
        }
    }

    fn intended(fingerprint: &str) -> ChainDocument {
        document(Phase::Intended(DateTime::UNIX_EPOCH), fingerprint)
    }

    fn recorded(fingerprint: &str) -> ChainDocument {
        document(Phase::Recorded(InvoiceNumber(7)), fingerprint)
    }

    fn applied(fingerprint: &str) -> ChainDocument {
        document(Phase::Applied(InvoiceNumber(8)), fingerprint)
    }

    fn chain(documents: &[ChainDocument]) -> Chain {
        Chain::new(documents.to_vec()).expect("a sound chain")
    }

    /// The whole table: what stands in the books, what the order asks for, what is done.
    #[test]
    fn the_next_step_leads_from_what_stands_to_what_is_wanted() {
        let table: [(&[ChainDocument], Option<&str>, Step); 16] = [
            (&[], None, Step::Nothing),
            (&[], Some("a"), Step::PostInvoice { ordinal: 1 }),
            (&[intended("a")], Some("a"), Step::PostInvoice { ordinal: 1 }),
            (&[intended("a")], Some("b"), Step::FindOut),
            (&[intended("a")], None, Step::FindOut),
            (&[recorded("a")], Some("a"), Step::Nothing),
            (&[recorded("a")], Some("b"), Step::PostCreditNote { ordinal: 1 }),
            (&[recorded("a")], None, Step::PostCreditNote { ordinal: 1 }),
            (&[recorded("a"), intended("a")], Some("a"), Step::PostCreditNote { ordinal: 1 }),
            (&[recorded("a"), recorded("a")], Some("a"), Step::ApplyCreditNote { ordinal: 1 }),
            (&[recorded("a"), recorded("a")], None, Step::ApplyCreditNote { ordinal: 1 }),
            (&[recorded("a"), applied("a")], None, Step::Nothing),
            (&[recorded("a"), applied("a")], Some("a"), Step::PostInvoice { ordinal: 2 }),
            (&[recorded("a"), applied("a"), intended("b")], None, Step::FindOut),
            (&[recorded("a"), applied("a"), recorded("b")], Some("b"), Step::Nothing),
            (&[recorded("a"), applied("a"), recorded("b")], Some("a"), Step::PostCreditNote { ordinal: 2 }),
        ];
        for (documents, wanted, step) in table {
            assert_eq!(chain(documents).next_step(wanted), step, "{documents:?} {wanted:?}");
        }
    }

    #[test]
    fn no_chain_goes_on_after_an_unfinished_document() {
        for documents in [
            vec![intended("a"), intended("a")],
            vec![recorded("a"), recorded("a"), recorded("b")],
            vec![applied("a")],
        ] {
            assert_eq!(Chain::new(documents), None);
        }
    }

    #[test]
    fn a_document_goes_to_its_place_and_what_stood_there_is_replaced() {
        let first = Chain::default().with(DocumentKind::Invoice, 1, intended("a"));
        let first = first.with(DocumentKind::Invoice, 1, recorded("a"));
        let second = first.with(DocumentKind::CreditNote, 1, applied("a"));
        assert_eq!(second.documents(), [recorded("a"), applied("a")]);
        assert_eq!(second.without_last(), first);
        let order = OrderId::new("026-1").expect("an id");
        let effects: Vec<String> = second
            .effects(&order)
            .iter()
            .map(|effect| format!("{} {} {}", effect.document, effect.number, effect.reference))
            .collect();
        assert_eq!(effects, ["sales-invoice 7 026-1", "credit-note 8 026-1 CN1"]);
    }
}
