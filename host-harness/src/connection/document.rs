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

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct GatewaySection {
    pub proxy: Option<Spanned<String>>,
    pub proxy_authorization: Option<Spanned<CredentialSource>>,
    pub private_networks: Vec<Spanned<String>>,
    pub breaker_failures: Option<Spanned<u64>>,
    pub breaker_open_ms: Option<Spanned<u64>>,
    pub breaker_open_max_ms: Option<Spanned<u64>>,
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct SourcesSection {
    pub sqs: Option<Spanned<SqsSection>>,
    pub directory: Option<Spanned<DirectorySection>>,
    pub schedule: Vec<Spanned<ScheduleSection>>,
    pub webhook: Option<Spanned<WebhookSection>>,
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct SqsSection {
    pub queue_url: Option<Spanned<String>>,
    pub region: Option<Spanned<String>>,
    pub endpoint: Option<Spanned<String>>,
    pub access_key_id: Option<Spanned<CredentialSource>>,
    pub secret_access_key: Option<Spanned<CredentialSource>>,
    pub receivers: Option<Spanned<u64>>,
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct DirectorySection {
    pub path: Option<Spanned<String>>,
    pub poll_ms: Option<Spanned<u64>>,
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct ScheduleSection {
    pub cron: Option<Spanned<String>>,
    pub event: Option<Spanned<String>>,
    pub timezone: Option<Spanned<String>>,
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct WebhookSection {
    pub listen: Option<Spanned<String>>,
    pub allow_remote: Option<Spanned<bool>>,
    pub path: Option<Spanned<String>>,
    pub shared_secret: Option<Spanned<CredentialSource>>,
    pub hmac_secret: Option<Spanned<CredentialSource>>,
}
