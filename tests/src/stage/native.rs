//! The core, compiled for this machine, over the same gateway and stores as the component.
//!
//! It shows its calls to the same observer in the same words, so that the transcripts can be compared.

mod state;

use std::collections::BTreeMap;
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use host_harness::ConnectionRuntime;
use host_harness::engine::{Delivery, HostCall, HostCallKind, Source, Verdict};
use host_harness::gateway::{Call, GATEWAY_CODE, GatewayError, Patience, TransportError, soap_action};
use host_harness::store::{Message, SendError, Sent};
use http::Request;
use plugin_core::events;
use plugin_core::host::{Host, LogLevel, QueueError, State};
use plugin_core::remote::{HttpRequest, HttpResponse, TransportFailure};
use tokio::runtime::Handle;

use super::transcript::Ending;

/// The ports of the core over a connection.
pub struct NativeHost {
    runtime: ConnectionRuntime,
    settings: BTreeMap<String, String>,
    handle: Handle,
    calls: u32,
    /// Takes everything that comes back over HTTP.
    tap: Option<Box<dyn Write + Send>>,
}

/// What the core is told where the answer of a state or queue store is lost.
const ANSWER_LOST: &str = "the store did not answer";

/// Unwinds through the core when the observer ends a delivery, as a killed instance would vanish.
struct Killed;

/// Delivers natively; the core is synchronous, so it gets a thread where it may block.
pub(super) async fn deliver(
    runtime: &ConnectionRuntime,
    settings: &BTreeMap<String, String>,
    export: &str,
    delivery: &Delivery,
) -> Ending {
    let mut host = NativeHost::new(runtime.clone(), settings.clone(), Handle::current());
    let delivery = events::Delivery {
        event_id: delivery.event_id.clone(),
        source: source(delivery.source),
        occurred_at: delivery.occurred_at.clone(),
        attempt: delivery.attempt,
        body: delivery.body.clone(),
    };
    let export = export.to_owned();
    let run = tokio::task::spawn_blocking(move || {
        catch_unwind(AssertUnwindSafe(|| match export.as_str() {
            "on-order" => events::on_order(&mut host, &delivery),
            "on-financial-event" => events::on_financial_event(&mut host, &delivery),
            _ => events::on_inventory(&mut host, &delivery),
        }))
    });
    match run.await.expect("the thread ends") {
        Ok(result) => Ending::of_core(&result),
        Err(payload) if payload.is::<Killed>() => {
            Ending { word: "crashed".to_owned(), lines: Vec::new(), by_plugin: false }
        }
        Err(payload) => resume_unwind(payload),
    }
}

/// The core's word for what brings an event.
pub fn source(source: Source) -> events::Source {
    match source {
        Source::AmazonNotification => events::Source::AmazonNotification,
        Source::Schedule => events::Source::Schedule,
        Source::Upload => events::Source::Upload,
        Source::Queue => events::Source::Queue,
    }
}

impl NativeHost {
    pub fn new(runtime: ConnectionRuntime, settings: BTreeMap<String, String>, handle: Handle) -> Self {
        NativeHost { runtime, settings, handle, calls: 0, tap: None }
    }

    /// Copies everything that the core is given over HTTP to a writer.
    #[must_use]
    pub fn with_tap(mut self, tap: Box<dyn Write + Send>) -> Self {
        self.tap = Some(tap);
        self
    }

    /// Shows a call to the observer, carries it out, and shows its answer. `lost` makes what the core is told
    /// in the place of an answer that is lost.
    fn observed<T>(
        &mut self,
        kind: HostCallKind,
        subject: String,
        work: impl FnOnce(&ConnectionRuntime, &Handle) -> T,
        answer: impl FnOnce(&T) -> String,
        lost: impl FnOnce() -> T,
    ) -> T {
        self.calls += 1;
        let call = HostCall { number: self.calls, kind, subject };
        if self.runtime.observer.before(&call) == Verdict::Kill {
            resume_unwind(Box::new(Killed));
        }
        let value = work(&self.runtime, &self.handle);
        match self.runtime.observer.after(&call, &answer(&value)) {
            Verdict::Continue => value,
            Verdict::LoseAnswer => lost(),
            Verdict::Kill => resume_unwind(Box::new(Killed)),
        }
    }
}

impl Host for NativeHost {
    fn now(&mut self) -> DateTime<Utc> {
        self.runtime.clock.now()
    }

    fn settings(&mut self) -> Result<BTreeMap<String, String>, String> {
        Ok(self.settings.clone())
    }

    fn send(&mut self, request: &HttpRequest) -> Result<HttpResponse, TransportFailure> {
        let mut built = Request::builder()
            .method(request.method.as_str())
            .uri(format!("https://{}{}", request.host, request.path));
        for (name, value) in &request.headers {
            built = built.header(*name, value);
        }
        let built = built.body(Bytes::from(request.body.clone())).expect("the core builds sound requests");
        let subject = Call {
            method: built.method(),
            host: &request.host,
            path: built.uri().path(),
            soap_action: soap_action(built.headers()),
        }
        .to_string();
        let sent = self.observed(
            HostCallKind::Http,
            subject,
            |runtime, handle| handle.block_on(runtime.gateway.send(built, Patience::default())),
            |sent| match sent {
                Ok(response) => {
                    let code = response.headers().get(GATEWAY_CODE).and_then(|code| code.to_str().ok());
                    let status = response.status().as_u16();
                    code.map_or_else(|| status.to_string(), |code| format!("{status} {code}"))
                }
                Err(error) => format!("no answer {}", error.code()),
            },
            || Err(GatewayError::Transport(TransportError::ConnectionLost)),
        );
        if let (Some(tap), Ok(response)) = (&mut self.tap, &sent) {
            let headers = format!("{:?}\n", response.headers());
            tap.write_all(headers.as_bytes())
                .and_then(|()| tap.write_all(response.body()))
                .expect("the tap takes everything");
        }
        match sent {
            Ok(response) => Ok(HttpResponse {
                status: response.status().as_u16(),
                headers: response
                    .headers()
                    .iter()
                    .map(|(name, value)| {
                        (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned())
                    })
                    .collect(),
                body: response.body().to_vec(),
            }),
            Err(error) => Err(transport_failure(&error)),
        }
    }

    fn state(&mut self) -> &mut dyn State {
        self
    }

    fn enqueue(&mut self, queue: &str, body: &[u8], deduplication_key: &str) -> Result<(), QueueError> {
        let message = Message {
            content_type: "application/json".to_owned(),
            body: body.to_vec(),
            deduplication_key: Some(deduplication_key.to_owned()),
            delay_ms: 0,
        };
        let name = queue.to_owned();
        self.observed(
            HostCallKind::QueueSend,
            name.clone(),
            |runtime, handle| {
                if !runtime.queues.contains(&name) {
                    return (Err(QueueError::NotGranted), "not-granted");
                }
                match handle.block_on(runtime.queue.send(&runtime.name, &name, &message)) {
                    Ok(Sent::Stored) => (Ok(()), "stored"),
                    Ok(Sent::Duplicate) => (Ok(()), "duplicate"),
                    Err(SendError::TooLarge(limit)) => (Err(QueueError::TooLarge(limit)), "too-large"),
                    Err(error @ SendError::Unavailable(_)) => {
                        (Err(QueueError::Unavailable(error.to_string())), "unavailable")
                    }
                }
            },
            |(_, recorded)| (*recorded).to_owned(),
            || (Err(QueueError::Unavailable(ANSWER_LOST.to_owned())), "unavailable"),
        )
        .0
    }

    fn log(&mut self, _level: LogLevel, _message: &str, _fields: &[(&str, &str)]) {}
}

/// The same classes as the component's shell makes of the codes of `wasi:http`.
fn transport_failure(error: &GatewayError) -> TransportFailure {
    match error {
        GatewayError::Denied { .. } => TransportFailure::NotGranted,
        GatewayError::Transport(cause) if cause.may_have_arrived() => {
            TransportFailure::NoAnswer(cause.to_string())
        }
        GatewayError::Transport(cause) => TransportFailure::NotSent(cause.to_string()),
    }
}
