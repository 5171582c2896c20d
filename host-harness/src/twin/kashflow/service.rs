//! `service.asmx`: from an HTTP request to an answer.
//!
//! The order is that of the real service: read the message, find the operation, check the caller, run the
//! operation. Sockets are absent; `server` owns them. What a request or answer says is never logged.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use http::header::{ALLOW, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Method, Response, StatusCode, Uri};

use super::account::Account;
use super::faults::{FaultEffect, Faults};
use super::late_calls::{LateCalls, ReceivedCall};
use super::operations::{CREDENTIALS, Call, Operation, find, operations};
use super::refusal::Refusal;
use super::server::{Options, SuccessDetails};
use super::service_description;
use super::soap::envelope::{SoapVersion, call_in};
use super::soap::fault::Fault;
use super::soap::request::read_sequences;
use super::soap::response::{self, Status};
use super::soap::scalar::server_time;
use super::soap::value::{Record, Value};
use super::soap::{NAMESPACE, element::Element};

pub const PATH: &str = "/api/service.asmx";

const HTML: &str = "text/html; charset=utf-8";

/// What goes back over the wire.
#[derive(Debug)]
pub enum Answer {
    Http(Response<Vec<u8>>),
    /// Close the connection without a word.
    Nothing,
}

pub struct Service {
    /// Read and changed by way of [`Service::account`].
    pub books: Mutex<Account>,
    pub faults: Faults,
    pub late_calls: LateCalls,
    pub options: Options,
    pub url: String,
    pub counters: Mutex<Counters>,
}

#[derive(Debug, Default)]
pub struct Counters {
    calls: BTreeMap<&'static str, u64>,
    successes: BTreeMap<&'static str, u64>,
}

impl Counters {
    pub fn calls(&self) -> &BTreeMap<&'static str, u64> {
        &self.calls
    }
}

impl Service {
    /// The account as it is by now, with everything in it that was carried out late.
    pub fn account(&self) -> MutexGuard<'_, Account> {
        self.settle_late_calls();
        lock(&self.books)
    }

    /// Carries out the late calls that are due by now.
    pub fn settle_late_calls(&self) {
        self.late_calls.carry_out_due((self.options.clock)(), |call, due_at| {
            let (operation, outcome) = (call.operation.name, self.process(call, due_at));
            tracing::debug!(operation, refused = outcome.is_err(), "carried out a call whose caller is gone");
        });
    }

    pub fn respond(
        &self,
        method: &Method,
        uri: &Uri,
        headers: &HeaderMap,
        body: &[u8],
        caller: IpAddr,
    ) -> Answer {
        self.settle_late_calls();
        if !uri.path().eq_ignore_ascii_case(PATH) {
            return page(StatusCode::NOT_FOUND, "The resource cannot be found.");
        }
        match *method {
            Method::GET if uri.query().is_some_and(asks_for_description) => http_answer(
                StatusCode::OK,
                SoapVersion::V1_1.content_type(),
                service_description::describe(&self.url),
            ),
            Method::GET => page(StatusCode::OK, &list_of_operations()),
            Method::POST => self.post(headers, body, caller),
            _ => {
                let mut response = into_response(StatusCode::METHOD_NOT_ALLOWED, HTML, Vec::new());
                response.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, POST"));
                Answer::Http(response)
            }
        }
    }

    fn post(&self, headers: &HeaderMap, body: &[u8], caller: IpAddr) -> Answer {
        let content_type =
            headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let Some(version) = SoapVersion::of_content_type(content_type) else {
            return page(StatusCode::INTERNAL_SERVER_ERROR, "Request format is unrecognized.");
        };
        let understood = understand(headers, body, version);
        match understood {
            Ok((operation, credentials, parameters)) => {
                self.call(version, ReceivedCall { operation, credentials, parameters, caller })
            }
            Err(fault) => {
                tracing::debug!(code = fault.code(), "the call is a SOAP fault");
                let body = response::fault(version, &fault);
                http_answer(StatusCode::INTERNAL_SERVER_ERROR, version.content_type(), body)
            }
        }
    }

    fn call(&self, version: SoapVersion, call: ReceivedCall) -> Answer {
        let (operation, now) = (call.operation, (self.options.clock)());
        *lock(&self.counters).calls.entry(operation.name).or_default() += 1;
        let outcome = match self.faults.take_due(operation.name) {
            Some(FaultEffect::HttpError(status)) => {
                let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
                return page(status, status.canonical_reason().unwrap_or("Error"));
            }
            Some(FaultEffect::NotXml) => {
                return page(StatusCode::OK, "We are carrying out some maintenance.");
            }
            Some(FaultEffect::DropBeforeProcessing) => return Answer::Nothing,
            Some(FaultEffect::DropAfterProcessing) => {
                // The outcome is lost on purpose; only its effect on the books remains.
                let _ = self.process(call, now);
                return Answer::Nothing;
            }
            Some(FaultEffect::ProcessedLater { after_ms }) => {
                self.late_calls.accept(call, now, after_ms);
                return Answer::Nothing;
            }
            Some(FaultEffect::TruncatedBody) => {
                let mut body = self.answer(version, operation, self.process(call, now));
                body.truncate(body.len() / 2);
                return http_answer(StatusCode::OK, version.content_type(), body);
            }
            Some(FaultEffect::WrongPassword) => Err(Refusal::IncorrectCredentials),
            None => self.process(call, now),
        };
        http_answer(StatusCode::OK, version.content_type(), self.answer(version, operation, outcome))
    }

    fn process(&self, call: ReceivedCall, now: DateTime<Utc>) -> Result<Value, Refusal> {
        let ReceivedCall { operation, credentials, parameters, caller } = call;
        let account = &mut *lock(&self.books);
        account.access.check(credentials.text("UserName"), credentials.text("Password"), caller)?;
        (operation.handler)(Call { account, parameters, now: server_time(now) })
    }

    fn answer(
        &self,
        version: SoapVersion,
        operation: &Operation,
        outcome: Result<Value, Refusal>,
    ) -> Vec<u8> {
        let (value, status, detail) = match outcome {
            Ok(value) => (value, Status::Ok, self.success_detail(operation).to_owned()),
            Err(refusal) => (Value::Null, Status::No, refusal.to_string()),
        };
        tracing::debug!(operation = operation.name, status = status.text(), "answered a call");
        response::answer(version, operation.name, operation.result, &value, status, &detail)
    }

    /// Something at every other success of an operation, nothing in between: only `Status` decides.
    fn success_detail(&self, operation: &Operation) -> &'static str {
        let mut counters = lock(&self.counters);
        let successes = counters.successes.entry(operation.name).or_default();
        *successes += 1;
        match self.options.success_details {
            SuccessDetails::Varied if *successes % 2 == 1 => operation.success_detail,
            _ => "",
        }
    }
}

/// Locks what a panicking test thread may have left poisoned: the data are replaced whole, never half.
pub fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

fn understand(
    headers: &HeaderMap,
    body: &[u8],
    version: SoapVersion,
) -> Result<(&'static Operation, Record, Record), Fault> {
    let call = call_in(body, version)?;
    let operation = dispatch(&call, headers)?;
    let mut records = read_sequences(&call, &[CREDENTIALS, operation.parameters])?;
    let parameters = records.remove(1);
    Ok((operation, records.remove(0), parameters))
}

/// The operation that the request element names; a stated action must name the same.
fn dispatch(call: &Element, headers: &HeaderMap) -> Result<&'static Operation, Fault> {
    let named = format!("{NAMESPACE}/{}", call.name.local);
    let action =
        stated_action(headers).map_or_else(|| named.clone(), |action| action.trim_matches('"').to_owned());
    let operation = find(&call.name.local).filter(|_| call.name.namespace == NAMESPACE && action == named);
    operation.ok_or(Fault::UnknownAction(action))
}

fn stated_action(headers: &HeaderMap) -> Option<&str> {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or_default().trim());
    text("SOAPAction").or_else(|| SoapVersion::action_of_content_type(text(CONTENT_TYPE.as_str())?))
}

fn asks_for_description(query: &str) -> bool {
    query.split('&').any(|part| part.split('=').next().is_some_and(|name| name.eq_ignore_ascii_case("wsdl")))
}

fn list_of_operations() -> String {
    let items: String = operations().map(|operation| format!("<li>{}</li>", operation.name)).collect();
    format!("KashFlowAPI</h1><p>The following operations are supported.</p><ul>{items}</ul><h1>")
}

fn page(status: StatusCode, heading: &str) -> Answer {
    let html = format!("<!DOCTYPE html><html><body><h1>{heading}</h1></body></html>");
    http_answer(status, HTML, html.into_bytes())
}

fn http_answer(status: StatusCode, content_type: &'static str, body: Vec<u8>) -> Answer {
    Answer::Http(into_response(status, content_type, body))
}

fn into_response(status: StatusCode, content_type: &'static str, body: Vec<u8>) -> Response<Vec<u8>> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}
