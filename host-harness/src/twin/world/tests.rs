//! What must be true of every world, whatever the seed.

use std::collections::BTreeSet;

use super::expected_sale::{Expected, PostOn, PostingPolicy, UnknownSku};
use super::marketplace;
use super::money::vat_contained;
use super::order::{TaxCollector, TaxConvention};
use super::product::Fulfilment;
use super::*;

const SEEDS: [u64; 4] = [1, 2, 77, u64::MAX];

fn worlds() -> impl Iterator<Item = World> {
    SEEDS.into_iter().map(|seed| World::generate(seed, WorldSize::orders(300)))
}

#[test]
fn a_seed_makes_the_same_world_and_another_seed_another() {
    let size = WorldSize::orders(60);
    let (first, second) = (World::generate(5, size), World::generate(5, size));
    assert_eq!(first, second);
    assert_eq!(first.notifications(), second.notifications());
    assert_ne!(first, World::generate(6, size));
}

#[test]
fn a_larger_world_begins_with_the_smaller_one() {
    let (small, large) = (WorldSize::orders(40), WorldSize::orders(400));
    let (small, large) = (World::generate(5, small), World::generate(5, large));
    assert_eq!(small.orders(), &large.orders()[..40]);
    assert_eq!((small.seller(), small.products()), (large.seller(), large.products()));
    assert_eq!(small.buyers(), large.buyers());
    let more_products = WorldSize { products: 60, ..WorldSize::orders(0) };
    assert_eq!(large.products(), &World::generate(5, more_products).products()[..40]);
}

#[test]
fn order_ids_are_unique_and_in_groups_of_3_7_and_7_digits() {
    let world = World::generate(3, WorldSize::orders(5000));
    let ids: BTreeSet<&OrderId> = world.orders().iter().map(|order| &order.id).collect();
    assert_eq!(ids.len(), 5000);
    for id in ids {
        let groups: Vec<&str> = id.as_str().split('-').collect();
        assert_eq!(groups.iter().map(|group| group.len()).collect::<Vec<_>>(), [3, 7, 7], "{id}");
        assert!(groups.concat().bytes().all(|byte| byte.is_ascii_digit()), "{id}");
    }
}

#[test]
fn three_hundred_orders_show_every_case() {
    for world in worlds() {
        let seed = world.seed();
        let some = |name: &str, case: &dyn Fn(&Order) -> bool| {
            assert!(world.orders().iter().any(case), "seed {seed} has no order with {name}");
        };
        for (status, share) in proportions::STATUSES_PER_HUNDRED {
            let count = world.orders().iter().filter(|order| order.status == status).count();
            assert_eq!(u64::try_from(count), Ok(3 * share), "{status:?}");
        }
        some("a marketplace that is not configured", &|order| {
            marketplace::NOT_CONFIGURED.contains(&order.marketplace)
        });
        some("fulfilment by Amazon", &|order| order.fulfilment == Fulfilment::Amazon);
        some("fulfilment by the merchant", &|order| order.fulfilment == Fulfilment::Merchant);
        some("tax on top", &|order| order.convention == TaxConvention::OnTop);
        some("a replacement", &|order| order.replaces.is_some());
        some("VAT collected by Amazon", &|order| order.tax_collector != TaxCollector::Seller);
        some("an export", &|order| world.buyer_of(order).destination.is_export());
        some("gift wrap", &|order| order.lines.iter().any(|line| line.gift_wrap.gross_pence > 0));
        some("an item promotion", &|order| order.lines.iter().any(|line| line.item_discount.gross_pence > 0));
        some("a shipping promotion", &|order| {
            order.lines.iter().any(|line| line.shipping_discount.gross_pence > 0)
        });
        some("a net price that does not divide", &|order| {
            order
                .lines
                .iter()
                .any(|line| line.quantity > 1 && line.item.net_pence() % i64::from(line.quantity) != 0)
        });
        some("another day in London than in UTC", &|order| {
            let london = order.created_at.with_timezone(&chrono_tz::Europe::London).date_naive();
            london != order.created_at.date_naive()
        });
        let buyers: BTreeSet<usize> = world.orders().iter().map(|order| order.buyer).collect();
        assert!(buyers.len() > 60 && buyers.len() < 200, "buyers return: {}", buyers.len());
    }
}

#[test]
fn amounts_hold_the_vat_of_their_goods_or_destination() {
    for world in worlds() {
        world.orders().iter().for_each(|order| check_amounts(&world, order));
    }
}

/// Every part of every line holds the VAT of its rate, and the price of one is that of all of them.
pub(super) fn check_amounts(world: &World, order: &Order) {
    let destination = world.buyer_of(order).destination;
    for line in &order.lines {
        let rate_percent = match order.tax_collector {
            TaxCollector::ImportOneStopShop => destination.import_one_stop_shop_percent().expect("in the EU"),
            TaxCollector::Seller if destination.is_export() => 0,
            _ => world.product_of(line).vat_class.rate_percent(),
        };
        let parts = [line.item, line.shipping, line.gift_wrap, line.item_discount, line.shipping_discount];
        for part in parts {
            assert!(part.gross_pence >= 0);
            assert_eq!(part.vat_pence, vat_contained(part.gross_pence, rate_percent), "{}", order.id);
        }
        assert!(line.gross_pence() >= 0 && line.vat_pence() >= 0, "{}", order.id);
        let pieces = i64::from(line.quantity);
        let shown = match order.convention {
            TaxConvention::Included => line.item.gross_pence,
            TaxConvention::OnTop => line.item.net_pence(),
        };
        assert!(line.cancelled || line.unit_price_pence * pieces == shown, "{}", order.id);
    }
}

#[test]
fn times_lie_in_the_two_weeks_before_the_present() {
    for world in worlds() {
        for order in world.orders() {
            assert!(world.epoch() - order.created_at <= Duration::days(14));
            assert!(order.created_at <= order.last_updated_at);
            assert!(world.epoch() - order.last_updated_at >= Duration::minutes(5));
        }
    }
}

#[test]
fn replacements_are_worth_nothing_and_name_an_earlier_order_of_the_buyer() {
    let world = World::generate(8, WorldSize::orders(1000));
    let replacements: Vec<&Order> = world.orders().iter().filter(|order| order.replaces.is_some()).collect();
    assert!(replacements.len() > 3);
    for order in replacements {
        let original = order.replaces.as_ref().and_then(|id| world.order(id)).expect("the original exists");
        assert_eq!((original.buyer, original.marketplace), (order.buyer, order.marketplace));
        assert_eq!(order.gross_pence(), 0);
    }
}

#[test]
fn a_part_of_a_partially_shipped_order_is_shipped() {
    for world in worlds() {
        let partial =
            world.orders().iter().filter(|order| order.status == FulfilmentStatus::PartiallyShipped);
        for order in partial {
            let shipped: u32 = order.lines.iter().map(|line| order.quantity_fulfilled(line)).sum();
            let ordered: u32 = order.lines.iter().map(|line| line.quantity).sum();
            assert!(0 < shipped && shipped < ordered, "{}", order.id);
        }
    }
}

#[test]
fn the_oracle_balances_for_every_order_and_posts_most_of_them() {
    for world in worlds() {
        let mut posted = 0;
        for order in world.orders() {
            let policy = PostingPolicy { post_on: PostOn::Unshipped, unknown_sku: UnknownSku::Partial };
            if let Expected::Posted(posting) = world.expected_sale(order, &policy) {
                posted += 1;
                assert_eq!(posting.gross_pence, posting.net_pence + posting.vat_pence);
                assert!(posting.gross_pence >= 0);
                if order.tax_collector == TaxCollector::Seller {
                    assert_eq!(posting.gross_pence, order.gross_pence(), "{}", order.id);
                }
            }
        }
        assert!((200..290).contains(&posted), "{posted}");
    }
}

#[test]
fn moving_an_order_on_moves_its_last_update() {
    let mut world = World::generate(1, WorldSize::orders(50));
    let pending = world.orders().iter().find(|order| order.status == FulfilmentStatus::Pending);
    let (id, before) =
        pending.map(|order| (order.id.clone(), order.last_updated_at)).expect("five of a hundred");
    let at = world.epoch();
    world.set_status(&id, FulfilmentStatus::Unshipped, at).expect("the order exists");
    assert_eq!(world.order(&id).map(|order| order.last_updated_at), Some(at));
    // A clock that stands still must not make two states look like one.
    world.set_status(&id, FulfilmentStatus::Shipped, before).expect("the order exists");
    assert_eq!(world.order(&id).map(|order| order.last_updated_at), Some(at + Duration::seconds(1)));
    let missing = OrderId::new("000-0000000-0000000");
    let error = world.set_status(&missing, FulfilmentStatus::Shipped, at);
    assert_eq!(error, Err(WorldError::NoSuchOrder(missing)));
}
