//! The type `Invoice`, which KashFlow's API uses for sales and for purchases alike, as it is written.
//!
//! Absent on purpose: what is sold or bought (`invoice`, `purchase`), and reading the type.

use chrono::NaiveDate;

use crate::canonical::{Currency, ExchangeRate, Money, NominalId, ProductId, VatRate};

use super::soap::Content;

/// What an invoice or a purchase says once.
pub(super) struct Header<'a> {
    pub date: NaiveDate,
    pub due: NaiveDate,
    /// The id of the customer, or of the supplier.
    pub contact: i64,
    pub reference: &'a str,
    pub currency: Currency,
    pub exchange_rate: &'a ExchangeRate,
}

/// One line; its net is quantity × rate.
pub(super) struct Line<'a> {
    pub quantity: i64,
    pub description: &'a str,
    pub rate: Money,
    pub nominal: NominalId,
    pub vat_rate: Option<VatRate>,
    pub vat: Money,
    pub product: Option<ProductId>,
}

/// Every element of the type, in the order of the service description. Left out are the optional delivery
/// address and the fields of the construction industry scheme that end the type since 2026: clients of earlier
/// descriptions do not send them either.
///
/// The number is 0 for "the next one": any other number is reported to overwrite what has it. Amounts of the
/// whole are 0 because KashFlow computes them from the lines.
pub(super) fn write<'a>(content: &mut Content, header: &Header<'_>, lines: impl Iterator<Item = Line<'a>>) {
    content.value("InvoiceDBID", 0);
    content.value("InvoiceNumber", 0);
    content.date("InvoiceDate", header.date);
    content.date("DueDate", header.due);
    content.text("Customer", "");
    content.value("CustomerID", header.contact);
    content.value("Paid", 0);
    content.text("CustomerReference", header.reference);
    content.text("EstimateCategory", "");
    content.value("SuppressTotal", 0);
    content.value("ProjectID", 0);
    content.text("CurrencyCode", header.currency.as_str());
    content.text("ExchangeRate", header.exchange_rate.as_str());
    content.text("ReadableString", "");
    content.group("Lines", |content| {
        for (sort, line) in (1..).zip(lines) {
            content.any_type("InvoiceLine", |content| write_line(content, &line, sort));
        }
    });
    content.value("NetAmount", 0);
    content.value("VATAmount", 0);
    content.value("AmountPaid", 0);
    content.text("CustomerName", "");
    content.text("PermaLink", "");
    content.value("UseCustomDeliveryAddress", false);
}

/// `ValuesInCurrency` 1: the amounts are in the document's currency, so that KashFlow converts none of them.
fn write_line(content: &mut Content, line: &Line<'_>, sort: u32) {
    content.value("Quantity", line.quantity);
    content.text("Description", line.description);
    content.text("Rate", &line.rate.to_decimal());
    content.value("ChargeType", line.nominal);
    content.text("VatRate", &line.vat_rate.map_or_else(|| "-1".to_owned(), VatRate::to_percent));
    content.text("VatAmount", &line.vat.to_decimal());
    content.value("ProductID", line.product.map_or(0, |product| product.0));
    content.value("Sort", sort);
    content.value("ProjID", 0);
    content.value("LineID", 0);
    content.value("ValuesInCurrency", 1);
}
