//! `on-order`: from a notification to an invoice.
//!
//! The notification only says which order to read again; what is posted is what Amazon answers then.

use std::collections::BTreeMap;

use crate::amazon::notification::{Notification, decode};
use crate::amazon::order_change::OrderChange;
use crate::amazon::orders::{GetOrder, Untranslatable};
use crate::canonical::{MarketplaceId, Order, OrderStatus, Sale, SellerSku};
use crate::finding::{Code, Finding};
use crate::host::{Host, LogLevel};
use crate::kashflow::product::GetSubProductByCode;
use crate::mapping::customer_match;
use crate::mapping::fingerprint::fingerprint;
use crate::mapping::order_to_invoice::{PostingContext, map};
use crate::mapping::posting_moment::{Moment, invoice_date, moment};
use crate::mapping::sku::{ResolvedSku, candidate_codes, resolve};
use crate::orchestration::{
    Books, BusinessKey, Failure, Journal, Lease, Outcome, Phase, Plan, already_done, await_settled, run,
    verdict,
};
use crate::remote::{CallFailure, FailureClass, perform};
use crate::settings::{Marketplace, Settings};

use super::kashflow_books::KashFlowBooks;
use super::{Delivery, chart, not_handled_finding, settings};

pub fn on_order(host: &mut dyn Host, delivery: &Delivery) -> Result<Outcome, Failure> {
    let change = match decode(&delivery.body, &delivery.event_id).map_err(Failure::DeadLetter)? {
        Notification::OrderChange(change) => change,
        Notification::Other(name) => return Ok(Outcome::ignored(not_handled_finding(&name, delivery))),
    };
    let settings = settings(host)?;
    // Most sellers are on several marketplaces: what is not ours is told from the notification alone.
    if let Some(marketplace) =
        change.marketplace.as_ref().filter(|id| !settings.marketplaces.contains_key(*id))
    {
        return Ok(Outcome::ignored(foreign_marketplace(marketplace, &change)));
    }
    let lease = Lease::take(host, &change.order, delivery.attempt)?;
    let result = handle(host, &settings, &change);
    lease.release(host);
    result.or_else(|end| match end {
        End::Ignored(finding) => Ok(Outcome::ignored(finding)),
        End::Held(finding) => Err(Failure::Held(finding)),
        End::Call(failure) => {
            let (code, class) = (failure.finding.code.as_str(), format!("{:?}", failure.class));
            host.log(LogLevel::Warn, "a call failed", &[("code", code), ("class", &class)]);
            Err(verdict(&about(failure, &change), delivery.attempt, change.order.as_str()))
        }
    })
}

/// The failure with the order as its subject: an operation's name alone helps nobody to find it.
fn about(mut failure: CallFailure, change: &OrderChange) -> CallFailure {
    failure.finding.subject = change.order.to_string();
    failure
}

/// Why the handling of an order stops before its end.
enum End {
    Ignored(Finding),
    Held(Finding),
    Call(CallFailure),
}

impl From<CallFailure> for End {
    fn from(failure: CallFailure) -> Self {
        End::Call(failure)
    }
}

fn handle(host: &mut dyn Host, settings: &Settings, change: &OrderChange) -> Result<Outcome, End> {
    let order = perform(host, &GetOrder { host: settings.region.host(), order: &change.order })?
        .map_err(|problem| unusable(problem, change))?;
    let Some(marketplace) = settings.marketplaces.get(&order.marketplace) else {
        return Err(End::Ignored(foreign_marketplace(&order.marketplace, change)));
    };
    match moment(&order, settings.posting.on_status) {
        Moment::Post => {}
        Moment::Wait(finding) => return Err(waiting(host, &order, finding)?),
        Moment::Hold(finding) => return Err(End::Held(finding)),
    }
    let sale = order.sale.as_ref().ok_or_else(|| End::Call(proceeds_missing(&order)))?;
    let key = BusinessKey::invoice(&order.id);
    let fingerprint = fingerprint(sale);
    let mut journal = Journal::open(host, &key)?;
    if let Some(outcome) = already_done(&journal, &key, &fingerprint) {
        return Ok(outcome);
    }
    let plan = plan(host, settings, marketplace, &order, sale, fingerprint)?;
    Ok(run(host, &KashFlowBooks, &plan, &mut journal)?)
}

/// What an order without a sale of ours leads to.
fn unusable(problem: Untranslatable, change: &OrderChange) -> End {
    let order = change.order.as_str();
    match problem.code {
        Code::PlacedElsewhere => End::Ignored(Finding::new(problem.code, order, problem.reason)),
        code => End::Held(Finding::new(
            code,
            order,
            format!("{}: check the order in Seller Central, then release it", problem.reason),
        )),
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

/// What a status that posts nothing leads to: nothing, unless the order was posted before and is off now.
fn waiting(host: &mut dyn Host, order: &Order, finding: Finding) -> Result<End, CallFailure> {
    if !matches!(order.status, OrderStatus::Cancelled | OrderStatus::Unfulfillable) {
        return Ok(End::Ignored(finding));
    }
    let journal = Journal::open(host, &BusinessKey::invoice(&order.id))?;
    let number = match journal.entry.as_ref().map(|entry| entry.phase) {
        None | Some(Phase::Refused) => None,
        Some(Phase::Recorded(number)) => Some(number),
        // The answer to our own creation was lost: the books know whether it happened.
        Some(Phase::Intended(_)) => {
            let found = KashFlowBooks.invoices_dated(host, invoice_date(order), order.id.as_str())?;
            if found.is_empty() {
                await_settled(host, &journal, order.id.as_str())?;
            }
            found.first().map(|record| record.number)
        }
    };
    Ok(number.map_or(End::Ignored(finding), |number| {
        End::Held(Finding::new(
            Code::PostedOrderCancelled,
            order.id.as_str(),
            format!("will not be sold after all and was posted as invoice {number}: credit the invoice in KashFlow, then discard the event"),
        ))
    }))
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

fn plan(
    host: &mut dyn Host,
    settings: &Settings,
    marketplace: &Marketplace,
    order: &Order,
    sale: &Sale,
    fingerprint: String,
) -> Result<Plan, End> {
    let required: Vec<_> = settings.nominals.named().into_iter().map(|(_, code)| code).collect();
    let (chart, is_kept) = chart::chart(host, &required)?;
    let skus = resolve_skus(host, settings, order, sale)?;
    let draft = match map(order, sale, PostingContext { settings, marketplace, chart: &chart, skus: &skus }) {
        // Added to the account a moment ago, perhaps: the kept chart is not the last word.
        Err(finding) if is_kept && matches!(finding.code, Code::NominalUnknown | Code::VatRateUnknown) => {
            let chart = chart::refresh(host)?;
            map(order, sale, PostingContext { settings, marketplace, chart: &chart, skus: &skus })
        }
        drafted => drafted,
    };
    let draft = draft.map_err(End::Held)?;
    let (customer, mut findings) = customer_match::card(order, marketplace);
    findings.extend(draft.findings);
    Ok(Plan { customer, invoice: draft.invoice, fingerprint, findings, partly_held: draft.partly_held })
}

/// Looks up every SKU of the order once.
fn resolve_skus(
    host: &mut dyn Host,
    settings: &Settings,
    order: &Order,
    sale: &Sale,
) -> Result<BTreeMap<SellerSku, ResolvedSku>, CallFailure> {
    let tax_point = invoice_date(order);
    let mut skus = BTreeMap::new();
    for line in sale.lines().iter().filter(|line| !line.is_void()) {
        if skus.contains_key(&line.sku) {
            continue;
        }
        let mut product = None;
        for code in candidate_codes(&line.sku, &settings.sku.table) {
            product = perform(host, &GetSubProductByCode { code: &code })?;
            if product.is_some() {
                break;
            }
        }
        skus.insert(line.sku.clone(), resolve(&line.sku, &settings.sku.table, product, tax_point));
    }
    Ok(skus)
}
