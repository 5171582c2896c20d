//! Operations on payments of invoices and purchases.

use super::super::identifiers::{InvoiceId, InvoiceNumber, PurchaseNumber};
use super::super::payments::{Payment, PaymentDraft, PaymentMethod};
use super::super::soap::schema::{Kind, optional, required};
use super::super::soap::value::{Record, Value};
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
            Ok(invoice.payments.iter().map(|payment| to_record(number.get(), payment)).collect())
        },
    },
    Operation {
        name: "InsertReceiptPayment",
        parameters: &[optional("ReceiptPayment", Kind::Complex(&PAYMENT))],
        result: Kind::Int,
        success_detail: "Payment added",
        handler: |call| {
            let stated = call.parameters.record("ReceiptPayment").cloned();
            let stated = stated.unwrap_or_else(|| Record::new(PAYMENT.fields));
            Ok(call.account.insert_purchase_payment(draft(&stated))?.get().into())
        },
    },
    Operation {
        name: "GetReceiptPayment",
        parameters: &[required("ReceiptNumber", Kind::Int)],
        result: Kind::List(&PAYMENT),
        success_detail: "Found Payments",
        handler: |call| {
            let number = PurchaseNumber::new(call.parameters.int("ReceiptNumber"));
            let purchase = call.account.purchases.by_number(number)?;
            Ok(purchase.payments.iter().map(|payment| to_record(number.get(), payment)).collect())
        },
    },
    Operation {
        name: "GetInvPayMethods",
        parameters: &[],
        result: Kind::List(&PAYMENT_METHOD),
        success_detail: "Found Payment Methods",
        handler: |call| Ok(methods(&call.account.payment_methods)),
    },
    Operation {
        name: "GetRecPayMethods",
        parameters: &[],
        result: Kind::List(&PAYMENT_METHOD),
        success_detail: "Found Payment Methods",
        handler: |call| Ok(methods(&call.account.purchase_payment_methods)),
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
        document: stated.int("PayInvoice"),
        date: stated.date_time("PayDate"),
        note: stated.text("PayNote").to_owned(),
        method: stated.int("PayMethod"),
        bank_account: stated.int("PayAccount"),
        amount: stated.decimal("PayAmount"),
    }
}

fn methods(methods: &[PaymentMethod]) -> Value {
    let record = |method: &PaymentMethod| {
        Record::new(PAYMENT_METHOD.fields).with("MethodID", method.id.get()).with("MethodName", method.name)
    };
    methods.iter().map(record).collect()
}

fn to_record(document: i32, payment: &Payment) -> Record {
    Record::new(PAYMENT.fields)
        .with("PayID", payment.id.get())
        .with("PayInvoice", document)
        .with("PayDate", payment.date)
        .with("PayNote", payment.note.as_str())
        .with("PayMethod", payment.method.get())
        .with("PayAccount", payment.bank_account.get())
        .with("PayAmount", payment.amount)
}
