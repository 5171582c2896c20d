//! Purchases ("receipts" in KashFlow's API): found by supplier, and created.
//!
//! KashFlow writes a purchase in the same type as an invoice, with the supplier in the customer's place. It cannot
//! search by reference, so a lookup reads all purchases of a supplier. Absent on purpose: changing or deleting a
//! purchase, and its payments (`payment`).

use crate::canonical::{PostedPurchase, Purchase, PurchaseLine, PurchaseNumber, SupplierId};
use crate::remote::{Call, CallFailure, HttpRequest, HttpResponse};

use super::invoice_type::{self, Header, Line};
use super::soap::{Content, Element, Operation, Record, answer, envelope};

/// The purchases from one supplier that carry a reference; KashFlow gives all of the supplier's.
#[derive(Clone, Copy, Debug)]
pub struct GetReceiptsForSupplier<'a> {
    pub supplier: SupplierId,
    /// Which of them are wanted.
    pub reference: &'a str,
}

impl GetReceiptsForSupplier<'_> {
    fn operation(&self) -> Operation {
        Operation::reading("GetReceiptsForSupplier", format!("purchases from supplier {}", self.supplier))
    }
}

impl Call for GetReceiptsForSupplier<'_> {
    type Answer = Vec<PostedPurchase>;

    fn request(&self) -> HttpRequest {
        envelope::request(&self.operation(), |content| content.value("SupplierID", self.supplier))
    }

    /// Purchases of other references are not read further: what somebody else wrote must not stop ours. No
    /// refusal means "none": to read one so would buy the same again.
    fn parse(&self, response: &HttpResponse) -> Result<Self::Answer, CallFailure> {
        let operation = self.operation();
        let rows: Vec<Element> = answer::list(&operation, response, "Invoice", |_| false)?;
        rows.iter()
            .map(|element| Record { element, operation: &operation })
            .filter(|record| record.text("CustomerReference") == self.reference)
            .map(|record| purchase(&record))
            .collect()
    }
}

/// Creates a purchase and answers its number. One whose total is negative is a supplier's credit note.
#[derive(Clone, Copy, Debug)]
pub struct InsertReceipt<'a> {
    pub purchase: &'a Purchase,
    pub supplier: SupplierId,
}

impl InsertReceipt<'_> {
    fn operation(&self) -> Operation {
        Operation::writing("InsertReceipt", format!("purchase {}", self.purchase.reference))
    }

    /// Due on its own date: it is for what was taken already.
    fn write(&self, content: &mut Content) {
        let purchase = self.purchase;
        let header = Header {
            date: purchase.date,
            due: purchase.date,
            contact: self.supplier.0,
            reference: &purchase.reference,
            currency: purchase.currency(),
            exchange_rate: &purchase.exchange_rate,
        };
        invoice_type::write(content, &header, purchase.lines().iter().map(line));
    }
}

impl Call for InsertReceipt<'_> {
    type Answer = PurchaseNumber;

    fn request(&self) -> HttpRequest {
        envelope::request(&self.operation(), |content| content.group("Inv", |purchase| self.write(purchase)))
    }

    fn parse(&self, response: &HttpResponse) -> Result<Self::Answer, CallFailure> {
        answer::created(&self.operation(), response).map(PurchaseNumber)
    }
}

/// One of the whole amount, so that KashFlow has nothing to multiply or round.
fn line(line: &PurchaseLine) -> Line<'_> {
    Line {
        quantity: 1,
        description: &line.description,
        rate: line.net,
        nominal: line.nominal,
        vat_rate: line.vat_rate,
        vat: line.vat,
        product: None,
    }
}

fn purchase(record: &Record<'_>) -> Result<PostedPurchase, CallFailure> {
    let currency = record.currency("CurrencyCode")?;
    Ok(PostedPurchase {
        number: PurchaseNumber(record.integer("InvoiceNumber")?),
        supplier: SupplierId(record.integer("CustomerID")?),
        reference: record.text("CustomerReference").to_owned(),
        date: record.date("InvoiceDate")?,
        net: record.amount("NetAmount", currency)?,
        vat: record.amount("VATAmount", currency)?,
        paid: record.amount("AmountPaid", currency)?,
    })
}

#[cfg(test)]
mod tests;
