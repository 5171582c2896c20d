//! What goes wrong all the time: 2 % of the calls are throttled, 1 % fail, and of 0.5 % the answer is lost after
//! they were carried out. And what goes wrong once: both services are gone.

use std::time::Duration;

use crate::twin::TwinPair;
use crate::twin::amazon::fault::{Fault as AmazonFault, When};
use crate::twin::kashflow::{Fault as KashFlowFault, FaultEffect};

/// One call in so many is throttled, fails, or loses its answer.
const THROTTLED_EVERY: u32 = 50;
const FAILS_EVERY: u32 = 100;
const ANSWER_LOST_EVERY: u32 = 200;

pub(super) struct Weather<'a> {
    pair: &'a TwinPair,
}

impl<'a> Weather<'a> {
    pub(super) fn begin(pair: &'a TwinPair) -> Self {
        let weather = Weather { pair };
        weather.usual();
        weather
    }

    fn usual(&self) {
        let amazon = self.pair.amazon.faults();
        amazon.clear();
        for (every, fault) in [
            (THROTTLED_EVERY, AmazonFault::QuotaExceeded),
            (FAILS_EVERY, AmazonFault::ServiceUnavailable),
            (ANSWER_LOST_EVERY, AmazonFault::DropAnswer),
        ] {
            amazon.inject(None, When::Every(every.into()), fault);
        }
        let kashflow = self.pair.kashflow.faults();
        kashflow.clear();
        for (every, effect) in [
            (THROTTLED_EVERY, FaultEffect::HttpError(429)),
            (FAILS_EVERY, FaultEffect::HttpError(503)),
            (ANSWER_LOST_EVERY, FaultEffect::DropAfterProcessing),
        ] {
            kashflow.push(KashFlowFault::on_any(effect).every(every));
        }
    }

    /// Every call is dropped for so long.
    pub(super) async fn outage(&self, lasts: Duration) {
        self.pair.amazon.faults().clear();
        self.pair.amazon.faults().inject(None, When::Always, AmazonFault::DropCall);
        self.pair.kashflow.faults().clear();
        self.pair.kashflow.faults().push(KashFlowFault::on_any(FaultEffect::DropBeforeProcessing).every(1));
        tokio::time::sleep(lasts).await;
        self.usual();
    }
}
