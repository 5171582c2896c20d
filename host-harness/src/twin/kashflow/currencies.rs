//! The currencies of an account and their exchange rates.
//!
//! KashFlow states a rate as foreign units for one home unit (a customer who is told 1 USD = 0.81 GBP must type
//! 1.23). Exchange gains and losses are absent: a payment is booked at the rate of its invoice.

use super::decimal::{FourPlaces, OutOfRange};
use super::identifiers::CurrencyId;
use super::money::Pence;
use super::refusal::Refusal;

/// Foreign units for one unit of the home currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExchangeRate(FourPlaces);

impl ExchangeRate {
    pub const PARITY: Self = Self(FourPlaces::whole(1));

    /// A rate, unless it is not positive.
    pub fn new(rate: FourPlaces) -> Option<Self> {
        rate.is_positive().then_some(Self(rate))
    }

    pub const fn get(self) -> FourPlaces {
        self.0
    }

    /// # Errors
    /// `OutOfRange` when the amount is too large to be kept.
    pub fn to_home(self, foreign: Pence) -> Result<Pence, OutOfRange> {
        self.0.divide(foreign)
    }

    /// # Errors
    /// `OutOfRange` when the amount is too large to be kept.
    pub fn to_foreign(self, home: Pence) -> Result<Pence, OutOfRange> {
        self.0.times(home)
    }
}

/// One currency of the account.
#[derive(Debug, Clone)]
pub struct Currency {
    pub id: CurrencyId,
    /// ISO 4217.
    pub code: &'static str,
    pub name: &'static str,
    pub symbol: &'static str,
    pub rate: ExchangeRate,
}

/// The currencies, the home currency first.
#[derive(Debug, Clone)]
pub struct Currencies(Vec<Currency>);

impl Currencies {
    /// Sterling as home currency, euro and US dollar beside it.
    pub fn sterling_euro_dollar() -> Self {
        let currency = |id, code, name, symbol, ten_thousandths| Currency {
            id: CurrencyId::new(id),
            code,
            name,
            symbol,
            rate: ExchangeRate(FourPlaces::from_ten_thousandths(ten_thousandths)),
        };
        Self(vec![
            currency(25_801, "GBP", "Pounds Sterling", "£", 10_000),
            currency(25_802, "EUR", "Euro", "€", 11_500),
            currency(25_803, "USD", "United States Dollars", "$", 12_500),
        ])
    }

    pub fn home(&self) -> &Currency {
        &self.0[0]
    }

    pub fn iter(&self) -> impl Iterator<Item = &Currency> {
        self.0.iter()
    }

    /// The currency with this code; the home currency for an empty code.
    ///
    /// # Errors
    /// `UnknownCurrency` when the account has no such currency.
    pub fn by_code(&self, code: &str) -> Result<&Currency, Refusal> {
        if code.is_empty() {
            return Ok(self.home());
        }
        self.0
            .iter()
            .find(|currency| currency.code == code)
            .ok_or_else(|| Refusal::UnknownCurrency(code.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_foreign_units_for_one_home_unit() {
        let currencies = Currencies::sterling_euro_dollar();
        let euro = currencies.by_code("EUR").unwrap().rate;
        assert_eq!(euro.to_foreign(Pence::new(10_000)), Ok(Pence::new(11_500)));
        assert_eq!(euro.to_home(Pence::new(11_500)), Ok(Pence::new(10_000)));
        assert_eq!(euro.to_home(Pence::new(-1_000)), Ok(Pence::new(-870)));
        assert_eq!(ExchangeRate::new(FourPlaces::ZERO), None);
    }

    #[test]
    fn only_currencies_of_the_account_exist() {
        let currencies = Currencies::sterling_euro_dollar();
        assert_eq!(currencies.by_code("").unwrap().code, "GBP");
        assert_eq!(currencies.by_code("SEK").unwrap_err(), Refusal::UnknownCurrency("SEK".to_owned()));
    }
}
