//! Where a connection gets its events from. Every source is optional, and so is every one of them together.

use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::path::PathBuf;

use secrecy::{ExposeSecret, SecretString};
use toml::Spanned;
use url::Url;

use super::document::{DirectorySection, ScheduleSection, SourcesSection, SqsSection, WebhookSection};
use super::load::Reader;
use crate::code::Code;
use crate::limits::{DIRECTORY_POLL_MS, DIRECTORY_POLL_MS_MAX, SQS_RECEIVERS_MAX, WEBHOOK_SECRET_BYTES_MIN};
use crate::source::{ScheduledEvent, TimeZone, Timetable};

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

impl Reader<'_> {
    pub(super) fn sources(&mut self, section: SourcesSection) -> Sources {
        Sources {
            sqs: section.sqs.and_then(|section| self.sqs(section)),
            directory: section.directory.and_then(|section| self.directory(section)),
            schedules: section.schedule.into_iter().filter_map(|section| self.schedule(section)).collect(),
            webhook: section.webhook.and_then(|section| self.webhook(section)),
        }
    }

    fn sqs(&mut self, section: Spanned<SqsSection>) -> Option<SqsSettings> {
        let span = section.span();
        let section = section.into_inner();
        if section.queue_url.is_none() {
            let message = "the queue is missing; its URL stands in the SQS console";
            self.problem(Code::ConnectionShape, Some(span.clone()), "sources.sqs.queue-url", message);
        }
        let queue_url = self.endpoint("sources.sqs.queue-url", section.queue_url, None);
        let region = section.region.map(Spanned::into_inner);
        if region.is_none() {
            let message =
                "the region is missing; it stands in the URL of the queue: for example \"eu-west-1\"";
            self.problem(Code::ConnectionShape, Some(span), "sources.sqs.region", message);
        }
        let endpoint =
            section.endpoint.map(|written| self.endpoint("sources.sqs.endpoint", Some(written), None));
        let credentials = match (section.access_key_id, section.secret_access_key) {
            (None, None) => None,
            (id, secret) => {
                let access_key_id = self.credential("sources.sqs.access-key-id", id);
                let secret_access_key = self.credential("sources.sqs.secret-access-key", secret);
                Some(AwsCredentials { access_key_id: access_key_id?, secret_access_key: secret_access_key? })
            }
        };
        let receivers = self.number("sources.sqs.receivers", section.receivers, 1..=SQS_RECEIVERS_MAX, 1);
        Some(SqsSettings {
            queue_url: queue_url?,
            region: region?,
            endpoint: endpoint.flatten(),
            credentials,
            receivers,
        })
    }

    fn directory(&mut self, section: Spanned<DirectorySection>) -> Option<DirectorySettings> {
        let span = section.span();
        let DirectorySection { path, poll_ms } = section.into_inner();
        let range = 100..=DIRECTORY_POLL_MS_MAX;
        let poll_ms = self.number("sources.directory.poll-ms", poll_ms, range, DIRECTORY_POLL_MS);
        let Some(path) = path else {
            let message = "the folder is missing; name the one in which events are dropped";
            self.problem(Code::ConnectionShape, Some(span), "sources.directory.path", message);
            return None;
        };
        Some(DirectorySettings { path: self.path(path.get_ref()), poll_ms })
    }

    fn schedule(&mut self, section: Spanned<ScheduleSection>) -> Option<ScheduleSettings> {
        let span = section.span();
        let ScheduleSection { cron, event, timezone } = section.into_inner();
        let zone = timezone.map_or(Some(TimeZone::Utc), |written| {
            let names: Vec<&str> = TimeZone::ALL.iter().map(|zone| zone.name()).collect();
            self.one_of("sources.schedule.timezone", &written, &names, TimeZone::parse)
        });
        let event = match event {
            Some(written) => {
                let names: Vec<&str> = ScheduledEvent::ALL.iter().map(|event| event.name()).collect();
                self.one_of("sources.schedule.event", &written, &names, ScheduledEvent::parse)
            }
            None => {
                let message = "the event is missing; for example event = \"sweep-orders\"";
                self.problem(Code::ConnectionShape, Some(span.clone()), "sources.schedule.event", message);
                None
            }
        };
        let Some(cron) = cron else {
            let message = "the times are missing; for example cron = \"*/15 * * * *\"";
            self.problem(Code::ConnectionShape, Some(span), "sources.schedule.cron", message);
            return None;
        };
        let timetable = Timetable::parse(cron.get_ref(), zone.unwrap_or_default())
            .inspect_err(|error| {
                self.problem(Code::ConnectionValue, Some(cron.span()), "sources.schedule.cron", error);
            })
            .ok();
        zone?;
        Some(ScheduleSettings { timetable: timetable?, event: event? })
    }

    fn webhook(&mut self, section: Spanned<WebhookSection>) -> Option<WebhookSettings> {
        let span = section.span();
        let section = section.into_inner();
        let listen = self.listen(section.listen, section.allow_remote);
        let path = self.webhook_path(section.path);
        let secret = match (section.shared_secret, section.hmac_secret) {
            (Some(written), None) => {
                self.webhook_secret("sources.webhook.shared-secret", written).map(WebhookSecret::Shared)
            }
            (None, Some(written)) => {
                self.webhook_secret("sources.webhook.hmac-secret", written).map(WebhookSecret::Hmac)
            }
            (None, None) | (Some(_), Some(_)) => {
                let message = "either shared-secret or hmac-secret is needed, and not both";
                self.problem(Code::ConnectionShape, Some(span), "sources.webhook", message);
                None
            }
        };
        Some(WebhookSettings { listen: listen?, path: path?, secret: secret? })
    }

    fn listen(
        &mut self,
        written: Option<Spanned<String>>,
        allow_remote: Option<Spanned<bool>>,
    ) -> Option<SocketAddr> {
        let key = "sources.webhook.listen";
        let span = written.as_ref().map(Spanned::span);
        let text = written.map_or_else(|| "127.0.0.1:8470".to_owned(), Spanned::into_inner);
        let Ok(address) = text.parse::<SocketAddr>() else {
            let message = "an address and a port are needed: for example \"127.0.0.1:8470\"";
            self.problem(Code::ConnectionValue, span, key, message);
            return None;
        };
        if !address.ip().is_loopback() && !allow_remote.is_some_and(Spanned::into_inner) {
            let message = "other machines can reach this address; if they are to, set allow-remote = true, \
                           and put something in front of it that speaks TLS";
            self.problem(Code::ConnectionValue, span, key, message);
            return None;
        }
        Some(address)
    }

    fn webhook_path(&mut self, written: Option<Spanned<String>>) -> Option<String> {
        let span = written.as_ref().map(Spanned::span);
        let path = written.map_or_else(|| "/events".to_owned(), Spanned::into_inner);
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
        if !path.starts_with('/') || !path.bytes().all(allowed) {
            let message = "a path begins with / and has letters, digits, and -._~/ only";
            self.problem(Code::ConnectionValue, span, "sources.webhook.path", message);
            return None;
        }
        Some(path)
    }

    fn webhook_secret(
        &mut self,
        key: &str,
        written: Spanned<super::credential::CredentialSource>,
    ) -> Option<SecretString> {
        let span = written.span();
        let secret = self.credential(key, Some(written))?;
        if secret.expose_secret().len() < WEBHOOK_SECRET_BYTES_MIN {
            let message = format!(
                "this secret is too short to keep anybody out; take {WEBHOOK_SECRET_BYTES_MIN} characters or more"
            );
            self.problem(Code::ConnectionValue, Some(span), key, message);
            return None;
        }
        Some(secret)
    }

    fn one_of<T>(
        &mut self,
        key: &str,
        written: &Spanned<String>,
        names: &[&str],
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let parsed = parse(written.get_ref());
        if parsed.is_none() {
            let message = format!("what is known here: {}", names.join(", "));
            self.problem(Code::ConnectionValue, Some(written.span()), key, message);
        }
        parsed
    }

    fn number(
        &mut self,
        key: &str,
        written: Option<Spanned<u64>>,
        range: RangeInclusive<u64>,
        default: u64,
    ) -> u64 {
        let Some(written) = written else {
            return default;
        };
        if !range.contains(written.get_ref()) {
            let message = format!("a number from {} to {} is needed", range.start(), range.end());
            self.problem(Code::ConnectionValue, Some(written.span()), key, message);
        }
        written.into_inner()
    }
}
