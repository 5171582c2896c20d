//! What must be true of the stock of every world.

use std::collections::BTreeSet;

use super::*;
use crate::twin::world::product::Fulfilment;
use crate::twin::world::{World, WorldSize};

fn world() -> World {
    World::generate(11, WorldSize { products: 200, ..WorldSize::orders(0) })
}

#[test]
fn every_product_has_a_position_that_its_seed_and_place_decide() {
    let world = world();
    let positions = world.stock_positions();
    assert_eq!(positions, world.stock_positions());
    let smaller = World::generate(11, WorldSize::orders(30)).stock_positions();
    assert_eq!(smaller, positions[..40], "a larger catalogue begins with the smaller one");
    for (position, product) in positions.iter().zip(world.products()) {
        assert_eq!((&position.sku, &position.asin), (&product.sku, &product.asin));
        let listing = position.listing.as_ref().expect("everything in the catalogue is offered");
        assert!(listing.created_at < listing.last_updated_at && listing.last_updated_at < world.epoch());
        match product.fulfilment {
            Fulfilment::Amazon => {
                let (counts, _) = position.fba.expect("goods that Amazon sends lie at Amazon");
                assert_eq!(counts.fulfillable, product.fulfillable_quantity);
                assert_eq!(listing.availability, Availability::Amazon);
            }
            Fulfilment::Merchant => {
                let offered = listing.quantity().expect("a merchant states a quantity");
                assert!(position.fba.is_none());
                assert!((product.stock_quantity..=product.stock_quantity + 12).contains(&offered));
            }
        }
    }
}

#[test]
fn both_channels_and_every_kind_of_unit_occur() {
    let positions = world().stock_positions();
    let counts: Vec<FbaCounts> = positions.iter().filter_map(|position| Some(position.fba?.0)).collect();
    assert!((60..140).contains(&counts.len()), "{}", counts.len());
    type Units = fn(&FbaCounts) -> u32;
    let kinds: [(&str, Units); 6] = [
        ("fulfillable", |counts| counts.fulfillable),
        ("inbound working", |counts| counts.inbound.working),
        ("inbound shipped", |counts| counts.inbound.shipped),
        ("reserved", |counts| counts.reserved.total()),
        ("researching", |counts| counts.researching),
        ("unfulfillable", |counts| counts.unfulfillable.total()),
    ];
    for (name, kind) in kinds {
        assert!(counts.iter().any(|counts| kind(counts) > 0), "some units are {name}");
    }
    let labels: BTreeSet<&str> = positions.iter().map(|position| position.fn_sku.as_str()).collect();
    assert_eq!(labels.len(), positions.len());
}

#[test]
fn a_total_is_the_sum_of_every_named_quantity() {
    let counts = FbaCounts {
        fulfillable: 1,
        inbound: Inbound { working: 2, shipped: 3, receiving: 4 },
        reserved: Reserved { pending_customer_orders: 5, pending_transshipments: 6, in_processing: 7 },
        researching: 8,
        unfulfillable: Unfulfillable {
            customer_damaged: 9,
            warehouse_damaged: 10,
            distributor_damaged: 11,
            carrier_damaged: 12,
            defective: 13,
            expired: 14,
        },
    };
    assert_eq!(counts.total(), (1..=14).sum::<u32>());
}

#[test]
fn the_united_kingdom_is_a_pool_of_its_own() {
    let pool = InventoryPool::of_marketplace;
    assert_eq!(pool(UNITED_KINGDOM.id), Some(InventoryPool::UnitedKingdom));
    for id in SERVED_FROM_EUROPE {
        assert_eq!(pool(id), Some(InventoryPool::Europe), "{id}");
    }
    assert_eq!(pool("ATVPDKIKX0DER"), None);
}
