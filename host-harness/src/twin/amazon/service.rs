//! The way of a call: counted, struck by faults, let in, held to its plan, handled, answered.
//!
//! Absent on purpose: sockets (`connection`), and what any operation does.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::response::Response;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::request::Parts;
use http::{HeaderMap, StatusCode, header};
use serde_json::Value;

use super::answer::{Answer, Body};
use super::calls::Calls;
use super::fault::{Fault, Faults};
use super::login::{AccessTokens, LoginProblem};
use super::operation::{Call, Operation, OperationId};
use super::pagination::Pages;
use super::parameters::Query;
use super::problem::{BAD_REQUEST_PAGE, Problem, UNAVAILABLE_PAGE};
use super::reports::{Content, Reports};
use super::stock::Stock;
use super::usage_plan::Usage;
use super::{AmazonOptions, connection::CutSwitch};
use crate::twin::world::SharedWorld;
use crate::twin::world::ids::SellerId;
use crate::twin::world::report::{Report, ReportOrigin, ReportStatus};
use crate::twin::world::seller::Credentials;
use crate::twin::world::stream::{Purpose, Stream};

/// Longer `user-agent` headers are refused.
const USER_AGENT_LENGTH_AT_MOST: usize = 500;

pub(super) struct Service {
    world: SharedWorld,
    options: AmazonOptions,
    seed: u64,
    seller_id: SellerId,
    credentials: Credentials,
    access_tokens: Mutex<AccessTokens>,
    pages: Mutex<Pages>,
    usage: Mutex<Usage>,
    answers: AtomicU64,
    /// What is said of an order in the place of what the world knows.
    told_instead: Mutex<BTreeMap<String, Value>>,
    orders_of_a_page: AtomicUsize,
    reports: Mutex<Reports>,
    stock: Mutex<Stock>,
    /// Where the twin is, for links to its documents.
    endpoint: String,
    pub faults: Faults,
    pub calls: Calls,
}

impl Service {
    /// The settlements are those of the world as it is now: Amazon does not change one.
    pub fn new(world: SharedWorld, options: AmazonOptions, endpoint: String) -> Self {
        let (seed, seller, settlements, stock) = {
            let world = world.read().unwrap_or_else(PoisonError::into_inner);
            (world.seed(), world.seller().clone(), world.settlement_reports(), Stock::of_world(&world))
        };
        let mut reports = Reports::default();
        for (report, settlement) in settlements {
            reports.add(report, Content::Settlement(Box::new(settlement)));
        }
        Service {
            world,
            options,
            seed,
            seller_id: seller.id,
            credentials: seller.credentials,
            access_tokens: Mutex::default(),
            pages: Mutex::default(),
            usage: Mutex::default(),
            answers: AtomicU64::new(0),
            told_instead: Mutex::default(),
            orders_of_a_page: AtomicUsize::new(usize::MAX),
            reports: Mutex::new(reports),
            stock: Mutex::new(stock),
            endpoint,
            faults: Faults::default(),
            calls: Calls::default(),
        }
    }

    pub fn world(&self) -> &SharedWorld {
        &self.world
    }

    pub fn seed(&self) -> u64 {
        self.seed
    }

    pub fn seller_id(&self) -> &str {
        self.seller_id.as_str()
    }

    pub fn told_instead(&self) -> MutexGuard<'_, BTreeMap<String, Value>> {
        self.told_instead.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The most orders that one page of a search gives.
    pub fn orders_of_a_page(&self) -> usize {
        self.orders_of_a_page.load(Ordering::Relaxed)
    }

    pub fn limit_pages(&self, orders: usize) {
        self.orders_of_a_page.store(orders.max(1), Ordering::Relaxed);
    }

    pub fn pages(&self) -> MutexGuard<'_, Pages> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    pub fn reports(&self) -> MutexGuard<'_, Reports> {
        self.reports.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Goods and offers as they are by now.
    pub fn stock(&self) -> MutexGuard<'_, Stock> {
        let mut stock = self.stock.lock().unwrap_or_else(PoisonError::into_inner);
        stock.settle(self.now());
        stock
    }

    pub fn put_report(&self, report_type: &str, status: ReportStatus, content: Content) -> Report {
        let mut reports = self.reports();
        let number = u64::try_from(reports.len()).expect("a count fits 64 bits");
        let origin = (ReportOrigin::Put, number);
        let report = Report::generate(self.seed, origin, report_type, status, self.now());
        reports.add(report.clone(), content);
        report
    }

    /// Answers a call of an operation of the Selling Partner API.
    pub fn call(
        &self,
        operation: &Operation,
        request: Parts,
        path: BTreeMap<String, String>,
        body: Bytes,
        switch: &CutSwitch,
    ) -> Response {
        let handle = || self.handle(operation, &request, path, body);
        let answer = self.with_fault(operation.id, switch, handle, |fault| match fault {
            Fault::QuotaExceeded => Problem::quota_exceeded().into(),
            Fault::InternalFailure => Problem::internal_failure().into(),
            Fault::ServiceUnavailable => Problem::service_unavailable().into(),
            _ => Problem::token_invalid().into(),
        });
        let rated = matches!(answer.status.as_u16(), 200..=202 | 400 | 404) && answer.is_json();
        let plan = operation.plan.times(self.options.usage_plan_factor);
        self.respond(operation.id, answer, rated.then(|| plan.rate_text()))
    }

    /// Answers a request for an access token.
    pub fn token(&self, headers: &HeaderMap, body: &[u8], switch: &CutSwitch) -> Response {
        let grant = || {
            let content_type = text_header(headers, header::CONTENT_TYPE.as_str());
            let mut tokens = self.access_tokens.lock().unwrap_or_else(PoisonError::into_inner);
            match tokens.grant(&self.credentials, content_type, body, (self.seed, self.now())) {
                Ok(answer) => Answer::json(StatusCode::OK, answer),
                Err(problem) => problem.into(),
            }
        };
        let answer = self.with_fault(OperationId::Token, switch, grant, |fault| match fault {
            Fault::QuotaExceeded => LoginProblem::SLOW_DOWN.into(),
            Fault::InternalFailure => LoginProblem::SERVER_ERROR.into(),
            Fault::ServiceUnavailable => LoginProblem::UNAVAILABLE.into(),
            _ => LoginProblem::REVOKED.into(),
        });
        self.respond(OperationId::Token, answer, None)
    }

    pub fn wrong_method_for_token(&self) -> Response {
        self.calls.count(OperationId::Token);
        self.respond(OperationId::Token, LoginProblem::WRONG_METHOD.into(), None)
    }

    pub fn no_such_operation(&self) -> Response {
        Answer::from(Problem::no_such_operation()).into_response(&self.request_id(), None)
    }

    /// Counts the call and lets a fault, where one is due, take the place of the true answer or spoil it.
    pub(super) fn with_fault(
        &self,
        operation: OperationId,
        switch: &CutSwitch,
        true_answer: impl FnOnce() -> Answer,
        refusal: impl FnOnce(Fault) -> Answer,
    ) -> Answer {
        self.calls.count(operation);
        let Some(fault) = self.faults.strike(operation) else { return true_answer() };
        match fault {
            Fault::ServiceUnavailablePage => Answer::page(StatusCode::SERVICE_UNAVAILABLE, UNAVAILABLE_PAGE),
            Fault::NotJson => Answer::unreadable(),
            Fault::TruncatedJson => true_answer().truncated(),
            Fault::DropCall => {
                switch.cut();
                Answer::json(StatusCode::OK, Value::Null)
            }
            Fault::DropAnswer => {
                let answer = true_answer();
                switch.cut();
                answer
            }
            Fault::QuotaExceeded | Fault::InternalFailure | Fault::ServiceUnavailable | Fault::Revoked => {
                refusal(fault)
            }
        }
    }

    fn handle(
        &self,
        operation: &Operation,
        request: &Parts,
        path: BTreeMap<String, String>,
        body: Bytes,
    ) -> Answer {
        let headers = &request.headers;
        let has_body =
            headers.contains_key(header::CONTENT_LENGTH) || headers.contains_key(header::TRANSFER_ENCODING);
        if has_body && request.method == http::Method::GET {
            return Answer::page(StatusCode::BAD_REQUEST, BAD_REQUEST_PAGE);
        }
        let now = self.now();
        let handled = self.admit(operation, headers, now).and_then(|()| {
            let query = Query::parse(request.uri.query().unwrap_or_default());
            (operation.handler)(&Call::new(self, now, path, query, body))
        });
        match handled {
            Ok(value) => Answer::json(operation.success, value),
            Err(problem) => problem.into(),
        }
    }

    /// User agent, access token and quota, in this order.
    fn admit(&self, operation: &Operation, headers: &HeaderMap, now: DateTime<Utc>) -> Result<(), Problem> {
        match text_header(headers, header::USER_AGENT.as_str()) {
            None | Some("") => return Err(Problem::invalid_input("The user-agent header is missing.")),
            Some(agent) if agent.len() > USER_AGENT_LENGTH_AT_MOST => {
                return Err(Problem::invalid_input("The user-agent header has more than 500 characters."));
            }
            Some(_) => {}
        }
        let token = text_header(headers, "x-amz-access-token");
        let tokens = self.access_tokens.lock().unwrap_or_else(PoisonError::into_inner);
        tokens.check(token, operation.grant, now)?;
        let plan = operation.plan.times(self.options.usage_plan_factor);
        let mut usage = self.usage.lock().unwrap_or_else(PoisonError::into_inner);
        match usage.take(operation.id, plan, now) {
            true => Ok(()),
            false => Err(Problem::quota_exceeded()),
        }
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        (self.options.clock)()
    }

    pub(super) fn respond(
        &self,
        operation: OperationId,
        answer: Answer,
        rate_limit: Option<String>,
    ) -> Response {
        let request_id = self.request_id();
        tracing::debug!(?operation, status = answer.status.as_u16(), request_id, "amazon twin answered");
        answer.into_response(&request_id, rate_limit)
    }

    /// The nth answer of a world always carries the same id.
    fn request_id(&self) -> String {
        let number = self.answers.fetch_add(1, Ordering::Relaxed);
        Stream::new(self.seed, Purpose::Request, number).uuid()
    }
}

/// A header as text; one that is not visible ASCII counts as absent.
fn text_header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

impl From<Problem> for Answer {
    fn from(problem: Problem) -> Self {
        Answer { status: problem.status, body: Body::Json(problem.body().to_string()) }
    }
}

impl From<LoginProblem> for Answer {
    fn from(problem: LoginProblem) -> Self {
        Answer { status: problem.status, body: Body::Json(problem.body().to_string()) }
    }
}
