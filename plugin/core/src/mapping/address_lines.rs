//! An address in the shape that KashFlow has for it: four lines, a post code, a country code.
//!
//! Nothing is cut: what does not fit into the lines goes to the customer's notes and is reported.

use crate::canonical::{Address, CountryCode};
use crate::limits::ADDRESS_LINE_CHARACTERS;

/// How many lines KashFlow has for an address.
const LINES: usize = 4;

#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct FittedAddress {
    pub lines: [String; LINES],
    pub post_code: String,
    /// What did not fit, or nothing.
    pub remainder: String,
}

/// Street lines first, then the town and the region. The town keeps a line however long the street is.
pub fn fit(address: &Address) -> FittedAddress {
    let place = [squeeze(&address.city), squeeze(&address.region)];
    let mut place: Vec<String> = place.into_iter().filter(|part| !part.is_empty()).collect();
    place.dedup();
    let mut street: Vec<String> = Vec::new();
    for part in address.street.iter().map(|part| squeeze(part)).filter(|part| !part.is_empty()) {
        if street.last() != Some(&part) && !place.contains(&part) {
            street.extend(wrap(&part));
        }
    }
    join_until(&mut street, LINES - place.len());
    if street.len() + place.len() > LINES {
        join_until(&mut place, 1);
    }
    let remainder = street.split_off(street.len().min(LINES - place.len())).join(", ");
    let mut lines: [String; LINES] = Default::default();
    for (line, piece) in lines.iter_mut().zip(street.into_iter().chain(place)) {
        *line = piece;
    }
    FittedAddress { lines, post_code: post_code(&address.post_code, address.country), remainder }
}

/// A post code as it is written: for the UK upper-case with its space, elsewhere as given.
pub fn post_code(text: &str, country: Option<CountryCode>) -> String {
    let in_british_form = country.is_none_or(|country| matches!(country.as_str(), "GB" | "IM" | "JE" | "GG"));
    let upper = squeeze(text).to_uppercase();
    let compact: String = upper.chars().filter(char::is_ascii_alphanumeric).collect();
    // The inward part of a British post code is always a digit and two letters.
    let inward_is_plausible = compact.len() >= 5
        && compact.len() <= 7
        && compact.is_char_boundary(compact.len() - 3)
        && compact[compact.len() - 3..].starts_with(|character: char| character.is_ascii_digit());
    if in_british_form && inward_is_plausible {
        let (outward, inward) = compact.split_at(compact.len() - 3);
        format!("{outward} {inward}")
    } else {
        upper
    }
}

fn squeeze(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").trim_matches(',').trim().to_owned()
}

/// Breaks a part at words so that no line is longer than KashFlow prints; a longer word stays whole.
fn wrap(part: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in part.split(' ') {
        let line = lines.last().map_or(0, |line| line.chars().count());
        if line > 0 && line + 1 + word.chars().count() > ADDRESS_LINE_CHARACTERS {
            lines.push(String::new());
        }
        if let Some(line) = lines.last_mut() {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines
}

/// Joins neighbours with a comma, from the top, until there are so few or no pair fits on a line.
fn join_until(pieces: &mut Vec<String>, wanted: usize) {
    while pieces.len() > wanted {
        let length = |index: usize| pieces[index].chars().count() + 2 + pieces[index + 1].chars().count();
        match (0..pieces.len() - 1).find(|index| length(*index) <= ADDRESS_LINE_CHARACTERS) {
            Some(index) => {
                let second = pieces.remove(index + 1);
                pieces[index] = format!("{}, {second}", pieces[index].trim_end_matches(','));
            }
            None => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(street: &[&str], city: &str, region: &str) -> Address {
        Address {
            street: street.iter().map(|line| (*line).to_owned()).collect(),
            city: city.into(),
            region: region.into(),
            country: Some(CountryCode::GB),
            ..Address::default()
        }
    }

    #[test]
    fn british_post_codes_are_spaced_and_upper_case() {
        let gb = Some(CountryCode::GB);
        for (text, expected) in [
            ("sw1a1aa", "SW1A 1AA"),
            (" ls1  4ap ", "LS1 4AP"),
            ("M11AE", "M1 1AE"),
            ("je2-3ng", "JE2 3NG"),
            ("not a code", "NOT A CODE"),
            ("", ""),
        ] {
            assert_eq!(post_code(text, gb), expected);
        }
        assert_eq!(post_code("d-10115", CountryCode::parse("DE")), "D-10115");
    }

    #[test]
    fn short_addresses_keep_their_lines() {
        let fitted = fit(&address(&["1 High Street"], "Leeds", "West Yorkshire"));
        assert_eq!(fitted.lines, ["1 High Street", "Leeds", "West Yorkshire", ""]);
    }

    #[test]
    fn five_parts_are_joined_into_four() {
        let fitted = fit(&address(&["Flat 2", "The Old Mill", "14 Weir Lane"], "Otley", "West Yorkshire"));
        assert_eq!(fitted.lines, ["Flat 2, The Old Mill", "14 Weir Lane", "Otley", "West Yorkshire"]);
        assert_eq!(fitted.remainder, "");
    }

    #[test]
    fn a_long_line_is_wrapped_at_words_and_nothing_is_lost() {
        let long =
            "Unit 14 Riverside Business Park behind the garden centre past the second gate on the left";
        let fitted = fit(&address(
            &[long, "Long Meadow Industrial Estate North Entrance"],
            "Stow-on-the-Wold",
            "Gloucestershire",
        ));
        assert!(fitted.lines.iter().any(|line| line.contains("Stow-on-the-Wold")), "the town keeps a line");
        let all = [fitted.lines.join(", "), fitted.remainder.clone()].join(" ");
        for word in long.split(' ').chain(["Meadow", "Stow-on-the-Wold", "Gloucestershire"]) {
            assert!(all.contains(word), "{word} is missing from {all}");
        }
        assert!(fitted.lines.iter().all(|line| line.chars().count() <= ADDRESS_LINE_CHARACTERS));
    }
}
