//! Payments of invoices, credit notes and purchases, and the ways of paying that the account knows.
//!
//! KashFlow keeps the payments of invoices and those of purchases apart, each with methods of its own. A payment
//! carries no currency: it is in that of its document. Absent on purpose: deleting a payment, which belongs to
//! the people who keep the books, and advance payments.

use crate::canonical::{
    BankAccountId, Currency, InvoiceNumber, Payment, PaymentId, PaymentMethod, PaymentMethodId,
    PostedPayment, PurchaseNumber,
};
use crate::remote::{Call, CallFailure, HttpRequest, HttpResponse};

use super::soap::{Content, Operation, Record, answer, envelope};

/// The payments of an invoice or a credit note.
#[derive(Clone, Copy, Debug)]
pub struct GetInvoicePayment {
    pub number: InvoiceNumber,
    /// The invoice's.
    pub currency: Currency,
}

impl GetInvoicePayment {
    fn operation(&self) -> Operation {
        Operation::reading("GetInvoicePayment", format!("payments of invoice {}", self.number))
    }
}

impl Call for GetInvoicePayment {
    type Answer = Vec<PostedPayment>;

    fn request(&self) -> HttpRequest {
        envelope::request(&self.operation(), |content| content.value("InvoiceNumber", self.number))
    }

    fn parse(&self, response: &HttpResponse) -> Result<Self::Answer, CallFailure> {
        payments(&self.operation(), response, self.currency)
    }
}

/// Pays an invoice, or pays a credit note out with a negative amount, and answers the payment's id.
#[derive(Clone, Copy, Debug)]
pub struct InsertInvoicePayment<'a> {
    pub document: InvoiceNumber,
    pub payment: &'a Payment,
}

impl InsertInvoicePayment<'_> {
    fn operation(&self) -> Operation {
        Operation::writing("InsertInvoicePayment", format!("payment of invoice {}", self.document))
    }
}

impl Call for InsertInvoicePayment<'_> {
    type Answer = PaymentId;

    fn request(&self) -> HttpRequest {
        envelope::request(&self.operation(), |content| {
            content.group("InvoicePayment", |content| write(content, self.document.0, self.payment));
        })
    }

    fn parse(&self, response: &HttpResponse) -> Result<Self::Answer, CallFailure> {
        answer::created(&self.operation(), response).map(PaymentId)
    }
}

/// The payments of a purchase.
#[derive(Clone, Copy, Debug)]
pub struct GetReceiptPayment {
    pub number: PurchaseNumber,
    /// The purchase's.
    pub currency: Currency,
}

impl GetReceiptPayment {
    fn operation(&self) -> Operation {
        Operation::reading("GetReceiptPayment", format!("payments of purchase {}", self.number))
    }
}

impl Call for GetReceiptPayment {
    type Answer = Vec<PostedPayment>;

    fn request(&self) -> HttpRequest {
        envelope::request(&self.operation(), |content| content.value("ReceiptNumber", self.number))
    }

    fn parse(&self, response: &HttpResponse) -> Result<Self::Answer, CallFailure> {
        payments(&self.operation(), response, self.currency)
    }
}

/// Pays a purchase and answers the payment's id.
#[derive(Clone, Copy, Debug)]
pub struct InsertReceiptPayment<'a> {
    pub document: PurchaseNumber,
    pub payment: &'a Payment,
}

impl InsertReceiptPayment<'_> {
    fn operation(&self) -> Operation {
        Operation::writing("InsertReceiptPayment", format!("payment of purchase {}", self.document))
    }
}

impl Call for InsertReceiptPayment<'_> {
    type Answer = PaymentId;

    fn request(&self) -> HttpRequest {
        envelope::request(&self.operation(), |content| {
            content.group("ReceiptPayment", |content| write(content, self.document.0, self.payment));
        })
    }

    fn parse(&self, response: &HttpResponse) -> Result<Self::Answer, CallFailure> {
        answer::created(&self.operation(), response).map(PaymentId)
    }
}

/// The ways of paying an invoice.
#[derive(Clone, Copy, Debug)]
pub struct GetInvPayMethods;

impl GetInvPayMethods {
    fn operation() -> Operation {
        Operation::reading("GetInvPayMethods", "payment methods of invoices")
    }
}

impl Call for GetInvPayMethods {
    type Answer = Vec<PaymentMethod>;

    fn request(&self) -> HttpRequest {
        envelope::request(&Self::operation(), |_| {})
    }

    fn parse(&self, response: &HttpResponse) -> Result<Self::Answer, CallFailure> {
        methods(&Self::operation(), response)
    }
}

/// The ways of paying a purchase.
#[derive(Clone, Copy, Debug)]
pub struct GetRecPayMethods;

impl GetRecPayMethods {
    fn operation() -> Operation {
        Operation::reading("GetRecPayMethods", "payment methods of purchases")
    }
}

impl Call for GetRecPayMethods {
    type Answer = Vec<PaymentMethod>;

    fn request(&self) -> HttpRequest {
        envelope::request(&Self::operation(), |_| {})
    }

    fn parse(&self, response: &HttpResponse) -> Result<Self::Answer, CallFailure> {
        methods(&Self::operation(), response)
    }
}

/// Every element of the type `Payment`, in the order of the service description. `PayInvoice` is the number of
/// the invoice or purchase.
fn write(content: &mut Content, document: i64, payment: &Payment) {
    content.value("PayID", 0);
    content.value("PayInvoice", document);
    content.date("PayDate", payment.date);
    content.text("PayNote", &payment.note);
    content.value("PayMethod", payment.method);
    content.value("PayAccount", payment.account);
    content.text("PayAmount", &payment.amount.to_decimal());
}

/// No refusal means "none" here: an unpaid document has an empty list, and to read a refusal as empty would pay
/// it again.
fn payments(
    operation: &Operation,
    response: &HttpResponse,
    currency: Currency,
) -> Result<Vec<PostedPayment>, CallFailure> {
    answer::rows(operation, response, "Payment", |record| {
        Ok(PostedPayment {
            id: PaymentId(record.integer("PayID")?),
            date: record.date("PayDate")?,
            amount: record.amount("PayAmount", currency)?,
            account: BankAccountId(record.integer("PayAccount")?),
            note: record.text("PayNote").to_owned(),
        })
    })
}

fn methods(operation: &Operation, response: &HttpResponse) -> Result<Vec<PaymentMethod>, CallFailure> {
    answer::rows(operation, response, "PaymentMethod", |record: &Record<'_>| {
        let name = record.text("MethodName").to_owned();
        Ok(PaymentMethod { id: PaymentMethodId(record.integer("MethodID")?), name })
    })
}

#[cfg(test)]
mod tests;
