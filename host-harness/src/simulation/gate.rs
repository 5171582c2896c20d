//! Where calls wait until it is their turn.
//!
//! A delivery runs in real time, and everything outside of it in virtual time. So each of its calls stops at
//! the gate and the driver decides when it arrives, what becomes of it, and when the answer is back; while
//! one call is under way, others arrive and are answered. A call that was made arrives even if its caller is
//! gone by then, as one does that was sent before a machine lost power. Absent on purpose: any decision.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;

use futures::FutureExt;
use futures::future::BoxFuture;
use tokio::sync::oneshot;

use super::call::Call;
use super::mishap::Fate;

/// One life of a machine, from when it is switched on until it loses power.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct LifeId(pub u64);

/// Carries a call out, with what is to become of it.
pub(super) type CarryOut = Box<dyn FnOnce(Fate) -> BoxFuture<'static, Carried> + Send>;

/// A call that was carried out, or was not: an answer for its caller either way.
pub(super) struct Carried {
    /// In a few words, for the trace.
    pub outcome: String,
    /// Gives the answer to the caller, where there still is one.
    pub hand_over: Box<dyn FnOnce() + Send>,
}

/// A call that was made.
pub(super) struct Made {
    pub by: LifeId,
    pub call: Call,
    pub carry_out: CarryOut,
}

/// Where the driver finds what was made.
#[derive(Default)]
pub(super) struct Gate(Mutex<Waiting>);

#[derive(Default)]
struct Waiting {
    made: Vec<Made>,
    driver: Option<Waker>,
}

impl Gate {
    /// The calls that were made since the last time.
    pub fn take(&self) -> Vec<Made> {
        std::mem::take(&mut self.waiting().made)
    }

    /// Wakes this when a call is made.
    pub fn wake_at_the_next(&self, driver: &Waker) {
        self.waiting().driver = Some(driver.clone());
    }

    fn make(&self, made: Made) {
        let mut waiting = self.waiting();
        waiting.made.push(made);
        if let Some(driver) = waiting.driver.take() {
            driver.wake();
        }
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One machine's way through the gate.
#[derive(Clone)]
pub(super) struct Way {
    pub gate: Arc<Gate>,
    pub life: LifeId,
}

impl Way {
    /// Makes a call and waits for its answer. It does not come back where the run ends before.
    pub async fn through<T, W>(
        &self,
        call: Call,
        work: impl FnOnce(Fate) -> W + Send + 'static,
        outcome: impl FnOnce(&T) -> String + Send + 'static,
    ) -> T
    where
        T: Send + 'static,
        W: Future<Output = T> + Send + 'static,
    {
        let (sender, receiver) = oneshot::channel();
        let carry_out: CarryOut = Box::new(move |fate| {
            let carried = work(fate).map(move |answer| {
                let outcome = outcome(&answer);
                // A caller that is gone takes no answer, and nobody minds.
                let hand_over = Box::new(move || drop(sender.send(answer)));
                Carried { outcome, hand_over }
            });
            carried.boxed()
        });
        self.gate.make(Made { by: self.life, call, carry_out });
        match receiver.await {
            Ok(answer) => answer,
            Err(_the_run_is_over) => std::future::pending().await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::mishap::Mishap;
    use super::*;

    fn way(gate: &Arc<Gate>) -> Way {
        Way { gate: Arc::clone(gate), life: LifeId(1) }
    }

    async fn ask(way: Way) -> &'static str {
        let work = |fate: Fate| async move { if fate.mishap.is_some() { "failed" } else { "done" } };
        way.through(Call::of_store("get".to_owned()), work, |answer| (*answer).to_owned()).await
    }

    #[test]
    fn a_call_waits_for_its_arrival_and_for_its_answer() {
        let gate = Arc::new(Gate::default());
        let mut asking = Box::pin(ask(way(&gate)));
        assert_eq!(asking.as_mut().now_or_never(), None);
        let [made] = gate.take().try_into().unwrap_or_else(|_| panic!("one call was made"));
        assert_eq!((made.by, made.call.to_string().as_str()), (LifeId(1), "store get"));
        let fate = Fate { mishap: Some(Mishap::Unavailable), waits_in_vain: false };
        let carried = (made.carry_out)(fate).now_or_never().expect("it does not wait");
        assert_eq!(carried.outcome, "failed");
        assert_eq!(asking.as_mut().now_or_never(), None, "the answer is under way");
        (carried.hand_over)();
        assert_eq!(asking.now_or_never(), Some("failed"));
    }

    #[test]
    fn a_call_arrives_though_its_caller_is_gone() {
        let gate = Arc::new(Gate::default());
        let mut asking = Box::pin(ask(way(&gate)));
        assert_eq!(asking.as_mut().now_or_never(), None);
        drop(asking);
        let [made] = gate.take().try_into().unwrap_or_else(|_| panic!("one call was made"));
        let carried = (made.carry_out)(Fate::default()).now_or_never().expect("it does not wait");
        assert_eq!(carried.outcome, "done");
        (carried.hand_over)();
    }
}
