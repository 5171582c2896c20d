//! `wasi:http/outgoing-handler`: every request goes through the gateway.

use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use wasmtime_wasi_http::{Error, ForbiddenHeaderFilter, RequestOptions, WasiBody, WasiHttpHooks};

use crate::engine::{HostCallKind, HostCallMeter};
use crate::gateway::{
    Call, GATEWAY_CODE, Gateway, GatewayError, Patience, TransportError, is_forbidden, soap_action,
};
use crate::redactor::Redactor;
use crate::runtime::ConnectionRuntime;

pub(crate) struct HttpCapability {
    gateway: Arc<Gateway>,
    redactor: Arc<Redactor>,
    meter: Arc<HostCallMeter>,
}

/// What `send_request` gives: the response, and what happens beside it (nothing: it is whole already).
type Exchange = Box<dyn Future<Output = Result<(Response<WasiBody>, Beside), Error>> + Send>;
type Beside = Box<dyn Future<Output = Result<(), Error>> + Send>;

impl HttpCapability {
    pub(crate) fn new(connection: &ConnectionRuntime, meter: &Arc<HostCallMeter>) -> Self {
        HttpCapability {
            gateway: Arc::clone(&connection.gateway),
            redactor: Arc::clone(&connection.redactor),
            meter: Arc::clone(meter),
        }
    }

    fn subject(&self, request: &Request<WasiBody>) -> String {
        let call = Call {
            method: request.method(),
            host: request.uri().host().unwrap_or_default(),
            path: request.uri().path(),
            soap_action: soap_action(request.headers()),
        };
        self.redactor.redact(&call.to_string())
    }
}

impl WasiHttpHooks for HttpCapability {
    fn forbidden_header_filter(&mut self) -> ForbiddenHeaderFilter {
        Arc::new(is_forbidden)
    }

    /// The gateway decides where a request goes.
    fn set_host_header(&mut self) -> bool {
        false
    }

    fn send_request(
        &mut self,
        request: Request<WasiBody>,
        options: Option<RequestOptions>,
        _processed: Box<dyn Future<Output = Result<(), Error>> + Send>,
    ) -> Exchange {
        // Counted now and not when the future is first polled: that is the order of the plugin's calls.
        let begun = self.meter.begin(HostCallKind::Http, self.subject(&request));
        let (gateway, meter) = (Arc::clone(&self.gateway), Arc::clone(&self.meter));
        let patience = Patience { first_byte: options.and_then(|options| options.first_byte_timeout) };
        Box::new(async move {
            let response = meter.carry_out(begun, exchange(&gateway, request, patience), answer, lost).await;
            let response = response.map_err(|error| wasi_error(&error))?;
            let whole: Beside = Box::new(async { Ok(()) });
            Ok((response.map(|body| Full::new(body).map_err(Error::from).boxed_unsync()), whole))
        })
    }
}

async fn exchange(
    gateway: &Gateway,
    request: Request<WasiBody>,
    patience: Patience,
) -> Result<Response<Bytes>, GatewayError> {
    let (head, body) = request.into_parts();
    let body = take_in(body, gateway.limits.request_bytes).await?;
    gateway.send(Request::from_parts(head, body), patience).await
}

/// The plugin's body. What is beyond the limit is read and dropped, so that the plugin can finish writing
/// and learns the reason from the answer.
async fn take_in(mut body: WasiBody, bytes_max: usize) -> Result<Bytes, GatewayError> {
    let mut content = BytesMut::new();
    let mut length: usize = 0;
    while let Some(frame) = body.frame().await {
        // The plugin gave up its own request; nothing was sent and nobody waits for the answer.
        let frame = frame.map_err(|_error| GatewayError::Transport(TransportError::NotConnected))?;
        let Ok(data) = frame.into_data() else {
            continue;
        };
        length = length.saturating_add(data.len());
        if length <= bytes_max {
            content.extend_from_slice(&data);
        }
    }
    if length > bytes_max {
        return Err(GatewayError::Transport(TransportError::RequestTooLarge(bytes_max as u64)));
    }
    Ok(content.freeze())
}

/// An answer that is lost looks as one that the upstream did not give before the connection ended.
fn lost() -> Result<Response<Bytes>, GatewayError> {
    Err(GatewayError::Transport(TransportError::ConnectionLost))
}

/// What came of it, for the record.
fn answer(result: &Result<Response<Bytes>, GatewayError>) -> String {
    match result {
        Ok(response) => {
            let code = response.headers().get(GATEWAY_CODE).and_then(|code| code.to_str().ok());
            let status = response.status().as_u16();
            code.map_or_else(|| status.to_string(), |code| format!("{status} {code}"))
        }
        Err(error) => format!("no answer {}", error.code()),
    }
}

/// The error in the words of `wasi:http`, so that a plugin can tell "never sent" from "sent, no answer".
fn wasi_error(error: &GatewayError) -> Error {
    let error = match error {
        GatewayError::Denied { .. } => return Error::HttpRequestDenied,
        GatewayError::Transport(error) => *error,
    };
    match error {
        TransportError::HostNotFound => {
            Error::DnsError { rcode: Some("NXDOMAIN".to_owned()), info_code: None }
        }
        TransportError::ConnectionRefused => Error::ConnectionRefused,
        TransportError::ConnectionTimeout => Error::ConnectionTimeout,
        TransportError::NotConnected
        | TransportError::ProxyNotReached
        | TransportError::ProxyCredentialRefused
        | TransportError::ProxyRefused => Error::DestinationUnavailable,
        TransportError::AddressRefused => Error::DestinationIpProhibited,
        TransportError::CertificateRefused | TransportError::NoRootCertificates => Error::TlsCertificateError,
        TransportError::TlsFailed => Error::TlsProtocolError,
        TransportError::RequestTooLarge(limit) => Error::HttpRequestBodySize(Some(limit)),
        TransportError::NoAnswerInTime => Error::HttpResponseTimeout,
        TransportError::ConnectionLost => Error::ConnectionTerminated,
        TransportError::AnswerIncomplete => Error::HttpResponseIncomplete,
        TransportError::AnswerUnreadable => Error::HttpProtocolError,
        TransportError::AnswerTooLarge(limit) => Error::HttpResponseBodySize(Some(limit)),
    }
}
