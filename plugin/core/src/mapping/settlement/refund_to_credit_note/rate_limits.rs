//! How much can be credited at each VAT rate: no more than was sold at it, and no more VAT than the invoice has.
//!
//! Each amount that is paid back has its VAT contained in it and rounded, and so the VAT of many small amounts could
//! come to more than that of the invoice. What goes beyond the sale at a rate is no decrease in its consideration and
//! has no VAT. Absent on purpose: what earlier settlements have credited, which the invoice does not say.

use crate::canonical::{DocumentLine, Money, MoneyError, VatRate};

/// An amount that is paid back at the rate of a line that was sold.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Share<'a> {
    /// Positive, with its VAT.
    pub gross: Money,
    /// The VAT in it.
    pub vat: Money,
    pub line: &'a DocumentLine,
}

/// What is left to be credited, by rate.
pub(super) struct RateLimits {
    left: Vec<Left>,
}

struct Left {
    rate: Option<VatRate>,
    gross: Money,
    vat: Money,
}

impl RateLimits {
    /// All of an invoice, its discounts taken off.
    pub fn of(sold: &[DocumentLine]) -> Result<Self, MoneyError> {
        let mut left: Vec<Left> = Vec::new();
        for line in sold {
            let gross = line.net()?.checked_add(line.vat)?;
            match left.iter_mut().find(|left| left.rate == line.vat_rate) {
                Some(left) => {
                    left.gross = left.gross.checked_add(gross)?;
                    left.vat = left.vat.checked_add(line.vat)?;
                }
                None => left.push(Left { rate: line.vat_rate, gross, vat: line.vat }),
            }
        }
        Ok(RateLimits { left })
    }

    /// Adds the line that credits this share; gives what of it exceeds the sale.
    pub fn credit(&mut self, share: Share<'_>, lines: &mut Vec<DocumentLine>) -> Result<Money, MoneyError> {
        let rate = share.line.vat_rate;
        let Some(left) = self.left.iter_mut().find(|left| left.rate == rate) else { return Ok(share.gross) };
        let zero = Money::zero(share.gross.currency());
        let gross = at_most(share.gross, at_least(left.gross, zero));
        let vat = if gross == share.gross { share.vat } else { contained(rate, gross)? };
        // The last of it takes the VAT that is left, so that the whole is mirrored to the penny.
        let vat = if gross == left.gross { left.vat } else { at_most(vat, at_least(left.vat, zero)) };
        left.gross = left.gross.checked_sub(gross)?;
        left.vat = left.vat.checked_sub(vat)?;
        if !gross.is_zero() {
            lines.push(DocumentLine {
                quantity: 1,
                unit_price: gross.checked_sub(vat)?.negated(),
                vat: vat.negated(),
                product: None,
                ..share.line.clone()
            });
        }
        share.gross.checked_sub(gross)
    }
}

/// The VAT in an amount at this rate.
pub(super) fn contained(rate: Option<VatRate>, gross: Money) -> Result<Money, MoneyError> {
    rate.map_or(Ok(Money::zero(gross.currency())), |rate| rate.contained_in(gross))
}

fn at_most(amount: Money, limit: Money) -> Money {
    if amount.minor() > limit.minor() { limit } else { amount }
}

fn at_least(amount: Money, limit: Money) -> Money {
    if amount.minor() < limit.minor() { limit } else { amount }
}
