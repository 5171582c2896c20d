//! Operations on payments of invoices.

use super::super::identifiers::{InvoiceId, InvoiceNumber};
use super::super::payments::{Payment, PaymentDraft};
use super::super::soap::schema::{Kind, optional, required};
use super::super::soap::value::Record;
use super::super::types::payment::{PAYMENT, PAYMENT_METHOD};
use super::Operation;

pub const OPERATIONS: &[Operation] = &[
    Operation {
        name: "InsertInvoicePayment",
        parameters: &[optional("InvoicePayment", Kind::Complex(&PAYMENT))],
        result: Kind::Int,
        success_detail: "Payment added",
        handler: |call| {
            let stated = call.parameters.record("InvoicePayment").cloned();
            let stated = stated.unwrap_or_else(|| Record::new(PAYMENT.fields));
            Ok(call.account.insert_payment(draft(&stated))?.get().into())
        },
    },
    Operation {
        name: "GetInvoicePayment",
        parameters: &[required("InvoiceNumber", Kind::Int)],
        result: Kind::List(&PAYMENT),
        success_detail: "Found Payments",
        handler: |call| {
            let number = InvoiceNumber::new(call.parameters.int("InvoiceNumber"));
            let invoice = call.account.invoices.by_number(number)?;
            Ok(invoice.payments.iter().map(|payment| to_record(number, payment)).collect())
        },
    },
    Operation {
        name: "GetInvPayMethods",
        parameters: &[],
        result: Kind::List(&PAYMENT_METHOD),
        success_detail: "Found Payment Methods",
        handler: |call| {
            let methods = call.account.payment_methods.iter();
            let record = |id: i32, name| {
                Record::new(PAYMENT_METHOD.fields).with("MethodID", id).with("MethodName", name)
            };
            Ok(methods.map(|method| record(method.id.get(), method.name)).collect())
        },
    },
    Operation {
        name: "applyCreditNoteToInvoice",
        parameters: &[required("InvoiceID", Kind::Int), required("CreditNoteID", Kind::Int)],
        result: Kind::Boolean,
        success_detail: "Credit applied",
        handler: |call| {
            let invoice = InvoiceId::new(call.parameters.int("InvoiceID"));
            let credit_note = InvoiceId::new(call.parameters.int("CreditNoteID"));
            call.account.apply_credit_note(invoice, credit_note)?;
            Ok(true.into())
        },
    },
];

fn draft(stated: &Record) -> PaymentDraft {
    PaymentDraft {
        invoice: InvoiceNumber::new(stated.int("PayInvoice")),
        date: stated.date_time("PayDate"),
        note: stated.text("PayNote").to_owned(),
        method: stated.int("PayMethod"),
        bank_account: stated.int("PayAccount"),
        amount: stated.decimal("PayAmount"),
    }
}

fn to_record(invoice: InvoiceNumber, payment: &Payment) -> Record {
    Record::new(PAYMENT.fields)
        .with("PayID", payment.id.get())
        .with("PayInvoice", invoice.get())
        .with("PayDate", payment.date)
        .with("PayNote", payment.note.as_str())
        .with("PayMethod", payment.method.get())
        .with("PayAccount", payment.bank_account.get())
        .with("PayAmount", payment.amount)
}
