//! The books as orchestration sees them: what can be looked up and what can be created.
//!
//! No call here is idempotent by itself; `run` makes it so. A creation that failed as `Ambiguous` may
//! have happened.

use chrono::NaiveDate;

use crate::canonical::{
    CustomerCard, CustomerCode, CustomerId, CustomerRecord, InvoiceNumber, InvoiceRecord, SalesInvoice,
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

    /// Those of the customer's invoices that carry the reference.
    fn invoices_of(
        &self,
        host: &mut dyn Host,
        customer: CustomerId,
        reference: &str,
    ) -> Result<Vec<InvoiceRecord>, CallFailure>;

    /// Those of the day's invoices that carry the reference.
    fn invoices_dated(
        &self,
        host: &mut dyn Host,
        date: NaiveDate,
        reference: &str,
    ) -> Result<Vec<InvoiceRecord>, CallFailure>;

    fn create_invoice(
        &self,
        host: &mut dyn Host,
        invoice: &SalesInvoice,
        customer: CustomerId,
    ) -> Result<InvoiceNumber, CallFailure>;

    fn invoice(
        &self,
        host: &mut dyn Host,
        number: InvoiceNumber,
    ) -> Result<Option<InvoiceRecord>, CallFailure>;
}
