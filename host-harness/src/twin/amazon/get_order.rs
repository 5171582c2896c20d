//! `getOrder`: one order by its id.
//!
//! Absent on purpose: the JSON of an order (`order_json`).

use std::sync::PoisonError;

use chrono::{DateTime, Months, Utc};
use serde_json::{Value, json};

use super::operation::Call;
use super::order_json::order_json;
use super::parameters::included_data;
use super::problem::Problem;
use crate::twin::world::ids::OrderId;
use crate::twin::world::order::Order;

/// The API keeps no data older than two years.
const HISTORY: Months = Months::new(24);

pub(super) fn get_order(call: &Call<'_>) -> Result<Value, Problem> {
    let id = call.path_parameter("orderId");
    let included = included_data(&call.query)?;
    if !has_order_id_shape(id) {
        return Err(Problem::invalid_input("orderId has an invalid value."));
    }
    if let Some(order) = call.service.told_instead().get(id) {
        return Ok(json!({ "order": order }));
    }
    let world = call.service.world().read().unwrap_or_else(PoisonError::into_inner);
    let order = world.order(&OrderId::new(id)).filter(|order| is_kept(order, call.now));
    let order = order.ok_or_else(Problem::not_found)?;
    Ok(json!({ "order": order_json(&world, order, &included, call.now) }))
}

/// Whether the API still shows the order.
pub(super) fn is_kept(order: &Order, now: DateTime<Utc>) -> bool {
    now.checked_sub_months(HISTORY).is_none_or(|oldest| order.created_at >= oldest)
}

/// Groups of 3, 7 and 7 digits.
fn has_order_id_shape(id: &str) -> bool {
    let groups: Vec<&str> = id.split('-').collect();
    let digits = |group: &&str| group.bytes().all(|byte| byte.is_ascii_digit());
    groups.iter().map(|group| group.len()).eq([3, 7, 7]) && groups.iter().all(digits)
}
