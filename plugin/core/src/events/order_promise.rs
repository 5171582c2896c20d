//! What an order does to stock before its invoice does: its units are promised.
//!
//! Amazon has taken them off the offer, and the books take them off with the invoice. Until then a sweep of the stock
//! must not offer them again. Absent on purpose: orders that Amazon sends, whose stock is Amazon's to count.

use crate::canonical::{Fulfilment, Order};
use crate::host::Host;
use crate::orchestration::stock::{Promise, keep_promise};
use crate::remote::CallFailure;
use crate::settings::Settings;

/// Notes the units of an order of the merchant's, where the connection keeps stock in step.
pub(super) fn keep(
    host: &mut dyn Host,
    settings: &Settings,
    order: &Order,
    is_open: bool,
) -> Result<(), CallFailure> {
    if settings.stock.is_none() || order.fulfilment != Fulfilment::ByMerchant {
        return Ok(());
    }
    let promise = Promise { units: order.ordered.clone(), is_open, at: host.now() };
    keep_promise(host, &order.id, &promise)
}
