//! How the handling of an event ends: the core's own form of the contract's `outcome` and `failure`.

use crate::canonical::{CustomerCard, DocumentReference, InvoiceNumber, OrderId};
use crate::finding::Finding;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Disposition {
    /// All is in the books, and this delivery put some of it there.
    Completed,
    /// It was all there before.
    AlreadyDone,
    /// The event asks for nothing; a finding says why.
    Ignored,
    /// The books are complete, a part waits in the holding place.
    PartlyHeld,
}

/// A document that stands in the books because of this event.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Effect {
    pub document: &'static str,
    pub number: String,
    pub reference: String,
}

impl Effect {
    pub fn document(reference: &DocumentReference, number: InvoiceNumber) -> Self {
        Effect {
            document: reference.kind.effect_name(),
            number: number.to_string(),
            reference: reference.to_string(),
        }
    }

    pub fn customer(card: &CustomerCard, order: &OrderId) -> Self {
        Effect { document: "customer", number: card.code.to_string(), reference: order.to_string() }
    }
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Outcome {
    pub disposition: Disposition,
    pub effects: Vec<Effect>,
    pub findings: Vec<Finding>,
}

impl Outcome {
    pub fn ignored(finding: Finding) -> Self {
        Outcome { disposition: Disposition::Ignored, effects: Vec::new(), findings: vec![finding] }
    }
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Failure {
    /// Deliver again after this many milliseconds.
    Retry { after_ms: u64, reason: String },
    /// A person must decide or correct something, then deliver again.
    Held(Unfinished),
    /// No delivery can work.
    DeadLetter(Unfinished),
}

/// An event that needs a person, and how far it had come.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unfinished {
    pub finding: Finding,
    /// What stands in the books because of the event already.
    pub done: Vec<Effect>,
}

impl From<Finding> for Unfinished {
    /// Nothing was done.
    fn from(finding: Finding) -> Self {
        Unfinished { finding, done: Vec::new() }
    }
}
