//! What a plugin calls, in order: counted, recorded, and open to an observer that can end the instance at
//! any one of the calls, or lose its answer.
//!
//! Only calls that reach outside of the instance count. Reading the settings, the clock and writing a log
//! line have no effect that a crash could split in two.

#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard};

use tokio::sync::Notify;
use tracing::{Instrument, Span};

use super::CallError;
use crate::telemetry::{end_host_call, host_call_span};

/// What kind of call it is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum HostCallKind {
    Http,
    StateGet,
    StateCreate,
    StateUpdate,
    StateDelete,
    StateList,
    QueueSend,
}

impl HostCallKind {
    pub fn name(self) -> &'static str {
        match self {
            HostCallKind::Http => "http",
            HostCallKind::StateGet => "state-get",
            HostCallKind::StateCreate => "state-create",
            HostCallKind::StateUpdate => "state-update",
            HostCallKind::StateDelete => "state-delete",
            HostCallKind::StateList => "state-list",
            HostCallKind::QueueSend => "queue-send",
        }
    }
}

impl fmt::Display for HostCallKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One call of one instance.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HostCall {
    /// Its place in the order of the instance's calls, from 1.
    pub number: u32,
    pub kind: HostCallKind,
    /// What it is about: method, host, path and SOAP operation; a key; a queue. Never a body or a secret.
    pub subject: String,
}

impl fmt::Display for HostCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.number, self.kind, self.subject)
    }
}

/// A call with what came of it, in a few words. `None`: the instance ended before it had the answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HostCallRecord {
    pub call: HostCall,
    pub answer: Option<String>,
}

/// Whether and how an instance goes on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    Continue,
    /// The call was carried out, and the plugin is told that no answer came. It goes on.
    LoseAnswer,
    /// The instance ends here and now, as if the machine had lost power.
    Kill,
}

/// Sees every host call of an instance, in order.
pub trait HostCallObserver: Send + Sync {
    /// Before the call is carried out. [`Verdict::Kill`]: it is not. There is no answer to lose yet, so
    /// [`Verdict::LoseAnswer`] means [`Verdict::Continue`].
    fn before(&self, call: &HostCall) -> Verdict;

    /// After it was carried out. [`Verdict::Kill`]: the plugin never has the answer.
    /// [`Verdict::LoseAnswer`]: the plugin has the failure of a call that nobody answered.
    fn after(&self, call: &HostCall, answer: &str) -> Verdict;
}

/// The observer that lets everything go on.
#[derive(Clone, Copy, Debug, Default)]
pub struct ObserveNothing;

impl HostCallObserver for ObserveNothing {
    fn before(&self, _call: &HostCall) -> Verdict {
        Verdict::Continue
    }

    fn after(&self, _call: &HostCall, _answer: &str) -> Verdict {
        Verdict::Continue
    }
}

/// Where an observer interferes: the instance ends before or after a call, or goes on without its answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Moment {
    BeforeTheCall,
    AfterTheCall,
    AnswerLost,
}

/// What the record of a call says whose answer was lost.
const ANSWER_LOST: &str = "answer lost";

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Moment::BeforeTheCall => "before",
            Moment::AfterTheCall => "after",
            Moment::AnswerLost => "losing the answer of",
        })
    }
}

/// Counts and records the calls of one instance.
pub(crate) struct HostCallMeter {
    limit: u32,
    observer: Arc<dyn HostCallObserver>,
    records: Mutex<Vec<HostCallRecord>>,
    /// Why the instance must end, once it must.
    stop: Mutex<Option<CallError>>,
    stopped: Notify,
}

/// A call that has begun, or `None` when the instance must end instead.
pub(crate) type Begun = Option<BegunCall>;

pub(crate) struct BegunCall {
    call: HostCall,
    /// Made where the call begins: that is inside of its delivery, and what carries it out may be a task of its own.
    span: Span,
}

impl HostCallMeter {
    pub(crate) fn new(limit: u32, observer: Arc<dyn HostCallObserver>) -> Self {
        let (records, stop) = (Mutex::default(), Mutex::default());
        HostCallMeter { limit, observer, records, stop, stopped: Notify::new() }
    }

    /// Counts a call. Where calls run side by side, this is what gives them their order.
    pub(crate) fn begin(&self, kind: HostCallKind, subject: String) -> Begun {
        let call = {
            let mut records = self.records();
            let number = u32::try_from(records.len() + 1).unwrap_or(u32::MAX);
            if number > self.limit {
                drop(records);
                self.stop(CallError::HostCallLimit { limit: self.limit });
                return None;
            }
            let call = HostCall { number, kind, subject };
            records.push(HostCallRecord { call: call.clone(), answer: None });
            call
        };
        match self.observer.before(&call) {
            Verdict::Continue | Verdict::LoseAnswer => Some(BegunCall { span: host_call_span(&call), call }),
            Verdict::Kill => {
                self.stop(CallError::Stopped { call, moment: Moment::BeforeTheCall });
                None
            }
        }
    }

    /// Carries a call out. Does not come back where the instance must end: whoever runs it drops it.
    ///
    /// `lost` makes what the plugin is told in the place of an answer that is lost.
    pub(crate) async fn carry_out<T>(
        &self,
        begun: Begun,
        work: impl Future<Output = T>,
        answer: impl FnOnce(&T) -> String,
        lost: impl FnOnce() -> T,
    ) -> T {
        let Some(BegunCall { call, span }) = begun else {
            return std::future::pending().await;
        };
        let value = work.instrument(span.clone()).await;
        let answer = answer(&value);
        end_host_call(&span, &answer);
        match self.observer.after(&call, &answer) {
            Verdict::Continue => {
                self.record(&call, answer);
                value
            }
            Verdict::LoseAnswer => {
                self.record(&call, ANSWER_LOST.to_owned());
                lost()
            }
            Verdict::Kill => {
                self.stop(CallError::Stopped { call, moment: Moment::AfterTheCall });
                std::future::pending().await
            }
        }
    }

    fn record(&self, call: &HostCall, answer: String) {
        self.records()[call.number as usize - 1].answer = Some(answer);
    }

    /// Comes back when the instance must end.
    pub(crate) async fn must_end(&self) -> CallError {
        loop {
            self.stopped.notified().await;
            if let Some(error) = self.stop.lock().expect("no holder of this lock can panic").take() {
                return error;
            }
        }
    }

    pub(crate) fn take_records(&self) -> Vec<HostCallRecord> {
        std::mem::take(&mut *self.records())
    }

    fn stop(&self, error: CallError) {
        self.stop.lock().expect("no holder of this lock can panic").get_or_insert(error);
        self.stopped.notify_one();
    }

    fn records(&self) -> MutexGuard<'_, Vec<HostCallRecord>> {
        self.records.lock().expect("no holder of this lock can panic")
    }
}
