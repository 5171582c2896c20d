//! What KashFlow shows of the postings of a settlement, looked up one by one.
//!
//! It reads with the plugin's own calls and writes nothing. Absent on purpose: what a person changed in another way
//! than in its amount.

use std::collections::HashMap;

use chrono::NaiveDate;
use plugin_core::canonical::{
    BankAccount, InvoiceNumber, Money, MoneyError, OrderId, PostedBankTransaction, PostedLedgerJournal,
    PostedPayment, PurchaseNumber, SettlementPosting, SupplierId,
};
use plugin_core::kashflow::{
    GetBankAccounts, GetBankBalance, GetBankTransactions, GetInvoice, GetInvoicePayment, GetJournals,
    GetReceiptPayment, GetReceiptsForSupplier, GetSupplier,
};
use plugin_core::orchestration::settlement::{Item, Manifest};
use plugin_core::orchestration::{BusinessKey, Journal};
use plugin_core::remote::{CallFailure, FailureClass, perform};

use crate::read_only_host::ReadOnlyHost;

use super::standing::Standings;
use super::terms::Terms;

/// What the books say.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BooksCheck {
    /// Postings that were looked up.
    pub checked: u64,
    /// What the books show otherwise, in words.
    pub differences: Vec<String>,
    /// What the clearing account holds at the end of `date`.
    pub balance: Money,
    /// The day on which Amazon paid.
    pub date: NaiveDate,
}

#[derive(Debug, thiserror::Error)]
pub enum BooksError {
    #[error("the marketplace {0} of the settlement is not configured any more")]
    Marketplace(String),
    #[error("KashFlow has no bank account with the nominal code {0}, and no clearing account then")]
    Clearing(i64),
    #[error("{}", .0.finding)]
    Call(CallFailure),
    #[error("{0}")]
    Amounts(MoneyError),
}

impl From<CallFailure> for BooksError {
    fn from(failure: CallFailure) -> Self {
        BooksError::Call(failure)
    }
}

impl From<MoneyError> for BooksError {
    fn from(error: MoneyError) -> Self {
        BooksError::Amounts(error)
    }
}

/// Looks every posted posting up, and the balance of the clearing account; `progress` is called after each posting.
///
/// # Errors
/// Where the books cannot be asked.
pub fn check_books(
    host: &mut ReadOnlyHost,
    terms: &Terms,
    manifest: &Manifest,
    standings: &Standings,
    progress: &mut dyn FnMut(),
) -> Result<BooksCheck, BooksError> {
    let mut books = Books::open(host, terms, manifest)?;
    let (mut checked, mut differences) = (0, Vec::new());
    for (name, item) in standings.items() {
        if item.is_posted() {
            checked += 1;
            if let Some(difference) = books.difference(manifest, item)? {
                differences.push(format!("{name}: {difference}"));
            }
        }
        progress();
    }
    let (account, date, currency) = (books.clearing.id, manifest.deposited_on, manifest.total.currency());
    let balance = perform(books.host, &GetBankBalance { account, date, currency })?;
    Ok(BooksCheck { checked, differences, balance, date })
}

/// The lists that are read once.
struct Books<'a> {
    host: &'a mut ReadOnlyHost,
    clearing: BankAccount,
    supplier: Option<SupplierId>,
    transactions: HashMap<i64, PostedBankTransaction>,
    journals: HashMap<i64, PostedLedgerJournal>,
}

impl<'a> Books<'a> {
    fn open(host: &'a mut ReadOnlyHost, terms: &Terms, manifest: &Manifest) -> Result<Self, BooksError> {
        let marketplace = terms.settings.marketplaces.get(&manifest.marketplace);
        let marketplace =
            marketplace.ok_or_else(|| BooksError::Marketplace(manifest.marketplace.to_string()))?;
        let code = marketplace.clearing_account;
        let accounts = perform(host, &GetBankAccounts)?;
        let clearing = accounts.into_iter().find(|account| account.code == code);
        let clearing = clearing.ok_or(BooksError::Clearing(code.0))?;
        let supplier = perform(host, &GetSupplier { code: &terms.settlements.supplier_code })?;
        let (account, currency) = (clearing.id, manifest.total.currency());
        let transactions = perform(host, &GetBankTransactions { account, comment_begins: "AMZ ", currency })?;
        let journals = perform(host, &GetJournals { comment_begins: "AMZ ", currency })?;
        Ok(Books {
            host,
            clearing,
            supplier: supplier.map(|record| record.id),
            transactions: transactions.into_iter().map(|one| (one.id.0, one)).collect(),
            journals: journals.into_iter().map(|one| (one.number.0, one)).collect(),
        })
    }

    /// What the books show otherwise; `None` where they agree.
    fn difference(&mut self, manifest: &Manifest, item: &Item) -> Result<Option<String>, BooksError> {
        let clearing = item.posting.clearing()?;
        let document = item.document.number();
        Ok(match &item.posting {
            SettlementPosting::Payment(_) | SettlementPosting::Refund(_) if item.elsewhere => {
                self.transaction(document, clearing)
            }
            SettlementPosting::Transaction(_) => self.transaction(document, clearing),
            SettlementPosting::Payment(payment) => self.order_payment(&payment.order, item, clearing)?,
            SettlementPosting::Refund(_) => self.credit_note(item, clearing)?,
            SettlementPosting::Purchase(_) => self.purchase(manifest, item, clearing)?,
            SettlementPosting::Movements(movements) => {
                let lines = movements.lines.iter().map(|line| -line.amount.minor());
                let on_clearing = (!clearing.is_zero()).then_some(clearing.minor());
                self.journal(document, lines.chain(on_clearing).collect())
            }
        })
    }

    fn transaction(&self, number: Option<i64>, wanted: Money) -> Option<String> {
        match number.and_then(|number| self.transactions.get(&number)) {
            Some(found) => differs("the bank transaction", found.amount, wanted),
            None => Some("the books have no such bank transaction".to_owned()),
        }
    }

    fn journal(&self, number: Option<i64>, mut wanted: Vec<i64>) -> Option<String> {
        let Some(found) = number.and_then(|number| self.journals.get(&number)) else {
            return Some("the books have no such journal".to_owned());
        };
        let mut held: Vec<i64> = found.lines.iter().map(|(_, amount)| amount.minor()).collect();
        held.sort_unstable();
        wanted.sort_unstable();
        (held != wanted).then(|| "the journal has other amounts".to_owned())
    }

    fn order_payment(
        &mut self,
        order: &OrderId,
        item: &Item,
        wanted: Money,
    ) -> Result<Option<String>, BooksError> {
        let chain = Journal::open(self.host, &BusinessKey::invoice(order))?.chain();
        let currency = wanted.currency();
        let mut payments = Vec::new();
        // A person may have had the invoice replaced since: the payment stays with the one that it paid.
        for document in chain.documents() {
            let Some(number) = document.number() else { continue };
            match perform(self.host, &GetInvoicePayment { number, currency }) {
                Ok(found) => payments.extend(found),
                // A person deleted the invoice, and its payments went with it.
                Err(failure) if failure.class == FailureClass::Rejected => {}
                Err(failure) => return Err(failure.into()),
            }
        }
        Ok(payment(&payments, item, wanted))
    }

    fn credit_note(&mut self, item: &Item, wanted: Money) -> Result<Option<String>, BooksError> {
        let Some(number) = item.document.number().map(InvoiceNumber) else { return Ok(None) };
        let Some(found) = perform(self.host, &GetInvoice { number })? else {
            return Ok(Some(format!("the books have no credit note {number}")));
        };
        let currency = wanted.currency();
        let payments = perform(self.host, &GetInvoicePayment { number, currency })?;
        Ok(differs("the credit note", found.gross()?, wanted).or_else(|| payment(&payments, item, wanted)))
    }

    fn purchase(
        &mut self,
        manifest: &Manifest,
        item: &Item,
        clearing: Money,
    ) -> Result<Option<String>, BooksError> {
        let (Some(number), Some(supplier)) = (item.document.number().map(PurchaseNumber), self.supplier)
        else {
            return Ok(Some("the books have no such supplier".to_owned()));
        };
        let reference = item.reference(manifest.settlement);
        let purchases = perform(self.host, &GetReceiptsForSupplier { supplier, reference: &reference })?;
        let Some(found) = purchases.into_iter().find(|purchase| purchase.number == number) else {
            return Ok(Some(format!("the books have no purchase {number} with this reference")));
        };
        let cost = clearing.negated();
        let difference = differs("the purchase", found.net.checked_add(found.vat)?, cost);
        if difference.is_some() || cost.is_zero() {
            return Ok(difference);
        }
        let currency = cost.currency();
        let payments = perform(self.host, &GetReceiptPayment { number, currency })?;
        Ok(payment(&payments, item, cost))
    }
}

/// The payment that was recorded, among those that a document has.
fn payment(payments: &[PostedPayment], item: &Item, wanted: Money) -> Option<String> {
    let recorded = item.payment.number();
    match payments.iter().find(|payment| Some(payment.id.0) == recorded) {
        Some(found) => differs("the payment", found.amount, wanted),
        None => Some("the books have no such payment".to_owned()),
    }
}

fn differs(what: &str, found: Money, wanted: Money) -> Option<String> {
    (found != wanted).then(|| format!("{what} comes to {found} in the books, and the settlement to {wanted}"))
}
