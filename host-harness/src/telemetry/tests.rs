//! One delivery with its host calls, as a collector of traces, a collector of logs and the called service see it.

use std::io::Write;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response};
use opentelemetry::trace::{SpanId, Status};
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SpanData, SpanExporter};
use secrecy::SecretString;
use tracing::Instrument;
use tracing::subscriber::DefaultGuard;
use tracing_subscriber::layer::SubscriberExt;

use super::redaction::RedactingWriter;
use super::*;
use crate::captured_log::{Log, offer_every_line};
use crate::connection::ConnectionName;
use crate::engine::{
    CallError, Delivery, Export, Failure, Finding, HostCallKind, HostCallMeter, ObserveNothing, Source,
    Unfinished,
};
use crate::gateway::{
    Credential, DocumentLinks, Exchange, Gateway, HttpGrant, Patience, Pattern, Route, RoutePath,
    TransportError, Unobserved,
};
use crate::limits::Limits;

const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const SECRET: &str = "pa55-w0rd";

/// Keeps what is exported.
#[derive(Clone, Debug, Default)]
struct Exported(Arc<Mutex<Vec<SpanData>>>);

impl SpanExporter for Exported {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        self.0.lock().unwrap().extend(batch);
        Ok(())
    }
}

impl Exported {
    fn span(&self, name: &str) -> SpanData {
        let spans = self.0.lock().unwrap();
        let span = spans.iter().find(|span| span.name == name);
        span.cloned().unwrap_or_else(|| panic!("no span {name} in {spans:?}"))
    }
}

fn attribute(span: &SpanData, key: &str) -> Option<String> {
    let attribute = span.attributes.iter().find(|attribute| attribute.key.as_str() == key);
    attribute.map(|attribute| attribute.value.to_string())
}

/// The service that is called: remembers the headers.
#[derive(Default)]
struct Service(Mutex<Vec<HeaderMap>>);

#[async_trait]
impl Exchange for Service {
    async fn exchange(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        self.0.lock().unwrap().push(request.headers().clone());
        Ok(Response::new(Bytes::new()))
    }
}

fn gateway(service: &Arc<Service>) -> Gateway {
    let host = "service.example";
    Gateway {
        connection: ConnectionName::new("acme-uk").unwrap(),
        routes: vec![Route {
            host: host.to_owned(),
            endpoint: format!("https://{host}").parse().unwrap(),
            path: RoutePath::Appended,
            credential: Credential::None,
        }],
        grants: vec![HttpGrant {
            host: host.to_owned(),
            methods: vec![Method::GET],
            paths: vec![Pattern::new("/orders")],
            soap_actions: None,
        }],
        client: HttpClient::through(Arc::clone(service) as Arc<dyn Exchange>),
        redactor: Arc::default(),
        limits: Limits::default(),
        resilience: None,
        documents: DocumentLinks::default(),
        observer: Arc::new(Unobserved),
    }
}

struct Bench {
    exported: Exported,
    log: Log,
    service: Arc<Service>,
    _redactor: Arc<Redactor>,
    _guard: DefaultGuard,
}

/// Logs at every level and traces, for this thread, without the secret of one connection.
fn bench(traces_are_on: bool) -> Bench {
    offer_every_line();
    let (exported, redactors, log) = (Exported::default(), Redactors::default(), Log::default());
    let redactor = Arc::new(Redactor::new(&[&SecretString::from(SECRET)], &[]));
    redactors.add(&redactor);
    let settings = LogSettings { filter: "trace".to_owned(), format: LogFormat::Json };
    let provider = traces::provider_through(exported.clone(), &redactors);
    let subscriber = tracing_subscriber::registry()
        .with(logging::layer(settings, redactors, log.clone()).unwrap())
        .with(traces_are_on.then(|| traces::layer(&provider)));
    let guard = tracing::subscriber::set_default(subscriber);
    Bench { exported, log, service: Arc::default(), _redactor: redactor, _guard: guard }
}

fn delivery() -> Delivery {
    Delivery {
        event_id: "event-1".to_owned(),
        source: Source::AmazonNotification,
        content_type: "application/json".to_owned(),
        occurred_at: None,
        attempt: 2,
        body: b"{\"buyer\":\"Ada Lovelace\"}".to_vec(),
    }
}

type Delivered = Result<Result<crate::engine::Outcome, Failure>, CallError>;

/// One delivery that makes one call of the service, on a task of its own as the engine does it.
async fn deliver(bench: &Bench, traceparent: Option<&str>, result: &Delivered) -> Option<String> {
    let context = DeliveryContext {
        traceparent: traceparent.map(str::to_owned),
        plugin: Some(PluginIdentity { version: "1.2.3".to_owned(), digest: "ab".repeat(32) }),
    };
    let connection = ConnectionName::new("acme-uk").unwrap();
    let span = delivery_span(&connection, Export::OnOrder, &delivery(), &context);
    let (meter, gateway) = (HostCallMeter::new(10, Arc::new(ObserveNothing)), gateway(&bench.service));
    async {
        let begun = meter.begin(HostCallKind::Http, format!("GET service.example/orders {SECRET}"));
        let call = async move {
            let request =
                Request::get("https://service.example/orders?buyer=Ada").body(Bytes::new()).unwrap();
            let send = gateway.send(request, Patience::default());
            let answer = |_: &_| format!("200 {SECRET}");
            meter.carry_out(begun, send, answer, || panic!("no answer is lost")).await.unwrap();
        };
        tokio::spawn(call).await.unwrap();
    }
    .instrument(span.clone())
    .await;
    end_delivery(&span, result);
    traceparent_of(&span)
}

fn dead_letter() -> Delivered {
    let finding = Finding {
        code: "KA-0101".to_owned(),
        subject: "event-1".to_owned(),
        message: "Ada Lovelace".to_owned(),
    };
    Ok(Err(Failure::DeadLetter(Unfinished { finding, done: Vec::new() })))
}

#[tokio::test]
async fn a_trace_goes_from_the_event_through_the_host_to_the_called_service() {
    let bench = bench(true);
    let traceparent = deliver(&bench, Some(PARENT), &dead_letter()).await.unwrap();
    let (delivery, call) = (bench.exported.span("deliver on-order"), bench.exported.span("http"));
    assert_eq!(delivery.span_context.trace_id().to_string(), PARENT[3..35]);
    assert_eq!(delivery.parent_span_id.to_string(), PARENT[36..52]);
    assert_eq!(traceparent, trace_context::format(&delivery.span_context));
    assert_eq!(call.parent_span_id, delivery.span_context.span_id());
    let headers = bench.service.0.lock().unwrap().pop().unwrap();
    assert_eq!(headers[trace_context::TRACEPARENT], trace_context::format(&call.span_context));
}

#[tokio::test]
async fn a_span_says_what_was_delivered_by_which_plugin_and_how_it_ended() {
    let bench = bench(true);
    deliver(&bench, Some(PARENT), &dead_letter()).await;
    let delivery = bench.exported.span("deliver on-order");
    let said = [
        ("connection", "acme-uk"),
        ("event_id", "event-1"),
        ("attempt", "2"),
        ("plugin.version", "1.2.3"),
        ("ending", "dead-letter"),
        ("error.code", "KA-0101"),
    ];
    for (key, value) in said {
        assert_eq!(attribute(&delivery, key).as_deref(), Some(value), "{key}");
    }
    assert_eq!(attribute(&delivery, "plugin.digest"), Some("ab".repeat(32)));
    assert_eq!(delivery.status, Status::error("dead-letter"));
}

#[tokio::test]
async fn an_event_without_a_usable_trace_begins_one() {
    let bench = bench(true);
    for traceparent in [None, Some("00-not-a-traceparent-01")] {
        deliver(&bench, traceparent, &dead_letter()).await.unwrap();
        let delivery = bench.exported.0.lock().unwrap().pop().unwrap();
        assert_eq!(delivery.parent_span_id, SpanId::INVALID);
        assert!(delivery.span_context.is_valid());
    }
}

#[tokio::test]
async fn a_sender_that_does_not_sample_is_followed() {
    let bench = bench(true);
    let traceparent = deliver(&bench, Some(&PARENT.replace("-01", "-00")), &dead_letter()).await.unwrap();
    assert!(traceparent.starts_with(&PARENT[..36]) && traceparent.ends_with("-00"), "{traceparent}");
    assert_eq!(bench.exported.0.lock().unwrap().len(), 0);
}

#[tokio::test]
async fn without_traces_a_call_goes_out_as_it_is() {
    let bench = bench(false);
    assert_eq!(deliver(&bench, Some(PARENT), &dead_letter()).await, None);
    let headers = bench.service.0.lock().unwrap().pop().unwrap();
    assert!(!headers.contains_key(trace_context::TRACEPARENT), "{headers:?}");
}

#[tokio::test]
async fn neither_secrets_nor_personal_data_are_in_spans_or_log_lines() {
    let bench = bench(true);
    deliver(&bench, Some(PARENT), &dead_letter()).await;
    let call = bench.exported.span("http");
    assert_eq!(attribute(&call, "subject").as_deref(), Some("GET service.example/orders [redacted]"));
    assert_eq!(attribute(&call, "answer").as_deref(), Some("200 [redacted]"));
    let (spans, log) = (format!("{:?}", bench.exported), bench.log.text());
    assert!(log.contains("[redacted]") && log.contains(&PARENT[3..35]), "{log}");
    for text in [spans, log] {
        assert!(!text.contains(SECRET) && !text.contains("Ada"), "{text}");
    }
}

#[test]
fn a_redactor_is_known_as_long_as_its_connection_is_in_use() {
    let (redactors, log) = (Redactors::default(), Log::default());
    let redactor = Arc::new(Redactor::new(&[&SecretString::from(SECRET)], &[]));
    redactors.add(&redactor);
    let mut writer = RedactingWriter::new(log.clone(), redactors.clone());
    writer.write_all(format!("is {SECRET}\n").as_bytes()).unwrap();
    drop(redactor);
    redactors.add(&Arc::default());
    writer.write_all(b"is pa55-w0rd\n").unwrap();
    assert_eq!(log.text(), "is [redacted]\nis pa55-w0rd\n");
}
