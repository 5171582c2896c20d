//! Money in minor units.
//!
//! The same type carries pence, cents and every other hundredth; the invoice says in which currency.
//! Currencies without two decimal places are absent: KashFlow keeps two places for all of them.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub};

use super::decimal::Decimal;

/// An amount in hundredths of a currency unit (pence, cents). Negative amounts are credits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Hash)]
pub struct Pence(i64);

impl Pence {
    pub const ZERO: Self = Self(0);

    pub const fn new(pence: i64) -> Self {
        Self(pence)
    }

    pub const fn get(self) -> i64 {
        self.0
    }

    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }

    pub const fn abs(self) -> Self {
        Self(self.0.abs())
    }
}

// Every amount is bounded when it comes in (`decimal::PENCE_MAX`): a sum that leaves 64 bits would need
// a million of the largest.
const SUM_FITS: &str = "sums of bounded amounts stay inside 64 bits";

impl Add for Pence {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.checked_add(other.0).expect(SUM_FITS))
    }
}

impl AddAssign for Pence {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sub for Pence {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0.checked_sub(other.0).expect(SUM_FITS))
    }
}

impl Neg for Pence {
    type Output = Self;

    fn neg(self) -> Self {
        Self::ZERO - self
    }
}

impl Sum for Pence {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}

impl From<Pence> for Decimal {
    /// Four places, as SQL Server's `money` prints.
    fn from(amount: Pence) -> Self {
        Self::new(i128::from(amount.0) * 100, 4)
    }
}

impl fmt::Display for Pence {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        Decimal::new(i128::from(self.0), 2).fmt(formatter)
    }
}
