//! The registry: every operation the twin has, in one table that drives dispatch and the service description.
//!
//! To add an operation, add an entry to the table of its noun (or a new file with a new table) and, when it brings
//! a new type, that type's table under `types`. Nothing else has to know.

mod bank;
mod customers;
mod invoices;
mod journals;
mod payments;
mod products;
mod purchases;
mod settings;
mod suppliers;

use chrono::NaiveDateTime;

use super::account::Account;
use super::refusal::Refusal;
use super::soap::schema::{Field, Kind, optional};
use super::soap::value::{Record, Value};

/// One operation of `service.asmx`.
pub struct Operation {
    pub name: &'static str,
    /// The parameters after `UserName` and `Password`.
    pub parameters: &'static [Field],
    /// The type of `<Operation>Result`.
    pub result: Kind,
    /// What `StatusDetail` may say when all went well.
    pub success_detail: &'static str,
    pub handler: fn(Call<'_>) -> Result<Value, Refusal>,
}

/// What a handler works on.
pub struct Call<'a> {
    pub account: &'a mut Account,
    pub parameters: Record,
    /// The reading of the server's clock.
    pub now: NaiveDateTime,
}

/// The first two elements of every request.
pub static CREDENTIALS: &[Field] = &[optional("UserName", Kind::Text), optional("Password", Kind::Text)];

/// All operations, noun by noun.
pub fn operations() -> impl Iterator<Item = &'static Operation> {
    [
        customers::OPERATIONS,
        products::OPERATIONS,
        settings::OPERATIONS,
        invoices::OPERATIONS,
        payments::OPERATIONS,
        suppliers::OPERATIONS,
        purchases::OPERATIONS,
        bank::OPERATIONS,
        journals::OPERATIONS,
    ]
    .into_iter()
    .flatten()
}

pub fn find(name: &str) -> Option<&'static Operation> {
    operations().find(|operation| operation.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The signatures of the operations as KashFlow's own description states them.
    const SIGNATURES: &[&str] = &[
        "GetCustomer(CustomerCode:string) Customer",
        "GetCustomerByID(CustomerID:int) Customer",
        "GetCustomerByEmail(CustomerEmail:string) Customer",
        "GetCustomersByPostcode(Postcode:string) ArrayOfCustomer",
        "GetCustomers() ArrayOfCustomer",
        "InsertCustomer(custr:Customer) int",
        "UpdateCustomer(custr:Customer) string",
        "GetSubProductByCode(ProductCode:string) SubProduct",
        "GetSubProductByID(ProductID:int) SubProduct",
        "GetSubProducts(NominalID:int) ArrayOfSubProduct",
        "GetProducts() ArrayOfProduct",
        "GetProductsWithSubProducts() ArrayOfProductsFull",
        "AddOrUpdateSubProduct(sp:SubProduct) int",
        "GetVATRates() ArrayOfBasicDataset",
        "GetNominalCodes() ArrayOfNominalCode",
        "GetBankAccounts() ArrayOfBankAccount",
        "GetCurrencies() ArrayOfCurrencies",
        "GetCompanyDetails() CompanyDetails",
        "isUserVATRegistered() boolean",
        "GetInvoicesForCustomer(CustID:int) ArrayOfInvoice",
        "GetInvoicesByDateRange(StartDate:dateTime, EndDate:dateTime) ArrayOfInvoice",
        "GetInvoices_Recent(NumberOfInvoices:int) ArrayOfInvoice",
        "InsertInvoice(Inv:Invoice) int",
        "GetInvoice(InvoiceNumber:int) Invoice",
        "GetInvoiceByID(InvoiceID:int) Invoice",
        "InsertInvoiceNote(InvoiceId:int, NoteDate:dateTime, Notes:string) boolean",
        "InsertInvoicePayment(InvoicePayment:Payment) int",
        "GetInvoicePayment(InvoiceNumber:int) ArrayOfPayment",
        "InsertReceiptPayment(ReceiptPayment:Payment) int",
        "GetReceiptPayment(ReceiptNumber:int) ArrayOfPayment",
        "GetInvPayMethods() ArrayOfPaymentMethod",
        "GetRecPayMethods() ArrayOfPaymentMethod",
        "applyCreditNoteToInvoice(InvoiceID:int, CreditNoteID:int) boolean",
        "GetSupplier(SupplierCode:string) Supplier",
        "GetSuppliers() ArrayOfSupplier",
        "InsertSupplier(supl:Supplier) int",
        "InsertReceipt(Inv:Invoice) int",
        "GetReceipt(ReceiptNumber:int) Invoice",
        "GetReceiptsForSupplier(SupplierID:int) ArrayOfInvoice",
        "GetBankTxTypes() ArrayOfBankTXType",
        "InsertBankTransaction(bp:BankTransaction) int",
        "GetBankTransactions(AccountID:int) ArrayOfBankTransaction",
        "GetBankBalance(AccountID:int, BalanceDate:dateTime) decimal",
        "InsertJournal(Jnl:JournalEntry) int",
        "GetJournal(JournalNumber:int) JournalEntry",
        "GetJournals() ArrayOfJournalEntry",
    ];

    #[test]
    fn every_operation_has_the_signature_that_kashflow_publishes() {
        let local = |kind: Kind| kind.qualified_name().split_once(':').expect("always prefixed").1.to_owned();
        let registered: Vec<String> = operations()
            .map(|operation| {
                let parameters: Vec<String> = operation
                    .parameters
                    .iter()
                    .map(|field| format!("{}:{}", field.name, local(field.kind)))
                    .collect();
                format!("{}({}) {}", operation.name, parameters.join(", "), local(operation.result))
            })
            .collect();
        assert_eq!(registered, SIGNATURES);
    }
}
