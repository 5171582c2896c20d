//! Patterns for the words of a settlement.
//!
//! Amazon writes the same words in several ways: `other-transaction` and `Other Transaction`. So case does not
//! matter, and blanks, hyphens and underscores are alike. `*` stands for anything, nothing included. Absent on
//! purpose: regular expressions, which a bookkeeper would have to learn.

use std::fmt;

/// A text in which `*` may stand for anything.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pattern {
    written: String,
    normal: String,
}

impl Pattern {
    /// `None` for an empty text: `*` says that anything will do.
    pub fn new(text: &str) -> Option<Self> {
        let written = text.trim();
        (!written.is_empty()).then(|| Pattern { written: written.to_owned(), normal: normal(written) })
    }

    /// As it is written in the table.
    pub fn as_str(&self) -> &str {
        &self.written
    }

    /// The form in which two patterns are the same.
    pub(super) fn normal(&self) -> &str {
        &self.normal
    }

    /// Whether it matches a text that is in [`normal`] form already.
    pub(super) fn matches(&self, normal_text: &str) -> bool {
        let Some((first, rest)) = self.normal.split_once('*') else { return self.normal == normal_text };
        let Some(mut text) = normal_text.strip_prefix(first) else { return false };
        let (middle, last) = rest.rsplit_once('*').unwrap_or(("", rest));
        // The leftmost place for each piece leaves most for the pieces after it.
        for piece in middle.split('*') {
            let Some(place) = text.find(piece) else { return false };
            text = &text[place + piece.len()..];
        }
        text.ends_with(last)
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

/// Lower-case, with one blank for each run of blanks, hyphens and underscores, and none at the ends.
pub(super) fn normal(text: &str) -> String {
    let is_gap = |character: char| character.is_whitespace() || character == '-' || character == '_';
    text.split(is_gap).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_gaps_do_not_matter_and_a_star_is_anything() {
        let table = [
            ("other-transaction", "Other Transaction", true),
            ("WAREHOUSE_LOST", "Warehouse lost", true),
            ("Tax", "ShippingTax", false),
            ("*", "", true),
            ("*", "anything", true),
            ("Debt Adjustment*", "Debt Adjustment", true),
            ("Cross-Account Debt Adjustment*", "Cross-Account Debt Adjustment against BE, ES", true),
            ("Eco-contribution*", "An eco-contribution", false),
            ("*Refund*", "A-to-z Guarantee Refund", true),
            ("*Refund*", "Refund_Retrocharge", true),
            ("FBA*Fee", "FBA Inventory Storage Fee", true),
            ("FBA*Fee", "FBA Inventory Storage Fees", false),
            ("a*b*c", "a b x b c", true),
            ("a*b*c", "a c b", false),
            ("ab*ba", "aba", false),
        ];
        for (pattern, text, expected) in table {
            let matches = Pattern::new(pattern).expect("not empty").matches(&normal(text));
            assert_eq!(matches, expected, "{pattern} on {text}");
        }
    }

    #[test]
    fn an_empty_pattern_is_none() {
        assert_eq!(Pattern::new("  "), None);
    }
}
