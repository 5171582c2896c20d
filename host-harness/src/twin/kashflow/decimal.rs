//! Decimal numbers as they travel and as they are kept.
//!
//! `Decimal` is an exact `xsd:decimal`; `FourPlaces` is a number with four decimal places, the form in which
//! KashFlow keeps quantities and rates (its answers print `1.0000` and `20.0000`).
//! There is deliberately no binary floating point here: a twin that counts money in floats proves nothing.

use std::fmt;

use super::money::Pence;

/// The most decimal places a .NET `decimal` can hold; further digits are cut off.
const DECIMAL_PLACES_MAX: usize = 28;
/// The most significant digits a .NET `decimal` can hold.
const DECIMAL_DIGITS_MAX: usize = 29;

/// The largest amount accepted, in pence: a hundred billion pounds. SQL Server's `money` holds some nine
/// thousand times more, but below this bound no sum of kept amounts can leave 64 bits.
const PENCE_MAX: i64 = 10_000_000_000_000;

/// Why a text is not an `xsd:decimal`; the texts are those of the .NET parser behind the real service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ParseDecimalError {
    #[error("Input string was not in a correct format.")]
    Format,
    #[error("Value was either too large or too small for a Decimal.")]
    Overflow,
}

/// The number does not fit SQL Server's `money`, the column type behind every amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Arithmetic overflow error converting numeric to data type money.")]
pub struct OutOfRange;

/// An exact decimal number: `mantissa / 10^scale`.
#[derive(Debug, Clone, Copy)]
pub struct Decimal {
    mantissa: i128,
    scale: u32,
}

impl Decimal {
    pub const ZERO: Self = Self::new(0, 4);

    pub const fn new(mantissa: i128, scale: u32) -> Self {
        Self { mantissa, scale }
    }

    /// Parses an `xsd:decimal`: optional sign, digits, optional point and fraction; no exponent, no grouping.
    ///
    /// # Errors
    /// `Format` for anything else, `Overflow` beyond the range of a .NET `decimal`.
    pub fn parse(text: &str) -> Result<Self, ParseDecimalError> {
        let text = text.trim_matches([' ', '\t', '\r', '\n']);
        let (negative, digits) = match text.as_bytes().first() {
            Some(b'-') => (true, &text[1..]),
            Some(b'+') => (false, &text[1..]),
            _ => (false, text),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if (whole.is_empty() && fraction.is_empty()) || !all_digits(whole) || !all_digits(fraction) {
            return Err(ParseDecimalError::Format);
        }
        let whole = whole.trim_start_matches('0');
        if whole.len() > DECIMAL_DIGITS_MAX {
            return Err(ParseDecimalError::Overflow);
        }
        let places = fraction.len().min(DECIMAL_PLACES_MAX).min(DECIMAL_DIGITS_MAX - whole.len());
        let mantissa = whole
            .bytes()
            .chain(fraction.bytes().take(places))
            .fold(0_i128, |mantissa, digit| mantissa * 10 + i128::from(digit - b'0'));
        let scale = u32::try_from(places).expect("at most 28 places");
        Ok(Self::new(if negative { -mantissa } else { mantissa }, scale))
    }

    /// The number in units of `10^-places`, rounded half away from zero.
    ///
    /// # Errors
    /// `OutOfRange` when the result does not fit 64 bits.
    pub fn rounded(self, places: u32) -> Result<i64, OutOfRange> {
        let units = if self.scale <= places {
            self.mantissa.checked_mul(10_i128.pow(places - self.scale)).ok_or(OutOfRange)?
        } else {
            divide_half_away_from_zero(self.mantissa, 10_i128.pow(self.scale - places))
        };
        i64::try_from(units).map_err(|_| OutOfRange)
    }

    /// The number as money, rounded half away from zero to two places.
    ///
    /// # Errors
    /// `OutOfRange` when the amount is too large to be kept.
    pub fn pence(self) -> Result<Pence, OutOfRange> {
        narrow(i128::from(self.rounded(2)?))
    }

    /// The number with four places, rounded half away from zero.
    ///
    /// # Errors
    /// `OutOfRange` when the number is too large to be kept.
    pub fn four_places(self) -> Result<FourPlaces, OutOfRange> {
        self.rounded(4).map(FourPlaces)
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let divisor = 10_i128.pow(self.scale);
        let (whole, fraction) = (self.mantissa.abs() / divisor, self.mantissa.abs() % divisor);
        let sign = if self.mantissa < 0 { "-" } else { "" };
        match usize::try_from(self.scale).expect("at most 28 places") {
            0 => write!(formatter, "{sign}{whole}"),
            width => write!(formatter, "{sign}{whole}.{fraction:0width$}"),
        }
    }
}

/// A number with exactly four decimal places: a quantity, a VAT rate in percent, an exchange rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct FourPlaces(i64);

impl FourPlaces {
    pub const ZERO: Self = Self(0);

    pub const fn from_ten_thousandths(units: i64) -> Self {
        Self(units)
    }

    pub const fn whole(units: i32) -> Self {
        // Widening, so nothing is lost; `i64::from` is not const.
        Self(units as i64 * 10_000)
    }

    pub const fn is_positive(self) -> bool {
        self.0 > 0
    }

    pub const fn signum(self) -> i64 {
        self.0.signum()
    }

    /// This many of `unit`, rounded half away from zero to the penny.
    ///
    /// # Errors
    /// `OutOfRange` when the product is too large to be kept.
    pub fn times(self, unit: Pence) -> Result<Pence, OutOfRange> {
        let product = i128::from(self.0) * i128::from(unit.get());
        narrow(divide_half_away_from_zero(product, 10_000))
    }

    /// `amount` divided by this number, rounded half away from zero to the penny.
    ///
    /// # Errors
    /// `OutOfRange` when the number is zero or the quotient is too large to be kept.
    pub fn divide(self, amount: Pence) -> Result<Pence, OutOfRange> {
        if self.0 == 0 {
            return Err(OutOfRange);
        }
        narrow(divide_half_away_from_zero(i128::from(amount.get()) * 10_000, i128::from(self.0)))
    }

    /// The nearest whole number, halves away from zero.
    pub fn nearest_whole(self) -> i64 {
        i64::try_from(divide_half_away_from_zero(i128::from(self.0), 10_000))
            .expect("smaller than the number itself")
    }
}

impl From<FourPlaces> for Decimal {
    fn from(number: FourPlaces) -> Self {
        Self::new(i128::from(number.0), 4)
    }
}

impl fmt::Display for FourPlaces {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        Decimal::from(*self).fmt(formatter)
    }
}

/// `amount × numerator / denominator`, rounded half away from zero to the penny.
///
/// # Errors
/// `OutOfRange` when the denominator is zero or the result is too large to be kept.
pub fn proportion(amount: Pence, numerator: Pence, denominator: Pence) -> Result<Pence, OutOfRange> {
    if denominator.get() == 0 {
        return Err(OutOfRange);
    }
    let product = i128::from(amount.get()) * i128::from(numerator.get());
    narrow(divide_half_away_from_zero(product, i128::from(denominator.get())))
}

fn narrow(pence: i128) -> Result<Pence, OutOfRange> {
    let pence = i64::try_from(pence).map_err(|_| OutOfRange)?;
    if pence.unsigned_abs() > PENCE_MAX.unsigned_abs() { Err(OutOfRange) } else { Ok(Pence::new(pence)) }
}

fn divide_half_away_from_zero(numerator: i128, denominator: i128) -> i128 {
    let (quotient, remainder) = (numerator / denominator, numerator % denominator);
    if remainder.abs() * 2 >= denominator.abs() {
        quotient + numerator.signum() * denominator.signum()
    } else {
        quotient
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_round_away_from_zero_once() {
        let cases =
            [("1.005", 101), ("-1.005", -101), ("1.00499999", 100), ("0.004", 0), ("-0.005", -1), ("2", 200)];
        for (text, pence) in cases {
            assert_eq!(Decimal::parse(text).unwrap().rounded(2), Ok(pence), "{text}");
        }
    }

    #[test]
    fn only_plain_decimals_are_accepted() {
        for text in ["", ".", "1e3", "1,000", "£1", "1.2.3", "--1", "NaN"] {
            assert_eq!(Decimal::parse(text).unwrap_err(), ParseDecimalError::Format, "{text}");
        }
        let thirty_digits = "9".repeat(30);
        assert_eq!(Decimal::parse(&thirty_digits).unwrap_err(), ParseDecimalError::Overflow);
        assert_eq!(Decimal::parse(" +.5 ").unwrap().to_string(), "0.5");
        assert_eq!(Decimal::parse("1.").unwrap().to_string(), "1");
    }

    #[test]
    fn numbers_print_with_the_places_they_are_kept_in() {
        assert_eq!(Decimal::from(FourPlaces::whole(20)).to_string(), "20.0000");
        assert_eq!(FourPlaces::from_ten_thousandths(-8_333).to_string(), "-0.8333");
        assert_eq!(Decimal::from(Pence::new(-5)).to_string(), "-0.0500");
    }

    #[test]
    fn amounts_beyond_the_column_are_refused() {
        for text in ["100000000000.01", "-92233720368547758.08", "99999999999999999999999999999"] {
            assert_eq!(Decimal::parse(text).unwrap().pence().unwrap_err(), OutOfRange, "{text}");
        }
        assert_eq!(Decimal::parse("100000000000.00").unwrap().pence(), Ok(Pence::new(PENCE_MAX)));
        assert_eq!(FourPlaces::ZERO.divide(Pence::new(1)).unwrap_err(), OutOfRange);
    }
}
