//! The UK's VAT rates by class and date, as data.
//!
//! Sources: Value Added Tax Act 1994 s.2(1) as amended; Finance (No. 2) Act 2010 s.3 (20 % from
//! 4 January 2011); Finance Act 2009 s.9 (17.5 % from 1 January 2010); VATA 1994 s.29A (reduced rate 5 %).
//! Amazon shows orders of the last two years, so older rates are left out on purpose.

use chrono::NaiveDate;

use crate::canonical::{VatClass, VatRate};

/// One rate with the first day that it applies to.
struct RateRule {
    class: VatClass,
    from: (i32, u32, u32),
    basis_points: u32,
}

const RULES: [RateRule; 3] = [
    RateRule { class: VatClass::Standard, from: (2010, 1, 1), basis_points: 1750 },
    RateRule { class: VatClass::Standard, from: (2011, 1, 4), basis_points: 2000 },
    RateRule { class: VatClass::Reduced, from: (1997, 9, 1), basis_points: 500 },
];

/// The rate of a class on a tax point.
pub fn rate_on(class: VatClass, date: NaiveDate) -> VatRate {
    RULES
        .iter()
        .filter(|rule| rule.class == class)
        .rfind(|rule| {
            let (year, month, day) = rule.from;
            NaiveDate::from_ymd_opt(year, month, day).is_some_and(|from| from <= date)
        })
        .map_or(VatRate::ZERO, |rule| VatRate::from_basis_points(rule.basis_points))
}

/// The class that a rate stands for on a date; `None` is a product's "exempt".
pub fn class_of(rate: Option<VatRate>, date: NaiveDate) -> Option<VatClass> {
    let Some(rate) = rate else { return Some(VatClass::Exempt) };
    [VatClass::Standard, VatClass::Reduced, VatClass::Zero]
        .into_iter()
        .find(|class| rate_on(*class, date) == rate)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).expect("a date")
    }

    /// One golden case a rule, on each side of its first day.
    #[test]
    fn each_rule_begins_on_its_day() {
        let table = [
            (VatClass::Standard, date(2011, 1, 3), 1750),
            (VatClass::Standard, date(2011, 1, 4), 2000),
            (VatClass::Standard, date(2026, 11, 1), 2000),
            (VatClass::Reduced, date(2026, 11, 1), 500),
            (VatClass::Zero, date(2026, 11, 1), 0),
            (VatClass::Exempt, date(2026, 11, 1), 0),
        ];
        for (class, date, basis_points) in table {
            assert_eq!(rate_on(class, date).basis_points(), basis_points, "{class:?} on {date}");
        }
    }

    #[test]
    fn a_product_rate_names_its_class() {
        let today = date(2026, 11, 1);
        let of = |basis_points: u32| class_of(Some(VatRate::from_basis_points(basis_points)), today);
        assert_eq!(
            (of(2000), of(500), of(0)),
            (Some(VatClass::Standard), Some(VatClass::Reduced), Some(VatClass::Zero))
        );
        assert_eq!((of(1750), class_of(None, today)), (None, Some(VatClass::Exempt)));
    }
}
