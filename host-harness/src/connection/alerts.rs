//! Whom to tell when something waits for a person: the section `[alerts]`.
//!
//! Deliberately absent: what an alert says, and how it is sent.

use std::num::NonZeroU32;

use http::{HeaderValue, Uri};
use secrecy::{ExposeSecret, SecretString};
use toml::Spanned;
use url::Url;

use super::credential::CredentialSource;
use super::document::{AddressSource, AlertsSection};
use super::load::Reader;
use crate::code::Code;
use crate::gateway::is_confidential;
use crate::limits::{ALERTS_PER_HOUR, ALERTS_PER_HOUR_MAX};

/// Where alerts go: to all that is set, or to the log alone.
#[derive(Clone, Debug)]
pub struct AlertSettings {
    pub webhook: Option<AlertWebhook>,
    /// A program and its arguments; empty: none.
    pub command: Vec<String>,
    /// How many are sent one by one within an hour.
    pub per_hour: NonZeroU32,
}

/// An address that takes alerts as JSON.
#[derive(Clone, Debug)]
pub struct AlertWebhook {
    /// Whole. Many services put the secret into the path.
    pub address: SecretString,
    /// The value of the header `Authorization`.
    pub authorization: Option<SecretString>,
}

impl Default for AlertSettings {
    fn default() -> Self {
        let per_hour = NonZeroU32::new(ALERTS_PER_HOUR).expect("the default is not zero");
        AlertSettings { webhook: None, command: Vec::new(), per_hour }
    }
}

impl AlertSettings {
    /// What no log line may repeat.
    pub fn secrets(&self) -> impl Iterator<Item = &SecretString> {
        self.webhook.iter().flat_map(|webhook| [&webhook.address].into_iter().chain(&webhook.authorization))
    }
}

impl Reader<'_> {
    pub(super) fn alerts(&mut self, section: AlertsSection) -> AlertSettings {
        let AlertsSection { webhook, webhook_authorization, command, per_hour } = section;
        if let (None, Some(authorization)) = (&webhook, &webhook_authorization) {
            let message = "there is no webhook to send it to; add alerts.webhook, or remove it";
            let key = "alerts.webhook-authorization";
            self.problem(Code::ConnectionShape, Some(authorization.span()), key, message);
        }
        let authorization =
            webhook_authorization.and_then(|authorization| self.webhook_authorization(authorization));
        let address = webhook.and_then(|webhook| self.webhook_address(webhook));
        AlertSettings {
            webhook: address.map(|address| AlertWebhook { address, authorization }),
            command: command.map(|command| self.alert_command(command)).unwrap_or_default(),
            per_hour: per_hour
                .and_then(|per_hour| self.per_hour(&per_hour))
                .unwrap_or(AlertSettings::default().per_hour),
        }
    }

    /// The address is never repeated in a message: it may be the secret.
    fn webhook_address(&mut self, source: Spanned<AddressSource>) -> Option<SecretString> {
        let (key, span) = ("alerts.webhook", source.span());
        let address = match source.into_inner() {
            AddressSource::Text(address) => SecretString::from(address),
            AddressSource::Reference(reference) => {
                let source = CredentialSource::Reference(reference);
                self.credential(key, Some(Spanned::new(span.clone(), source)))?
            }
        };
        if !is_webhook(address.expose_secret()) {
            let message = "not an address that alerts may be sent to: write https://HOST/PATH, \
                           or http:// with a loopback address, without user name";
            self.problem(Code::ConnectionValue, Some(span), key, message);
            return None;
        }
        Some(address)
    }

    fn webhook_authorization(&mut self, source: Spanned<CredentialSource>) -> Option<SecretString> {
        let (key, span) = ("alerts.webhook-authorization", source.span());
        let authorization = self.credential(key, Some(source))?;
        if HeaderValue::try_from(authorization.expose_secret()).is_err() {
            let message =
                "holds characters that no header can carry; it is sent as it is, for example `Bearer …`";
            self.problem(Code::ConnectionValue, Some(span), key, message);
            return None;
        }
        Some(authorization)
    }

    fn alert_command(&mut self, command: Spanned<Vec<String>>) -> Vec<String> {
        if command.get_ref().first().is_none_or(String::is_empty) {
            let message = "a program is needed, and its arguments: [\"/usr/local/bin/tell\", \"--urgent\"]";
            self.problem(Code::ConnectionValue, Some(command.span()), "alerts.command", message);
        }
        command.into_inner()
    }

    fn per_hour(&mut self, written: &Spanned<u64>) -> Option<NonZeroU32> {
        let number = u32::try_from(*written.get_ref()).ok().filter(|number| *number <= ALERTS_PER_HOUR_MAX);
        let number = number.and_then(NonZeroU32::new);
        if number.is_none() {
            let message = format!("a number from 1 to {ALERTS_PER_HOUR_MAX} is needed");
            self.problem(Code::LimitOutOfRange, Some(written.span()), "alerts.per-hour", message);
        }
        number
    }
}

fn is_webhook(address: &str) -> bool {
    let is_plain = Url::parse(address)
        .is_ok_and(|url| url.username().is_empty() && url.password().is_none() && url.fragment().is_none());
    is_plain && address.parse::<Uri>().is_ok_and(|uri| is_confidential(&uri))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::connection::Connection;

    /// A connection with this section.
    fn read(alerts: &str) -> Result<AlertSettings, String> {
        let text = format!(
            "connection = \"acme-uk\"\n\
             [amazon]\nregion = \"eu\"\nclient-id = {{ env = \"A\" }}\nclient-secret = {{ env = \"B\" }}\n\
             refresh-token = {{ env = \"C\" }}\n[kashflow]\nuser-name = {{ env = \"D\" }}\n\
             password = {{ env = \"E\" }}\n[alerts]\n{alerts}\n"
        );
        let environment = |name: &str| match name {
            "HOOK" => Some("https://hooks.example/services/T0/secret-path".to_owned()),
            "BROKEN" => Some("two\nlines".to_owned()),
            "ABSENT" => None,
            name => Some(format!("the {name}")),
        };
        let connection = Connection::from_text(&text, Path::new(""), environment);
        connection.map(|connection| connection.alerts).map_err(|errors| errors.to_string())
    }

    #[test]
    fn an_absent_section_tells_the_log_alone() {
        let alerts = read("").unwrap();
        assert!(alerts.webhook.is_none() && alerts.command.is_empty());
        assert_eq!((alerts.per_hour.get(), alerts.secrets().count()), (20, 0));
    }

    #[test]
    fn everything_can_be_said_and_secrets_lie_elsewhere() {
        let alerts = read(
            "webhook = { env = \"HOOK\" }\nwebhook-authorization = { env = \"TOKEN\" }\n\
             command = [\"/bin/tell\", \"me\"]\nper-hour = 3",
        )
        .unwrap();
        let secrets: Vec<&str> = alerts.secrets().map(ExposeSecret::expose_secret).collect();
        assert_eq!(secrets, ["https://hooks.example/services/T0/secret-path", "the TOKEN"]);
        assert_eq!(
            (alerts.command.as_slice(), alerts.per_hour.get()),
            (&["/bin/tell".to_owned(), "me".to_owned()][..], 3)
        );
        assert!(!format!("{alerts:?}").contains("secret-path"));
        assert!(read("webhook = \"http://127.0.0.1:9000/alerts?to=me\"").is_ok());
    }

    #[test]
    fn what_cannot_work_is_refused() {
        let cases = [
            ("webhook = \"http://alerts.example/secret-path\"", "HH-0106"),
            ("webhook = \"https://user@alerts.example/secret-path\"", "HH-0106"),
            ("webhook = 7", "HH-0103"),
            ("webhook = { env = \"ABSENT\" }", "HH-0105"),
            ("webhook-authorization = { env = \"TOKEN\" }", "HH-0103"),
            ("webhook = { env = \"HOOK\" }\nwebhook-authorization = \"secret-path\"", "HH-0104"),
            ("webhook = { env = \"HOOK\" }\nwebhook-authorization = { env = \"BROKEN\" }", "HH-0106"),
            ("command = []", "HH-0106"),
            ("command = \"tell\"", "HH-0103"),
            ("per-hour = 0", "HH-0110"),
            ("per-hour = 3601", "HH-0110"),
            ("email = \"me\"", "HH-0103"),
        ];
        for (section, code) in cases {
            let problems = read(section).map(|_| ()).expect_err(section);
            assert!(problems.contains(code) && problems.contains("alerts"), "{section}: {problems}");
            assert!(!problems.contains("secret-path"), "{problems}");
        }
    }
}
