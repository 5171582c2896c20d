//! The order of the calls, and what an observer can do at each of them.

use futures::FutureExt;

use super::*;

/// Gives this verdict at the call of this number.
struct At(u32, Moment, Verdict);

impl At {
    fn verdict(&self, call: &HostCall, moment: Moment) -> Verdict {
        if call.number == self.0 && moment == self.1 { self.2 } else { Verdict::Continue }
    }
}

impl HostCallObserver for At {
    fn before(&self, call: &HostCall) -> Verdict {
        self.verdict(call, Moment::BeforeTheCall)
    }

    fn after(&self, call: &HostCall, _answer: &str) -> Verdict {
        self.verdict(call, Moment::AfterTheCall)
    }
}

const LOST: u32 = 0;

fn call(meter: &HostCallMeter, work: impl Future<Output = u32>) -> Option<u32> {
    let begun = meter.begin(HostCallKind::StateGet, "order/1".to_owned());
    meter.carry_out(begun, work, ToString::to_string, || LOST).now_or_never()
}

fn lines(meter: &HostCallMeter) -> Vec<String> {
    let line = |record: HostCallRecord| format!("{} = {}", record.call, record.answer.unwrap_or_default());
    meter.take_records().into_iter().map(line).collect()
}

#[test]
fn calls_are_numbered_and_recorded_with_their_answers() {
    let meter = HostCallMeter::new(10, Arc::new(ObserveNothing));
    assert_eq!(call(&meter, async { 7 }), Some(7));
    assert_eq!(call(&meter, async { 8 }), Some(8));
    assert_eq!(lines(&meter), ["1 state-get order/1 = 7", "2 state-get order/1 = 8"]);
    assert!(meter.must_end().now_or_never().is_none());
}

#[test]
fn an_observer_ends_the_instance_before_or_after_a_call() {
    for (moment, was_carried_out) in [(Moment::BeforeTheCall, false), (Moment::AfterTheCall, true)] {
        let meter = HostCallMeter::new(10, Arc::new(At(2, moment, Verdict::Kill)));
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
fn a_lost_answer_belongs_to_a_call_that_was_carried_out_and_the_instance_goes_on() {
    let meter = HostCallMeter::new(10, Arc::new(At(1, Moment::AfterTheCall, Verdict::LoseAnswer)));
    let mut carried_out = false;
    let answer = call(&meter, async {
        carried_out = true;
        7
    });
    assert_eq!((answer, carried_out), (Some(LOST), true));
    assert_eq!(call(&meter, async { 8 }), Some(8));
    assert_eq!(lines(&meter), ["1 state-get order/1 = answer lost", "2 state-get order/1 = 8"]);
    assert!(meter.must_end().now_or_never().is_none());
}

#[test]
fn before_a_call_there_is_no_answer_to_lose() {
    let meter = HostCallMeter::new(10, Arc::new(At(1, Moment::BeforeTheCall, Verdict::LoseAnswer)));
    assert_eq!(call(&meter, async { 7 }), Some(7));
    assert_eq!(lines(&meter), ["1 state-get order/1 = 7"]);
    assert_eq!(format!("{} call 1", Moment::AnswerLost), "losing the answer of call 1");
}

#[test]
fn one_call_too_many_ends_the_instance() {
    let meter = HostCallMeter::new(1, Arc::new(ObserveNothing));
    assert_eq!(call(&meter, async { 7 }), Some(7));
    assert_eq!(call(&meter, async { panic!("not carried out") }), None);
    assert!(matches!(meter.must_end().now_or_never(), Some(CallError::HostCallLimit { limit: 1 })));
}
