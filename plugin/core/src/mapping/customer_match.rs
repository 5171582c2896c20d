//! Who an order is invoiced to.
//!
//! A buyer whom Amazon names gets a card of their own, under a code derived from the e-mail address, or
//! from name and post code: the same buyer always derives the same code, so that two racing inserts
//! collide in the books instead of making two customers. A buyer whom Amazon withholds is invoiced to
//! the marketplace's own customer. The code is a digest, so it says nothing about the buyer.

use data_encoding::BASE32_NOPAD;
use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;

use crate::canonical::{CustomerCard, CustomerCode, CustomerRecord, Order};
use crate::finding::{Code, Finding};
use crate::settings::Marketplace;

use super::address_lines;

/// Length of the digest in a code: 60 bits, so that a million buyers collide with a chance of one in
/// two million, and a collision shows as another name under the same code.
const CODE_DIGEST_CHARACTERS: usize = 12;

/// The customer of an order, with what a person should know about the card.
pub fn card(order: &Order, marketplace: &Marketplace) -> (CustomerCard, Vec<Finding>) {
    let email = normalised_email(&order.buyer.email);
    let person = [&order.buyer.name, &order.destination.name].into_iter().find(|name| !name.is_empty());
    let is_named = !email.is_empty() || (person.is_some() && order.destination.names_a_place());
    if !is_named {
        return (shared_card(marketplace), Vec::new());
    }
    let contact = person.cloned().unwrap_or_default();
    let company =
        [&order.buyer.company, &order.destination.company].into_iter().find(|name| !name.is_empty());
    let name = company.cloned().unwrap_or_else(|| contact.clone());
    let fitted = address_lines::fit(&order.destination);
    let code = if email.is_empty() {
        derived_code(&format!("name:{}|{}", normalised_name(&name), fitted.post_code))
    } else {
        derived_code(&format!("email:{email}"))
    };
    let mut findings = Vec::new();
    if !fitted.remainder.is_empty() {
        findings.push(Finding::new(
            Code::AddressDidNotFit,
            order.id.as_str(),
            "the buyer's address did not fit into four lines: the rest stands in the customer's notes",
        ));
    }
    let card = CustomerCard {
        // Two buyers without a name must not be taken for namesakes, so the stand-in is each one's own.
        name: if name.is_empty() { format!("{} buyer {code}", marketplace.name) } else { name },
        code,
        contact,
        email,
        lines: fitted.lines,
        post_code: fitted.post_code,
        country: order.destination.country,
        notes: fitted.remainder,
        shared: false,
    };
    (card, findings)
}

/// The marketplace's own customer, for orders without buyer data.
fn shared_card(marketplace: &Marketplace) -> CustomerCard {
    CustomerCard {
        code: marketplace.customer_code.clone(),
        name: marketplace.customer_name.clone(),
        contact: String::new(),
        email: String::new(),
        lines: Default::default(),
        post_code: String::new(),
        country: None,
        notes: String::new(),
        shared: true,
    }
}

/// The one among customers of the same post code who has the card's name.
///
/// Where several have, the oldest is taken and the finding says so: holding the order would not make
/// the doubled customers one.
pub fn by_name<'a>(
    card: &CustomerCard,
    candidates: &'a [CustomerRecord],
    order: &str,
) -> (Option<&'a CustomerRecord>, Option<Finding>) {
    let wanted = normalised_name(&card.name);
    let mut same: Vec<&CustomerRecord> =
        candidates.iter().filter(|record| normalised_name(&record.name) == wanted).collect();
    same.sort_by_key(|record| record.id);
    let finding = (same.len() > 1).then(|| {
        Finding::new(
            Code::CustomerAmbiguous,
            order,
            format!(
                "{} customers share the buyer's name and post code ({}): the oldest was taken; merge them in KashFlow",
                same.len(),
                same.iter().map(|record| record.code.as_str()).collect::<Vec<_>>().join(", ")
            ),
        )
    });
    (same.first().copied(), finding)
}

fn normalised_email(text: &str) -> String {
    let lower = text.trim().to_lowercase();
    if lower.contains('@') { lower } else { String::new() }
}

/// Lower-case letters and digits in single-spaced words, without accents.
fn normalised_name(text: &str) -> String {
    let plain: String = text
        .nfkd()
        .filter(|character| !unicode_normalization::char::is_combining_mark(*character))
        .flat_map(char::to_lowercase)
        .map(|character| if character.is_alphanumeric() { character } else { ' ' })
        .collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn derived_code(key: &str) -> CustomerCode {
    let digest = BASE32_NOPAD.encode(&Sha256::digest(key.as_bytes()));
    // Base 32 is letters and digits only, so the code is always valid.
    CustomerCode::new(format!("AZ{}", &digest[..CODE_DIGEST_CHARACTERS])).expect("base 32 is alphanumeric")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canonical::CustomerId;

    #[test]
    fn names_are_compared_without_case_accents_and_punctuation() {
        for (left, right) in [("Zoë  O'Neill", "zoe o neill"), ("SIÂN REES-JONES", "Sian Rees Jones")] {
            assert_eq!(normalised_name(left), normalised_name(right));
        }
        assert_ne!(normalised_name("Ann Lee"), normalised_name("Anne Lee"));
    }

    #[test]
    fn the_code_depends_on_the_address_alone_and_is_alphanumeric() {
        let code = |email: &str| derived_code(&format!("email:{}", normalised_email(email)));
        assert_eq!(code(" A1b2@Marketplace.amazon.co.uk "), code("a1b2@marketplace.amazon.co.uk"));
        assert_ne!(code("a1b2@marketplace.amazon.co.uk"), code("a1b3@marketplace.amazon.co.uk"));
        assert_eq!(code("a1b2@marketplace.amazon.co.uk").as_str().len(), 14);
    }

    #[test]
    fn of_several_namesakes_the_oldest_is_taken_and_reported() {
        let record = |id, name: &str| CustomerRecord {
            id: CustomerId(id),
            code: format!("C{id}"),
            name: name.into(),
            email: String::new(),
            post_code: "LS1 4AP".into(),
        };
        let card = CustomerCard { name: "Jane Roe".into(), ..shared() };
        let records = [record(9, "JANE ROE"), record(4, "Jane  Roe"), record(2, "John Roe")];
        let (found, finding) = by_name(&card, &records, "026-1");
        assert_eq!(found.map(|record| record.id), Some(CustomerId(4)));
        assert!(finding.expect("a finding").message.contains("C4, C9"));
        assert_eq!(by_name(&card, &records[2..], "026-1"), (None, None));
    }

    fn shared() -> CustomerCard {
        CustomerCard {
            code: CustomerCode::new("AMAZONUK").expect("a code"),
            name: String::new(),
            contact: String::new(),
            email: String::new(),
            lines: Default::default(),
            post_code: String::new(),
            country: None,
            notes: String::new(),
            shared: true,
        }
    }
}
