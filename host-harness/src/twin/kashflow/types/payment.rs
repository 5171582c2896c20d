//! Payments of invoices and purchases, and the methods they are made by.

use super::super::soap::schema::{ComplexType, Kind, optional, required};

pub static PAYMENT: ComplexType = ComplexType {
    name: "Payment",
    fields: &[
        required("PayID", Kind::Int),
        required("PayInvoice", Kind::Int),
        required("PayDate", Kind::DateTime),
        optional("PayNote", Kind::Text),
        required("PayMethod", Kind::Int),
        required("PayAccount", Kind::Int),
        required("PayAmount", Kind::Decimal),
    ],
};

pub static PAYMENT_METHOD: ComplexType = ComplexType {
    name: "PaymentMethod",
    fields: &[required("MethodID", Kind::Int), optional("MethodName", Kind::Text)],
};
