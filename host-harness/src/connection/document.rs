//! The shape of the file, section by section.
//!
//! Every key is optional here: what is missing is reported together with everything else, where the
//! sections are read.

use serde::Deserialize;
use toml::Spanned;

use super::credential::{CredentialSource, Reference};

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct AmazonSection {
    pub region: Option<Spanned<String>>,
    pub endpoint: Option<Spanned<String>>,
    pub token_endpoint: Option<Spanned<String>>,
    pub client_id: Option<Spanned<CredentialSource>>,
    pub client_secret: Option<Spanned<CredentialSource>>,
    pub refresh_token: Option<Spanned<CredentialSource>>,
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct KashFlowSection {
    pub endpoint: Option<Spanned<String>>,
    pub user_name: Option<Spanned<CredentialSource>>,
    pub password: Option<Spanned<CredentialSource>>,
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct GrantsSection {
    pub http: Vec<Spanned<HttpGrantSection>>,
    pub queues: Vec<Spanned<String>>,
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct HttpGrantSection {
    pub host: Option<Spanned<String>>,
    pub methods: Vec<Spanned<String>>,
    pub paths: Vec<Spanned<String>>,
    pub soap_actions: Option<Vec<Spanned<String>>>,
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct StateSection {
    pub file: Option<Spanned<String>>,
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct AlertsSection {
    pub webhook: Option<Spanned<AddressSource>>,
    pub webhook_authorization: Option<Spanned<CredentialSource>>,
    pub command: Option<Spanned<Vec<String>>>,
    pub per_hour: Option<Spanned<u64>>,
}

/// An address that may be a secret, and then lies elsewhere.
#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "an address in quotation marks, { env = \"NAME\" } or { file = \"PATH\" } is needed"
)]
pub(super) enum AddressSource {
    Text(String),
    Reference(Reference),
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct LimitsSection {
    pub memory_bytes: Option<Spanned<u64>>,
    pub table_elements: Option<Spanned<u64>>,
    pub wall_time_ms: Option<Spanned<u64>>,
    pub host_calls: Option<Spanned<u64>>,
    pub response_bytes: Option<Spanned<u64>>,
    pub first_byte_timeout_ms: Option<Spanned<u64>>,
    pub total_timeout_ms: Option<Spanned<u64>>,
}
