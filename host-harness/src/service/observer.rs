//! Makes metrics, alerts and the status page's last errors of what the dispatcher does.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::alert::{self, Alert};
use crate::code::Code;
use crate::connection::ConnectionName;
use crate::dispatcher::{
    ArtifactObserver, DispatchObserver, EndedDelivery, LoadedPlugin, PluginRefused, Work,
};
use crate::store::{After, StoreError};
use crate::telemetry::metrics::{Document, Metrics};
use crate::telemetry::operations_server::{ErrorCode, Heartbeat, LastError};

/// How many errors of a connection the status page shows.
const LAST_ERRORS: usize = 5;

pub(super) struct ServiceObserver {
    works: Vec<Arc<Work>>,
    metrics: Arc<Metrics>,
    heartbeat: Heartbeat,
    errors: Mutex<HashMap<ConnectionName, VecDeque<LastError>>>,
}

impl ServiceObserver {
    pub(super) fn new(works: &[Arc<Work>], metrics: &Arc<Metrics>, heartbeat: Heartbeat) -> Arc<Self> {
        let (works, metrics) = (works.to_vec(), Arc::clone(metrics));
        Arc::new(ServiceObserver { works, metrics, heartbeat, errors: Mutex::default() })
    }

    /// The newest first.
    pub(super) fn last_errors(&self, connection: &ConnectionName) -> Vec<LastError> {
        self.errors().get(connection).map(|errors| errors.iter().cloned().collect()).unwrap_or_default()
    }

    fn remember(&self, connection: &ConnectionName, code: ErrorCode, at: DateTime<Utc>) {
        let mut errors = self.errors();
        let errors = errors.entry(connection.clone()).or_default();
        // One that goes on is one error.
        if errors.front().is_some_and(|last| last.code == code) {
            errors.pop_front();
        }
        errors.push_front(LastError { code, at });
        errors.truncate(LAST_ERRORS);
    }

    fn errors(&self) -> MutexGuard<'_, HashMap<ConnectionName, VecDeque<LastError>>> {
        self.errors.lock().expect("no holder of this lock can panic")
    }
}

/// Puts an alert of the host into the queue, beside whatever is going on.
fn raise(work: &Work, code: Code, subject: &str, message: &str) {
    let runtime = work.runtime.clone();
    let alert = Alert::of_host(code, subject, message, &runtime.name, runtime.clock.now());
    tokio::spawn(async move {
        if let Err(error) = alert::raise(runtime.queue.as_ref(), &alert).await {
            tracing::error!(connection = %runtime.name, code = alert.code, "an alert is lost: {error}");
        }
    });
}

impl DispatchObserver for ServiceObserver {
    fn beat(&self) {
        self.heartbeat.beat();
    }

    fn store_failed(&self, work: &Work, error: &StoreError) {
        self.remember(work.name(), error.code().into(), work.runtime.clock.now());
    }

    fn ended(&self, work: &Work, ended: &EndedDelivery<'_>) {
        let (name, event, settlement) = (work.name(), ended.event, ended.settlement);
        self.metrics.delivery_ended(name, event.export, settlement.ending, ended.elapsed);
        for document in &settlement.documents {
            self.metrics.document_posted(name, Document::of(&document.document));
        }
        if !matches!(settlement.after, After::Again { .. }) {
            let age_ms = ended.now_ms.saturating_sub(event.arrived_at_ms);
            self.metrics.event_ended(name, event.export, Duration::from_millis(age_ms));
        }
        let Some(reason) = settlement.reason.as_ref().filter(|_| settlement.after != After::Finished) else {
            return;
        };
        if let Some(code) = ErrorCode::parse(&reason.code) {
            self.remember(name, code, work.runtime.clock.now());
        }
        // Of everything else that waits for a person the plugin itself has told.
        if let (After::Parked(_), Some(code)) = (&settlement.after, ended.failure) {
            raise(work, code, &reason.subject, &reason.message);
        }
    }
}

impl ArtifactObserver for ServiceObserver {
    fn replaced(&self, plugin: &LoadedPlugin) {
        self.metrics.plugin_is(&plugin.identity);
    }

    fn refused(&self, refused: &PluginRefused) {
        for work in &self.works {
            self.remember(work.name(), refused.code().into(), work.runtime.clock.now());
            raise(work, refused.code(), "plugin", &refused.to_string());
        }
    }
}
