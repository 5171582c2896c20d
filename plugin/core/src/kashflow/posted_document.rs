//! An invoice or a credit note as KashFlow answers it.
//!
//! Absent on purpose: which of them is wanted, beyond its reference.

use crate::canonical::{
    Currency, CustomerId, DocumentId, DocumentLine, DocumentReference, ExchangeRate, InvoiceNumber, Money,
    NominalId, PostedDocument, ProductId, VatRate,
};
use crate::remote::{CallFailure, HttpResponse};

use super::soap::{Element, Operation, Record, answer};

/// The rows that carry the reference. Others are not read further: what somebody else wrote into an
/// invoice must not stop ours. An empty list comes as OK, so no refusal means "none" here.
pub(super) fn documents(
    operation: &Operation,
    response: &HttpResponse,
    reference: &DocumentReference,
) -> Result<Vec<PostedDocument>, CallFailure> {
    let wanted = reference.to_string();
    let rows: Vec<Element> = answer::list(operation, response, "Invoice", |_| false)?;
    rows.iter()
        .map(|element| Record { element, operation })
        .filter(|record| record.text("CustomerReference") == wanted)
        .map(|record| document(&record))
        .collect()
}

pub(super) fn document(record: &Record<'_>) -> Result<PostedDocument, CallFailure> {
    let currency = record.currency("CurrencyCode")?;
    let rate = ExchangeRate::parse(record.text("ExchangeRate"));
    Ok(PostedDocument {
        id: DocumentId(record.integer("InvoiceDBID")?),
        number: InvoiceNumber(record.integer("InvoiceNumber")?),
        customer: CustomerId(record.integer("CustomerID")?),
        reference: record.text("CustomerReference").to_owned(),
        date: record.date("InvoiceDate")?,
        exchange_rate: rate.clone().unwrap_or_else(ExchangeRate::home),
        net: record.amount("NetAmount", currency)?,
        vat: record.amount("VATAmount", currency)?,
        paid: record.amount("AmountPaid", currency)?,
        // Without its rate a foreign document cannot be taken back at the value that it was posted at.
        lines: if rate.is_some() || currency == Currency::GBP { lines(record, currency) } else { None },
    })
}

/// `None` as soon as one line is of another form than those that are written here: it can be looked at, but
/// not taken back line by line.
fn lines(record: &Record<'_>, currency: Currency) -> Option<Vec<DocumentLine>> {
    let rows = record.element.child("Lines").map_or(&[][..], |lines| &lines.children);
    rows.iter().map(|element| line(&Record { element, operation: record.operation }, currency)).collect()
}

fn line(record: &Record<'_>, currency: Currency) -> Option<DocumentLine> {
    let money = |name| Money::parse(record.text(name), currency).ok();
    let product = record.integer("ProductID").unwrap_or(0);
    Some(DocumentLine {
        description: record.text("Description").to_owned(),
        quantity: whole(record.text("Quantity"))?,
        unit_price: money("Rate")?,
        vat: money("VatAmount")?,
        vat_rate: match record.text("VatRate") {
            text if text.starts_with('-') => None,
            text => Some(VatRate::parse_percent(text)?),
        },
        nominal: NominalId(record.integer("ChargeType").ok()?),
        product: (product != 0).then_some(ProductId(product)),
    })
}

/// A whole number with or without zero decimals, as KashFlow prints quantities: `2.0000`.
fn whole(text: &str) -> Option<i64> {
    let (digits, decimals) = text.split_once('.').unwrap_or((text, ""));
    decimals.bytes().all(|byte| byte == b'0').then(|| digits.parse().ok())?
}
