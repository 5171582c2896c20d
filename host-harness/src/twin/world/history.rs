//! The life of the orders: every version that Amazon shows of each, from its placement to its last change.
//!
//! An order of the world is one moment of a life. Before it lie the statuses that led to it; after it come
//! the changes that sellers are surprised by: a quantity, a line or a price that is another one after the
//! goods have left, a cancellation after the dispatch, an order that is alive again. Absent on purpose: who
//! is told of a version and when; [`World::notification`] makes the notification of any of them.

use chrono::{DateTime, Duration, SubsecRound, Utc};

use super::ids::OrderId;
use super::notification_stream::earlier_changes;
use super::order::{FulfilmentStatus, Order};
use super::pricing::Terms;
use super::proportions;
use super::stream::{Purpose, Stream};
use super::{World, WorldError};

/// An order as it is from a moment on, until its next version.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Version {
    /// The order's last update. Whole seconds.
    pub at: DateTime<Utc>,
    pub order: Order,
}

/// All versions of one order, the earliest first.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct History {
    pub order: OrderId,
    /// At least one, each later than the one before.
    pub versions: Vec<Version>,
}

/// What is another one after a change of an order's content.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ChangeOfContent {
    Quantity,
    LineCancelled,
    Price,
}

impl History {
    /// What the order is in the end, of which the books are a function.
    pub fn last(&self) -> &Version {
        self.versions.last().expect("a history has a version")
    }
}

impl World {
    /// The lives of all orders, in their order. Some go on after the world's present.
    pub fn histories(&self) -> Vec<History> {
        (0_u64..).zip(self.orders()).map(|(index, order)| Life::of(self, index, order).lived()).collect()
    }

    /// Puts a version in the place of its order.
    pub fn apply(&mut self, version: &Version) -> Result<(), WorldError> {
        let id = &version.order.id;
        let order = self.order_mut(id).ok_or_else(|| WorldError::NoSuchOrder(id.clone()))?;
        order.clone_from(&version.order);
        Ok(())
    }
}

/// A life in the making.
struct Life<'a> {
    world: &'a World,
    stream: Stream,
    /// As it is now.
    order: Order,
    versions: Vec<Version>,
}

impl<'a> Life<'a> {
    fn of(world: &'a World, index: u64, order: &Order) -> Self {
        let stream = Stream::new(world.seed(), Purpose::History, index);
        Life { world, stream, order: order.clone(), versions: Vec::new() }
    }

    fn lived(mut self) -> History {
        let (last_status, last_at) = (self.order.status, self.order.last_updated_at);
        let change_before_dispatch = self.happens(proportions::CHANGED_BEFORE_DISPATCH);
        let mut path: Vec<(FulfilmentStatus, DateTime<Utc>)> = earlier_changes(&self.order)
            .iter()
            .map(|change| (change.status, change.at.trunc_subsecs(0)))
            .collect();
        path.push((last_status, last_at));
        for (place, (status, at)) in path.iter().enumerate() {
            self.becomes(*status, *at);
            let next = path.get(place + 1).filter(|_| *status == FulfilmentStatus::Unshipped);
            if let Some((_, until)) = next.filter(|_| change_before_dispatch && self.is_live(last_status)) {
                let change_at = self.between(*at, *until);
                self.changes(change_at);
            }
        }
        if self.is_live(last_status) {
            self.goes_on();
        }
        if self.order.status == FulfilmentStatus::Cancelled && self.happens(proportions::ALIVE_AGAIN) {
            self.comes_back();
        }
        History { order: self.order.id, versions: self.versions }
    }

    /// What happens to an order that was meant to stay as it is.
    fn goes_on(&mut self) {
        if self.happens(proportions::CHANGED_AFTERWARDS) {
            self.changes_later();
            if self.happens(proportions::CHANGED_AGAIN) {
                self.changes_later();
            }
        }
        if self.happens(proportions::CANCELLED_AFTERWARDS) {
            let at = self.later();
            self.becomes(FulfilmentStatus::Cancelled, at);
        }
    }

    fn comes_back(&mut self) {
        let at = self.later();
        self.becomes(FulfilmentStatus::Unshipped, at);
        if self.happens(proportions::CHANGED_WHEN_ALIVE_AGAIN) {
            self.changes_later();
        }
        if !self.happens(proportions::NOT_SENT_AGAIN) {
            let at = self.later();
            self.becomes(FulfilmentStatus::Shipped, at);
        }
    }

    /// Whether an order of this status is on its way to the buyer, or with the buyer.
    fn is_live(&self, status: FulfilmentStatus) -> bool {
        Order { status, ..self.order.clone() }.is_priced()
    }

    fn happens(&mut self, share: u64) -> bool {
        self.stream.per_mille(share)
    }

    fn becomes(&mut self, status: FulfilmentStatus, at: DateTime<Utc>) {
        (self.order.status, self.order.last_updated_at) = (status, at);
        self.versions.push(Version { at, order: self.order.clone() });
    }

    fn changes_later(&mut self) {
        let at = self.later();
        self.changes(at);
    }

    fn changes(&mut self, at: DateTime<Utc>) {
        self.change_content();
        self.becomes(self.order.status, at);
    }

    /// A moment after the present one.
    fn later(&mut self) -> DateTime<Utc> {
        let seconds = match self.happens(proportions::QUICK_CHANGE) {
            true => self.stream.between(1, 60),
            false => self.stream.between(60, 72 * 3600),
        };
        self.order.last_updated_at + Duration::seconds(seconds)
    }

    /// A moment between two others, which are minutes apart.
    fn between(&mut self, from: DateTime<Utc>, until: DateTime<Utc>) -> DateTime<Utc> {
        from + Duration::seconds(self.stream.between(1, (until - from).num_seconds() - 1))
    }

    /// Changes what is bought, or for how much. What no line allows becomes a change of quantity.
    fn change_content(&mut self) {
        let terms = Terms::of(&self.order, self.world.buyer_of(&self.order).destination);
        let live: Vec<usize> =
            (0..self.order.lines.len()).filter(|place| !self.order.lines[*place].cancelled).collect();
        let place = *self.stream.pick(&live);
        let line = &mut self.order.lines[place];
        let product = self.world.product_of(line);
        let (unit_price_pence, quantity) = (line.unit_price_pence, line.quantity);
        match self.stream.weighted(&proportions::KINDS_OF_CHANGE) {
            ChangeOfContent::LineCancelled if live.len() > 1 => *line = line.cancelled(),
            ChangeOfContent::Price if unit_price_pence > 1 => {
                let price_pence = another_price(&mut self.stream, unit_price_pence);
                terms.reprice(line, product, price_pence, quantity);
            }
            _ => {
                let quantity = another_quantity(&mut self.stream, quantity);
                terms.reprice(line, product, unit_price_pence, quantity);
            }
        }
    }
}

/// Up to a tenth off, or up to a tenth on top, and at least a penny.
fn another_price(stream: &mut Stream, price_pence: i64) -> i64 {
    let tenth = (price_pence / 10).max(1);
    let difference = stream.between(1, tenth);
    if stream.per_mille(600) { price_pence - difference } else { price_pence + difference }
}

/// One or two more, or one less where two stay: an order of which a part has been sent has two at least.
fn another_quantity(stream: &mut Stream, quantity: u32) -> u32 {
    match stream.per_mille(500) && quantity > 2 {
        true => quantity - 1,
        false => quantity + stream.weighted(&[(1, 700), (2, 300)]),
    }
}

#[cfg(test)]
mod tests;
