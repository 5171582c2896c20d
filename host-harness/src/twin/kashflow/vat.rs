//! VAT rates as KashFlow states them: percent, with -1 for exempt.
//!
//! Nothing here computes VAT. KashFlow keeps the amount that a line states and checks only the rate.

use super::decimal::{Decimal, FourPlaces};
use super::refusal::Refusal;

/// A VAT rate in percent, or exempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VatRate(FourPlaces);

impl VatRate {
    /// The "N/A" code of a VAT-exempt line.
    pub const EXEMPT: Self = Self(FourPlaces::whole(-1));

    pub const fn percent(percent: i32) -> Self {
        Self(FourPlaces::whole(percent))
    }

    pub const fn get(self) -> FourPlaces {
        self.0
    }
}

/// A rate that the account is set up with.
#[derive(Debug, Clone, Copy)]
pub struct VatRateSetting {
    pub id: i32,
    pub rate: VatRate,
    /// How the rate is shown, such as `20%`.
    pub name: &'static str,
}

/// The rates of an account.
#[derive(Debug, Clone)]
pub struct VatRates(Vec<VatRateSetting>);

impl VatRates {
    /// The rates of the United Kingdom: standard, reduced and zero.
    pub fn united_kingdom() -> Self {
        let setting = |id, percent, name| VatRateSetting { id, rate: VatRate::percent(percent), name };
        Self(vec![setting(61_101, 20, "20%"), setting(61_102, 5, "5%"), setting(61_103, 0, "0%")])
    }

    pub fn iter(&self) -> impl Iterator<Item = &VatRateSetting> {
        self.0.iter()
    }

    /// The rate that a line or product states, when the account has it.
    ///
    /// # Errors
    /// `UnknownVatRate` for anything but a configured rate or exempt.
    pub fn accept(&self, stated: Decimal) -> Result<VatRate, Refusal> {
        let rate = VatRate(stated.four_places()?);
        if rate == VatRate::EXEMPT || self.0.iter().any(|setting| setting.rate == rate) {
            Ok(rate)
        } else {
            Err(Refusal::UnknownVatRate(stated.to_string()))
        }
    }
}
