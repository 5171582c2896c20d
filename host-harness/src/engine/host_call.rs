//! What a plugin calls, in order: counted, recorded, and open to an observer that can end the instance at
//! any one of the calls.
//!
//! Only calls that reach outside of the instance count. Reading the settings, the clock and writing a log
//! line have no effect that a crash could split in two.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard};

use tokio::sync::Notify;

use super::CallError;

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

impl fmt::Display for HostCallKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            HostCallKind::Http => "http",
            HostCallKind::StateGet => "state-get",
            HostCallKind::StateCreate => "state-create",
            HostCallKind::StateUpdate => "state-update",
            HostCallKind::StateDelete => "state-delete",
            HostCallKind::StateList => "state-list",
            HostCallKind::QueueSend => "queue-send",
        })
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

/// Whether an instance goes on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    Continue,
    /// The instance ends here and now, as if the machine had lost power.
    Kill,
}

/// Sees every host call of an instance, in order.
pub trait HostCallObserver: Send + Sync {
    /// Before the call is carried out. [`Verdict::Kill`]: it is not.
    fn before(&self, call: &HostCall) -> Verdict;

    /// After it was carried out. [`Verdict::Kill`]: the plugin never has the answer.
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

/// When an observer ended an instance.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Moment {
    BeforeTheCall,
    AfterTheCall,
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Moment::BeforeTheCall => "before",
            Moment::AfterTheCall => "after",
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
pub(crate) type Begun = Option<HostCall>;

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
            Verdict::Continue => Some(call),
            Verdict::Kill => {
                self.stop(CallError::Stopped { call, moment: Moment::BeforeTheCall });
                None
            }
        }
    }

    /// Carries a call out. Does not come back where the instance must end: whoever runs it drops it.
    pub(crate) async fn carry_out<T>(
        &self,
        begun: Begun,
        work: impl Future<Output = T>,
        answer: impl FnOnce(&T) -> String,
    ) -> T {
        let Some(call) = begun else {
            return std::future::pending().await;
        };
        let value = work.await;
        let answer = answer(&value);
        match self.observer.after(&call, &answer) {
            Verdict::Continue => {
                let index = call.number as usize - 1;
                self.records()[index].answer = Some(answer);
                value
            }
            Verdict::Kill => {
                self.stop(CallError::Stopped { call, moment: Moment::AfterTheCall });
                std::future::pending().await
            }
        }
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

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    struct KillAt(u32, Moment);

    impl HostCallObserver for KillAt {
        fn before(&self, call: &HostCall) -> Verdict {
            kill_if(call.number == self.0 && self.1 == Moment::BeforeTheCall)
        }

        fn after(&self, call: &HostCall, _answer: &str) -> Verdict {
            kill_if(call.number == self.0 && self.1 == Moment::AfterTheCall)
        }
    }

    fn kill_if(condition: bool) -> Verdict {
        if condition { Verdict::Kill } else { Verdict::Continue }
    }

    fn call(meter: &HostCallMeter, work: impl Future<Output = u32>) -> Option<u32> {
        let begun = meter.begin(HostCallKind::StateGet, "order/1".to_owned());
        meter.carry_out(begun, work, ToString::to_string).now_or_never()
    }

    #[test]
    fn calls_are_numbered_and_recorded_with_their_answers() {
        let meter = HostCallMeter::new(10, Arc::new(ObserveNothing));
        assert_eq!(call(&meter, async { 7 }), Some(7));
        assert_eq!(call(&meter, async { 8 }), Some(8));
        let lines: Vec<_> = meter
            .take_records()
            .into_iter()
            .map(|record| format!("{} = {}", record.call, record.answer.unwrap_or_default()))
            .collect();
        assert_eq!(lines, ["1 state-get order/1 = 7", "2 state-get order/1 = 8"]);
        assert!(meter.must_end().now_or_never().is_none());
    }

    #[test]
    fn an_observer_ends_the_instance_before_or_after_a_call() {
        for (moment, was_carried_out) in [(Moment::BeforeTheCall, false), (Moment::AfterTheCall, true)] {
            let meter = HostCallMeter::new(10, Arc::new(KillAt(2, moment)));
            assert_eq!(call(&meter, async { 7 }), Some(7));
            let mut carried_out = false;
            let answer = call(&meter, async {
                carried_out = true;
                8
            });
            assert_eq!((answer, carried_out), (None, was_carried_out));
            let error = meter.must_end().now_or_never().unwrap();
            assert_eq!(
                error.to_string(),
                format!("the instance was stopped {moment} the call 2 state-get order/1")
            );
            assert_eq!(meter.take_records()[1].answer, None);
        }
    }

    #[test]
    fn one_call_too_many_ends_the_instance() {
        let meter = HostCallMeter::new(1, Arc::new(ObserveNothing));
        assert_eq!(call(&meter, async { 7 }), Some(7));
        assert_eq!(call(&meter, async { panic!("not carried out") }), None);
        assert!(matches!(meter.must_end().now_or_never(), Some(CallError::HostCallLimit { limit: 1 })));
    }
}
