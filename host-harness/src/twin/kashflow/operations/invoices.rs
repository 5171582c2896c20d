//! Operations on invoices, credit notes being invoices with a negative total.

use super::super::account::Account;
use super::super::decimal::Decimal;
use super::super::identifiers::{CustomerId, InvoiceId, InvoiceNumber, ProductId};
use super::super::invoices::{Invoice, InvoiceLine, Note};
use super::super::invoicing::{InvoiceDraft, LineDraft};
use super::super::payable::Payable as _;
use super::super::refusal::Refusal;
use super::super::soap::schema::{Kind, optional, required};
use super::super::soap::value::{Record, Value};
use super::super::types::invoice::{INVOICE, INVOICE_LINE};
use super::{Call, Operation};

pub const OPERATIONS: &[Operation] = &[
    Operation {
        name: "GetInvoicesForCustomer",
        parameters: &[required("CustID", Kind::Int)],
        result: Kind::List(&INVOICE),
        success_detail: "Found Invoices",
        handler: |call| {
            let customer = CustomerId::new(call.parameters.int("CustID"));
            matching(call.account, |invoice| invoice.header.customer == customer)
        },
    },
    Operation {
        name: "GetInvoicesByDateRange",
        parameters: &[required("StartDate", Kind::DateTime), required("EndDate", Kind::DateTime)],
        result: Kind::List(&INVOICE),
        success_detail: "Found Invoices",
        handler: |call| {
            let (start, end) = (call.parameters.date_time("StartDate"), call.parameters.date_time("EndDate"));
            matching(call.account, |invoice| (start..=end).contains(&invoice.header.date))
        },
    },
    Operation {
        name: "GetInvoices_Recent",
        parameters: &[required("NumberOfInvoices", Kind::Int)],
        result: Kind::List(&INVOICE),
        success_detail: "Found Invoices",
        handler: recent,
    },
    Operation {
        name: "InsertInvoice",
        parameters: &[optional("Inv", Kind::Complex(&INVOICE))],
        result: Kind::Int,
        success_detail: "Invoice added",
        handler: |call| {
            let stated =
                call.parameters.record("Inv").cloned().unwrap_or_else(|| Record::new(INVOICE.fields));
            Ok(call.account.insert_invoice(draft(&stated))?.get().into())
        },
    },
    Operation {
        name: "GetInvoice",
        parameters: &[required("InvoiceNumber", Kind::Int)],
        result: Kind::Complex(&INVOICE),
        success_detail: "Found Invoice",
        handler: |call| {
            let number = InvoiceNumber::new(call.parameters.int("InvoiceNumber"));
            Ok(to_record(call.account, call.account.invoices.by_number(number)?)?.into())
        },
    },
    Operation {
        name: "GetInvoiceByID",
        parameters: &[required("InvoiceID", Kind::Int)],
        result: Kind::Complex(&INVOICE),
        success_detail: "Found Invoice",
        handler: |call| {
            let id = InvoiceId::new(call.parameters.int("InvoiceID"));
            Ok(to_record(call.account, call.account.invoices.by_id(id)?)?.into())
        },
    },
    Operation {
        name: "InsertInvoiceNote",
        parameters: &[
            required("InvoiceId", Kind::Int),
            required("NoteDate", Kind::DateTime),
            optional("Notes", Kind::Text),
        ],
        result: Kind::Boolean,
        success_detail: "Note added",
        handler: |call| {
            let id = InvoiceId::new(call.parameters.int("InvoiceId"));
            let date = call.parameters.date_time("NoteDate");
            let note = Note { date, text: call.parameters.text("Notes").to_owned() };
            call.account.invoices.by_id_mut(id)?.notes.push(note);
            Ok(true.into())
        },
    },
];

fn matching(account: &Account, wanted: impl Fn(&Invoice) -> bool) -> Result<Value, Refusal> {
    account
        .invoices
        .iter()
        .filter(|invoice| wanted(invoice))
        .map(|invoice| to_record(account, invoice))
        .collect()
}

/// The invoices with the highest numbers, the newest first.
fn recent(call: Call<'_>) -> Result<Value, Refusal> {
    let wanted = usize::try_from(call.parameters.int("NumberOfInvoices")).unwrap_or(0);
    let mut invoices: Vec<&Invoice> = call.account.invoices.iter().collect();
    invoices.sort_by_key(|invoice| std::cmp::Reverse(invoice.number));
    invoices.into_iter().take(wanted).map(|invoice| to_record(call.account, invoice)).collect()
}

/// What counts of a stated invoice. Ids, totals and the paid state are KashFlow's own and ignored.
fn draft(stated: &Record) -> InvoiceDraft {
    InvoiceDraft {
        number: match stated.int("InvoiceNumber") {
            0 => None,
            number => Some(InvoiceNumber::new(number)),
        },
        date: stated.date_time("InvoiceDate"),
        due_date: stated.date_time("DueDate"),
        customer: CustomerId::new(stated.int("CustomerID")),
        reference: stated.text("CustomerReference").to_owned(),
        suppress_total: stated.int("SuppressTotal"),
        project: stated.int("ProjectID"),
        currency: stated.text("CurrencyCode").to_owned(),
        exchange_rate: stated.decimal("ExchangeRate"),
        lines: stated.list("Lines").iter().map(line_draft).collect(),
        delivery_address: stated.record("DeliveryAddress").cloned(),
        use_custom_delivery_address: stated.boolean("UseCustomDeliveryAddress"),
        is_cis_reverse_charge: stated.boolean("IsCISReverseCharge"),
    }
}

pub(super) fn line_draft(stated: &Record) -> LineDraft {
    LineDraft {
        quantity: stated.decimal("Quantity"),
        description: stated.text("Description").to_owned(),
        rate: stated.decimal("Rate"),
        charge_type: stated.int("ChargeType"),
        vat_rate: stated.decimal("VatRate"),
        vat: stated.decimal("VatAmount"),
        product: stated.int("ProductID"),
        sort: stated.int("Sort"),
        project: stated.int("ProjID"),
        values_in_currency: stated.text("ValuesInCurrency").trim() == "1",
    }
}

fn to_record(account: &Account, invoice: &Invoice) -> Result<Record, Refusal> {
    let header = &invoice.header;
    let customer = account.customers.by_id(header.customer)?;
    let mut record = Record::new(INVOICE.fields)
        .with("InvoiceDBID", invoice.id.get())
        .with("InvoiceNumber", invoice.number.get())
        .with("InvoiceDate", header.date)
        .with("DueDate", header.due_date)
        .with("Customer", customer.code())
        .with("CustomerID", header.customer.get())
        .with("Paid", i32::from(invoice.is_paid()))
        .with("CustomerReference", header.reference.as_str())
        .with("SuppressTotal", header.suppress_total)
        .with("ProjectID", header.project)
        .with("CurrencyCode", header.currency)
        .with("ExchangeRate", Decimal::from(header.exchange_rate.get()))
        .with("ReadableString", readable(invoice, customer.code()))
        .with("Lines", invoice.lines.iter().map(line_record).collect::<Value>())
        .with("NetAmount", invoice.net())
        .with("VATAmount", invoice.vat())
        .with("AmountPaid", invoice.paid())
        .with("CustomerName", customer.name())
        .with("UseCustomDeliveryAddress", header.use_custom_delivery_address)
        .with("IsCISReverseCharge", header.is_cis_reverse_charge);
    if let Some(address) = &header.delivery_address {
        record.set("DeliveryAddress", address.clone());
    }
    Ok(record)
}

pub(super) fn line_record(line: &InvoiceLine) -> Record {
    Record::new(INVOICE_LINE.fields)
        .with("Quantity", Decimal::from(line.quantity))
        .with("Description", line.description.as_str())
        .with("Rate", line.rate)
        .with("ChargeType", line.charge_type)
        .with("VatRate", Decimal::from(line.vat_rate.get()))
        .with("VatAmount", line.vat)
        .with("ProductID", line.product.map_or(0, ProductId::get))
        .with("Sort", line.sort)
        .with("ProjID", line.project)
        .with("LineID", line.id.get())
}

/// The summary that KashFlow prints into every invoice it returns.
fn readable(invoice: &Invoice, customer_code: &str) -> String {
    let header = &invoice.header;
    let date = |date: chrono::NaiveDateTime| date.format("%d/%m/%Y %H:%M:%S");
    let mut text = format!(
        "Invoice Number : {} \nDBID: {} \nDate: {} \nDue: {} \nCustomer: {customer_code} \nPaid: {} \nCust Ref: {} \n",
        invoice.number,
        invoice.id,
        date(header.date),
        date(header.due_date),
        i32::from(invoice.is_paid()),
        header.reference,
    );
    for (index, line) in invoice.lines.iter().enumerate() {
        text.push_str(&format!(
            "Line {} : {},{},{},{},{},{}\n",
            index + 1,
            line.charge_type,
            line.description,
            line.id,
            line.quantity,
            Decimal::from(line.rate),
            line.vat_rate.get(),
        ));
    }
    text
}
