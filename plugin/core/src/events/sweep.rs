//! `on-order` by schedule: finds the orders that changed, whether or not a notification told of them, and asks for
//! each with a message to `on-order` itself.
//!
//! A delivery reads some pages and comes back for the next, so that neither its time nor Amazon's usage plan is
//! exceeded. A page counts as seen once all its orders are in the queue; what is asked for twice, the queue drops.
//! Absent on purpose: reading an order, which the message leads to.

use chrono::{DateTime, SecondsFormat, Utc};

use crate::amazon::orders::search::{FoundOrder, FoundOrders, SearchOrders};
use crate::finding::Code;
use crate::host::{Host, LogLevel, QueueError};
use crate::limits::{EVENT_AGE_MAX_MS, SWEEP_PAGES_MAX, SWEEP_PAUSE_MS};
use crate::orchestration::{
    Claim, Disposition, Failure, Lease, Outcome, Place, SweepJournal, SweepProgress, Underway, Window,
    verdict,
};
use crate::remote::{CallFailure, FailureClass, perform};
use crate::settings::Settings;

use super::sweep_request::{self, ORDERS, SweepRequest};
use super::{Delivery, queued_order, settings};

/// How far one delivery came.
enum Reached {
    /// There is no time to search yet.
    Nothing,
    /// All of the window is seen.
    TheEnd,
    /// More pages are left.
    ThePause,
}

pub(super) fn handle(host: &mut dyn Host, delivery: &Delivery) -> Result<Outcome, Failure> {
    let decoded = sweep_request::decode(&delivery.body, &delivery.event_id);
    let request = decoded.map_err(|finding| Failure::DeadLetter(finding.into()))?;
    let attempt = delivery.attempt(host);
    let settings = settings(host, attempt)?;
    // One at a time, whatever the period: they share the usage plan.
    let lease = Lease::take(host, Claim::Sweep(ORDERS), attempt)?;
    let reached = OrderSweep { settings: &settings, request, event_id: &delivery.event_id }.run(host);
    lease.release(host);
    let outcome = |disposition| Outcome { disposition, effects: Vec::new(), findings: Vec::new() };
    match reached {
        Ok(Reached::Nothing) => Ok(outcome(Disposition::AlreadyDone)),
        Ok(Reached::TheEnd) => Ok(outcome(Disposition::Completed)),
        Ok(Reached::ThePause) => {
            let reason = format!("the sweep of {ORDERS} has read {SWEEP_PAGES_MAX} pages and goes on");
            Err(Failure::Retry { after_ms: SWEEP_PAUSE_MS, reason })
        }
        Err(failure) => {
            let (code, class) = (failure.finding.code.as_str(), format!("{:?}", failure.class));
            host.log(LogLevel::Warn, "a sweep was interrupted", &[("code", code), ("class", &class)]);
            Err(verdict(&failure, attempt))
        }
    }
}

struct OrderSweep<'a> {
    settings: &'a Settings,
    request: SweepRequest,
    event_id: &'a str,
}

impl OrderSweep<'_> {
    fn run(&self, host: &mut dyn Host) -> Result<Reached, CallFailure> {
        let mut journal = self.open(host)?;
        let Some(mut underway) = self.underway(host, journal.progress()) else { return Ok(Reached::Nothing) };
        for _ in 0..SWEEP_PAGES_MAX {
            let begun_at = host.now();
            let page = match self.search(host, &underway) {
                Err(failure) if is_about_the_place(&failure, &underway) => {
                    return Err(self.begin_again(host, &mut journal, underway.window, failure)?);
                }
                page => page?,
            };
            for order in &page.orders {
                self.ask_for(host, order)?;
            }
            // The first page fixes until when all is seen: what changes while the later ones are read may be on none.
            let seen_until = match &underway.place {
                Some(place) => place.seen_until,
                None => underway.window.seen_until(page.searched_until, begun_at),
            };
            let orders = page.orders.len().to_string();
            host.log(LogLevel::Debug, "a page of a sweep was read", &[("orders", &orders)]);
            let Some(token) = page.next else {
                let until = seen_until.to_rfc3339_opts(SecondsFormat::Secs, true);
                host.log(LogLevel::Info, "a sweep came to its end", &[("sweep", ORDERS), ("until", &until)]);
                self.finish(host, journal, seen_until)?;
                return Ok(Reached::TheEnd);
            };
            underway.place = Some(Place { token, given_at: begun_at, seen_until });
            let seen_before = journal.progress().seen_until;
            let progress = SweepProgress { seen_until: seen_before, underway: Some(underway.clone()) };
            journal.write(host, progress)?;
        }
        Ok(Reached::ThePause)
    }

    /// Where this sweep stands. A period by hand has an entry of its own, so that it neither goes on with another nor
    /// moves the time up to which the schedule has seen all.
    fn open(&self, host: &mut dyn Host) -> Result<SweepJournal, CallFailure> {
        match self.request {
            SweepRequest::SinceTheLast => SweepJournal::open(host, ORDERS, None),
            SweepRequest::ByHand { since, until } => {
                let text = |time: DateTime<Utc>| time.to_rfc3339_opts(SecondsFormat::Secs, true);
                let until = until.map_or_else(|| "now".to_owned(), text);
                let name = format!("{ORDERS}/by-hand/{}/{until}", text(since));
                SweepJournal::open(host, &name, Some(EVENT_AGE_MAX_MS))
            }
        }
    }

    /// What an earlier delivery left, or a new window.
    fn underway(&self, host: &mut dyn Host, progress: &SweepProgress) -> Option<Underway> {
        let now = host.now();
        if let Some(underway) = &progress.underway {
            return Some(underway.resumed(now));
        }
        let window = match self.request {
            SweepRequest::SinceTheLast => {
                Window::next(progress.seen_until, self.settings.sweep.first_days, now)
            }
            SweepRequest::ByHand { since, until } => Window::between(since, until, now),
        };
        window.map(Underway::begun)
    }

    fn search(&self, host: &mut dyn Host, underway: &Underway) -> Result<FoundOrders, CallFailure> {
        let marketplaces: Vec<_> = self.settings.marketplaces.keys().collect();
        let search = SearchOrders {
            host: self.settings.region.host(),
            marketplaces: &marketplaces,
            updated_after: underway.window.from,
            updated_before: underway.window.until,
            token: underway.place.as_ref().map(|place| place.token.as_str()),
        };
        perform(host, &search)
    }

    fn ask_for(&self, host: &mut dyn Host, order: &FoundOrder) -> Result<(), CallFailure> {
        let by_hand = match self.request {
            SweepRequest::SinceTheLast => None,
            SweepRequest::ByHand { .. } => Some(self.event_id),
        };
        let key = queued_order::deduplication_key(order, by_hand);
        host.enqueue(queued_order::QUEUE, &queued_order::encode(order), &key).map_err(|error| refused(&error))
    }

    fn finish(
        &self,
        host: &mut dyn Host,
        mut journal: SweepJournal,
        seen_until: DateTime<Utc>,
    ) -> Result<(), CallFailure> {
        match self.request {
            SweepRequest::SinceTheLast => {
                let seen_until = journal.progress().seen_until.max(Some(seen_until));
                journal.write(host, SweepProgress { seen_until, underway: None })
            }
            SweepRequest::ByHand { .. } => journal.forget(host),
        }
    }

    /// Goes back to the beginning of the window, for a place that Amazon does not take: it is too old, or the
    /// settings have changed since. The next delivery begins again; the failure that comes back lets it wait.
    fn begin_again(
        &self,
        host: &mut dyn Host,
        journal: &mut SweepJournal,
        window: Window,
        failure: CallFailure,
    ) -> Result<CallFailure, CallFailure> {
        let seen_until = journal.progress().seen_until;
        journal.write(host, SweepProgress { seen_until, underway: Some(Underway::begun(window)) })?;
        Ok(CallFailure { class: FailureClass::Transient, ..failure })
    }
}

/// Whether Amazon refused a request that goes on where an earlier one left off.
fn is_about_the_place(failure: &CallFailure, underway: &Underway) -> bool {
    underway.place.is_some() && failure.finding.code == Code::AmazonRejected
}

fn refused(error: &QueueError) -> CallFailure {
    let queue = queued_order::QUEUE;
    match error {
        QueueError::NotGranted => CallFailure::new(
            FailureClass::Unauthorised,
            Code::QueueNotGranted,
            queue,
            format!(
                "the sweep found orders and cannot ask for them, because the connection does not grant the queue \
                 `{queue}`: add it to `grants.queues`, then release the event"
            ),
        ),
        QueueError::TooLarge(_) => {
            CallFailure::new(FailureClass::Rejected, Code::QueueUnavailable, queue, error.to_string())
        }
        QueueError::Unavailable(_) => {
            let message = format!("{error}; the sweep goes on where it was");
            CallFailure::new(FailureClass::Transient, Code::QueueUnavailable, queue, message)
        }
    }
}

#[cfg(test)]
mod tests;
