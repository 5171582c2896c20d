//! The oracle: what the books must show of an order.
//!
//! It is read off the world's own definition of the sale, never off the JSON that the Amazon twin makes of
//! it, so that a misreading of the API cannot hide in both. Absent on purpose: how an invoice is laid out
//! in lines; the oracle knows what it must come to.

use chrono::NaiveDate;
use chrono_tz::Europe::London;

use super::World;
use super::ids::Sku;
use super::marketplace;
use super::order::{FulfilmentStatus, Line, Order, TaxCollector};

/// The settings of a connection that decide whether and how an order is posted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PostingPolicy {
    pub post_on: PostOn,
    pub unknown_sku: UnknownSku,
}

/// The status at which an order becomes an invoice.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PostOn {
    Shipped,
    /// As soon as payment is authorised.
    Unshipped,
}

/// What happens to an order of which KashFlow does not know a product.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum UnknownSku {
    /// The whole order waits for a person.
    Hold,
    /// The order is posted whole; the unknown lines go to a nominal of their own and a person is told.
    Partial,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Expected {
    /// No invoice, and nothing for a person to do.
    NotPosted(NotPosted),
    /// No invoice until a person has decided.
    Held(Held),
    Posted(Posting),
}

/// Why an order has no invoice. Where several apply, the first in this list is given.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NotPosted {
    MarketplaceNotConfigured,
    /// Payment is not authorised.
    Pending,
    Cancelled,
    /// The order cannot be fulfilled, or was placed outside Amazon.
    NotSoldByAmazon,
    /// It has not reached the status at which orders are posted.
    NotYetShipped,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Held {
    UnknownSkus(Vec<Sku>),
}

/// What the invoice must come to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Posting {
    pub gross_pence: i64,
    pub net_pence: i64,
    pub vat_pence: i64,
    /// ISO 4217.
    pub currency: &'static str,
    /// The day in London on which the buyer ordered.
    pub invoice_date: NaiveDate,
    pub customer: ExpectedCustomer,
    /// SKUs of lines that a person is told about (`UnknownSku::Partial`). They are in the amounts.
    pub unknown_skus: Vec<Sku>,
}

/// Who the invoice is made out to.
#[derive(Clone, PartialEq, Eq)]
pub enum ExpectedCustomer {
    /// The buyer, known by the relay address in lower case.
    ByEmail(String),
    /// The one customer of the marketplace with this id, where Amazon withholds the buyer.
    OfMarketplace(&'static str),
}

impl std::fmt::Debug for ExpectedCustomer {
    /// No address: it is personal data and must not reach a log.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            ExpectedCustomer::ByEmail(_) => f.write_str("ByEmail(..)"),
            ExpectedCustomer::OfMarketplace(id) => write!(f, "OfMarketplace({id})"),
        }
    }
}

impl World {
    /// What must become of `order`, in its present state, under `policy`.
    pub fn expected_sale(&self, order: &Order, policy: &PostingPolicy) -> Expected {
        if let Some(reason) = not_posted(order, policy.post_on) {
            return Expected::NotPosted(reason);
        }
        let sold: Vec<&Line> = order.lines.iter().filter(|line| !line.cancelled).collect();
        let unknown =
            sold.iter().map(|line| self.product_of(line)).filter(|product| product.kashflow_code.is_none());
        let mut unknown_skus: Vec<Sku> = unknown.map(|product| product.sku.clone()).collect();
        unknown_skus.dedup();
        if !unknown_skus.is_empty() && policy.unknown_sku == UnknownSku::Hold {
            return Expected::Held(Held::UnknownSkus(unknown_skus));
        }
        Expected::Posted(self.posting(order, &sold, unknown_skus))
    }

    fn posting(&self, order: &Order, lines: &[&Line], unknown_skus: Vec<Sku>) -> Posting {
        let vat_shown_pence: i64 = lines.iter().map(|line| line.vat_pence()).sum();
        let net_pence = lines.iter().map(|line| line.gross_pence()).sum::<i64>() - vat_shown_pence;
        // VAT that Amazon collects is Amazon's: it never passes through the seller's books.
        let vat_pence = if order.tax_collector == TaxCollector::Seller { vat_shown_pence } else { 0 };
        Posting {
            gross_pence: net_pence + vat_pence,
            net_pence,
            vat_pence,
            currency: order.marketplace.currency,
            invoice_date: order.created_at.with_timezone(&London).date_naive(),
            customer: match order.discloses_buyer() {
                true => ExpectedCustomer::ByEmail(self.buyer_of(order).email.to_lowercase()),
                false => ExpectedCustomer::OfMarketplace(order.marketplace.id),
            },
            unknown_skus,
        }
    }
}

fn not_posted(order: &Order, post_on: PostOn) -> Option<NotPosted> {
    if !marketplace::CONFIGURED.contains(&order.marketplace) {
        return Some(NotPosted::MarketplaceNotConfigured);
    }
    match (order.status, post_on) {
        (FulfilmentStatus::Pending | FulfilmentStatus::PendingAvailability, _) => Some(NotPosted::Pending),
        (FulfilmentStatus::Cancelled, _) => Some(NotPosted::Cancelled),
        (FulfilmentStatus::Unfulfillable, _) => Some(NotPosted::NotSoldByAmazon),
        _ if order.placed_elsewhere => Some(NotPosted::NotSoldByAmazon),
        (FulfilmentStatus::Unshipped | FulfilmentStatus::PartiallyShipped, PostOn::Shipped) => {
            Some(NotPosted::NotYetShipped)
        }
        (FulfilmentStatus::Unshipped | FulfilmentStatus::PartiallyShipped, PostOn::Unshipped)
        | (FulfilmentStatus::Shipped, _) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::WorldSize;
    use super::super::money::Amount;
    use super::super::product::Fulfilment;
    use super::*;

    const WHEN_SHIPPED: PostingPolicy =
        PostingPolicy { post_on: PostOn::Shipped, unknown_sku: UnknownSku::Hold };

    /// A shipped, merchant-fulfilled order of one standard-rated line at 12.99, known to KashFlow.
    fn plain(world: &World) -> Order {
        let mut order = world
            .orders()
            .iter()
            .find(|order| {
                order.discloses_buyer()
                    && order.lines.len() == 1
                    && world.product_of(&order.lines[0]).kashflow_code.is_some()
                    && marketplace::CONFIGURED.contains(&order.marketplace)
            })
            .cloned()
            .expect("three hundred orders hold a plain one");
        order.status = FulfilmentStatus::Shipped;
        order.tax_collector = TaxCollector::Seller;
        let line = &mut order.lines[0];
        (line.shipping, line.gift_wrap) = (Amount::default(), Amount::default());
        (line.item_discount, line.shipping_discount) = (Amount::default(), Amount::default());
        line.item = Amount { gross_pence: 1299, vat_pence: 217 };
        order
    }

    fn world() -> World {
        World::generate(4, WorldSize::orders(300))
    }

    fn posted(expected: Expected) -> Posting {
        match expected {
            Expected::Posted(posting) => posting,
            other => panic!("not posted: {other:?}"),
        }
    }

    #[test]
    fn a_plain_sale_is_posted_with_the_vat_that_was_shown() {
        let world = world();
        let order = plain(&world);
        let posting = posted(world.expected_sale(&order, &WHEN_SHIPPED));
        assert_eq!((posting.gross_pence, posting.net_pence, posting.vat_pence), (1299, 1082, 217));
        assert_eq!(posting.currency, "GBP");
        let email = world.buyer_of(&order).email.clone();
        assert_eq!(posting.customer, ExpectedCustomer::ByEmail(email));
    }

    #[test]
    fn vat_that_amazon_collects_is_not_posted() {
        let world = world();
        let order = Order { tax_collector: TaxCollector::Marketplace, ..plain(&world) };
        let posting = posted(world.expected_sale(&order, &WHEN_SHIPPED));
        assert_eq!((posting.gross_pence, posting.net_pence, posting.vat_pence), (1082, 1082, 0));
    }

    #[test]
    fn an_order_by_amazon_goes_to_the_customer_of_the_marketplace() {
        let world = world();
        let order = Order { fulfilment: Fulfilment::Amazon, ..plain(&world) };
        let posting = posted(world.expected_sale(&order, &WHEN_SHIPPED));
        assert_eq!(posting.customer, ExpectedCustomer::OfMarketplace("A1F83G8C2ARO7P"));
    }

    #[test]
    fn the_invoice_date_is_the_day_in_london() {
        let world = world();
        let at = |text: &str| {
            let created_at = text.parse().expect("a time");
            let order = Order { created_at, ..plain(&world) };
            posted(world.expected_sale(&order, &WHEN_SHIPPED)).invoice_date.to_string()
        };
        // Summer time ended on 25 October 2026 at 01:00 UTC.
        assert_eq!(at("2026-10-20T23:30:00Z"), "2026-10-21");
        assert_eq!(at("2026-10-26T23:30:00Z"), "2026-10-26");
    }

    #[test]
    fn each_state_in_which_nothing_is_posted_has_its_reason() {
        let world = world();
        type Change<'a> = &'a dyn Fn(&mut Order);
        let reason = |change: Change<'_>, post_on| {
            let mut order = plain(&world);
            change(&mut order);
            world.expected_sale(&order, &PostingPolicy { post_on, unknown_sku: UnknownSku::Hold })
        };
        let status = |status| move |order: &mut Order| order.status = status;
        let table: [(Change<'_>, NotPosted); 7] = [
            (&status(FulfilmentStatus::Pending), NotPosted::Pending),
            (&status(FulfilmentStatus::PendingAvailability), NotPosted::Pending),
            (&status(FulfilmentStatus::Cancelled), NotPosted::Cancelled),
            (&status(FulfilmentStatus::Unfulfillable), NotPosted::NotSoldByAmazon),
            (&status(FulfilmentStatus::Unshipped), NotPosted::NotYetShipped),
            (&status(FulfilmentStatus::PartiallyShipped), NotPosted::NotYetShipped),
            (&|order| order.marketplace = marketplace::GERMANY, NotPosted::MarketplaceNotConfigured),
        ];
        for (change, expected) in table {
            assert_eq!(reason(change, PostOn::Shipped), Expected::NotPosted(expected));
        }
        let unshipped = reason(&status(FulfilmentStatus::Unshipped), PostOn::Unshipped);
        assert!(matches!(unshipped, Expected::Posted(_)), "{unshipped:?}");
    }

    #[test]
    fn an_order_that_costs_nothing_is_posted_at_nothing_because_its_goods_leave_the_stock() {
        let world = world();
        let mut order = plain(&world);
        order.lines[0].item_discount = order.lines[0].item;
        let posting = posted(world.expected_sale(&order, &WHEN_SHIPPED));
        assert_eq!((posting.gross_pence, posting.net_pence, posting.vat_pence), (0, 0, 0));
    }

    #[test]
    fn an_unknown_sku_holds_the_order_or_is_posted_and_told() {
        let world = world();
        let unknown = world.products().iter().position(|product| product.kashflow_code.is_none());
        let mut order = plain(&world);
        let mut second = order.lines[0].clone();
        second.product = unknown.expect("one of twenty products is unknown");
        let sku = world.product_of(&second).sku.clone();
        order.lines.push(second);
        let held = Expected::Held(Held::UnknownSkus(vec![sku.clone()]));
        assert_eq!(world.expected_sale(&order, &WHEN_SHIPPED), held);

        let partial = PostingPolicy { unknown_sku: UnknownSku::Partial, ..WHEN_SHIPPED };
        let posting = posted(world.expected_sale(&order, &partial));
        assert_eq!((posting.gross_pence, posting.unknown_skus), (2598, vec![sku]));
    }
}
