//! Why logs or traces cannot be set up.

use crate::code::Code;

/// Settings of telemetry that do not work. No message repeats a header, which can be a secret.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    #[error("HARNESS_LOG is no filter: {reason}; write for example info,host_harness=debug")]
    LogFilter { reason: String },
    #[error("HARNESS_LOG_FORMAT is `{given}`; the formats are text and json")]
    LogFormat { given: String },
    #[error(
        "{name} is no address of a collector: write http://HOST:4318 or https://HOST, without a user name"
    )]
    CollectorAddress { name: &'static str },
    #[error(
        "OTEL_EXPORTER_OTLP_HEADERS can hold a secret, and {name} leads over plain HTTP to another machine: use https"
    )]
    HeadersInTheClear { name: &'static str },
    #[error("OTEL_EXPORTER_OTLP_HEADERS is not a list of name=value, separated by commas")]
    CollectorHeaders,
    #[error("no exporter of traces can be made: {reason}")]
    Exporter { reason: String },
}

impl TelemetryError {
    pub fn code(&self) -> Code {
        match self {
            TelemetryError::LogFilter { .. } | TelemetryError::LogFormat { .. } => Code::LogMisconfigured,
            TelemetryError::CollectorAddress { .. }
            | TelemetryError::HeadersInTheClear { .. }
            | TelemetryError::CollectorHeaders
            | TelemetryError::Exporter { .. } => Code::TracesMisconfigured,
        }
    }
}
