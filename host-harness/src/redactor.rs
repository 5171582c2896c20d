//! Takes the secrets that a connection knows out of text, in every spelling in which they travel.
//!
//! Deliberately absent: guessing. What is not known to be secret passes; personal data is kept out of
//! logs by those who write them, because no pattern finds a name.

use std::collections::VecDeque;
use std::sync::RwLock;

use bytes::Bytes;
use quick_xml::escape::escape;
use secrecy::{ExposeSecret, SecretString};

/// What stands in the place of a secret.
pub const REDACTED: &str = "[redacted]";

/// Shorter secrets are left alone: their letters would be found in ordinary words.
const SECRET_BYTES_MIN: usize = 4;

/// In data that goes to the plugin a coincidence would falsify it, so only what cannot occur by chance goes.
const SECRET_IN_DATA_BYTES_MIN: usize = 8;

/// Access tokens live one hour; the last ones may still be spoken of.
const TOKENS_REMEMBERED: usize = 8;

/// In how many ways a secret is written, at the most; see [`spellings`].
const SPELLINGS: usize = 4;

/// Knows the secrets of one connection.
#[derive(Default)]
pub struct Redactor {
    /// Not secrets in the strict sense, such as user names: kept out of logs only.
    names: Vec<SecretString>,
    secrets: Vec<SecretString>,
    tokens: RwLock<VecDeque<SecretString>>,
}

impl Redactor {
    pub fn new(secrets: &[&SecretString], names: &[&SecretString]) -> Self {
        let mut secrets: Vec<_> = secrets.iter().flat_map(|secret| spellings(secret)).collect();
        // A secret that contains another goes first, or a part of it would stay.
        secrets.sort_by_key(|secret| std::cmp::Reverse(secret.expose_secret().len()));
        let names = names.iter().flat_map(|name| spellings(name)).collect();
        Redactor { names, secrets, tokens: RwLock::default() }
    }

    /// Adds a secret that came into being later, an access token.
    pub fn learn_token(&self, token: &SecretString) {
        let mut tokens = self.tokens.write().expect("no holder of this lock can panic");
        tokens.extend(spellings(token));
        while tokens.len() > TOKENS_REMEMBERED * SPELLINGS {
            tokens.pop_front();
        }
    }

    /// The text without any known secret or user name, for logs and messages.
    pub fn redact(&self, text: &str) -> String {
        let tokens = self.tokens.read().expect("no holder of this lock can panic");
        let mut redacted = text.to_owned();
        for secret in self.secrets.iter().chain(tokens.iter()).chain(&self.names) {
            let secret = secret.expose_secret();
            if secret.len() >= SECRET_BYTES_MIN && redacted.contains(secret) {
                redacted = redacted.replace(secret, REDACTED);
            }
        }
        redacted
    }

    /// Data for the plugin without any known secret. `None` says that there was none in it.
    pub fn redact_data(&self, data: &[u8]) -> Option<Bytes> {
        let tokens = self.tokens.read().expect("no holder of this lock can panic");
        let mut redacted = None;
        for secret in self.secrets.iter().chain(tokens.iter()) {
            let secret = secret.expose_secret().as_bytes();
            let current: &[u8] = redacted.as_deref().unwrap_or(data);
            if secret.len() >= SECRET_IN_DATA_BYTES_MIN
                && let Some(replaced) = replace_bytes(current, secret, REDACTED.as_bytes())
            {
                redacted = Some(replaced);
            }
        }
        redacted.map(Bytes::from)
    }
}

impl std::fmt::Debug for Redactor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Redactor")
    }
}

/// A secret as it is, inside XML, inside a form, and inside JSON.
fn spellings(secret: &SecretString) -> Vec<SecretString> {
    let plain = secret.expose_secret();
    let form: String = form_urlencoded::byte_serialize(plain.as_bytes()).collect();
    let json = serde_json::to_string(plain).expect("a text serialises");
    let json = json[1..json.len() - 1].to_owned();
    let mut spellings: Vec<String> = vec![plain.to_owned(), escape(plain).into_owned(), form, json];
    spellings.sort();
    spellings.dedup();
    spellings.into_iter().map(SecretString::from).collect()
}

fn replace_bytes(data: &[u8], from: &[u8], to: &[u8]) -> Option<Vec<u8>> {
    let mut replaced = Vec::new();
    let mut rest = data;
    while let Some(at) = rest.windows(from.len()).position(|window| window == from) {
        replaced.extend_from_slice(&rest[..at]);
        replaced.extend_from_slice(to);
        rest = &rest[at + from.len()..];
    }
    if rest.len() == data.len() {
        return None;
    }
    replaced.extend_from_slice(rest);
    Some(replaced)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn redactor() -> Redactor {
        let password = SecretString::from("p&ss word<1>");
        let user_name = SecretString::from("bookkeeper");
        Redactor::new(&[&password], &[&user_name])
    }

    #[test]
    fn every_spelling_of_a_secret_goes() {
        let text = "plain p&ss word<1>, xml p&amp;ss word&lt;1&gt;, form p%26ss+word%3C1%3E, user bookkeeper";
        assert_eq!(
            redactor().redact(text),
            "plain [redacted], xml [redacted], form [redacted], user [redacted]"
        );
    }

    #[test]
    fn a_secret_inside_of_json_goes() {
        let redactor = Redactor::new(&[&SecretString::from("say \"please\"")], &[]);
        assert_eq!(redactor.redact(r#"{"body":"say \"please\""}"#), r#"{"body":"[redacted]"}"#);
    }

    #[test]
    fn a_token_is_known_from_when_it_is_learnt() {
        let redactor = redactor();
        assert_eq!(redactor.redact("Atza|secret-token"), "Atza|secret-token");
        redactor.learn_token(&SecretString::from("Atza|secret-token"));
        assert_eq!(redactor.redact("token Atza|secret-token."), "token [redacted].");
    }

    #[test]
    fn data_keeps_user_names_and_loses_secrets() {
        let redactor = redactor();
        assert_eq!(redactor.redact_data(b"Dear bookkeeper"), None);
        assert_eq!(
            redactor.redact_data(b"<e>p&amp;ss word&lt;1&gt;</e>").as_deref(),
            Some(&b"<e>[redacted]</e>"[..])
        );
    }

    #[test]
    fn a_short_secret_does_not_eat_words() {
        let redactor = Redactor::new(&[&SecretString::from("a")], &[]);
        assert_eq!(redactor.redact("a banana"), "a banana");
    }

    #[test]
    fn nothing_secret_is_printed_for_debugging() {
        assert_eq!(format!("{:?}", redactor()), "Redactor");
    }
}
