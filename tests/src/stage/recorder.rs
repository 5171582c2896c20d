//! Writes down every host call of a delivery, and can end it at one of them.

use std::sync::Mutex;

use host_harness::engine::{HostCall, HostCallObserver, Moment, Verdict};

#[derive(Default)]
pub struct Recorder {
    lines: Mutex<Vec<String>>,
    /// Ends the delivery at this call.
    crash: Mutex<Option<(u32, Moment)>>,
}

impl Recorder {
    /// What was recorded since the last time.
    pub fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.lines.lock().expect("no holder of this lock panics"))
    }

    /// Ends the next delivery at its call of this number.
    pub fn crash_at(&self, crash: Option<(u32, Moment)>) {
        *self.crash.lock().expect("no holder of this lock panics") = crash;
    }

    fn verdict(&self, call: &HostCall, moment: Moment) -> Verdict {
        match *self.crash.lock().expect("no holder of this lock panics") {
            Some((number, at)) if number == call.number && at == moment => Verdict::Kill,
            _ => Verdict::Continue,
        }
    }
}

impl HostCallObserver for Recorder {
    fn before(&self, call: &HostCall) -> Verdict {
        self.verdict(call, Moment::BeforeTheCall)
    }

    fn after(&self, call: &HostCall, answer: &str) -> Verdict {
        // The operation says enough: its host and path are the same for all of KashFlow's.
        let subject = call.subject.replace("POST securedwebapp.com/api/service.asmx ", "");
        // Revisions count over the whole store and say nothing to a reader.
        let answer = if answer.starts_with("revision") { "ok" } else { answer };
        let line = format!("{} {subject} → {answer}", call.kind);
        self.lines.lock().expect("no holder of this lock panics").push(line);
        self.verdict(call, Moment::AfterTheCall)
    }
}
