//! What must be true of every history, whatever the seed.

use std::collections::BTreeSet;

use super::super::WorldSize;
use super::super::expected_sale::{Expected, PostOn, PostingPolicy, UnknownSku};
use super::super::tests::check_amounts;
use super::*;

fn worlds() -> impl Iterator<Item = World> {
    [1, 2, 77, u64::MAX].into_iter().map(|seed| World::generate(seed, WorldSize::orders(300)))
}

fn statuses(history: &History) -> Vec<FulfilmentStatus> {
    history.versions.iter().map(|version| version.order.status).collect()
}

#[test]
fn versions_follow_each_other_and_each_is_an_order_of_its_own_time() {
    for world in worlds() {
        let histories = world.histories();
        assert_eq!(histories.len(), world.orders().len());
        for (history, order) in histories.iter().zip(world.orders()) {
            assert_eq!(history.order, order.id);
            assert!(history.versions.is_sorted_by(|earlier, later| earlier.at < later.at), "{}", order.id);
            for version in &history.versions {
                assert_eq!((&version.order.id, version.order.last_updated_at), (&order.id, version.at));
                assert_eq!(version.at.timestamp_subsec_nanos(), 0, "{}", order.id);
                check_amounts(&world, &version.order);
            }
        }
    }
}

#[test]
fn an_order_lives_through_the_moment_that_the_world_shows() {
    for world in worlds() {
        for (history, order) in world.histories().iter().zip(world.orders()) {
            let shown = history.versions.iter().filter(|version| version.at == order.last_updated_at);
            let statuses: Vec<_> = shown.map(|version| version.order.status).collect();
            assert_eq!(statuses, [order.status], "{}", order.id);
        }
    }
}

#[test]
fn three_hundred_orders_show_every_turn_that_a_life_can_take() {
    use FulfilmentStatus::{Cancelled, Pending, Shipped, Unshipped};
    for world in worlds() {
        let histories = world.histories();
        let some = |name: &str, case: &dyn Fn(&History) -> bool| {
            assert!(histories.iter().any(case), "seed {} has no order {name}", world.seed());
        };
        let follows = |history: &History, first, second| {
            statuses(history).windows(2).any(|pair| pair == [first, second])
        };
        let changed = |pair: &[Version], status| {
            pair[0].order.status == status
                && pair[1].order.status == status
                && pair[0].order.lines != pair[1].order.lines
        };
        some("in the usual course", &|history| statuses(history) == [Pending, Unshipped, Shipped]);
        some("cancelled before its dispatch", &|history| follows(history, Unshipped, Cancelled));
        some("cancelled after its dispatch", &|history| follows(history, Shipped, Cancelled));
        some("alive again", &|history| follows(history, Cancelled, Unshipped));
        for status in [Unshipped, Shipped] {
            some("changed in this status", &|history| {
                history.versions.windows(2).any(|pair| changed(pair, status))
            });
        }
        some("changed twice", &|history| {
            history.versions.windows(2).filter(|pair| changed(pair, Shipped)).count() > 1
        });
        some("changed within a minute", &|history| {
            history.versions.windows(2).any(|pair| pair[1].at - pair[0].at <= Duration::minutes(1))
        });
        let lines = |version: &Version| version.order.lines.iter().filter(|line| line.cancelled).count();
        some("losing a line", &|history| {
            history.versions.windows(2).any(|pair| lines(&pair[0]) < lines(&pair[1]))
        });
        let unchanged =
            histories.iter().zip(world.orders()).filter(|(history, order)| history.last().order == **order);
        assert!((180..270).contains(&unchanged.count()), "most orders stay as they are");
    }
}

#[test]
fn a_change_of_content_changes_what_the_order_comes_to_unless_it_is_free() {
    for world in worlds() {
        for history in world.histories() {
            for pair in history.versions.windows(2).filter(|pair| pair[0].order.lines != pair[1].order.lines)
            {
                let (before, after) = (pair[0].order.gross_pence(), pair[1].order.gross_pence());
                assert!(before != after || before == 0, "{}: {before}", history.order);
            }
        }
    }
}

#[test]
fn a_version_takes_the_place_of_its_order_and_the_oracle_follows() {
    let policy = PostingPolicy { post_on: PostOn::Unshipped, unknown_sku: UnknownSku::Partial };
    let mut world = World::generate(2, WorldSize::orders(200));
    let histories = world.histories();
    let mut changes = 0;
    for history in &histories {
        let mut seen: Vec<Expected> = Vec::new();
        for version in &history.versions {
            world.apply(version).expect("the order exists");
            let order = world.order(&history.order).expect("it is still there");
            assert_eq!(*order, version.order);
            seen.push(world.expected_sale(order, &policy));
        }
        seen.dedup();
        changes += seen.len();
    }
    assert!(changes > 2 * histories.len(), "{changes} different expectations");
    let stranger = Version {
        at: world.epoch(),
        order: Order { id: OrderId::new("000-0000000-0000000"), ..world.orders()[0].clone() },
    };
    assert_eq!(world.apply(&stranger), Err(WorldError::NoSuchOrder(stranger.order.id.clone())));
}

#[test]
fn every_version_has_a_notification_of_its_own() {
    let world = World::generate(3, WorldSize::orders(200));
    let histories = world.histories();
    let versions = histories.iter().flat_map(|history| &history.versions);
    let notifications: Vec<String> = versions
        .map(|version| world.notification(&version.order, &version.order.last_change()))
        .map(|notification| notification["NotificationMetadata"]["NotificationId"].to_string())
        .collect();
    assert_eq!(notifications.iter().collect::<BTreeSet<_>>().len(), notifications.len());
    assert_eq!(histories, world.histories(), "the same world lives the same lives");
}
