//! Invoices, which also carry quotes and receipts in KashFlow's own API, and their lines.

use super::super::soap::schema::{ComplexType, Kind, nillable, optional, required};

pub static INVOICE_LINE: ComplexType = ComplexType {
    name: "InvoiceLine",
    fields: &[
        required("Quantity", Kind::Decimal),
        optional("Description", Kind::Text),
        required("Rate", Kind::Decimal),
        required("ChargeType", Kind::Int),
        required("VatRate", Kind::Decimal),
        required("VatAmount", Kind::Decimal),
        required("ProductID", Kind::Int),
        required("Sort", Kind::Int),
        required("ProjID", Kind::Int),
        required("LineID", Kind::Int),
        optional("ValuesInCurrency", Kind::Integer),
    ],
};

pub static DELIVERY_ADDRESS: ComplexType = ComplexType {
    name: "DeliveryAddress",
    fields: &[
        optional("Name", Kind::Text),
        optional("Line1", Kind::Text),
        optional("Line2", Kind::Text),
        optional("Line3", Kind::Text),
        optional("Line4", Kind::Text),
        optional("PostCode", Kind::Text),
        optional("CountryName", Kind::Text),
        optional("CountryCode", Kind::Text),
    ],
};

pub static INVOICE: ComplexType = ComplexType {
    name: "Invoice",
    fields: &[
        required("InvoiceDBID", Kind::Int),
        required("InvoiceNumber", Kind::Int),
        required("InvoiceDate", Kind::DateTime),
        required("DueDate", Kind::DateTime),
        optional("Customer", Kind::Text),
        required("CustomerID", Kind::Int),
        required("Paid", Kind::Int),
        optional("CustomerReference", Kind::Text),
        optional("EstimateCategory", Kind::Text),
        required("SuppressTotal", Kind::Int),
        required("ProjectID", Kind::Int),
        optional("CurrencyCode", Kind::Text),
        required("ExchangeRate", Kind::Decimal),
        optional("ReadableString", Kind::Text),
        optional("Lines", Kind::AnyTypeList(&INVOICE_LINE)),
        required("NetAmount", Kind::Decimal),
        required("VATAmount", Kind::Decimal),
        required("AmountPaid", Kind::Decimal),
        optional("CustomerName", Kind::Text),
        optional("PermaLink", Kind::Text),
        optional("DeliveryAddress", Kind::Complex(&DELIVERY_ADDRESS)),
        required("UseCustomDeliveryAddress", Kind::Boolean),
        nillable("CISRCNetAmount", Kind::Decimal),
        nillable("CISRCVatAmount", Kind::Decimal),
        nillable("IsCISReverseCharge", Kind::Boolean),
    ],
};
