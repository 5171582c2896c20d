//! The name of a connection, which scopes all that is stored for it.

use std::fmt;

/// 1 to 64 lowercase letters, digits and hyphens, so that it can be part of a file name anywhere.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ConnectionName(String);

/// A name that a connection cannot have.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error(
    "a connection name has 1 to 64 characters, lowercase letters, digits and hyphens: for example `acme-uk`"
)]
pub struct ConnectionNameError;

impl ConnectionName {
    pub fn new(name: impl Into<String>) -> Result<Self, ConnectionNameError> {
        let name = name.into();
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if matches!(name.len(), 1..=64) && name.bytes().all(allowed) {
            Ok(ConnectionName(name))
        } else {
            Err(ConnectionNameError)
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ConnectionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
