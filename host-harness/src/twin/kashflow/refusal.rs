//! Why KashFlow refuses a call: the texts of `StatusDetail` beside a `Status` of `NO`.
//!
//! The first group is in KashFlow's own words, as clients in the field report them. No catalogue of the others is
//! published, so no client may depend on their wording.

use std::net::IpAddr;

use super::decimal::OutOfRange;
use super::identifiers::{
    CustomerId, InvoiceId, InvoiceNumber, JournalNumber, NominalCode, ProductId, PurchaseNumber, SupplierId,
};
use super::money::Pence;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("Incorrect username or password")]
    IncorrectCredentials,
    #[error("The IP address of {0} is not in the access list")]
    AddressNotAllowed(IpAddr),
    #[error("There is no customer with that email address")]
    NoCustomerWithEmail,
    #[error("Customer Code is not unique")]
    CustomerCodeNotUnique,
    #[error("The customer code is invalid, please re-enter without any special characters")]
    CustomerCodeInvalid,

    #[error(transparent)]
    AmountOutOfRange(#[from] OutOfRange),
    #[error("The API is not enabled for this account")]
    ApiDisabled,
    #[error("There is no customer with that code")]
    NoCustomerWithCode,
    #[error("There is no customer with the ID {0}")]
    NoCustomerWithId(CustomerId),
    #[error("The country code {0} is not valid")]
    CountryCodeInvalid(String),
    #[error("There is no product with that code")]
    NoProductWithCode,
    #[error("There is no product with the ID {0}")]
    NoProductWithId(ProductId),
    #[error("Product Code is not unique")]
    ProductCodeNotUnique,
    #[error("The parent of a product must be a sales type")]
    ParentIsNoSalesType,
    #[error("There is no nominal with the ID {0}")]
    NoNominalWithId(i32),
    #[error("There is no nominal with the code {0}")]
    NoNominalWithCode(NominalCode),
    #[error("The nominal code {0} is not unique")]
    NominalCodeNotUnique(NominalCode),
    #[error("{0} is not one of the VAT rates of this account")]
    UnknownVatRate(String),
    #[error("The currency {0} is not set up for this account")]
    UnknownCurrency(String),
    #[error("There is no invoice with the number {0}")]
    NoInvoiceWithNumber(InvoiceNumber),
    #[error("There is no invoice with the ID {0}")]
    NoInvoiceWithId(InvoiceId),
    #[error("The invoice number {0} is not valid")]
    InvoiceNumberInvalid(InvoiceNumber),
    #[error("SqlDateTime overflow. Must be between 1/1/1753 12:00:00 AM and 12/31/9999 11:59:59 PM.")]
    DateOutOfRange,
    #[error("The date is before the transaction lock date")]
    BeforeTransactionLock,
    #[error("There is no bank account with the ID {0}")]
    NoBankAccount(i32),
    #[error("There is no payment method with the ID {0}")]
    NoPaymentMethod(i32),
    #[error("The payment amount must not be zero")]
    PaymentIsZero,
    #[error("The credit note belongs to another customer")]
    CreditNoteOfAnotherCustomer,
    #[error("The credit note is in another currency")]
    CreditNoteInAnotherCurrency,
    #[error("The invoice {0} is not a credit note")]
    NotACreditNote(InvoiceId),
    #[error("There is nothing left to credit")]
    NothingToCredit,
    #[error("The payment of a credit note must be negative")]
    PaymentOfCreditNoteIsPositive,
    #[error("There is no supplier with that code")]
    NoSupplierWithCode,
    #[error("There is no supplier with the ID {0}")]
    NoSupplierWithId(SupplierId),
    #[error("Supplier Code is not unique")]
    SupplierCodeNotUnique,
    #[error("The supplier code is invalid, please re-enter without any special characters")]
    SupplierCodeInvalid,
    #[error("There is no receipt with the number {0}")]
    NoPurchaseWithNumber(PurchaseNumber),
    #[error("The receipt number {0} is not valid")]
    PurchaseNumberInvalid(PurchaseNumber),
    #[error("There is no bank account with the nominal code {0}")]
    NoBankAccountWithCode(i32),
    #[error("Either money in or money out must be positive, and the other zero")]
    NeitherInNorOut,
    #[error("The VAT amount does not fit the transaction")]
    VatOfTransactionInvalid,
    #[error("A bank account cannot be posted to itself")]
    PostedToItself,
    #[error("A transaction on a control account must be an advance payment")]
    OnControlAccount,
    #[error("There is no journal with the number {0}")]
    NoJournalWithNumber(JournalNumber),
    #[error("The journal number {0} is not valid")]
    JournalNumberInvalid(JournalNumber),
    #[error("A journal needs two lines or more")]
    JournalTooShort,
    #[error("The debits and credits of the journal differ by {0}")]
    JournalUnbalanced(Pence),
}
