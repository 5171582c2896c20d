//! One blocking HTTP exchange over `wasi:http/outgoing-handler`.
//!
//! What matters to the core is kept apart: refused by the host, never sent, or sent without an answer.
//! An answer that ends early counts as no answer: half an answer must never be read as a whole one.

use plugin_core::limits::RESPONSE_BYTES_MAX;
use plugin_core::remote::{HttpRequest, HttpResponse, Method, TransportFailure};
use wasi::http::outgoing_handler;
use wasi::http::types::{
    ErrorCode, Fields, IncomingBody, IncomingResponse, Method as WasiMethod, OutgoingBody, OutgoingRequest,
    Scheme,
};
use wasi::io::streams::{InputStream, StreamError};

/// What one read asks for, and what one write may hold (the limit of `blocking-write-and-flush`).
const READ_BYTES: u64 = 64 * 1024;
const WRITE_BYTES: usize = 4096;

pub(crate) fn send(request: &HttpRequest) -> Result<HttpResponse, TransportFailure> {
    let outgoing = build(request)?;
    let body = outgoing.body().map_err(|()| not_sent("the request has no body to write"))?;
    let future = outgoing_handler::handle(outgoing, None).map_err(|error| classify(&error))?;
    write(body, &request.body)?;
    future.subscribe().block();
    match future.get() {
        Some(Ok(Ok(response))) => read(response),
        Some(Ok(Err(error))) => Err(classify(&error)),
        _ => Err(TransportFailure::NoAnswer("the host gave no response".into())),
    }
}

fn build(request: &HttpRequest) -> Result<OutgoingRequest, TransportFailure> {
    let headers = Fields::new();
    // Amazon's front door refuses a GET that announces a body, even an empty one.
    let length = (!request.body.is_empty()).then(|| request.body.len().to_string());
    let given = request.headers.iter().map(|(name, value)| (*name, value.as_str()));
    for (name, value) in given.chain(length.as_deref().map(|length| ("content-length", length))) {
        headers
            .append(name, value.as_bytes())
            .map_err(|error| not_sent(&format!("the header {name} is refused: {error:?}")))?;
    }
    let outgoing = OutgoingRequest::new(headers);
    let method = match request.method {
        Method::Get => WasiMethod::Get,
        Method::Post => WasiMethod::Post,
        Method::Put => WasiMethod::Put,
        Method::Patch => WasiMethod::Patch,
    };
    outgoing.set_method(&method).map_err(|()| not_sent("the method is refused"))?;
    outgoing.set_scheme(Some(&Scheme::Https)).map_err(|()| not_sent("the scheme is refused"))?;
    outgoing.set_authority(Some(&request.host)).map_err(|()| not_sent("the host is refused"))?;
    outgoing.set_path_with_query(Some(&request.path)).map_err(|()| not_sent("the path is refused"))?;
    Ok(outgoing)
}

fn write(body: OutgoingBody, bytes: &[u8]) -> Result<(), TransportFailure> {
    let stream = body.write().map_err(|()| no_answer("the body cannot be written"))?;
    for chunk in bytes.chunks(WRITE_BYTES) {
        stream
            .blocking_write_and_flush(chunk)
            .map_err(|error| no_answer(&format!("the body was not taken: {error:?}")))?;
    }
    drop(stream);
    OutgoingBody::finish(body, None).map_err(|error| no_answer(&format!("the body was not sent: {error:?}")))
}

fn read(response: IncomingResponse) -> Result<HttpResponse, TransportFailure> {
    let status = response.status();
    let headers: Vec<(String, String)> = response
        .headers()
        .entries()
        .into_iter()
        .map(|(name, value)| (name.to_ascii_lowercase(), String::from_utf8_lossy(&value).into_owned()))
        .collect();
    let announced = headers
        .iter()
        .find(|(name, _)| name == "content-length")
        .and_then(|(_, value)| value.parse::<usize>().ok());
    let incoming = response.consume().map_err(|()| TransportFailure::NoAnswer("no body".into()))?;
    let body = read_body(&incoming, announced.unwrap_or(0))?;
    if announced.is_some_and(|announced| announced != body.len() && body.len() <= RESPONSE_BYTES_MAX) {
        return Err(TransportFailure::NoAnswer("the answer is shorter than it says".into()));
    }
    Ok(HttpResponse { status, headers, body })
}

/// Reads to the end, or just past the limit: the core refuses what is too long.
///
/// A large body that grew as it came would be copied again and again, and would need twice its memory at the end.
fn read_body(incoming: &IncomingBody, announced: usize) -> Result<Vec<u8>, TransportFailure> {
    let stream: InputStream = incoming.stream().map_err(|()| TransportFailure::NoAnswer("no body".into()))?;
    let mut body = Vec::with_capacity(announced.min(RESPONSE_BYTES_MAX));
    loop {
        match stream.blocking_read(READ_BYTES) {
            Ok(bytes) => body.extend_from_slice(&bytes),
            Err(StreamError::Closed) => return Ok(body),
            Err(StreamError::LastOperationFailed(error)) => {
                return Err(TransportFailure::NoAnswer(error.to_debug_string()));
            }
        }
        if body.len() > RESPONSE_BYTES_MAX {
            return Ok(body);
        }
    }
}

/// Only errors from before the request leaves count as not sent; in doubt it was sent.
fn classify(error: &ErrorCode) -> TransportFailure {
    match error {
        ErrorCode::HttpRequestDenied => TransportFailure::NotGranted,
        ErrorCode::DnsTimeout | ErrorCode::DnsError(_) | ErrorCode::DestinationNotFound => {
            not_sent("the name cannot be resolved")
        }
        ErrorCode::ConnectionRefused => not_sent("the connection was refused"),
        ErrorCode::ConnectionTimeout => not_sent("no connection within the time-out"),
        ErrorCode::DestinationUnavailable
        | ErrorCode::DestinationIpProhibited
        | ErrorCode::DestinationIpUnroutable
        | ErrorCode::ConnectionLimitReached => not_sent("no connection can be made"),
        ErrorCode::TlsCertificateError => not_sent("the certificate of the upstream is not trusted"),
        ErrorCode::TlsProtocolError | ErrorCode::TlsAlertReceived(_) => {
            not_sent("no secure connection can be made")
        }
        ErrorCode::HttpRequestBodySize(_) => not_sent("the request body is larger than the host sends"),
        ErrorCode::HttpRequestUriInvalid => not_sent("the address is not valid"),
        ErrorCode::HttpResponseTimeout | ErrorCode::ConnectionReadTimeout => {
            no_answer("no answer within the time-out")
        }
        ErrorCode::ConnectionTerminated => no_answer("the connection ended before an answer came"),
        ErrorCode::HttpResponseIncomplete => no_answer("the answer ended before it was whole"),
        ErrorCode::HttpProtocolError => no_answer("the answer is not HTTP"),
        ErrorCode::HttpResponseBodySize(_) => no_answer("the answer is larger than the host takes"),
        other => no_answer(&format!("{other:?}")),
    }
}

fn no_answer(what: &str) -> TransportFailure {
    TransportFailure::NoAnswer(what.to_owned())
}

fn not_sent(what: &str) -> TransportFailure {
    TransportFailure::NotSent(what.to_owned())
}
