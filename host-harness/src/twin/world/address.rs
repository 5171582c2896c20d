//! Places that goods go to, and how well people write them down.
//!
//! Absent on purpose: any validation. A world of tidy addresses would prove nothing.

use std::fmt;

use super::names::{self, Town};
use super::proportions;
use super::stream::Stream;

/// Where a buyer is, as far as VAT and post codes care.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Destination {
    /// Great Britain.
    Mainland,
    NorthernIreland,
    /// Inside the United Kingdom for VAT (Isle of Man Act 1979, section 6).
    IsleOfMan,
    /// Outside the United Kingdom for VAT, as is Guernsey.
    Jersey,
    Guernsey,
    Greece,
    Ireland,
    Germany,
    France,
    Norway,
    Switzerland,
    UnitedStates,
}

impl Destination {
    /// The ISO 3166-1 code that Amazon gives.
    pub fn country_code(self) -> &'static str {
        match self {
            Destination::Mainland | Destination::NorthernIreland => "GB",
            Destination::IsleOfMan => "IM",
            Destination::Jersey => "JE",
            Destination::Guernsey => "GG",
            Destination::Greece => "GR",
            Destination::Ireland => "IE",
            Destination::Germany => "DE",
            Destination::France => "FR",
            Destination::Norway => "NO",
            Destination::Switzerland => "CH",
            Destination::UnitedStates => "US",
        }
    }

    /// Whether goods sent there from Great Britain leave the United Kingdom for VAT.
    pub fn is_export(self) -> bool {
        !matches!(self, Destination::Mainland | Destination::NorthernIreland | Destination::IsleOfMan)
    }

    /// The standard VAT rate of the destination where the Import One-Stop Shop covers it (the EU).
    pub fn import_one_stop_shop_percent(self) -> Option<i64> {
        match self {
            Destination::Greece => Some(24),
            Destination::Ireland => Some(23),
            Destination::Germany => Some(19),
            Destination::France => Some(20),
            _ => None,
        }
    }

    fn towns(self) -> &'static [Town] {
        match self {
            Destination::Mainland => names::MAINLAND_TOWNS,
            Destination::NorthernIreland => names::NORTHERN_IRELAND_TOWNS,
            Destination::IsleOfMan => names::ISLE_OF_MAN_TOWNS,
            Destination::Jersey => names::JERSEY_TOWNS,
            Destination::Guernsey => names::GUERNSEY_TOWNS,
            Destination::Greece => names::GREECE_TOWNS,
            Destination::Ireland => names::IRELAND_TOWNS,
            Destination::Germany => names::GERMANY_TOWNS,
            Destination::France => names::FRANCE_TOWNS,
            Destination::Norway => names::NORWAY_TOWNS,
            Destination::Switzerland => names::SWITZERLAND_TOWNS,
            Destination::UnitedStates => names::UNITED_STATES_TOWNS,
        }
    }

    fn has_british_post_codes(self) -> bool {
        matches!(self.country_code(), "GB" | "IM" | "JE" | "GG")
    }
}

/// A delivery address in the parts that Amazon gives. An empty text is an absent part.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Address {
    pub name: String,
    pub company: String,
    pub line_1: String,
    pub line_2: String,
    pub city: String,
    /// `districtOrCounty` of the Orders API.
    pub county: String,
    /// `stateOrRegion` of the Orders API.
    pub region: String,
    pub post_code: String,
    pub country_code: String,
    pub phone: String,
}

impl fmt::Debug for Address {
    /// Only the country: an address is personal data and must not reach a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address(in {})", self.country_code)
    }
}

impl Address {
    pub(super) fn generate(stream: &mut Stream, destination: Destination, name: &str, company: &str) -> Self {
        let town = stream.pick(destination.towns());
        let (line_1, line_2) = street_lines(stream);
        // British sellers see the county in either of two fields, or in neither.
        let (county, region) = match destination.is_export() {
            true => ("", town.county),
            false if stream.per_mille(proportions::COUNTY_MISSING) => ("", ""),
            false if stream.per_mille(500) => ("", town.county),
            false => (town.county, ""),
        };
        let mut address = Address {
            name: if stream.per_mille(proportions::UNTIDY_NAME) { untidy(name) } else { name.to_owned() },
            company: company.to_owned(),
            line_1,
            line_2,
            city: town.name.to_owned(),
            county: county.to_owned(),
            region: region.to_owned(),
            post_code: post_code(stream, destination, town.post_code),
            country_code: destination.country_code().to_owned(),
            phone: format!("+44 7700 900{}", stream.digits(3)),
        };
        if stream.per_mille(proportions::SHOUTED) {
            for part in [&mut address.line_1, &mut address.line_2, &mut address.city, &mut address.county] {
                *part = part.to_uppercase();
            }
        }
        address
    }
}

fn street_lines(stream: &mut Stream) -> (String, String) {
    let street = format!("{} {}", stream.between(1, 299), stream.pick(names::STREETS));
    if stream.per_mille(proportions::OVER_LONG_LINE) {
        return (format!("{}, {street}", names::OVER_LONG_LINE), String::new());
    }
    if stream.per_mille(proportions::FLAT) {
        return match stream.below(3) {
            0 => (format!("Flat {}", stream.between(1, 60)), street),
            1 => (format!("{}/{} {street}", stream.between(1, 9), stream.between(1, 9)), String::new()),
            _ => (street, format!("apt {}, 2nd floor", stream.between(1, 60))),
        };
    }
    match stream.below(6) {
        0 => ((*stream.pick(names::HOUSE_NAMES)).to_owned(), street),
        _ => (street, String::new()),
    }
}

/// A post code, British ones in the quality that buyers type.
fn post_code(stream: &mut Stream, destination: Destination, pattern: &str) -> String {
    if !destination.has_british_post_codes() {
        return pattern
            .chars()
            .map(|mark| match mark {
                '9' => stream.digits(1),
                'A' => stream.text(1, "ACDEFHKNPRTVWXY"),
                other => other.to_string(),
            })
            .collect();
    }
    // The letters C, I, K, M, O and V never occur in the inward part.
    let code = format!("{pattern} {}{}", stream.digits(1), stream.text(2, "ABDEFGHJLNPQRSTUWXYZ"));
    let unspaced = stream.per_mille(proportions::POST_CODE_UNSPACED);
    let code = if unspaced { code.replace(' ', "") } else { code };
    if stream.per_mille(proportions::POST_CODE_LOWER_CASE) { code.to_lowercase() } else { code }
}

fn untidy(name: &str) -> String {
    format!(" {} ", name.to_lowercase().replace(' ', "  "))
}
