//! Buyers: people and firms who order, some of them again and again.
//!
//! Absent on purpose: what Amazon tells about them, which depends on the order (`order`).

use std::fmt;

use super::address::{Address, Destination};
use super::names;
use super::proportions::{self, DESTINATIONS_PER_HUNDRED};
use super::schedule::scheduled;
use super::stream::{Purpose, Stream};

#[derive(Clone, PartialEq, Eq)]
pub struct Buyer {
    pub name: String,
    /// The relay address behind which Amazon hides the real one. The same for all orders of a buyer.
    pub email: String,
    /// The firm, or empty.
    pub company: String,
    /// `GB` and nine digits for a British firm, otherwise empty.
    pub vat_number: String,
    pub destination: Destination,
    /// One or two, all in the same country.
    pub addresses: Vec<Address>,
}

impl fmt::Debug for Buyer {
    /// Only the kind of place: a buyer is personal data and must not reach a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Buyer(in {:?})", self.destination)
    }
}

impl Buyer {
    pub fn is_business(&self) -> bool {
        !self.company.is_empty()
    }

    pub(super) fn generate(seed: u64, index: u64) -> Self {
        let mut stream = Stream::new(seed, Purpose::Buyer, index);
        let destination = scheduled(seed, Purpose::Buyer, index, &DESTINATIONS_PER_HUNDRED);
        let name = if destination == Destination::Greece {
            (*stream.pick(names::GREEK_NAMES)).to_owned()
        } else {
            format!("{} {}", stream.pick(names::GIVEN_NAMES), stream.pick(names::FAMILY_NAMES))
        };
        let business = stream.per_mille(proportions::BUSINESS_BUYER);
        let company = if business { (*stream.pick(names::COMPANIES)).to_owned() } else { String::new() };
        let british = destination.country_code() == "GB";
        let vat_number = if business && british { format!("GB{}", stream.digits(9)) } else { String::new() };
        let addresses = if stream.per_mille(proportions::SECOND_ADDRESS) { 2 } else { 1 };
        Buyer {
            email: relay_address(&mut stream, index),
            addresses: (0..addresses)
                .map(|_| Address::generate(&mut stream, destination, &name, &company))
                .collect(),
            name,
            company,
            vat_number,
            destination,
        }
    }
}

/// 15 lower-case letters and digits, of which the buyer's number makes the address unique.
fn relay_address(stream: &mut Stream, index: u64) -> String {
    let local = stream.text(9, "0123456789bcdfghjklmnpqrstvwxyz");
    format!("{local}{index:06}@marketplace.amazon.co.uk")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn buyers() -> Vec<Buyer> {
        (0..300).map(|index| Buyer::generate(3, index)).collect()
    }

    #[test]
    fn each_hundred_buyers_are_where_the_proportions_put_them() {
        for (destination, share) in DESTINATIONS_PER_HUNDRED {
            let count = buyers().iter().filter(|buyer| buyer.destination == destination).count();
            assert_eq!(u64::try_from(count), Ok(3 * share), "{destination:?}");
        }
    }

    #[test]
    fn relay_addresses_are_unique_and_shaped_as_amazons() {
        let emails: BTreeSet<_> = buyers().into_iter().map(|buyer| buyer.email).collect();
        assert_eq!(emails.len(), 300);
        assert!(emails.iter().all(|email| email.len() == 15 + "@marketplace.amazon.co.uk".len()));
    }

    #[test]
    fn addresses_have_the_faults_that_real_ones_have() {
        let addresses: Vec<Address> = buyers().into_iter().flat_map(|buyer| buyer.addresses).collect();
        let some = |fault: fn(&Address) -> bool| addresses.iter().any(fault);
        assert!(some(|address| address.country_code == "GB" && !address.post_code.contains(' ')));
        assert!(some(|address| address.post_code.starts_with(|first: char| first.is_ascii_lowercase())));
        assert!(some(|address| address.line_1.chars().count() > 90));
        assert!(some(|address| address.line_1.starts_with("Flat ")));
        assert!(some(|address| address.county.is_empty()));
        assert!(some(|address| address.name.starts_with(' ')));
        assert!(some(|address| !address.city.is_ascii()));
        assert!(buyers().iter().any(|buyer| buyer.name.starts_with("Zoë ")));
    }

    #[test]
    fn neither_buyers_nor_addresses_print_themselves() {
        for buyer in buyers() {
            let printed = format!("{buyer:?} {:?}", buyer.addresses);
            assert!(!printed.contains(&buyer.name) && !printed.contains(&buyer.email));
            assert!(!printed.contains(&buyer.addresses[0].line_1));
        }
    }
}
