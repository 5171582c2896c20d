//! Where a connection gets its events from. Every source is optional, and so is every one of them together.

use std::net::SocketAddr;
use std::path::PathBuf;

use secrecy::SecretString;
use url::Url;

use crate::source::{ScheduledEvent, Timetable};

/// The sources of one connection.
#[derive(Clone, Default, Debug)]
pub struct Sources {
    pub sqs: Option<SqsSettings>,
    pub directory: Option<DirectorySettings>,
    pub schedules: Vec<ScheduleSettings>,
    pub webhook: Option<WebhookSettings>,
}

/// A queue of Amazon SQS.
#[derive(Clone, Debug)]
pub struct SqsSettings {
    pub queue_url: Url,
    pub region: String,
    /// Instead of the region's own address, for a local server.
    pub endpoint: Option<Url>,
    /// `None`: found in the ways that the AWS SDK usually finds them.
    pub credentials: Option<AwsCredentials>,
    /// How many receive at one time.
    pub receivers: u64,
}

/// An access key of AWS.
#[derive(Clone, Debug)]
pub struct AwsCredentials {
    pub access_key_id: SecretString,
    pub secret_access_key: SecretString,
}

/// A folder in which files are dropped.
#[derive(Clone, Debug)]
pub struct DirectorySettings {
    pub path: PathBuf,
    pub poll_ms: u64,
}

/// An event of the host's own, made at certain times.
#[derive(Clone, Debug)]
pub struct ScheduleSettings {
    pub timetable: Timetable,
    pub event: ScheduledEvent,
}

/// An HTTP server that takes events.
#[derive(Clone, Debug)]
pub struct WebhookSettings {
    pub listen: SocketAddr,
    pub path: String,
    pub secret: WebhookSecret,
}

/// How a sender proves that it may send.
#[derive(Clone, Debug)]
pub enum WebhookSecret {
    /// It sends the secret.
    Shared(SecretString),
    /// It signs what it sends with HMAC-SHA256.
    Hmac(SecretString),
}

impl WebhookSecret {
    pub(crate) fn secret(&self) -> &SecretString {
        match self {
            WebhookSecret::Shared(secret) | WebhookSecret::Hmac(secret) => secret,
        }
    }
}

impl Sources {
    /// All that must not stand in a log.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = &SecretString> {
        let sqs = self.sqs.iter().filter_map(|sqs| sqs.credentials.as_ref());
        let webhook = self.webhook.iter().map(|webhook| webhook.secret.secret());
        sqs.map(|credentials| &credentials.secret_access_key).chain(webhook)
    }

    /// Who a credential belongs to: kept out of logs as well.
    pub(crate) fn names(&self) -> impl Iterator<Item = &SecretString> {
        let sqs = self.sqs.iter().filter_map(|sqs| sqs.credentials.as_ref());
        sqs.map(|credentials| &credentials.access_key_id)
    }
}
