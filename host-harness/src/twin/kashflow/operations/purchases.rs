//! Operations on purchases, which travel in the type of an invoice with the supplier in the customer's place.

use super::super::account::Account;
use super::super::decimal::Decimal;
use super::super::identifiers::{PurchaseNumber, SupplierId};
use super::super::payable::Payable as _;
use super::super::purchases::{Purchase, PurchaseDraft};
use super::super::refusal::Refusal;
use super::super::soap::schema::{Kind, optional, required};
use super::super::soap::value::{Record, Value};
use super::super::types::invoice::INVOICE;
use super::Operation;
use super::invoices::{line_draft, line_record};

pub const OPERATIONS: &[Operation] = &[
    Operation {
        name: "InsertReceipt",
        parameters: &[optional("Inv", Kind::Complex(&INVOICE))],
        result: Kind::Int,
        success_detail: "Receipt added",
        handler: |call| {
            let stated = call.parameters.record("Inv").cloned();
            let stated = stated.unwrap_or_else(|| Record::new(INVOICE.fields));
            Ok(call.account.insert_purchase(draft(&stated))?.get().into())
        },
    },
    Operation {
        name: "GetReceipt",
        parameters: &[required("ReceiptNumber", Kind::Int)],
        result: Kind::Complex(&INVOICE),
        success_detail: "Found Receipt",
        handler: |call| {
            let number = PurchaseNumber::new(call.parameters.int("ReceiptNumber"));
            Ok(to_record(call.account, call.account.purchases.by_number(number)?)?.into())
        },
    },
    Operation {
        name: "GetReceiptsForSupplier",
        parameters: &[required("SupplierID", Kind::Int)],
        result: Kind::List(&INVOICE),
        success_detail: "Found Receipts",
        handler: |call| {
            let supplier = SupplierId::new(call.parameters.int("SupplierID"));
            let purchases = call.account.purchases.iter();
            purchases
                .filter(|purchase| purchase.header.supplier == supplier)
                .map(|purchase| to_record(call.account, purchase))
                .collect()
        },
    },
];

/// What counts of a stated purchase. Ids, totals and the paid state are KashFlow's own and ignored.
fn draft(stated: &Record) -> PurchaseDraft {
    PurchaseDraft {
        number: match stated.int("InvoiceNumber") {
            0 => None,
            number => Some(PurchaseNumber::new(number)),
        },
        date: stated.date_time("InvoiceDate"),
        due_date: stated.date_time("DueDate"),
        supplier: SupplierId::new(stated.int("CustomerID")),
        reference: stated.text("CustomerReference").to_owned(),
        project: stated.int("ProjectID"),
        currency: stated.text("CurrencyCode").to_owned(),
        exchange_rate: stated.decimal("ExchangeRate"),
        lines: stated.list("Lines").iter().map(line_draft).collect(),
    }
}

fn to_record(account: &Account, purchase: &Purchase) -> Result<Record, Refusal> {
    let header = &purchase.header;
    let supplier = account.suppliers.by_id(header.supplier)?;
    Ok(Record::new(INVOICE.fields)
        .with("InvoiceDBID", purchase.id.get())
        .with("InvoiceNumber", purchase.number.get())
        .with("InvoiceDate", header.date)
        .with("DueDate", header.due_date)
        .with("Customer", supplier.code())
        .with("CustomerID", header.supplier.get())
        .with("Paid", i32::from(purchase.is_paid()))
        .with("CustomerReference", header.reference.as_str())
        .with("ProjectID", header.project)
        .with("CurrencyCode", header.currency)
        .with("ExchangeRate", Decimal::from(header.exchange_rate.get()))
        .with("Lines", purchase.lines.iter().map(line_record).collect::<Value>())
        .with("NetAmount", purchase.net())
        .with("VATAmount", purchase.vat())
        .with("AmountPaid", purchase.paid())
        .with("CustomerName", supplier.name()))
}
