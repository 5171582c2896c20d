//! How logs and traces are asked for: flags first, then the environment, then the defaults.
//!
//! | flag | variable | default |
//! |---|---|---|
//! | | `HARNESS_LOG` | the command's own |
//! | `--log-format` | `HARNESS_LOG_FORMAT` | `text` |
//! | `--otlp-endpoint` | `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT`, `OTEL_EXPORTER_OTLP_ENDPOINT` | no traces |
//! | | `OTEL_EXPORTER_OTLP_HEADERS` | none |
//!
//! The variables that begin with `OTEL_` are those of the OpenTelemetry specification ("OpenTelemetry Protocol
//! Exporter"), with its meaning: `/v1/traces` is appended, except to the address that is for traces alone.

use std::collections::HashMap;

use clap::ValueEnum;
use http::Uri;
use percent_encoding::percent_decode_str;
use secrecy::{ExposeSecret, SecretString};

use super::{LogFormat, TelemetryError};
use crate::gateway::is_confidential;
use crate::redactor::Redactor;

/// The flags of a command that runs for long.
#[derive(clap::Args, Clone, Debug, Default)]
pub struct TelemetryFlags {
    /// Write logs as text, or as one JSON object a line
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub log_format: Option<LogFormat>,
    /// Send traces to this OpenTelemetry collector, over OTLP/HTTP
    #[arg(long, value_name = "URL")]
    pub otlp_endpoint: Option<String>,
}

/// What to install.
#[derive(Debug)]
pub struct TelemetrySettings {
    pub logs: LogSettings,
    pub traces: Option<TraceSettings>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LogSettings {
    /// In the language of `tracing_subscriber`'s `EnvFilter`.
    pub filter: String,
    pub format: LogFormat,
}

/// Where traces go.
#[derive(Debug)]
pub struct TraceSettings {
    /// The whole address, `/v1/traces` included.
    pub endpoint: Uri,
    /// Whatever the collector wants to see; often a secret.
    pub headers: Vec<(String, SecretString)>,
}

impl TelemetrySettings {
    /// `default_filter` is what a command logs where `HARNESS_LOG` says nothing.
    pub fn read(
        flags: &TelemetryFlags,
        default_filter: &str,
        environment: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, TelemetryError> {
        // An empty variable is an absent one, as the OpenTelemetry specification has it.
        let environment = |name: &str| environment(name).filter(|value| !value.trim().is_empty());
        let format = match (flags.log_format, environment("HARNESS_LOG_FORMAT")) {
            (Some(format), _) => format,
            (None, None) => LogFormat::default(),
            (None, Some(given)) => {
                LogFormat::from_str(&given, true).map_err(|_reason| TelemetryError::LogFormat { given })?
            }
        };
        let filter = environment("HARNESS_LOG").unwrap_or_else(|| default_filter.to_owned());
        let traces = TraceSettings::read(flags.otlp_endpoint.as_deref(), &environment)?;
        Ok(TelemetrySettings { logs: LogSettings { filter, format }, traces })
    }
}

impl TraceSettings {
    fn read(
        flag: Option<&str>,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Option<Self>, TelemetryError> {
        let (of_traces, of_all) = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT");
        let (name, endpoint) = if let Some(base) = flag {
            ("--otlp-endpoint", with_path(base))
        } else if let Some(whole) = environment(of_traces) {
            (of_traces, whole)
        } else if let Some(base) = environment(of_all) {
            (of_all, with_path(&base))
        } else {
            return Ok(None);
        };
        let endpoint = endpoint.parse().ok().filter(is_address);
        let endpoint = endpoint.ok_or(TelemetryError::CollectorAddress { name })?;
        let headers = match environment("OTEL_EXPORTER_OTLP_HEADERS") {
            None => Vec::new(),
            Some(headers) => parse_headers(&headers).ok_or(TelemetryError::CollectorHeaders)?,
        };
        if !headers.is_empty() && !is_confidential(&endpoint) {
            return Err(TelemetryError::HeadersInTheClear { name });
        }
        Ok(Some(TraceSettings { endpoint, headers }))
    }

    /// Knows the headers, so that no log line repeats one.
    pub(super) fn redactor(&self) -> Redactor {
        let secrets: Vec<&SecretString> = self.headers.iter().map(|(_, value)| value).collect();
        Redactor::new(&secrets, &[])
    }

    pub(super) fn exposed_headers(&self) -> HashMap<String, String> {
        let exposed =
            |(name, value): &(String, SecretString)| (name.clone(), value.expose_secret().to_owned());
        self.headers.iter().map(exposed).collect()
    }
}

fn with_path(base: &str) -> String {
    format!("{}/v1/traces", base.trim_end_matches('/'))
}

fn is_address(uri: &Uri) -> bool {
    let has_user = uri.authority().is_some_and(|authority| authority.as_str().contains('@'));
    matches!(uri.scheme_str(), Some("http" | "https")) && uri.host().is_some() && !has_user
}

/// `name=value,name=value`, with percent-encoded values.
fn parse_headers(text: &str) -> Option<Vec<(String, SecretString)>> {
    let headers = text.split(',').map(str::trim).filter(|header| !header.is_empty());
    headers
        .map(|header| {
            let (name, value) = header.split_once('=')?;
            let value = percent_decode_str(value.trim()).decode_utf8().ok()?;
            let is_header = http::HeaderName::try_from(name.trim()).is_ok()
                && http::HeaderValue::try_from(value.as_ref()).is_ok();
            is_header.then(|| (name.trim().to_owned(), SecretString::from(value.into_owned())))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(flags: &TelemetryFlags, variables: &[(&str, &str)]) -> Result<TelemetrySettings, TelemetryError> {
        let value = |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| value);
        TelemetrySettings::read(flags, "warn", |name| value(name).map(|value| (*value).to_owned()))
    }

    fn endpoint(flags: &TelemetryFlags, variables: &[(&str, &str)]) -> String {
        read(flags, variables).unwrap().traces.unwrap().endpoint.to_string()
    }

    #[test]
    fn nothing_asked_for_is_text_and_no_traces() {
        let settings = read(&TelemetryFlags::default(), &[("OTEL_EXPORTER_OTLP_ENDPOINT", " ")]).unwrap();
        let text = LogSettings { filter: "warn".to_owned(), format: LogFormat::Text };
        assert_eq!((settings.logs, settings.traces.is_none()), (text, true));
    }

    #[test]
    fn a_flag_goes_before_a_variable() {
        let variables = [
            ("HARNESS_LOG", "debug"),
            ("HARNESS_LOG_FORMAT", "JSON"),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318/"),
        ];
        let settings = read(&TelemetryFlags::default(), &variables).unwrap();
        assert_eq!((settings.logs.filter.as_str(), settings.logs.format), ("debug", LogFormat::Json));
        assert_eq!(endpoint(&TelemetryFlags::default(), &variables), "http://collector:4318/v1/traces");
        let flags = TelemetryFlags {
            log_format: Some(LogFormat::Text),
            otlp_endpoint: Some("https://other.example/otlp".to_owned()),
        };
        assert_eq!(read(&flags, &variables).unwrap().logs.format, LogFormat::Text);
        assert_eq!(endpoint(&flags, &variables), "https://other.example/otlp/v1/traces");
        let variables = [("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "https://other.example/in")];
        assert_eq!(endpoint(&TelemetryFlags::default(), &variables), "https://other.example/in");
    }

    #[test]
    fn headers_are_read_and_kept_from_the_clear() {
        let headers = ("OTEL_EXPORTER_OTLP_HEADERS", "api-key=one%2Ftwo, tenant=acme");
        let base = ("OTEL_EXPORTER_OTLP_ENDPOINT", "https://collector.example");
        let traces = read(&TelemetryFlags::default(), &[base, headers]).unwrap().traces.unwrap();
        assert_eq!(traces.exposed_headers()["api-key"], "one/two");
        assert_eq!(traces.redactor().redact("it was one/two"), "it was [redacted]");
        assert!(!format!("{traces:?}").contains("two"), "{traces:?}");

        let plain = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector.example:4318");
        let error = read(&TelemetryFlags::default(), &[plain, headers]).unwrap_err();
        assert!(error.to_string().contains("use https") && !error.to_string().contains("two"), "{error}");
        let loopback = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4318");
        assert!(read(&TelemetryFlags::default(), &[loopback, headers]).is_ok());
    }

    #[test]
    fn what_cannot_work_is_refused_with_its_code() {
        let cases = [
            ("HARNESS_LOG_FORMAT", "yaml", "HH-0605"),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4318", "HH-0603"),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "https://user:word@collector", "HH-0603"),
            ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "grpc://collector", "HH-0603"),
        ];
        for (name, value, code) in cases {
            let error = read(&TelemetryFlags::default(), &[(name, value)]).unwrap_err();
            assert_eq!(error.code().code(), code, "{value}");
            assert!(error.to_string().contains(name) && !error.to_string().contains("word"), "{error}");
        }
    }
}
