//! Stock in the demo: both sides are brought in step, each moves once, and they are compared with what is true.
//!
//! What must be offered is worked out here from the world and the books, and nowhere asked of the plugin. Absent on
//! purpose: what goes wrong with stock, and goods of orders that are not invoiced yet, which the tests of stories and
//! of the market show.

use std::collections::BTreeMap;

use crate::engine::{Delivery, Export, Failure, Outcome, Source};
use crate::twin::TwinPair;
use crate::twin::world::World;
use crate::twin::world::order::{FulfilmentStatus, Order};
use crate::twin::world::product::{CodeRelation, Fulfilment, Product};
use crate::twin::world::stock::FbaCounts;

use super::round::{ATTEMPTS_MAX, Postman, delivery};

/// Time between two sweeps.
const SWEEP_EVERY_MS: u64 = 15 * 60 * 1000;

/// Units that come in, on either side.
const RECEIVED: u32 = 40;

/// What came of the stock.
pub(super) struct Stocked {
    /// Goods whose stock KashFlow keeps, and that have a product there.
    pub goods: usize,
    pub levels_written: usize,
    pub quantities_sent: usize,
    pub at_amazon: Option<Move>,
    pub in_kashflow: Option<Move>,
    /// Changes of the last sweep. There must be none.
    pub last_changes: usize,
    pub problems: Vec<String>,
}

/// A number that moved on one side because the other did.
pub(super) struct Move {
    pub sku: String,
    pub before: i64,
    pub after: i64,
}

/// Plays it. The books have the orders by now.
pub(super) async fn play(postman: &Postman<'_>, pair: &TwinPair) -> Stocked {
    let mut bench = Bench { postman, pair, sweeps: 0, problems: Vec::new() };
    let goods: Vec<Product> = pair.with_world(|world| {
        // A SKU that is only like its product's code is not known before an order names it.
        let is_named = |product: &Product| product.relation != CodeRelation::Normalised;
        let counted = |product: &&Product| {
            product.managed_stock && product.kashflow_code.is_some() && is_named(product)
        };
        world.products().iter().filter(counted).cloned().collect()
    });
    // A person has looked at the differences and agreed: so many at once would wait otherwise.
    let first = bench.sweep(r#"{"sweep":"stock","everything":true,"brake":"off"}"#).await;
    bench.sweep_again().await;
    let of = |fulfilment| goods.iter().find(|product| product.fulfilment == fulfilment);
    let at_amazon = match of(Fulfilment::Amazon) {
        Some(product) => Some(bench.receive_at_amazon(product).await),
        None => None,
    };
    let in_kashflow = match of(Fulfilment::Merchant) {
        Some(product) => Some(bench.receive_in_kashflow(product).await),
        None => None,
    };
    bench.sweep_again().await;
    let last = bench.sweep_again().await;
    let mut problems = bench.problems;
    problems.extend(goods.iter().filter_map(|product| difference(pair, product)));
    Stocked {
        goods: goods.len(),
        levels_written: count(&first, "stock-level"),
        quantities_sent: count(&first, "offer-quantity"),
        at_amazon,
        in_kashflow,
        last_changes: last.map_or(0, |outcome| outcome.effects.len()),
        problems,
    }
}

fn count(outcome: &Option<Outcome>, document: &str) -> usize {
    let effects = outcome.iter().flat_map(|outcome| &outcome.effects);
    effects.filter(|effect| effect.document == document).count()
}

struct Bench<'a> {
    postman: &'a Postman<'a>,
    pair: &'a TwinPair,
    sweeps: usize,
    problems: Vec<String>,
}

impl Bench<'_> {
    async fn sweep_again(&mut self) -> Option<Outcome> {
        self.postman.clock.advance_ms(SWEEP_EVERY_MS);
        self.sweep(r#"{"sweep":"stock"}"#).await
    }

    async fn sweep(&mut self, body: &str) -> Option<Outcome> {
        self.sweeps += 1;
        let delivery = Delivery {
            event_id: format!("demo-sweep-{}", self.sweeps),
            source: Source::Schedule,
            content_type: "application/json".to_owned(),
            occurred_at: None,
            attempt: 1,
            body: body.as_bytes().to_vec(),
        };
        self.deliver(Export::OnInventory, delivery).await
    }

    /// Delivers until it is settled; what it ended with, where that needs nobody.
    async fn deliver(&mut self, export: Export, mut delivery: Delivery) -> Option<Outcome> {
        loop {
            let report = self.postman.host.deliver(self.postman.runtime, export, &delivery).await;
            match report.result {
                Ok(Ok(outcome)) => return Some(outcome),
                Ok(Err(Failure::Retry(delay))) if delivery.attempt < ATTEMPTS_MAX => {
                    self.postman.clock.advance_ms(delay.after_ms);
                    delivery.attempt += 1;
                }
                other => {
                    self.problems.push(format!("{} ended as {other:?}", delivery.event_id));
                    return None;
                }
            }
        }
    }

    /// Goods come in at Amazon's warehouse, and Amazon tells of it.
    async fn receive_at_amazon(&mut self, product: &Product) -> Move {
        self.postman.clock.advance_ms(SWEEP_EVERY_MS);
        let sku = product.sku.as_str();
        let before = in_books(self.pair, product);
        let counts = self.pair.amazon.fba_stock(sku).unwrap_or_default();
        let counts = FbaCounts { fulfillable: counts.fulfillable + RECEIVED, ..counts };
        self.pair.amazon.put_fba_stock(sku, counts);
        let at = crate::clock::Clock::now(self.postman.clock);
        let told = self.pair.with_world(|world| world.inventory_notification(sku, &counts, at));
        let (export, delivery) = delivery(&told);
        self.deliver(export, delivery).await;
        Move { sku: sku.to_owned(), before, after: in_books(self.pair, product) }
    }

    /// Goods come in at the merchant's, who counts them in KashFlow. The next sweep finds it.
    async fn receive_in_kashflow(&mut self, product: &Product) -> Move {
        let before = offered(self.pair, product);
        let code = product.kashflow_code.as_deref().unwrap_or_default();
        if let Err(refusal) = self.pair.kashflow.receive(code, RECEIVED) {
            self.problems.push(format!("KashFlow takes no goods for {code}: {refusal:?}"));
        }
        self.sweep_again().await;
        // What Amazon accepts, it shows a little later.
        self.postman.clock.advance_ms(SWEEP_EVERY_MS);
        Move { sku: product.sku.as_str().to_owned(), before, after: offered(self.pair, product) }
    }
}

/// What is wrong with the stock of a product, if anything.
fn difference(pair: &TwinPair, product: &Product) -> Option<String> {
    let (sku, books) = (product.sku.as_str(), in_books(pair, product));
    let (what, is, must_be) = match product.fulfilment {
        Fulfilment::Amazon => {
            let counts = pair.amazon.fba_stock(sku).unwrap_or_default();
            ("KashFlow's stock level", books, i64::from(counts.fulfillable))
        }
        Fulfilment::Merchant => {
            // Goods of orders that wait for a person or for their marketplace are promised, or somebody else's.
            if pair.with_world(|world| uninvoiced(world, pair, product)) > 0 {
                return None;
            }
            ("the quantity at Amazon", offered(pair, product), books.max(0))
        }
    };
    (is != must_be).then(|| format!("{what} of {sku} is {is} and must be {must_be}"))
}

/// Units that buyers have ordered from the merchant and that no invoice has taken off the books.
fn uninvoiced(world: &World, pair: &TwinPair, product: &Product) -> i64 {
    let invoices = pair.kashflow.books().invoices();
    let is_open = |order: &&Order| {
        let is_alive = !matches!(order.status, FulfilmentStatus::Cancelled | FulfilmentStatus::Unfulfillable);
        let is_ours = order.fulfilment == Fulfilment::Merchant && !order.placed_elsewhere;
        is_alive && is_ours && !invoices.iter().any(|invoice| invoice.reference == order.id.as_str())
    };
    let lines = world.orders().iter().filter(is_open).flat_map(|order| &order.lines);
    let of_product = lines.filter(|line| world.product_of(line).sku == product.sku);
    of_product.map(|line| i64::from(line.quantity)).sum()
}

fn in_books(pair: &TwinPair, product: &Product) -> i64 {
    let units = product.kashflow_code.as_deref().and_then(|code| pair.kashflow.stock_of(code));
    i64::from(units.unwrap_or_default())
}

fn offered(pair: &TwinPair, product: &Product) -> i64 {
    let listing = pair.amazon.listing(product.sku.as_str());
    i64::from(listing.and_then(|listing| listing.quantity()).unwrap_or_default())
}

/// The same by product, for a script.
pub(super) fn json(stocked: &Stocked) -> serde_json::Value {
    let moved = |moved: &Option<Move>| {
        moved.as_ref().map(
            |moved| serde_json::json!({ "sku": moved.sku, "before": moved.before, "after": moved.after }),
        )
    };
    serde_json::json!({
        "goods": stocked.goods, "levelsWritten": stocked.levels_written,
        "quantitiesSent": stocked.quantities_sent, "receivedAtAmazon": moved(&stocked.at_amazon),
        "receivedInKashFlow": moved(&stocked.in_kashflow), "lastChanges": stocked.last_changes,
    })
}

/// What is shown of it, a line each.
pub(super) fn lines(stocked: &Stocked) -> Vec<String> {
    let mut lines = vec![format!(
        "stock                {} goods: {} levels set in KashFlow, {} at Amazon",
        stocked.goods, stocked.levels_written, stocked.quantities_sent
    )];
    let moves: BTreeMap<&str, &Option<Move>> =
        BTreeMap::from([("Amazon", &stocked.at_amazon), ("KashFlow", &stocked.in_kashflow)]);
    for (side, moved) in moves {
        let follows = if side == "Amazon" { "KashFlow" } else { "Amazon" };
        if let Some(Move { sku, before, after }) = moved {
            lines.push(format!(
                "                     {side} received {RECEIVED} of {sku}: {follows} {before} → {after}"
            ));
        }
    }
    lines.push(format!("                     swept again: {} changes", stocked.last_changes));
    lines
}
