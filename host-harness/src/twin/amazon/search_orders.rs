//! `searchOrders`: orders of a period, page by page.
//!
//! Pages go by time and then by id, upwards. A search without an end ends two minutes ago, and the answer
//! names that end: it is where the next search should begin. Absent on purpose: the rules of the
//! parameters (`parameters`) and of the tokens (`pagination`).

use std::sync::PoisonError;

use chrono::{DateTime, Duration, SecondsFormat, Utc};
use serde_json::{Value, json};

use super::get_order::is_kept;
use super::operation::Call;
use super::order_json::order_json;
use super::pagination::Place;
use super::parameters::{LATEST_END_MINUTES, Selection, TimeField, included_data, page_size};
use super::problem::Problem;
use super::told_order;
use crate::twin::world::ids::OrderId;
use crate::twin::world::order::Order;

pub(super) fn search_orders(call: &Call<'_>) -> Result<Value, Problem> {
    let included = included_data(&call.query)?;
    let size = page_size(&call.query)?.min(call.service.orders_of_a_page());
    let selection = Selection::parse(&call.query, call.now)?;
    let place = match call.query.one("paginationToken")? {
        Some(token) => Some(call.service.pages().resume(token, &selection, call.now)?),
        None => None,
    };
    let latest_end = call.now - Duration::minutes(LATEST_END_MINUTES);
    let end = place.as_ref().map_or(selection.before.unwrap_or(latest_end), |place| place.end);

    let world = call.service.world().read().unwrap_or_else(PoisonError::into_inner);
    let told_instead = call.service.told_instead();
    let kept = world.orders().iter().filter(|order| {
        is_kept(order, call.now)
            && !told_instead.contains_key(order.id.as_str())
            && is_selected(order, &selection)
    });
    let of_the_world =
        kept.map(|order| ((order_time(order, selection.field), order.id.clone()), Source::World(order)));
    let told = told_instead.iter().filter(|(_, told)| told_order::is_selected(told, &selection));
    let told = told.filter_map(|(id, told)| {
        Some(((told_order::time(told, selection.field)?, OrderId::new(id)), Source::Told(told)))
    });
    let mut found: Vec<((DateTime<Utc>, OrderId), Source<'_>)> = of_the_world
        .chain(told)
        .filter(|((time, _), _)| selection.after <= *time && *time <= end)
        .filter(|(key, _)| place.as_ref().is_none_or(|place| *key > place.last))
        .collect();
    found.sort_by(|(left, _), (right, _)| left.cmp(right));

    let more = found.len() > size;
    found.truncate(size);
    let shown = |source: &Source<'_>| match source {
        Source::World(order) => order_json(&world, order, &included, call.now),
        Source::Told(told) => told_order::shown(told),
    };
    let orders: Vec<Value> = found.iter().map(|(_, source)| shown(source)).collect();
    let mut answer = json!({ "orders": orders });
    answer[end_name(selection.field)] = end.to_rfc3339_opts(SecondsFormat::Secs, true).into();
    if let Some((last, _)) = found.last().filter(|_| more) {
        answer["pagination"] = json!({ "nextToken": next_token(call, selection.clone(), end, last.clone()) });
    }
    Ok(answer)
}

/// What says how an order is.
enum Source<'a> {
    World(&'a Order),
    /// In the place of what the world knows.
    Told(&'a Value),
}

fn next_token(
    call: &Call<'_>,
    selection: Selection,
    end: DateTime<Utc>,
    last: (DateTime<Utc>, OrderId),
) -> String {
    let place = Place { selection, end, last };
    call.service.pages().issue(place, (call.service.seed(), call.now))
}

fn order_time(order: &Order, field: TimeField) -> DateTime<Utc> {
    match field {
        TimeField::Created => order.created_at,
        TimeField::LastUpdated => order.last_updated_at,
    }
}

fn end_name(field: TimeField) -> &'static str {
    match field {
        TimeField::Created => "createdBefore",
        TimeField::LastUpdated => "lastUpdatedBefore",
    }
}

fn is_selected(order: &Order, selection: &Selection) -> bool {
    let marketplace =
        || selection.marketplaces.is_empty() || selection.marketplaces.contains(order.marketplace.id);
    let status = || selection.statuses.is_empty() || selection.statuses.contains(&order.status);
    let fulfilled_by =
        || selection.fulfilled_by.is_empty() || selection.fulfilled_by.contains(&order.fulfilment);
    marketplace() && status() && fulfilled_by()
}
