//! Suppliers: found by code, and created.
//!
//! Absent on purpose: changing or deleting a supplier, which belongs to the people who keep the books, and its
//! VAT number and address, which a person enters once.

use chrono::NaiveDate;

use crate::canonical::{SupplierCard, SupplierCode, SupplierId, SupplierRecord};
use crate::remote::{Call, CallFailure, HttpRequest, HttpResponse};

use super::failure;
use super::soap::{Content, Element, Operation, Record, answer, envelope};

/// The supplier of one code.
#[derive(Clone, Copy, Debug)]
pub struct GetSupplier<'a> {
    pub code: &'a SupplierCode,
}

impl GetSupplier<'_> {
    fn operation(&self) -> Operation {
        Operation::reading("GetSupplier", format!("supplier code {}", self.code))
    }
}

impl Call for GetSupplier<'_> {
    type Answer = Option<SupplierRecord>;

    fn request(&self) -> HttpRequest {
        envelope::request(&self.operation(), |content| content.text("SupplierCode", self.code.as_str()))
    }

    /// As with a customer's code, every refusal that is not about the caller means "no such supplier": codes are
    /// unique, and creating the supplier again is refused.
    fn parse(&self, response: &HttpResponse) -> Result<Self::Answer, CallFailure> {
        let operation = self.operation();
        let found = answer::find(&operation, response, |detail| !failure::concerns_access(detail))?;
        found.map_or(Ok(None), |element| supplier(&operation, &element))
    }
}

/// Creates a supplier. Refused with [`crate::finding::Code::SupplierCodeTaken`] if the code exists.
#[derive(Clone, Copy, Debug)]
pub struct InsertSupplier<'a> {
    pub card: &'a SupplierCard,
    /// The date that the books show as the supplier's first.
    pub created: NaiveDate,
}

impl InsertSupplier<'_> {
    fn operation(&self) -> Operation {
        Operation::writing("InsertSupplier", format!("supplier code {}", self.card.code))
    }

    /// Every element of the type `Supplier`, in the order of the service description.
    fn write(&self, content: &mut Content) {
        content.value("SupplierID", 0);
        content.text("Code", self.card.code.as_str());
        content.text("Name", &self.card.name);
        for name in ["Contact", "Mobile", "Fax", "Address1", "Address2", "Address3", "Address4"] {
            content.text(name, "");
        }
        for name in ["PostCode", "Telephone", "Website", "Email"] {
            content.text(name, "");
        }
        content.date("Created", self.created);
        content.date("Updated", self.created);
        content.value("EC", 0);
        content.text("VATNumber", "");
        content.text("Notes", "");
        content.value("CurrencyID", 0);
        content.value("PaymentTerms", 0);
        for name in ["ContactTitle", "ContactFirstName", "ContactLastName"] {
            content.text(name, "");
        }
    }
}

impl Call for InsertSupplier<'_> {
    type Answer = SupplierId;

    fn request(&self) -> HttpRequest {
        envelope::request(&self.operation(), |content| {
            content.group("supl", |supplier| self.write(supplier));
        })
    }

    fn parse(&self, response: &HttpResponse) -> Result<Self::Answer, CallFailure> {
        answer::created(&self.operation(), response).map(SupplierId)
    }
}

/// `None` for the blank object with id 0 that stands for "none".
fn supplier(operation: &Operation, element: &Element) -> Result<Option<SupplierRecord>, CallFailure> {
    let record = Record { element, operation };
    let id = record.integer("SupplierID")?;
    Ok((id != 0).then(|| SupplierRecord {
        id: SupplierId(id),
        code: record.text("Code").to_owned(),
        name: record.text("Name").to_owned(),
    }))
}

#[cfg(test)]
mod tests;
