//! From the section of the sources to what they are started with.

#[cfg(test)]
mod tests;

use std::net::SocketAddr;
use std::ops::RangeInclusive;

use secrecy::{ExposeSecret, SecretString};
use toml::Spanned;

use super::credential::CredentialSource;
use super::document::{DirectorySection, ScheduleSection, SourcesSection, SqsSection, WebhookSection};
use super::load::Reader;
use super::sources::{
    AwsCredentials, DirectorySettings, ScheduleSettings, Sources, SqsSettings, WebhookSecret, WebhookSettings,
};
use crate::code::Code;
use crate::limits::{DIRECTORY_POLL_MS, DIRECTORY_POLL_MS_MAX, SQS_RECEIVERS_MAX, WEBHOOK_SECRET_BYTES_MIN};
use crate::source::{ScheduledEvent, TimeZone, Timetable};

/// Looking more often than this finds nothing sooner: a file is taken at the second look.
const DIRECTORY_POLL_MS_MIN: u64 = 100;

const LISTEN: &str = "127.0.0.1:8470";

const PATH: &str = "/events";

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
        let range = DIRECTORY_POLL_MS_MIN..=DIRECTORY_POLL_MS_MAX;
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
        let text = written.map_or_else(|| LISTEN.to_owned(), Spanned::into_inner);
        let Ok(address) = text.parse::<SocketAddr>() else {
            let message = format!("an address and a port are needed: for example \"{LISTEN}\"");
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
        let path = written.map_or_else(|| PATH.to_owned(), Spanned::into_inner);
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
        if !path.starts_with('/') || !path.bytes().all(allowed) {
            let message = "a path begins with / and has letters, digits, and -._~/ only";
            self.problem(Code::ConnectionValue, span, "sources.webhook.path", message);
            return None;
        }
        Some(path)
    }

    fn webhook_secret(&mut self, key: &str, written: Spanned<CredentialSource>) -> Option<SecretString> {
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
