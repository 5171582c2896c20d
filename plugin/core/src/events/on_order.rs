//! `on-order`: from a notification, or the message of a sweep, to the documents of its order.
//!
//! The event only says which order to read again; what is posted is what Amazon answers then.

use crate::amazon::notification::{Notification, decode};
use crate::amazon::order_change::OrderChange;
use crate::canonical::{DocumentKind, DocumentReference, MarketplaceId, Order, Sale};
use crate::finding::{Code, Finding};
use crate::host::{Host, LogLevel};
use crate::limits::{LAG_MS, LAGGING_READS_MAX};
use crate::mapping::fingerprint::fingerprint;
use crate::mapping::posting_moment::{Moment, correction_date, invoice_date, moment};
use crate::orchestration::{
    Asked, Books, Claim, Effect, Failure, Journal, Lease, Outcome, Stop, Unfinished, run, verdict,
};
use crate::remote::{CallFailure, FailureClass};
use crate::settings::{Marketplace, Settings};

use super::kashflow_books::KashFlowBooks;
use super::order_planner::OrderPlanner;
use super::order_promise;
use super::order_version;
use super::{Delivery, age_ms, not_handled_finding, queued_order, settings};

pub(super) fn handle_notification(host: &mut dyn Host, delivery: &Delivery) -> Result<Outcome, Failure> {
    let decoded = decode(&delivery.body, &delivery.event_id);
    match decoded.map_err(|finding| Failure::DeadLetter(finding.into()))? {
        Notification::OrderChange(change) => follow(host, delivery, &change),
        other => Ok(Outcome::ignored(not_handled_finding(other.name(), delivery))),
    }
}

/// A sweep finds every order that changed; most were told of as well, and those cost no call to Amazon.
pub(super) fn handle_queued(host: &mut dyn Host, delivery: &Delivery) -> Result<Outcome, Failure> {
    let decoded = queued_order::decode(&delivery.body, &delivery.event_id);
    let found = decoded.map_err(|finding| Failure::DeadLetter(finding.into()))?;
    match order_version::posted_already(host, &found) {
        Some(outcome) => Ok(outcome),
        None => follow(host, delivery, &queued_order::change(found)),
    }
}

/// Makes the books follow the order that changed.
fn follow(host: &mut dyn Host, delivery: &Delivery, change: &OrderChange) -> Result<Outcome, Failure> {
    let attempt = delivery.attempt(host);
    let settings = settings(host, attempt)?;
    // Most sellers are on several marketplaces: what is not ours is told from the notification alone.
    if let Some(marketplace) =
        change.marketplace.as_ref().filter(|id| !settings.marketplaces.contains_key(*id))
    {
        return Ok(Outcome::ignored(foreign_marketplace(marketplace, change)));
    }
    let lease = Lease::take(host, Claim::Order(&change.order), attempt)?;
    let mut done = Vec::new();
    let age_ms = attempt.event_age_ms.or_else(|| change.changed_at.map(|at| age_ms(host, at)));
    let is_recent = age_ms.is_some_and(|age_ms| age_ms < LAG_MS);
    let may_lag = is_recent || attempt.number < LAGGING_READS_MAX;
    let result = read_and_post(host, &settings, change, may_lag, &mut done);
    lease.release(host);
    result.or_else(|end| match end {
        End::Ignored(finding) => Ok(Outcome::ignored(finding)),
        End::Stop(Stop::Held(finding)) => Err(Failure::Held(Unfinished { finding, done })),
        End::Stop(Stop::Failed(failure)) => {
            let (code, class) = (failure.finding.code.as_str(), format!("{:?}", failure.class));
            host.log(LogLevel::Warn, "a call failed", &[("code", code), ("class", &class)]);
            let ending = verdict(&about(failure, change), attempt);
            Err(with_done(ending, done))
        }
    })
}

/// The failure with the order as its subject: an operation's name alone helps nobody to find it.
fn about(mut failure: CallFailure, change: &OrderChange) -> CallFailure {
    failure.finding.subject = change.order.to_string();
    failure
}

fn with_done(failure: Failure, done: Vec<Effect>) -> Failure {
    match failure {
        Failure::Held(unfinished) => Failure::Held(Unfinished { done, ..unfinished }),
        Failure::DeadLetter(unfinished) => Failure::DeadLetter(Unfinished { done, ..unfinished }),
        Failure::Retry { .. } => failure,
    }
}

/// Why the handling of an order stops before its end.
pub(super) enum End {
    Ignored(Finding),
    Stop(Stop),
}

impl From<CallFailure> for End {
    fn from(failure: CallFailure) -> Self {
        End::Stop(Stop::Failed(failure))
    }
}

impl From<Stop> for End {
    fn from(stop: Stop) -> Self {
        End::Stop(stop)
    }
}

/// Reads the order and makes the books follow it. `done` has what the books hold of it by the end.
fn read_and_post(
    host: &mut dyn Host,
    settings: &Settings,
    change: &OrderChange,
    may_lag: bool,
    done: &mut Vec<Effect>,
) -> Result<Outcome, End> {
    let order = order_version::read(host, settings, change, may_lag)?;
    let Some(marketplace) = settings.marketplaces.get(&order.marketplace) else {
        return Err(End::Ignored(foreign_marketplace(&order.marketplace, change)));
    };
    let moment = moment(&order, settings.posting.on_status);
    let is_withdrawn = matches!(moment, Moment::Withdraw(_));
    let result = follow_moment(host, settings, marketplace, &order, moment, done);
    let is_older = matches!(&result, Err(End::Ignored(finding)) if finding.code == Code::OlderVersion);
    if !is_older {
        order_promise::keep(host, settings, &order, !is_withdrawn && !stands(done))?;
    }
    result
}

/// Whether the order is in the books now, by the last of its documents.
fn stands(done: &[Effect]) -> bool {
    done.last().is_some_and(|effect| effect.document == DocumentKind::Invoice.effect_name())
}

/// Does what the moment asks for.
fn follow_moment(
    host: &mut dyn Host,
    settings: &Settings,
    marketplace: &Marketplace,
    order: &Order,
    moment: Moment,
    done: &mut Vec<Effect>,
) -> Result<Outcome, End> {
    match moment {
        Moment::Post => {
            let sale = order.sale.as_ref().ok_or_else(|| proceeds_missing(order))?;
            in_journal(host, order, done, |host, journal| {
                post(host, settings, marketplace, order, sale, journal)
            })
        }
        Moment::Withdraw(finding) => in_journal(host, order, done, |host, journal| {
            if journal.chain().last().is_none() && order_version::follows(journal, order) != Some(None) {
                check_unposted(host, order)?;
            }
            take_back(host, settings, marketplace, order, journal, finding)
        }),
        // An order that has fallen back since it was posted stands as it is now, and is posted when it is time.
        Moment::Wait(finding) => in_journal(host, order, done, |host, journal| {
            // What was posted at the very moment of this version stays: nothing tells which of the two is later.
            if matches!(order_version::follows(journal, order), Some(Some(_))) {
                return Err(End::Ignored(finding));
            }
            take_back(host, settings, marketplace, order, journal, finding)
        }),
        Moment::Hold(finding) => Err(End::Stop(Stop::Held(finding))),
    }
}

/// Does the work with the order's journal. However it ends, `done` has what the journal says of it then.
fn in_journal(
    host: &mut dyn Host,
    order: &Order,
    done: &mut Vec<Effect>,
    work: impl FnOnce(&mut dyn Host, &mut Journal) -> Result<Outcome, End>,
) -> Result<Outcome, End> {
    let mut journal = order_version::open(host, order)?;
    let result = work(host, &mut journal);
    *done = journal.chain().effects(&order.id);
    result
}

fn post(
    host: &mut dyn Host,
    settings: &Settings,
    marketplace: &Marketplace,
    order: &Order,
    sale: &Sale,
    journal: &mut Journal,
) -> Result<Outcome, End> {
    let fingerprint = fingerprint(sale, order.dispatched_from);
    let asked = asked(host, order, Some(&fingerprint));
    let mut planner = OrderPlanner { settings, marketplace, order, sale: Some(sale) };
    Ok(run(host, &KashFlowBooks, journal, &asked, &mut planner)?)
}

/// An order that is to stand nowhere in the books as it is now: what was posted of it is taken back.
fn take_back(
    host: &mut dyn Host,
    settings: &Settings,
    marketplace: &Marketplace,
    order: &Order,
    journal: &mut Journal,
    finding: Finding,
) -> Result<Outcome, End> {
    let mut planner = OrderPlanner { settings, marketplace, order, sale: None };
    let asked = asked(host, order, None);
    let outcome = run(host, &KashFlowBooks, journal, &asked, &mut planner)?;
    if outcome.effects.is_empty() && outcome.findings.is_empty() {
        return Err(End::Ignored(finding));
    }
    Ok(outcome)
}

/// Holds a cancelled order of which the journal has no document and the books have: a person posted it, or the
/// state of this connection was lost. What is settled was credited already.
fn check_unposted(host: &mut dyn Host, order: &Order) -> Result<(), End> {
    let reference = DocumentReference::invoice(&order.id, 1);
    let found = KashFlowBooks.documents_dated(host, invoice_date(order), &reference)?;
    let Some(posted) = found.iter().find(|posted| !posted.is_settled()) else { return Ok(()) };
    Err(End::Stop(Stop::Held(Finding::new(
        Code::PostedOrderCancelled,
        order.id.as_str(),
        format!(
            "will not be sold after all and stands in the books as invoice {}, which this connection did not post: \
             credit the invoice in KashFlow, then discard the event",
            posted.number
        ),
    ))))
}

fn asked<'a>(host: &mut dyn Host, order: &'a Order, wanted: Option<&'a str>) -> Asked<'a> {
    Asked {
        order: &order.id,
        as_of: order.last_updated_at,
        wanted,
        invoice_date: invoice_date(order),
        correction_date: correction_date(host.now()),
    }
}

fn foreign_marketplace(marketplace: &MarketplaceId, change: &OrderChange) -> Finding {
    Finding::new(
        Code::MarketplaceNotConfigured,
        change.order.as_str(),
        format!(
            "is of marketplace {marketplace}, which this connection does not post: configure it to post its orders"
        ),
    )
}

/// A paid order without amounts: Amazon fills them in a little later.
fn proceeds_missing(order: &Order) -> CallFailure {
    CallFailure::new(
        FailureClass::Transient,
        Code::ProceedsMissing,
        order.id.as_str(),
        "is paid and Amazon gives no amounts yet; if it lasts, check the roles of the application",
    )
}
