//! The books as orchestration sees them: what can be looked up and what can be created.
//!
//! No call here is idempotent by itself; `run` makes it so. A creation that failed as `Ambiguous` may
//! have happened.

use chrono::NaiveDate;

use crate::canonical::{
    BankAccount, BankAccountId, BankTransaction, BankTransactionId, Currency, CustomerCard, CustomerCode,
    CustomerId, CustomerRecord, DocumentId, DocumentReference, InvoiceNumber, JournalNumber, LedgerJournal,
    Money, Payment, PaymentId, PaymentMethod, PostedBankTransaction, PostedDocument, PostedLedgerJournal,
    PostedPayment, PostedPurchase, Purchase, PurchaseNumber, SalesDocument, SupplierCard, SupplierCode,
    SupplierId, SupplierRecord,
};
use crate::host::Host;
use crate::remote::CallFailure;

pub trait Books {
    fn customer_by_email(
        &self,
        host: &mut dyn Host,
        email: &str,
    ) -> Result<Option<CustomerRecord>, CallFailure>;

    fn customers_by_post_code(
        &self,
        host: &mut dyn Host,
        post_code: &str,
    ) -> Result<Vec<CustomerRecord>, CallFailure>;

    fn customer_by_code(
        &self,
        host: &mut dyn Host,
        code: &CustomerCode,
    ) -> Result<Option<CustomerRecord>, CallFailure>;

    /// Fails as `Conflict` where the code is taken.
    fn create_customer(&self, host: &mut dyn Host, card: &CustomerCard) -> Result<CustomerId, CallFailure>;

    /// Those of the customer's invoices and credit notes that carry the reference.
    fn documents_of(
        &self,
        host: &mut dyn Host,
        customer: CustomerId,
        reference: &DocumentReference,
    ) -> Result<Vec<PostedDocument>, CallFailure>;

    /// Those of the day's invoices and credit notes that carry the reference.
    fn documents_dated(
        &self,
        host: &mut dyn Host,
        date: NaiveDate,
        reference: &DocumentReference,
    ) -> Result<Vec<PostedDocument>, CallFailure>;

    fn document(
        &self,
        host: &mut dyn Host,
        number: InvoiceNumber,
    ) -> Result<Option<PostedDocument>, CallFailure>;

    fn create_document(
        &self,
        host: &mut dyn Host,
        document: &SalesDocument,
        customer: CustomerId,
    ) -> Result<InvoiceNumber, CallFailure>;

    /// Settles the invoice with the credit note. Refused where either is settled already.
    fn apply_credit_note(
        &self,
        host: &mut dyn Host,
        invoice: DocumentId,
        credit_note: DocumentId,
    ) -> Result<(), CallFailure>;
}

/// The books as a settlement needs them: payments, purchases, bank transactions, journals.
pub trait SettlementBooks {
    /// Of an invoice or a credit note, whose currency is `currency`.
    fn payments_of_invoice(
        &self,
        host: &mut dyn Host,
        number: InvoiceNumber,
        currency: Currency,
    ) -> Result<Vec<PostedPayment>, CallFailure>;

    /// Pays an invoice, or pays a credit note out with a negative amount.
    fn pay_invoice(
        &self,
        host: &mut dyn Host,
        document: InvoiceNumber,
        payment: &Payment,
    ) -> Result<PaymentId, CallFailure>;

    /// Of a purchase, whose currency is `currency`.
    fn payments_of_purchase(
        &self,
        host: &mut dyn Host,
        number: PurchaseNumber,
        currency: Currency,
    ) -> Result<Vec<PostedPayment>, CallFailure>;

    fn pay_purchase(
        &self,
        host: &mut dyn Host,
        document: PurchaseNumber,
        payment: &Payment,
    ) -> Result<PaymentId, CallFailure>;

    /// The ways of paying an invoice or a credit note.
    fn payment_methods(&self, host: &mut dyn Host) -> Result<Vec<PaymentMethod>, CallFailure>;

    /// The ways of paying a purchase, which the books keep apart from those of invoices.
    fn purchase_payment_methods(&self, host: &mut dyn Host) -> Result<Vec<PaymentMethod>, CallFailure>;

    fn supplier_by_code(
        &self,
        host: &mut dyn Host,
        code: &SupplierCode,
    ) -> Result<Option<SupplierRecord>, CallFailure>;

    /// Fails as `Conflict` where the code is taken.
    fn create_supplier(&self, host: &mut dyn Host, card: &SupplierCard) -> Result<SupplierId, CallFailure>;

    /// Those of the supplier's purchases that carry the reference.
    fn purchases_of(
        &self,
        host: &mut dyn Host,
        supplier: SupplierId,
        reference: &str,
    ) -> Result<Vec<PostedPurchase>, CallFailure>;

    fn create_purchase(
        &self,
        host: &mut dyn Host,
        purchase: &Purchase,
        supplier: SupplierId,
    ) -> Result<PurchaseNumber, CallFailure>;

    fn bank_accounts(&self, host: &mut dyn Host) -> Result<Vec<BankAccount>, CallFailure>;

    /// Those that were entered on the account with a comment that begins so; `currency` is the home currency of the
    /// books.
    fn bank_transactions(
        &self,
        host: &mut dyn Host,
        account: BankAccountId,
        comment_begins: &str,
        currency: Currency,
    ) -> Result<Vec<PostedBankTransaction>, CallFailure>;

    fn create_bank_transaction(
        &self,
        host: &mut dyn Host,
        transaction: &BankTransaction,
    ) -> Result<BankTransactionId, CallFailure>;

    /// What the account holds at the end of the day.
    fn bank_balance(
        &self,
        host: &mut dyn Host,
        account: BankAccountId,
        date: NaiveDate,
        currency: Currency,
    ) -> Result<Money, CallFailure>;

    /// Those with a comment that begins so; `currency` is the home currency of the books.
    fn journals(
        &self,
        host: &mut dyn Host,
        comment_begins: &str,
        currency: Currency,
    ) -> Result<Vec<PostedLedgerJournal>, CallFailure>;

    fn create_journal(
        &self,
        host: &mut dyn Host,
        journal: &LedgerJournal,
    ) -> Result<JournalNumber, CallFailure>;
}
