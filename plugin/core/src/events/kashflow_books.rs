//! The books that orchestration writes to, made of KashFlow's calls.

use chrono::NaiveDate;

use crate::canonical::{
    CustomerCard, CustomerCode, CustomerId, CustomerRecord, InvoiceNumber, InvoiceRecord, SalesInvoice,
};
use crate::host::Host;
use crate::kashflow::{
    GetCustomer, GetCustomerByEmail, GetCustomersByPostcode, GetInvoice, GetInvoicesByDateRange,
    GetInvoicesForCustomer, InsertCustomer, InsertInvoice,
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

    fn invoices_of(
        &self,
        host: &mut dyn Host,
        customer: CustomerId,
        reference: &str,
    ) -> Result<Vec<InvoiceRecord>, CallFailure> {
        perform(host, &GetInvoicesForCustomer { customer, reference })
    }

    fn invoices_dated(
        &self,
        host: &mut dyn Host,
        date: NaiveDate,
        reference: &str,
    ) -> Result<Vec<InvoiceRecord>, CallFailure> {
        perform(host, &GetInvoicesByDateRange { from: date, to: date, reference })
    }

    fn create_invoice(
        &self,
        host: &mut dyn Host,
        invoice: &SalesInvoice,
        customer: CustomerId,
    ) -> Result<InvoiceNumber, CallFailure> {
        perform(host, &InsertInvoice { invoice, customer })
    }

    fn invoice(
        &self,
        host: &mut dyn Host,
        number: InvoiceNumber,
    ) -> Result<Option<InvoiceRecord>, CallFailure> {
        perform(host, &GetInvoice { number })
    }
}
