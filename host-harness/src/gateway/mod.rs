//! The one way out of a plugin: checks the grants, adds the credential, sends, and takes in the answer.
//!
//! With [`Resilience`] it also keeps to usage plans, leaves alone an upstream that is down, and repeats reads.
//! Deliberately absent: a repetition of anything that writes.

mod address;
mod answer;
mod circuit_breaker;
mod client;
mod code;
mod document;
mod egress;
mod error;
mod exchange;
mod grant;
mod headers;
mod lwa_token;
mod observer;
mod operation;
mod pattern;
mod repetition;
mod resilience;
mod sending;
mod soap_credential;
mod soap_fault;
mod target;
#[cfg(test)]
mod tests;
mod token_bucket;
mod transport;
mod usage_plan;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, Uri};
use secrecy::SecretString;
use tokio::time::Instant;

pub use circuit_breaker::{BreakerState, BreakerThresholds};
pub use client::{Bounds, HttpClient, is_confidential};
pub use code::GatewayCode;
pub use document::{DOCUMENT_HOSTS, DocumentLinks, FEED_DOCUMENT_HOST, REPORT_DOCUMENT_HOST};
pub use egress::{Egress, Proxy, ProxyCredential};
pub use error::GatewayError;
pub use exchange::Exchange;
pub use grant::{Call, HttpGrant};
pub use headers::{GATEWAY_CODE, is_forbidden, soap_action};
pub use lwa_token::{LwaCredentials, LwaToken, TokenError};
pub use observer::{EndedCall, GatewayObserver, OTHER, Unobserved};
pub use pattern::Pattern;
pub use resilience::{Resilience, UpstreamHealth};
pub use target::{Route, RoutePath};
pub use transport::TransportError;

use crate::connection::ConnectionName;
use crate::limits::Limits;
use crate::redactor::Redactor;
use document::DocumentKind;
use operation::Operation;
use sending::GrantedCall;
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
    /// Without it every call of the plugin is one exchange, at once.
    pub resilience: Option<Resilience>,
    /// Empty at first.
    pub documents: DocumentLinks,
    pub observer: Arc<dyn GatewayObserver>,
}

/// Where a granted call leads.
enum Place<'a> {
    Route(&'a Route, Uri),
    /// To the document of a report or a feed, wherever that is.
    Document(&'static DocumentKind),
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
        let elapsed = start.elapsed();
        self.tell(&method, &uri, soap_action.as_deref(), &result, elapsed);
        let elapsed_ms = elapsed.as_millis();
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
        let place = self.check(&head.method, &head.uri, &head.headers)?;
        headers::prepare_request(&mut head.headers)
            .map_err(|name| denied(GatewayCode::HeaderRefused, format!("the header `{name}`")))?;
        if body.len() > self.limits.request_bytes {
            let limit = self.limits.request_bytes as u64;
            return Err(GatewayError::Transport(TransportError::RequestTooLarge(limit)));
        }
        let bounds = self.bounds(patience);
        let (route, target) = match place {
            Place::Route(route, target) => (route, target),
            Place::Document(kind) => return self.transfer(kind, &head, body, bounds).await,
        };
        let action = soap_action(&head.headers);
        let body = match &route.credential {
            Credential::SoapUserNamePassword { user_name, password } => {
                soap_credential::insert(&body, action, user_name, password)
                    .map_err(|refusal| denied(soap_code(&refusal), refusal.to_string()))?
            }
            Credential::None | Credential::LwaToken(_) => body,
        };
        let operation = Operation::of(route, &head.method, head.uri.path(), action);
        let (method, headers) = (head.method.clone(), head.headers.clone());
        let (upstream, credential) = (route.host.as_str(), &route.credential);
        let call = GrantedCall { upstream, credential, operation, method, target, headers, body };
        let response = self.send_granted(call, bounds).await?;
        Ok(match operation.plan.and_then(|plan| document::announced_by(plan.operation)) {
            Some(kind) => self.documents.keep(kind, head.uri.path(), &route.endpoint, response),
            None => response,
        })
    }

    /// Whether each upstream may be called. Empty for a gateway without [`Resilience`].
    pub fn upstreams(&self) -> Vec<UpstreamHealth> {
        self.resilience.as_ref().map(Resilience::health).unwrap_or_default()
    }

    /// How long work had better be held back, because an upstream is down and nothing will be sent to it for
    /// certain. `None`: now is a good time. An order needs every upstream but the documents of reports and feeds, so
    /// the longest counts.
    pub fn hold_back_for(&self) -> Option<Duration> {
        let upstreams = self.upstreams();
        let needed =
            upstreams.iter().filter(|upstream| !DOCUMENT_HOSTS.contains(&upstream.upstream.as_str()));
        needed.filter_map(|upstream| upstream.closed_for).max()
    }

    /// Where a call leads that is granted.
    fn check(&self, method: &Method, uri: &Uri, headers: &HeaderMap) -> Result<Place<'_>, GatewayError> {
        let (host, path_and_query) = target::logical_address(uri)
            .map_err(|code| denied(code, "only https, and no detours".to_owned()))?;
        let path = path_and_query.path();
        let call = Call { method, host, path, soap_action: soap_action(headers) };
        grant::check(&self.grants, &call).map_err(|code| denied(code, call.to_string()))?;
        if let Some(kind) = document::asked_for(host, method) {
            return Ok(Place::Document(kind));
        }
        self.routes
            .iter()
            .filter(|route| route.host == host)
            .find_map(|route| Some(Place::Route(route, route.target(path_and_query)?)))
            .ok_or_else(|| denied(GatewayCode::NoRoute, call.to_string()))
    }

    fn bounds(&self, patience: Patience) -> Bounds {
        let mut bounds = Bounds::of(&self.limits);
        if let Some(first_byte) = patience.first_byte {
            bounds.first_byte_timeout = bounds.first_byte_timeout.min(first_byte);
        }
        bounds
    }

    fn tell(
        &self,
        method: &Method,
        uri: &Uri,
        soap_action: Option<&str>,
        result: &Result<Response<Bytes>, GatewayError>,
        elapsed: Duration,
    ) {
        let host = uri.host().unwrap_or_default();
        let route = self.routes.iter().find(|route| route.host == host);
        let operation = match (route, document::asked_for(host, method)) {
            // What was refused could be called anything.
            _ if matches!(result, Err(GatewayError::Denied { .. })) => OTHER,
            (Some(route), _) => Operation::of(route, method, uri.path(), soap_action).name,
            (None, Some(kind)) => kind.transfer.name,
            (None, None) => OTHER,
        };
        let of_documents = || DOCUMENT_HOSTS.into_iter().find(|known| *known == host);
        let call = EndedCall {
            upstream: route.map(|route| route.host.as_str()).or_else(of_documents).unwrap_or(OTHER),
            operation,
            status: result.as_ref().ok().map(|response| response.status().as_u16()),
            code: match result {
                Ok(response) => response.headers().get(GATEWAY_CODE).and_then(|code| code.to_str().ok()),
                Err(error) => Some(error.code().code()),
            },
            elapsed,
        };
        self.observer.call_ended(&call);
    }
}

impl std::fmt::Debug for Gateway {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Gateway").field("connection", &self.connection).finish_non_exhaustive()
    }
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
