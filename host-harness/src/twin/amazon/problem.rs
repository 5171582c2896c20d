//! The errors of the Selling Partner API, in the shapes that it really sends.
//!
//! Bodies are `{"errors":[{"code","message","details"?}]}`. Codes and messages are those that integrators
//! report from production. Absent on purpose: the errors of Login with Amazon (`login`), shaped as OAuth's.

use http::StatusCode;
use serde_json::{Value, json};

/// A refusal.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Problem {
    pub status: StatusCode,
    pub code: &'static str,
    /// `None` where Amazon leaves it out.
    pub message: Option<&'static str>,
    /// Empty text where Amazon says nothing more, `None` where it leaves the field out.
    pub details: Option<String>,
}

const DENIED: &str = "Access to requested resource is denied.";

impl Problem {
    pub fn invalid_input(details: impl Into<String>) -> Self {
        Problem {
            status: StatusCode::BAD_REQUEST,
            code: "InvalidInput",
            message: Some(
                "The input you have submitted is not valid. Please check your input and try again.",
            ),
            details: Some(details.into()),
        }
    }

    /// A refusal that says no more than that it is one.
    pub fn invalid_input_alone() -> Self {
        Problem { status: StatusCode::BAD_REQUEST, code: "InvalidInput", message: None, details: None }
    }

    /// A body that is not what the operation takes.
    pub fn cannot_be_parsed() -> Self {
        Problem {
            message: Some("Request has missing or invalid parameters and cannot be parsed."),
            ..Problem::invalid_input("")
        }
    }

    /// Reports that only Amazon itself has made. 1118 is its number for settlements.
    pub fn report_not_allowed() -> Self {
        Problem {
            status: StatusCode::BAD_REQUEST,
            code: "InvalidInput",
            message: Some("Request for report type 1118 is not allowed at this time"),
            details: Some(String::new()),
        }
    }

    pub fn not_found() -> Self {
        Problem {
            status: StatusCode::NOT_FOUND,
            code: "NotFound",
            message: Some("The requested resource was not found."),
            details: Some(String::new()),
        }
    }

    pub fn token_missing() -> Self {
        Problem::unauthorized("Access token is missing in the request header.")
    }

    pub fn token_expired() -> Self {
        Problem::unauthorized("The access token you provided has expired.")
    }

    pub fn token_invalid() -> Self {
        Problem::unauthorized("The access token you provided is revoked, malformed or invalid.")
    }

    /// A sound token without the right to this operation: Amazon gives no details.
    pub fn not_permitted() -> Self {
        Problem::unauthorized("")
    }

    /// A path or method that is no operation. The gateway answers before looking at any token.
    pub fn no_such_operation() -> Self {
        Problem {
            status: StatusCode::FORBIDDEN,
            code: "MissingAuthenticationToken",
            message: Some(DENIED),
            details: None,
        }
    }

    pub fn quota_exceeded() -> Self {
        Problem {
            status: StatusCode::TOO_MANY_REQUESTS,
            code: "QuotaExceeded",
            message: Some("You exceeded your quota for the requested resource."),
            details: Some(String::new()),
        }
    }

    pub fn internal_failure() -> Self {
        Problem {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            code: "InternalFailure",
            message: Some("We encountered an internal error. Please try again."),
            details: None,
        }
    }

    pub fn service_unavailable() -> Self {
        Problem {
            status: StatusCode::SERVICE_UNAVAILABLE,
            code: "ServiceUnavailable",
            message: Some("Service is temporarily unavailable. Please try again."),
            details: Some(String::new()),
        }
    }

    fn unauthorized(details: &str) -> Self {
        Problem {
            status: StatusCode::FORBIDDEN,
            code: "Unauthorized",
            message: Some(DENIED),
            details: Some(details.to_owned()),
        }
    }

    pub fn body(&self) -> Value {
        let mut error = json!({ "code": self.code });
        if let Some(message) = self.message {
            error["message"] = message.into();
        }
        if let Some(details) = &self.details {
            error["details"] = details.as_str().into();
        }
        json!({ "errors": [error] })
    }
}

/// What Amazon's load balancers send for 503 in place of JSON.
pub(super) const UNAVAILABLE_PAGE: &str = "<!DOCTYPE html>\n<html>\n<head>\n\
    <title>Website Temporarily Unavailable</title>\n</head>\n<body>\n<p>&nbsp;</p>\n</body>\n</html>\n";

/// What the front door sends for a request that breaks HTTP's rules.
pub(super) const BAD_REQUEST_PAGE: &str = "<html>\n<head><title>400 Bad Request</title></head>\n\
    <body>\n<center><h1>400 Bad Request</h1></center>\n<hr><center>Server</center>\n</body>\n</html>\n";
