//! Payments out of and into the clearing account: of invoices, credit notes and purchases.
//!
//! A payment carries the settlement in its note, and a document has at most one of each settlement. What somebody
//! else booked is left alone: the same amount from the same account is the same money, and anything that would pay an
//! invoice twice waits for a person.

use chrono::NaiveDate;

use crate::canonical::{InvoiceNumber, Money, Payment, PostedPayment, PurchaseNumber, payment_note};
use crate::finding::Code;
use crate::remote::{CallFailure, FailureClass};

use super::ensure::{Ensurable, Sought};
use super::item::Remark;
use super::session::{Missing, Session, holds_another};

/// What is paid.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Paid {
    Invoice(InvoiceNumber),
    Purchase(PurchaseNumber),
}

pub(super) struct WantedPayment {
    pub document: Paid,
    /// What it is of, for messages: an order, a reference.
    pub subject: String,
    pub date: NaiveDate,
    /// In the sign of [`Payment::amount`].
    pub amount: Money,
    /// What the document comes to, where that is known and matters.
    pub due: Option<Money>,
}

/// Begins the note of every payment of a settlement.
const NOTE: &str = "Amazon settlement ";

impl Ensurable for WantedPayment {
    fn subject(&self) -> String {
        self.subject.clone()
    }

    fn find(&self, session: &mut Session<'_>) -> Result<Sought, CallFailure> {
        let looked_at = session.host.now();
        let payments = match self.payments(session) {
            Err(failure) if failure.class == FailureClass::Rejected => {
                return Ok(Sought::Waits(self.of_no_document(session, failure)?));
            }
            payments => payments?,
        };
        let note = payment_note(session.terms.settlement);
        let total = Money::sum(self.amount.currency(), payments.iter().map(|payment| payment.amount));
        let total = total.map_err(|error| holds_another(&self.subject, error.to_string()))?;
        let mut ours = payments.iter().filter(|payment| payment.note == note);
        if let Some(payment) = ours.next() {
            if payment.amount != self.amount || ours.next().is_some() {
                let message = format!(
                    "is to be paid {} by `{note}`, and the books hold {} of it: correct it in KashFlow, then release the event",
                    self.amount, payment.amount
                );
                return Err(holds_another(&self.subject, message));
            }
            return Ok(Sought::Found { number: payment.id.0, remark: self.difference(total) });
        }
        let by_hand = || payments.iter().filter(|payment| !payment.note.starts_with(NOTE));
        let is_same = |payment: &&PostedPayment| {
            (payment.account, payment.amount) == (session.terms.clearing.id, self.amount)
        };
        if let Some(payment) = by_hand().find(is_same) {
            return Ok(Sought::Found { number: payment.id.0, remark: self.difference(total) });
        }
        match self.due {
            Some(due) if by_hand().next().is_some() && self.would_overpay(total, due) => {
                Ok(Sought::Waits(self.paid_by_hand(total)))
            }
            _ => Ok(Sought::Absent { looked_at }),
        }
    }

    fn create(&self, session: &mut Session<'_>) -> Result<(), CallFailure> {
        let terms = session.terms;
        let payment = |method| Payment {
            date: self.date,
            amount: self.amount,
            account: terms.clearing.id,
            method,
            note: payment_note(terms.settlement),
        };
        match self.document {
            Paid::Invoice(number) => {
                session.money.pay_invoice(session.host, number, &payment(terms.invoice_method)).map(drop)
            }
            Paid::Purchase(number) => {
                session.money.pay_purchase(session.host, number, &payment(terms.purchase_method)).map(drop)
            }
        }
    }
}

impl WantedPayment {
    fn payments(&self, session: &mut Session<'_>) -> Result<Vec<PostedPayment>, CallFailure> {
        let currency = self.amount.currency();
        match self.document {
            Paid::Invoice(number) => session.money.payments_of_invoice(session.host, number, currency),
            Paid::Purchase(number) => session.money.payments_of_purchase(session.host, number, currency),
        }
    }

    /// What is to be told where a person deleted the invoice; fails as before where it is there.
    fn of_no_document(&self, session: &mut Session<'_>, failure: CallFailure) -> Result<Remark, CallFailure> {
        match self.document {
            Paid::Invoice(number) if session.sales.document(session.host, number)?.is_none() => {
                Ok(Missing::Deleted.remark(self.amount))
            }
            Paid::Invoice(_) | Paid::Purchase(_) => Err(failure),
        }
    }

    fn would_overpay(&self, paid: Money, due: Money) -> bool {
        paid.checked_add(self.amount).is_ok_and(|sum| sum.magnitude().minor() > due.magnitude().minor())
    }

    fn paid_by_hand(&self, paid: Money) -> Remark {
        let message = format!(
            "{paid} of it is paid by hand, and Amazon paid {}: delete the payment by hand in KashFlow, then release the event",
            self.amount
        );
        Remark { code: Code::InvoicePaidByHand, message, waits: true }
    }

    /// What a person should know where the document is not settled now.
    fn difference(&self, paid: Money) -> Option<Remark> {
        let due = self.due.filter(|due| *due != paid)?;
        let message = format!(
            "the invoice comes to {due}, and {paid} is paid of it by now: a further part may come with the next \
             settlement; where none does, credit the difference by hand"
        );
        Some(Remark { code: Code::PaymentDiffers, message, waits: false })
    }
}
