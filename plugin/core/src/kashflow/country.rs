//! Countries as KashFlow writes them.
//!
//! `CountryCode` is ISO 3166-1 alpha-2 except for Greece, which is `EL` (KashFlow SOAP documentation,
//! Customer). Absent on purpose: countries that Amazon's European marketplaces rarely ship to; their code
//! is sent and their name left empty.

use crate::canonical::CountryCode;

/// Where a UK seller's parcels go: the British Isles, the EU, EFTA and the large markets beyond.
const NAMES: [(&str, &str); 48] = [
    ("AE", "United Arab Emirates"),
    ("AT", "Austria"),
    ("AU", "Australia"),
    ("BE", "Belgium"),
    ("BG", "Bulgaria"),
    ("BR", "Brazil"),
    ("CA", "Canada"),
    ("CH", "Switzerland"),
    ("CN", "China"),
    ("CY", "Cyprus"),
    ("CZ", "Czech Republic"),
    ("DE", "Germany"),
    ("DK", "Denmark"),
    ("EE", "Estonia"),
    ("ES", "Spain"),
    ("FI", "Finland"),
    ("FR", "France"),
    ("GB", "United Kingdom"),
    ("GG", "Guernsey"),
    ("GI", "Gibraltar"),
    ("GR", "Greece"),
    ("HK", "Hong Kong"),
    ("HR", "Croatia"),
    ("HU", "Hungary"),
    ("IE", "Ireland"),
    ("IL", "Israel"),
    ("IM", "Isle of Man"),
    ("IN", "India"),
    ("IS", "Iceland"),
    ("IT", "Italy"),
    ("JE", "Jersey"),
    ("JP", "Japan"),
    ("LI", "Liechtenstein"),
    ("LT", "Lithuania"),
    ("LU", "Luxembourg"),
    ("LV", "Latvia"),
    ("MT", "Malta"),
    ("NL", "Netherlands"),
    ("NO", "Norway"),
    ("NZ", "New Zealand"),
    ("PL", "Poland"),
    ("PT", "Portugal"),
    ("RO", "Romania"),
    ("SE", "Sweden"),
    ("SG", "Singapore"),
    ("SI", "Slovenia"),
    ("SK", "Slovakia"),
    ("US", "United States"),
];

pub(super) fn code(country: &CountryCode) -> &str {
    match country.as_str() {
        "GR" => "EL",
        other => other,
    }
}

/// Empty for a country that is not in the table.
pub(super) fn name(country: &CountryCode) -> &'static str {
    NAMES.iter().find(|(code, _)| *code == country.as_str()).map_or("", |(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn country(text: &str) -> CountryCode {
        CountryCode::parse(text).expect("a country")
    }

    #[test]
    fn greece_has_a_code_of_its_own() {
        assert_eq!((code(&country("GR")), name(&country("GR"))), ("EL", "Greece"));
        assert_eq!((code(&country("GB")), name(&country("UK"))), ("GB", "United Kingdom"));
        assert_eq!((code(&country("TV")), name(&country("TV"))), ("TV", ""));
    }

    #[test]
    fn the_table_is_sorted_and_without_doubles() {
        assert!(NAMES.is_sorted_by(|left, right| left.0 < right.0));
    }
}
