//! The books in memory behind the ports of the core.

use chrono::NaiveDate;

use super::ledger::{
    Ledger, failure, posted_document, posted_journal, posted_payment, posted_purchase, posted_transaction,
};
use crate::canonical::{
    BankAccount, BankAccountId, BankTransaction, BankTransactionId, Currency, CustomerCard, CustomerCode,
    CustomerId, CustomerRecord, DocumentId, DocumentReference, InvoiceNumber, JournalNumber, LedgerJournal,
    Money, Payment, PaymentId, PaymentMethod, PostedBankTransaction, PostedDocument, PostedLedgerJournal,
    PostedPayment, PostedPurchase, Purchase, PurchaseNumber, SalesDocument, SupplierCard, SupplierCode,
    SupplierId, SupplierRecord,
};
use crate::host::Host;
use crate::orchestration::{Books, SettlementBooks};
use crate::remote::{CallFailure, FailureClass};

type Answer<T> = Result<T, CallFailure>;

/// What no settlement asks for.
const NOT_ASKED: &str = "a settlement does not ask for it";

impl Books for Ledger {
    fn customer_by_email(&self, _: &mut dyn Host, _: &str) -> Answer<Option<CustomerRecord>> {
        panic!("{NOT_ASKED}")
    }

    fn customers_by_post_code(&self, _: &mut dyn Host, _: &str) -> Answer<Vec<CustomerRecord>> {
        panic!("{NOT_ASKED}")
    }

    fn customer_by_code(&self, _: &mut dyn Host, _: &CustomerCode) -> Answer<Option<CustomerRecord>> {
        panic!("{NOT_ASKED}")
    }

    fn create_customer(&self, _: &mut dyn Host, _: &CustomerCard) -> Answer<CustomerId> {
        panic!("{NOT_ASKED}")
    }

    fn documents_of(
        &self,
        _: &mut dyn Host,
        _: CustomerId,
        _: &DocumentReference,
    ) -> Answer<Vec<PostedDocument>> {
        panic!("{NOT_ASKED}")
    }

    fn documents_dated(
        &self,
        _: &mut dyn Host,
        date: NaiveDate,
        reference: &DocumentReference,
    ) -> Answer<Vec<PostedDocument>> {
        let reference = reference.to_string();
        let is_it = |one: &&PostedDocument| one.date == date && one.reference == reference;
        self.read("documents", |held| held.documents.iter().filter(is_it).cloned().collect())
    }

    fn document(&self, _: &mut dyn Host, number: InvoiceNumber) -> Answer<Option<PostedDocument>> {
        self.read("document", |held| held.documents.iter().find(|one| one.number == number).cloned())
    }

    fn create_document(
        &self,
        _: &mut dyn Host,
        document: &SalesDocument,
        customer: CustomerId,
    ) -> Answer<InvoiceNumber> {
        self.write("create document", |held, number| {
            held.documents.push(posted_document(document, customer, number));
            InvoiceNumber(number)
        })
    }

    fn apply_credit_note(&self, _: &mut dyn Host, _: DocumentId, _: DocumentId) -> Answer<()> {
        panic!("{NOT_ASKED}")
    }
}

impl SettlementBooks for Ledger {
    fn payments_of_invoice(
        &self,
        _: &mut dyn Host,
        number: InvoiceNumber,
        _: Currency,
    ) -> Answer<Vec<PostedPayment>> {
        if !self.held.borrow().documents.iter().any(|one| one.number == number) {
            return Err(failure(FailureClass::Rejected, "payments"));
        }
        self.read("payments", |held| {
            let of_it = held.payments.iter().filter(|(of, _)| *of == number);
            of_it.map(|(_, payment)| payment.clone()).collect()
        })
    }

    fn pay_invoice(&self, _: &mut dyn Host, document: InvoiceNumber, payment: &Payment) -> Answer<PaymentId> {
        self.write("pay", |held, number| {
            held.payments.push((document, posted_payment(payment, number)));
            PaymentId(number)
        })
    }

    fn payments_of_purchase(
        &self,
        _: &mut dyn Host,
        number: PurchaseNumber,
        _: Currency,
    ) -> Answer<Vec<PostedPayment>> {
        self.read("purchase payments", |held| {
            let of_it = held.purchase_payments.iter().filter(|(of, _)| *of == number);
            of_it.map(|(_, payment)| payment.clone()).collect()
        })
    }

    fn pay_purchase(
        &self,
        _: &mut dyn Host,
        document: PurchaseNumber,
        payment: &Payment,
    ) -> Answer<PaymentId> {
        self.write("pay purchase", |held, number| {
            held.purchase_payments.push((document, posted_payment(payment, number)));
            PaymentId(number)
        })
    }

    fn payment_methods(&self, _: &mut dyn Host) -> Answer<Vec<PaymentMethod>> {
        panic!("{NOT_ASKED}")
    }

    fn purchase_payment_methods(&self, _: &mut dyn Host) -> Answer<Vec<PaymentMethod>> {
        panic!("{NOT_ASKED}")
    }

    fn supplier_by_code(&self, _: &mut dyn Host, code: &SupplierCode) -> Answer<Option<SupplierRecord>> {
        self.read("supplier", |held| held.suppliers.iter().find(|one| one.code == code.as_str()).cloned())
    }

    fn create_supplier(&self, _: &mut dyn Host, card: &SupplierCard) -> Answer<SupplierId> {
        self.write("create supplier", |held, number| {
            let (id, code, name) = (SupplierId(number), card.code.to_string(), card.name.clone());
            held.suppliers.push(SupplierRecord { id, code, name });
            id
        })
    }

    fn purchases_of(
        &self,
        _: &mut dyn Host,
        supplier: SupplierId,
        reference: &str,
    ) -> Answer<Vec<PostedPurchase>> {
        let is_it = |one: &&PostedPurchase| one.supplier == supplier && one.reference == reference;
        self.read("purchases", |held| held.purchases.iter().filter(is_it).cloned().collect())
    }

    fn create_purchase(
        &self,
        _: &mut dyn Host,
        purchase: &Purchase,
        supplier: SupplierId,
    ) -> Answer<PurchaseNumber> {
        self.write("create purchase", |held, number| {
            held.purchases.push(posted_purchase(purchase, supplier, number));
            PurchaseNumber(number)
        })
    }

    fn bank_accounts(&self, _: &mut dyn Host) -> Answer<Vec<BankAccount>> {
        panic!("{NOT_ASKED}")
    }

    fn bank_transactions(
        &self,
        _: &mut dyn Host,
        _: BankAccountId,
        begins: &str,
        _: Currency,
    ) -> Answer<Vec<PostedBankTransaction>> {
        let wanted = |one: &&PostedBankTransaction| one.comment.starts_with(begins);
        self.read("transactions", |held| held.transactions.iter().filter(wanted).cloned().collect())
    }

    fn create_bank_transaction(
        &self,
        _: &mut dyn Host,
        transaction: &BankTransaction,
    ) -> Answer<BankTransactionId> {
        self.write("create transaction", |held, number| {
            held.transactions.push(posted_transaction(transaction, number));
            BankTransactionId(number)
        })
    }

    fn bank_balance(&self, _: &mut dyn Host, _: BankAccountId, _: NaiveDate, _: Currency) -> Answer<Money> {
        panic!("{NOT_ASKED}")
    }

    fn journals(&self, _: &mut dyn Host, begins: &str, _: Currency) -> Answer<Vec<PostedLedgerJournal>> {
        let wanted = |one: &&PostedLedgerJournal| one.comment.starts_with(begins);
        self.read("journals", |held| held.journals.iter().filter(wanted).cloned().collect())
    }

    fn create_journal(&self, _: &mut dyn Host, journal: &LedgerJournal) -> Answer<JournalNumber> {
        self.write("create journal", |held, number| {
            held.journals.push(posted_journal(journal, number));
            JournalNumber(number)
        })
    }
}
