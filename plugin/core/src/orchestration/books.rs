//! The books as orchestration sees them: what can be looked up and what can be created.
//!
//! No call here is idempotent by itself; `run` makes it so. A creation that failed as `Ambiguous` may
//! have happened.

use chrono::NaiveDate;

use crate::canonical::{
    CustomerCard, CustomerCode, CustomerId, CustomerRecord, DocumentId, DocumentReference, InvoiceNumber,
    PostedDocument, SalesDocument,
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
