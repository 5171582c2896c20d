//! A granted call on its way: with its token, in its turn, again where that is harmless.

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, StatusCode, Uri};
use http_body_util::Full;
use secrecy::ExposeSecret;
use serde::Deserialize;
use tokio::time::{Instant, sleep};

use super::operation::Operation;
use super::resilience::{resting, spent, verdict};
use super::{
    Bounds, Credential, Gateway, GatewayCode, GatewayError, LwaToken, Resilience, TokenError, answer,
    headers, repetition,
};
use crate::telemetry::trace_context;

/// A call that is granted, and whole but for a token.
pub(super) struct GrantedCall<'a> {
    /// The host as the plugin names it.
    pub upstream: &'a str,
    pub credential: &'a Credential,
    pub operation: Operation<'a>,
    pub method: Method,
    pub target: Uri,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Gateway {
    /// Sends the call once, or as its upstream's state and the kind of call allow.
    pub(super) async fn send_granted(
        &self,
        call: GrantedCall<'_>,
        bounds: Bounds,
    ) -> Result<Response<Bytes>, GatewayError> {
        match &self.resilience {
            None => self.attempt(&call, bounds).await,
            Some(resilience) => self.send_with_patience(resilience, &call, bounds).await,
        }
    }

    /// Nothing is sent to an upstream that rests, and a read is repeated within the caller's time.
    async fn send_with_patience(
        &self,
        resilience: &Resilience,
        call: &GrantedCall<'_>,
        bounds: Bounds,
    ) -> Result<Response<Bytes>, GatewayError> {
        let start = Instant::now();
        let upstream = call.upstream;
        let mut pauses = repetition::pauses();
        let mut before = None;
        loop {
            let permit = match resilience.permit(upstream) {
                Ok(permit) => permit,
                Err(wait) => return before.unwrap_or_else(|| Ok(resting(upstream, wait))),
            };
            if before.is_some() {
                tracing::debug!(upstream, operation = call.operation.name, "the read is sent again");
                self.observer.repeated(upstream, call.operation.name);
            }
            let result = self.attempt(call, bounds.after(start.elapsed())).await;
            permit.judge(verdict(&result));
            if !call.operation.reads || !repetition::can_help(&result) {
                return result;
            }
            let Some(pause) =
                pauses.next().filter(|pause| start.elapsed() + *pause < bounds.first_byte_timeout)
            else {
                return result;
            };
            sleep(pause).await;
            before = Some(result);
        }
    }

    async fn attempt(&self, call: &GrantedCall<'_>, bounds: Bounds) -> Result<Response<Bytes>, GatewayError> {
        match call.credential {
            Credential::LwaToken(token) => self.send_with_token(call, token, bounds).await,
            Credential::None | Credential::SoapUserNamePassword { .. } => {
                self.exchange(call, call.headers.clone(), bounds).await
            }
        }
    }

    /// A token that the upstream refuses is replaced once. Only a `GET` is then sent again by itself: of
    /// anything else the plugin must know that it went out.
    async fn send_with_token(
        &self,
        call: &GrantedCall<'_>,
        token: &LwaToken,
        bounds: Bounds,
    ) -> Result<Response<Bytes>, GatewayError> {
        let mut may_repeat = call.method == Method::GET;
        loop {
            let access_token = match token.current().await {
                Ok(access_token) => access_token,
                Err(error) => return Ok(token_answer(&error)),
            };
            let Some(value) = headers::sensitive(access_token.expose_secret()) else {
                let reason = "the token holds characters that no header can carry";
                return Ok(token_answer(&TokenError::new(GatewayCode::TokenAnswerUnreadable, reason)));
            };
            let mut headers = call.headers.clone();
            headers.insert(headers::ACCESS_TOKEN, value);
            let response = self.exchange(call, headers, bounds).await?;
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

    /// One exchange, in its turn where the operation has a usage plan.
    async fn exchange(
        &self,
        call: &GrantedCall<'_>,
        headers: HeaderMap,
        bounds: Bounds,
    ) -> Result<Response<Bytes>, GatewayError> {
        let planned = self.resilience.as_ref().zip(call.operation.plan);
        let start = Instant::now();
        if let Some((resilience, plan)) = planned
            && let Err(wait) = resilience.take_turn(plan, bounds.first_byte_timeout).await
        {
            return Ok(spent(plan, wait));
        }
        let mut request = Request::new(Full::new(call.body.clone()));
        *request.method_mut() = call.method.clone();
        *request.uri_mut() = call.target.clone();
        *request.headers_mut() = headers;
        trace_context::add_to(request.headers_mut());
        let bounds = bounds.after(start.elapsed());
        let mut response = self.client.exchange(request, bounds).await.map_err(GatewayError::Transport)?;
        headers::clean_response(response.headers_mut());
        if let Some((resilience, plan)) = planned {
            resilience.learn(plan, &response);
        }
        // Who was sent no secret cannot repeat one, and a document is large.
        let knows_secrets = !matches!(call.credential, Credential::None);
        if let Some(redacted) = knows_secrets.then(|| self.redactor.redact_data(response.body())).flatten() {
            let connection = &self.connection;
            tracing::warn!(%connection, "the upstream repeated a secret in its answer; it was taken out");
            response.headers_mut().remove(http::header::CONTENT_LENGTH);
            *response.body_mut() = redacted;
        }
        Ok(response)
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
