//! The amounts of a settlement file: decimal comma or decimal point, decided once for the whole file.
//!
//! Amazon writes amounts as its marketplace does: `179,99` in Germany, `19.50` in the United States ("local" in
//! Amazon's words). One amount alone can be read in two ways (`1,500`), all of them together hardly ever.
//! Amazon's own files have no thousands separators; files that went through a spreadsheet do.

use crate::canonical::settlement::SettlementProblem;
use crate::canonical::{Currency, Money};

/// What stands before the decimals. The other mark separates thousands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DecimalMark {
    Point,
    Comma,
}

/// What the amounts of a file show of its decimal mark: for each the first line that shows it.
#[derive(Default)]
pub struct DecimalEvidence {
    point: Option<u64>,
    comma: Option<u64>,
    undecided: Option<u64>,
}

impl DecimalEvidence {
    pub fn amount(&mut self, line: u64, text: &[u8]) {
        let shown = match shown_by(text) {
            Shown::Nothing => return,
            Shown::Mark(DecimalMark::Point) => &mut self.point,
            Shown::Mark(DecimalMark::Comma) => &mut self.comma,
            Shown::EitherMark => &mut self.undecided,
        };
        shown.get_or_insert(line);
    }

    pub fn decide(&self) -> Result<DecimalMark, SettlementProblem> {
        match (self.point, self.comma, self.undecided) {
            (Some(point), Some(comma), _) => Err(SettlementProblem::DecimalsMixed { comma, point }),
            (None, None, Some(line)) => Err(SettlementProblem::DecimalsUndecided { line }),
            (None, Some(_), _) => Ok(DecimalMark::Comma),
            // Where all amounts are whole it does not matter.
            (_, None, _) => Ok(DecimalMark::Point),
        }
    }
}

enum Shown {
    Nothing,
    Mark(DecimalMark),
    /// One mark with three digits after it.
    EitherMark,
}

fn shown_by(text: &[u8]) -> Shown {
    let digits = without_sign(text).1;
    let (mut points, mut commas, mut last) = (0, 0, None);
    for (index, byte) in digits.iter().enumerate() {
        match byte {
            b'.' => points += 1,
            b',' => commas += 1,
            b'0'..=b'9' => continue,
            // No amount: the reading of the rows says so, with the line.
            _ => return Shown::Nothing,
        }
        last = Some((index, *byte));
    }
    let Some((index, byte)) = last else { return Shown::Nothing };
    let (mark, other) = match byte {
        b'.' => (DecimalMark::Point, DecimalMark::Comma),
        _ => (DecimalMark::Comma, DecimalMark::Point),
    };
    match (points, commas) {
        (2.., 0) | (0, 2..) => Shown::Mark(other),
        (1, 0) | (0, 1) => {
            let is_group = (1..=3).contains(&index) && digits[0] != b'0' && digits.len() - index == 4;
            if is_group { Shown::EitherMark } else { Shown::Mark(mark) }
        }
        _ => Shown::Mark(mark),
    }
}

fn without_sign(text: &[u8]) -> (bool, &[u8]) {
    match text {
        [b'-', digits @ ..] => (true, digits),
        [b'+', digits @ ..] => (false, digits),
        digits => (false, digits),
    }
}

impl DecimalMark {
    /// Reads an amount such as `12.99`, `-1,234.5` or `1200`; `None` where it is none. As with [`Money::parse`]
    /// decimals that the currency does not have are admitted only when they are zeros.
    pub fn read(self, text: &[u8], currency: Currency) -> Option<Money> {
        let (negative, digits) = without_sign(text);
        let mark = match self {
            DecimalMark::Point => b'.',
            DecimalMark::Comma => b',',
        };
        let (whole, fraction) = match digits.iter().position(|byte| *byte == mark) {
            Some(index) => (&digits[..index], &digits[index + 1..]),
            None => (digits, &b"0"[..]),
        };
        if digits.is_empty() || fraction.is_empty() || !are_grouped(whole) {
            return None;
        }
        let decimals = currency.decimals() as usize;
        let mut minor: i64 = 0;
        for byte in whole.iter().filter(|byte| !matches!(byte, b'.' | b',')) {
            minor = append(minor, *byte)?;
        }
        for index in 0..decimals.max(fraction.len()) {
            let byte = fraction.get(index).copied().unwrap_or(b'0');
            if index < decimals {
                minor = append(minor, byte)?;
            } else if byte != b'0' {
                return None;
            }
        }
        Some(Money::new(if negative { -minor } else { minor }, currency))
    }
}

fn append(number: i64, digit: u8) -> Option<i64> {
    let digit = char::from(digit).to_digit(10)?;
    number.checked_mul(10)?.checked_add(i64::from(digit))
}

/// Whether thousands are separated as they should be, or not at all. Before the decimal mark only the other mark
/// can stand.
fn are_grouped(whole: &[u8]) -> bool {
    let mut groups = whole.rsplit(|byte| matches!(byte, b'.' | b','));
    let last = groups.next().unwrap_or_default();
    let mut front = None;
    for group in groups {
        if front.is_some_and(|length| length != 3) {
            return false;
        }
        front = Some(group.len());
    }
    front.is_none_or(|length| last.len() == 3 && (1..=3).contains(&length))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(amounts: &[&str]) -> Result<DecimalMark, SettlementProblem> {
        let mut evidence = DecimalEvidence::default();
        for (index, amount) in amounts.iter().enumerate() {
            evidence.amount(index as u64 + 2, amount.as_bytes());
        }
        evidence.decide()
    }

    #[test]
    fn all_amounts_together_show_the_mark() {
        let (point, comma) = (Ok(DecimalMark::Point), Ok(DecimalMark::Comma));
        let mixed = |comma, point| Err(SettlementProblem::DecimalsMixed { comma, point });
        let undecided = |line| Err(SettlementProblem::DecimalsUndecided { line });
        let cases = [
            (&["1", "-20", ""][..], point.clone()),
            (&["12.99", "1"], point.clone()),
            (&["12,99", "1"], comma.clone()),
            (&["-,5"], comma.clone()),
            (&["1,234", "0.5"], point.clone()),
            (&["1,234", "0,5"], comma.clone()),
            (&["1.234", "1.234.567"], comma.clone()),
            (&["1,234,567"], point.clone()),
            (&["1.234,56"], comma.clone()),
            (&["1,234.56"], point.clone()),
            (&["0.123"], point.clone()),
            (&["1234,567"], comma),
            (&["n/a, 1.5"], point),
            (&["5", "1,234"], undecided(3)),
            (&["1,234", "1.234"], undecided(2)),
            (&["1.50", "1,50"], mixed(3, 2)),
            (&["1.234,56", "7", "1,234.56"], mixed(2, 4)),
        ];
        for (amounts, expected) in cases {
            assert_eq!(mark(amounts), expected, "{amounts:?}");
        }
    }

    #[test]
    fn amounts_are_read_with_the_mark_of_the_file() {
        let cases = [
            ("12.99", Some(1299)),
            ("-12.9", Some(-1290)),
            ("+.5", Some(50)),
            ("7", Some(700)),
            ("1,234.5600", Some(123_456)),
            ("-1,234,567", Some(-123_456_700)),
            ("12345.67", Some(1_234_567)),
            ("12.999", None),
            ("12.", None),
            (".", None),
            ("", None),
            ("-", None),
            ("1,23.4", None),
            ("1234,567.00", None),
            (",123", None),
            ("1,,234", None),
            ("1,234,56", None),
            ("1.2.3", None),
            ("1.2,3", None),
            ("1e3", None),
            ("--1", None),
            ("£5", None),
            ("99999999999999999999", None),
        ];
        for (text, expected) in cases {
            let read =
                |mark: DecimalMark, text: &str| mark.read(text.as_bytes(), Currency::GBP).map(Money::minor);
            assert_eq!(read(DecimalMark::Point, text), expected, "{text}");
            let swapped: String = text
                .chars()
                .map(|mark| {
                    if mark == '.' {
                        ','
                    } else if mark == ',' {
                        '.'
                    } else {
                        mark
                    }
                })
                .collect();
            assert_eq!(read(DecimalMark::Comma, &swapped), expected, "{swapped}");
        }
    }

    #[test]
    fn currencies_have_their_own_decimals() {
        let read = |text: &str, currency: &str| {
            DecimalMark::Point.read(text.as_bytes(), currency.parse().expect("a currency")).map(Money::minor)
        };
        assert_eq!(read("1200", "JPY"), Some(1200));
        assert_eq!(read("1200.00", "JPY"), Some(1200));
        assert_eq!(read("1200.5", "JPY"), None);
        assert_eq!(read("1.2345", "KWD"), None);
        assert_eq!(read("1.234", "KWD"), Some(1234));
    }
}
