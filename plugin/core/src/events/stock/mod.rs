//! `on-inventory`: stock moved at Amazon, or it is time to compare both sides.
//!
//! A notification counts one SKU again; a sweep goes through all of both sides. What has to be done is planned anew
//! each time from what is known (`mapping::stock`), so the work can stop anywhere. Absent on purpose: what an order
//! does to stock, which its invoice does in the books.

mod change;
mod desk;
mod feed;
mod offers;
mod overview;
mod request;
mod sending;
mod sweep;
mod telling;
mod warehouse;
mod writing;

pub use overview::{StockLine, overview};

use chrono::{DateTime, Utc};

use crate::amazon::feeds::JSON_LISTINGS_FEED;
use crate::amazon::notification::{Notification, decode};
use crate::finding::{Code, Finding};
use crate::host::{Host, LogLevel};
use crate::orchestration::{Attempt, Claim, Disposition, Failure, Lease, Outcome, Stop, Unfinished, verdict};
use crate::remote::CallFailure;
use crate::settings::{Settings, Stock};

use super::{Delivery, not_handled_finding, settings};

use desk::Desk;

/// How far one delivery came.
enum Reached {
    End,
    /// More is left; the text says how much is done.
    Pause(String),
    /// Something is on its way that has to arrive first, in milliseconds.
    Wait(u64, String),
}

impl Reached {
    /// The end, unless an earlier write may still arrive until then.
    fn after(waits_until: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Self {
        let Some(until) = waits_until else { return Reached::End };
        let left_ms = u64::try_from((until - now).num_milliseconds()).unwrap_or(0);
        Reached::Wait(left_ms, "an earlier write to KashFlow may still be on its way".to_owned())
    }
}

pub(super) fn handle(host: &mut dyn Host, delivery: &Delivery) -> Result<Outcome, Failure> {
    if request::is_request(&delivery.body) {
        let decoded = request::decode(&delivery.body, &delivery.event_id);
        let request = decoded.map_err(|finding| Failure::DeadLetter(finding.into()))?;
        return working(host, delivery, |desk, attempt| desk.sweep(request, attempt));
    }
    let decoded = decode(&delivery.body, &delivery.event_id);
    match decoded.map_err(|finding| Failure::DeadLetter(finding.into()))? {
        Notification::InventoryChange(change) => working(host, delivery, |desk, attempt| {
            desk.follow(&change, delivery.occurred_at.as_deref(), attempt)
        }),
        Notification::FeedFinished(feed) if feed.feed_type == JSON_LISTINGS_FEED => {
            working(host, delivery, |desk, _| desk.finished_feed(&feed.feed))
        }
        other => Ok(Outcome::ignored(not_handled_finding(other.name(), delivery))),
    }
}

/// Why the work on stock stops before its end.
enum End {
    Ignored(Finding),
    Stop(Stop),
}

impl From<CallFailure> for End {
    fn from(failure: CallFailure) -> Self {
        End::Stop(Stop::Failed(failure))
    }
}

/// Does the work while no other delivery works on the stock, and keeps what was learnt however it ends.
fn working(
    host: &mut dyn Host,
    delivery: &Delivery,
    work: impl FnOnce(&mut Desk<'_>, Attempt<'_>) -> Result<Reached, End>,
) -> Result<Outcome, Failure> {
    let attempt = delivery.attempt(host);
    let (settings, stock) = stock_settings(host, delivery, attempt)?;
    let lease = Lease::take(host, Claim::Stock, attempt)?;
    let result =
        Desk::open(host, &settings, &stock, &delivery.event_id).map_err(End::from).and_then(|mut desk| {
            let result = work(&mut desk, attempt);
            let kept = desk.keep();
            let (effects, findings) = (desk.effects, desk.findings);
            match (result, kept) {
                (Ok(reached), Ok(())) => Ok((reached, effects, findings)),
                (Ok(_), Err(failure)) => Err(failure.into()),
                (Err(end), _) => Err(end),
            }
        });
    lease.release(host);
    match result {
        Ok((Reached::End, effects, findings)) => {
            let disposition = match (findings.is_empty(), effects.is_empty()) {
                (false, _) => Disposition::PartlyHeld,
                (true, false) => Disposition::Completed,
                (true, true) => Disposition::AlreadyDone,
            };
            Ok(Outcome { disposition, effects, findings })
        }
        Ok((Reached::Pause(reason), ..)) => {
            Err(Failure::Retry { after_ms: crate::limits::STOCK_PAUSE_MS, reason })
        }
        Ok((Reached::Wait(after_ms, reason), ..)) => Err(Failure::Retry { after_ms, reason }),
        Err(End::Ignored(finding)) => Ok(Outcome::ignored(finding)),
        Err(End::Stop(Stop::Held(finding))) => Err(Failure::Held(Unfinished::from(finding))),
        Err(End::Stop(Stop::Failed(failure))) => {
            let (code, class) = (failure.finding.code.as_str(), format!("{:?}", failure.class));
            host.log(LogLevel::Warn, "a call failed", &[("code", code), ("class", &class)]);
            Err(verdict(&failure, attempt))
        }
    }
}

fn stock_settings(
    host: &mut dyn Host,
    delivery: &Delivery,
    attempt: Attempt<'_>,
) -> Result<(Settings, Stock), Failure> {
    let settings = settings(host, attempt)?;
    let stock = settings.stock.clone().ok_or_else(|| {
        let message =
            "the settings have no section `stock`: set it and release the event, or unsubscribe from it";
        Failure::Held(Finding::new(Code::StockNotConfigured, &delivery.event_id, message).into())
    })?;
    Ok((settings, stock))
}
