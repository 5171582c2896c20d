//! A seeded simulation on virtual time: the proof of "exactly once" in a world where everything goes wrong.
//!
//! A seed is a world of orders that live, change and are cancelled; a queue that delivers at least once, late
//! and out of order; machines that lose power; services that throttle, fail, answer with old news, lose
//! answers, or carry a call out minutes after its caller is gone. The real component runs in it through
//! [`Host::deliver`], several deliveries at a time. In the end the books must be those that the world asks
//! for, and at no moment may two documents have one reference.
//!
//! The model is firezone's: a *reference* says what must come out (`crate::reconciliation`, over the world's
//! own oracle), and *simulated* actors do their worst. Nothing depends on real time, so a failure is played
//! again from its seed. Absent on purpose: sockets, and any knowledge of how the plugin does it.

mod call;
mod chances;
mod dispatcher;
mod ending;
mod gate;
mod gated_store;
mod gated_twins;
mod happening;
mod judgement;
mod machine;
mod mishap;
mod mix;
mod report;
mod run;
mod timeline;
mod trace;
mod weather;

use std::time::Instant;

use crate::Host;

pub use report::{Problem, SeedReport, Tally};
pub use trace::TraceLine;

use run::Run;

/// Which run, and what to tell of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SimulationOptions {
    pub seed: u64,
    /// In the place of what the seed draws; at least one.
    pub orders: Option<usize>,
    /// Whether the lines of the trace are kept; its digest always is.
    pub keeps_trace: bool,
}

impl SimulationOptions {
    /// A seed as it is.
    pub fn of_seed(seed: u64) -> Self {
        SimulationOptions { seed, orders: None, keeps_trace: false }
    }
}

/// Plays one seed on this thread, from the first order to the last judgement.
///
/// It makes a runtime of its own, so it must not be called from within one.
///
/// # Errors
/// When the stage cannot be set, such as for want of a temporary folder, or a delivery stands still. What goes
/// wrong in the run is in the report.
pub fn run_seed(host: &Host, options: SimulationOptions) -> anyhow::Result<SeedReport> {
    let start = Instant::now();
    let SimulationOptions { seed, orders, keeps_trace } = options;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
    runtime.block_on(async {
        let mut run = Run::set(host, seed, orders, keeps_trace)?;
        run.play().await?;
        run.settle().await?;
        run.judge().await;
        let (orders, problems, tally) = (run.histories.len(), run.problems, run.tally);
        let (digest, trace) = run.trace.finish();
        Ok(SeedReport { seed, orders, problems, tally, digest, trace, elapsed: start.elapsed() })
    })
}
