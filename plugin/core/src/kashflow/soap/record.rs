//! Reads typed values out of one row of an answer.
//!
//! A required value that is missing or malformed makes the answer unreadable. Absent on purpose: floating
//! point. Amounts are read from their text.

use chrono::NaiveDate;

use crate::canonical::{Currency, Money};
use crate::kashflow::failure;
use crate::remote::CallFailure;

use super::{Element, Operation};

/// A row, and the operation that it answers.
pub struct Record<'a> {
    pub element: &'a Element,
    pub operation: &'a Operation,
}

impl<'a> Record<'a> {
    /// Trimmed; empty where the element is empty, nil or absent.
    pub fn text(&self, name: &str) -> &'a str {
        self.element.child(name).filter(|child| !child.nil).map_or("", |child| child.text.trim())
    }

    /// A whole number that must be there.
    pub fn integer(&self, name: &str) -> Result<i64, CallFailure> {
        self.text(name).parse().map_err(|_| self.unreadable(name))
    }

    /// The date part of an `xsd:dateTime`, whatever its time and zone.
    pub fn date(&self, name: &str) -> Result<NaiveDate, CallFailure> {
        let date =
            self.text(name).get(..10).and_then(|date| NaiveDate::parse_from_str(date, "%Y-%m-%d").ok());
        date.ok_or_else(|| self.unreadable(name))
    }

    /// An ISO 4217 code; KashFlow leaves it empty for the home currency, the pound.
    pub fn currency(&self, name: &str) -> Result<Currency, CallFailure> {
        match self.text(name) {
            "" => Ok(Currency::GBP),
            code => code.to_ascii_uppercase().parse().map_err(|_| self.unreadable(name)),
        }
    }

    /// A decimal of any number of places, rounded half up to the minor unit.
    ///
    /// KashFlow prints four. Documents of other origin can use them all, and must not stop ours.
    pub fn amount(&self, name: &str, currency: Currency) -> Result<Money, CallFailure> {
        amount(self.text(name), currency).ok_or_else(|| self.unreadable(name))
    }

    pub fn unreadable(&self, name: &str) -> CallFailure {
        failure::unreadable(self.operation, &format!("its {name} in {}", self.element.name))
    }
}

/// See [`Record::amount`]; `None` where the text is no decimal.
pub fn amount(text: &str, currency: Currency) -> Option<Money> {
    if let Ok(money) = Money::parse(text, currency) {
        return Some(money);
    }
    let end = text.find('.')? + 1 + currency.decimals() as usize;
    let (kept, rest) = (text.get(..end)?, text.get(end..)?);
    let kept = Money::parse(kept, currency).ok()?;
    if rest.bytes().any(|byte| !byte.is_ascii_digit()) {
        return None;
    }
    let step = match (rest.as_bytes().first()? >= &b'5', text.starts_with('-')) {
        (false, _) => 0,
        (true, false) => 1,
        (true, true) => -1,
    };
    kept.checked_add(Money::new(step, currency)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_have_two_to_four_decimals() {
        let cases = [
            ("117.5000", Some(11750)),
            ("117.50", Some(11750)),
            ("117", Some(11700)),
            ("-0.0049", Some(0)),
            ("-0.0050", Some(-1)),
            ("12.3449", Some(1234)),
            ("12.3450", Some(1235)),
            ("12.345x", None),
            ("12,34", None),
            ("", None),
        ];
        for (text, minor) in cases {
            assert_eq!(amount(text, Currency::GBP).map(Money::minor), minor, "{text}");
        }
        let yen = "JPY".parse().expect("a currency");
        assert_eq!(amount("1200.5000", yen).map(Money::minor), Some(1201));
    }

    #[test]
    fn values_are_read_by_name_and_named_when_they_cannot_be() {
        let element = Element::parse(
            b"<Invoice><D>2026-11-02T00:00:00+01:00</D><E>02/11/2026</E><C>eur</C><N> 42 </N><X xsi:nil='true'>7</X>\
              <F>Euro</F></Invoice>",
        )
        .expect("well-formed");
        let operation = Operation::reading("GetInvoice", "invoice 42");
        let record = Record { element: &element, operation: &operation };
        assert_eq!(record.date("D").ok(), NaiveDate::from_ymd_opt(2026, 11, 2));
        assert_eq!(record.currency("C").ok(), Some(Currency::EUR));
        assert_eq!(record.currency("absent").ok(), Some(Currency::GBP));
        assert_eq!(record.integer("N").ok(), Some(42));
        assert_eq!(record.text("X"), "");
        let failed = [
            record.date("E").map(|_| ()),
            record.currency("F").map(|_| ()),
            record.integer("X").map(|_| ()),
            record.amount("absent", Currency::GBP).map(|_| ()),
        ];
        assert!(failed.iter().all(Result::is_err));
        let message = record.integer("X").expect_err("it is nil").finding.message;
        assert!(
            message.contains("GetInvoice (invoice 42)") && message.contains("its X in Invoice"),
            "{message}"
        );
    }
}
