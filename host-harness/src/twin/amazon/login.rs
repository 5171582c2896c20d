//! Login with Amazon: the token endpoint, and the access tokens it has given out.
//!
//! Sources: "Connect to the SP-API"; OAuth 2.0 (RFC 6749) sections 4.4, 5 and 6; error texts as
//! integrators report them. Absent on purpose: the authorisation code flow. No code is ever issued, so every
//! code is an invalid grant.

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, Utc};
use http::StatusCode;
use serde_json::{Value, json};

use super::problem::Problem;
use crate::twin::world::seller::{Credentials, token};
use crate::twin::world::stream::{Purpose, Stream};

/// Where the endpoint stands on its host.
pub(super) const TOKEN_PATH: &str = "/auth/o2/token";
/// How long an access token lives.
pub const ACCESS_TOKEN_SECONDS: i64 = 3600;

const NOTIFICATIONS_SCOPE: &str = "sellingpartnerapi::notifications";

/// What an access token is good for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum GrantKind {
    /// Operations on the seller's behalf.
    Seller,
    /// Operations on the application's own behalf (destinations of notifications).
    Grantless,
}

/// A refusal in OAuth's shape.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct LoginProblem {
    pub status: StatusCode,
    pub error: &'static str,
    pub description: &'static str,
}

struct Issued {
    expires_at: DateTime<Utc>,
    grant: GrantKind,
}

/// The access tokens given out so far.
#[derive(Default)]
pub(super) struct AccessTokens(BTreeMap<String, Issued>);

impl LoginProblem {
    const fn bad_request(error: &'static str, description: &'static str) -> Self {
        LoginProblem { status: StatusCode::BAD_REQUEST, error, description }
    }

    const INVALID_CLIENT: LoginProblem = LoginProblem {
        status: StatusCode::UNAUTHORIZED,
        error: "invalid_client",
        description: "Client authentication failed",
    };
    const NOT_A_FORM: LoginProblem = LoginProblem::bad_request(
        "invalid_request",
        "The Content-Type header must be application/x-www-form-urlencoded",
    );
    const REPEATED: LoginProblem =
        LoginProblem::bad_request("invalid_request", "The request repeats a parameter");
    const UNSUPPORTED: LoginProblem = LoginProblem::bad_request(
        "unsupported_grant_type",
        "The authorization grant type is not supported by the authorization server",
    );
    const INVALID_SCOPE: LoginProblem =
        LoginProblem::bad_request("invalid_scope", "The request has an invalid parameter : scope");
    const INVALID_CODE: LoginProblem =
        LoginProblem::bad_request("invalid_grant", "The request has an invalid grant parameter : code");
    const INVALID_REFRESH_TOKEN: LoginProblem = LoginProblem::bad_request(
        "invalid_grant",
        "The request has an invalid grant parameter : refresh_token",
    );
    pub const REVOKED: LoginProblem = LoginProblem::bad_request(
        "invalid_grant",
        "The request has an invalid grant parameter : refresh_token. \
         User may have revoked or didn't grant the permission.",
    );
    pub const WRONG_METHOD: LoginProblem = LoginProblem {
        status: StatusCode::METHOD_NOT_ALLOWED,
        error: "invalid_request",
        description: "The request must be a POST",
    };
    pub const SLOW_DOWN: LoginProblem = LoginProblem {
        status: StatusCode::TOO_MANY_REQUESTS,
        error: "temporarily_unavailable",
        description: "The request was throttled",
    };
    pub const SERVER_ERROR: LoginProblem = LoginProblem {
        status: StatusCode::INTERNAL_SERVER_ERROR,
        error: "server_error",
        description: "The authorization server encountered an unexpected error",
    };
    pub const UNAVAILABLE: LoginProblem = LoginProblem {
        status: StatusCode::SERVICE_UNAVAILABLE,
        error: "temporarily_unavailable",
        description: "The authorization server is temporarily unavailable",
    };

    const fn missing(description: &'static str) -> Self {
        LoginProblem::bad_request("invalid_request", description)
    }

    pub fn body(&self) -> Value {
        json!({ "error_description": self.description, "error": self.error })
    }
}

impl AccessTokens {
    /// Answers a token request.
    pub fn grant(
        &mut self,
        credentials: &Credentials,
        content_type: Option<&str>,
        body: &[u8],
        (seed, now): (u64, DateTime<Utc>),
    ) -> Result<Value, LoginProblem> {
        let form = form(content_type, body)?;
        let field = |name: &str| form.get(name).map(String::as_str).filter(|value| !value.is_empty());
        let grant_type = field("grant_type")
            .ok_or(LoginProblem::missing("The request is missing a required parameter : grant_type"))?;
        if !["refresh_token", "client_credentials", "authorization_code"].contains(&grant_type) {
            return Err(LoginProblem::UNSUPPORTED);
        }
        let client_id = field("client_id")
            .ok_or(LoginProblem::missing("The request is missing a required parameter : client_id"))?;
        let secret_is_right = field("client_secret") == Some(credentials.client_secret.as_str());
        if client_id != credentials.client_id || !secret_is_right {
            return Err(LoginProblem::INVALID_CLIENT);
        }
        match grant_type {
            "refresh_token" => {
                let refresh_token = field("refresh_token").ok_or(LoginProblem::missing(
                    "The request is missing a required parameter : refresh_token",
                ))?;
                if refresh_token != credentials.refresh_token {
                    return Err(LoginProblem::INVALID_REFRESH_TOKEN);
                }
                let mut answer = self.issue(GrantKind::Seller, seed, now);
                answer["refresh_token"] = refresh_token.into();
                Ok(answer)
            }
            "client_credentials" if field("scope") == Some(NOTIFICATIONS_SCOPE) => {
                Ok(self.issue(GrantKind::Grantless, seed, now))
            }
            "client_credentials" => Err(LoginProblem::INVALID_SCOPE),
            _ => Err(LoginProblem::INVALID_CODE),
        }
    }

    /// Whether an access token allows calls of this kind now.
    pub fn check(&self, token: Option<&str>, wanted: GrantKind, now: DateTime<Utc>) -> Result<(), Problem> {
        let token = token.filter(|token| !token.is_empty()).ok_or_else(Problem::token_missing)?;
        let issued = self.0.get(token).ok_or_else(Problem::token_invalid)?;
        if now >= issued.expires_at {
            return Err(Problem::token_expired());
        }
        if issued.grant != wanted {
            return Err(Problem::not_permitted());
        }
        Ok(())
    }

    fn issue(&mut self, grant: GrantKind, seed: u64, now: DateTime<Utc>) -> Value {
        let number = u64::try_from(self.0.len()).expect("a count fits 64 bits");
        let access_token = token(&mut Stream::new(seed, Purpose::AccessToken, number), "Atza");
        let expires_at = now + Duration::seconds(ACCESS_TOKEN_SECONDS);
        self.0.insert(access_token.clone(), Issued { expires_at, grant });
        json!({ "access_token": access_token, "token_type": "bearer", "expires_in": ACCESS_TOKEN_SECONDS })
    }
}

/// The fields of a form, each at most once (RFC 6749 section 3.2).
fn form(content_type: Option<&str>, body: &[u8]) -> Result<BTreeMap<String, String>, LoginProblem> {
    let media_type = content_type.and_then(|text| text.split(';').next()).map(str::trim);
    if !media_type.is_some_and(|text| text.eq_ignore_ascii_case("application/x-www-form-urlencoded")) {
        return Err(LoginProblem::NOT_A_FORM);
    }
    let mut fields = BTreeMap::new();
    for (name, value) in form_urlencoded::parse(body) {
        if fields.insert(name.into_owned(), value.into_owned()).is_some() {
            return Err(LoginProblem::REPEATED);
        }
    }
    Ok(fields)
}
