//! VAT classes, rates and treatments.
//!
//! A *class* belongs to goods (a book is zero-rated whenever it is sold); a *rate* is what the law made
//! of the class on a date; a *treatment* is what one sale line is, which also depends on where the goods
//! went and on who owes the tax. Absent on purpose: the rules that choose between them (`mapping::tax`).

use std::fmt;

use super::money::{Money, MoneyError};

/// The VAT class of goods.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum VatClass {
    Standard,
    Reduced,
    Zero,
    Exempt,
}

impl VatClass {
    pub fn parse(text: &str) -> Option<Self> {
        match text.trim().to_ascii_lowercase().as_str() {
            "standard" => Some(VatClass::Standard),
            "reduced" => Some(VatClass::Reduced),
            "zero" => Some(VatClass::Zero),
            "exempt" => Some(VatClass::Exempt),
            _ => None,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            VatClass::Standard => "standard",
            VatClass::Reduced => "reduced",
            VatClass::Zero => "zero",
            VatClass::Exempt => "exempt",
        }
    }
}

/// A rate in basis points: 2000 is 20 %.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct VatRate {
    basis_points: u32,
}

impl VatRate {
    pub const ZERO: VatRate = VatRate { basis_points: 0 };

    pub const fn from_basis_points(basis_points: u32) -> Self {
        VatRate { basis_points }
    }

    pub const fn basis_points(self) -> u32 {
        self.basis_points
    }

    /// The VAT inside an amount that includes it: gross × rate ÷ (100 % + rate), rounded half up.
    pub fn contained_in(self, gross: Money) -> Result<Money, MoneyError> {
        let rate = i64::from(self.basis_points);
        gross.scaled(rate, 10_000 + rate)
    }

    /// The percentage without needless zeros: `20`, `17.5`.
    pub fn to_percent(self) -> String {
        let whole = self.basis_points / 100;
        match self.basis_points % 100 {
            0 => format!("{whole}"),
            rest if rest % 10 == 0 => format!("{whole}.{}", rest / 10),
            rest => format!("{whole}.{rest:02}"),
        }
    }

    /// Reads a percentage such as `20`, `17.5000`. `None` where it is negative or finer than 0.01 %.
    pub fn parse_percent(text: &str) -> Option<Self> {
        let (whole, fraction) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !digits(whole) || !digits(fraction) {
            return None;
        }
        let (kept, rest) = fraction.split_at(fraction.len().min(2));
        if rest.bytes().any(|byte| byte != b'0') {
            return None;
        }
        format!("{whole}{kept:0<2}").parse().ok().map(VatRate::from_basis_points)
    }
}

impl fmt::Debug for VatRate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} %", self.to_percent())
    }
}

/// What one posted line is for VAT.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum VatTreatment {
    /// A supply in the UK by the seller, at the rate of its class.
    Domestic { class: VatClass, rate: VatRate },
    /// Goods dispatched from the UK to a place outside it: zero-rated (VATA 1994 s.30(6)).
    Export,
    /// Amazon owes the VAT of this sale as deemed supplier (VATA 1994 s.5A): the seller's own supply to
    /// Amazon is zero-rated, and what Amazon collected never passes through the seller's books.
    ///
    /// `rate` is the UK rate of the goods, against which the collected figure is checked; `None` where they
    /// go abroad and another country's rate applies.
    MarketplaceLiable { rate: Option<VatRate> },
    /// Dispatched outside the UK: outside the scope of UK VAT.
    OutsideScope,
    /// The seller is not registered for VAT.
    NotRegistered,
}

impl VatTreatment {
    /// The rate that KashFlow is told, or `None` for a line without VAT ("N/A").
    pub fn posted_rate(self) -> Option<VatRate> {
        match self {
            VatTreatment::Domestic { class: VatClass::Exempt, .. }
            | VatTreatment::OutsideScope
            | VatTreatment::NotRegistered => None,
            VatTreatment::Domestic { rate, .. } => Some(rate),
            VatTreatment::Export | VatTreatment::MarketplaceLiable { .. } => Some(VatRate::ZERO),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canonical::Currency;

    #[test]
    fn percentages_are_read_and_written() {
        for (text, basis_points, written) in [
            ("20", 2000, "20"),
            ("17.5000", 1750, "17.5"),
            ("5.0", 500, "5"),
            ("0", 0, "0"),
            ("5.25", 525, "5.25"),
        ] {
            let rate = VatRate::parse_percent(text).expect(text);
            assert_eq!((rate.basis_points(), rate.to_percent().as_str()), (basis_points, written));
        }
        assert_eq!(VatRate::parse_percent("-1"), None);
        assert_eq!(VatRate::parse_percent("20.001"), None);
        assert_eq!(VatRate::parse_percent("20.1€"), None);
    }

    #[test]
    fn vat_contained_in_a_consumer_price_rounds_half_up() {
        let rate = VatRate::from_basis_points(2000);
        let contained = |minor| rate.contained_in(Money::new(minor, Currency::GBP)).map(Money::minor);
        assert_eq!(contained(1200), Ok(200));
        assert_eq!(contained(1299), Ok(217));
        assert_eq!(contained(-1299), Ok(-217));
    }
}
