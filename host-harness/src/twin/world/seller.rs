//! The seller whose world this is, and the application that the seller has authorised.
//!
//! Absent on purpose: addresses and bank details; nothing in the twins needs them.

use std::fmt;

use super::ids::SellerId;
use super::stream::{Purpose, Stream};

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Seller {
    pub id: SellerId,
    /// The name shown to buyers, and the legal name on invoices.
    pub name: String,
    /// Nine digits with the prefix `GB`.
    pub vat_number: String,
    pub credentials: Credentials,
}

/// What a Selling Partner API client must hold to act for the seller.
///
/// Formats as Seller Central shows them: client id `amzn1.application-oa2-client.…`, secret
/// `amzn1.oa2-cs.v1.…`, refresh token `Atzr|…`.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// Names the application in notifications: `amzn1.sp.solution.…`.
    pub application_id: String,
    pub client_id: String,
    pub client_secret: String,
    pub refresh_token: String,
}

impl fmt::Debug for Credentials {
    /// The public application id alone: everything else opens the account.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Credentials({})", self.application_id)
    }
}

const SELLER_NAMES: &[&str] =
    &["Tarn & Fell Homeware", "Copperleaf Trading", "Harbour Lane Goods", "Bracken Supply Company"];
const HEXADECIMAL: &str = "0123456789abcdef";
const TOKEN_ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Login with Amazon states that its tokens have 350 characters or more.
pub const TOKEN_LENGTH: usize = 380;

impl Seller {
    pub(super) fn generate(seed: u64) -> Self {
        let mut stream = Stream::new(seed, Purpose::Seller, 0);
        let id = SellerId::new(format!("A{}", stream.text(13, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")));
        Seller {
            id,
            name: (*stream.pick(SELLER_NAMES)).to_owned(),
            vat_number: format!("GB{}", stream.digits(9)),
            credentials: Credentials {
                application_id: format!("amzn1.sp.solution.{}", stream.uuid()),
                client_id: format!("amzn1.application-oa2-client.{}", stream.text(32, HEXADECIMAL)),
                client_secret: format!("amzn1.oa2-cs.v1.{}", stream.text(64, HEXADECIMAL)),
                refresh_token: token(&mut stream, "Atzr"),
            },
        }
    }
}

/// A Login with Amazon token: `Atza|…` for access, `Atzr|…` for renewal.
pub fn token(stream: &mut Stream, kind: &str) -> String {
    format!("{kind}|IwEB{}", stream.text(TOKEN_LENGTH - kind.len() - 5, TOKEN_ALPHABET))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_never_print_themselves() {
        let seller = Seller::generate(1);
        let printed = format!("{seller:?}");
        assert!(!printed.contains(&seller.credentials.client_secret));
        assert!(!printed.contains(&seller.credentials.refresh_token));
        assert!(printed.contains("amzn1.sp.solution."));
    }

    #[test]
    fn a_token_is_as_long_as_login_with_amazon_makes_it() {
        let refresh_token = Seller::generate(1).credentials.refresh_token;
        assert!(refresh_token.starts_with("Atzr|IwEB"));
        assert_eq!(refresh_token.len(), TOKEN_LENGTH);
    }
}
