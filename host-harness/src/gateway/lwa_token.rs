//! Access tokens of Login with Amazon: obtained once, kept until shortly before they expire, never twice at
//! a time.
//!
//! `POST` of a form with `grant_type=refresh_token` to the token endpoint; the answer holds a token for one
//! hour (SP-API: "Connect to the Selling Partner API"). Failures are not kept: the next call asks again.

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use bytes::Bytes;
use futures::FutureExt;
use futures::future::{BoxFuture, Shared};
use http::{HeaderValue, Method, Request, Response, StatusCode, Uri, header};
use http_body_util::Full;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::{Bounds, GatewayCode, HttpClient, TransportError};
use crate::clock::Clock;
use crate::limits::{FIRST_BYTE_TIMEOUT_MS, TOKEN_RENEWAL_MARGIN_MS, TOKEN_RESPONSE_BYTES};
use crate::redactor::Redactor;

/// The longest reason of Amazon's that is passed on, in characters.
const REASON_CHARACTERS: usize = 200;

/// How to obtain tokens for one seller.
#[derive(Clone)]
pub struct LwaCredentials {
    pub token_endpoint: Uri,
    pub client_id: SecretString,
    pub client_secret: SecretString,
    pub refresh_token: SecretString,
}

/// Why there is no token, as the plugin is told.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{detail}")]
pub struct TokenError {
    pub code: GatewayCode,
    /// What happened and what to do, without secrets.
    pub detail: String,
    pub retry_after_seconds: Option<u64>,
}

impl TokenError {
    pub(super) fn new(code: GatewayCode, reason: &str) -> Self {
        let detail = format!("{} ({reason}): {}", code.title(), code.remedy());
        TokenError { code, detail, retry_after_seconds: None }
    }

    /// The status with which the gateway answers in the upstream's place.
    pub fn status(&self) -> StatusCode {
        match self.code {
            GatewayCode::RefreshTokenRefused
            | GatewayCode::ClientRefused
            | GatewayCode::TokenRequestRefused => StatusCode::UNAUTHORIZED,
            _ => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

/// The current token of one seller, shared by all calls of a connection.
#[derive(Clone)]
pub struct LwaToken {
    source: Arc<TokenSource>,
}

struct TokenSource {
    credentials: LwaCredentials,
    client: HttpClient,
    clock: Arc<dyn Clock>,
    redactor: Arc<Redactor>,
    state: Mutex<TokenState>,
}

#[derive(Default)]
struct TokenState {
    kept: Option<KeptToken>,
    flight: Option<Flight>,
}

struct KeptToken {
    token: SecretString,
    renew_at_ms: u64,
}

/// A request for a token that is under way, awaited by everyone who needs one.
type Flight = Shared<BoxFuture<'static, Result<SecretString, TokenError>>>;

impl LwaToken {
    pub fn new(
        credentials: LwaCredentials,
        client: HttpClient,
        clock: Arc<dyn Clock>,
        redactor: Arc<Redactor>,
    ) -> Self {
        let state = Mutex::default();
        LwaToken { source: Arc::new(TokenSource { credentials, client, clock, redactor, state }) }
    }

    /// The token to send now. Callers that come while one is being obtained wait for that one.
    pub async fn current(&self) -> Result<SecretString, TokenError> {
        let flight = {
            let mut state = self.source.state();
            if let Some(kept) = &state.kept
                && self.source.clock.now_ms() < kept.renew_at_ms
            {
                return Ok(kept.token.clone());
            }
            match &state.flight {
                Some(flight) if flight.peek().is_none() => flight.clone(),
                _ => state.flight.insert(TokenSource::take_off(&self.source)).clone(),
            }
        };
        flight.await
    }

    /// Forgets this token, unless it was already replaced.
    pub fn forget(&self, refused: &SecretString) {
        let mut state = self.source.state();
        let is_kept = |kept: &KeptToken| kept.token.expose_secret() == refused.expose_secret();
        if state.kept.as_ref().is_some_and(is_kept) {
            state.kept = None;
        }
    }
}

impl TokenSource {
    fn state(&self) -> MutexGuard<'_, TokenState> {
        self.state.lock().expect("no holder of this lock can panic")
    }

    /// A task of its own: a caller that goes away must not take the token of all the others with it.
    fn take_off(source: &Arc<TokenSource>) -> Flight {
        let source = Arc::clone(source);
        let task = tokio::spawn(async move { source.obtain().await });
        let landed = async move { task.await.expect("obtaining a token neither panics nor is aborted") };
        landed.boxed().shared()
    }

    async fn obtain(&self) -> Result<SecretString, TokenError> {
        let asked_at_ms = self.clock.now_ms();
        let response = self.client.exchange(self.request(), bounds()).await.map_err(unreachable)?;
        if response.status() != StatusCode::OK {
            return Err(self.refusal(&response));
        }
        let granted: Granted = serde_json::from_slice(response.body()).map_err(|_error| {
            TokenError::new(GatewayCode::TokenAnswerUnreadable, "no token in the answer")
        })?;
        let token = granted.access_token;
        self.redactor.learn_token(&token);
        let life_ms = granted.expires_in.saturating_mul(1000);
        // A token that lives no longer than the margin is still used for half of its life.
        let useful_ms = life_ms.saturating_sub(TOKEN_RENEWAL_MARGIN_MS).max(life_ms / 2);
        let renew_at_ms = asked_at_ms.saturating_add(useful_ms);
        self.state().kept = Some(KeptToken { token: token.clone(), renew_at_ms });
        tracing::debug!(expires_in_seconds = granted.expires_in, "access token obtained");
        Ok(token)
    }

    fn request(&self) -> Request<Full<Bytes>> {
        let credentials = &self.credentials;
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", "refresh_token")
            .append_pair("refresh_token", credentials.refresh_token.expose_secret())
            .append_pair("client_id", credentials.client_id.expose_secret())
            .append_pair("client_secret", credentials.client_secret.expose_secret())
            .finish();
        let mut request = Request::new(Full::from(form));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = credentials.token_endpoint.clone();
        let content_type = HeaderValue::from_static("application/x-www-form-urlencoded;charset=UTF-8");
        request.headers_mut().insert(header::CONTENT_TYPE, content_type);
        request.headers_mut().insert(header::USER_AGENT, super::headers::user_agent());
        request
    }

    /// Amazon answers with an OAuth error document (RFC 6749, section 5.2).
    fn refusal(&self, response: &Response<Bytes>) -> TokenError {
        let refused: Refused = serde_json::from_slice(response.body()).unwrap_or_default();
        let status = response.status();
        let code = match refused.error.as_str() {
            "server_error" | "temporarily_unavailable" => GatewayCode::TokenEndpointBusy,
            _ if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS => {
                GatewayCode::TokenEndpointBusy
            }
            "invalid_grant" => GatewayCode::RefreshTokenRefused,
            "invalid_client" | "unauthorized_client" => GatewayCode::ClientRefused,
            _ if status.is_client_error() => GatewayCode::TokenRequestRefused,
            _ => GatewayCode::TokenAnswerUnreadable,
        };
        let reason = format!("{status}: {} {}", refused.error, refused.error_description);
        let reason: String = self.redactor.redact(reason.trim()).chars().take(REASON_CHARACTERS).collect();
        let retry_after = response.headers().get(header::RETRY_AFTER);
        TokenError {
            retry_after_seconds: retry_after.and_then(|value| value.to_str().ok()?.parse().ok()),
            ..TokenError::new(code, &reason)
        }
    }
}

fn unreachable(error: TransportError) -> TokenError {
    TokenError::new(GatewayCode::TokenEndpointUnreachable, &error.to_string())
}

fn bounds() -> Bounds {
    Bounds::within(Duration::from_millis(FIRST_BYTE_TIMEOUT_MS), TOKEN_RESPONSE_BYTES)
}

#[derive(Deserialize)]
struct Granted {
    #[serde(deserialize_with = "secret")]
    access_token: SecretString,
    /// Seconds.
    expires_in: u64,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Refused {
    error: String,
    error_description: String,
}

fn secret<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<SecretString, D::Error> {
    String::deserialize(deserializer).map(SecretString::from)
}
