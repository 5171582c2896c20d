//! One delivery's work on a settlement: the books, what is known of them, and how much time is left.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};

use crate::canonical::{
    Amounts, BankAccount, Chart, Currency, DocumentKind, InvoiceNumber, Money, Nominal, NominalCode, OrderId,
    PaymentMethodId, PostedBankTransaction, PostedLedgerJournal, SettlementId, SupplierCard, SupplierId,
};
use crate::finding::Code;
use crate::host::Host;
use crate::limits::SETTLEMENT_REFUSALS_MAX;
use crate::remote::{CallFailure, FailureClass};

use super::super::books::{Books, SettlementBooks};
use super::super::chain::Phase;
use super::super::journal::Journal;
use super::super::plan::BusinessKey;
use super::item::Remark;

/// Where a settlement is posted to, as the books call it.
pub struct PostingTerms<'a> {
    pub settlement: SettlementId,
    pub deposited_on: NaiveDate,
    pub home_currency: Currency,
    pub clearing: BankAccount,
    /// How invoices and credit notes are paid, and how purchases are.
    pub invoice_method: PaymentMethodId,
    pub purchase_method: PaymentMethodId,
    pub supplier: SupplierCard,
    pub chart: &'a Chart,
    pub goodwill: Nominal,
    pub suspense: NominalCode,
    /// Where the money of orders goes that are not in the books; `None` where it waits for a person.
    pub unknown_orders: Option<NominalCode>,
}

impl PostingTerms<'_> {
    /// How the comment of everything begins that the settlement enters without a document.
    fn comment_begins(&self) -> String {
        format!("AMZ {} ", self.settlement)
    }
}

/// Why an order has no invoice that a settlement could pay.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Missing {
    BeingPosted,
    TakenBack,
    NotPosted,
    Deleted,
}

impl Missing {
    pub fn why(self) -> &'static str {
        match self {
            Missing::BeingPosted => "is being posted",
            Missing::TakenBack => "was taken back in the books",
            Missing::NotPosted => "was not posted by this connection",
            Missing::Deleted => "has an invoice that is no longer in the books",
        }
    }

    /// What is told of money of such an order that waits for a person.
    pub fn remark(self, amount: Money) -> Remark {
        let message = format!(
            "{}, and the settlement has {amount} of it: {}, then release the event",
            self.why(),
            self.remedy()
        );
        Remark { code: Code::SettledOrderUnknown, message, waits: true }
    }

    /// What a person does, so that its money finds its place.
    fn remedy(self) -> &'static str {
        match self {
            Missing::BeingPosted | Missing::NotPosted => "have the order posted",
            Missing::TakenBack | Missing::Deleted => {
                "find out in Seller Central why Amazon paid for it; post what is due by hand against the clearing \
                 account, or set `settlement.unknown-orders` to `suspense`"
            }
        }
    }
}

/// What an order is in the books.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Standing {
    Invoice {
        number: InvoiceNumber,
        amounts: Option<Amounts>,
    },
    /// Not there.
    None(Missing),
}

pub(super) struct Session<'a> {
    pub host: &'a mut dyn Host,
    pub sales: &'a dyn Books,
    pub money: &'a dyn SettlementBooks,
    pub terms: &'a PostingTerms<'a>,
    supplier: Option<SupplierId>,
    transactions: Option<(DateTime<Utc>, Vec<PostedBankTransaction>)>,
    journals: Option<(DateTime<Utc>, Vec<PostedLedgerJournal>)>,
    /// Whether what waits for a person is looked at again.
    pub is_another_look: bool,
    /// Creations that the books refused since the last that they took.
    pub refused_in_a_row: u32,
    /// What was found of orders.
    standings: BTreeMap<OrderId, Standing>,
}

impl<'a> Session<'a> {
    pub fn new(
        host: &'a mut dyn Host,
        sales: &'a dyn Books,
        money: &'a dyn SettlementBooks,
        terms: &'a PostingTerms<'a>,
    ) -> Self {
        Session {
            host,
            sales,
            money,
            terms,
            supplier: None,
            transactions: None,
            journals: None,
            is_another_look: false,
            refused_in_a_row: 0,
            standings: BTreeMap::new(),
        }
    }

    /// Counts a refusal; whether it can be about this one posting alone.
    pub fn passes_over_a_refusal(&mut self) -> bool {
        self.refused_in_a_row += 1;
        self.refused_in_a_row < SETTLEMENT_REFUSALS_MAX
    }

    /// Lists that were read before are read again: something was created.
    pub fn look_again(&mut self) {
        self.transactions = None;
        self.journals = None;
    }

    /// The transactions of the clearing account whose comment begins with this, and when they were looked at.
    pub fn transactions(
        &mut self,
        reference: &str,
    ) -> Result<(DateTime<Utc>, Vec<PostedBankTransaction>), CallFailure> {
        if self.transactions.is_none() {
            let (account, currency, begins) =
                (self.terms.clearing.id, self.terms.home_currency, self.terms.comment_begins());
            let looked_at = self.host.now();
            self.transactions =
                Some((looked_at, self.money.bank_transactions(self.host, account, &begins, currency)?));
        }
        let Some((looked_at, all)) = &self.transactions else { return Ok((self.host.now(), Vec::new())) };
        let prefix = format!("{reference}:");
        let of_this = all.iter().filter(|transaction| transaction.comment.starts_with(&prefix));
        Ok((*looked_at, of_this.cloned().collect()))
    }

    /// The journals with this comment, and when they were looked at.
    pub fn journals(
        &mut self,
        comment: &str,
    ) -> Result<(DateTime<Utc>, Vec<PostedLedgerJournal>), CallFailure> {
        if self.journals.is_none() {
            let (currency, begins) = (self.terms.home_currency, self.terms.comment_begins());
            let looked_at = self.host.now();
            self.journals = Some((looked_at, self.money.journals(self.host, &begins, currency)?));
        }
        let Some((looked_at, all)) = &self.journals else { return Ok((self.host.now(), Vec::new())) };
        Ok((*looked_at, all.iter().filter(|journal| journal.comment == comment).cloned().collect()))
    }

    /// The supplier that fees are bought from, created where the books have none. Its code is unique in the books,
    /// so a creation that is repeated is refused, and found.
    pub fn supplier(&mut self) -> Result<SupplierId, CallFailure> {
        if let Some(supplier) = self.supplier {
            return Ok(supplier);
        }
        let card = &self.terms.supplier;
        let found = self.money.supplier_by_code(self.host, &card.code)?;
        let supplier = match found {
            Some(record) => record.id,
            None => match self.money.create_supplier(self.host, card) {
                Ok(id) => id,
                Err(failure) => match self.money.supplier_by_code(self.host, &card.code)? {
                    Some(record) => record.id,
                    None => return Err(failure),
                },
            },
        };
        self.supplier = Some(supplier);
        Ok(supplier)
    }

    /// The invoice of an order that stands in the books, as this connection's journal has it.
    pub fn standing(&mut self, order: &OrderId) -> Result<Standing, CallFailure> {
        if let Some(known) = self.standings.get(order) {
            return Ok(*known);
        }
        let standing = self.read_standing(order)?;
        self.standings.insert(order.clone(), standing);
        Ok(standing)
    }

    fn read_standing(&mut self, order: &OrderId) -> Result<Standing, CallFailure> {
        let journal = Journal::open(self.host, &BusinessKey::invoice(order))?;
        let chain = journal.chain();
        Ok(match chain.last() {
            Some((DocumentKind::Invoice, _, document)) => match document.phase {
                Phase::Recorded(number) | Phase::Applied(number) => {
                    Standing::Invoice { number, amounts: document.amounts }
                }
                Phase::Intended(_) => Standing::None(Missing::BeingPosted),
            },
            Some((DocumentKind::CreditNote, ..)) => Standing::None(Missing::TakenBack),
            None => Standing::None(Missing::NotPosted),
        })
    }

    pub fn nominal(&self, code: NominalCode) -> Result<Nominal, CallFailure> {
        self.terms.chart.nominal(code).ok_or_else(|| {
            CallFailure::new(
                FailureClass::Conflict,
                Code::NominalUnknown,
                &self.terms.settlement.to_string(),
                format!(
                    "needs nominal {code}, which the KashFlow account does not have: create it there or correct the \
                     setting, then release the event"
                ),
            )
        })
    }
}

/// A conflict between the plan and what the books hold under a reference.
pub(super) fn holds_another(subject: &str, message: String) -> CallFailure {
    CallFailure::new(FailureClass::Conflict, Code::BooksHoldAnother, subject, message)
}

/// The one of these that there may be.
pub(super) fn the_only<T>(subject: &str, what: &str, mut found: Vec<T>) -> Result<Option<T>, CallFailure> {
    if found.len() > 1 {
        let message = format!(
            "the books hold {} {what} with the reference `{subject}`: delete all but one, then release the event",
            found.len()
        );
        return Err(holds_another(subject, message));
    }
    Ok(found.pop())
}
