//! Which country a marketplace is of.
//!
//! Source: SP-API's documentation, "Marketplace IDs". Amazon says UK there; the ISO code GB is used here.

use crate::canonical::{CountryCode, MarketplaceId};

/// The id, the name that settlements and orders have, and the country.
const MARKETPLACES: [(&str, &str, &str); 23] = [
    ("A1F83G8C2ARO7P", "amazon.co.uk", "GB"),
    ("A28R8C7NBKEWEA", "amazon.ie", "IE"),
    ("A1PA6795UKMFR9", "amazon.de", "DE"),
    ("A13V1IB3VIYZZH", "amazon.fr", "FR"),
    ("A1RKKUPIHCS9HS", "amazon.es", "ES"),
    ("APJ6JRA9NG5V4", "amazon.it", "IT"),
    ("A1805IZSGTT6HS", "amazon.nl", "NL"),
    ("AMEN7PMS3EDWL", "amazon.com.be", "BE"),
    ("A2NODRKZP88ZB9", "amazon.se", "SE"),
    ("A1C3SOZRARQ6R3", "amazon.pl", "PL"),
    ("A33AVAJ2PDY3EV", "amazon.com.tr", "TR"),
    ("A2VIGQ35RCS4UG", "amazon.ae", "AE"),
    ("A17E79C6D8DWNP", "amazon.sa", "SA"),
    ("ARBP9OOSHTCHU", "amazon.eg", "EG"),
    ("AE08WJ6YKNBMC", "amazon.co.za", "ZA"),
    ("A21TJRUUN4KGV", "amazon.in", "IN"),
    ("ATVPDKIKX0DER", "amazon.com", "US"),
    ("A2EUQ1WTGCTBG2", "amazon.ca", "CA"),
    ("A1AM78C64UM0Y8", "amazon.com.mx", "MX"),
    ("A2Q3Y263D00KWC", "amazon.com.br", "BR"),
    ("A1VC38T7YXB528", "amazon.co.jp", "JP"),
    ("A39IBJ37TRP1C6", "amazon.com.au", "AU"),
    ("A19VAU5U5O7RUS", "amazon.sg", "SG"),
];

/// The country of a marketplace; `None` for an id that is not in Amazon's list.
pub fn country_of(marketplace: &MarketplaceId) -> Option<CountryCode> {
    find(|(id, _, _)| *id == marketplace.as_str())
}

/// The country of a marketplace by its name, as the rows of a settlement have it: `Amazon.co.uk`.
pub fn country_of_name(name: &str) -> Option<CountryCode> {
    find(|(_, known, _)| known.eq_ignore_ascii_case(name.trim()))
}

fn find(wanted: impl Fn(&(&str, &str, &str)) -> bool) -> Option<CountryCode> {
    MARKETPLACES.iter().find(|row| wanted(row)).and_then(|(_, _, country)| CountryCode::parse(country))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_marketplace_is_found_by_its_id_and_by_its_name() {
        let of = |id: &str| country_of(&MarketplaceId::new(id).expect("an id"));
        assert_eq!((of("A1F83G8C2ARO7P"), of("NOWHERE")), (Some(CountryCode::GB), None));
        assert_eq!(country_of_name("Amazon.co.uk"), Some(CountryCode::GB));
        assert_eq!(country_of_name("amazon.com.be"), CountryCode::parse("BE"));
        assert_eq!(country_of_name(""), None);
    }

    #[test]
    fn ids_and_names_stand_once_and_every_country_is_one() {
        let ids: BTreeSet<&str> = MARKETPLACES.iter().map(|row| row.0).collect();
        let names: BTreeSet<&str> = MARKETPLACES.iter().map(|row| row.1).collect();
        assert_eq!((ids.len(), names.len()), (MARKETPLACES.len(), MARKETPLACES.len()));
        for (id, _, country) in MARKETPLACES {
            assert_eq!(find(|row| row.0 == id), CountryCode::parse(country), "{id}");
        }
    }
}
