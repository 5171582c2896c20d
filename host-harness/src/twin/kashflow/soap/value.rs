//! Values of schema types, and records of them.
//!
//! A record always belongs to a table and has a value for each of its fields, so asking for a field that the
//! table does not name is a mistake in this program and panics.

use chrono::NaiveDateTime;

use super::super::decimal::{Decimal, OutOfRange};
use super::super::money::Pence;
use super::scalar;
use super::schema::{Field, Kind, Presence};

/// A value of any [`Kind`].
#[derive(Debug, Clone)]
pub enum Value {
    Null,
    /// `xsd:string`, and `xsd:integer` as .NET sees it.
    Text(String),
    Int(i32),
    Decimal(Decimal),
    Boolean(bool),
    DateTime(NaiveDateTime),
    Record(Record),
    List(Vec<Record>),
}

impl Value {
    /// What a missing element means.
    pub fn missing(field: &Field) -> Self {
        match field.presence {
            Presence::Required => Self::default_of(field.kind),
            Presence::Optional | Presence::Nillable => Self::Null,
        }
    }

    /// What a .NET variable of this type holds before anything is assigned to it.
    pub fn default_of(kind: Kind) -> Self {
        match kind {
            Kind::Int => Self::Int(0),
            Kind::Decimal => Self::Decimal(Decimal::ZERO),
            Kind::Boolean => Self::Boolean(false),
            Kind::DateTime => Self::DateTime(scalar::DATE_TIME_MIN),
            _ => Self::Null,
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i32> for Value {
    fn from(number: i32) -> Self {
        Self::Int(number)
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Boolean(flag)
    }
}

impl From<Decimal> for Value {
    fn from(number: Decimal) -> Self {
        Self::Decimal(number)
    }
}

impl From<Pence> for Value {
    fn from(amount: Pence) -> Self {
        Self::Decimal(amount.into())
    }
}

impl From<NaiveDateTime> for Value {
    fn from(moment: NaiveDateTime) -> Self {
        Self::DateTime(moment)
    }
}

impl From<Record> for Value {
    fn from(record: Record) -> Self {
        Self::Record(record)
    }
}

impl FromIterator<Record> for Value {
    fn from_iter<I: IntoIterator<Item = Record>>(records: I) -> Self {
        Self::List(records.into_iter().collect())
    }
}

/// One value for each field of a sequence.
#[derive(Debug, Clone)]
pub struct Record {
    fields: &'static [Field],
    values: Vec<Value>,
}

impl Record {
    /// A record in which every element is missing.
    pub fn new(fields: &'static [Field]) -> Self {
        Self { fields, values: fields.iter().map(Value::missing).collect() }
    }

    pub fn set(&mut self, name: &str, value: impl Into<Value>) {
        let index = self.index(name);
        self.values[index] = value.into();
    }

    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.set(name, value);
        self
    }

    /// The record as SQL Server keeps it: every decimal at four places.
    ///
    /// # Errors
    /// `OutOfRange` when a number is too large to be kept.
    pub fn with_kept_decimals(mut self) -> Result<Self, OutOfRange> {
        for value in &mut self.values {
            if let Value::Decimal(number) = value {
                *number = number.four_places()?.into();
            }
        }
        Ok(self)
    }

    /// The record as KashFlow keeps it: no text is null.
    #[must_use]
    pub fn with_kept_texts(mut self) -> Self {
        for (field, value) in self.fields.iter().zip(&mut self.values) {
            if matches!((field.kind, &value), (Kind::Text, Value::Null)) {
                *value = "".into();
            }
        }
        self
    }

    /// The fields with their values, in sequence order.
    pub fn iter(&self) -> impl Iterator<Item = (&'static Field, &Value)> {
        self.fields.iter().zip(&self.values)
    }

    pub fn get(&self, name: &str) -> &Value {
        &self.values[self.index(name)]
    }

    /// The text, empty when null.
    pub fn text(&self, name: &str) -> &str {
        match self.get(name) {
            Value::Text(text) => text,
            _ => "",
        }
    }

    pub fn int(&self, name: &str) -> i32 {
        match self.get(name) {
            Value::Int(number) => *number,
            _ => 0,
        }
    }

    pub fn decimal(&self, name: &str) -> Decimal {
        match self.get(name) {
            Value::Decimal(number) => *number,
            _ => Decimal::ZERO,
        }
    }

    pub fn boolean(&self, name: &str) -> bool {
        matches!(self.get(name), Value::Boolean(true))
    }

    pub fn date_time(&self, name: &str) -> NaiveDateTime {
        match self.get(name) {
            Value::DateTime(moment) => *moment,
            _ => scalar::DATE_TIME_MIN,
        }
    }

    pub fn record(&self, name: &str) -> Option<&Record> {
        match self.get(name) {
            Value::Record(record) => Some(record),
            _ => None,
        }
    }

    pub fn list(&self, name: &str) -> &[Record] {
        match self.get(name) {
            Value::List(records) => records,
            _ => &[],
        }
    }

    fn index(&self, name: &str) -> usize {
        self.fields
            .iter()
            .position(|field| field.name == name)
            .unwrap_or_else(|| panic!("the schema table has no field {name}"))
    }
}
