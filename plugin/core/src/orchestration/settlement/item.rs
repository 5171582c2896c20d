//! One posting of a settlement and how far it has come.

use chrono::{DateTime, Utc};

use crate::canonical::{SettlementId, SettlementPosting};
use crate::finding::{Code, Finding};

/// How far one document or one payment has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Stage {
    #[default]
    Waiting,
    /// About to be created since then, or created without our knowing.
    Intended(DateTime<Utc>),
    /// In the books, under this number.
    Recorded(i64),
}

impl Stage {
    pub fn number(self) -> Option<i64> {
        match self {
            Stage::Recorded(number) => Some(number),
            Stage::Waiting | Stage::Intended(_) => None,
        }
    }
}

/// What a person should know of a posting.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Remark {
    pub code: Code,
    pub message: String,
    /// Whether the posting waits for that person.
    pub waits: bool,
}

/// A posting of the plan. A payment alone has no document of its own; a bank transaction has no payment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Item {
    pub posting: SettlementPosting,
    /// The credit note, the purchase, the transaction or the journal.
    pub document: Stage,
    /// Its payment, or that of the order's invoice.
    pub payment: Stage,
    /// Set where the money of an order that is not in the books goes to a nominal of its own.
    pub elsewhere: bool,
    pub remark: Option<Remark>,
}

impl Item {
    pub fn new(posting: SettlementPosting) -> Self {
        let (document, payment) = (Stage::Waiting, Stage::Waiting);
        Item { posting, document, payment, elsewhere: false, remark: None }
    }

    /// The business key under which it is, or will be, in the books.
    pub fn reference(&self, settlement: SettlementId) -> String {
        match &self.posting {
            SettlementPosting::Payment(payment) if self.elsewhere => {
                format!("AMZ {settlement} ORDER {}", payment.order)
            }
            SettlementPosting::Refund(refund) if self.elsewhere => {
                format!("AMZ {settlement} REFUND {}", refund.order)
            }
            posting => posting.reference(settlement),
        }
    }

    /// Whether all of it is in the books.
    pub fn is_posted(&self) -> bool {
        let has = |stage: Stage| stage.number().is_some();
        match &self.posting {
            SettlementPosting::Payment(_) | SettlementPosting::Refund(_) if self.elsewhere => {
                has(self.document)
            }
            SettlementPosting::Payment(_) => has(self.payment),
            SettlementPosting::Refund(_) => has(self.document) && has(self.payment),
            SettlementPosting::Purchase(purchase) => {
                let is_free = purchase.amount().is_ok_and(crate::canonical::money::Money::is_zero);
                has(self.document) && (is_free || has(self.payment))
            }
            SettlementPosting::Transaction(_) | SettlementPosting::Movements(_) => has(self.document),
        }
    }

    pub fn waits_for_a_person(&self) -> bool {
        self.remark.as_ref().is_some_and(|remark| remark.waits)
    }

    /// Leaves it to a person.
    pub fn hold(&mut self, code: Code, message: String) {
        self.remark = Some(Remark { code, message, waits: true });
    }

    pub fn note(&mut self, code: Code, message: String) {
        self.remark = Some(Remark { code, message, waits: false });
    }

    /// The remark as a finding about its order, or about the settlement.
    pub fn finding(&self, settlement: &str) -> Option<Finding> {
        let remark = self.remark.as_ref()?;
        let subject = match &self.posting {
            SettlementPosting::Payment(payment) => payment.order.to_string(),
            SettlementPosting::Refund(refund) => refund.order.to_string(),
            SettlementPosting::Purchase(_)
            | SettlementPosting::Transaction(_)
            | SettlementPosting::Movements(_) => settlement.to_owned(),
        };
        let finding = Finding::new(remark.code, subject, &remark.message);
        // A settlement can have hundreds of orders that are not in the books: one thing to look at.
        let is_common = remark.code == Code::SettledOrderUnknown;
        Some(if is_common { finding.caused_by(settlement) } else { finding })
    }
}
