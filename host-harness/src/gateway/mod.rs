//! The one way out of a plugin: checks the grants, adds the credential, sends, and takes in the answer.
//!
//! Deliberately absent, for now: usage plans, a circuit breaker and an egress proxy. They belong here and
//! nowhere else.

mod answer;
mod client;
mod code;
mod error;
mod exchange;
mod grant;
mod headers;
mod lwa_token;
mod pattern;
mod soap_credential;
mod target;
#[cfg(test)]
mod tests;
mod transport;

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, StatusCode, Uri};
use http_body_util::Full;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

pub use client::{Bounds, HttpClient, is_confidential};
pub use code::GatewayCode;
pub use error::GatewayError;
pub use exchange::Exchange;
pub use grant::{Call, HttpGrant};
pub use headers::{GATEWAY_CODE, is_forbidden, soap_action};
pub use lwa_token::{LwaCredentials, LwaToken, TokenError};
pub use pattern::Pattern;
pub use target::{Route, RoutePath};
pub use transport::TransportError;

use crate::connection::ConnectionName;
use crate::limits::Limits;
use crate::redactor::Redactor;
use crate::telemetry::trace_context;
use soap_credential::SoapRefusal;

/// What opens an upstream.
pub enum Credential {
    None,
    /// The header `x-amz-access-token`.
    LwaToken(LwaToken),
    /// The first two elements of the SOAP operation.
    SoapUserNamePassword {
        user_name: SecretString,
        password: SecretString,
    },
}

/// The gateway of one connection.
pub struct Gateway {
    pub connection: ConnectionName,
    pub routes: Vec<Route>,
    pub grants: Vec<HttpGrant>,
    pub client: HttpClient,
    pub redactor: Arc<Redactor>,
    pub limits: Limits,
}

/// Time-outs that the plugin asks for; they can only shorten the connection's own.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Patience {
    pub first_byte: Option<Duration>,
}

impl Gateway {
    /// Sends what the plugin asks for, if the connection grants it.
    ///
    /// The answer is the upstream's, or the gateway's own where the header [`GATEWAY_CODE`] is set.
    pub async fn send(
        &self,
        request: Request<Bytes>,
        patience: Patience,
    ) -> Result<Response<Bytes>, GatewayError> {
        let start = Instant::now();
        let (method, uri) = (request.method().clone(), request.uri().clone());
        let soap_action = soap_action(request.headers()).map(str::to_owned);
        let result = self.check_and_send(request, patience).await;
        let elapsed_ms = start.elapsed().as_millis();
        // Neither query nor body: they can hold personal data.
        let (host, path) = (uri.host().unwrap_or_default(), uri.path());
        let connection = &self.connection;
        match &result {
            Ok(response) => {
                let status = response.status().as_u16();
                let code = response.headers().get(GATEWAY_CODE).and_then(|code| code.to_str().ok());
                tracing::debug!(%connection, %method, host, path, soap_action, status, code, elapsed_ms, "call");
            }
            Err(error @ GatewayError::Denied { code, .. }) => {
                tracing::warn!(%connection, %method, host, path, soap_action, %code, "call refused: {error}");
            }
            Err(GatewayError::Transport(error)) => {
                let code = error.code();
                tracing::warn!(%connection, %method, host, path, soap_action, %code, elapsed_ms, "call failed: {error}");
            }
        }
        result
    }

    async fn check_and_send(
        &self,
        request: Request<Bytes>,
        patience: Patience,
    ) -> Result<Response<Bytes>, GatewayError> {
        let (mut head, body) = request.into_parts();
        let (route, target) = self.check(&head.method, &head.uri, &head.headers)?;
        headers::prepare_request(&mut head.headers)
            .map_err(|name| denied(GatewayCode::HeaderRefused, format!("the header `{name}`")))?;
        if body.len() > self.limits.request_bytes {
            let limit = self.limits.request_bytes as u64;
            return Err(GatewayError::Transport(TransportError::RequestTooLarge(limit)));
        }
        let outgoing = Outgoing { method: head.method, target, headers: head.headers, body };
        let bounds = self.bounds(patience);
        match &route.credential {
            Credential::None => self.exchange(&outgoing, bounds).await,
            Credential::LwaToken(token) => self.send_with_token(outgoing, token, bounds).await,
            Credential::SoapUserNamePassword { user_name, password } => {
                let action = soap_action(&outgoing.headers);
                let body = soap_credential::insert(&outgoing.body, action, user_name, password)
                    .map_err(|refusal| denied(soap_code(&refusal), refusal.to_string()))?;
                self.exchange(&Outgoing { body, ..outgoing }, bounds).await
            }
        }
    }

    /// The route and address of a call that is granted.
    fn check(&self, method: &Method, uri: &Uri, headers: &HeaderMap) -> Result<(&Route, Uri), GatewayError> {
        let (host, path_and_query) = target::logical_address(uri)
            .map_err(|code| denied(code, "only https, and no detours".to_owned()))?;
        let path = path_and_query.path();
        let call = Call { method, host, path, soap_action: soap_action(headers) };
        grant::check(&self.grants, &call).map_err(|code| denied(code, call.to_string()))?;
        self.routes
            .iter()
            .filter(|route| route.host == host)
            .find_map(|route| Some((route, route.target(path_and_query)?)))
            .ok_or_else(|| denied(GatewayCode::NoRoute, call.to_string()))
    }

    fn bounds(&self, patience: Patience) -> Bounds {
        let mut bounds = Bounds::of(&self.limits);
        if let Some(first_byte) = patience.first_byte {
            bounds.first_byte_timeout = bounds.first_byte_timeout.min(first_byte);
        }
        bounds
    }

    /// A token that the upstream refuses is replaced once. Only a `GET` is then sent again by itself: of
    /// anything else the plugin must know that it went out.
    async fn send_with_token(
        &self,
        mut outgoing: Outgoing,
        token: &LwaToken,
        bounds: Bounds,
    ) -> Result<Response<Bytes>, GatewayError> {
        let mut may_repeat = outgoing.method == Method::GET;
        loop {
            let access_token = match token.current().await {
                Ok(access_token) => access_token,
                Err(error) => return Ok(token_answer(&error)),
            };
            let Some(value) = headers::sensitive(access_token.expose_secret()) else {
                let reason = "the token holds characters that no header can carry";
                return Ok(token_answer(&TokenError::new(GatewayCode::TokenAnswerUnreadable, reason)));
            };
            outgoing.headers.insert(headers::ACCESS_TOKEN, value);
            let response = self.exchange(&outgoing, bounds).await?;
            if !refuses_token(&response) {
                return Ok(response);
            }
            token.forget(&access_token);
            if !may_repeat {
                return Ok(response);
            }
            may_repeat = false;
        }
    }

    async fn exchange(&self, outgoing: &Outgoing, bounds: Bounds) -> Result<Response<Bytes>, GatewayError> {
        let mut request = Request::new(Full::new(outgoing.body.clone()));
        *request.method_mut() = outgoing.method.clone();
        *request.uri_mut() = outgoing.target.clone();
        *request.headers_mut() = outgoing.headers.clone();
        trace_context::add_to(request.headers_mut());
        let mut response = self.client.exchange(request, bounds).await.map_err(GatewayError::Transport)?;
        headers::clean_response(response.headers_mut());
        if let Some(redacted) = self.redactor.redact_data(response.body()) {
            let connection = &self.connection;
            tracing::warn!(%connection, "the upstream repeated a secret in its answer; it was taken out");
            response.headers_mut().remove(http::header::CONTENT_LENGTH);
            *response.body_mut() = redacted;
        }
        Ok(response)
    }
}

impl std::fmt::Debug for Gateway {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Gateway").field("connection", &self.connection).finish_non_exhaustive()
    }
}

/// A request on its way to the endpoint.
struct Outgoing {
    method: Method,
    target: Uri,
    headers: HeaderMap,
    body: Bytes,
}

fn denied(code: GatewayCode, reason: String) -> GatewayError {
    GatewayError::Denied { code, reason }
}

fn soap_code(refusal: &SoapRefusal) -> GatewayCode {
    match refusal {
        SoapRefusal::HasCredentials(_) => GatewayCode::CredentialsInRequest,
        SoapRefusal::NotSoap(_) | SoapRefusal::OtherOperation { .. } => GatewayCode::NotSoap,
    }
}

fn token_answer(error: &TokenError) -> Response<Bytes> {
    tracing::warn!(code = %error.code, "no access token: {error}");
    answer::problem(error.code, error.status(), &error.detail, error.retry_after_seconds)
}

/// SP-API's error document, as far as it tells a refused token from a refused role.
#[derive(Deserialize)]
struct AmazonErrors {
    errors: Vec<AmazonError>,
}

#[derive(Deserialize)]
struct AmazonError {
    #[serde(default)]
    message: Option<String>,
    #[serde(default)]
    details: Option<String>,
}

/// SP-API answers 401 or 403 with "The access token you provided has expired" or "… is revoked, malformed or
/// invalid" in `details` (SP-API: "SP-API Errors"); a missing role is a 403 that does not speak of the token.
fn refuses_token(response: &Response<Bytes>) -> bool {
    if !matches!(response.status(), StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) {
        return false;
    }
    let Ok(document) = serde_json::from_slice::<AmazonErrors>(response.body()) else {
        return false;
    };
    document.errors.iter().any(|error| {
        [&error.message, &error.details].into_iter().flatten().any(|text| {
            let text = text.to_lowercase();
            text.contains("access token")
                && ["expired", "invalid", "revoked"].iter().any(|word| text.contains(word))
        })
    })
}
