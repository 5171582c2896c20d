//! The books that a settlement is posted to, made of KashFlow's calls.

use chrono::NaiveDate;

use crate::canonical::{
    BankAccount, BankAccountId, BankTransaction, BankTransactionId, Currency, InvoiceNumber, JournalNumber,
    LedgerJournal, Money, Payment, PaymentId, PaymentMethod, PostedBankTransaction, PostedLedgerJournal,
    PostedPayment, PostedPurchase, Purchase, PurchaseNumber, SupplierCard, SupplierCode, SupplierId,
    SupplierRecord,
};
use crate::host::Host;
use crate::kashflow::{
    GetBankAccounts, GetBankBalance, GetBankTransactions, GetInvPayMethods, GetInvoicePayment, GetJournals,
    GetRecPayMethods, GetReceiptPayment, GetReceiptsForSupplier, GetSupplier, InsertBankTransaction,
    InsertInvoicePayment, InsertJournal, InsertReceipt, InsertReceiptPayment, InsertSupplier,
};
use crate::orchestration::SettlementBooks;
use crate::remote::{CallFailure, perform};

use super::kashflow_books::KashFlowBooks;

impl SettlementBooks for KashFlowBooks {
    fn payments_of_invoice(
        &self,
        host: &mut dyn Host,
        number: InvoiceNumber,
        currency: Currency,
    ) -> Result<Vec<PostedPayment>, CallFailure> {
        perform(host, &GetInvoicePayment { number, currency })
    }

    fn pay_invoice(
        &self,
        host: &mut dyn Host,
        document: InvoiceNumber,
        payment: &Payment,
    ) -> Result<PaymentId, CallFailure> {
        perform(host, &InsertInvoicePayment { document, payment })
    }

    fn payments_of_purchase(
        &self,
        host: &mut dyn Host,
        number: PurchaseNumber,
        currency: Currency,
    ) -> Result<Vec<PostedPayment>, CallFailure> {
        perform(host, &GetReceiptPayment { number, currency })
    }

    fn pay_purchase(
        &self,
        host: &mut dyn Host,
        document: PurchaseNumber,
        payment: &Payment,
    ) -> Result<PaymentId, CallFailure> {
        perform(host, &InsertReceiptPayment { document, payment })
    }

    fn payment_methods(&self, host: &mut dyn Host) -> Result<Vec<PaymentMethod>, CallFailure> {
        perform(host, &GetInvPayMethods)
    }

    fn purchase_payment_methods(&self, host: &mut dyn Host) -> Result<Vec<PaymentMethod>, CallFailure> {
        perform(host, &GetRecPayMethods)
    }

    fn supplier_by_code(
        &self,
        host: &mut dyn Host,
        code: &SupplierCode,
    ) -> Result<Option<SupplierRecord>, CallFailure> {
        perform(host, &GetSupplier { code })
    }

    fn create_supplier(&self, host: &mut dyn Host, card: &SupplierCard) -> Result<SupplierId, CallFailure> {
        let created = host.now().date_naive();
        perform(host, &InsertSupplier { card, created })
    }

    fn purchases_of(
        &self,
        host: &mut dyn Host,
        supplier: SupplierId,
        reference: &str,
    ) -> Result<Vec<PostedPurchase>, CallFailure> {
        perform(host, &GetReceiptsForSupplier { supplier, reference })
    }

    fn create_purchase(
        &self,
        host: &mut dyn Host,
        purchase: &Purchase,
        supplier: SupplierId,
    ) -> Result<PurchaseNumber, CallFailure> {
        perform(host, &InsertReceipt { purchase, supplier })
    }

    fn bank_accounts(&self, host: &mut dyn Host) -> Result<Vec<BankAccount>, CallFailure> {
        perform(host, &GetBankAccounts)
    }

    fn bank_transactions(
        &self,
        host: &mut dyn Host,
        account: BankAccountId,
        comment_begins: &str,
        currency: Currency,
    ) -> Result<Vec<PostedBankTransaction>, CallFailure> {
        perform(host, &GetBankTransactions { account, comment_begins, currency })
    }

    fn create_bank_transaction(
        &self,
        host: &mut dyn Host,
        transaction: &BankTransaction,
    ) -> Result<BankTransactionId, CallFailure> {
        perform(host, &InsertBankTransaction { transaction })
    }

    fn bank_balance(
        &self,
        host: &mut dyn Host,
        account: BankAccountId,
        date: NaiveDate,
        currency: Currency,
    ) -> Result<Money, CallFailure> {
        perform(host, &GetBankBalance { account, date, currency })
    }

    fn journals(
        &self,
        host: &mut dyn Host,
        comment_begins: &str,
        currency: Currency,
    ) -> Result<Vec<PostedLedgerJournal>, CallFailure> {
        perform(host, &GetJournals { comment_begins, currency })
    }

    fn create_journal(
        &self,
        host: &mut dyn Host,
        journal: &LedgerJournal,
    ) -> Result<JournalNumber, CallFailure> {
        perform(host, &InsertJournal { journal })
    }
}
