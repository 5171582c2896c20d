//! What a sale line is for VAT, and how much VAT each part of it carries.
//!
//! The VAT that buyers were shown is the VAT that is posted; it is checked against the class of the
//! goods first. Amazon rounds each part by itself, so its figure may differ by a penny a part.

use chrono::NaiveDate;

use crate::canonical::{
    Component, CountryCode, Liability, Money, MoneyError, Order, SaleLine, VatClass, VatRate, VatTreatment,
};
use crate::finding::Code;
use crate::settings::{Marketplace, Vat};

use super::vat_rates::rate_on;

/// What the VAT of an order depends on beside its lines.
#[derive(Clone, Copy, Debug)]
pub struct TaxContext<'a> {
    pub vat: &'a Vat,
    /// Where the goods left from.
    pub dispatched_from: CountryCode,
    /// Where they went; `None` where Amazon withholds it, which it does for home deliveries of FBA.
    pub destination: Option<CountryCode>,
    pub tax_point: NaiveDate,
}

impl<'a> TaxContext<'a> {
    pub fn of(order: &Order, marketplace: &Marketplace, vat: &'a Vat, tax_point: NaiveDate) -> Self {
        TaxContext {
            vat,
            dispatched_from: order.dispatched_from.unwrap_or(marketplace.dispatch_country),
            destination: order.destination.country,
            tax_point,
        }
    }

    /// The treatment of one line.
    ///
    /// Order of precedence: a seller who is not registered charges nothing; a goods that leave from
    /// abroad are outside UK VAT; a deemed supply is Amazon's (VATA 1994 s.5A); goods that leave the UK are
    /// exports (VATA 1994 s.30(6), VAT Notice 703); everything else is a domestic supply of its class.
    /// What Amazon collects is taken out of the price wherever it is the one who owes it.
    pub fn treatment(&self, liability: &Liability, class: VatClass) -> VatTreatment {
        let goes_abroad = self.destination.is_some_and(|country| !country.is_united_kingdom_for_vat());
        if !self.vat.registered {
            VatTreatment::NotRegistered
        } else if !self.dispatched_from.is_united_kingdom_for_vat() {
            VatTreatment::OutsideScope
        } else if matches!(liability, Liability::Marketplace(_)) {
            let rate = (!goes_abroad).then(|| rate_on(class, self.tax_point));
            VatTreatment::MarketplaceLiable { rate }
        } else if goes_abroad {
            VatTreatment::Export
        } else {
            VatTreatment::Domestic { class, rate: rate_on(class, self.tax_point) }
        }
    }
}

/// A part of a line as it is posted: net and VAT sum to what the buyer paid, less what Amazon keeps.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TaxedPart {
    pub net: Money,
    pub vat: Money,
}

/// Why the VAT of a line cannot be told.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TaxError {
    #[error("Amazon states {stated} VAT, its {class} class gives {expected}")]
    Disagrees { stated: Money, expected: Money, class: &'static str },
    #[error("Amazon states {stated} VAT, but {why}")]
    NotExpected { stated: Money, why: &'static str },
    #[error("Amazon states no VAT, its {class} class gives {expected}")]
    NotStated { expected: Money, class: &'static str },
    #[error("Amazon owes the VAT of the sale and does not state it; in the UK it would be {expected}")]
    NotCollected { expected: Money },
    #[error("the amounts cannot be computed")]
    Money(#[source] MoneyError),
}

impl TaxError {
    pub fn code(&self) -> Code {
        match self {
            TaxError::NotStated { .. } | TaxError::NotCollected { .. } => Code::VatNotStated,
            TaxError::Disagrees { .. } | TaxError::NotExpected { .. } | TaxError::Money(_) => {
                Code::VatDisagrees
            }
        }
    }

    /// What a person can do about it.
    pub fn remedy(&self) -> &'static str {
        match self {
            TaxError::NotStated { .. } => {
                "if Amazon's VAT Calculation Service is off, set `vat.calculation-service` to `off`; \
                 if the goods bear no VAT, correct the class"
            }
            TaxError::NotCollected { .. } => {
                "look up in Seller Central what Amazon collected, and post the order by hand"
            }
            TaxError::NotExpected { .. } => {
                "look the sale up in Seller Central: where it went, from where, and who owes its VAT; \
                 correct the setting that is wrong, or post the order by hand"
            }
            TaxError::Disagrees { .. } | TaxError::Money(_) => {
                "correct the product's VAT rate or its row in the SKU table"
            }
        }
    }
}

/// Splits each component of a line into net and VAT.
pub fn tax_parts(
    line: &SaleLine,
    treatment: VatTreatment,
    calculation_service: bool,
) -> Result<Vec<TaxedPart>, TaxError> {
    let components = line.components();
    let currency = line.total().currency();
    let stated = stated_tax(line).map_err(TaxError::Money)?;
    let not_expected = |why| match stated {
        Some(stated) if !stated.is_zero() => Err(TaxError::NotExpected { stated, why }),
        _ => Ok(vec![Money::zero(currency); components.len()]),
    };
    let taxes = match treatment {
        VatTreatment::Domestic { class, rate } => {
            domestic(line, stated, class, rate, calculation_service).map(|vat| (vat.clone(), vat))
        }
        VatTreatment::MarketplaceLiable { rate } => {
            check_collected(line, stated, rate)?;
            Ok(collected(line))
        }
        VatTreatment::OutsideScope | VatTreatment::NotRegistered if is_collected(line) => Ok(collected(line)),
        VatTreatment::Export => not_expected("an export is zero-rated").map(|none| (none.clone(), none)),
        VatTreatment::OutsideScope => {
            not_expected("goods sent from abroad bear foreign VAT, which this version does not post")
                .map(|none| (none.clone(), none))
        }
        VatTreatment::NotRegistered => {
            not_expected("`vat.registered` is false").map(|none| (none.clone(), none))
        }
    };
    let (taken_out, posted) = taxes?;
    components
        .iter()
        .zip(taken_out.into_iter().zip(posted))
        .map(|(component, (taken_out, vat))| {
            Ok(TaxedPart { net: component.gross.checked_sub(taken_out)?, vat })
        })
        .collect::<Result<_, _>>()
        .map_err(TaxError::Money)
}

fn is_collected(line: &SaleLine) -> bool {
    matches!(line.liability, Liability::Marketplace(_))
}

/// What Amazon collected is taken out of the price and posted nowhere: it never was the seller's.
fn collected(line: &SaleLine) -> (Vec<Money>, Vec<Money>) {
    let none = Money::zero(line.total().currency());
    let taken_out = line.components().iter().map(|part| part.tax.unwrap_or(none)).collect();
    (taken_out, vec![none; line.components().len()])
}

/// Within the UK the collected tax must be that of the class; abroad the rates are not known here.
fn check_collected(line: &SaleLine, stated: Option<Money>, rate: Option<VatRate>) -> Result<(), TaxError> {
    let Some(rate) = rate else { return Ok(()) };
    let expected = rate.contained_in(line.total()).map_err(TaxError::Money)?;
    match stated {
        Some(stated) if !stated.is_zero() && agrees(stated, expected, line) => Ok(()),
        Some(stated) if !stated.is_zero() => {
            Err(TaxError::NotExpected { stated, why: "the UK rate of the goods makes another figure" })
        }
        _ if expected.is_zero() => Ok(()),
        _ => Err(TaxError::NotCollected { expected }),
    }
}

/// The tax that Amazon states for a whole line; `None` where it states none for any part.
pub fn stated_tax(line: &SaleLine) -> Result<Option<Money>, MoneyError> {
    let taxes: Vec<Money> = line.components().iter().filter_map(|component| component.tax).collect();
    if taxes.is_empty() {
        return Ok(None);
    }
    Money::sum(line.total().currency(), taxes).map(Some)
}

/// The VAT of each part of a domestic supply.
fn domestic(
    line: &SaleLine,
    stated: Option<Money>,
    class: VatClass,
    rate: VatRate,
    calculation_service: bool,
) -> Result<Vec<Money>, TaxError> {
    let components = line.components();
    let expected: Vec<Money> = components
        .iter()
        .map(|component| rate.contained_in(component.gross))
        .collect::<Result<_, _>>()
        .map_err(TaxError::Money)?;
    let Some(first) = expected.first() else { return Ok(expected) };
    let total = Money::sum(first.currency(), expected.iter().copied()).map_err(TaxError::Money)?;
    match stated {
        Some(stated) if !stated.is_zero() || total.is_zero() => {
            if !agrees(stated, total, line) {
                return Err(TaxError::Disagrees { stated, expected: total, class: class.name() });
            }
            Ok(as_shown(components, expected, stated))
        }
        _ if total.is_zero() || !calculation_service => Ok(expected),
        _ => Err(TaxError::NotStated { expected: total, class: class.name() }),
    }
}

/// Amazon rounds the VAT of every part of a price, perhaps of every unit, so a penny each is agreement.
/// Where there is no VAT there is nothing to round.
fn agrees(stated: Money, expected: Money, line: &SaleLine) -> bool {
    within(stated, expected, if expected.is_zero() { 0 } else { pennies(line) })
}

fn pennies(line: &SaleLine) -> u64 {
    (line.components().len() as u64).max(u64::from(line.quantity))
}

fn within(left: Money, right: Money, pennies: u64) -> bool {
    left.minor().abs_diff(right.minor()) <= pennies
}

/// Amazon's figure for each part where it has one that agrees; otherwise the computed ones, with what
/// they lack of Amazon's total on the largest part, so that the line's VAT is what the buyer was shown.
fn as_shown(components: &[Component], expected: Vec<Money>, stated: Money) -> Vec<Money> {
    let shown: Option<Vec<Money>> = components
        .iter()
        .zip(&expected)
        .map(|(component, expected)| component.tax.filter(|tax| tax.minor().abs_diff(expected.minor()) <= 1))
        .collect();
    shown.unwrap_or_else(|| {
        let mut taxes = expected;
        let sum: i64 = taxes.iter().map(|tax| tax.minor()).sum();
        if let Some(largest) = (0..taxes.len()).max_by_key(|index| taxes[*index].minor().abs()) {
            let corrected = taxes[largest].minor() + stated.minor() - sum;
            taxes[largest] = Money::new(corrected, stated.currency());
        }
        taxes
    })
}

/// The class that Amazon's own figure speaks for, where exactly one does.
///
/// For SKUs that nobody classified. Small amounts fit several classes; then there is no answer.
pub fn class_by_stated_tax(line: &SaleLine, tax_point: NaiveDate) -> Option<VatClass> {
    // Zero is no evidence: Amazon also writes it where it calculates no VAT at all.
    let stated = stated_tax(line).ok()?.filter(|stated| !stated.is_zero())?;
    let mut fitting = [VatClass::Standard, VatClass::Reduced].into_iter().filter(|class| {
        let expected = rate_on(*class, tax_point).contained_in(line.total());
        expected.is_ok_and(|expected| within(stated, expected, pennies(line)))
    });
    let class = fitting.next()?;
    fitting.next().is_none().then_some(class)
}

#[cfg(test)]
mod tests;
