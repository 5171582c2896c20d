//! What SQS refuses, told apart as far as a person has to act differently.

use std::error::Error;
use std::fmt;

use aws_sdk_sqs::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sqs::types::BatchResultErrorEntry;

use crate::code::Code;

/// A call of SQS that did not do what it was to do.
#[derive(Debug)]
pub(in crate::source) struct Refusal {
    pub code: Code,
    message: String,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Refusal {
    pub(super) fn of<E: ProvideErrorMetadata + Error + 'static>(error: &SdkError<E>) -> Self {
        if let Some(code) = error.code() {
            // The first line says it; a wrong signature is followed by all that was signed.
            let message = error.message().and_then(|message| message.lines().next());
            let message = message.unwrap_or("without a reason");
            return Refusal { code: code_of(code), message: format!("{code}: {message}") };
        }
        let chain = chain(error);
        let code = match error {
            // Credentials are looked for when they are needed first, which is while a request is made.
            _ if chain.contains("credential") => Code::QueueAccessDenied,
            SdkError::TimeoutError(_) | SdkError::DispatchFailure(_) => Code::QueueUnreachable,
            _ => Code::QueueFailed,
        };
        Refusal { code, message: chain }
    }

    /// One message out of a batch.
    pub(super) fn of_entry(entry: &BatchResultErrorEntry) -> Self {
        let message = format!("{}: {}", entry.code(), entry.message().unwrap_or("without a reason"));
        Refusal { code: code_of(entry.code()), message }
    }
}

/// By the names that SQS and the services before it give ("Common error types").
fn code_of(code: &str) -> Code {
    match code.rsplit('.').next().unwrap_or(code) {
        "NonExistentQueue" | "QueueDoesNotExist" => Code::QueueMissing,
        "AccessDenied"
        | "AccessDeniedException"
        | "ExpiredToken"
        | "ExpiredTokenException"
        | "IncompleteSignature"
        | "InvalidAccessKeyId"
        | "InvalidClientTokenId"
        | "InvalidSecurity"
        | "MissingAuthenticationToken"
        | "NotAuthorized"
        | "OptInRequired"
        | "SignatureDoesNotMatch"
        | "UnrecognizedClientException" => Code::QueueAccessDenied,
        _ => Code::QueueFailed,
    }
}

/// An error and its causes in one line. The debug form would repeat the answer, and messages with it.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
