//! Which plugin is at work, for traces, metrics and the status page.

use std::fmt;

/// The version and the digest of an artifact.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct PluginIdentity {
    /// As the artifact says it.
    pub version: String,
    /// SHA-256 of the artifact, in lowercase hexadecimal.
    pub digest: String,
}

impl fmt::Display for PluginIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let beginning: String = self.digest.chars().take(12).collect();
        write!(f, "{} ({beginning})", self.version)
    }
}
