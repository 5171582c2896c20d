//! The core's ports over the component's imports.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use plugin_core::host::{Entry, Host, LogLevel, QueueError, State, StateError};
use plugin_core::remote::{HttpRequest, HttpResponse, TransportFailure};

use crate::bindings::clarity::ipaas::{log, queue, state};
use crate::bindings::wasi::config::store;
use crate::http;

#[derive(Default)]
pub(crate) struct WasiHost {
    state: WasiState,
}

impl Host for WasiHost {
    fn now(&mut self) -> DateTime<Utc> {
        let now = wasi::clocks::wall_clock::now();
        // A clock beyond the year 262,000 is no clock; the epoch makes every lease and date visibly wrong.
        DateTime::from_timestamp(i64::try_from(now.seconds).unwrap_or(0), now.nanoseconds).unwrap_or_default()
    }

    fn settings(&mut self) -> Result<BTreeMap<String, String>, String> {
        store::get_all().map(|pairs| pairs.into_iter().collect()).map_err(|error| format!("{error:?}"))
    }

    fn send(&mut self, request: &HttpRequest) -> Result<HttpResponse, TransportFailure> {
        http::send(request)
    }

    fn state(&mut self) -> &mut dyn State {
        &mut self.state
    }

    fn enqueue(&mut self, queue: &str, body: &[u8], deduplication_key: &str) -> Result<(), QueueError> {
        let message = queue::Message {
            content_type: "application/json".to_owned(),
            body: body.to_vec(),
            deduplication_key: Some(deduplication_key.to_owned()),
            delay_ms: 0,
        };
        queue::send(queue, &message).map_err(|error| match error {
            queue::Error::NotGranted(_) => QueueError::NotGranted,
            queue::Error::TooLarge(limit) => QueueError::TooLarge(limit),
            queue::Error::Unavailable(why) => QueueError::Unavailable(why),
        })
    }

    fn log(&mut self, level: LogLevel, message: &str, fields: &[(&str, &str)]) {
        let level = match level {
            LogLevel::Debug => log::Level::Debug,
            LogLevel::Info => log::Level::Info,
            LogLevel::Warn => log::Level::Warn,
            LogLevel::Error => log::Level::Error,
        };
        let fields: Vec<log::Field> = fields
            .iter()
            .map(|(name, value)| log::Field { name: (*name).to_owned(), value: (*value).to_owned() })
            .collect();
        log::emit(level, message, &fields);
    }
}

#[derive(Default)]
struct WasiState;

impl State for WasiState {
    fn get(&mut self, key: &str) -> Result<Option<Entry>, StateError> {
        let entry = state::get(key).map_err(error)?;
        Ok(entry.map(|entry| Entry { value: entry.value, revision: entry.revision }))
    }

    fn create(&mut self, key: &str, value: &[u8], ttl_ms: Option<u64>) -> Result<u64, StateError> {
        state::create(key, value, ttl_ms).map_err(error)
    }

    fn update(
        &mut self,
        key: &str,
        value: &[u8],
        revision: u64,
        ttl_ms: Option<u64>,
    ) -> Result<u64, StateError> {
        state::update(key, value, revision, ttl_ms).map_err(error)
    }

    fn delete(&mut self, key: &str, revision: u64) -> Result<(), StateError> {
        state::delete(key, revision).map_err(error)
    }
}

fn error(error: state::Error) -> StateError {
    match error {
        state::Error::Stale(_) => StateError::Stale,
        state::Error::TooLarge(limit) => StateError::TooLarge(limit),
        state::Error::Unavailable(why) => StateError::Unavailable(why),
    }
}
