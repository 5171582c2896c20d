//! The core's host over a connection that is only looked at: what is kept and what both services show can be read,
//! and nothing is changed.
//!
//! It is for commands that show how the plugin sees things. Absent on purpose: queues, and any call or entry that
//! would write.

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::header::RETRY_AFTER;
use http::{Request, Response, StatusCode};
use plugin_core::host::{Entry, Host, LogLevel, QueueError, State, StateError};
use plugin_core::remote::{HttpRequest, HttpResponse, TransportFailure};
use tokio::runtime::Handle;

use crate::ConnectionRuntime;
use crate::gateway::{GatewayError, Patience};
use crate::store::StateKey;

/// Keys that are listed at once.
const KEYS_AT_ONCE: u32 = 1000;

/// How often a service that asks for patience is asked once more: nobody delivers this again later, as an event.
const PATIENT_TIMES: u32 = 10;

/// How long that is waited for at a time, where the service does not say, and at the most.
const PAUSE: Duration = Duration::from_secs(2);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// Its calls block: it is for a thread that may.
pub struct ReadOnlyHost {
    runtime: ConnectionRuntime,
    handle: Handle,
    settings: BTreeMap<String, String>,
}

impl ReadOnlyHost {
    pub fn new(runtime: ConnectionRuntime, settings: BTreeMap<String, String>, handle: Handle) -> Self {
        ReadOnlyHost { runtime, handle, settings }
    }

    /// The keys of the state that begin so.
    ///
    /// # Errors
    /// Where the state cannot be read.
    pub fn keys(&self, prefix: &str) -> Result<Vec<String>, crate::store::StateError> {
        let mut keys: Vec<String> = Vec::new();
        loop {
            let after = keys.last().cloned();
            let listing =
                self.runtime.state.list_keys(&self.runtime.name, prefix, after.as_deref(), KEYS_AT_ONCE);
            let found = self.handle.block_on(listing)?;
            let is_last = found.len() < KEYS_AT_ONCE as usize;
            keys.extend(found);
            if is_last {
                return Ok(keys);
            }
        }
    }

    /// Sends a read until the service has time for it.
    async fn send_patiently(&self, request: &Request<Bytes>) -> Result<Response<Bytes>, GatewayError> {
        let mut times_left = PATIENT_TIMES;
        loop {
            let answer = self.runtime.gateway.send(request.clone(), Patience::default()).await?;
            if answer.status() != StatusCode::TOO_MANY_REQUESTS || times_left == 0 {
                return Ok(answer);
            }
            times_left -= 1;
            tokio::time::sleep(pause(&answer)).await;
        }
    }
}

fn pause(answer: &Response<Bytes>) -> Duration {
    let asked = answer.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.trim().parse().ok());
    asked.map_or(PAUSE, Duration::from_secs).min(LONGEST_PAUSE)
}

fn refused<T>() -> Result<T, StateError> {
    Err(StateError::Unavailable("this command changes nothing".to_owned()))
}

impl State for ReadOnlyHost {
    fn get(&mut self, key: &str) -> Result<Option<Entry>, StateError> {
        let unavailable = |error: &dyn std::fmt::Display| StateError::Unavailable(error.to_string());
        let key = StateKey::new(key).map_err(|error| unavailable(&error))?;
        let found = self.handle.block_on(self.runtime.state.get(&self.runtime.name, &key));
        let found = found.map_err(|error| unavailable(&error))?;
        Ok(found.map(|entry| Entry { value: entry.value, revision: entry.revision }))
    }

    fn create(&mut self, _: &str, _: &[u8], _: Option<u64>) -> Result<u64, StateError> {
        refused()
    }

    fn update(&mut self, _: &str, _: &[u8], _: u64, _: Option<u64>) -> Result<u64, StateError> {
        refused()
    }

    fn delete(&mut self, _: &str, _: u64) -> Result<(), StateError> {
        refused()
    }
}

impl Host for ReadOnlyHost {
    fn now(&mut self) -> DateTime<Utc> {
        self.runtime.clock.now()
    }

    fn settings(&mut self) -> Result<BTreeMap<String, String>, String> {
        Ok(self.settings.clone())
    }

    fn send(&mut self, request: &HttpRequest) -> Result<HttpResponse, TransportFailure> {
        if request.writes {
            return Err(TransportFailure::NotGranted);
        }
        let mut built = Request::builder()
            .method(request.method.as_str())
            .uri(format!("https://{}{}", request.host, request.path));
        for (name, value) in &request.headers {
            built = built.header(*name, value);
        }
        let built = built.body(Bytes::from(request.body.clone())).expect("the core builds sound requests");
        let sent = self.handle.block_on(self.send_patiently(&built));
        let answer = sent.map_err(|error| failure(&error))?;
        let text = |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        Ok(HttpResponse {
            status: answer.status().as_u16(),
            headers: answer.headers().iter().map(|(name, value)| (name.to_string(), text(value))).collect(),
            body: answer.body().to_vec(),
        })
    }

    fn state(&mut self) -> &mut dyn State {
        self
    }

    fn enqueue(&mut self, _: &str, _: &[u8], _: &str) -> Result<(), QueueError> {
        Err(QueueError::NotGranted)
    }

    fn log(&mut self, _: LogLevel, message: &str, _: &[(&str, &str)]) {
        tracing::debug!(message);
    }
}

fn failure(error: &GatewayError) -> TransportFailure {
    match error {
        GatewayError::Denied { .. } => TransportFailure::NotGranted,
        GatewayError::Transport(cause) if cause.may_have_arrived() => {
            TransportFailure::NoAnswer(cause.to_string())
        }
        GatewayError::Transport(cause) => TransportFailure::NotSent(cause.to_string()),
    }
}
