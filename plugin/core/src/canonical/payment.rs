//! Payments of invoices, credit notes and purchases.

use chrono::NaiveDate;

use super::ids::{BankAccountId, PaymentId, PaymentMethodId};
use super::money::Money;

/// A payment to be booked, of a document that the call names.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Payment {
    pub date: NaiveDate,
    /// In the currency of the document. Of an invoice: positive for money in, and negative for what is paid out on a
    /// credit note. Of a purchase: positive for money out.
    pub amount: Money,
    pub account: BankAccountId,
    pub method: PaymentMethodId,
    /// Holds the business key.
    pub note: String,
}

/// A payment as the books show it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PostedPayment {
    pub id: PaymentId,
    pub date: NaiveDate,
    pub amount: Money,
    pub account: BankAccountId,
    pub note: String,
}

/// A way of paying that the account knows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PaymentMethod {
    pub id: PaymentMethodId,
    pub name: String,
}
