//! The customer file.
//!
//! KashFlow keeps every field it is sent and returns it, so a customer is its record plus the rules about codes.
//! Deleting and archiving are absent.

use chrono::NaiveDateTime;

use super::codes::{self, same};
use super::identifiers::{CurrencyId, CustomerId, Sequence};
use super::refusal::Refusal;
use super::soap::value::Record;
use super::types::customer::CUSTOMER;

const FIRST_CUSTOMER_ID: i32 = 47_414_686;

/// A customer to seed an account with; everything else is blank.
#[derive(Debug, Clone, Default)]
pub struct NewCustomer {
    /// Alphanumeric; blank for a generated code.
    pub code: String,
    pub name: String,
    pub email: String,
    pub postcode: String,
    /// ISO 3166-1 alpha-2, but `EL` for Greece.
    pub country_code: String,
}

impl From<NewCustomer> for Record {
    fn from(customer: NewCustomer) -> Self {
        Record::new(CUSTOMER.fields)
            .with("Code", customer.code)
            .with("Name", customer.name)
            .with("Email", customer.email)
            .with("Postcode", customer.postcode)
            .with("CountryCode", customer.country_code)
    }
}

#[derive(Debug, Clone)]
pub struct Customer {
    pub id: CustomerId,
    record: Record,
}

impl Customer {
    pub fn record(&self) -> &Record {
        &self.record
    }

    pub fn code(&self) -> &str {
        self.record.text("Code")
    }

    pub fn name(&self) -> &str {
        self.record.text("Name")
    }

    pub fn email(&self) -> &str {
        self.record.text("Email")
    }

    pub fn postcode(&self) -> &str {
        self.record.text("Postcode")
    }

    pub fn country_code(&self) -> &str {
        self.record.text("CountryCode")
    }
}

#[derive(Debug, Clone)]
pub struct CustomerFile {
    customers: Vec<Customer>,
    ids: Sequence,
    home_currency: CurrencyId,
}

impl CustomerFile {
    pub fn new(home_currency: CurrencyId) -> Self {
        Self { customers: Vec::new(), ids: Sequence::starting_at(FIRST_CUSTOMER_ID), home_currency }
    }

    /// Adds a customer; the `CustomerID` and dates in the record are ignored.
    ///
    /// # Errors
    /// When the code is taken or has special characters, or the country code is none of KashFlow's.
    pub fn insert(&mut self, mut record: Record, now: NaiveDateTime) -> Result<CustomerId, Refusal> {
        if record.text("Code").is_empty() {
            record.set(
                "Code",
                codes::generated(record.text("Name"), "CUST", |code| self.find_code(code).is_some()),
            );
        }
        self.check(&record, None)?;
        record.set("Created", now);
        let mut record = self.completed(record, now)?;
        let id = CustomerId::new(self.ids.take());
        record.set("CustomerID", id.get());
        self.customers.push(Customer { id, record });
        Ok(id)
    }

    /// Replaces every field of the customer with this `CustomerID`, except its creation date; a blank code keeps the
    /// old one.
    ///
    /// # Errors
    /// When there is no such customer, and as for `insert`.
    pub fn update(&mut self, mut record: Record, now: NaiveDateTime) -> Result<(), Refusal> {
        let id = CustomerId::new(record.int("CustomerID"));
        let old = self.by_id(id)?;
        if record.text("Code").is_empty() {
            record.set("Code", old.code());
        }
        record.set("Created", old.record.date_time("Created"));
        self.check(&record, Some(id))?;
        let record = self.completed(record, now)?;
        let place = self.customers.iter_mut().find(|customer| customer.id == id);
        place.expect("found a moment ago").record = record;
        Ok(())
    }

    pub fn iter(&self) -> impl Iterator<Item = &Customer> {
        self.customers.iter()
    }

    /// # Errors
    /// `NoCustomerWithId`.
    pub fn by_id(&self, id: CustomerId) -> Result<&Customer, Refusal> {
        self.customers.iter().find(|customer| customer.id == id).ok_or(Refusal::NoCustomerWithId(id))
    }

    /// # Errors
    /// `NoCustomerWithCode`.
    pub fn by_code(&self, code: &str) -> Result<&Customer, Refusal> {
        self.find_code(code).ok_or(Refusal::NoCustomerWithCode)
    }

    /// The oldest customer with this e-mail address.
    ///
    /// # Errors
    /// `NoCustomerWithEmail`, also for an empty address.
    pub fn by_email(&self, email: &str) -> Result<&Customer, Refusal> {
        self.customers
            .iter()
            .find(|customer| !email.is_empty() && same(customer.email(), email))
            .ok_or(Refusal::NoCustomerWithEmail)
    }

    /// The customers with exactly this postcode, spaces included.
    pub fn by_postcode(&self, postcode: &str) -> impl Iterator<Item = &Customer> {
        self.customers.iter().filter(move |customer| same(customer.postcode(), postcode))
    }

    fn find_code(&self, code: &str) -> Option<&Customer> {
        self.customers.iter().find(|customer| same(customer.code(), code))
    }

    fn check(&self, record: &Record, own: Option<CustomerId>) -> Result<(), Refusal> {
        let code = record.text("Code");
        if !codes::is_alphanumeric(code) {
            return Err(Refusal::CustomerCodeInvalid);
        }
        if self.find_code(code).is_some_and(|customer| Some(customer.id) != own) {
            return Err(Refusal::CustomerCodeNotUnique);
        }
        check_country_code(record.text("CountryCode"))?;
        check_country_code(record.text("DeliveryCountryCode"))
    }

    /// A stored record: no text is null, and what KashFlow sets itself is set.
    fn completed(&self, mut record: Record, now: NaiveDateTime) -> Result<Record, Refusal> {
        if record.int("CurrencyID") == 0 {
            record.set("CurrencyID", self.home_currency.get());
        }
        Ok(record.with("Updated", now).with_kept_texts().with_kept_decimals()?)
    }
}

/// Two capital letters, with `EL` in the place of Greece's ISO code.
/// Source: KashFlow SOAP API, Customer class, `CountryCode`.
fn check_country_code(code: &str) -> Result<(), Refusal> {
    let is_valid = code.is_empty()
        || (code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase()) && code != "GR");
    if is_valid { Ok(()) } else { Err(Refusal::CountryCodeInvalid(code.to_owned())) }
}
