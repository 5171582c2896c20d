//! A postal address as the sales channel gave it, and the country codes that VAT turns on.
//!
//! Absent on purpose: the shape that KashFlow wants (`mapping::address_lines`).

use std::fmt;

/// An ISO 3166-1 alpha-2 country code, upper-case.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CountryCode([u8; 2]);

impl CountryCode {
    pub const GB: CountryCode = CountryCode(*b"GB");

    /// `None` where the text is not two ASCII letters. Case does not matter; `UK` and `XI` (Northern
    /// Ireland in customs papers) are read as `GB`, and the tax authorities' `EL` as `GR`.
    pub fn parse(text: &str) -> Option<Self> {
        let upper = text.trim().to_ascii_uppercase();
        let code = match upper.as_str() {
            "UK" | "XI" => "GB",
            "EL" => "GR",
            other => other,
        };
        match <[u8; 2]>::try_from(code.as_bytes()) {
            Ok(bytes) if bytes.iter().all(u8::is_ascii_uppercase) => Some(CountryCode(bytes)),
            _ => None,
        }
    }

    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("??")
    }

    /// Whether a supply to this place is inside the United Kingdom for VAT.
    ///
    /// The Isle of Man is treated as part of the UK (VATA 1994 via the Isle of Man Act 1979 s.6); the
    /// Channel Islands (GG, JE) are not.
    pub fn is_united_kingdom_for_vat(self) -> bool {
        matches!(&self.0, b"GB" | b"IM")
    }
}

impl fmt::Display for CountryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for CountryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Where goods went. Every text is as it came: nothing here is normalised.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Address {
    pub name: String,
    pub company: String,
    /// Street lines in order, empty ones left out.
    pub street: Vec<String>,
    pub city: String,
    /// County, state or region.
    pub region: String,
    pub post_code: String,
    pub country: Option<CountryCode>,
}

impl Address {
    /// Whether there is enough to write to somebody: FBA orders carry a country and a town at most.
    pub fn names_a_place(&self) -> bool {
        !self.street.is_empty() && !self.post_code.trim().is_empty()
    }
}

impl fmt::Debug for Address {
    /// Only the country: an address is personal data and must not reach a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address(in {:?})", self.country)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn country_codes_are_read_as_amazon_and_customs_write_them() {
        for (text, expected) in [
            ("gb", Some("GB")),
            ("UK", Some("GB")),
            ("XI", Some("GB")),
            ("EL", Some("GR")),
            ("IM", Some("IM")),
        ] {
            assert_eq!(CountryCode::parse(text).map(|code| code.to_string()).as_deref(), expected);
        }
        assert_eq!(CountryCode::parse("GBR"), None);
    }

    #[test]
    fn the_channel_islands_are_outside_uk_vat_and_the_isle_of_man_is_inside() {
        let inside = |text| CountryCode::parse(text).is_some_and(CountryCode::is_united_kingdom_for_vat);
        assert!(inside("GB") && inside("IM"));
        assert!(!inside("JE") && !inside("GG") && !inside("IE"));
    }

    #[test]
    fn an_address_never_prints_itself() {
        let address = Address { name: "Jane Roe".into(), post_code: "LS1 4AP".into(), ..Address::default() };
        assert!(!format!("{address:?}").contains("Jane"));
    }
}
