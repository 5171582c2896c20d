//! Money: an integer number of minor units with its currency.
//!
//! Arithmetic is checked and refuses to mix currencies. Amounts are read from their text, so that no
//! binary fraction ever stands between a wire and the books. Rounding is half up to the minor unit,
//! away from zero for negative amounts, so that a refund is the exact negative of its sale; HMRC lets
//! a retailer round each calculation to the nearest penny but never down (VAT Trader's Records
//! manual, VATREC12010–12030). Absent on purpose: exchange and formatting for a locale.

use std::fmt;

use super::currency::Currency;

/// An amount in minor units (pence, cents) of one currency.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    minor: i64,
    currency: Currency,
}

/// Why an amount could not be read or computed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    #[error("`{text}` is not an amount in {currency}: expected digits with at most {decimals} decimals")]
    NotAnAmount { text: String, currency: Currency, decimals: u32 },
    #[error("cannot add {right} to {left}: the currencies differ")]
    CurrenciesDiffer { left: Money, right: Money },
    #[error("the amount is too large to compute with")]
    Overflow,
}

impl Money {
    /// `minor` counts minor units: 1299 GBP is £12.99.
    pub const fn new(minor: i64, currency: Currency) -> Self {
        Money { minor, currency }
    }

    pub const fn zero(currency: Currency) -> Self {
        Money { minor: 0, currency }
    }

    /// Reads a plain decimal such as `12.99`, `-5` or `0.5`.
    ///
    /// Further decimals are admitted only when they are zeros: `12.9900` is £12.99, `12.999` is refused.
    pub fn parse(text: &str, currency: Currency) -> Result<Self, MoneyError> {
        let refuse =
            || MoneyError::NotAnAmount { text: text.to_owned(), currency, decimals: currency.decimals() };
        let trimmed = text.trim();
        let (negative, digits) = match trimmed.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, trimmed.strip_prefix('+').unwrap_or(trimmed)),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if (whole.is_empty() && fraction.is_empty()) || !all_digits(whole) || !all_digits(fraction) {
            return Err(refuse());
        }
        let decimals = currency.decimals() as usize;
        let (kept, rest) = fraction.split_at(fraction.len().min(decimals));
        if rest.bytes().any(|byte| byte != b'0') {
            return Err(refuse());
        }
        let padded = format!("{whole}{kept:0<decimals$}");
        let magnitude: i64 = padded.parse().map_err(|_| refuse())?;
        Ok(Money::new(if negative { -magnitude } else { magnitude }, currency))
    }

    pub const fn minor(self) -> i64 {
        self.minor
    }

    pub const fn currency(self) -> Currency {
        self.currency
    }

    pub const fn is_zero(self) -> bool {
        self.minor == 0
    }

    pub fn checked_add(self, other: Money) -> Result<Money, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::CurrenciesDiffer { left: self, right: other });
        }
        let minor = self.minor.checked_add(other.minor).ok_or(MoneyError::Overflow)?;
        Ok(Money::new(minor, self.currency))
    }

    pub fn checked_sub(self, other: Money) -> Result<Money, MoneyError> {
        self.checked_add(other.negated())
    }

    pub const fn negated(self) -> Money {
        Money::new(self.minor.saturating_neg(), self.currency)
    }

    pub const fn magnitude(self) -> Money {
        Money::new(self.minor.saturating_abs(), self.currency)
    }

    /// The sum of amounts that must all be in `currency`.
    pub fn sum(currency: Currency, amounts: impl IntoIterator<Item = Money>) -> Result<Money, MoneyError> {
        amounts.into_iter().try_fold(Money::zero(currency), Money::checked_add)
    }

    /// `self × numerator ÷ denominator`, rounded half up, away from zero for negative amounts.
    pub fn scaled(self, numerator: i64, denominator: i64) -> Result<Money, MoneyError> {
        let product = i128::from(self.minor) * i128::from(numerator);
        let divisor = i128::from(denominator);
        if divisor <= 0 {
            return Err(MoneyError::Overflow);
        }
        let magnitude = (product.abs() * 2 + divisor) / (divisor * 2);
        let signed = if product < 0 { -magnitude } else { magnitude };
        let minor = i64::try_from(signed).map_err(|_| MoneyError::Overflow)?;
        Ok(Money::new(minor, self.currency))
    }

    /// Splits the amount in proportion to `weights`: the parts have its sign and sum to it exactly.
    ///
    /// Largest remainder: each part gets its share rounded down, then the parts that lost most get one
    /// minor unit more; equal remainders are served in order. All-zero weights put everything into the
    /// first part.
    pub fn split(self, weights: &[u64]) -> Vec<Money> {
        let total: u128 = weights.iter().map(|weight| u128::from(*weight)).sum();
        if total == 0 {
            return weights
                .iter()
                .enumerate()
                .map(|(index, _)| Money::new(if index == 0 { self.minor } else { 0 }, self.currency))
                .collect();
        }
        let magnitude = u128::from(self.minor.unsigned_abs());
        let shares: Vec<u128> = weights.iter().map(|weight| magnitude * u128::from(*weight)).collect();
        let mut parts: Vec<u128> = shares.iter().map(|share| share / total).collect();
        let missing = magnitude - parts.iter().sum::<u128>();
        let mut by_remainder: Vec<usize> = (0..weights.len()).collect();
        by_remainder.sort_by_key(|index| std::cmp::Reverse(shares[*index] % total));
        for index in by_remainder.into_iter().take(missing as usize) {
            parts[index] += 1;
        }
        let sign = self.minor.signum();
        parts.into_iter().map(|part| Money::new(sign * part as i64, self.currency)).collect()
    }

    /// The amount as digits with a point: `12.99`, `-0.05`.
    pub fn to_decimal(self) -> String {
        let decimals = self.currency.decimals() as usize;
        let sign = if self.minor < 0 { "-" } else { "" };
        let digits = format!("{:0>width$}", self.minor.unsigned_abs(), width = decimals + 1);
        let (whole, fraction) = digits.split_at(digits.len() - decimals);
        if decimals == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.to_decimal(), self.currency)
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gbp(minor: i64) -> Money {
        Money::new(minor, Currency::GBP)
    }

    #[test]
    fn amounts_are_read_from_their_text() {
        let cases = [
            ("12.99", Some(1299)),
            ("12.9900", Some(1299)),
            ("-5", Some(-500)),
            (".5", Some(50)),
            ("0", Some(0)),
            (" 321.69    ", Some(32169)),
            ("12.999", None),
            ("1,299.00", None),
            ("1e3", None),
            ("", None),
            ("-", None),
            ("£5", None),
            ("99999999999999999999", None),
        ];
        for (text, expected) in cases {
            assert_eq!(Money::parse(text, Currency::GBP).ok().map(Money::minor), expected, "{text}");
        }
        let yen: Currency = "JPY".parse().expect("a currency");
        assert_eq!(Money::parse("1200", yen).map(Money::minor), Ok(1200));
        assert!(Money::parse("1200.5", yen).is_err());
    }

    #[test]
    fn decimals_are_written_with_their_sign() {
        assert_eq!(gbp(-5).to_decimal(), "-0.05");
        assert_eq!(gbp(123_456).to_decimal(), "1234.56");
        assert_eq!(Money::new(7, "JPY".parse().expect("a currency")).to_decimal(), "7");
    }

    #[test]
    fn rounding_is_half_up_and_mirrored_for_negatives() {
        assert_eq!(gbp(1299).scaled(20, 120), Ok(gbp(217)), "216.5 goes up");
        assert_eq!(gbp(-1299).scaled(20, 120), Ok(gbp(-217)));
    }

    #[test]
    fn a_split_conserves_the_amount() {
        assert_eq!(gbp(100).split(&[1, 1, 1]), vec![gbp(34), gbp(33), gbp(33)]);
        assert_eq!(gbp(-100).split(&[1, 2]), vec![gbp(-33), gbp(-67)]);
        assert_eq!(gbp(5).split(&[0, 0]), vec![gbp(5), gbp(0)]);
    }

    #[test]
    fn currencies_do_not_mix() {
        let euro = Money::new(1, Currency::EUR);
        assert!(matches!(gbp(1).checked_add(euro), Err(MoneyError::CurrenciesDiffer { .. })));
    }
}
