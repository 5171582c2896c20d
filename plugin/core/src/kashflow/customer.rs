//! Customers: found by code, e-mail address or post code, and created.
//!
//! KashFlow cannot search by name. Absent on purpose: changing or deleting a customer, which belongs to the
//! people who keep the books.

use std::fmt;

use chrono::NaiveDate;

use crate::canonical::{CustomerCard, CustomerCode, CustomerId, CustomerRecord};
use crate::remote::{Call, CallFailure, HttpRequest, HttpResponse};

use super::soap::{Content, Element, Operation, Record, answer, envelope};
use super::{country, failure};

/// The customer of one code.
#[derive(Clone, Copy, Debug)]
pub struct GetCustomer<'a> {
    pub code: &'a CustomerCode,
}

impl GetCustomer<'_> {
    fn operation(&self) -> Operation {
        Operation::reading("GetCustomer", format!("customer code {}", self.code))
    }
}

impl Call for GetCustomer<'_> {
    type Answer = Option<CustomerRecord>;

    fn request(&self) -> HttpRequest {
        envelope::request(&self.operation(), |content| content.text("CustomerCode", self.code.as_str()))
    }

    /// KashFlow documents no words for a code that it does not know, so every refusal that is not about the
    /// caller means "no such customer". Misreading one is harmless: codes are unique, and creating the
    /// customer again is refused.
    fn parse(&self, response: &HttpResponse) -> Result<Self::Answer, CallFailure> {
        let operation = self.operation();
        let found = answer::find(&operation, response, |detail| !failure::concerns_access(detail))?;
        found.map_or(Ok(None), |element| customer(&operation, &element))
    }
}

/// The customer of one e-mail address.
#[derive(Clone, Copy)]
pub struct GetCustomerByEmail<'a> {
    pub email: &'a str,
}

impl GetCustomerByEmail<'_> {
    fn operation(&self) -> Operation {
        Operation::reading("GetCustomerByEmail", "a customer by e-mail address")
    }
}

impl Call for GetCustomerByEmail<'_> {
    type Answer = Option<CustomerRecord>;

    fn request(&self) -> HttpRequest {
        envelope::request(&self.operation(), |content| content.text("CustomerEmail", self.email))
    }

    fn parse(&self, response: &HttpResponse) -> Result<Self::Answer, CallFailure> {
        let operation = self.operation();
        let found = answer::find(&operation, response, |detail| failure::says_absent(detail, "customer"))?;
        found.map_or(Ok(None), |element| customer(&operation, &element))
    }
}

impl fmt::Debug for GetCustomerByEmail<'_> {
    /// Without the address: it is personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("GetCustomerByEmail")
    }
}

/// All customers of one post code.
#[derive(Clone, Copy)]
pub struct GetCustomersByPostcode<'a> {
    pub post_code: &'a str,
}

impl GetCustomersByPostcode<'_> {
    fn operation(&self) -> Operation {
        Operation::reading("GetCustomersByPostcode", "customers by post code")
    }
}

impl Call for GetCustomersByPostcode<'_> {
    type Answer = Vec<CustomerRecord>;

    fn request(&self) -> HttpRequest {
        envelope::request(&self.operation(), |content| content.text("Postcode", self.post_code))
    }

    fn parse(&self, response: &HttpResponse) -> Result<Self::Answer, CallFailure> {
        let operation = self.operation();
        let is_absent = |detail: &str| failure::says_absent(detail, "customer");
        let rows = answer::list(&operation, response, "Customer", is_absent)?;
        rows.iter().filter_map(|row| customer(&operation, row).transpose()).collect()
    }
}

impl fmt::Debug for GetCustomersByPostcode<'_> {
    /// Without the post code: it is personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("GetCustomersByPostcode")
    }
}

/// Creates a customer. Refused with [`crate::finding::Code::CustomerCodeTaken`] if the code exists.
#[derive(Clone, Copy, Debug)]
pub struct InsertCustomer<'a> {
    pub card: &'a CustomerCard,
    /// The date that the books show as the customer's first.
    pub created: NaiveDate,
}

impl InsertCustomer<'_> {
    fn operation(&self) -> Operation {
        Operation::writing("InsertCustomer", format!("customer code {}", self.card.code))
    }

    /// Every element of the type `Customer`, in the order of the service description.
    fn write(&self, content: &mut Content) {
        let card = self.card;
        content.value("CustomerID", 0);
        content.text("Code", card.code.as_str());
        content.text("Name", &card.name);
        content.text("Contact", &card.contact);
        empty(content, &["Telephone", "Mobile", "Fax"]);
        content.text("Email", &card.email);
        for (number, line) in (1..).zip(&card.lines) {
            content.text(&format!("Address{number}"), line);
        }
        content.text("CountryName", card.country.as_ref().map_or("", country::name));
        content.text("CountryCode", card.country.as_ref().map_or("", country::code));
        content.text("Postcode", &card.post_code);
        empty(content, &["Website"]);
        zero(content, &["EC", "OutsideEC"]);
        content.text("Notes", &card.notes);
        zero(content, &["Source", "Discount"]);
        content.value("ShowDiscount", false);
        zero(content, &["PaymentTerms"]);
        for number in 1..=20 {
            content.text(&format!("ExtraText{number}"), "");
        }
        for number in 1..=20 {
            content.value(&format!("CheckBox{number}"), 0);
        }
        content.date("Created", self.created);
        content.date("Updated", self.created);
        zero(content, &["CurrencyID"]);
        empty(content, &["ContactTitle", "ContactFirstName", "ContactLastName"]);
        zero(content, &["CustHasDeliveryAddress"]);
        empty(content, &["DeliveryAddress1", "DeliveryAddress2", "DeliveryAddress3", "DeliveryAddress4"]);
        empty(content, &["DeliveryCountryName", "DeliveryCountryCode", "DeliveryPostcode", "VATNumber"]);
    }
}

impl Call for InsertCustomer<'_> {
    type Answer = CustomerId;

    fn request(&self) -> HttpRequest {
        envelope::request(&self.operation(), |content| {
            content.group("custr", |customer| self.write(customer));
        })
    }

    fn parse(&self, response: &HttpResponse) -> Result<Self::Answer, CallFailure> {
        answer::created(&self.operation(), response).map(CustomerId)
    }
}

fn empty(content: &mut Content, names: &[&str]) {
    for name in names {
        content.text(name, "");
    }
}

fn zero(content: &mut Content, names: &[&str]) {
    for name in names {
        content.value(name, 0);
    }
}

/// `None` for the blank object with id 0 that stands for "none".
fn customer(operation: &Operation, element: &Element) -> Result<Option<CustomerRecord>, CallFailure> {
    let record = Record { element, operation };
    let id = record.integer("CustomerID")?;
    Ok((id != 0).then(|| CustomerRecord {
        id: CustomerId(id),
        code: record.text("Code").to_owned(),
        name: record.text("Name").to_owned(),
        email: record.text("Email").to_owned(),
        post_code: record.text("Postcode").to_owned(),
    }))
}

#[cfg(test)]
mod tests;
