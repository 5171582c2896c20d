//! The books that orchestration writes to, made of KashFlow's calls.

use chrono::NaiveDate;

use crate::canonical::{
    CustomerCard, CustomerCode, CustomerId, CustomerRecord, DocumentId, DocumentReference, InvoiceNumber,
    PostedDocument, SalesDocument,
};
use crate::host::Host;
use crate::kashflow::{
    ApplyCreditNote, GetCustomer, GetCustomerByEmail, GetCustomersByPostcode, GetInvoice,
    GetInvoicesByDateRange, GetInvoicesForCustomer, InsertCustomer, InsertInvoice,
};
use crate::orchestration::Books;
use crate::remote::{CallFailure, perform};

pub(super) struct KashFlowBooks;

impl Books for KashFlowBooks {
    fn customer_by_email(
        &self,
        host: &mut dyn Host,
        email: &str,
    ) -> Result<Option<CustomerRecord>, CallFailure> {
        perform(host, &GetCustomerByEmail { email })
    }

    fn customers_by_post_code(
        &self,
        host: &mut dyn Host,
        post_code: &str,
    ) -> Result<Vec<CustomerRecord>, CallFailure> {
        perform(host, &GetCustomersByPostcode { post_code })
    }

    fn customer_by_code(
        &self,
        host: &mut dyn Host,
        code: &CustomerCode,
    ) -> Result<Option<CustomerRecord>, CallFailure> {
        perform(host, &GetCustomer { code })
    }

    fn create_customer(&self, host: &mut dyn Host, card: &CustomerCard) -> Result<CustomerId, CallFailure> {
        let created = host.now().date_naive();
        perform(host, &InsertCustomer { card, created })
    }

    fn documents_of(
        &self,
        host: &mut dyn Host,
        customer: CustomerId,
        reference: &DocumentReference,
    ) -> Result<Vec<PostedDocument>, CallFailure> {
        perform(host, &GetInvoicesForCustomer { customer, reference })
    }

    fn documents_dated(
        &self,
        host: &mut dyn Host,
        date: NaiveDate,
        reference: &DocumentReference,
    ) -> Result<Vec<PostedDocument>, CallFailure> {
        perform(host, &GetInvoicesByDateRange { from: date, to: date, reference })
    }

    fn document(
        &self,
        host: &mut dyn Host,
        number: InvoiceNumber,
    ) -> Result<Option<PostedDocument>, CallFailure> {
        perform(host, &GetInvoice { number })
    }

    fn create_document(
        &self,
        host: &mut dyn Host,
        document: &SalesDocument,
        customer: CustomerId,
    ) -> Result<InvoiceNumber, CallFailure> {
        perform(host, &InsertInvoice { document, customer })
    }

    fn apply_credit_note(
        &self,
        host: &mut dyn Host,
        invoice: DocumentId,
        credit_note: DocumentId,
    ) -> Result<(), CallFailure> {
        perform(host, &ApplyCreditNote { invoice, credit_note })
    }
}
