//! A gateway with resilience before scripted upstreams, on paused time: no sockets, and no waiting in earnest.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures::future::join_all;
use http::{Method, Request, Response, StatusCode};
use tokio::time::{Instant, advance};

use super::bench::{AMAZON, KASHFLOW, gateway, gateway_with, get, order, soap};
use crate::clock::SystemClock;
use crate::gateway::{
    BreakerState, BreakerThresholds, EndedCall, Exchange, GATEWAY_CODE, Gateway, GatewayError,
    GatewayObserver, HttpClient, Patience, Resilience, TransportError,
};
use crate::limits::Limits;

type Answer = Result<Response<Bytes>, TransportError>;

/// Upstreams that answer as they are told, and then that all is well.
#[derive(Default)]
struct Script {
    answers: Mutex<VecDeque<Answer>>,
    token_answers: Mutex<VecDeque<Answer>>,
    paths: Mutex<Vec<String>>,
}

#[async_trait]
impl Exchange for Script {
    async fn exchange(&self, request: Request<Bytes>) -> Answer {
        if request.uri().path().ends_with("/token") {
            let granted = r#"{"access_token":"Atza|token-1","token_type":"bearer","expires_in":3600}"#;
            let next = self.token_answers.lock().unwrap().pop_front();
            return next.unwrap_or_else(|| Ok(Response::new(Bytes::from_static(granted.as_bytes()))));
        }
        self.paths.lock().unwrap().push(request.uri().path().to_owned());
        self.answers.lock().unwrap().pop_front().unwrap_or_else(|| answer(200, &[], "{}"))
    }
}

/// Writes down what it is told, one line each.
#[derive(Default)]
struct Told(Mutex<Vec<String>>);

impl GatewayObserver for Told {
    fn call_ended(&self, call: &EndedCall<'_>) {
        let EndedCall { upstream, operation, status, code, .. } = call;
        self.0.lock().unwrap().push(format!("{upstream} {operation} {status:?} {code:?}"));
    }

    fn breaker_changed(&self, upstream: &str, state: BreakerState) {
        self.0.lock().unwrap().push(format!("{upstream} {}", state.as_str()));
    }

    fn waited_for_plan(&self, operation: &str, waited: Duration) {
        self.0.lock().unwrap().push(format!("{operation} waited {} s", waited.as_secs()));
    }

    fn repeated(&self, upstream: &str, operation: &str) {
        self.0.lock().unwrap().push(format!("{upstream} {operation} repeated"));
    }
}

struct Stage {
    gateway: Gateway,
    script: Arc<Script>,
    told: Arc<Told>,
}

const THRESHOLDS: BreakerThresholds =
    BreakerThresholds { failures: 5, open: Duration::from_secs(60), open_max: Duration::from_secs(120) };

impl Stage {
    fn set(thresholds: BreakerThresholds) -> Self {
        let (script, told) = (Arc::new(Script::default()), Arc::new(Told::default()));
        let client = HttpClient::through(script.clone());
        let endpoint = format!("https://{AMAZON}");
        let token = "https://example.org/auth/o2/token";
        let gateway = gateway_with(client, &endpoint, token, Arc::new(SystemClock), Limits::default());
        let upstreams = [AMAZON, KASHFLOW].map(str::to_owned);
        let resilience = Some(Resilience::new(upstreams, thresholds, told.clone()));
        Stage { gateway: Gateway { resilience, observer: told.clone(), ..gateway }, script, told }
    }

    fn answers(&self, answers: impl IntoIterator<Item = Answer>) {
        self.script.answers.lock().unwrap().extend(answers);
    }

    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, GatewayError> {
        self.gateway.send(request, Patience::default()).await
    }

    async fn status(&self, request: Request<Bytes>) -> u16 {
        self.send(request).await.unwrap().status().as_u16()
    }

    /// The calls that reached an upstream since the last time.
    fn calls(&self) -> usize {
        std::mem::take(&mut *self.script.paths.lock().unwrap()).len()
    }

    fn told(&self) -> Vec<String> {
        std::mem::take(&mut self.told.0.lock().unwrap())
    }
}

fn answer(status: u16, headers: &[(&str, &str)], body: &'static str) -> Answer {
    let builder = Response::builder().status(status);
    let builder = headers.iter().fold(builder, |builder, (name, value)| builder.header(*name, *value));
    Ok(builder.body(Bytes::from_static(body.as_bytes())).unwrap())
}

fn plain(status: u16) -> Answer {
    answer(status, &[], "")
}

fn retry_after(response: &Response<Bytes>) -> u64 {
    response.headers()["retry-after"].to_str().unwrap().parse().unwrap()
}

fn insert() -> Request<Bytes> {
    soap("InsertInvoice", "")
}

#[tokio::test(start_paused = true)]
async fn a_burst_goes_at_once_then_the_rate_counts_and_who_would_wait_too_long_gets_an_answer() {
    let stage = Stage::set(THRESHOLDS);
    let start = Instant::now();
    for _ in 0..30 {
        assert_eq!(stage.status(order()).await, 200);
    }
    assert_eq!((stage.calls(), start.elapsed()), (30, Duration::ZERO));
    stage.told();
    // Of these, two can have their turn within five seconds: after two and after four.
    let responses = join_all((0..4).map(|_| stage.send(order()))).await;
    let mut statuses: Vec<_> =
        responses.iter().map(|response| response.as_ref().unwrap().status().as_u16()).collect();
    statuses.sort_unstable();
    assert_eq!((statuses, stage.calls()), (vec![200, 200, 429, 429], 2));
    let refused =
        responses.into_iter().map(Result::unwrap).find(|response| response.status() == 429).unwrap();
    assert_eq!(refused.headers()[GATEWAY_CODE], "GW-0504");
    assert_eq!((retry_after(&refused), start.elapsed().as_secs()), (6, 4));
    let told = stage.told();
    assert!(told.contains(&"getOrder waited 2 s".to_owned()), "{told:?}");
    assert!(told.contains(&format!("{AMAZON} getOrder Some(429) Some(\"GW-0504\")")), "{told:?}");
    assert!(stage.gateway.upstreams().iter().all(|upstream| upstream.state == BreakerState::Closed));
}

#[tokio::test(start_paused = true)]
async fn a_callers_patience_bounds_the_wait() {
    let stage = Stage::set(THRESHOLDS);
    stage.answers([plain(429)]);
    assert_eq!(stage.status(order()).await, 429);
    let patience = Patience { first_byte: Some(Duration::from_secs(3)) };
    let response = stage.gateway.send(order(), patience).await.unwrap();
    assert_eq!((response.status().as_u16(), retry_after(&response)), (429, 2), "half of it is 1.5 s");
    assert_eq!(stage.calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn amazons_own_429_is_passed_on_and_makes_the_others_wait() {
    let stage = Stage::set(THRESHOLDS);
    stage.answers([answer(429, &[], "Amazon's words")]);
    let response = stage.send(order()).await.unwrap();
    assert_eq!((response.status().as_u16(), response.body().as_ref()), (429, &b"Amazon's words"[..]));
    assert!(!response.headers().contains_key(GATEWAY_CODE));
    let start = Instant::now();
    assert_eq!(stage.status(order()).await, 200);
    assert_eq!(start.elapsed().as_secs(), 2);
    assert_eq!(stage.calls(), 2, "and it is not repeated");
}

#[tokio::test(start_paused = true)]
async fn the_rate_that_an_answer_tells_is_taken_over() {
    let stage = Stage::set(THRESHOLDS);
    stage.answers([answer(200, &[("x-amzn-RateLimit-Limit", "0.1")], "{}"), plain(429)]);
    assert_eq!((stage.status(order()).await, stage.status(order()).await), (200, 429));
    let response = stage.send(order()).await.unwrap();
    assert_eq!((response.headers()[GATEWAY_CODE].to_str().unwrap(), retry_after(&response)), ("GW-0504", 10));
    // An operation without a plan is not held up.
    for _ in 0..100 {
        assert_eq!(stage.status(get("/orders/2026-01-01/orders/026-1/items")).await, 200);
    }
}

#[tokio::test(start_paused = true)]
async fn an_upstream_that_fails_again_and_again_is_left_alone_until_a_probe_succeeds() {
    let stage = Stage::set(THRESHOLDS);
    stage.answers((0..5).map(|_| plain(503)));
    for _ in 0..5 {
        assert_eq!(stage.send(insert()).await.unwrap().headers().get(GATEWAY_CODE), None);
    }
    assert_eq!(stage.calls(), 5);
    let resting = stage.send(insert()).await.unwrap();
    assert_eq!((resting.status().as_u16(), stage.calls()), (503, 0));
    assert_eq!(resting.headers()[GATEWAY_CODE], "GW-0505");
    let rest = stage.gateway.hold_back_for().unwrap();
    assert!(rest <= THRESHOLDS.open && rest >= THRESHOLDS.open / 2, "{rest:?}");
    assert_eq!(retry_after(&resting), rest.as_millis().div_ceil(1000) as u64);
    assert_eq!(stage.status(order()).await, 200, "the other upstream is not concerned");
    assert_eq!(stage.calls(), 1);

    advance(rest).await;
    assert_eq!(stage.gateway.hold_back_for(), None);
    assert_eq!((stage.status(insert()).await, stage.calls()), (200, 1));
    let states = stage.gateway.upstreams().into_iter().map(|upstream| upstream.state);
    assert!(states.eq([BreakerState::Closed; 2]));
    let told = stage.told();
    let changes: Vec<_> =
        told.iter().filter(|line| line.ends_with("open") || line.ends_with("closed")).collect();
    assert_eq!(
        changes,
        ["securedwebapp.com open", "securedwebapp.com half-open", "securedwebapp.com closed"]
    );
    assert!(told.contains(&format!("{KASHFLOW} InsertInvoice Some(503) Some(\"GW-0505\")")), "{told:?}");
}

#[tokio::test(start_paused = true)]
async fn faults_refusals_and_missing_answers_to_one_request_open_nothing() {
    let stage = Stage::set(THRESHOLDS);
    let fault = "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><s:Fault/></s:Body>\
                 </s:Envelope>";
    stage.answers((0..20).map(|_| answer(500, &[], fault)));
    for _ in 0..20 {
        assert_eq!(stage.status(soap("GetCustomer", "")).await, 500);
        stage.send(soap("DeleteInvoice", "")).await.unwrap_err();
    }
    assert_eq!(stage.calls(), 20, "and a fault is not repeated");
    assert_eq!(stage.gateway.hold_back_for(), None);
    let told = stage.told();
    assert!(told.contains(&format!("{KASHFLOW} other None Some(\"GW-0102\")")), "{told:?}");
}

#[tokio::test(start_paused = true)]
async fn a_token_endpoint_that_is_down_counts_for_its_upstream() {
    let stage = Stage::set(THRESHOLDS);
    let failures = (0..5).map(|_| Err(TransportError::ConnectionRefused));
    stage.script.token_answers.lock().unwrap().extend(failures);
    for _ in 0..5 {
        assert_eq!(stage.send(order()).await.unwrap().headers()[GATEWAY_CODE], "GW-0501");
    }
    assert_eq!(stage.send(order()).await.unwrap().headers()[GATEWAY_CODE], "GW-0505");
    advance(stage.gateway.hold_back_for().unwrap()).await;
    assert_eq!(stage.status(order()).await, 200);
}

#[tokio::test(start_paused = true)]
async fn a_read_without_an_answer_is_sent_again_and_a_write_never() {
    for failure in [plain(502), plain(503), plain(504), Err(TransportError::ConnectionLost)] {
        for (request, reads) in
            [(order(), true), (soap("GetCustomer", ""), true), (insert(), false), (post(), false)]
                .into_iter()
                .chain([Method::GET, Method::PUT, Method::PATCH].map(listing))
        {
            let stage = Stage::set(THRESHOLDS);
            stage.answers([failure.clone(), failure.clone()]);
            let result = stage.send(request).await;
            assert_eq!(
                (result.is_ok_and(|response| response.status() == 200), stage.calls()),
                match reads {
                    true => (true, 3),
                    false => (false, 1),
                }
            );
            assert_eq!(
                stage.told().iter().filter(|line| line.ends_with("repeated")).count(),
                if reads { 2 } else { 0 }
            );
        }
    }
}

/// A call about a product of the seller's, and whether it reads.
fn listing(method: Method) -> (Request<Bytes>, bool) {
    let mut request = get("/listings/2021-08-01/items/A1/SK%2FU");
    *request.method_mut() = method.clone();
    (request, method == Method::GET)
}

/// A call of Amazon's that is no read.
fn post() -> Request<Bytes> {
    let mut request = order();
    *request.method_mut() = Method::POST;
    request
}

#[tokio::test(start_paused = true)]
async fn a_read_is_given_up_after_the_third_time_or_when_time_is_up_or_when_the_upstream_rests() {
    let stage = Stage::set(THRESHOLDS);
    stage.answers((0..3).map(|_| plain(503)));
    assert_eq!((stage.status(order()).await, stage.calls()), (503, 3));

    stage.answers([answer(503, &[("retry-after", "20")], "")]);
    assert_eq!((stage.status(soap("GetCustomer", "")).await, stage.calls()), (503, 1));

    stage.answers([plain(503)]);
    let patience = Patience { first_byte: Some(Duration::from_millis(150)) };
    let response = stage.gateway.send(soap("GetCustomer", ""), patience).await.unwrap();
    assert_eq!((response.status().as_u16(), stage.calls()), (503, 1));

    let stage = Stage::set(BreakerThresholds { failures: 2, ..THRESHOLDS });
    stage.answers((0..3).map(|_| plain(503)));
    let response = stage.send(order()).await.unwrap();
    assert_eq!((response.status(), stage.calls()), (StatusCode::SERVICE_UNAVAILABLE, 2));
    assert!(!response.headers().contains_key(GATEWAY_CODE), "the upstream's own answer is the better one");
}

#[tokio::test]
async fn on_the_wire_a_read_is_sent_three_times_and_a_write_once() {
    let bench = super::bench::Bench::start().await;
    let upstream = format!("http://{}", bench.upstream.address);
    let token = format!("http://{}/auth/o2/token", bench.lwa.address);
    let plain = gateway(&upstream, &token, Arc::new(SystemClock), Limits::default());
    let upstreams = [AMAZON, KASHFLOW].map(str::to_owned);
    let resilience = Some(Resilience::new(upstreams, THRESHOLDS, Arc::new(Told::default())));
    let gateway = Gateway { resilience, ..plain };
    for (request, calls) in [(soap("GetCustomer", ""), 3), (insert(), 4)] {
        bench.upstream.answer_next(StatusCode::SERVICE_UNAVAILABLE, "");
        bench.upstream.answer_next(StatusCode::BAD_GATEWAY, "");
        let status = gateway.send(request, Patience::default()).await.unwrap().status().as_u16();
        assert_eq!((status, bench.upstream.calls().len()), (if calls == 3 { 200 } else { 503 }, calls));
    }
}
