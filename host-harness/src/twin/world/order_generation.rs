//! The making of orders.
//!
//! Order number `index` depends on the seed, the catalogue, the buyers and the orders before it, never on
//! those after it. Absent on purpose: how often anything happens (`proportions`), and money (`pricing`).

use chrono::{DateTime, Duration, Utc};

use super::address::Destination;
use super::buyer::Buyer;
use super::ids::OrderId;
use super::marketplace::{self, Marketplace};
use super::order::{FulfilmentStatus, Line, Order, TaxCollector, TaxConvention};
use super::pricing::{Terms, line};
use super::product::{Fulfilment, Product};
use super::proportions::{self, STATUSES_PER_HUNDRED};
use super::schedule::scheduled;
use super::stream::{Purpose, Stream};

/// Orders are placed over so many days before the world's present.
pub const DAYS_OF_ORDERS: i64 = 14;

/// What orders are made of.
pub(super) struct Ingredients<'a> {
    pub seed: u64,
    pub epoch: DateTime<Utc>,
    pub products: &'a [Product],
    pub buyers: &'a [Buyer],
}

impl Order {
    pub(super) fn generate(from: &Ingredients<'_>, index: u64, earlier: &[Order]) -> Self {
        let mut stream = Stream::new(from.seed, Purpose::Order, index);
        let status = scheduled(from.seed, Purpose::StatusRound, index, &STATUSES_PER_HUNDRED);
        let id = order_id(&mut stream, index);
        let original = original_to_replace(&mut stream, status, earlier);
        let buyer =
            original.map_or_else(|| draw_buyer(&mut stream, from.buyers.len()), |original| original.buyer);
        let person = &from.buyers[buyer];
        let (created_at, last_updated_at) = times(&mut stream, from.epoch, status);
        let unfulfillable = status == FulfilmentStatus::Unfulfillable;
        let first = match original {
            Some(original) => original.lines[0].product,
            None => draw_product(&mut stream, from.products, unfulfillable.then_some(Fulfilment::Amazon)),
        };
        let fulfilment = from.products[first].fulfilment;
        let business =
            original.is_none() && person.is_business() && stream.per_mille(proportions::BUSINESS_ORDER);
        let mut order = Order {
            id,
            created_at,
            last_updated_at,
            marketplace: original
                .map_or_else(|| draw_marketplace(&mut stream), |original| original.marketplace),
            status,
            fulfilment,
            buyer,
            address: usize::try_from(stream.below(2)).expect("0 or 1") % person.addresses.len(),
            convention: match business && stream.per_mille(proportions::BUSINESS_VAT_ON_TOP) {
                true => TaxConvention::OnTop,
                false => TaxConvention::Included,
            },
            tax_collector: draw_tax_collector(&mut stream, person.destination),
            business,
            prime: stream.per_mille(proportions::PRIME),
            placed_elsewhere: unfulfillable,
            purchase_order_number: (business && stream.per_mille(proportions::PURCHASE_ORDER_NUMBER))
                .then(|| format!("PO-{}", stream.digits(5))),
            seller_order_id: (fulfilment == Fulfilment::Merchant
                && stream.per_mille(proportions::SELLER_ORDER_ALIAS))
            .then(|| format!("WEB-{}", stream.digits(6))),
            replaces: original.map(|original| original.id.clone()),
            cancellation_requested: status == FulfilmentStatus::Unshipped
                && stream.per_mille(proportions::CANCELLATION_REQUESTED),
            states_zero_tax: !stream.per_mille(proportions::ZERO_TAX_LEFT_OUT),
            states_order_breakdowns: !stream.per_mille(proportions::ORDER_BREAKDOWNS_LEFT_OUT),
            lines: Vec::new(),
        };
        let terms = Terms::draw(&mut stream, &order, person.destination);
        for product in basket(&mut stream, from.products, first, &order) {
            let place = order.lines.len();
            order.lines.push(line(&mut stream, &terms, (product, &from.products[product]), (index, place)));
        }
        if order.status == FulfilmentStatus::PartiallyShipped && order.lines.len() == 1 {
            terms.at_least_two(&mut order.lines[0], &from.products[first]);
        }
        cancel_one_line(&mut stream, from.products, &mut order);
        order
    }
}

/// `026-1234567-1234567`. The last group is made from the order's number, so that no two orders meet.
fn order_id(stream: &mut Stream, index: u64) -> OrderId {
    let group = stream.pick(&["026", "202", "203", "204", "205", "206"]);
    // 7,654,321 and 10,000,000 share no factor: each number below ten million is met once.
    OrderId::new(format!("{group}-{}-{:07}", stream.digits(7), (index * 7_654_321 + 1_234_567) % 10_000_000))
}

fn original_to_replace<'a>(
    stream: &mut Stream,
    status: FulfilmentStatus,
    earlier: &'a [Order],
) -> Option<&'a Order> {
    let wanted = status == FulfilmentStatus::Shipped && stream.per_mille(proportions::REPLACEMENT);
    let candidates: Vec<&Order> = earlier
        .iter()
        .filter(|order| order.status == FulfilmentStatus::Shipped && order.replaces.is_none())
        .collect();
    (wanted && !candidates.is_empty()).then(|| *stream.pick(&candidates))
}

fn draw_buyer(stream: &mut Stream, buyers: usize) -> usize {
    let buyers = u64::try_from(buyers).expect("a slice length fits 64 bits");
    let regular = stream.per_mille(proportions::REGULAR_BUYER);
    let bound = if regular { proportions::REGULAR_BUYERS.min(buyers) } else { buyers };
    usize::try_from(stream.below(bound)).expect("it is below a slice length")
}

/// A product of the wanted fulfilment, or any where the catalogue has none of it.
fn draw_product(stream: &mut Stream, products: &[Product], wanted: Option<Fulfilment>) -> usize {
    let all: Vec<usize> = (0..products.len()).collect();
    let fits = |place: &&usize| wanted.is_none_or(|wanted| products[**place].fulfilment == wanted);
    let fitting: Vec<usize> = all.iter().filter(fits).copied().collect();
    *stream.pick(if fitting.is_empty() { &all } else { &fitting })
}

fn draw_marketplace(stream: &mut Stream) -> Marketplace {
    match stream.per_mille(proportions::OTHER_MARKETPLACE) {
        true => *stream.pick(&marketplace::NOT_CONFIGURED),
        false => marketplace::UNITED_KINGDOM,
    }
}

fn draw_tax_collector(stream: &mut Stream, destination: Destination) -> TaxCollector {
    let facilitated = stream.per_mille(proportions::MARKETPLACE_FACILITATOR);
    let one_stop_shop = stream.per_mille(proportions::IMPORT_ONE_STOP_SHOP);
    match destination.import_one_stop_shop_percent() {
        Some(_) if one_stop_shop => TaxCollector::ImportOneStopShop,
        None if facilitated && !destination.is_export() => TaxCollector::Marketplace,
        _ => TaxCollector::Seller,
    }
}

/// When the order was placed and when it last changed. Nothing changes in the last five minutes.
fn times(
    stream: &mut Stream,
    epoch: DateTime<Utc>,
    status: FulfilmentStatus,
) -> (DateTime<Utc>, DateTime<Utc>) {
    let created_at = epoch - Duration::seconds(stream.between(1800, DAYS_OF_ORDERS * 86_400));
    let minutes = match status {
        FulfilmentStatus::Pending | FulfilmentStatus::PendingAvailability => (0, 30),
        FulfilmentStatus::Unshipped => (30, 24 * 60),
        FulfilmentStatus::Cancelled | FulfilmentStatus::Unfulfillable => (5, 48 * 60),
        FulfilmentStatus::PartiallyShipped | FulfilmentStatus::Shipped => (120, 96 * 60),
    };
    let changed_at =
        created_at + Duration::seconds(60 * stream.between(minutes.0, minutes.1) + stream.between(0, 59));
    (created_at, changed_at.min(epoch - Duration::minutes(5)))
}

/// The products of the order's lines, all fulfilled by the same party; a product may come twice.
fn basket(stream: &mut Stream, products: &[Product], first: usize, order: &Order) -> Vec<usize> {
    let count = match order.replaces {
        Some(_) => 1,
        None => stream.weighted(&proportions::LINES_OF_AN_ORDER),
    };
    let more = (1..count).map(|_| draw_product(stream, products, Some(order.fulfilment)));
    std::iter::once(first).chain(more).collect()
}

/// Now and then one of several lines is cancelled while the rest goes on.
fn cancel_one_line(stream: &mut Stream, products: &[Product], order: &mut Order) {
    let drawn = stream.per_mille(proportions::CANCELLED_LINE);
    let known = |line: &Line| products[line.product].kashflow_code.is_some();
    let goes_on = matches!(order.status, FulfilmentStatus::Unshipped | FulfilmentStatus::Shipped);
    if drawn && goes_on && order.lines.len() > 1 && order.lines.last().is_some_and(known) {
        let line = order.lines.last_mut().expect("there is more than one line");
        *line = line.cancelled();
    }
}
