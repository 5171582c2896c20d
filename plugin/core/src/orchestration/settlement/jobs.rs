//! What is to be ensured of each posting, and where the money of an order goes that has no invoice.

use crate::canonical::{
    InvoiceNumber, Money, NominalCode, OrderPayment, OrderRefund, PurchaseNumber, SettlementPosting,
};
use crate::finding::Code;
use crate::mapping::settlement::refund_to_credit_note::{NoCreditNote, RefundTerms, map};
use crate::remote::CallFailure;

use super::ensure::{Job, Which};
use super::item::{Remark, Stage};
use super::part::Part;
use super::payments::{Paid, WantedPayment};
use super::purchase::WantedPurchase;
use super::refund::WantedCreditNote;
use super::session::{Missing, Session, Standing, holds_another};
use super::transaction::{WantedJournal, WantedTransaction};

/// What is to be ensured of these items. May decide that an item goes elsewhere or waits.
pub(super) fn jobs(
    session: &mut Session<'_>,
    part: &mut Part,
    batch: &[usize],
    which: Which,
) -> Result<Vec<Job>, CallFailure> {
    let mut jobs = Vec::new();
    for index in batch {
        if part.items[*index].waits_for_a_person() {
            continue;
        }
        let wanted: Option<Job> = match (part.items[*index].posting.clone(), which) {
            (SettlementPosting::Payment(payment), _) => of_payment(session, part, *index, &payment, which)?,
            (SettlementPosting::Refund(refund), _) => of_refund(session, part, *index, &refund, which)?,
            (SettlementPosting::Purchase(purchase), Which::Document) => {
                let reference = part.items[*index].reference(session.terms.settlement);
                Some(Job { index: *index, which, wanted: Box::new(WantedPurchase { reference, purchase }) })
            }
            (SettlementPosting::Purchase(purchase), Which::Payment) => {
                let amount = purchase.amount().map_err(|error| impossible(session, &error.to_string()))?;
                let number = part.items[*index].document.number().filter(|_| !amount.is_zero());
                let subject = part.items[*index].reference(session.terms.settlement);
                number.map(|number| {
                    payment_job(
                        session,
                        *index,
                        Paid::Purchase(PurchaseNumber(number)),
                        subject,
                        amount,
                        None,
                    )
                })
            }
            (SettlementPosting::Transaction(transaction), Which::Document) => {
                let reference = part.items[*index].reference(session.terms.settlement);
                let wanted = WantedTransaction::of(reference, &transaction);
                Some(Job { index: *index, which, wanted: Box::new(wanted) })
            }
            (SettlementPosting::Movements(movements), Which::Document) => {
                let reference = part.items[*index].reference(session.terms.settlement);
                Some(Job { index: *index, which, wanted: Box::new(WantedJournal { reference, movements }) })
            }
            (SettlementPosting::Transaction(_) | SettlementPosting::Movements(_), Which::Payment) => None,
        };
        jobs.extend(wanted);
    }
    Ok(jobs)
}

fn payment_job(
    session: &Session<'_>,
    index: usize,
    document: Paid,
    subject: String,
    amount: Money,
    due: Option<Money>,
) -> Job {
    let date = session.terms.deposited_on;
    let wanted = WantedPayment { document, subject, date, amount, due };
    Job { index, which: Which::Payment, wanted: Box::new(wanted) }
}

fn of_payment(
    session: &mut Session<'_>,
    part: &mut Part,
    index: usize,
    payment: &OrderPayment,
    which: Which,
) -> Result<Option<Job>, CallFailure> {
    if part.items[index].elsewhere {
        let is_document = which == Which::Document;
        return Ok(is_document.then(|| elsewhere(session, part, index, payment.amount)).flatten());
    }
    if which == Which::Document {
        // Where it goes is decided once: what was begun as a payment stays one.
        if part.items[index].payment != Stage::Waiting {
            return Ok(None);
        }
        let missing = match session.standing(&payment.order)? {
            Standing::None(missing) => Some(missing),
            // Asked only of what waited: that a person deletes an invoice is not worth a call for each payment.
            Standing::Invoice { number, .. } if session.is_another_look => {
                let found = session.sales.document(session.host, number)?;
                found.is_none().then_some(Missing::Deleted)
            }
            Standing::Invoice { .. } => None,
        };
        return Ok(missing.and_then(|missing| unknown(session, part, index, payment.amount, missing)));
    }
    let (number, amounts) = match session.standing(&payment.order)? {
        Standing::Invoice { number, amounts } => (number, amounts),
        Standing::None(missing) => {
            part.items[index].remark = Some(missing.remark(payment.amount));
            return Ok(None);
        }
    };
    let due = amounts.and_then(|amounts| amounts.net.checked_add(amounts.vat).ok());
    let subject = payment.order.to_string();
    Ok(Some(payment_job(session, index, Paid::Invoice(number), subject, payment.amount, due)))
}

fn of_refund(
    session: &mut Session<'_>,
    part: &mut Part,
    index: usize,
    refund: &OrderRefund,
    which: Which,
) -> Result<Option<Job>, CallFailure> {
    let amount = refund.amount().map_err(|error| impossible(session, &error.to_string()))?.negated();
    if part.items[index].elsewhere {
        let is_document = which == Which::Document;
        return Ok(is_document.then(|| elsewhere(session, part, index, amount)).flatten());
    }
    if which == Which::Payment {
        let number = part.items[index].document.number();
        let subject = part.items[index].reference(session.terms.settlement);
        return Ok(number.map(|number| {
            payment_job(session, index, Paid::Invoice(InvoiceNumber(number)), subject, amount, None)
        }));
    }
    if part.items[index].document.number().is_some() {
        return Ok(None);
    }
    let number = match session.standing(&refund.order)? {
        Standing::Invoice { number, .. } => number,
        Standing::None(missing) => return Ok(unknown(session, part, index, amount, missing)),
    };
    let Some(posted) = session.sales.document(session.host, number)? else {
        return Ok(unknown(session, part, index, amount, Missing::Deleted));
    };
    let goodwill = session.terms.goodwill;
    let terms = RefundTerms { settlement: session.terms.settlement, goodwill };
    match map(refund, &posted, terms) {
        Ok(draft) => {
            if !draft.excess.is_zero() {
                let message = format!(
                    "{} more was refunded than its invoice {} comes to, as a whole or at one VAT rate: it was posted to the \
                     goodwill nominal {}",
                    draft.excess, posted.number, goodwill.code
                );
                part.items[index].note(Code::RefundExceedsSale, message);
            }
            let wanted = WantedCreditNote { document: draft.credit_note, customer: posted.customer };
            Ok(Some(Job { index, which, wanted: Box::new(wanted) }))
        }
        Err(problem @ (NoCreditNote::VatUnclear | NoCreditNote::ForeignLines)) => {
            let nominal = session.terms.suspense;
            let message = format!(
                "{problem}: its refund of {} is on the suspense nominal {nominal}; credit the right lines of invoice {} by hand",
                amount.negated(),
                posted.number
            );
            let item = &mut part.items[index];
            item.remark = Some(Remark { code: Code::RefundVatUnclear, message, waits: false });
            item.elsewhere = true;
            Ok(elsewhere(session, part, index, amount))
        }
        Err(problem) => Err(impossible(session, &format!("order {}: {problem}", refund.order))),
    }
}

/// Money of an order that is not in the books: it goes where the settings say, or waits.
fn unknown(
    session: &Session<'_>,
    part: &mut Part,
    index: usize,
    amount: Money,
    missing: Missing,
) -> Option<Job> {
    let item = &mut part.items[index];
    match session.terms.unknown_orders {
        None => {
            item.remark = Some(missing.remark(amount));
            None
        }
        Some(nominal) => {
            item.elsewhere = true;
            item.note(
                Code::SettledOrderUnknown,
                format!("{}: {amount} of it went to nominal {nominal}", missing.why()),
            );
            elsewhere(session, part, index, amount)
        }
    }
}

/// The transaction that takes an order's money to a nominal of its own.
fn elsewhere(session: &Session<'_>, part: &Part, index: usize, amount: Money) -> Option<Job> {
    let item = &part.items[index];
    let is_unclear = item.remark.as_ref().is_some_and(|remark| remark.code == Code::RefundVatUnclear);
    let nominal: NominalCode = match session.terms.unknown_orders {
        Some(nominal) if !is_unclear => nominal,
        _ => session.terms.suspense,
    };
    let what = if matches!(item.posting, SettlementPosting::Refund(_)) { "refund" } else { "payment" };
    let wanted = WantedTransaction {
        reference: item.reference(session.terms.settlement),
        description: match is_unclear {
            true => "Amazon refund whose VAT is to be decided".to_owned(),
            false => format!("Amazon {what} of an order that was not invoiced here"),
        },
        date: session.terms.deposited_on,
        amount,
        vat: Money::zero(amount.currency()),
        vat_rate: None,
        nominal,
    };
    Some(Job { index, which: Which::Document, wanted: Box::new(wanted) })
}

/// Only a fault of this program leads here: amounts were added up when the plan was made.
fn impossible(session: &Session<'_>, problem: &str) -> CallFailure {
    holds_another(&session.terms.settlement.to_string(), problem.to_owned())
}
