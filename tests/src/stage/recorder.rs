//! Writes down every host call of a delivery, and can end it at one of them, or lose its answer.

use std::sync::Mutex;

use host_harness::engine::{HostCall, HostCallObserver, Moment, Verdict};

#[derive(Default)]
pub struct Recorder {
    lines: Mutex<Vec<String>>,
    /// Where the delivery is disturbed.
    crash: Mutex<Option<(u32, Moment)>>,
}

impl Recorder {
    /// What was recorded since the last time.
    pub fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.lines.lock().expect("no holder of this lock panics"))
    }

    /// Ends the next delivery at its call of this number, or lets it go on without the answer.
    pub fn crash_at(&self, crash: Option<(u32, Moment)>) {
        *self.crash.lock().expect("no holder of this lock panics") = crash;
    }

    /// What happens at this call.
    fn crash_of(&self, call: &HostCall) -> Option<Moment> {
        let crash = *self.crash.lock().expect("no holder of this lock panics");
        crash.filter(|(number, _)| *number == call.number).map(|(_, moment)| moment)
    }
}

impl HostCallObserver for Recorder {
    fn before(&self, call: &HostCall) -> Verdict {
        match self.crash_of(call) {
            Some(Moment::BeforeTheCall) => Verdict::Kill,
            Some(Moment::AfterTheCall | Moment::AnswerLost) | None => Verdict::Continue,
        }
    }

    fn after(&self, call: &HostCall, answer: &str) -> Verdict {
        let verdict = match self.crash_of(call) {
            Some(Moment::AfterTheCall) => Verdict::Kill,
            Some(Moment::AnswerLost) => Verdict::LoseAnswer,
            Some(Moment::BeforeTheCall) | None => Verdict::Continue,
        };
        // The operation says enough: its host and path are the same for all of KashFlow's.
        let subject = call.subject.replace("POST securedwebapp.com/api/service.asmx ", "");
        // Revisions count over the whole store and say nothing to a reader.
        let answer = match verdict {
            Verdict::LoseAnswer => "answer lost",
            _ if answer.starts_with("revision") => "ok",
            _ => answer,
        };
        let line = format!("{} {subject} → {answer}", call.kind);
        self.lines.lock().expect("no holder of this lock panics").push(line);
        verdict
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stage::{Play, Stage, Way, host};
    use crate::story::{Arrival, Story};

    /// The record of one delivery that lost the answer of this call, and how it ended.
    async fn played(call: u32, play: Play) -> (Vec<String>, String) {
        let story: Story = toml::from_str("title = 'an ordinary order'").expect("a story");
        let arrival: Arrival = toml::from_str("").expect("an arrival");
        let stage = Stage::set(&story, Way::InProcess).await;
        stage.prepare(&story, &arrival);
        stage.recorder.crash_at(Some((call, Moment::AnswerLost)));
        let ending = stage.deliver(&story, &arrival, play).await;
        assert!(ending.by_plugin, "the delivery goes on without the answer of call {call}");
        (stage.recorder.take(), format!("{} {:?}", ending.word, ending.lines))
    }

    #[test]
    fn a_lost_answer_is_the_same_natively_and_through_the_component() {
        // Built and loaded before the first delivery, which would otherwise run out of its time.
        host();
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            for call in 1.. {
                let native = played(call, Play::Native).await;
                assert_eq!(native, played(call, Play::Component).await, "call {call}");
                let lines = native.0;
                let lost = lines.iter().position(|line| line.ends_with(" → answer lost"));
                let Some(lost) = lost else {
                    assert!(call > 10, "an ordinary order takes more than {call} calls");
                    break;
                };
                assert_eq!(lost + 1, call as usize, "{lines:?}");
            }
        });
    }
}
