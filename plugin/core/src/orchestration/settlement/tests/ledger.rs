//! Books in memory, in which things go wrong: answers are lost, calls are late, refused, or said to be kept and not.

use std::cell::RefCell;

use super::desk::World;
use crate::canonical::{
    BankTransaction, InvoiceNumber, LedgerJournal, Money, Payment, PostedBankTransaction, PostedDocument,
    PostedLedgerJournal, PostedPayment, PostedPurchase, Purchase, PurchaseNumber, SupplierId, SupplierRecord,
};
use crate::canonical::{BankTransactionId, CustomerId, DocumentId, JournalNumber, PaymentId, SalesDocument};
use crate::finding::Code;
use crate::remote::{CallFailure, FailureClass};

/// What goes wrong with one call.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Fault {
    /// Carried out, and nobody hears of it.
    AnswerLost,
    /// Not carried out, and nobody knows.
    CallLost,
    Refused,
    /// Out of order: nothing was changed.
    Down,
    /// Said to be carried out.
    Forgotten,
}

/// What stands in the books.
#[derive(Default)]
pub(super) struct Held {
    pub documents: Vec<PostedDocument>,
    /// By invoice or credit note.
    pub payments: Vec<(InvoiceNumber, PostedPayment)>,
    pub purchases: Vec<PostedPurchase>,
    pub purchase_payments: Vec<(PurchaseNumber, PostedPayment)>,
    pub suppliers: Vec<SupplierRecord>,
    pub transactions: Vec<PostedBankTransaction>,
    pub journals: Vec<PostedLedgerJournal>,
    next: i64,
}

#[derive(Default)]
pub(super) struct Ledger {
    pub world: World,
    pub held: RefCell<Held>,
    /// The operation, which of its calls from now, and what becomes of it.
    pub faults: RefCell<Vec<(&'static str, u32, Fault)>>,
    /// The operations that were carried out and changed something.
    pub written: RefCell<Vec<&'static str>>,
}

impl Ledger {
    /// The nth call of an operation from now fails.
    pub fn fails(&self, operation: &'static str, nth: u32, fault: Fault) {
        self.faults.borrow_mut().push((operation, nth, fault));
    }

    fn fault(&self, operation: &str) -> Option<Fault> {
        let mut faults = self.faults.borrow_mut();
        let mut found = None;
        for (_, nth, fault) in faults.iter_mut().filter(|(of, ..)| *of == operation) {
            *nth = nth.saturating_sub(1);
            if *nth == 0 {
                found = Some(*fault);
            }
        }
        faults.retain(|(_, nth, _)| *nth > 0);
        found
    }

    pub fn read<T>(&self, operation: &'static str, from: impl FnOnce(&Held) -> T) -> Result<T, CallFailure> {
        if !self.world.lives() || self.fault(operation).is_some() {
            return Err(failure(FailureClass::Transient, operation));
        }
        Ok(from(&self.held.borrow()))
    }

    /// Changes the books; `change` gets a number that nothing else has.
    pub fn write<T>(
        &self,
        operation: &'static str,
        change: impl FnOnce(&mut Held, i64) -> T,
    ) -> Result<T, CallFailure> {
        if !self.world.lives() {
            return Err(failure(FailureClass::Ambiguous, operation));
        }
        let fault = self.fault(operation);
        match fault {
            Some(Fault::CallLost) => return Err(failure(FailureClass::Ambiguous, operation)),
            Some(Fault::Refused) => return Err(failure(FailureClass::Rejected, operation)),
            Some(Fault::Down) => return Err(failure(FailureClass::Transient, operation)),
            Some(Fault::Forgotten) => return Ok(change(&mut Held::default(), 0)),
            Some(Fault::AnswerLost) | None => {}
        }
        let mut held = self.held.borrow_mut();
        held.next += 1;
        let number = held.next;
        let answer = change(&mut held, number);
        self.written.borrow_mut().push(operation);
        match fault {
            Some(_) => Err(failure(FailureClass::Ambiguous, operation)),
            None => Ok(answer),
        }
    }

    /// All that stands there, without numbers, in an order of its own.
    pub fn all(&self) -> Vec<String> {
        let held = self.held.borrow();
        let documents = held.documents.iter().map(|one| format!("{} {}", one.reference, one.amounts()));
        let payments = held.payments.iter().map(|(number, payment)| {
            let of = held.documents.iter().find(|one| one.number == *number).map(|one| &one.reference);
            format!("{of:?} paid {} `{}`", payment.amount, payment.note)
        });
        let purchases = held.purchases.iter().map(|one| format!("{} {}", one.reference, one.amounts()));
        let paid = held.purchase_payments.iter().map(|(_, one)| format!("purchase paid {}", one.amount));
        let suppliers = held.suppliers.iter().map(|one| one.code.clone());
        let transactions =
            held.transactions.iter().map(|one| format!("{} {} {}", one.comment, one.amount, one.nominal));
        let journals = held.journals.iter().map(|one| format!("{} {:?}", one.comment, one.lines));
        let all = documents.chain(payments).chain(purchases).chain(paid).chain(suppliers);
        let mut all: Vec<String> = all.chain(transactions).chain(journals).collect();
        all.sort();
        all
    }
}

pub(super) fn failure(class: FailureClass, operation: &'static str) -> CallFailure {
    let code = match class {
        FailureClass::Rejected => Code::KashFlowRefused,
        _ => Code::KashFlowUnavailable,
    };
    CallFailure::new(class, code, operation, "went wrong")
}

pub(super) fn posted_document(document: &SalesDocument, customer: CustomerId, number: i64) -> PostedDocument {
    PostedDocument {
        id: DocumentId(number + 900),
        number: InvoiceNumber(number),
        customer,
        reference: document.reference.to_string(),
        date: document.date,
        exchange_rate: document.exchange_rate.clone(),
        net: document.net(),
        vat: document.vat(),
        paid: Money::zero(document.currency()),
        lines: Some(document.lines().to_vec()),
    }
}

pub(super) fn posted_payment(payment: &Payment, number: i64) -> PostedPayment {
    let Payment { date, amount, account, note, .. } = payment.clone();
    PostedPayment { id: PaymentId(number), date, amount, account, note }
}

pub(super) fn posted_purchase(purchase: &Purchase, supplier: SupplierId, number: i64) -> PostedPurchase {
    PostedPurchase {
        number: PurchaseNumber(number),
        supplier,
        reference: purchase.reference.clone(),
        date: purchase.date,
        net: purchase.amounts().net,
        vat: purchase.amounts().vat,
        paid: Money::zero(purchase.currency()),
    }
}

pub(super) fn posted_transaction(transaction: &BankTransaction, number: i64) -> PostedBankTransaction {
    PostedBankTransaction {
        id: BankTransactionId(number),
        date: transaction.date,
        amount: transaction.amount,
        vat: transaction.vat,
        nominal: transaction.nominal,
        comment: transaction.comment.clone(),
    }
}

pub(super) fn posted_journal(journal: &LedgerJournal, number: i64) -> PostedLedgerJournal {
    PostedLedgerJournal {
        number: JournalNumber(number),
        date: journal.date,
        comment: journal.comment.clone(),
        lines: journal.lines().iter().map(|line| (line.nominal, line.amount)).collect(),
    }
}
