//! Which version of an order is acted on: not one that is older than its notification, and not one that is older
//! than what the books follow already.
//!
//! Amazon's answers can lag behind its notifications. Absent on purpose: what a version asks of the books.

use crate::amazon::order_change::OrderChange;
use crate::amazon::orders::search::FoundOrder;
use crate::amazon::orders::{GetOrder, Untranslatable};
use crate::canonical::Order;
use crate::finding::{Code, Finding};
use crate::host::Host;
use crate::orchestration::{BusinessKey, Disposition, Journal, Outcome, Stop};
use crate::remote::{CallFailure, FailureClass, perform};
use crate::settings::Settings;

use super::on_order::End;

/// The order as Amazon shows it, unless that is older than the change that the event tells of.
pub(super) fn read(
    host: &mut dyn Host,
    settings: &Settings,
    change: &OrderChange,
    may_lag: bool,
) -> Result<Order, End> {
    let order = get(host, settings, change, may_lag)?.map_err(|problem| unusable(problem, change))?;
    if may_lag && change.changed_at.is_some_and(|changed_at| order.last_updated_at < changed_at) {
        let message = "does not show the change yet that its event tells of; it is read again";
        return Err(older_version(&order, message));
    }
    Ok(order)
}

/// One that Amazon does not know may be too new to be shown.
fn get(
    host: &mut dyn Host,
    settings: &Settings,
    change: &OrderChange,
    may_lag: bool,
) -> Result<Result<Order, Untranslatable>, CallFailure> {
    perform(host, &GetOrder { host: settings.region.host(), order: &change.order }).map_err(|failure| {
        if may_lag && failure.finding.code == Code::OrderNotFound {
            CallFailure { class: FailureClass::Transient, ..failure }
        } else {
            failure
        }
    })
}

fn older_version(order: &Order, message: &str) -> End {
    let finding = Finding::new(Code::OlderVersion, order.id.as_str(), message);
    End::Stop(Stop::Failed(CallFailure { class: FailureClass::Transient, finding }))
}

/// The order's journal, unless the books follow a later version of the order already.
///
/// Amazon's answers can lag behind its notifications. What was read too late is not acted on; where the later
/// version is not finished, the event comes back for it.
pub(super) fn open(host: &mut dyn Host, order: &Order) -> Result<Journal, End> {
    let journal = Journal::open(host, &BusinessKey::invoice(&order.id))?;
    let Some(entry) = journal.entry().filter(|entry| entry.as_of > Some(order.last_updated_at)) else {
        return Ok(journal);
    };
    let message = "was read in an older version than the one that the books follow; nothing was changed";
    if entry.is_finished() {
        return Err(End::Ignored(Finding::new(Code::OlderVersion, order.id.as_str(), message)));
    }
    Err(older_version(order, message))
}

/// What the books are to show of the order, by its digest, where they follow this version of it already.
pub(super) fn follows<'a>(journal: &'a Journal, order: &Order) -> Option<Option<&'a str>> {
    let entry = journal.entry().filter(|entry| entry.as_of == Some(order.last_updated_at))?;
    Some(entry.wanted.as_deref())
}

/// How a sweep's message ends for an order whose invoice follows this version already, or a later one. That is told
/// from the journal alone. What else the journal can say is left to a fresh read: an order that stands nowhere in the
/// books may have to by now, and one that waits for a person is told again.
pub(super) fn posted_already(host: &mut dyn Host, found: &FoundOrder) -> Option<Outcome> {
    // An entry that cannot be read fails in the same way further on, where it is told.
    let journal = Journal::open(host, &BusinessKey::invoice(&found.order)).ok()?;
    let entry = journal.entry().filter(|entry| entry.as_of >= Some(found.last_updated_at))?;
    let (_, _, last) = entry.chain.last()?;
    let is_posted = entry.wanted.is_some() && entry.is_finished() && !last.partly_held;
    let effects = entry.chain.effects(&found.order).pop().into_iter().collect();
    let outcome = Outcome { disposition: Disposition::AlreadyDone, effects, findings: Vec::new() };
    is_posted.then_some(outcome)
}

/// What an order without a sale of ours leads to.
fn unusable(problem: Untranslatable, change: &OrderChange) -> End {
    let order = change.order.as_str();
    match problem.code {
        Code::PlacedElsewhere => End::Ignored(Finding::new(problem.code, order, problem.reason)),
        code => End::Stop(Stop::Held(Finding::new(
            code,
            order,
            format!("{}: check the order in Seller Central, then release it", problem.reason),
        ))),
    }
}
