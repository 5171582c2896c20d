//! Where a credential lies: in the environment or in a file, never in the connection file itself.

use std::fmt;

use secrecy::SecretString;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use toml::Spanned;

use super::load::Reader;
use crate::code::Code;

/// What stands at the key of a credential. A literal is noticed, and not kept.
pub(super) enum CredentialSource {
    Reference(Reference),
    Literal,
}

/// `{ env = "NAME" }` or `{ file = "PATH" }`.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Reference {
    pub env: Option<String>,
    pub file: Option<String>,
}

impl<'de> Deserialize<'de> for CredentialSource {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(SourceVisitor)
    }
}

struct SourceVisitor;

impl<'de> Visitor<'de> for SourceVisitor {
    type Value = CredentialSource;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("{ env = \"NAME\" } or { file = \"PATH\" }")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        Reference::deserialize(MapAccessDeserializer::new(map)).map(CredentialSource::Reference)
    }

    fn visit_str<E>(self, _literal: &str) -> Result<Self::Value, E> {
        Ok(CredentialSource::Literal)
    }

    fn visit_i64<E>(self, _literal: i64) -> Result<Self::Value, E> {
        Ok(CredentialSource::Literal)
    }

    fn visit_f64<E>(self, _literal: f64) -> Result<Self::Value, E> {
        Ok(CredentialSource::Literal)
    }

    fn visit_bool<E>(self, _literal: bool) -> Result<Self::Value, E> {
        Ok(CredentialSource::Literal)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Self::Value, A::Error> {
        while sequence.next_element::<IgnoredAny>()?.is_some() {}
        Ok(CredentialSource::Literal)
    }
}

impl Reader<'_> {
    pub(super) fn credential(
        &mut self,
        key: &str,
        source: Option<Spanned<CredentialSource>>,
    ) -> Option<SecretString> {
        let hint = "write { env = \"NAME\" } or { file = \"PATH\" }";
        let Some(source) = source else {
            self.missing(key, format!("the credential is missing; {hint}"));
            return None;
        };
        let span = Some(source.span());
        let (code, message) = match source.into_inner() {
            CredentialSource::Reference(Reference { env: Some(name), file: None }) => {
                match self.read_environment(&name) {
                    Ok(secret) => return Some(secret),
                    Err(message) => (Code::CredentialUnavailable, message),
                }
            }
            CredentialSource::Reference(Reference { env: None, file: Some(path) }) => {
                match self.read_file(&path) {
                    Ok(secret) => return Some(secret),
                    Err(message) => (Code::CredentialUnavailable, message),
                }
            }
            CredentialSource::Reference(_) => {
                (Code::ConnectionShape, format!("either env or file is needed, and not both; {hint}"))
            }
            CredentialSource::Literal => {
                let message = "a credential must not be written here; it is now known to everyone who can \
                               read this file, so replace it at its issuer";
                (Code::CredentialLiteral, format!("{message} and {hint}"))
            }
        };
        self.problem(code, span, key, message);
        None
    }

    /// A text that cannot be a name is not repeated: it may be the credential itself.
    fn read_environment(&self, name: &str) -> Result<SecretString, String> {
        let allowed = |character: char| character.is_ascii_alphanumeric() || character == '_';
        if name.is_empty() || !name.chars().all(allowed) {
            return Err("env takes the name of an environment variable: letters, digits and _".to_owned());
        }
        match self.environment(name) {
            None => Err(format!("the environment variable {name} is not set; set it")),
            Some(value) if value.is_empty() => {
                Err(format!("the environment variable {name} is empty; set it"))
            }
            Some(value) => Ok(SecretString::from(value)),
        }
    }

    fn read_file(&self, path: &str) -> Result<SecretString, String> {
        let path = self.path(path);
        let text = std::fs::read_to_string(&path)
            .map_err(|error| format!("the file {} cannot be read: {error}; create it", path.display()))?;
        let text = text.strip_suffix('\n').unwrap_or(&text);
        let text = text.strip_suffix('\r').unwrap_or(text);
        if text.is_empty() {
            return Err(format!("the file {} is empty; write the credential into it", path.display()));
        }
        Ok(SecretString::from(text))
    }
}
